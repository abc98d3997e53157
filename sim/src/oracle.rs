//! The judge. It reads the channels' and billing's own books, never ours, and looks at each durable decision, each
//! answer to a kiosk and each screen as it comes.

use std::collections::{BTreeMap, HashMap};

use powerhall_api as api;
use powerhall_backend::store::MemoryStore;
use powerhall_flow::{Notice, Pay, PayStage, Screen};
use powerhall_money::{AttemptState, Cell, Collect, CollectEvent, Decision, Deliver, Order, numbers};
use uuid::Uuid;

use crate::books::{MERCHANT, Refunded, Trade};
use crate::sim::Inner;

/// What the judge remembers.
#[derive(Debug, Default)]
pub struct Oracle {
    orders: HashMap<String, Known>,
    /// What was found wrong.
    pub violations: Vec<String>,
    /// Cells of the two tables, and how often decisions went through them.
    pub cells: BTreeMap<Cell, u64>,
    receipts: HashMap<String, Uuid>,
    /// Orders that were opened.
    pub opened: u64,
    /// Those of them with several lines.
    pub several: u64,
    /// Durable decisions and answers to kiosks so far.
    pub steps: u64,
    /// The step of the first violation.
    pub wrong_at: Option<u64>,
}

#[derive(Debug)]
struct Known {
    ordinal: usize,
    id: Uuid,
    attempts: u32,
    amount: i64,
    /// Numbers whose code stood on a screen.
    shown: Vec<String>,
    told_version: u64,
    told_paid: bool,
}

/// The part of every number that names the order.
fn order_of(number: &str) -> &str {
    let start = usize::from(number.starts_with(['P', 'R']));
    number.get(start..start + 26).unwrap_or("")
}

fn key(id: Uuid) -> String {
    numbers::attempt_number(id, 1)[..26].to_owned()
}

/// An order's money in the outside world's books.
#[derive(Debug, Default)]
struct Money {
    paid: i64,
    /// Paid while the code could be paid, by the channel's own rules.
    in_time: i64,
    /// A second payment of one code that nobody tells us of.
    secret_seconds: i64,
    /// Paid with the order's amount, to us.
    right: bool,
    /// Paid with the order's amount.
    amount_fits: bool,
    posted: i64,
    refunded: i64,
    refunded_done: i64,
    wrong: Option<String>,
}

impl Inner {
    /// An order's name in the story.
    #[must_use]
    pub fn name_of(&self, number: &str) -> String {
        match self.oracle.orders.get(order_of(number)) {
            Some(known) => format!("order #{}", known.ordinal),
            None => "an unknown order".to_owned(),
        }
    }

    fn money(&self, order: &str, now: i64) -> Money {
        let mut money = Money::default();
        let Some(known) = self.oracle.orders.get(order) else { return money };
        for no in 1..=known.attempts {
            let number = format!("{order}{no:02}");
            for book in &self.books.channels {
                let Some(trade) = book.trades.get(&number) else { continue };
                let paid: i64 = trade.payments.iter().map(|p| p.amount).sum();
                let back: i64 = trade
                    .refunds
                    .values()
                    .filter(|b| b.state(now) != Refunded::Abnormal)
                    .map(|b| b.amount)
                    .sum();
                let done: i64 =
                    trade.refunds.values().filter(|b| b.state(now) == Refunded::Done).map(|b| b.amount).sum();
                money.paid += paid;
                money.in_time += trade.payments.iter().filter(|p| !p.slipped).map(|p| p.amount).sum::<i64>();
                money.secret_seconds += trade.untold();
                money.amount_fits |= trade.payments.iter().any(|p| p.amount == known.amount);
                money.right |=
                    trade.payments.iter().any(|p| p.amount == known.amount && p.merchant == MERCHANT);
                money.refunded += back;
                money.refunded_done += done;
                if back > paid {
                    money.wrong = Some(format!("I6: {back} fen go back of {paid} fen paid on one code"));
                }
            }
        }
        let from = format!("P{order}");
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for (key, on) in
            self.books.billing.postings.range(from.clone()..).take_while(|(k, _)| k.starts_with(&from))
        {
            money.posted += on.amount;
            *lines.entry(key.get(..30).unwrap_or(key)).or_default() += 1;
            // Lines from 50 on are credit that a person decided on, of whatever was paid.
            if key.get(28..30).is_some_and(|line| line < "50") && !money.amount_fits {
                money.wrong = Some("I2: posted without a payment of this amount".to_owned());
            }
        }
        if lines.values().any(|postings| *postings > 1) {
            money.wrong = Some("I3: a line is posted twice".to_owned());
        }
        if money.posted + money.refunded > money.paid {
            let Money { paid, posted, refunded, .. } = money;
            money
                .wrong
                .get_or_insert(format!("I5: of {paid} fen paid, {posted} are posted and {refunded} go back"));
        }
        money
    }

    /// After billing or a channel has moved money: `number` is any number of the order.
    pub fn check_money(&mut self, ms: u64, number: &str) {
        let now = crate::sim::BEGIN + ms as i64;
        let money = self.money(order_of(number), now);
        if let Some(wrong) = money.wrong {
            let name = self.name_of(number);
            self.violation(ms, format!("{name}: {wrong}"));
        }
    }

    /// A decision became durable.
    pub fn committed(&mut self, ms: u64, truth: i64, before: Option<&Order>, decision: &Decision) {
        self.oracle.steps += 1;
        for cell in &decision.cells {
            *self.oracle.cells.entry(*cell).or_default() += 1;
        }
        let order = &decision.order;
        let key = key(order.id);
        let ordinal = self.oracle.orders.len() + 1;
        let known = self.oracle.orders.entry(key.clone()).or_insert(Known {
            ordinal,
            id: order.id,
            attempts: 0,
            amount: order.amount.get(),
            shown: Vec::new(),
            told_version: 0,
            told_paid: false,
        });
        known.attempts = known.attempts.max(order.attempts.len() as u32);
        let ordinal = known.ordinal;
        if before.is_none() {
            self.oracle.opened += 1;
            self.oracle.several += u64::from(order.lines.len() > 1);
        }
        if self.story.is_some() {
            for event in &decision.events {
                let line = match (&event.from, &event.to, &event.detail) {
                    (Some(from), Some(to), _) => format!("{}: {from} → {to}", event.part),
                    (_, _, Some(detail)) => format!("{}: {} ({detail})", event.part, event.kind),
                    (_, _, None) => format!("{}: {}", event.part, event.kind),
                };
                self.tell(ms, || format!("order #{ordinal} {line}"));
            }
        }
        let wrong = self.wrong_decision(&key, truth, before, decision);
        if let Some(wrong) = wrong {
            self.violation(ms, format!("order #{ordinal}: {wrong}"));
        }
    }

    fn wrong_decision(
        &self,
        key: &str,
        truth: i64,
        before: Option<&Order>,
        decision: &Decision,
    ) -> Option<String> {
        let order = &decision.order;
        let was = before.map_or(Collect::Created, |b| b.collect);
        let by_person =
            decision.cells.iter().any(|cell| matches!(cell, Cell::Collect(_, CollectEvent::DecidedPost)));
        if before.is_some_and(|b| b.version > order.version) {
            return Some("I7: the version went back".to_owned());
        }
        if was == Collect::Paid && order.collect != Collect::Paid {
            return Some("I7: paid went back".to_owned());
        }
        if order.collect == Collect::Paid
            && was != Collect::Paid
            && !self.money(key, truth).right
            && !by_person
        {
            return Some("paid in our books, not in the channel's".to_owned());
        }
        let known = self.oracle.orders.get(key)?;
        for attempt in order.attempts.iter().filter(|a| a.state == AttemptState::Closed) {
            let old = before.and_then(|b| b.attempt(attempt.no)).map(|a| a.state);
            let book = &self.books.channels[self.books.channel(&attempt.channel)];
            if old != Some(AttemptState::Closed)
                && known.shown.contains(&attempt.number)
                && book.is_payable(&attempt.number, truth)
            {
                return Some("I8: an attempt counts as closed while its code can be paid".to_owned());
            }
        }
        for line in order.lines.iter().filter(|l| l.deliver == Deliver::Posted) {
            if !self.books.billing.postings.contains_key(&line.key) {
                return Some("posted in our books, not in billing's".to_owned());
            }
        }
        for refund in order.refunds.iter().filter(|r| r.state == Deliver::Refunded) {
            let done = order.attempt(refund.attempt).is_some_and(|attempt| {
                let book = &self.books.channels[self.books.channel(&attempt.channel)];
                book.trades
                    .get(&attempt.number)
                    .and_then(|t| t.refunds.get(&refund.number))
                    .is_some_and(|b| b.state(truth) == Refunded::Done && b.amount == refund.amount.get())
            });
            if !done {
                return Some("refunded in our books, not in the channel's".to_owned());
            }
        }
        let uneven = decision
            .entries
            .iter()
            .any(|e| e.sides().map_or(true, |[(_, a), (_, b)]| a.get() + b.get() != 0 || a.get() <= 0));
        uneven.then(|| "I1: a ledger entry does not sum to zero".to_owned())
    }

    /// A kiosk has read an answer about an order.
    pub fn told(&mut self, ms: u64, order: &api::Order) {
        let key = key(order.order_id);
        self.oracle.steps += 1;
        let Some(known) = self.oracle.orders.get_mut(&key) else {
            return self.violation(ms, "a kiosk was told of an order that is not durable".to_owned());
        };
        known.told_version = known.told_version.max(order.version);
        known.told_paid |= order.collect == api::Collect::Paid;
        let ordinal = known.ordinal;
        let Some(receipt) = &order.receipt else { return };
        let owner = *self.oracle.receipts.entry(receipt.number.clone()).or_insert(order.order_id);
        if owner != order.order_id {
            self.violation(ms, format!("I18: order #{ordinal} has the receipt of another order"));
        }
    }

    /// Promise 5, after a restart.
    pub fn survived(&mut self, ms: u64, store: &MemoryStore) {
        let lost = self.oracle.orders.values().find(|known| {
            let kept = store.peek(known.id, |order| {
                order.version >= known.told_version && (!known.told_paid || order.collect == Collect::Paid)
            });
            known.told_version > 0 && kept != Some(true)
        });
        if let Some(known) = lost {
            let words = format!("promise 5: order #{} was told to a kiosk and is lost", known.ordinal);
            self.violation(ms, words);
        }
    }

    /// What a kiosk shows now. `order` is the one that the page is or was about.
    pub fn seen(&mut self, ms: u64, order: Uuid, screen: &Screen) {
        let now = crate::sim::BEGIN + ms as i64;
        let key = key(order);
        let wrong = match screen {
            Screen::Pay(pay) => self.wrong_pay_page(&key, now, pay),
            Screen::Confirm(confirm) if confirm.notice == Some(Notice::CancelledNothingTaken) => {
                self.nothing_taken(&key, now)
            }
            Screen::Finished(finished) => self.wrong_result(&key, now, &finished.order),
            // No other page says anything about money.
            _ => None,
        };
        if let Some(wrong) = wrong {
            let name = self.name_of(&key);
            self.violation(ms, format!("{name}: {wrong}"));
        }
    }

    /// “Nothing was taken” must be true; a payment that slips through a confirmed close is the channel's fault.
    fn nothing_taken(&self, key: &str, now: i64) -> Option<String> {
        let in_time = self.money(key, now).in_time;
        (in_time > 0)
            .then(|| format!("promise 3: the screen says that nothing was taken, and {in_time} fen were"))
    }

    fn wrong_pay_page(&mut self, key: &str, now: i64, pay: &Pay) -> Option<String> {
        match pay.stage {
            PayStage::Showing { .. } => {
                let code = pay.known.as_ref()?.attempt.as_ref()?.code.as_ref()?;
                let (_, number) = code.split_once(':')?;
                let known = self.oracle.orders.get_mut(key)?;
                if !known.shown.iter().any(|shown| shown == number) {
                    known.shown.push(number.to_owned());
                }
                let payable = |other: &&String| {
                    other.as_str() != number
                        && self.books.channels.iter().any(|book| book.is_payable(other, now))
                };
                let known = self.oracle.orders.get(key)?;
                known.shown.iter().find(payable).map(|_| "I8: two codes of one order can be paid".to_owned())
            }
            PayStage::Closed => match pay.notice {
                Some(Notice::ExpiredNothingTaken | Notice::OrderRefused) => self.nothing_taken(key, now),
                _ => None,
            },
            PayStage::Failed => self.nothing_taken(key, now),
            PayStage::ChooseChannel
            | PayStage::Recording { .. }
            | PayStage::Opening { .. }
            | PayStage::Closing { .. } => None,
        }
    }

    fn wrong_result(&self, key: &str, now: i64, order: &api::Order) -> Option<String> {
        if order.collect != api::Collect::Paid {
            return None;
        }
        let money = self.money(key, now);
        if !money.amount_fits {
            return Some("I12: the screen says paid, the channel does not".to_owned());
        }
        let all = |state| order.lines.iter().all(|line| line.deliver == state);
        if all(api::Deliver::Posted) && money.posted < order.amount_fen.get() {
            return Some("I12: the screen says posted, billing does not".to_owned());
        }
        if all(api::Deliver::Refunded) && money.refunded_done < order.amount_fen.get() {
            return Some("I12: the screen says refunded, the channel does not".to_owned());
        }
        None
    }

    /// I1 and I4 when everything has come to rest: `listed` is what stands on the list that a person sees, by order.
    pub fn settled(&mut self, ms: u64, listed: &HashMap<Uuid, i64>) {
        let now = crate::sim::BEGIN + ms as i64;
        let mut wrong = Vec::new();
        for (key, known) in &self.oracle.orders {
            let money = self.money(key, now);
            let left = money.paid - money.posted - money.refunded_done;
            // A second payment of one code that nobody tells us of is for the day's statement to find.
            let listed = listed.get(&known.id).copied().unwrap_or(0) + money.secret_seconds;
            // An entry on the list may be about money that has found its end; it never is about less than is open.
            if left < 0 || left > listed {
                wrong.push(format!(
                    "I4: order #{}: {} fen paid, {} posted, {} refunded, {listed} on the list",
                    known.ordinal, money.paid, money.posted, money.refunded_done
                ));
            }
        }
        wrong.sort();
        wrong.into_iter().for_each(|words| self.violation(ms, words));
    }

    /// What each channel holds of ours when everything has come to rest, by its own book; and how much of it only the
    /// day's statement can tell us of.
    #[must_use]
    pub fn clearing(&self, now: i64) -> Vec<(&'static str, i64, i64)> {
        self.books
            .channels
            .iter()
            .map(|book| {
                let of = |t: &Trade| {
                    let paid: i64 = t.payments.iter().map(|p| p.amount).sum();
                    let done = t.refunds.values().filter(|b| b.state(now) == Refunded::Done);
                    paid - done.map(|b| b.amount).sum::<i64>()
                };
                (book.id, book.trades.values().map(of).sum(), book.trades.values().map(Trade::untold).sum())
            })
            .collect()
    }
}
