//! A code from the channel's answer to its closing: how long it may be paid, and what proves that it cannot be any more.

use powerhall_money::{AttemptState, Collect, Command, Outcome, Refusal, Task, Trade};

use crate::plays::Play;
use crate::world::{OPENED, World, unknown};

fn leave(world: &mut World) {
    world.tell(Command::Leave("customer".into())).expect("leaves");
}

fn definite(trade: Trade) -> Outcome<Trade> {
    Outcome::Definite(trade)
}

fn rejected<T>() -> Outcome<T> {
    Outcome::Rejected("NO".into())
}

#[test]
fn a_code_can_be_paid_for_its_time_from_when_it_came() {
    let mut world = World::open(true, &[500]);
    world.wait(5_000);
    world.code(1, "one");
    assert_eq!(world.attempt(1).deadline, world.now.plus_ms(world.policy.qr_ms));
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Awaiting, AttemptState::Live));
    assert_eq!(world.next("attempt-1"), Some((Task::Query(1), world.policy.poll_ms, 0)));
}

/// However late the code came and however often more time was given: the channel lets it expire a margin after the last
/// moment at which we show it.
#[test]
fn the_last_deadline_is_a_margin_before_the_channels_expiry() {
    for can_close in [true, false] {
        let mut world = World::open(can_close, &[500]);
        world.wait(world.policy.prepare_ms + 20_000);
        world.code(1, "one");
        let latest = world.attempt(1).expires_at.plus_ms(-world.policy.margin_ms);
        for _ in 0..if can_close { world.policy.extensions_max } else { 0 } {
            world.now = world.attempt(1).deadline.plus_ms(-1);
            world.tell(Command::Extend).expect("more time");
        }
        assert_eq!(world.attempt(1).deadline, latest, "{can_close}");
    }
}

#[test]
fn more_time_counts_from_now_and_never_shortens() {
    let mut world = World::shown(true, &[500]);
    world.wait(60_000);
    world.tell(Command::Extend).expect("more time");
    assert_eq!(world.attempt(1).deadline, world.now.plus_ms(world.policy.qr_ms));
    assert_eq!(world.attempt(1).extensions, 1);
    // A clock that was set back gives no less.
    let deadline = world.attempt(1).deadline;
    world.wait(-120_000);
    world.tell(Command::Extend).expect("more time");
    assert_eq!((world.attempt(1).deadline, world.attempt(1).extensions), (deadline, 2));
}

#[test]
fn at_the_deadline_it_is_too_late_for_more_time() {
    let mut world = World::shown(true, &[500]);
    world.now = world.attempt(1).deadline;
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State));
    world.wait(-1);
    world.tell(Command::Extend).expect("a millisecond before");
}

#[test]
fn leaving_says_why_in_the_history_once() {
    for shown in [false, true] {
        let mut world = World::open(true, &[500]);
        if shown {
            world.code(1, "one");
        }
        let reasons = |world: &mut World| {
            let decision = world.tell(Command::Leave("idle".into())).expect("leaves");
            let leaves: Vec<_> = decision.events.into_iter().filter(|e| e.kind == "leave").collect();
            leaves.into_iter().map(|e| (e.part, e.detail)).collect::<Vec<_>>()
        };
        assert_eq!(reasons(&mut world), [("attempt-1".to_owned(), Some("idle".to_owned()))]);
        assert_eq!(world.next("attempt-1"), Some((Task::Close(1), 0, 0)));
        assert_eq!(reasons(&mut world), [], "it is being closed already");
        world.close(1, definite(Trade::Closed));
        assert_eq!(reasons(&mut world), [], "it is closed already");
    }
}

#[test]
fn a_create_without_an_answer_is_tried_again_until_its_deadline_and_then_closed() {
    let mut world = World::open(true, &[500]);
    let no_answer = || Command::CodeAnswered { attempt: 1, outcome: unknown() };
    world.wait(world.policy.prepare_ms - 1);
    world.tell(no_answer()).expect("taken");
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Preparing, AttemptState::Preparing));
    assert_eq!(world.next("attempt-1"), Some((Task::Create(1), world.policy.backoff_min_ms, 1)));
    world.wait(1);
    world.tell(no_answer()).expect("taken");
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Closing, AttemptState::Closing));
    assert_eq!(world.next("attempt-1"), Some((Task::Close(1), 0, 0)));
}

#[test]
fn a_refused_create_ends_the_attempt_and_is_looked_at_again() {
    let mut world = World::open(true, &[500]);
    let decision = world.tell(Command::CodeAnswered { attempt: 1, outcome: rejected() }).expect("taken");
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Closed, AttemptState::Closed));
    assert!(decision.events.iter().any(|e| e.kind == "create_refused" && e.detail.as_deref() == Some("NO")));
    assert_eq!(world.next("attempt-1"), Some((Task::Recheck(1), world.policy.recheck_ms[0], 0)));
}

#[test]
fn a_code_that_comes_when_the_attempt_has_moved_on_is_never_shown() {
    let mut left = World::open(true, &[500]);
    leave(&mut left);
    let mut refused = World::open(true, &[500]);
    refused.tell(Command::CodeAnswered { attempt: 1, outcome: rejected() }).expect("taken");
    for mut world in [left, refused, World::paid(&[500]), World::shown(true, &[500])] {
        for outcome in [Outcome::Definite("late".into()), rejected(), unknown()] {
            let before = world.order.clone();
            let decision = world.tell(Command::CodeAnswered { attempt: 1, outcome }).expect("taken");
            assert_eq!((&decision.order, decision.jobs), (&before, vec![]));
        }
    }
}

#[test]
fn the_deadline_needs_no_answer_of_the_channel() {
    let answers: [Outcome<Trade>; 4] =
        [definite(Trade::NotFound), definite(Trade::Pending), rejected(), unknown()];
    for answer in answers {
        let mut world = World::shown(true, &[500]);
        world.now = world.attempt(1).deadline.plus_ms(-1);
        world.query(1, answer.clone());
        assert_eq!(world.order.collect, Collect::Awaiting, "a millisecond before: {answer:?}");
        world.wait(1);
        world.query(1, answer.clone());
        assert_eq!(world.order.collect, Collect::Closing, "{answer:?}");
        assert_eq!(world.next("attempt-1"), Some((Task::Close(1), 0, 0)));
    }
}

#[test]
fn a_trade_that_the_channel_calls_closed_is_closed() {
    let mut world = World::shown(true, &[500]);
    world.query(1, definite(Trade::Closed));
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Closed, AttemptState::Closed));
    assert_eq!(world.attempt(1).code, None);

    // At its deadline too: the proof counts for more than the deadline.
    let mut world = World::shown(true, &[500]);
    world.now = world.attempt(1).deadline;
    world.query(1, definite(Trade::Closed));
    assert_eq!(world.order.collect, Collect::Closed);

    // While it is being closed, by a query that was on its way.
    let mut world = World::shown(true, &[500]);
    leave(&mut world);
    world.query(1, definite(Trade::Closed));
    assert_eq!(world.order.collect, Collect::Closed);
}

#[test]
fn only_an_attempt_that_is_being_closed_is_closed_by_the_answer() {
    for answer in [definite(Trade::Closed), definite(Trade::NotFound), rejected(), unknown()] {
        let mut world = World::shown(true, &[500]);
        let before = world.order.clone();
        let decision = world.close(1, answer);
        assert_eq!((decision.order, decision.jobs), (before, vec![]));
    }
    // But a payment is a payment, whatever was asked.
    let mut world = World::shown(true, &[500]);
    let payment = world.payment("T1");
    world.close(1, definite(Trade::Paid(payment)));
    assert_eq!(world.order.collect, Collect::Paid);
}

/// “Not paid” proves something only from the channel's expiry plus a margin on, and “unknown” never.
#[test]
fn not_paid_proves_the_end_only_past_the_expiry_and_a_margin() {
    for answer in [definite(Trade::NotFound), definite(Trade::Pending)] {
        for can_close in [true, false] {
            let mut world = World::shown(can_close, &[500]);
            leave(&mut world);
            world.now = world.attempt(1).expires_at.plus_ms(world.policy.margin_ms - 1);
            world.close(1, answer.clone());
            assert_eq!(world.order.collect, Collect::Closing, "a millisecond before: {answer:?}");
            assert_eq!(world.next("attempt-1").map(|(task, ..)| task), Some(Task::Close(1)));
            world.wait(1);
            world.close(1, unknown());
            world.close(1, rejected());
            assert_eq!(world.order.collect, Collect::Closing, "no answer about the trade");
            world.close(1, answer.clone());
            assert_eq!(world.order.collect, Collect::Closed, "{answer:?}");
        }
    }
}

/// The whole life of the code is waited for again from when the clock was set, even when the code was made before.
#[test]
fn a_code_made_after_the_clock_was_set_expires_by_its_own_time() {
    let mut world = World::shown(false, &[500]);
    world.steady_since = OPENED.plus_ms(-1_000_000);
    leave(&mut world);
    world.now = world.attempt(1).expires_at.plus_ms(world.policy.margin_ms);
    world.close(1, definite(Trade::Pending));
    assert_eq!(world.order.collect, Collect::Closed);
}

/// Nobody can have scanned a code that was never stored, so “no such trade” and a refusal are proof. “Pending” is none:
/// the channel knows the trade.
#[test]
fn a_code_that_was_never_stored_is_closed_by_no_such_trade() {
    for (answer, end) in [
        (definite(Trade::NotFound), Collect::Closed),
        (rejected(), Collect::Closed),
        (definite(Trade::Pending), Collect::Closing),
        (unknown(), Collect::Closing),
    ] {
        let mut world = World::open(true, &[500]);
        leave(&mut world);
        world.close(1, answer.clone());
        assert_eq!(world.order.collect, end, "{answer:?}");
    }
}

/// Found by the simulator: the machine's clock was set ten minutes forward, and a code that could still be paid counted
/// as expired; the next one was shown beside it.
#[test]
fn a_clock_that_was_set_forward_does_not_expire_a_code() {
    let mut world = World::shown(false, &[500]);
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
    world.code(1, "one");
    for _ in 0..world.policy.extensions_max {
        world.now = world.order.attempts[0].deadline.plus_ms(-1);
        world.tell(Command::Extend).expect("more time");
    }
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State));
    assert!(world.order.attempts[0].deadline < world.order.attempts[0].expires_at);
}
