//! What each verdict of a person may do, needs, and leaves in the books.

use powerhall_money::{
    AttemptState, Collect, Command, Decision, Deliver, Entry, Fen, LedgerAccount, Order, Outcome, Payment,
    RefundAnswer, Refusal, ReviewPart, Task, Trade, Verdict,
};

use crate::world::{World, channel, posted, unknown};

const ALL: [Verdict; 4] = [Verdict::Post, Verdict::Credit, Verdict::Refund, Verdict::Retry];

fn outside() -> Verdict {
    Verdict::Outside { reference: "desk-1".into() }
}

fn tell(world: &mut World, part: &ReviewPart, verdict: Verdict) -> Result<Decision, Refusal> {
    world.tell(Command::Decide { part: part.clone(), verdict, reason: "seen".into() })
}

/// One code, paid in a way that goes to a person.
fn paid_otherwise(otherwise: impl FnOnce(&mut Payment)) -> World {
    let mut world = World::shown(true, &[500]);
    let mut payment = world.payment("T1");
    otherwise(&mut payment);
    world.notify(1, payment).expect("taken");
    world
}

/// Billing refused line 0 and the channel cannot refund it.
fn stuck_refund(lines: &[i64]) -> (World, ReviewPart) {
    let mut world = World::paid(lines);
    world.post(0, Outcome::Rejected("closed_account".into()));
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    let part = ReviewPart::Refund(world.order.refunds[0].number.clone());
    (world, part)
}

fn line_key(order: &Order, line: u32) -> String {
    order.line(line).expect("a line").key.clone()
}

#[test]
fn a_verdict_is_history_with_its_name() {
    let mut world = paid_otherwise(|p| p.merchant = "another".into());
    let decision = tell(&mut world, &ReviewPart::Payment(1), outside()).expect("decided");
    let event = &decision.events[0];
    assert_eq!((event.kind.as_str(), event.part.as_str()), ("decided", "attempt-1"));
    assert_eq!(event.detail.as_deref(), Some("outside desk-1"));
    assert_eq!(ALL.map(|verdict| verdict.to_string()), ["post", "credit", "refund", "retry"]);
}

#[test]
fn nothing_is_decided_that_is_not_under_review() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("NO".into()));
    let number = world.order.refunds[0].number.clone();
    let before = world.order.clone();
    for verdict in ALL.into_iter().chain([outside()]) {
        for part in [ReviewPart::Payment(1), ReviewPart::Line(0), ReviewPart::Refund(number.clone())] {
            assert_eq!(tell(&mut world, &part, verdict.clone()), Err(Refusal::State), "{part:?} {verdict}");
        }
        for part in [ReviewPart::Payment(7), ReviewPart::Line(7), ReviewPart::Refund("X".into())] {
            assert_eq!(tell(&mut world, &part, verdict.clone()), Err(Refusal::NoSuchPart), "{part:?}");
        }
    }
    assert_eq!(world.order, before);
}

/// The whole amount in our currency, to whatever merchant: only that can pay the lines.
#[test]
fn only_the_whole_amount_in_our_currency_can_pay_the_lines() {
    let mut world = paid_otherwise(|p| p.merchant = "renamed".into());
    let decision = tell(&mut world, &ReviewPart::Payment(1), Verdict::Post).expect("posts");
    assert_eq!((world.order.collect, world.line(0)), (Collect::Paid, Deliver::Posting));
    assert_eq!(decision.entries, [], "its money stands in the books already");

    let others: [fn(&mut Payment); 3] =
        [|p| p.amount = Fen::new(499), |p| p.amount = Fen::new(501), |p| p.currency = "USD".into()];
    for other in others {
        let mut world = paid_otherwise(other);
        assert_eq!(tell(&mut world, &ReviewPart::Payment(1), Verdict::Post), Err(Refusal::State));
    }
}

#[test]
fn a_second_payment_cannot_pay_the_lines_again() {
    let mut world = World::shown(true, &[500]);
    world.query(1, Outcome::Definite(Trade::Closed));
    world.tell(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second");
    let payment = world.payment("T2");
    world.notify(2, payment).expect("paid");
    let late = Payment { merchant: "renamed".into(), ..world.payment("T1") };
    world.notify(1, late).expect("taken");
    assert_eq!((world.order.collect, world.attempt(1).state), (Collect::Paid, AttemptState::Review));
    assert_eq!(tell(&mut world, &ReviewPart::Payment(1), Verdict::Post), Err(Refusal::State));
    tell(&mut world, &ReviewPart::Payment(1), Verdict::Refund).expect("it goes back whole");
    assert_eq!(world.order.refunds[0].attempt, 1);
}

#[test]
fn another_code_that_can_be_paid_comes_to_its_end_first() {
    let mut world = World::shown(true, &[500]);
    world.query(1, Outcome::Definite(Trade::Closed));
    world.tell(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second");
    let late = Payment { merchant: "renamed".into(), ..world.payment("T1") };
    world.notify(1, late).expect("taken");
    assert_eq!(world.attempt(2).state, AttemptState::Closing);
    for verdict in ALL.into_iter().chain([outside()]) {
        assert_eq!(tell(&mut world, &ReviewPart::Payment(1), verdict), Err(Refusal::AttemptStillOpen));
    }
    world.close(2, Outcome::Definite(Trade::Closed));
    tell(&mut world, &ReviewPart::Payment(1), Verdict::Post).expect("posts");
}

/// Foreign money never stood in our books: it can neither become credit nor be refunded in fen, only settled outside,
/// and that books nothing.
#[test]
fn money_that_is_not_in_the_books_can_only_be_settled_outside() {
    let others: [fn(&mut Payment); 2] = [|p| p.currency = "USD".into(), |p| p.amount = Fen::ZERO];
    for other in others {
        let mut world = paid_otherwise(other);
        for verdict in ALL {
            assert_eq!(tell(&mut world, &ReviewPart::Payment(1), verdict), Err(Refusal::State));
        }
        let decision = tell(&mut world, &ReviewPart::Payment(1), outside()).expect("settled");
        assert_eq!((decision.entries, world.attempt(1).state), (vec![], AttemptState::Aside));
        assert_eq!(world.order.collect, Collect::Closed);
    }
}

#[test]
fn settling_outside_books_the_money_out_of_suspense() {
    let mut world = paid_otherwise(|p| p.amount = Fen::new(499));
    let what = format!("payment:{}", world.attempt(1).number);
    let decision = tell(&mut world, &ReviewPart::Payment(1), outside()).expect("settled");
    assert_eq!(decision.entries, [Entry::outside(&what, LedgerAccount::Suspense, Fen::new(499))]);

    let (mut world, part) = stuck_refund(&[500]);
    let what = format!("refund:{}", world.order.refunds[0].number);
    let decision = tell(&mut world, &part, outside()).expect("settled");
    assert_eq!(decision.entries, [Entry::outside(&what, LedgerAccount::RefundInTransit, Fen::new(500))]);

    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Definite(posted(499)));
    let what = format!("line:{}", line_key(&world.order, 0));
    let decision = tell(&mut world, &ReviewPart::Line(0), outside()).expect("settled");
    assert_eq!(decision.entries, [Entry::outside(&what, LedgerAccount::Suspense, Fen::new(500))]);
}

#[test]
fn each_further_payment_is_settled_once_and_only_outside() {
    let mut world = World::paid(&[500]);
    for (transaction, fen, currency) in
        [("A", 77, "CNY"), ("B", 78, "CNY"), ("C", 79, "USD"), ("D", 0, "CNY")]
    {
        let amount = Fen::new(fen);
        let payment = Payment { amount, currency: currency.into(), ..world.payment(transaction) };
        world.notify(1, payment).expect("taken");
    }
    let part = |transaction: &str| ReviewPart::Further(1, transaction.into());
    for verdict in ALL {
        assert_eq!(tell(&mut world, &part("A"), verdict), Err(Refusal::State));
    }
    assert_eq!(tell(&mut world, &part("T1"), outside()), Err(Refusal::State), "that one pays the lines");
    assert_eq!(tell(&mut world, &ReviewPart::Further(2, "A".into()), outside()), Err(Refusal::NoSuchPart));
    let number = world.attempt(1).number.clone();
    for (transaction, booked) in [("B", Some(78)), ("A", Some(77)), ("C", None), ("D", None)] {
        let decision = tell(&mut world, &part(transaction), outside()).expect("settled");
        let expected: Vec<_> = booked
            .map(|fen| {
                let what = format!("payment:{number}:{transaction}");
                Entry::outside(&what, LedgerAccount::Suspense, Fen::new(fen))
            })
            .into_iter()
            .collect();
        assert_eq!(decision.entries, expected, "{transaction}");
        assert_eq!(decision.events[0].kind, "decided");
        assert_eq!(tell(&mut world, &part(transaction), outside()), Err(Refusal::State), "decided once");
    }
}

/// Billing is asked again from the beginning: what it said before counts no longer.
#[test]
fn a_line_given_back_to_the_machine_is_asked_about_anew() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Definite(posted(499)));
    tell(&mut world, &ReviewPart::Line(0), Verdict::Retry).expect("given back");
    assert_eq!((world.line(0), &world.order.lines[0].posted), (Deliver::Posting, &None));
    assert_eq!(world.next("line-0").map(|(task, ..)| task), Some(Task::QueryPost(0)));
    let decision = world.post(0, Outcome::Definite(posted(498)));
    let key = line_key(&world.order, 0);
    assert_eq!(decision.reviews[0].key, format!("line:{key}~2"), "the second time is another review");
    assert_eq!(world.order.review_part(&decision.reviews[0].key), Some(ReviewPart::Line(0)));
    tell(&mut world, &ReviewPart::Line(0), Verdict::Retry).expect("given back");
    world.post(0, Outcome::Definite(posted(500)));
    assert_eq!((world.line(0), &world.order.lines[0].posted), (Deliver::Posted, &Some(posted(500))));
}

#[test]
fn a_line_whose_refund_exists_is_never_posted_again() {
    let mut world = World::paid(&[500, 70]);
    world.post(0, Outcome::Rejected("closed_account".into()));
    world.post(0, Outcome::Definite(posted(500)));
    // Another line's refund is no obstacle.
    world.post(1, Outcome::Definite(posted(69)));
    assert_eq!(tell(&mut world, &ReviewPart::Line(0), Verdict::Retry), Err(Refusal::State));
    tell(&mut world, &ReviewPart::Line(1), Verdict::Retry).expect("given back");
    for verdict in [Verdict::Post, Verdict::Credit, Verdict::Refund] {
        assert_eq!(tell(&mut world, &ReviewPart::Line(0), verdict), Err(Refusal::State));
    }
}

#[test]
fn a_line_that_only_follows_its_refund_is_decided_by_the_refund() {
    let (mut world, part) = stuck_refund(&[500]);
    assert_eq!(world.line(0), Deliver::ManualReview);
    for verdict in ALL.into_iter().chain([outside()]) {
        assert_eq!(tell(&mut world, &ReviewPart::Line(0), verdict), Err(Refusal::State));
    }
    assert_eq!(tell(&mut world, &part, Verdict::Post), Err(Refusal::State));
    for verdict in [Verdict::Retry, Verdict::Refund] {
        let mut world = world.clone();
        tell(&mut world, &part, verdict).expect("asked for again");
        assert_eq!((world.order.refunds[0].state, world.line(0)), (Deliver::Rejected, Deliver::Rejected));
    }
}

/// A refund that cannot be done becomes credit on the account of its line; so does what becomes of that credit.
#[test]
fn a_credit_goes_to_the_account_of_its_line_and_of_the_first_without_one() {
    let mut world = World::paid(&[500, 70]);
    world.post(1, Outcome::Rejected("closed_account".into()));
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    let first = world.order.refunds[0].number.clone();
    let decision = tell(&mut world, &ReviewPart::Refund(first.clone()), Verdict::Credit).expect("credit");
    assert_eq!(decision.entries, [Entry::refund_withdrawn(&first, Fen::new(70))]);
    let line = world.order.line(50).expect("added");
    assert_eq!((line.amount, line.deliver), (Fen::new(70), Deliver::Posting));
    assert_eq!(line.extra.map(|extra| (extra.attempt, extra.of)), Some((1, 1)));
    assert_eq!(world.next("line-50"), Some((Task::Post(50), 0, 0)));

    // That account is closed too: the money of attempt 1 goes back, cannot, and is tried as credit once more.
    world.post(50, Outcome::Rejected("closed_account".into()));
    let second = world.order.refunds[1].clone();
    assert_eq!((second.attempt, second.line, second.amount), (1, Some(50), Fen::new(70)));
    let answer = Command::RefundAnswered {
        number: second.number.clone(),
        outcome: Outcome::Definite(RefundAnswer::Abnormal),
    };
    world.tell(answer).expect("taken");
    tell(&mut world, &ReviewPart::Refund(second.number), Verdict::Credit).expect("credit");
    let line = world.order.line(51).expect("added");
    assert_eq!(line.extra.map(|extra| (extra.attempt, extra.of)), Some((1, 1)), "the account of the quote");

    let mut world = paid_otherwise(|p| p.amount = Fen::new(499));
    tell(&mut world, &ReviewPart::Payment(1), Verdict::Credit).expect("credit");
    let line = world.order.line(50).expect("added");
    assert_eq!(
        (line.amount, line.extra.map(|extra| (extra.attempt, extra.of))),
        (Fen::new(499), Some((1, 0)))
    );
}

#[test]
fn two_digits_name_a_line_so_credits_end_at_99() {
    let (mut world, mut part) = stuck_refund(&[500]);
    for line in 50..=99 {
        tell(&mut world, &part, Verdict::Credit).expect("credit");
        world.post(line, Outcome::Rejected("closed_account".into()));
        let number = world.order.refunds.last().expect("a refund").number.clone();
        let outcome = Outcome::Definite(RefundAnswer::Abnormal);
        world.tell(Command::RefundAnswered { number: number.clone(), outcome }).expect("taken");
        part = ReviewPart::Refund(number);
    }
    assert_eq!(tell(&mut world, &part, Verdict::Credit), Err(Refusal::Amount));
    tell(&mut world, &part, outside()).expect("settled");
}

#[test]
fn a_credit_does_not_stop_another_payment_from_paying_the_lines() {
    let mut world = paid_otherwise(|p| p.amount = Fen::new(499));
    tell(&mut world, &ReviewPart::Payment(1), Verdict::Credit).expect("credit");
    world.tell(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second code");
    let renamed = Payment { merchant: "renamed".into(), ..world.payment("T2") };
    world.notify(2, renamed).expect("taken");
    tell(&mut world, &ReviewPart::Payment(2), Verdict::Post).expect("posts");
    assert_eq!((world.order.collect, world.line(0)), (Collect::Paid, Deliver::Posting));
}

#[test]
fn the_key_of_a_review_leads_back_to_what_it_names() {
    let (mut world, _) = stuck_refund(&[500]);
    let again = world.payment("T2");
    world.notify(1, again).expect("taken");
    let (attempt, refund) = (world.attempt(1).number.clone(), world.order.refunds[0].number.clone());
    let line = line_key(&world.order, 0);
    for (key, part) in [
        (format!("payment:{attempt}"), Some(ReviewPart::Payment(1))),
        (format!("payment:{attempt}:T2"), Some(ReviewPart::Further(1, "T2".into()))),
        (format!("line:{line}"), Some(ReviewPart::Line(0))),
        (format!("line:{line}~3"), Some(ReviewPart::Line(0))),
        (format!("refund:{refund}"), Some(ReviewPart::Refund(refund.clone()))),
        (format!("refund:{refund}~2"), Some(ReviewPart::Refund(refund.clone()))),
        (format!("evidence:{attempt}"), None),
        ("payment:X".into(), None),
        ("payment:X:T2".into(), None),
        ("line:X".into(), None),
        ("refund:X".into(), None),
        (String::new(), None),
    ] {
        assert_eq!(world.order.review_part(&key), part, "{key}");
    }
}

#[test]
fn an_answer_for_what_the_order_has_not_is_refused() {
    let mut world = World::paid(&[500]);
    let refused = [
        Command::CodeAnswered { attempt: 2, outcome: unknown() },
        Command::Queried { attempt: 2, outcome: unknown() },
        Command::CloseAnswered { attempt: 2, outcome: unknown() },
        Command::PostAnswered { line: 1, outcome: unknown() },
        Command::PostQueried { line: 1, outcome: unknown() },
        Command::FenceAnswered { line: 1, outcome: unknown() },
        Command::RefundAnswered { number: "X".into(), outcome: unknown() },
    ];
    for command in refused {
        assert_eq!(world.tell(command.clone()), Err(Refusal::NoSuchPart), "{command:?}");
    }
}
