//! What a person decides on what is under review.

use powerhall_money::{Collect, Command, Deliver, Payment, Refusal, ReviewPart, Verdict};

use crate::plays::Play;
use crate::world::{World, verdict_of};

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
    let other = Payment { merchant: "renamed".into(), ..world.payment("T1") };
    world.notify(1, other).expect("evidence");
    assert_eq!(world.order.collect, Collect::ManualReview);
    let decide =
        Command::Decide { part: ReviewPart::Payment(1), verdict: Verdict::Post, reason: "ours".into() };
    world.tell(decide).expect("posts");
    assert_eq!((world.order.collect, world.order.lines[0].deliver), (Collect::Paid, Deliver::Posting));
    world.play(Play::Post(0, 0));
    assert_eq!(world.order.lines[0].deliver, Deliver::Posted);
}
