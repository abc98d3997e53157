//! The tables as committed, and the invariants of the machines under any sequence of commands.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_money::{
    AttemptState, Cause, ChannelFacts, Collect, CollectEvent, CollectStep, Command, Context, Decision,
    Deliver, DeliverEvent, DeliverStep, Fen, FenceAnswer, JobChange, LedgerAccount, Moment, NewOrder, Order,
    Outcome, Payment, Policy, Posted, RefundAnswer, Refusal, ReviewPart, Task, Trade, Verdict, Who, collect,
    decide, deliver, open, tables,
};
use proptest::prelude::*;
use uuid::Uuid;

const ME: &str = "our-merchant";
const ME_WHO: Who<'static> = Who::Job("test");

#[test]
fn the_committed_page_is_the_machines() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/money-machines.md");
    let page = tables::render();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &page).expect("docs/ is writable");
    }
    assert!(
        std::fs::read_to_string(path).is_ok_and(|committed| committed == page),
        "docs/money-machines.md differs from the code; BLESS=1 writes it anew"
    );
}

#[test]
fn paid_never_goes_back() {
    for event in CollectEvent::ALL {
        match collect(Collect::Paid, event) {
            CollectStep::Go(to, _) => assert_eq!(to, Collect::Paid, "{event:?}"),
            CollectStep::Ignored(_) => {}
        }
    }
    for event in DeliverEvent::ALL {
        assert!(!matches!(deliver(Deliver::Posted, event), DeliverStep::Go(..)), "{event:?}");
    }
}

#[test]
fn unknown_moves_no_state() {
    for state in Collect::ALL {
        for event in [CollectEvent::Unknown, CollectEvent::NotYet] {
            if let CollectStep::Go(to, _) = collect(state, event) {
                assert_eq!(to, state, "{event:?}");
            }
        }
    }
    for state in Deliver::ALL {
        for event in [DeliverEvent::PostUnknown, DeliverEvent::RefundUnknown, DeliverEvent::NotOnAccount] {
            if let DeliverStep::Go(to, _) = deliver(state, event) {
                assert_eq!(to, state, "{event:?}");
            }
        }
    }
}

#[test]
fn closed_is_never_final_for_money() {
    assert!(matches!(collect(Collect::Closed, CollectEvent::Paid), CollectStep::Go(Collect::Paid, _)));
    assert!(matches!(
        collect(Collect::Closed, CollectEvent::Mismatch),
        CollectStep::Go(Collect::ManualReview, _)
    ));
}

/// An order with what the store and the workers would keep beside it.
struct World {
    order: Order,
    policy: Policy,
    now: Moment,
    steady_since: Moment,
    jobs: BTreeMap<String, (Task, Moment, u32)>,
    balances: BTreeMap<LedgerAccount, i64>,
    keys: BTreeSet<String>,
    reviews: BTreeSet<String>,
    taken: BTreeMap<u32, i64>,
}

impl World {
    fn open(can_close: bool, lines: &[i64]) -> Self {
        let policy = Policy::default();
        let now = Moment(1_800_000_000_000);
        let new = NewOrder {
            id: Uuid::from_u128(7),
            reference: "0000-0000-00".into(),
            lines: (0..).zip(lines.iter().map(|fen| Fen::new(*fen))).collect(),
            channel: channel(can_close),
        };
        let first = open(
            new,
            Context {
                now,
                tries: 0,
                interrupted: false,
                steady_since: Moment(0),
                policy: &policy,
                who: ME_WHO,
            },
        )
        .expect("opens");
        let mut world = Self {
            order: first.order.clone(),
            policy,
            now,
            steady_since: Moment(0),
            jobs: BTreeMap::new(),
            balances: BTreeMap::new(),
            keys: BTreeSet::new(),
            reviews: BTreeSet::new(),
            taken: BTreeMap::new(),
        };
        world.apply(first);
        world
    }

    fn apply(&mut self, decision: Decision) {
        for job in decision.jobs {
            match job {
                JobChange::Set { task, due, tries } => {
                    self.jobs.insert(task.part(), (task, due, tries));
                }
                JobChange::Done { part } => {
                    self.jobs.remove(&part);
                }
            }
        }
        for entry in decision.entries {
            assert!(self.keys.insert(entry.key.clone()), "booked twice: {}", entry.key);
            let sides = entry.sides().expect("fits");
            assert_eq!(sides.iter().map(|(_, fen)| fen.get()).sum::<i64>(), 0);
            for (account, fen) in sides {
                *self.balances.entry(account.clone()).or_default() += fen.get();
            }
        }
        for review in decision.reviews {
            // The same contradicting evidence again is the same review.
            let fresh = self.reviews.insert(review.key.clone());
            assert!(fresh || review.key.starts_with("evidence:"), "{} is reviewed twice", review.key);
        }
        self.order = decision.order;
    }

    fn tell(&mut self, command: Command) -> Result<(), Refusal> {
        let ctx = Context {
            now: self.now,
            tries: 0,
            interrupted: false,
            steady_since: self.steady_since,
            policy: &self.policy,
            who: ME_WHO,
        };
        let decision = decide(&self.order, command.clone(), ctx)?;
        let before = self.order.clone();
        assert!(
            decision.order == before || !decision.events.is_empty(),
            "a change without history: {command:?}"
        );
        for event in &decision.events {
            assert_eq!((event.who.as_str(), event.why.as_str()), ("job:test", command.why()));
            assert_eq!(event.evidence, command.evidence());
        }
        self.apply(decision);
        self.check(&before, &command);
        Ok(())
    }

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
            .filter(|r| self.keys.contains(&format!("refunded:{}", r.number)))
            .map(|r| r.amount.get())
            .sum();
        let taken: i64 = self.taken.values().sum();
        assert_eq!(balance(&LedgerAccount::ChannelClearing("fake".into())), taken - refunded);
    }
}

fn channel(can_close: bool) -> ChannelFacts {
    ChannelFacts { id: "fake".into(), merchant: ME.into(), can_close }
}

fn payment(order: &Order, attempt: u32, amount: Fen) -> Payment {
    Payment {
        transaction: format!("T{attempt}"),
        amount,
        currency: "CNY".into(),
        merchant: ME.into(),
        at: order.created_at,
    }
}

fn posted(amount: i64) -> Posted {
    Posted { number: "B1".into(), amount: Fen::new(amount), arrears: Fen::ZERO, credit: Fen::ZERO }
}

/// A move in the game against the order.
#[derive(Clone, Debug)]
enum Play {
    Wait(i64),
    NewAttempt,
    Leave,
    Extend,
    Code(u32, u8),
    Query(u32, u8),
    Close(u32, u8),
    Notify(u32, bool),
    Post(u32, u8),
    QueryPost(u32, u8),
    Fence(u32, u8),
    Refund(usize, u8),
    /// The same number paid by another transaction.
    PayAgain(u32),
    /// A person decides on one of the reviews so far.
    Decide(usize, u8),
}

fn play() -> impl Strategy<Value = Play> {
    prop_oneof![
        (0..400_000_i64).prop_map(Play::Wait),
        Just(Play::NewAttempt),
        Just(Play::Leave),
        Just(Play::Extend),
        (1..4_u32, 0..3_u8).prop_map(|(a, o)| Play::Code(a, o)),
        (1..4_u32, 0..6_u8).prop_map(|(a, o)| Play::Query(a, o)),
        (1..4_u32, 0..6_u8).prop_map(|(a, o)| Play::Close(a, o)),
        (1..4_u32, prop::bool::weighted(0.9)).prop_map(|(a, right)| Play::Notify(a, right)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::Post(l, o)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::QueryPost(l, o)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::Fence(l, o)),
        (0..4_usize, 0..6_u8).prop_map(|(r, o)| Play::Refund(r, o)),
        (1..4_u32).prop_map(Play::PayAgain),
        (0..6_usize, 0..5_u8).prop_map(|(r, v)| Play::Decide(r, v)),
        (0..6_usize, 0..5_u8).prop_map(|(r, v)| Play::Decide(r, v)),
    ]
}

fn verdict_of(number: u8) -> Verdict {
    match number {
        0 => Verdict::Post,
        1 => Verdict::Credit,
        2 => Verdict::Refund,
        3 => Verdict::Retry,
        _ => Verdict::Outside { reference: "desk-1".into() },
    }
}

fn unknown<T>() -> Outcome<T> {
    Outcome::Unknown(Cause::Timeout)
}

impl World {
    fn trade(&mut self, attempt: u32, o: u8) -> Outcome<Trade> {
        match o {
            0 => Outcome::Definite(Trade::NotFound),
            1 => Outcome::Definite(Trade::Pending),
            2 => {
                let amount = self.order.amount;
                self.take(attempt, amount);
                Outcome::Definite(Trade::Paid(payment(&self.order, attempt, amount)))
            }
            3 => Outcome::Definite(Trade::Closed),
            4 => Outcome::Rejected("NO".into()),
            _ => unknown(),
        }
    }

    /// Remembers what the channel took, by the first evidence that counts.
    fn take(&mut self, attempt: u32, amount: Fen) {
        if self.order.attempt(attempt).is_some() {
            self.taken.entry(attempt).or_insert(amount.get());
        }
    }

    fn play(&mut self, play: Play) {
        let amount = |world: &Self, line: u32| world.order.line(line).map_or(1, |l| l.amount.get());
        let _ = match play {
            Play::Wait(ms) => {
                self.now = self.now.plus_ms(ms);
                Ok(())
            }
            Play::NewAttempt => {
                let no = self.order.last_attempt().map_or(1, |a| a.no + 1).min(3);
                let facts = channel(self.order.attempts[0].can_close);
                self.tell(Command::NewAttempt { no, channel: facts })
            }
            Play::Leave => self.tell(Command::Leave("customer".into())),
            Play::Extend => self.tell(Command::Extend),
            Play::Code(attempt, o) => {
                let outcome = match o {
                    0 => Outcome::Definite("code".to_owned()),
                    1 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::CodeAnswered { attempt, outcome })
            }
            Play::Query(attempt, o) => {
                let outcome = self.trade(attempt, o);
                self.tell(Command::Queried { attempt, outcome })
            }
            Play::Close(attempt, o) => {
                let outcome = self.trade(attempt, o);
                self.tell(Command::CloseAnswered { attempt, outcome })
            }
            Play::Notify(attempt, right) => {
                let Some(number) = self.order.attempt(attempt).map(|a| a.number.clone()) else { return };
                let amount = if right { self.order.amount } else { Fen::new(1) };
                self.take(attempt, amount);
                let payment = payment(&self.order, attempt, amount);
                self.tell(Command::Notified { number, payment })
            }
            Play::Post(line, o) => {
                let outcome = match o {
                    0 => Outcome::Definite(posted(amount(self, line))),
                    1 => Outcome::Definite(posted(amount(self, line) + 1)),
                    2 => Outcome::Rejected("already_paid".into()),
                    _ => unknown(),
                };
                self.tell(Command::PostAnswered { line, outcome })
            }
            Play::QueryPost(line, o) => {
                let outcome = match o {
                    0 => Outcome::Definite(Some(posted(amount(self, line)))),
                    1 => Outcome::Definite(None),
                    2 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::PostQueried { line, outcome })
            }
            Play::Fence(line, o) => {
                // A fence is only ever asked for a line that is being posted.
                let outcome = match o {
                    0 => Outcome::Definite(FenceAnswer::Fenced),
                    1 => Outcome::Definite(FenceAnswer::Posted(posted(amount(self, line)))),
                    2 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::FenceAnswered { line, outcome })
            }
            Play::Refund(refund, o) => {
                let Some(number) = self.order.refunds.get(refund).map(|r| r.number.clone()) else { return };
                let outcome = match o {
                    0 => Outcome::Definite(RefundAnswer::NotFound),
                    1 => Outcome::Definite(RefundAnswer::Accepted),
                    2 => Outcome::Definite(RefundAnswer::Done),
                    3 => Outcome::Definite(RefundAnswer::Abnormal),
                    4 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::RefundAnswered { number, outcome })
            }
            Play::PayAgain(attempt) => {
                let Some(known) = self.order.attempt(attempt).filter(|a| a.payment.is_some()) else { return };
                let (number, fresh) = (known.number.clone(), known.further.is_empty());
                let mut payment = payment(&self.order, attempt, Fen::new(77));
                payment.transaction = "AGAIN".into();
                if fresh {
                    *self.taken.entry(attempt).or_default() += 77;
                }
                self.tell(Command::Notified { number, payment })
            }
            Play::Decide(review, verdict) => {
                let Some(key) = self.reviews.iter().nth(review) else { return };
                let Some(part) = self.order.review_part(key) else { return };
                let verdict = verdict_of(verdict);
                self.tell(Command::Decide { part, verdict, reason: "test".into() })
            }
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is answered, resent, reordered or delayed, the order keeps its invariants (`World::check`).
    #[test]
    fn no_sequence_breaks_an_order(can_close: bool, two: bool, plays in prop::collection::vec(play(), 1..60)) {
        let mut world = World::open(can_close, if two { &[30_954, 100] } else { &[30_954] });
        for play in plays {
            world.play(play);
        }
    }
}

#[test]
fn a_second_payment_goes_back_whole() {
    let mut world = World::open(true, &[500]);
    world
        .tell(Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("one".into()) })
        .expect("shows");
    let second = || Command::NewAttempt { no: 2, channel: channel(true) };
    assert_eq!(world.tell(second()), Err(Refusal::AttemptStillOpen));
    world.tell(Command::Leave("other_channel".into())).expect("leaves");
    assert_eq!(world.tell(second()), Err(Refusal::AttemptStillOpen), "closing proves nothing yet");
    world
        .tell(Command::CloseAnswered { attempt: 1, outcome: Outcome::Definite(Trade::Closed) })
        .expect("closed");
    world.tell(second()).expect("a second code");
    world
        .tell(Command::CodeAnswered { attempt: 2, outcome: Outcome::Definite("two".into()) })
        .expect("shows");
    // The first code is paid late, although the channel said closed: that settles the order and closes the second.
    world.play(Play::Notify(1, true));
    assert_eq!(world.order.collect, Collect::Paid);
    assert_eq!(world.order.attempts[1].state, AttemptState::Closing);
    // The second is paid in the same moment.
    world.play(Play::Close(2, 2));
    let [refund] = world.order.refunds.as_slice() else { panic!("one refund") };
    assert_eq!((refund.attempt, refund.line, refund.amount), (2, None, Fen::new(500)));
    assert_eq!(world.order.lines[0].deliver, Deliver::Posting);
}

#[test]
fn a_refusal_after_an_unknown_post_is_fenced_before_the_refund() {
    let mut world = World::open(true, &[500]);
    world.play(Play::Notify(1, true));
    world.play(Play::Post(0, 3));
    world.play(Play::Post(0, 2));
    assert!(world.order.refunds.is_empty(), "the first post may still arrive");
    assert_eq!(world.jobs["line-0"].0, Task::Fence(0));
    world.play(Play::Fence(0, 0));
    assert_eq!(world.order.refunds.len(), 1);
}

#[test]
fn the_deadline_is_met_while_the_channel_is_silent() {
    let mut world = World::open(true, &[500]);
    world
        .tell(Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("one".into()) })
        .expect("shows");
    world.play(Play::Query(1, 5));
    let (_, due, _) = world.jobs["attempt-1"].clone();
    assert!(due <= world.order.attempts[0].deadline);
    world.now = world.order.attempts[0].deadline;
    world.play(Play::Query(1, 5));
    assert_eq!(world.order.collect, Collect::Closing);
    world.play(Play::Close(1, 5));
    assert_eq!(world.order.collect, Collect::Closing, "an unknown outcome proves nothing");
}

#[test]
fn without_a_close_only_the_expiry_proves() {
    let mut world = World::open(false, &[500]);
    world
        .tell(Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("one".into()) })
        .expect("shows");
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State));
    world.play(Play::Leave);
    world.play(Play::Close(1, 0));
    assert_eq!(world.order.collect, Collect::Closing, "not found before the scan is not closed");
    world.now = world.order.attempts[0].expires_at.plus_ms(world.policy.margin_ms);
    world.play(Play::Close(1, 0));
    assert_eq!(world.order.collect, Collect::Closed);
}

/// Found by the simulator: the machine's clock was set ten minutes forward, and a code that could still be paid counted
/// as expired; the next one was shown beside it.
#[test]
fn a_clock_that_was_set_forward_does_not_expire_a_code() {
    let mut world = World::open(false, &[500]);
    world
        .tell(Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("one".into()) })
        .expect("shows");
    world.play(Play::Leave);
    let life = world.order.attempts[0].expires_at.ms_since(world.order.attempts[0].created_at);
    world.now = world.now.plus_ms(600_000);
    world.steady_since = world.now;
    world.play(Play::Close(1, 0));
    assert_eq!(world.order.collect, Collect::Closing, "nobody knows how much time has passed");
    world.now = world.steady_since.plus_ms(life + world.policy.margin_ms);
    world.play(Play::Close(1, 0));
    assert_eq!(world.order.collect, Collect::Closed);
}

#[test]
fn more_time_is_limited_and_refused_when_it_cannot_be_given() {
    let mut world = World::open(true, &[500]);
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State), "nothing is shown yet");
    world
        .tell(Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("one".into()) })
        .expect("shows");
    for _ in 0..world.policy.extensions_max {
        world.now = world.order.attempts[0].deadline.plus_ms(-1);
        world.tell(Command::Extend).expect("more time");
    }
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State));
    assert!(world.order.attempts[0].deadline < world.order.attempts[0].expires_at);
}

/// Every verdict on every kind of thing under review: what becomes of it, or that it is refused.
#[test]
fn a_person_decides_once_and_only_what_makes_sense() {
    type Make = fn(&mut World);
    type Case<'a> = (&'a str, Make, [Result<&'a str, Refusal>; 5]);
    let cases: [Case<'_>; 4] = [
        (
            "other_amount",
            |w| w.play(Play::Notify(1, false)),
            [
                Err(Refusal::State),
                Ok("suspense:-1 line-50"),
                Ok("refund_in_transit:-1"),
                Err(Refusal::State),
                Ok("settled_outside:-1"),
            ],
        ),
        (
            "refund",
            |w| {
                w.play(Play::Notify(1, true));
                w.play(Play::Post(0, 2));
                w.play(Play::Refund(0, 3));
            },
            [
                Err(Refusal::State),
                Ok("suspense:-500 line-50"),
                Ok("refund_in_transit:-500"),
                Ok("refund_in_transit:-500"),
                Ok("settled_outside:-500"),
            ],
        ),
        (
            "billing_differs",
            |w| {
                w.play(Play::Notify(1, true));
                w.play(Play::Post(0, 1));
            },
            [
                Err(Refusal::State),
                Err(Refusal::State),
                Err(Refusal::State),
                Ok("suspense:-500 line-0"),
                Ok("settled_outside:-500"),
            ],
        ),
        (
            "again",
            |w| {
                w.play(Play::Notify(1, true));
                w.play(Play::Post(0, 0));
                w.play(Play::PayAgain(1));
            },
            [
                Err(Refusal::State),
                Err(Refusal::State),
                Err(Refusal::State),
                Err(Refusal::State),
                Ok("settled_outside:-77"),
            ],
        ),
    ];
    for (name, make, expected) in cases {
        for (verdict, expected) in (0..).zip(expected) {
            let mut world = World::open(true, &[500]);
            make(&mut world);
            let key = world.reviews.first().expect("under review").clone();
            let part = world.order.review_part(&key).expect("of this order");
            let decide = || Command::Decide {
                part: part.clone(),
                verdict: verdict_of(verdict),
                reason: "seen".into(),
            };
            let done = world.tell(decide());
            match expected {
                Err(refusal) => assert_eq!(done, Err(refusal), "{name} {verdict}"),
                Ok(state) => {
                    done.unwrap_or_else(|e| panic!("{name} {verdict}: {e}"));
                    let mut words = state.split(' ');
                    let (account, fen) = words.next().and_then(|w| w.split_once(':')).expect("a balance");
                    let balance = world.balances.iter().find(|(a, _)| a.to_string() == account);
                    assert_eq!(
                        balance.map(|(_, fen)| fen.to_string()).as_deref(),
                        Some(fen),
                        "{name} {verdict}"
                    );
                    if let Some(line) = words.next() {
                        assert!(world.jobs.contains_key(line), "{name} {verdict}: {:?}", world.jobs);
                    }
                    assert_eq!(world.tell(decide()), Err(Refusal::State), "{name} {verdict} twice");
                }
            }
        }
    }
}

#[test]
fn a_payment_of_the_right_amount_under_review_can_pay_the_lines() {
    let mut world = World::open(true, &[500]);
    let number = world.order.attempts[0].number.clone();
    let mut other = payment(&world.order, 1, Fen::new(500));
    other.merchant = "renamed".into();
    world.taken.insert(1, 500);
    world.tell(Command::Notified { number, payment: other }).expect("evidence");
    assert_eq!(world.order.collect, Collect::ManualReview);
    let decide =
        Command::Decide { part: ReviewPart::Payment(1), verdict: Verdict::Post, reason: "ours".into() };
    world.tell(decide).expect("posts");
    assert_eq!((world.order.collect, world.order.lines[0].deliver), (Collect::Paid, Deliver::Posting));
    world.play(Play::Post(0, 0));
    assert_eq!(world.order.lines[0].deliver, Deliver::Posted);
}

#[test]
fn a_refund_that_fails_again_is_another_review() {
    let mut world = World::open(true, &[500]);
    world.play(Play::Notify(1, true));
    world.play(Play::Post(0, 2));
    world.play(Play::Refund(0, 3));
    world.play(Play::Decide(0, 3));
    world.play(Play::Refund(0, 3));
    assert_eq!(world.reviews.len(), 2, "{:?}", world.reviews);
    let last = world.reviews.last().expect("two").clone();
    assert!(last.ends_with("~2") && world.order.review_part(&last).is_some(), "{last}");
}
