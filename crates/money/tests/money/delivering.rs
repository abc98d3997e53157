//! Lines on their way to the account: posted once, asked about when in doubt, and fenced before they go back.

use powerhall_money::{
    Command, Decision, Deliver, Fen, FenceAnswer, JobChange, Outcome, Posted, RefundAnswer, Task,
};

use crate::plays::Play;
use crate::world::{World, posted, unknown};

fn rejected<T>() -> Outcome<T> {
    Outcome::Rejected("NO".into())
}

fn queried(world: &mut World, outcome: Outcome<Option<Posted>>) -> Decision {
    world.tell(Command::PostQueried { line: 0, outcome }).expect("a line")
}

fn fenced(world: &mut World, outcome: Outcome<FenceAnswer>) -> Decision {
    world.tell(Command::FenceAnswered { line: 0, outcome }).expect("a line")
}

fn kinds(decision: &Decision) -> Vec<&str> {
    decision.events.iter().map(|event| event.kind.as_str()).collect()
}

fn done(part: &str) -> JobChange {
    JobChange::Done { part: part.to_owned() }
}

#[test]
fn a_line_is_posted_at_once_and_booked_when_billing_has_it() {
    let mut world = World::paid(&[500]);
    assert_eq!(world.next("line-0"), Some((Task::Post(0), 0, 0)));
    let decision = world.post(0, Outcome::Definite(posted(500)));
    assert_eq!((world.line(0), &decision.jobs), (Deliver::Posted, &vec![done("line-0")]));
    assert_eq!(kinds(&decision), ["billing_said", "moved"]);
    let line = &world.order.lines[0];
    assert_eq!(line.posted, Some(posted(500)));
    let [entry] = decision.entries.as_slice() else { panic!("{:?}", decision.entries) };
    assert_eq!((&entry.key, entry.amount), (&format!("posted:{}", line.key), Fen::new(500)));
}

#[test]
fn what_is_on_the_account_stays_there_whatever_is_told_later() {
    for answer in [Outcome::Definite(posted(500)), Outcome::Definite(posted(499)), rejected()] {
        let mut world = World::paid(&[500]);
        world.post(0, Outcome::Definite(posted(500)));
        let decision = world.post(0, answer);
        assert_eq!(world.line(0), Deliver::Posted);
        assert_eq!((decision.entries, decision.reviews, decision.jobs), (vec![], vec![], vec![]));
        assert!(decision.events.iter().all(|event| event.kind == "post_refused"), "{:?}", decision.events);
    }
}

#[test]
fn a_refusal_of_the_only_request_is_enough_for_a_refund() {
    let mut world = World::paid(&[500]);
    let decision = world.post(0, rejected());
    assert_eq!(world.line(0), Deliver::Rejected);
    assert!(decision.events.iter().any(|e| e.kind == "post_refused" && e.detail.as_deref() == Some("NO")));
    let number = world.order.refunds[0].number.clone();
    assert_eq!(world.next(&format!("refund-{number}")), Some((Task::Refund(number), 0, 0)));
    assert_eq!(world.next("line-0"), None);
}

#[test]
fn a_refusal_after_an_unknown_post_is_fenced_before_the_refund() {
    let mut world = World::paid(&[500]);
    world.play(Play::Post(0, 3));
    world.play(Play::Post(0, 2));
    assert!(world.order.refunds.is_empty(), "the first post may still arrive");
    assert_eq!(world.jobs["line-0"].0, Task::Fence(0));
    world.play(Play::Fence(0, 0));
    assert_eq!(world.order.refunds.len(), 1);
}

/// A crash between the request and its answer leaves the same doubt.
#[test]
fn a_refusal_after_a_crash_is_fenced_too() {
    let mut world = World::paid(&[500]);
    world.interrupted = true;
    world.post(0, rejected());
    assert_eq!((world.line(0), world.order.refunds.len()), (Deliver::Posting, 0));
    assert_eq!(world.next("line-0"), Some((Task::Fence(0), 0, 0)));
}

#[test]
fn a_post_without_an_answer_is_asked_about_and_the_doubt_is_noted_once() {
    let mut world = World::paid(&[500]);
    world.tries = 1;
    assert_eq!(kinds(&world.post(0, unknown())), ["in_doubt"]);
    assert!(world.order.lines[0].in_doubt);
    assert_eq!(world.next("line-0"), Some((Task::QueryPost(0), 2_000, 2)));
    assert_eq!(kinds(&world.post(0, unknown())), [""; 0]);
}

#[test]
fn what_is_not_on_the_account_is_posted_again_with_the_same_key() {
    for answer in [Outcome::Definite(None), rejected()] {
        let mut world = World::paid(&[500]);
        let key = world.order.lines[0].key.clone();
        world.post(0, unknown());
        world.tries = 2;
        queried(&mut world, answer);
        assert_eq!((world.line(0), &world.order.lines[0].key), (Deliver::Posting, &key));
        assert_eq!(world.next("line-0"), Some((Task::Post(0), 4_000, 3)), "no faster than it was refused");
    }
}

#[test]
fn a_question_without_an_answer_is_asked_again() {
    let mut world = World::paid(&[500]);
    world.post(0, unknown());
    world.tries = 2;
    queried(&mut world, unknown());
    assert_eq!(world.next("line-0"), Some((Task::QueryPost(0), 4_000, 3)));
    queried(&mut world, Outcome::Definite(Some(posted(500))));
    assert_eq!(world.line(0), Deliver::Posted);
}

#[test]
fn a_fence_proves_or_tells_of_the_posting_and_else_nothing() {
    let in_doubt = || {
        let mut world = World::paid(&[500]);
        world.post(0, unknown());
        world.post(0, rejected());
        world
    };
    let mut world = in_doubt();
    fenced(&mut world, Outcome::Definite(FenceAnswer::Fenced));
    assert_eq!((world.line(0), world.order.refunds.len()), (Deliver::Rejected, 1));

    let mut world = in_doubt();
    fenced(&mut world, Outcome::Definite(FenceAnswer::Posted(posted(500))));
    assert_eq!((world.line(0), world.order.refunds.len()), (Deliver::Posted, 0));

    for answer in [rejected(), unknown()] {
        let mut world = in_doubt();
        fenced(&mut world, answer);
        assert_eq!((world.line(0), world.order.refunds.len()), (Deliver::Posting, 0));
        assert_eq!(world.next("line-0"), Some((Task::QueryPost(0), 1_000, 1)));
    }
}

#[test]
fn another_amount_on_the_account_goes_to_a_person() {
    let mut world = World::paid(&[500]);
    let decision = world.post(0, Outcome::Definite(posted(499)));
    let line = &world.order.lines[0];
    assert_eq!(
        (line.deliver, line.posted.as_ref(), line.reviews),
        (Deliver::ManualReview, Some(&posted(499)), 1)
    );
    assert_eq!((decision.jobs, decision.entries), (vec![done("line-0")], vec![]));
    assert_eq!(decision.reviews[0].key, format!("line:{}", line.key));
    assert_eq!(decision.reviews[0].amount, Fen::new(500));
}

/// Billing refused, the money is on its way back, and then it says that it has it after all.
#[test]
fn on_the_account_after_its_refusal_goes_to_a_person_and_the_refund_goes_on() {
    for amount in [500, 499] {
        let mut world = World::paid(&[500]);
        world.post(0, rejected());
        let refund = world.tasks();
        let decision = world.post(0, Outcome::Definite(posted(amount)));
        assert_eq!((world.line(0), world.order.refunds[0].state), (Deliver::ManualReview, Deliver::Rejected));
        assert_eq!(world.order.lines[0].posted, Some(posted(amount)), "what billing said is kept");
        assert_eq!((decision.jobs, world.tasks()), (vec![], refund));
        // A later answer is history, and changes neither.
        let decision = world.post(0, Outcome::Definite(posted(7)));
        assert_eq!(kinds(&decision), ["answer_under_review"]);
        assert_eq!(world.order.lines[0].posted, Some(posted(amount)));
    }
}

#[test]
fn an_answer_about_what_a_person_has_is_noted_and_about_anything_else_is_not() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Definite(posted(500)));
    assert_eq!(kinds(&queried(&mut world, unknown())), [""; 0], "it is on the account");

    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Definite(posted(499)));
    let decision = queried(&mut world, unknown());
    assert_eq!(kinds(&decision), ["answer_under_review"]);
    assert_eq!(decision.events[0].detail.as_deref(), Some("post_unknown"));
    world.play(Play::Decide(0, 4));
    assert_eq!(world.line(0), Deliver::Settled);
    assert_eq!(kinds(&queried(&mut world, unknown())), ["answer_under_review"]);
}

/// The line only follows its refund, which a person has; what billing says now stands in the history, and does not make
/// the line something to decide on by itself.
#[test]
fn an_answer_that_means_nothing_says_nothing_about_the_line() {
    let mut world = World::paid(&[500]);
    world.post(0, rejected());
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    let before = world.order.clone();
    for amount in [500, 499] {
        let decision = world.post(0, Outcome::Definite(posted(amount)));
        assert_eq!(kinds(&decision), ["answer_under_review"]);
        assert_eq!(world.order, before);
    }
}
