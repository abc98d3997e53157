//! Two job runners on one store: a job may run twice at once, and nothing is charged, posted or refunded twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use powerhall_api::{Collect, Deliver};
use powerhall_backend::jobs;
use powerhall_backend::store::{Office, Store};
use tokio::sync::watch;

use crate::fake_channel::Fault;
use crate::world::World;

/// Leases that are over before the call comes back: every slow job is claimed by the other runner too.
#[tokio::test]
async fn two_runners_on_one_store_do_no_harm() {
    let world = World::with(|settings| {
        settings.lease = Duration::from_millis(0);
        settings.policy.backoff_min_ms = 50;
        settings.policy.backoff_max_ms = 200;
    })
    .await;
    let (stop, stopped) = watch::channel(false);
    let other = tokio::spawn(jobs::run(Arc::new(world.backend()), stopped));
    let slow = || Fault::Slow(Duration::from_millis(20));
    for call in ["create", "query", "close", "refund", "query_refund"] {
        world.channel.fault(call, [slow(), Fault::AnswerLost, slow(), slow(), Fault::Lost, slow()]);
    }
    world.billing.fault("post", [Fault::AnswerLost, Fault::Lost]);
    let mut orders = Vec::new();
    for _ in 0..4 {
        // All pay the same two months: one posting, three refunds.
        orders.push(world.order("kiosk-1", 15_000).await);
    }
    let mut numbers = Vec::new();
    for order in &orders {
        world.in_time("kiosk-1", *order, "shown", |o| o.collect == Collect::Awaiting).await;
        numbers.push(world.shown("kiosk-1", *order).await);
    }
    for number in &numbers {
        assert!(world.channel.pay(number));
        world.notify(world.channel.notification(number)).await;
    }
    world.channel.finish_refunds();
    let ended = |d: Deliver| matches!(d, Deliver::Posted | Deliver::Refunded);
    for order in &orders {
        world.in_time("kiosk-1", *order, "at its end", |o| o.lines.iter().all(|l| ended(l.deliver))).await;
    }
    world.until_settled().await;
    let _ = stop.send(true);
    other.await.expect("ends well");

    assert_eq!((world.billing.posted(), world.billing.credit()), (15_000, 0));
    assert_eq!(world.channel.refunded(), 45_000);
    let asked: Vec<String> = world.channel.numbers("create");
    assert!(asked.len() > asked.iter().collect::<BTreeSet<_>>().len(), "some jobs did run twice");
    let sum: i64 = world.store.balances().await.expect("reads").iter().map(|(_, fen)| fen.get()).sum();
    assert_eq!(sum, 0);
    assert!(world.store.review_list(false).await.expect("reads").is_empty());
}
