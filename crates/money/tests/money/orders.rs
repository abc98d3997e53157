//! What an order says of itself: whether a kiosk still waits for it, which attempt pays, and what may be asked.

use powerhall_money::{AttemptState, Collect, Command, Deliver, Outcome, RefundAnswer, Trade};

use crate::plays::Play;
use crate::world::{World, posted};

#[test]
fn a_kiosk_waits_until_the_money_has_its_end() {
    let mut world = World::open(true, &[500, 70]);
    assert!(world.order.is_open(), "a code is being made");
    world.code(1, "one");
    assert!(world.order.is_open(), "it can be paid");
    world.tell(Command::Leave("customer".into())).expect("leaves");
    assert!(world.order.is_open(), "it is being closed");
    let mut closed = world.clone();
    closed.close(1, Outcome::Definite(Trade::Closed));
    assert!(!closed.order.is_open(), "nothing was collected");

    let payment = world.payment("T1");
    world.notify(1, payment).expect("paid");
    assert!(world.order.is_open(), "both lines are being posted");
    world.post(0, Outcome::Definite(posted(500)));
    assert!(world.order.is_open(), "one line is being posted");
    let mut delivered = world.clone();
    delivered.post(1, Outcome::Definite(posted(70)));
    assert!(!delivered.order.is_open(), "both are on the account");
    world.post(1, Outcome::Rejected("NO".into()));
    assert!(world.order.is_open(), "the refund is to be asked for");
    world.refund(Outcome::Definite(RefundAnswer::Accepted));
    assert!(world.order.is_open(), "the refund is on its way");
    let mut looked_at = world.clone();
    looked_at.refund(Outcome::Definite(RefundAnswer::Abnormal));
    assert!(!looked_at.order.is_open(), "a person decides");
    world.refund(Outcome::Definite(RefundAnswer::Done));
    assert!(!world.order.is_open(), "the payer has it");
}

/// A line that a person adds later is nothing that a customer stands and waits for.
#[test]
fn nobody_waits_for_a_line_that_a_person_added() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("NO".into()));
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    world.play(Play::Decide(0, 1));
    assert_eq!((world.line(0), world.line(50)), (Deliver::Settled, Deliver::Posting));
    assert!(!world.order.is_open());
}

#[test]
fn a_payment_under_review_is_an_end_for_the_kiosk() {
    let mut world = World::open(true, &[500]);
    world.play(Play::Notify(1, false));
    assert_eq!((world.order.collect, world.order.is_open()), (Collect::ManualReview, false));
}

#[test]
fn more_time_is_offered_while_the_code_is_shown_can_be_closed_and_some_is_left() {
    let mut world = World::open(true, &[500]);
    assert!(!world.order.is_extendable(&world.policy), "nothing is shown");
    world.code(1, "one");
    for _ in 0..world.policy.extensions_max {
        assert!(world.order.is_extendable(&world.policy));
        world.tell(Command::Extend).expect("more time");
    }
    assert!(!world.order.is_extendable(&world.policy), "it is used up");
    let world = World::shown(false, &[500]);
    assert!(!world.order.is_extendable(&world.policy), "its expiry is its only end");
}

#[test]
fn only_a_paid_attempt_that_does_not_go_back_pays_the_lines() {
    assert_eq!(World::shown(true, &[500]).order.paying_attempt(), None);
    let mut world = World::paid(&[500]);
    assert_eq!(world.order.paying_attempt().map(|a| a.no), Some(1));
    world.post(0, Outcome::Rejected("NO".into()));
    assert_eq!(
        world.order.paying_attempt().map(|a| a.no),
        Some(1),
        "its line goes back, not the whole of it"
    );
}

#[test]
fn somebody_can_pay_an_attempt_until_it_is_proved_closed() {
    for (state, open) in [
        (AttemptState::Preparing, true),
        (AttemptState::Live, true),
        (AttemptState::Closing, true),
        (AttemptState::Closed, false),
        (AttemptState::Paid, false),
        (AttemptState::Review, false),
        (AttemptState::Aside, false),
    ] {
        assert_eq!(state.is_open(), open, "{state:?}");
    }
}
