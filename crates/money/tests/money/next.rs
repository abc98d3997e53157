//! What is next and when: polling, waiting longer after each unknown outcome, and looking again at what is closed.

use powerhall_money::{Collect, Command, JobChange, Moment, Outcome, Policy, Task, Trade};

use crate::world::{World, unknown};

fn definite(trade: Trade) -> Outcome<Trade> {
    Outcome::Definite(trade)
}

fn closed() -> World {
    let mut world = World::shown(true, &[500]);
    world.query(1, definite(Trade::Closed));
    world
}

#[test]
fn a_wait_doubles_from_the_shortest_to_the_longest() {
    let policy = Policy { backoff_min_ms: 1_000, backoff_max_ms: 60_000, ..Policy::default() };
    let waits: Vec<_> = (0..8).map(|tries| policy.backoff_ms(tries)).collect();
    assert_eq!(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    assert_eq!(policy.backoff_ms(u32::MAX), 60_000);
    let patient = Policy { backoff_min_ms: 1, backoff_max_ms: i64::MAX, ..policy };
    assert_eq!(
        (patient.backoff_ms(20), patient.backoff_ms(21)),
        (1 << 20, 1 << 20),
        "it does not grow for ever"
    );
}

#[test]
fn moments_add_up_and_stop_at_the_end_of_time() {
    assert_eq!(Moment(5).plus_ms(7), Moment(12));
    assert_eq!(Moment(5).plus_ms(-7), Moment(-2));
    assert_eq!(Moment(i64::MAX).plus_ms(1), Moment(i64::MAX));
    assert_eq!(Moment(12).ms_since(Moment(5)), 7);
    assert_eq!(Moment(5).ms_since(Moment(12)), -7);
    assert_eq!(Moment(i64::MIN).ms_since(Moment(1)), i64::MIN);
}

#[test]
fn an_answer_is_asked_for_evenly_and_no_answer_less_and_less_often() {
    for answer in [definite(Trade::Pending), definite(Trade::NotFound), Outcome::Rejected("NO".into())] {
        let mut world = World::shown(true, &[500]);
        world.tries = 3;
        world.query(1, answer.clone());
        assert_eq!(world.next("attempt-1"), Some((Task::Query(1), world.policy.poll_ms, 0)), "{answer:?}");
    }
    let mut world = World::shown(true, &[500]);
    for (tries, wait) in [(0, 1_000), (1, 2_000), (4, 16_000)] {
        world.tries = tries;
        world.query(1, unknown());
        assert_eq!(world.next("attempt-1"), Some((Task::Query(1), wait, tries + 1)));
    }
}

#[test]
fn no_wait_goes_past_the_deadline() {
    for answer in [definite(Trade::Pending), unknown()] {
        let mut world = World::shown(true, &[500]);
        world.tries = 6;
        world.now = Moment(world.attempt(1).deadline.0 - 700);
        world.query(1, answer);
        assert_eq!(world.next("attempt-1").map(|(task, wait, _)| (task, wait)), Some((Task::Query(1), 700)));
    }
}

#[test]
fn a_close_and_a_create_without_an_answer_are_tried_again() {
    let mut world = World::open(true, &[500]);
    world.tries = 2;
    world.tell(Command::CodeAnswered { attempt: 1, outcome: unknown() }).expect("taken");
    assert_eq!(world.next("attempt-1"), Some((Task::Create(1), 4_000, 3)));

    for answer in [unknown(), definite(Trade::Pending)] {
        let mut world = World::shown(true, &[500]);
        world.tell(Command::Leave("customer".into())).expect("leaves");
        world.tries = 2;
        world.close(1, answer);
        assert_eq!(world.next("attempt-1"), Some((Task::Close(1), 4_000, 3)));
    }
}

/// Closed is never final for money: it is asked about four more times, in growing distances; after that the day's
/// statement watches.
#[test]
fn what_is_closed_is_looked_at_again_until_the_list_is_used_up() {
    for answer in [Trade::Closed, Trade::NotFound, Trade::Pending] {
        let mut world = closed();
        let waits = world.policy.recheck_ms.clone();
        assert_eq!(waits.len(), 4);
        for (count, wait) in (1..).zip(waits) {
            assert_eq!(world.next("attempt-1"), Some((Task::Recheck(1), wait, 0)));
            assert_eq!(world.attempt(1).rechecks, count);
            world.wait(wait);
            world.query(1, definite(answer.clone()));
        }
        assert_eq!(world.next("attempt-1"), None);
        assert_eq!((world.attempt(1).rechecks, world.order.collect), (4, Collect::Closed));
    }
}

/// No answer uses up none of the looks.
#[test]
fn a_look_without_an_answer_is_tried_again() {
    let mut world = closed();
    for tries in 0..3 {
        world.tries = tries;
        world.query(1, unknown());
        assert_eq!(world.next("attempt-1"), Some((Task::Recheck(1), 1_000 << tries, tries + 1)));
        assert_eq!(world.attempt(1).rechecks, 1);
    }
}

#[test]
fn the_second_code_is_followed_to_its_end_although_the_order_is_paid() {
    let mut world = World::shown(true, &[500]);
    world.query(1, definite(Trade::Closed));
    world.tell(Command::NewAttempt { no: 2, channel: crate::world::channel(true) }).expect("a second");
    world.code(2, "two");
    let payment = world.payment("T1");
    world.notify(1, payment).expect("paid late");
    world.close(2, definite(Trade::Pending));
    assert_eq!(world.next("attempt-2"), Some((Task::Close(2), 1_000, 1)));
    world.close(2, definite(Trade::Closed));
    assert_eq!(world.next("attempt-2"), Some((Task::Recheck(2), 0, 0)));
}

/// An answer that comes when nothing more is to be asked ends the asking, and does not begin it anew.
#[test]
fn whatever_is_told_of_a_paid_attempt_nothing_is_asked_about_it() {
    for answer in [definite(Trade::Pending), definite(Trade::Closed), unknown()] {
        let mut world = World::paid(&[500]);
        let decision = world.query(1, answer);
        assert_eq!(decision.jobs, [JobChange::Done { part: "attempt-1".into() }]);
    }
}

/// What the table ignores changes nothing of what is next: neither begun anew nor ended.
#[test]
fn what_means_nothing_changes_nothing_of_what_is_next() {
    let mut world = World::open(true, &[500]);
    let decision = world.query(1, definite(Trade::Closed));
    assert_eq!((decision.jobs, world.order.collect), (vec![], Collect::Preparing));
    let mut world = World::shown(true, &[500]);
    for _ in 0..2 {
        world.tell(Command::Leave("customer".into())).expect("taken");
    }
    world.tries = 4;
    world.close(1, unknown());
    assert_eq!(world.tell(Command::Leave("customer".into())).expect("taken").jobs, []);
    assert_eq!(world.next("attempt-1"), Some((Task::Close(1), 16_000, 5)));
}
