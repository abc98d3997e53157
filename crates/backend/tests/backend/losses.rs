//! Losses that others had in their back ends, played against ours; the table is `docs/losses.md`.

use powerhall_api::{Collect, Deliver};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::world::World;

/// Keys were forgotten after a day while devices could retry for ever. Here an order's key is its id: a month later it is
/// still the same order, in every state, after a restart too.
#[tokio::test]
async fn pretix_the_key_of_an_order_has_no_age() {
    const MONTH: i64 = 31 * 24 * 3_600_000;
    let mut world = World::new().await;
    let quote = world.quote("kiosk-1").await;
    let id = Uuid::now_v7();
    let body = json!({"quote_id": quote, "channel": "fake", "lines": [{"line": 0, "amount_fen": 15_000}]});
    assert_eq!(world.put("kiosk-1", id, &body).await.status(), StatusCode::CREATED);
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    let posted = world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    for _ in 0..2 {
        world.clock.advance_ms(MONTH);
        world.kill_and_restart().await;
        let again = world.put("kiosk-1", id, &body).await;
        assert_eq!(again.status(), StatusCode::OK);
        let order: powerhall_api::Order = again.json().await.expect("an order");
        assert_eq!((order.version, order.receipt), (posted.version, posted.receipt.clone()));
        let other = json!({"quote_id": quote, "channel": "fake", "lines": [{"line": 0, "amount_fen": 1}]});
        assert_eq!(world.put("kiosk-1", id, &other).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000, 0));
}

/// A receipt was in the customer's hand and nothing in the server's books. Here there is no receipt before the evidence
/// is durable, and from then on it is the same whatever dies.
#[tokio::test]
async fn odoo_60939_a_receipt_outlives_every_crash() {
    let mut world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    assert_eq!(world.get("kiosk-1", id).await.receipt, None);
    world.billing.set_down(true);
    world.channel.pay(&number);
    assert_eq!(world.get("kiosk-1", id).await.receipt, None, "the channel knows, the books do not yet");
    world.notify(world.channel.notification(&number)).await;
    let paid = world.until_collect("kiosk-1", id, Collect::Paid).await;
    let receipt = paid.receipt.expect("paid for certain");
    world.kill_and_restart().await;
    assert_eq!(world.get("kiosk-1", id).await.receipt, Some(receipt.clone()));
    world.billing.set_down(false);
    world.in_time("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    world.kill_and_restart().await;
    assert_eq!(world.get("kiosk-1", id).await.receipt, Some(receipt));
    assert_eq!(world.billing.posted(), 15_000);
}
