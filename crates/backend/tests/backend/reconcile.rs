//! A day's books at a running backend: fetched, compared, settled, explained, closed, and the same again.

use powerhall_api::{Collect, Deliver};
use powerhall_backend::clock::Clock;
use powerhall_backend::reconcile::{Class, Ran, ReconcileError, Wish, csv, run, table};
use powerhall_backend::store::{Choice, DecideOutcome, Office, Store};
use powerhall_money::{Fen, Verdict, Who};
use reqwest::StatusCode;

use crate::world::World;

const DAY: &str = "2026-11-23";

async fn reconcile(world: &World, settle: bool, close: bool) -> Ran {
    let wish = Wish { day: DAY.parse().expect("a day"), settle, close };
    run(&world.backend(), wish, Who::Person("leader")).await.expect("compares")
}

fn classes(ran: &Ran) -> Vec<Class> {
    ran.report.differences.iter().map(|row| row.difference.class).collect()
}

async fn pay(world: &World, kiosk: &str, fen: i64) -> String {
    let id = world.order(kiosk, fen).await;
    let number = world.shown(kiosk, id).await;
    assert!(world.channel.pay(&number));
    assert_eq!(world.notify(world.channel.notification(&number)).await, StatusCode::NO_CONTENT);
    let ended = |d: Deliver| matches!(d, Deliver::Posted | Deliver::Refunding | Deliver::Refunded);
    world.until(kiosk, id, "delivered", |o| ended(o.lines[0].deliver)).await;
    number
}

fn next_morning(world: &World) {
    // From ten in the morning to five on the next.
    world.clock.advance_ms(19 * 3_600_000);
}

#[tokio::test]
async fn a_late_payment_is_settled_by_the_statement_and_the_day_is_closed() {
    let world = World::new().await;
    pay(&world, "kiosk-1", 12_000).await;
    // A second customer leaves; the channel takes the money hours later and tells nobody.
    let left = world.order("kiosk-2", 3_000).await;
    let number = world.shown("kiosk-2", left).await;
    world.cancel("kiosk-2", left).await;
    world.until_collect("kiosk-2", left, Collect::Closed).await;
    for _ in 0..12 {
        world.clock.advance_ms(600_000);
        // Each look is made before the next is due, however busy the machine is.
        for _ in 0..1_000 {
            let due = world.store.next_due().await.expect("reads");
            if due.is_none_or(|due| due > world.clock.now()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    assert!(world.store.next_due().await.expect("reads").is_none(), "nobody looks again by itself");
    assert!(world.channel.pay_anyway(&number, None));
    let early = Wish { day: DAY.parse().expect("a day"), settle: false, close: false };
    let refused = run(&world.backend(), early, Who::Person("leader")).await;
    assert!(matches!(refused, Err(ReconcileError::NotOver(_))));

    next_morning(&world);
    let first = reconcile(&world, false, true).await;
    assert_eq!(classes(&first), [Class::PaidUnheard]);
    assert!(first.close_refused && first.report.unexplained == 1);
    assert!(table(&first.report).contains("--settle"));
    let again = reconcile(&world, false, false).await;
    assert_eq!((&again.report, csv(&again.report)), (&first.report, csv(&first.report)));

    let settled = reconcile(&world, true, false).await;
    assert_eq!(settled.settled, 1);
    world.until("kiosk-2", left, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(world.billing.posted(), 15_000);
    let closed = reconcile(&world, true, true).await;
    assert_eq!((classes(&closed), closed.settled, closed.close_refused), (Vec::new(), 0, false));
    let totals = closed.report.channels["fake"];
    assert_eq!((totals.lines, totals.sum, totals.matched_sum), (2, 15_000, 15_000));
    assert_eq!(closed.report.postings.matched_sum, 15_000);
    let close = closed.report.closed.clone().expect("closed");
    assert_eq!(close.who, "user:leader");
    world.clock.advance_ms(60_000);
    let after = reconcile(&world, true, true).await;
    assert_eq!(after.report, closed.report, "a closed day stays as it was closed");
    assert!(
        world.store.review_list(true).await.expect("reads").is_empty(),
        "what agrees again is off the list"
    );
}

#[tokio::test]
async fn a_difference_is_explained_before_the_day_is_closed() {
    let world = World::new().await;
    let number = pay(&world, "kiosk-1", 15_000).await;
    pay(&world, "kiosk-2", 15_000).await;
    world.channel.finish_refunds();
    world.until_settled().await;
    world.channel.edit_statements(|lines| {
        if let Some(line) = lines.first_mut() {
            line.amount = line.amount.plus(Fen::new(1)).expect("fits");
        }
    });
    next_morning(&world);
    let ran = reconcile(&world, true, true).await;
    assert_eq!(classes(&ran), [Class::AmountDiffers]);
    let row = &ran.report.differences[0];
    assert_eq!(
        (row.difference.theirs, row.difference.ours),
        (Some(Fen::new(15_001)), Some(Fen::new(15_000)))
    );
    assert_eq!(row.difference.name, number);
    assert!(ran.close_refused && row.explained.is_none());
    let backend = world.backend();
    let noted =
        backend.decide_review(&row.key, &Choice::Noted, "the channel corrects it", Who::Person("leader"));
    assert_eq!(noted.await.expect("writes"), DecideOutcome::Done(None));
    let ran = reconcile(&world, false, true).await;
    assert!(!ran.close_refused && ran.report.closed.is_some());
    let explained = ran.report.differences[0].explained.as_deref();
    assert_eq!(explained, Some("user:leader: noted: the channel corrects it"));
}

/// The channel tells of one transaction only; the other is money that nobody but the statement knows.
#[tokio::test]
async fn one_code_paid_twice_is_found_by_the_statement_and_decided() {
    let world = World::new().await;
    let number = pay(&world, "kiosk-1", 15_000).await;
    world.until_settled().await;
    world.channel.pay_again(&number);
    next_morning(&world);
    let found = reconcile(&world, false, true).await;
    assert_eq!(classes(&found), [Class::PaidUnheard]);
    assert!(found.close_refused);
    let second = &found.report.differences[0].difference;
    assert_eq!(
        (second.name.as_str(), second.theirs),
        (&*format!("{number}:T{number}-AGAIN"), Some(Fen::new(15_000)))
    );
    // Taken in, it is on the list, and the day waits for the decision.
    let settled = reconcile(&world, true, true).await;
    assert_eq!((settled.settled, classes(&settled)), (1, vec![Class::Unfinished]));
    assert!(settled.close_refused);
    let again = reconcile(&world, true, true).await;
    assert_eq!((again.settled, &again.report), (0, &settled.report), "running it again changes nothing");
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000, 0), "nothing by machine");
    let open = world.store.review_list(true).await.expect("reads");
    let of_money: Vec<_> =
        open.iter().map(|(row, _)| row).filter(|row| !row.key.starts_with("recon:")).collect();
    let [row] = of_money.as_slice() else { panic!("{open:?}") };
    assert_eq!(row.amount, Fen::new(15_000));
    let outside = Choice::Money(Verdict::Outside { reference: "R-77".to_owned() });
    let backend = world.backend();
    let done =
        backend.decide_review(&row.key, &outside, "seen in the channel's console", Who::Person("leader"));
    assert!(matches!(done.await.expect("writes"), DecideOutcome::Done(Some(_))));
    let closed = reconcile(&world, false, true).await;
    assert_eq!((classes(&closed), closed.close_refused), (Vec::new(), false));
    assert!(world.store.review_list(true).await.expect("reads").is_empty());
}

#[tokio::test]
async fn a_statement_that_ends_too_early_does_not_pass() {
    let world = World::new().await;
    pay(&world, "kiosk-1", 12_000).await;
    world.until_settled().await;
    next_morning(&world);
    world.channel.truncate_statements(true);
    let torn = reconcile(&world, true, true).await;
    assert_eq!(classes(&torn), [Class::PaidOursOnly, Class::SumsDiffer]);
    assert!(torn.close_refused);
    // The file is fetched again, whole: both lines of the list go by themselves.
    world.channel.truncate_statements(false);
    let whole = reconcile(&world, false, true).await;
    assert_eq!((classes(&whole), whole.close_refused), (Vec::new(), false));
    assert!(world.store.review_list(true).await.expect("reads").is_empty());
}
