//! The comparison: books in, differences out. No I/O, no clock; every line of every book is either matched or in exactly
//! the classes that it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_api::Collect as ToldCollect;
use powerhall_money::{Attempt, AttemptState, Collect, Deliver, Fen, Moment, Order};

use super::payments::{Meaning, Stated};
use super::{Books, Class, DAY_MS, Difference, Line, Outcome, STRADDLE_MS, Statement, Totals};
use crate::journal::OVERTAKING_MS;

/// Compares the books of a day.
#[must_use]
pub fn compare(books: &Books) -> Outcome {
    let mut comparison = Comparison { books, ours: Ours::new(books), outcome: Outcome::default() };
    for statement in &books.statements {
        comparison.statement(statement);
    }
    comparison.ours_only();
    comparison.postings();
    comparison.unfinished();
    comparison.journals();
    let mut outcome = comparison.outcome;
    outcome.differences.sort();
    outcome.differences.dedup();
    outcome
}

/// Our orders by the numbers that are out in the world.
struct Ours<'a> {
    attempts: BTreeMap<&'a str, (&'a Order, &'a Attempt)>,
    refunds: BTreeMap<&'a str, (&'a Order, usize)>,
    lines: BTreeMap<&'a str, (&'a Order, usize)>,
}

impl<'a> Ours<'a> {
    fn new(books: &'a Books) -> Self {
        let orders = || books.records.orders.iter().map(|(_, order)| order);
        Self {
            attempts: orders()
                .flat_map(|o| o.attempts.iter().map(move |a| (a.number.as_str(), (o, a))))
                .collect(),
            refunds: orders()
                .flat_map(|o| o.refunds.iter().enumerate().map(move |(i, r)| (r.number.as_str(), (o, i))))
                .collect(),
            lines: orders()
                .flat_map(|o| o.lines.iter().enumerate().map(move |(i, l)| (l.key.as_str(), (o, i))))
                .collect(),
        }
    }
}

struct Comparison<'a> {
    books: &'a Books,
    ours: Ours<'a>,
    outcome: Outcome,
}

/// A difference about an order, to be completed.
fn about(class: Class, name: &str, order: Option<&Order>) -> Difference {
    Difference {
        class,
        name: name.to_owned(),
        channel: None,
        reference: order.map(|o| o.reference.clone()),
        theirs: None,
        ours: None,
        transaction: None,
        at: None,
    }
}

/// Adds to a sum. False when it would not fit: then it stays as it is, and the book, which others wrote, is damaged.
const fn add(sum: &mut i64, amount: Fen) -> bool {
    match sum.checked_add(amount.get()) {
        Some(more) => {
            *sum = more;
            true
        }
        None => false,
    }
}

impl<'a> Comparison<'a> {
    fn differs(&mut self, difference: Difference) {
        self.outcome.differences.push(difference);
    }

    fn statement(&mut self, statement: &'a Statement) {
        let stated = Stated::new(self.books, statement);
        let mut totals = Totals::default();
        let mut fits = true;
        let mut seen = BTreeSet::new();
        for line in &statement.lines {
            totals.lines += 1;
            fits &= add(&mut totals.sum, line.amount);
            // One number can be paid by two transactions; a refund is there once, whatever it is called.
            let transaction = line.refund.is_none().then_some(line.transaction.as_str());
            let is_new = seen.insert((line.number.as_str(), line.refund.as_deref(), transaction));
            let found = match &line.refund {
                _ if !is_new => {
                    let name = line.refund.as_ref().unwrap_or(&line.number);
                    Some(about(Class::Duplicate, name, None))
                }
                None => self.payment_line(&stated, &statement.channel, line),
                Some(refund) => self.refund_line(&statement.channel, line, refund),
            };
            match found {
                None => {
                    totals.matched += 1;
                    fits &= add(&mut totals.matched_sum, line.amount);
                }
                Some(difference) => self.differs(Difference {
                    channel: Some(statement.channel.clone()),
                    theirs: Some(line.amount),
                    transaction: Some(line.transaction.clone()),
                    at: Some(line.at),
                    ..difference
                }),
            }
        }
        let declared = statement.declared;
        let agrees = declared.is_none_or(|sums| (sums.total.get(), sums.lines) == (totals.sum, totals.lines));
        if !fits || !agrees {
            self.differs(Difference {
                channel: Some(statement.channel.clone()),
                theirs: declared.map(|sums| sums.total),
                ours: fits.then_some(Fen::new(totals.sum)),
                ..about(Class::SumsDiffer, "statement", None)
            });
        }
        self.outcome.channels.insert(statement.channel.clone(), totals);
    }

    /// A payment in a statement; none when ours is the same.
    fn payment_line(&self, stated: &Stated<'_>, channel: &str, line: &Line) -> Option<Difference> {
        let again = || format!("{}:{}", line.number, line.transaction);
        let Some((order, attempt)) =
            self.ours.attempts.get(line.number.as_str()).filter(|(_, a)| a.channel == channel)
        else {
            let name = if stated.is_first(line) { line.number.clone() } else { again() };
            return Some(about(Class::PaidUnknownNumber, &name, None));
        };
        let is_main =
            |transaction: &str| attempt.payment.as_ref().is_none_or(|p| p.transaction == transaction);
        match stated.meaning(line, attempt) {
            Meaning::Same => None,
            Meaning::Differs(class, ours) => {
                let name = if is_main(&ours.transaction) { line.number.clone() } else { again() };
                Some(Difference { ours: Some(ours.amount), ..about(class, &name, Some(order)) })
            }
            Meaning::Unheard => {
                let is_main = attempt.payment.is_none() && stated.is_first(line);
                let name = if is_main { line.number.clone() } else { again() };
                Some(about(Class::PaidUnheard, &name, Some(order)))
            }
        }
    }

    fn refund_line(&self, channel: &str, line: &Line, number: &str) -> Option<Difference> {
        let known = self.ours.refunds.get(number).map(|(order, i)| (*order, &order.refunds[*i]));
        let Some((order, refund)) = known.filter(|(order, refund)| {
            order.attempt(refund.attempt).is_some_and(|a| a.channel == channel && a.number == line.number)
        }) else {
            return Some(about(Class::RefundUnknownNumber, number, None));
        };
        let ours = Fen::ZERO.minus(refund.amount).unwrap_or(Fen::ZERO);
        let class = if ours != line.amount {
            Class::AmountDiffers
        } else {
            match refund.state {
                Deliver::Refunding | Deliver::Refunded => return None,
                // Settled or under review here, refunded there: both must not be.
                Deliver::Rejected | Deliver::ManualReview | Deliver::Settled => Class::RefundUnheard,
                Deliver::None | Deliver::Posting | Deliver::Posted => Class::RefundUnheard,
            }
        };
        Some(Difference { ours: Some(ours), ..about(class, number, Some(order)) })
    }

    /// Payments and refunds that we hold and no statement has.
    fn ours_only(&mut self) {
        let (from, to) = (self.books.from, self.books.to);
        let records = &self.books.records;
        let statements: BTreeMap<&str, Stated<'_>> =
            self.books.statements.iter().map(|s| (s.channel.as_str(), Stated::new(self.books, s))).collect();
        let mut found = Vec::new();
        for (_, order) in &records.orders {
            for attempt in &order.attempts {
                let Some(stated) = statements.get(attempt.channel.as_str()) else { continue };
                for payment in stated.missing(attempt) {
                    let Some(class) = missing(payment.at, from, to, Class::PaidOursOnly) else { continue };
                    let is_main = attempt.payment.as_ref() == Some(payment);
                    let again = || format!("{}:{}", attempt.number, payment.transaction);
                    let name = if is_main { attempt.number.clone() } else { again() };
                    found.push(Difference {
                        channel: Some(attempt.channel.clone()),
                        ours: Some(payment.amount),
                        transaction: Some(payment.transaction.clone()),
                        at: Some(payment.at),
                        ..about(class, &name, Some(order))
                    });
                }
            }
            for refund in &order.refunds {
                let heard = self.books.records.refunds_heard.get(&refund.number);
                let channel = order.attempt(refund.attempt).map(|a| a.channel.as_str());
                let stated = channel.and_then(|channel| Some((channel, statements.get(channel)?)));
                if let (Some(at), Some((channel, stated))) = (heard, stated)
                    && matches!(refund.state, Deliver::Refunding | Deliver::Refunded)
                    && let Some(class) = missing(*at, from, to, Class::RefundOursOnly)
                    && !stated.has_refund(&refund.number)
                    && !records.is_stated_elsewhere(channel, &refund.number, None)
                {
                    found.push(Difference {
                        channel: Some(channel.to_owned()),
                        ours: Fen::ZERO.minus(refund.amount).ok(),
                        at: Some(*at),
                        ..about(class, &refund.number, Some(order))
                    });
                }
            }
        }
        self.outcome.differences.append(&mut found);
    }

    fn postings(&mut self) {
        let mut totals = Totals::default();
        let mut fits = true;
        let mut seen = BTreeSet::new();
        for posting in &self.books.postings {
            totals.lines += 1;
            fits &= add(&mut totals.sum, posting.amount);
            let known = self.ours.lines.get(posting.key.as_str()).map(|(o, i)| (*o, &o.lines[*i]));
            let found = if !seen.insert(posting.key.as_str()) {
                Some(about(Class::PostingDuplicate, &posting.key, known.map(|(o, _)| o)))
            } else {
                match known {
                    None => Some(about(Class::PostingUnknownKey, &posting.key, None)),
                    Some((order, line)) => {
                        let class = if line.amount != posting.amount {
                            Some(Class::PostingAmountDiffers)
                        } else {
                            (line.deliver != Deliver::Posted).then_some(Class::PostingStatusDiffers)
                        };
                        class.map(|class| Difference {
                            ours: Some(line.amount),
                            ..about(class, &posting.key, Some(order))
                        })
                    }
                }
            };
            match found {
                None => {
                    totals.matched += 1;
                    fits &= add(&mut totals.matched_sum, posting.amount);
                }
                Some(difference) => self.differs(Difference {
                    theirs: Some(posting.amount),
                    transaction: Some(posting.number.clone()),
                    ..difference
                }),
            }
        }
        if !fits {
            self.differs(about(Class::SumsDiffer, "day file", None));
        }
        self.outcome.postings = totals;
        // Billing's day is the day of the payment, by our clock: no straddle.
        let mut found = Vec::new();
        for (_, order) in &self.books.records.orders {
            for line in order.lines.iter().filter(|l| l.deliver == Deliver::Posted) {
                let attempt = match line.extra {
                    Some(extra) => order.attempt(extra.attempt),
                    None => order.paying_attempt(),
                };
                let paid_at = attempt.and_then(|a| a.payment.as_ref()).map(|p| p.at);
                if paid_at.is_some_and(|at| self.is_today(at)) && !seen.contains(line.key.as_str()) {
                    found.push(Difference {
                        ours: Some(line.amount),
                        transaction: line.posted.as_ref().map(|p| p.number.clone()),
                        at: paid_at,
                        ..about(Class::PostingOursOnly, &line.key, Some(order))
                    });
                }
            }
        }
        self.outcome.differences.append(&mut found);
    }

    fn is_today(&self, at: Moment) -> bool {
        (self.books.from..self.books.to).contains(&at)
    }

    /// Money of the day that has not come to its end.
    fn unfinished(&mut self) {
        let mut found = Vec::new();
        for (_, order) in &self.books.records.orders {
            let paid_today = |no: u32| {
                order.attempt(no).and_then(|a| a.payment.as_ref()).is_some_and(|p| self.is_today(p.at))
            };
            for attempt in order.attempts.iter().filter(|a| a.state == AttemptState::Review) {
                if paid_today(attempt.no) {
                    let ours = attempt.payment.as_ref().map(|p| p.amount);
                    found.push(Difference { ours, ..about(Class::Unfinished, &attempt.number, Some(order)) });
                }
            }
            for attempt in &order.attempts {
                for further in attempt.further.iter().filter(|f| !f.settled && self.is_today(f.payment.at)) {
                    let name = format!("{}:{}", attempt.number, further.payment.transaction);
                    let ours = Some(further.payment.amount);
                    found.push(Difference { ours, ..about(Class::Unfinished, &name, Some(order)) });
                }
            }
            let paying = order.paying_attempt().map(|a| a.no);
            for line in &order.lines {
                let from = line.extra.map(|extra| extra.attempt).or(paying);
                let is_open = match line.deliver {
                    Deliver::None => order.collect == Collect::Paid,
                    Deliver::Posting => true,
                    // Its refund is listed instead, where it has one.
                    Deliver::ManualReview => !order.refunds.iter().any(|r| r.line == Some(line.line)),
                    Deliver::Posted | Deliver::Rejected | Deliver::Refunding => false,
                    Deliver::Refunded | Deliver::Settled => false,
                };
                if is_open && from.is_some_and(paid_today) {
                    let ours = Some(line.amount);
                    found.push(Difference { ours, ..about(Class::Unfinished, &line.key, Some(order)) });
                }
            }
            for refund in &order.refunds {
                if matches!(refund.state, Deliver::Rejected | Deliver::ManualReview)
                    && paid_today(refund.attempt)
                {
                    let ours = Some(refund.amount);
                    found.push(Difference { ours, ..about(Class::Unfinished, &refund.number, Some(order)) });
                }
            }
        }
        self.outcome.differences.append(&mut found);
    }

    fn journals(&mut self) {
        let records = &self.books.records;
        let by_id: BTreeMap<_, _> = records.orders.iter().map(|(kiosk, o)| (o.id, (kiosk, o))).collect();
        let mut found = Vec::new();
        for facts in &records.journals {
            let name = facts.order.to_string();
            let Some((_, order)) = by_id.get(&facts.order) else {
                let class = if facts.stands.is_some() { Class::JournalLostHere } else { Class::NeverHeard };
                found.push(Difference { theirs: facts.named, ..about(class, &name, None) });
                continue;
            };
            let class = if facts.named.is_some_and(|fen| fen != order.amount) {
                Some(Class::JournalAmountDiffers)
            } else {
                let told = facts.paid || facts.stands == Some(ToldCollect::Paid);
                let never_paid = order.attempts.iter().all(|a| a.payment.is_none());
                (told && never_paid).then_some(Class::JournalSaysPaid)
            };
            match class {
                None => self.outcome.journals_matched += 1,
                Some(class) => found.push(Difference {
                    theirs: facts.named,
                    ours: Some(order.amount),
                    ..about(class, &name, Some(order))
                }),
            }
        }
        let named: BTreeSet<_> = records.journals.iter().map(|f| f.order).collect();
        for (kiosk, order) in records.orders.iter().filter(|(_, o)| self.is_today(o.created_at)) {
            let taken_in = records.journal_until.get(kiosk);
            if taken_in.is_some_and(|until| until.ms_since(order.created_at) > OVERTAKING_MS)
                && !named.contains(&order.id)
            {
                let ours = Some(order.amount);
                let name = order.id.to_string();
                found.push(Difference { ours, ..about(Class::JournalUnnamed, &name, Some(order)) });
            }
        }
        self.outcome.differences.append(&mut found);
    }
}

/// What it means that no statement has something of this moment. The last minutes of a day wait for the next one's
/// statement; then they are looked at by that day.
fn missing(at: Moment, from: Moment, to: Moment, class: Class) -> Option<Class> {
    let begin = from.plus_ms(-STRADDLE_MS);
    let wait = to.plus_ms(-STRADDLE_MS);
    debug_assert!(to.ms_since(from) == DAY_MS);
    if at >= begin && at < wait {
        Some(class)
    } else if at >= wait && at < to {
        Some(Class::Carried)
    } else {
        None
    }
}
