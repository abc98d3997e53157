//! Money on its way back: asked for with one number, followed until the payer has it, or seen by a person.

use powerhall_money::{Decision, Deliver, Entry, Fen, JobChange, LedgerAccount, Outcome, RefundAnswer, Task};

use crate::plays::Play;
use crate::world::{World, posted, unknown};

/// Billing refused the line; the refund is to be asked for.
fn refused() -> World {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("closed_account".into()));
    world
}

/// The same, and the channel has accepted the refund.
fn accepted() -> World {
    let mut world = refused();
    world.refund(Outcome::Definite(RefundAnswer::Accepted));
    world
}

fn number(world: &World) -> String {
    world.order.refunds[0].number.clone()
}

fn next(world: &World) -> Option<(Task, i64, u32)> {
    world.next(&format!("refund-{}", number(world)))
}

fn states(world: &World) -> (Deliver, Deliver) {
    (world.order.refunds[0].state, world.line(0))
}

fn kinds(decision: &Decision) -> Vec<&str> {
    decision.events.iter().map(|event| event.kind.as_str()).collect()
}

#[test]
fn a_refund_is_of_the_attempt_and_line_and_has_one_number() {
    let mut world = World::paid(&[500, 70]);
    let decision = world.post(1, Outcome::Rejected("closed_account".into()));
    let refund = &world.order.refunds[0];
    assert_eq!(refund.number, format!("R{}L01", world.attempt(1).number));
    assert_eq!((refund.attempt, refund.line, refund.amount), (1, Some(1), Fen::new(70)));
    assert_eq!((refund.state, refund.reviews), (Deliver::Rejected, 0));
    assert_eq!(decision.entries, [Entry::refund_decided(&refund.number, Fen::new(70))]);
    assert!(kinds(&decision).contains(&"refund_decided"));
}

#[test]
fn an_accepted_refund_is_asked_about_until_the_payer_has_it() {
    let mut world = refused();
    world.tries = 1;
    world.refund(Outcome::Definite(RefundAnswer::Accepted));
    assert_eq!(states(&world), (Deliver::Refunding, Deliver::Refunding));
    assert_eq!(next(&world), Some((Task::QueryRefund(number(&world)), 2_000, 2)));
    let decision = world.refund(Outcome::Definite(RefundAnswer::Done));
    assert_eq!(states(&world), (Deliver::Refunded, Deliver::Refunded));
    assert_eq!(next(&world), None);
    assert_eq!(decision.entries, [Entry::refunded("fake", &number(&world), Fen::new(500))]);
}

#[test]
fn a_refund_without_an_answer_is_asked_about_and_one_not_found_is_sent_again() {
    for (make, state) in [(refused as fn() -> World, Deliver::Rejected), (accepted, Deliver::Refunding)] {
        let mut world = make();
        world.tries = 3;
        world.refund(unknown());
        assert_eq!(states(&world), (state, state));
        assert_eq!(next(&world), Some((Task::QueryRefund(number(&world)), 8_000, 4)));
        world.refund(Outcome::Definite(RefundAnswer::NotFound));
        assert_eq!(states(&world), (state, state));
        assert_eq!(next(&world), Some((Task::Refund(number(&world)), 8_000, 4)));
        assert_eq!(world.order.refunds.len(), 1, "with the same number");
    }
}

#[test]
fn a_refund_that_the_channel_cannot_do_goes_to_a_person() {
    for answer in [Outcome::Definite(RefundAnswer::Abnormal), Outcome::Rejected("NO".into())] {
        for make in [refused as fn() -> World, accepted] {
            let mut world = make();
            // A refusal of what was accepted is another matter: see `doubt`.
            if world.line(0) == Deliver::Refunding && matches!(answer, Outcome::Rejected(_)) {
                continue;
            }
            let decision = world.refund(answer.clone());
            assert_eq!(states(&world), (Deliver::ManualReview, Deliver::ManualReview));
            assert_eq!((next(&world), world.order.refunds[0].reviews), (None, 1));
            assert_eq!(decision.jobs, [JobChange::Done { part: format!("refund-{}", number(&world)) }]);
            assert_eq!(decision.reviews[0].key, format!("refund:{}", number(&world)));
            assert_eq!(decision.reviews[0].amount, Fen::new(500));
            let refused = decision.events.iter().any(|e| e.kind == "refund_refused");
            assert_eq!(refused, matches!(answer, Outcome::Rejected(_)), "the channel's code is history");
        }
    }
}

#[test]
fn a_refund_that_fails_again_is_another_review() {
    let mut world = refused();
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    for count in 2..4 {
        world.play(Play::Decide(0, 3));
        let decision = world.refund(Outcome::Definite(RefundAnswer::Abnormal));
        let key = &decision.reviews[0].key;
        assert_eq!(*key, format!("refund:{}~{count}", number(&world)));
        assert!(world.order.review_part(key).is_some(), "{key}");
    }
}

#[test]
fn an_answer_about_a_refund_that_a_person_has_is_noted_and_about_an_ended_one_is_not() {
    let mut world = refused();
    world.refund(Outcome::Definite(RefundAnswer::Done));
    assert_eq!(kinds(&world.refund(unknown())), [""; 0], "the payer has the money");

    let mut world = refused();
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    let decision = world.refund(Outcome::Definite(RefundAnswer::Done));
    assert_eq!(kinds(&decision), ["answer_under_review"]);
    assert_eq!(decision.events[0].detail.as_deref(), Some("refund_done"));
    world.play(Play::Decide(0, 4));
    assert_eq!(states(&world), (Deliver::Settled, Deliver::Settled));
    assert_eq!(kinds(&world.refund(unknown())), ["answer_under_review"]);
}

/// Billing refused and then had it after all: that line stays with the person through every turn of its refund.
#[test]
fn a_line_under_review_stays_with_the_person_whatever_its_refund_does() {
    let mut world = refused();
    world.post(0, Outcome::Definite(posted(500)));
    let number = number(&world);
    let decide_retry = |world: &mut World| {
        let part = world.order.review_part(&format!("refund:{number}")).expect("a refund");
        let verdict = crate::world::verdict_of(3);
        world
            .tell(powerhall_money::Command::Decide { part, verdict, reason: "again".into() })
            .expect("decided");
    };
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    assert_eq!(states(&world), (Deliver::ManualReview, Deliver::ManualReview));
    decide_retry(&mut world);
    assert_eq!(states(&world), (Deliver::Rejected, Deliver::ManualReview));
    world.refund(Outcome::Definite(RefundAnswer::Accepted));
    assert_eq!(states(&world), (Deliver::Refunding, Deliver::ManualReview));
    world.refund(Outcome::Definite(RefundAnswer::Done));
    assert_eq!(states(&world), (Deliver::Refunded, Deliver::ManualReview));
    // The money is with the payer, so settling the line outside books nothing more.
    let part = world.order.review_part(&format!("line:{}", world.order.lines[0].key)).expect("a line");
    let verdict = crate::world::verdict_of(4);
    let decision = world
        .tell(powerhall_money::Command::Decide { part, verdict, reason: "taken off".into() })
        .expect("decided");
    assert_eq!((decision.entries, world.line(0)), (vec![], Deliver::Settled));
    assert_eq!(world.balances.get(&LedgerAccount::SettledOutside), None);
}
