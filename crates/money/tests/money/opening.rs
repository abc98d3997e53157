//! What an order and a further attempt need before anything is asked of a channel.

use powerhall_money::{Collect, Command, Outcome, Refusal, Task, Trade};

use crate::world::{OPENED, World, channel};

fn next_attempt(no: u32) -> Command {
    Command::NewAttempt { no, channel: channel(true) }
}

#[test]
fn every_line_of_an_order_is_above_zero_and_there_is_one() {
    for lines in [&[][..], &[0], &[-1], &[500, 0], &[500, -1], &[-1, 500]] {
        assert_eq!(World::try_open(true, lines).err(), Some(Refusal::Amount), "{lines:?}");
    }
    assert_eq!(World::try_open(true, &[i64::MAX, 1]).err(), Some(Refusal::Amount), "no such sum");
    assert_eq!(World::open(true, &[1]).order.amount.get(), 1);
    assert_eq!(World::open(true, &[30_954, 100]).order.amount.get(), 31_054);
}

#[test]
fn the_code_is_asked_for_at_once() {
    let world = World::open(true, &[500]);
    assert_eq!((world.order.version, world.order.collect), (1, Collect::Preparing));
    assert_eq!(world.next("attempt-1"), Some((Task::Create(1), 0, 0)));
}

/// The channel's expiry covers the making of the code, every time that can be given, and a margin. Where nothing can be
/// closed, the expiry is the fence, so no more time is in it.
#[test]
fn the_channels_expiry_covers_every_extension_and_a_margin() {
    let world = World::open(true, &[500]);
    let policy = &world.policy;
    let shown = policy.qr_ms * (i64::from(policy.extensions_max) + 1);
    assert_eq!(world.attempt(1).expires_at, OPENED.plus_ms(policy.prepare_ms + shown + policy.margin_ms));
    assert_eq!(world.attempt(1).deadline, OPENED.plus_ms(policy.prepare_ms));

    let world = World::open(false, &[500]);
    let life = policy.prepare_ms + policy.qr_ms + policy.margin_ms;
    assert_eq!(world.attempt(1).expires_at, OPENED.plus_ms(life));
}

#[test]
fn the_same_attempt_again_is_a_replay_and_for_another_channel_a_refusal() {
    let mut world = World::open(true, &[500]);
    let decision = world.tell(next_attempt(1)).expect("a replay");
    assert_eq!((decision.order.attempts.len(), decision.jobs, decision.events), (1, vec![], vec![]));
    let mut other = channel(true);
    other.id = "other".into();
    assert_eq!(world.tell(Command::NewAttempt { no: 1, channel: other }), Err(Refusal::State));
}

#[test]
fn attempts_are_numbered_one_by_one_up_to_99() {
    let mut world = World::open(true, &[500]);
    for no in 1..=99 {
        assert_eq!(world.tell(next_attempt(no + 1)), Err(Refusal::AttemptStillOpen));
        world.tell(Command::Leave("next".into())).expect("leaves");
        world.close(no, Outcome::Definite(Trade::Closed));
        for odd in [0, no + 2, 1_000] {
            assert_eq!(world.tell(next_attempt(odd)), Err(Refusal::State), "{odd} after {no}");
        }
        if no < 99 {
            world.tell(next_attempt(no + 1)).expect("another code");
        }
    }
    assert_eq!(world.tell(next_attempt(100)), Err(Refusal::State), "two digits name the attempt");
}

#[test]
fn no_further_code_once_the_money_is_here_or_a_person_decides() {
    let mut world = World::paid(&[500]);
    assert_eq!(world.tell(next_attempt(2)), Err(Refusal::State));

    let mut world = World::shown(true, &[500]);
    let mut other = world.payment("T1");
    other.merchant = "another".into();
    world.notify(1, other).expect("taken");
    assert_eq!(world.tell(next_attempt(2)), Err(Refusal::State));
}
