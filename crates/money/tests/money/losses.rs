//! Losses that others had with money of orders, played against ours; the table is `docs/losses.md`. A name that begins
//! with a project and a number is that of the public report of the loss.

use powerhall_money::{
    AttemptState, Collect, Command, Deliver, Fen, FenceAnswer, Outcome, RefundAnswer, Refusal, ReviewPart,
    Task, Trade, Verdict,
};

use crate::world::{World, channel, posted, unknown};

/// A payment that stayed pending was moved to “failed” when the retries were used up. Here an unknown outcome stays one,
/// however often, and somebody still follows it.
#[test]
fn hyperswitch_2380_a_thousand_unknown_outcomes_are_no_failure() {
    let mut world = World::shown(true, &[500]);
    world.tell(Command::Leave("customer".into())).expect("leaves");
    for _ in 0..1_000 {
        world.now = world.now.plus_ms(60_000);
        world.close(1, unknown());
    }
    assert_eq!(
        (world.order.collect, world.tasks().as_slice()),
        (Collect::Closing, [Task::Close(1)].as_slice())
    );

    let mut world = World::paid(&[500]);
    for _ in 0..1_000 {
        world.now = world.now.plus_ms(60_000);
        world.post(0, unknown());
        world.tell(Command::PostQueried { line: 0, outcome: unknown() }).expect("taken");
        world.tell(Command::PostQueried { line: 0, outcome: Outcome::Definite(None) }).expect("taken");
    }
    assert_eq!((world.line(0), world.tasks().as_slice()), (Deliver::Posting, [Task::Post(0)].as_slice()));
    assert!(world.order.refunds.is_empty());

    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("closed_account".into()));
    for _ in 0..1_000 {
        world.now = world.now.plus_ms(60_000);
        world.refund(unknown());
    }
    let number = world.order.refunds[0].number.clone();
    assert_eq!(world.line(0), Deliver::Rejected);
    assert_eq!(world.tasks(), [Task::QueryRefund(number)]);
}

/// What an operator had settled by hand was unknown to the machine, which therefore dared not send again what was cut
/// off. Here a settlement by hand is a decision in the same worlds: no later answer moves what was settled.
#[test]
fn lamassu_148_what_a_person_settled_is_not_sent_again() {
    let mut world = World::paid(&[500]);
    world.post(0, Outcome::Rejected("closed_account".into()));
    world.refund(Outcome::Definite(RefundAnswer::Abnormal));
    let number = world.order.refunds[0].number.clone();
    let decide = |verdict| Command::Decide {
        part: ReviewPart::Refund(number.clone()),
        verdict,
        reason: "paid back in cash at the desk".into(),
    };
    let outside = Verdict::Outside { reference: "desk-1".into() };
    world.tell(decide(outside.clone())).expect("settled");
    let entries = world.entries.clone();
    for answer in [
        Outcome::Definite(RefundAnswer::NotFound),
        Outcome::Definite(RefundAnswer::Accepted),
        Outcome::Definite(RefundAnswer::Done),
        Outcome::Definite(RefundAnswer::Abnormal),
        Outcome::Rejected("NO".into()),
        unknown(),
    ] {
        world.refund(answer);
    }
    for answer in [Outcome::Definite(posted(500)), Outcome::Rejected("NO".into()), unknown()] {
        world.post(0, answer);
    }
    for verdict in [outside, Verdict::Retry, Verdict::Refund, Verdict::Credit, Verdict::Post] {
        assert_eq!(world.tell(decide(verdict)), Err(Refusal::State), "decided once");
    }
    assert_eq!((world.line(0), world.order.refunds[0].state), (Deliver::Settled, Deliver::Settled));
    assert_eq!((world.entries, world.order.lines.len()), (entries, 1));
    assert!(world.jobs.is_empty(), "{:?}", world.jobs);
}

/// An error on the way lost the count of the notes that were out already. Here an order is delivered line by line: what
/// reached its account stays there, and only what did not goes back.
#[test]
fn lamassu_353_a_line_that_fails_does_not_forget_the_line_that_went_through() {
    for first_posted in [true, false] {
        let mut world = World::paid(&[30_000, 700]);
        if first_posted {
            world.post(0, Outcome::Definite(posted(30_000)));
        }
        world.post(1, Outcome::Rejected("closed_account".into()));
        if !first_posted {
            world.post(0, Outcome::Definite(posted(30_000)));
        }
        assert_eq!((world.line(0), world.line(1)), (Deliver::Posted, Deliver::Rejected));
        let [refund] = world.order.refunds.as_slice() else { panic!("{:?}", world.order.refunds) };
        assert_eq!((refund.line, refund.amount), (Some(1), Fen::new(700)));
        world.refund(Outcome::Definite(RefundAnswer::Done));
        assert_eq!((world.line(0), world.line(1)), (Deliver::Posted, Deliver::Refunded));
        let keys: Vec<_> = world.entries.iter().filter(|e| e.key.starts_with("posted:")).collect();
        assert_eq!(keys.iter().map(|e| e.amount).collect::<Vec<_>>(), [Fen::new(30_000)]);
    }
}

/// The payment succeeded, the order failed, and nothing gave the money back. Here the same command that ends the line
/// begins the refund, and it is followed until the payer has it.
#[test]
fn odoo_256042_a_payment_whose_order_fails_goes_back_by_itself() {
    for how in 0..2 {
        let mut world = World::paid(&[500]);
        if how == 0 {
            world.post(0, Outcome::Rejected("closed_account".into()));
        } else {
            world.post(0, unknown());
            world.post(0, Outcome::Rejected("closed_account".into()));
            assert_eq!(world.tasks(), [Task::Fence(0)], "the first request may still arrive");
            let outcome = Outcome::Definite(FenceAnswer::Fenced);
            world.tell(Command::FenceAnswered { line: 0, outcome }).expect("fenced");
        }
        let number = world.order.refunds[0].number.clone();
        assert_eq!(world.tasks(), [Task::Refund(number.clone())]);
        world.refund(Outcome::Definite(RefundAnswer::Accepted));
        assert_eq!(world.tasks(), [Task::QueryRefund(number)]);
        world.refund(Outcome::Definite(RefundAnswer::Done));
        assert_eq!(world.line(0), Deliver::Refunded);
        assert!(world.jobs.is_empty());
    }
}

/// A draft that was known to the server came back as unpaid after it had been paid, and was cancelled. Here whatever is
/// told after a payment (a close, an expiry, a wish to leave, an older answer) leaves it paid.
#[test]
fn odoo_288974_what_is_paid_is_never_reopened_or_cancelled() {
    let mut world = World::paid(&[500]);
    let now = world.now;
    for (at, command) in [
        (now, Command::Leave("left".into())),
        (now, Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("late".into()) }),
        (now, Command::CodeAnswered { attempt: 1, outcome: Outcome::Rejected("NO".into()) }),
        (now, Command::Queried { attempt: 1, outcome: Outcome::Definite(Trade::Pending) }),
        (now, Command::Queried { attempt: 1, outcome: Outcome::Definite(Trade::NotFound) }),
        (now, Command::CloseAnswered { attempt: 1, outcome: Outcome::Definite(Trade::Closed) }),
        (now.plus_ms(86_400_000), Command::Queried { attempt: 1, outcome: Outcome::Definite(Trade::Closed) }),
        (now.plus_ms(86_400_000), Command::Queried { attempt: 1, outcome: unknown() }),
    ] {
        world.now = at;
        world.tell(command.clone()).expect("taken");
        assert_eq!(world.order.collect, Collect::Paid, "{command:?}");
        assert_eq!(world.order.attempts[0].state, AttemptState::Paid, "{command:?}");
        assert_eq!(world.line(0), Deliver::Posting, "{command:?}");
        assert!(world.tasks().contains(&Task::Post(0)), "{command:?}");
    }
    assert_eq!(world.tell(Command::NewAttempt { no: 2, channel: channel(true) }), Err(Refusal::State));
    assert_eq!(world.tell(Command::Extend), Err(Refusal::State));
}

/// Messages were glued together with separators, so that a name with a separator broke them. Here a channel's own number
/// may look like anything: the review that names it leads back to it.
#[test]
fn hall_7_separators_in_what_others_name_break_nothing() {
    for odd in ["T~2", "T:x:y", "~", ":", "payment:T~1", "T1@$!#!", "单号 7", ""] {
        let mut world = World::paid(&[500]);
        let payment = world.payment(odd);
        let key = world.notify(1, payment).expect("taken").reviews[0].key.clone();
        assert_eq!(world.order.review_part(&key), Some(ReviewPart::Further(1, odd.to_owned())), "{key}");
        let verdict = Verdict::Outside { reference: "desk".into() };
        let part = world.order.review_part(&key).expect("found");
        world.tell(Command::Decide { part, verdict, reason: "seen".into() }).expect("decided");
    }
}

/// Money was kept as a binary fraction. Here no code that holds money names one: amounts are whole fen everywhere.
#[test]
fn hall_6_no_code_that_holds_money_knows_fractions() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<_> = ["money", "api", "flow", "billing", "channel", "backend"]
        .map(|name| crates.join(name).join("src"))
        .into();
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a text");
                read += 1;
                for (line, code) in (1..).zip(text.lines()) {
                    let code = code.split("//").next().unwrap_or_default();
                    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
                    let found = words.filter(|word| matches!(*word, "f32" | "f64")).count();
                    assert_eq!(found, 0, "{}:{line}: {code}", path.display());
                }
            }
        }
    }
    assert!(read > 60, "only {read} files were looked at");
}

/// The page that names the tests stays true: every one that it names is there.
#[test]
fn every_test_that_the_page_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/losses.md")).expect("the page");
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with('|')) {
        let tests: Vec<_> =
            row.split('`').skip(1).step_by(2).filter_map(|code| code.split_once(".rs::")).collect();
        let is_head = row.starts_with("| their") || row.starts_with("|--");
        assert!(is_head || !tests.is_empty() || row.contains("| It cannot apply"), "no test: {row}");
        for (file, test) in tests {
            let text = std::fs::read_to_string(root.join(format!("{file}.rs"))).unwrap_or_default();
            // A test of its own, or a row of a table of tests.
            let there = text.contains(&format!("fn {test}(")) || text.contains(&format!("\n    {test}: \""));
            assert!(there, "{file}.rs has no test {test}");
            named += 1;
        }
    }
    assert!(named > 40, "only {named} tests are named");
}
