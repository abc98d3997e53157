//! Evidence of payment: what counts as paid, what goes to a person, and what is told twice.

use powerhall_money::{
    AttemptState, Collect, Command, Decision, Deliver, Fen, JobChange, LedgerAccount, Outcome, Payment,
    Refusal, Task, Trade, Who,
};

use crate::plays::Play;
use crate::world::{World, channel};

fn done(part: &str) -> JobChange {
    JobChange::Done { part: part.to_owned() }
}

fn review_keys(decision: &Decision) -> Vec<&str> {
    decision.reviews.iter().map(|review| review.key.as_str()).collect()
}

/// An order whose first code is closed and whose second is on the screen.
fn second_shown() -> World {
    let mut world = World::shown(true, &[500]);
    world.tell(Command::Leave("other_channel".into())).expect("leaves");
    world.close(1, Outcome::Definite(Trade::Closed));
    world.tell(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second");
    world.code(2, "two");
    world
}

#[test]
fn what_was_asked_for_pays_the_lines() {
    let mut world = World::shown(true, &[500, 100]);
    let payment = world.payment("T1");
    let decision = world.notify(1, payment.clone()).expect("taken");
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Paid, AttemptState::Paid));
    assert_eq!((world.attempt(1).payment.as_ref(), world.attempt(1).code.as_deref()), (Some(&payment), None));
    assert_eq!(world.tasks(), [Task::Post(0), Task::Post(1)], "and nothing more about the code");
    assert_eq!((world.line(0), world.line(1)), (Deliver::Posting, Deliver::Posting));
    let [entry] = decision.entries.as_slice() else { panic!("{:?}", decision.entries) };
    assert_eq!(entry.key, format!("paid:{}", world.attempt(1).number));
    assert_eq!(entry.debit, LedgerAccount::ChannelClearing("fake".into()));
    assert_eq!((&entry.credit, entry.amount), (&LedgerAccount::Suspense, Fen::new(600)));
}

/// Closed is never final: neither for the channel's notification nor for a query of ours.
#[test]
fn a_payment_counts_wherever_the_attempt_stands_and_whoever_tells() {
    let who = Who::Channel { id: "fake", event: "E1" };
    let prepared = World::open(true, &[500]);
    let shown = World::shown(true, &[500]);
    let mut closing = World::shown(true, &[500]);
    closing.tell(Command::Leave("customer".into())).expect("leaves");
    let mut closed = World::shown(true, &[500]);
    closed.query(1, Outcome::Definite(Trade::Closed));
    for make in [prepared, shown, closing, closed] {
        assert!(matches!(
            make.order.collect,
            Collect::Preparing | Collect::Awaiting | Collect::Closing | Collect::Closed
        ));
        for told in 0..3 {
            let mut world = make.clone();
            world.who = if told == 0 { who } else { make.who };
            let payment = world.payment("T1");
            match told {
                0 | 1 => world.notify(1, payment).map(drop).expect("taken"),
                _ => drop(world.query(1, Outcome::Definite(Trade::Paid(payment)))),
            }
            assert_eq!(world.order.collect, Collect::Paid, "{:?}", make.order);
        }
    }
}

#[test]
fn another_amount_currency_or_merchant_goes_to_a_person() {
    let asked = World::shown(true, &[500]).payment("T1");
    for (told, booked) in [
        (Payment { amount: Fen::new(499), ..asked.clone() }, 499),
        (Payment { amount: Fen::new(501), ..asked.clone() }, 501),
        (Payment { merchant: "another".into(), ..asked.clone() }, 500),
        (Payment { currency: "USD".into(), ..asked.clone() }, 0),
        (Payment { amount: Fen::ZERO, ..asked.clone() }, 0),
        (Payment { amount: Fen::new(-500), ..asked.clone() }, 0),
    ] {
        let mut world = World::shown(true, &[500]);
        let decision = world.notify(1, told.clone()).expect("taken");
        assert_eq!(
            (world.order.collect, world.attempt(1).state),
            (Collect::ManualReview, AttemptState::Review)
        );
        assert_eq!(review_keys(&decision), [format!("payment:{}", world.attempt(1).number)]);
        assert_eq!(decision.reviews[0].amount, told.amount);
        let sum: i64 = decision.entries.iter().map(|entry| entry.amount.get()).sum();
        assert_eq!(sum, booked, "only money above zero in our currency stands in the books: {told:?}");
        assert_eq!((world.line(0), world.tasks()), (Deliver::None, vec![]));
    }
}

#[test]
fn an_unknown_number_pays_nothing() {
    let mut world = World::shown(true, &[500]);
    let payment = world.payment("T1");
    assert_eq!(world.tell(Command::Notified { number: "X".into(), payment }), Err(Refusal::NoSuchPart));
}

/// The job that asked meets what a notification told before: it ends, and nothing else changes.
#[test]
fn the_same_evidence_again_only_ends_the_asking() {
    let mut world = World::paid(&[500]);
    let before = world.order.clone();
    let payment = world.payment("T1");
    let decision = world.query(1, Outcome::Definite(Trade::Paid(payment)));
    assert_eq!((&decision.order, decision.jobs), (&before, vec![done("attempt-1")]));
    assert_eq!((decision.entries, decision.reviews, decision.events), (vec![], vec![], vec![]));
}

#[test]
fn one_payment_told_in_two_ways_goes_to_a_person() {
    let asked = World::paid(&[500]).payment("T1");
    for told in [
        Payment { amount: Fen::new(499), ..asked.clone() },
        Payment { currency: "USD".into(), ..asked.clone() },
        Payment { merchant: "another".into(), ..asked.clone() },
    ] {
        let mut world = World::paid(&[500]);
        let before = world.order.clone();
        let decision = world.notify(1, told.clone()).expect("taken");
        assert_eq!(review_keys(&decision), [format!("evidence:{}", before.attempts[0].number)]);
        assert_eq!(decision.reviews[0].amount, told.amount);
        assert_eq!((decision.order, decision.entries), (before, vec![]), "nothing moves");
    }
}

#[test]
fn the_same_number_paid_by_another_transaction_is_booked_and_seen_once() {
    let mut world = World::paid(&[500]);
    let again = Payment { amount: Fen::new(77), ..world.payment("AGAIN") };
    let decision = world.notify(1, again.clone()).expect("taken");
    let name = format!("{}:AGAIN", world.attempt(1).number);
    assert_eq!(review_keys(&decision), [format!("payment:{name}")]);
    let [entry] = decision.entries.as_slice() else { panic!("{:?}", decision.entries) };
    assert_eq!((&entry.key, entry.amount), (&format!("paid:{name}"), Fen::new(77)));
    assert_eq!(world.attempt(1).further.len(), 1);

    let decision = world.notify(1, again).expect("taken");
    assert_eq!((decision.entries, decision.reviews, decision.events), (vec![], vec![], vec![]));
    let third = Payment { amount: Fen::new(78), ..world.payment("ONCE MORE") };
    assert_eq!(world.notify(1, third).expect("taken").entries.len(), 1);
    assert_eq!(world.attempt(1).further.len(), 2);
}

#[test]
fn a_further_payment_that_is_no_money_of_ours_is_seen_but_not_booked() {
    let again = World::paid(&[500]).payment("AGAIN");
    for told in [
        Payment { currency: "USD".into(), ..again.clone() },
        Payment { amount: Fen::ZERO, ..again.clone() },
        Payment { amount: Fen::new(-1), ..again.clone() },
    ] {
        let mut world = World::paid(&[500]);
        let decision = world.notify(1, told.clone()).expect("taken");
        assert_eq!((decision.entries, decision.reviews.len()), (vec![], 1), "{told:?}");
    }
}

/// The first code is paid late: that settles the order, and the second code, which somebody may hold a phone to, is
/// closed at once. Codes that are closed already are left alone.
#[test]
fn a_payment_closes_every_other_code_that_can_be_paid() {
    let mut world = second_shown();
    let payment = world.payment("T1");
    world.notify(1, payment).expect("taken");
    assert_eq!((world.attempt(1).state, world.attempt(2).state), (AttemptState::Paid, AttemptState::Closing));
    assert_eq!(world.attempt(2).code, None);
    assert_eq!(world.next("attempt-2"), Some((Task::Close(2), 0, 0)));

    let mut world = second_shown();
    let payment = world.payment("T2");
    world.notify(2, payment).expect("taken");
    assert_eq!((world.attempt(1).state, world.attempt(2).state), (AttemptState::Closed, AttemptState::Paid));
    assert_eq!(world.next("attempt-2"), None);
}

#[test]
fn the_second_payment_goes_back_whole_with_its_number_durable() {
    let mut world = second_shown();
    for no in [1, 2] {
        let payment = world.payment(&format!("T{no}"));
        world.notify(no, payment).expect("taken");
    }
    let [refund] = world.order.refunds.as_slice() else { panic!("{:?}", world.order.refunds) };
    assert_eq!((refund.attempt, refund.line, refund.amount), (2, None, Fen::new(500)));
    assert_eq!(refund.number, format!("R{}W", world.attempt(2).number));
    let part = format!("refund-{}", refund.number);
    assert_eq!(world.next(&part), Some((Task::Refund(refund.number.clone()), 0, 0)));
    assert_eq!(world.order.paying_attempt().map(|a| a.no), Some(1));
}

#[test]
fn a_second_payment_goes_back_whole() {
    let mut world = World::shown(true, &[500]);
    let second = || Command::NewAttempt { no: 2, channel: channel(true) };
    assert_eq!(world.tell(second()), Err(Refusal::AttemptStillOpen));
    world.tell(Command::Leave("other_channel".into())).expect("leaves");
    assert_eq!(world.tell(second()), Err(Refusal::AttemptStillOpen), "closing proves nothing yet");
    world.close(1, Outcome::Definite(Trade::Closed));
    world.tell(second()).expect("a second code");
    world.code(2, "two");
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
