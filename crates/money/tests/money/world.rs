//! An order with what the store and the workers would keep beside it, checked after every command.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_money::{
    Attempt, AttemptState, Cause, ChannelFacts, Collect, Command, Context, Decision, Deliver, Entry, Fen,
    JobChange, LedgerAccount, Moment, NewOrder, Order, Outcome, Payment, Policy, Posted, RefundAnswer,
    Refusal, Task, Trade, Verdict, Who, decide, open,
};
use uuid::Uuid;

/// The merchant that every attempt names.
pub const ME: &str = "our-merchant";
/// When every order is opened.
pub const OPENED: Moment = Moment(1_800_000_000_000);

/// An order with what the store and the workers would keep beside it.
#[derive(Clone)]
pub struct World {
    pub order: Order,
    pub policy: Policy,
    pub now: Moment,
    pub steady_since: Moment,
    /// Of the job that brings the next commands.
    pub tries: u32,
    pub interrupted: bool,
    pub who: Who<'static>,
    pub jobs: BTreeMap<String, (Task, Moment, u32)>,
    pub entries: Vec<Entry>,
    pub balances: BTreeMap<LedgerAccount, i64>,
    pub reviews: BTreeSet<String>,
    /// What channels took: by attempt's number and transaction, as first told.
    taken: BTreeMap<(String, String), i64>,
}

impl World {
    /// One line for each amount; one attempt.
    pub fn open(can_close: bool, lines: &[i64]) -> Self {
        Self::try_open(can_close, lines).expect("opens")
    }

    pub fn try_open(can_close: bool, lines: &[i64]) -> Result<Self, Refusal> {
        let policy = Policy::default();
        let new = NewOrder {
            id: Uuid::from_u128(7),
            reference: "0000-0000-00".into(),
            lines: (0..).zip(lines.iter().map(|fen| Fen::new(*fen))).collect(),
            channel: channel(can_close),
        };
        let first = open(
            new,
            Context {
                now: OPENED,
                tries: 0,
                interrupted: false,
                steady_since: Moment(0),
                policy: &policy,
                who: Who::Job("test"),
            },
        )?;
        let mut world = Self {
            order: first.order.clone(),
            policy,
            now: OPENED,
            steady_since: Moment(0),
            tries: 0,
            interrupted: false,
            who: Who::Job("test"),
            jobs: BTreeMap::new(),
            entries: Vec::new(),
            balances: BTreeMap::new(),
            reviews: BTreeSet::new(),
            taken: BTreeMap::new(),
        };
        world.apply(&first);
        Ok(world)
    }

    /// Opened, and the code is on the screen.
    pub fn shown(can_close: bool, lines: &[i64]) -> Self {
        let mut world = Self::open(can_close, lines);
        world.code(1, "one");
        world
    }

    /// Opened and paid.
    pub fn paid(lines: &[i64]) -> Self {
        let mut world = Self::open(true, lines);
        world.notify(1, world.payment("T1")).expect("paid");
        world
    }

    /// As asked for, by this transaction.
    pub fn payment(&self, transaction: &str) -> Payment {
        Payment {
            transaction: transaction.into(),
            amount: self.order.amount,
            currency: "CNY".into(),
            merchant: ME.into(),
            at: self.now,
        }
    }

    fn apply(&mut self, decision: &Decision) {
        for job in &decision.jobs {
            match job {
                JobChange::Set { task, due, tries } => {
                    self.jobs.insert(task.part(), (task.clone(), *due, *tries));
                }
                JobChange::Done { part } => {
                    self.jobs.remove(part);
                }
            }
        }
        for entry in &decision.entries {
            assert!(!self.is_booked(&entry.key), "booked twice: {}", entry.key);
            self.entries.push(entry.clone());
            let sides = entry.sides().expect("fits");
            assert_eq!(sides.iter().map(|(_, fen)| fen.get()).sum::<i64>(), 0);
            for (account, fen) in sides {
                *self.balances.entry(account.clone()).or_default() += fen.get();
            }
        }
        for review in &decision.reviews {
            // The same contradicting evidence again is the same review.
            let fresh = self.reviews.insert(review.key.clone());
            assert!(fresh || review.key.starts_with("evidence:"), "{} is reviewed twice", review.key);
        }
        self.order = decision.order.clone();
    }

    /// Whether the books have an entry of this key.
    pub fn is_booked(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// What is to be done next, without when.
    pub fn tasks(&self) -> Vec<Task> {
        self.jobs.values().map(|(task, ..)| task.clone()).collect()
    }

    /// What is next for a part, in how many milliseconds from now, and how many tries ended unknown before it.
    pub fn next(&self, part: &str) -> Option<(Task, i64, u32)> {
        self.jobs.get(part).map(|(task, due, tries)| (task.clone(), due.0 - self.now.0, *tries))
    }

    pub fn wait(&mut self, ms: i64) {
        self.now = Moment(self.now.0 + ms);
    }

    pub fn attempt(&self, no: u32) -> &Attempt {
        self.order.attempt(no).expect("an attempt")
    }

    /// What would be decided now; nothing is checked or kept.
    pub fn would(&self, command: Command) -> Result<Decision, Refusal> {
        let ctx = Context {
            now: self.now,
            tries: self.tries,
            interrupted: self.interrupted,
            steady_since: self.steady_since,
            policy: &self.policy,
            who: self.who,
        };
        decide(&self.order, command, ctx)
    }

    /// Decides, checks, and keeps what was decided.
    pub fn tell(&mut self, command: Command) -> Result<Decision, Refusal> {
        let decision = self.would(command.clone())?;
        let before = self.order.clone();
        assert!(
            decision.order == before || !decision.events.is_empty(),
            "a change without history: {command:?}"
        );
        for event in &decision.events {
            assert_eq!((event.who.clone(), event.why.as_str()), (self.who.to_string(), command.why()));
            assert_eq!(event.evidence, command.evidence());
        }
        self.take(&command);
        self.apply(&decision);
        self.check(&before, &command);
        Ok(decision)
    }

    pub fn code(&mut self, attempt: u32, code: &str) {
        let outcome = Outcome::Definite(code.to_owned());
        self.tell(Command::CodeAnswered { attempt, outcome }).expect("a code");
    }

    pub fn notify(&mut self, attempt: u32, payment: Payment) -> Result<Decision, Refusal> {
        let number = self.attempt(attempt).number.clone();
        self.tell(Command::Notified { number, payment })
    }

    pub fn close(&mut self, attempt: u32, outcome: Outcome<Trade>) -> Decision {
        self.tell(Command::CloseAnswered { attempt, outcome }).expect("an attempt")
    }

    pub fn query(&mut self, attempt: u32, outcome: Outcome<Trade>) -> Decision {
        self.tell(Command::Queried { attempt, outcome }).expect("an attempt")
    }

    pub fn post(&mut self, line: u32, outcome: Outcome<Posted>) -> Decision {
        self.tell(Command::PostAnswered { line, outcome }).expect("a line")
    }

    /// The answer to the first refund of the order.
    pub fn refund(&mut self, outcome: Outcome<RefundAnswer>) -> Decision {
        let number = self.order.refunds[0].number.clone();
        self.tell(Command::RefundAnswered { number, outcome }).expect("a refund")
    }

    pub fn line(&self, line: u32) -> Deliver {
        self.order.line(line).expect("a line").deliver
    }

    /// Remembers what the channel took: a transaction counts once, as it was first told.
    fn take(&mut self, command: &Command) {
        let (number, payment) = match command {
            Command::Notified { number, payment } => (number.clone(), payment),
            Command::Queried { attempt, outcome: Outcome::Definite(Trade::Paid(payment)) }
            | Command::CloseAnswered { attempt, outcome: Outcome::Definite(Trade::Paid(payment)) } => {
                (self.attempt(*attempt).number.clone(), payment)
            }
            _ => return,
        };
        let transaction = (number, payment.transaction.clone());
        self.taken.entry(transaction).or_insert(if is_money(payment) { payment.amount.get() } else { 0 });
    }

    /// What holds after every command.
    fn check(&self, before: &Order, command: &Command) {
        let order = &self.order;
        assert!(order.version >= before.version);
        assert_eq!(
            order.version == before.version,
            order == before,
            "a change without a version: {command:?}"
        );
        if before.collect == Collect::Paid {
            assert_eq!(order.collect, Collect::Paid);
        }
        assert!(order.attempts.iter().filter(|a| a.state.is_open()).count() <= 1, "two payable codes");
        for attempt in &order.attempts {
            assert_eq!(
                attempt.code.is_some(),
                attempt.state == AttemptState::Live,
                "a code is kept exactly while it can be shown"
            );
            assert_eq!(
                attempt.state == AttemptState::Live,
                order.collect == Collect::Awaiting && order.last_attempt().map(|a| a.no) == Some(attempt.no)
            );
            if attempt.state.is_open() {
                assert!(
                    self.jobs.contains_key(&format!("attempt-{}", attempt.no)),
                    "nobody follows {attempt:?}"
                );
            }
            let whole = order.refunds.iter().filter(|r| r.attempt == attempt.no && r.line.is_none()).count();
            if attempt.state == AttemptState::Paid {
                let pays = order.paying_attempt().map(|a| a.no) == Some(attempt.no);
                assert_eq!(whole, usize::from(!pays), "a paid attempt pays the lines or goes back whole");
            } else {
                assert!(
                    whole <= usize::from(attempt.state == AttemptState::Aside),
                    "refund of an unpaid attempt"
                );
            }
        }
        for line in &order.lines {
            let refund = order.refunds.iter().find(|r| r.line == Some(line.line));
            match line.deliver {
                Deliver::None | Deliver::Posting | Deliver::Posted => assert!(refund.is_none(), "{line:?}"),
                Deliver::Rejected | Deliver::Refunding | Deliver::Refunded => {
                    assert_eq!(refund.map(|r| r.state), Some(line.deliver));
                }
                Deliver::ManualReview | Deliver::Settled => {}
            }
            if line.deliver == Deliver::Posting {
                assert!(self.jobs.contains_key(&format!("line-{}", line.line)), "nobody posts {line:?}");
            }
        }
        for refund in &order.refunds {
            if matches!(refund.state, Deliver::Rejected | Deliver::Refunding) {
                assert!(
                    self.jobs.contains_key(&format!("refund-{}", refund.number)),
                    "nobody refunds {refund:?}"
                );
            }
            // What a person decides about cannot be paid by a request that is still on its way.
            if matches!(refund.state, Deliver::ManualReview | Deliver::Settled | Deliver::Refunded) {
                assert_eq!(refund.in_doubt, None, "{refund:?}");
            }
        }
        // Conservation: what channels took is posted, on its way back, or in suspense; never negative anywhere.
        let balance = |account: &LedgerAccount| self.balances.get(account).copied().unwrap_or(0);
        assert_eq!(self.balances.values().sum::<i64>(), 0);
        assert!(balance(&LedgerAccount::Suspense) <= 0 && balance(&LedgerAccount::RefundInTransit) <= 0);
        // And to the fen: what is in suspense is being posted or looked at by a person, nothing else.
        let refunds_of = |line: u32| order.refunds.iter().any(|r| r.line == Some(line));
        let open_lines: i64 = order
            .lines
            .iter()
            .filter(|l| match l.deliver {
                Deliver::Posting => true,
                Deliver::ManualReview => !refunds_of(l.line),
                Deliver::None | Deliver::Posted | Deliver::Rejected => false,
                Deliver::Refunding | Deliver::Refunded | Deliver::Settled => false,
            })
            .map(|l| l.amount.get())
            .sum();
        let under_review: i64 = order
            .attempts
            .iter()
            .filter(|a| a.state == AttemptState::Review)
            .filter_map(|a| a.payment.as_ref())
            .chain(order.attempts.iter().flat_map(|a| &a.further).filter(|f| !f.settled).map(|f| &f.payment))
            .filter(|p| is_money(p))
            .map(|p| p.amount.get())
            .sum();
        assert_eq!(-balance(&LedgerAccount::Suspense), open_lines + under_review, "{order:#?}");
        let in_transit: i64 = order
            .refunds
            .iter()
            .filter(|r| matches!(r.state, Deliver::Rejected | Deliver::Refunding | Deliver::ManualReview))
            .map(|r| r.amount.get())
            .sum();
        assert_eq!(-balance(&LedgerAccount::RefundInTransit), in_transit);
        let refunded: i64 = order
            .refunds
            .iter()
            .filter(|r| self.is_booked(&format!("refunded:{}", r.number)))
            .map(|r| r.amount.get())
            .sum();
        let taken: i64 = self.taken.values().sum();
        assert_eq!(balance(&LedgerAccount::ChannelClearing("fake".into())), taken - refunded);
    }
}

pub fn channel(can_close: bool) -> ChannelFacts {
    ChannelFacts { id: "fake".into(), merchant: ME.into(), can_close }
}

/// Whether a payment is money that we take: above zero, in our currency.
fn is_money(payment: &Payment) -> bool {
    payment.amount.is_positive() && payment.currency == "CNY"
}

pub fn posted(amount: i64) -> Posted {
    Posted { number: "B1".into(), amount: Fen::new(amount), arrears: Fen::ZERO, credit: Fen::ZERO }
}

pub fn verdict_of(number: u8) -> Verdict {
    match number {
        0 => Verdict::Post,
        1 => Verdict::Credit,
        2 => Verdict::Refund,
        3 => Verdict::Retry,
        _ => Verdict::Outside { reference: "desk-1".into() },
    }
}

pub fn unknown<T>() -> Outcome<T> {
    Outcome::Unknown(Cause::Timeout)
}
