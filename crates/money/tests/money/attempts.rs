//! Codes and their ends: deadlines, closing, more time, and a second payment.

use powerhall_money::{AttemptState, Collect, Command, Deliver, Fen, Outcome, Refusal, Trade};

use crate::plays::Play;
use crate::world::{World, channel, unknown};

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

#[test]
fn the_deadline_is_met_while_the_channel_is_silent() {
    let mut world = World::shown(true, &[500]);
    world.query(1, unknown());
    let (_, due, _) = world.jobs["attempt-1"].clone();
    assert!(due <= world.order.attempts[0].deadline);
    world.now = world.order.attempts[0].deadline;
    world.query(1, unknown());
    assert_eq!(world.order.collect, Collect::Closing);
    world.play(Play::Close(1, 5));
    assert_eq!(world.order.collect, Collect::Closing, "an unknown outcome proves nothing");
}

#[test]
fn without_a_close_only_the_expiry_proves() {
    let mut world = World::shown(false, &[500]);
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
