//! A day's books at a running backend: fetched, compared, settled, explained, closed, and the same again.

use powerhall_api::{Collect, Deliver};
use powerhall_backend::reconcile::{Class, Ran, ReconcileError, Wish, csv, run, table};
use powerhall_backend::store::{Choice, DecideOutcome, Office, Store};
use powerhall_money::{Fen, Who};
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
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
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
