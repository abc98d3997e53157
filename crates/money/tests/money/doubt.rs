//! Requests that ended unknown: a refusal after one proves nothing while the earlier request can still arrive. Found by
//! the simulator, whose late requests paid what a person had decided otherwise about.

use powerhall_money::{
    Command, Deliver, FenceAnswer, Outcome, Refund, RefundAnswer, Refusal, ReviewPart, Task, Verdict,
};

use crate::plays::Play;
use crate::world::{World, posted, unknown};

/// Billing refused the line; the refund is to be asked for.
fn refused_by_billing() -> World {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("closed_account".into()));
    world
}

fn refused() -> Outcome<RefundAnswer> {
    Outcome::Rejected("NO".into())
}

fn number(world: &World) -> String {
    world.order.refunds[0].number.clone()
}

fn queried(world: &mut World, outcome: Outcome<RefundAnswer>) {
    let number = number(world);
    world.tell(Command::RefundQueried { number, outcome }).expect("a refund");
}

/// Seed 1255.
#[test]
fn a_refusal_after_an_unknown_refund_goes_to_nobody_until_it_is_evidence() {
    let mut world = refused_by_billing();
    let number = number(&world);
    let credit = Command::Decide {
        part: ReviewPart::Refund(number.clone()),
        verdict: Verdict::Credit,
        reason: "the list says so".into(),
    };
    let life = world.policy.request_life_ms;
    world.refund(unknown());
    world.wait(life - 1);
    world.refund(refused());
    assert_eq!(world.order.refunds[0].state, Deliver::Rejected, "the first request may still arrive");
    assert_eq!(world.tasks(), [Task::QueryRefund(number.clone())]);
    assert_eq!(world.tell(credit.clone()), Err(Refusal::State));
    assert!(world.reviews.is_empty());
    // “No such refund” is no proof either: it is asked for again under its number, and refused again.
    queried(&mut world, Outcome::Definite(RefundAnswer::NotFound));
    assert_eq!(world.tasks(), [Task::Refund(number)]);
    world.wait(1);
    // Had the clock been set meanwhile, nobody would know how long it has been.
    let (now, steady_since) = (world.now, world.steady_since);
    world.steady_since = now;
    world.refund(refused());
    assert_eq!(world.order.refunds[0].state, Deliver::Rejected);
    world.steady_since = steady_since;
    world.refund(refused());
    assert_eq!(world.order.refunds[0].state, Deliver::ManualReview, "nothing can arrive any more");
    world.tell(credit).expect("decided");
}

#[test]
fn the_late_request_for_a_refund_that_was_refused_is_found() {
    let mut world = refused_by_billing();
    world.refund(unknown());
    world.refund(refused());
    queried(&mut world, Outcome::Definite(RefundAnswer::Done));
    assert_eq!((world.line(0), world.order.refunds[0].in_doubt), (Deliver::Refunded, None));
    assert!(world.reviews.is_empty());
}

#[test]
fn what_was_accepted_is_not_undone_by_a_refusal() {
    let mut world = refused_by_billing();
    world.refund(Outcome::Definite(RefundAnswer::Accepted));
    queried(&mut world, Outcome::Definite(RefundAnswer::NotFound));
    world.refund(refused());
    assert_eq!(world.order.refunds[0].state, Deliver::Refunding);
    assert_eq!(world.tasks(), [Task::QueryRefund(number(&world))]);
}

#[test]
fn a_question_about_a_refund_that_is_refused_or_unanswered_is_no_doubt_of_the_refund() {
    for answer in [refused(), unknown()] {
        let mut world = refused_by_billing();
        queried(&mut world, answer);
        assert_eq!(world.tasks(), [Task::QueryRefund(number(&world))]);
        assert_eq!(world.order.refunds[0].in_doubt, None);
    }
}

/// A worker died between its request and the answer: the request may be on its way when the next worker is refused.
#[test]
fn a_refusal_after_an_interrupted_refund_is_in_doubt() {
    let mut world = refused_by_billing();
    world.interrupted = true;
    world.refund(refused());
    world.interrupted = false;
    assert_eq!(world.order.refunds[0].in_doubt, Some(world.now));
    world.refund(refused());
    assert_eq!((world.order.refunds[0].state, world.reviews.len()), (Deliver::Rejected, 0));
}

/// Whoever comes late with an answer to what has ended changes nothing in it.
#[test]
fn an_ended_refund_is_not_put_in_doubt() {
    for end in [RefundAnswer::Done, RefundAnswer::Abnormal] {
        for late in [refused(), unknown()] {
            let mut world = refused_by_billing();
            world.refund(Outcome::Definite(end));
            world.interrupted = true;
            let before = world.order.clone();
            world.refund(late);
            assert_eq!(world.order, before);
        }
    }
}

/// Orders that were stored before refunds knew of doubt.
#[test]
fn a_stored_refund_without_a_doubt_is_read() {
    let old = r#"{"number":"R1","attempt":1,"line":0,"amount":500,"state":"rejected"}"#;
    let refund: Refund = serde_json::from_str(old).expect("an old refund");
    assert_eq!((refund.in_doubt, refund.reviews), (None, 0));
}

/// Seed 5076: a worker died between its request and the answer; the next was refused, so was its fence, and the refusal
/// after that counted as if nothing were on its way.
#[test]
fn a_refusal_after_an_interrupted_posting_is_in_doubt_until_the_fence() {
    let mut world = World::paid(&[500]);
    world.interrupted = true;
    world.post(0, Outcome::Rejected("NO".into()));
    world.interrupted = false;
    assert_eq!(world.tasks(), [Task::Fence(0)]);
    world
        .tell(Command::FenceAnswered { line: 0, outcome: Outcome::Rejected("not_now".into()) })
        .expect("a line");
    world.tell(Command::PostQueried { line: 0, outcome: Outcome::Definite(None) }).expect("a line");
    world.post(0, Outcome::Rejected("NO".into()));
    assert!(world.order.refunds.is_empty(), "the first request may still arrive");
    assert_eq!(world.tasks(), [Task::Fence(0)]);
}

/// Seed 1041: billing named another amount, a person had it asked again, billing refused what was on the account, and the
/// money was posted once more as credit.
#[test]
fn a_refusal_after_billing_named_another_amount_is_fenced() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Definite(posted(501)));
    world.play(Play::Decide(0, 3));
    world.post(0, Outcome::Rejected("NO".into()));
    assert!(world.order.refunds.is_empty());
    assert_eq!(world.tasks(), [Task::Fence(0)]);
    let outcome = Outcome::Definite(FenceAnswer::Posted(posted(500)));
    world.tell(Command::FenceAnswered { line: 0, outcome }).expect("a line");
    assert_eq!(world.line(0), Deliver::Posted);
}
