//! What goes wrong between us and the channel, between us and billing, and within us.

use std::collections::BTreeSet;
use std::time::Duration;

use powerhall_api::{Collect, Deliver};
use powerhall_backend::store::Office;
use powerhall_money::Fen;
use reqwest::StatusCode;

use crate::fake_channel::Fault;
use crate::world::World;

/// Lets time pass in steps, as the jobs see it.
async fn pass(world: &World, seconds: i64) {
    for _ in 0..seconds {
        world.clock.advance_ms(1_000);
        tokio::time::sleep(Duration::from_millis(8)).await;
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_asked_again_with_the_same_number() {
    let world = World::new().await;
    world.channel.fault("create", [Fault::AnswerLost, Fault::Lost]);
    let id = world.order("kiosk-1", 15_000).await;
    world.in_time("kiosk-1", id, "shown", |o| o.collect == Collect::Awaiting).await;
    let number = world.shown("kiosk-1", id).await;
    let asked = world.channel.numbers("create");
    assert_eq!(asked, [number.clone(), number.clone(), number]);
}

#[tokio::test]
async fn a_refused_create_closes_the_order_and_another_channel_is_possible() {
    let world = World::new().await;
    world.channel.fault("create", [Fault::Refused]);
    let id = world.order("kiosk-1", 15_000).await;
    world.until_collect("kiosk-1", id, Collect::Closed).await;
    let path = format!("/v1/orders/{id}/attempts");
    let made = world.post("kiosk-1", &path, serde_json::json!({"no": 2, "channel": "fenceless"})).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    world.shown("kiosk-1", id).await;
}

#[tokio::test]
async fn a_notification_before_the_answer_to_create_settles_and_shows_no_code() {
    let world = World::new().await;
    world.channel.fault("create", [Fault::Slow(Duration::from_millis(400))]);
    let id = world.order("kiosk-1", 15_000).await;
    while world.channel.number_of_calls("create") == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let number = world.channel.numbers("create").remove(0);
    assert!(world.channel.pay(&number));
    assert_eq!(world.notify(world.channel.notification(&number)).await, StatusCode::NO_CONTENT);
    let paid = world.get("kiosk-1", id).await;
    assert_eq!(paid.collect, Collect::Paid);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let later = world.get("kiosk-1", id).await;
    assert!(later.attempt.is_some_and(|a| a.code.is_none()), "the late answer is never shown");
    assert_eq!(later.lines[0].deliver, Deliver::Posted);
}

#[tokio::test]
async fn a_notification_again_changes_nothing_and_a_forged_one_neither() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let forged = world
        .client
        .post(format!("{}/v1/notifications/fake", world.base))
        .body(format!("E|{number}|T|15000"))
        .send()
        .await
        .expect("answered");
    assert_eq!(forged.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(world.get("kiosk-1", id).await.collect, Collect::Awaiting);

    world.channel.pay(&number);
    let body = world.channel.notification(&number);
    world.notify(body.clone()).await;
    let posted = world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    for event in ["", "another-event"] {
        let body =
            if event.is_empty() { body.clone() } else { body.replacen(&format!("T{number}"), event, 1) };
        assert_eq!(world.notify(body).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(world.get("kiosk-1", id).await, posted);
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000, 0));
}

#[tokio::test]
async fn another_amount_goes_to_a_person_and_is_not_posted() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay_anyway(&number, Some(Fen::new(1)));
    world.notify(world.channel.notification(&number)).await;
    let order = world.until_collect("kiosk-1", id, Collect::ManualReview).await;
    assert!(order.receipt.is_none());
    let reviews = world.store.review_list(false).await.expect("reads");
    assert_eq!(reviews.len(), 1);
    assert_eq!(
        (reviews[0].0.amount, reviews[0].0.reference.as_deref()),
        (Fen::new(1), Some(order.reference.as_str()))
    );
    assert!(world.billing.keys("post").is_empty());
}

#[tokio::test]
async fn money_for_a_number_that_we_never_made_stands_on_the_list() {
    let world = World::new().await;
    assert_eq!(world.notify("E1|NOBODYS|T1|700".to_owned()).await, StatusCode::NO_CONTENT);
    let reviews = world.store.review_list(false).await.expect("reads");
    assert_eq!(
        reviews.iter().map(|(r, _)| (r.reference.clone(), r.amount)).collect::<Vec<_>>(),
        [(None, Fen::new(700))]
    );
}

#[tokio::test]
async fn a_channel_that_cannot_close_is_fenced_by_its_expiry_alone() {
    let world = World::new().await;
    let id = world.order_by("kiosk-1", "fenceless", 15_000).await;
    let order = world.until_collect("kiosk-1", id, Collect::Awaiting).await;
    assert!(order.attempt.is_some_and(|a| !a.extendable));
    world.cancel("kiosk-1", id).await;
    pass(&world, 60).await;
    assert_eq!(world.get("kiosk-1", id).await.collect, Collect::Closing);
    // prepare 30 + shown 120 + margin 60, and once more the margin.
    world.clock.advance_ms(240_000);
    world.until_collect("kiosk-1", id, Collect::Closed).await;
}

async fn paid(world: &World) -> uuid::Uuid {
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    id
}

#[tokio::test]
async fn a_posting_that_stays_unknown_is_queried_and_posted_again_with_the_same_key() {
    let world = World::new().await;
    world.billing.fault("post", [Fault::Lost, Fault::Lost]);
    world.billing.fault("query_post", [Fault::Lost]);
    let id = paid(&world).await;
    world.in_time("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    let keys: BTreeSet<_> = world.billing.keys("post").into_iter().collect();
    assert_eq!(keys.len(), 1);
    assert!(world.billing.keys("post").len() >= 3 && !world.billing.keys("query_post").is_empty());
    assert_eq!(world.billing.posted(), 15_000);
}

#[tokio::test]
async fn a_posting_whose_answer_is_lost_is_found_by_the_query() {
    let world = World::new().await;
    world.billing.fault("post", [Fault::AnswerLost]);
    let id = paid(&world).await;
    world.in_time("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!((world.billing.posted(), world.billing.keys("post").len()), (15_000, 1));
}

#[tokio::test]
async fn a_refusal_is_refunded_once_and_in_full() {
    let world = World::new().await;
    world.billing.fault("post", [Fault::Refused]);
    world.channel.fault("refund", [Fault::AnswerLost, Fault::Lost]);
    world.channel.fault("query_refund", [Fault::Lost]);
    let id = paid(&world).await;
    world.in_time("kiosk-1", id, "on its way", |o| o.lines[0].deliver == Deliver::Refunding).await;
    world.channel.finish_refunds();
    world.until_settled().await;
    let order = world.until("kiosk-1", id, "refunded", |o| o.lines[0].deliver == Deliver::Refunded).await;
    assert_eq!((order.collect, world.channel.refunded(), world.billing.posted()), (Collect::Paid, 15_000, 0));
    let numbers: BTreeSet<_> = world.channel.numbers("refund").into_iter().collect();
    assert_eq!(numbers.len(), 1, "the number stays the same: {numbers:?}");
    assert!(world.billing.keys("fence").is_empty(), "a first and definite refusal needs no fence");
}

#[tokio::test]
async fn a_refusal_after_an_unknown_post_is_fenced_first() {
    let world = World::new().await;
    world.billing.fault("post", [Fault::Lost, Fault::Refused]);
    let id = paid(&world).await;
    world.in_time("kiosk-1", id, "on its way", |o| o.lines[0].deliver == Deliver::Refunding).await;
    world.channel.finish_refunds();
    world.in_time("kiosk-1", id, "refunded", |o| o.lines[0].deliver == Deliver::Refunded).await;
    assert_eq!(world.billing.keys("fence").len(), 1);
}

#[tokio::test]
async fn a_refund_that_the_channel_refuses_goes_to_a_person() {
    let world = World::new().await;
    world.billing.fault("post", [Fault::Refused]);
    world.channel.fault("refund", [Fault::Refused]);
    let id = paid(&world).await;
    world.until("kiosk-1", id, "with a person", |o| o.lines[0].deliver == Deliver::ManualReview).await;
    assert_eq!(world.store.review_list(false).await.expect("reads").len(), 1);
}

#[tokio::test]
async fn a_backend_killed_between_payment_and_posting_posts_after_the_restart() {
    let mut world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    world.billing.set_down(true);
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    world.until_collect("kiosk-1", id, Collect::Paid).await;
    world.kill_and_restart().await;
    world.billing.set_down(false);
    world.in_time("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(world.billing.posted(), 15_000);
    world.until_settled().await;
}

#[tokio::test]
async fn a_backend_killed_while_the_code_is_being_made_makes_it_with_the_same_number() {
    let mut world = World::new().await;
    world.channel.fault("create", [Fault::Slow(Duration::from_secs(30))]);
    let id = world.order("kiosk-1", 15_000).await;
    while world.channel.number_of_calls("create") == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    world.kill_and_restart().await;
    // The claimed job comes back when its lease is over.
    world.clock.advance_ms(70_000);
    // By then the attempt is past its time: the code is shown if it is made at once, and the number is the same.
    world
        .until("kiosk-1", id, "moving on", |o| !matches!(o.collect, Collect::Created | Collect::Preparing))
        .await;
    let numbers: BTreeSet<_> = world.channel.numbers("create").into_iter().collect();
    assert_eq!(numbers.len(), 1);
}
