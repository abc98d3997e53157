//! Whole journeys: paying, waiting, leaving, paying twice.

use std::time::{Duration, Instant};

use powerhall_api::{Collect, Deliver, Order};
use powerhall_backend::store::Store;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::fake_channel::Fault;
use crate::world::World;

#[tokio::test]
async fn a_bill_is_paid_and_posted() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let awaiting = world.get("kiosk-1", id).await;
    assert_eq!(awaiting.attempt.as_ref().and_then(|a| a.seconds_left), Some(120));
    assert!(world.channel.pay(&number));
    // No notification comes: the poll sees it.
    world.clock.advance_ms(2_500);
    let order =
        world.until("kiosk-1", id, "posted", |o| o.lines.iter().all(|l| l.deliver == Deliver::Posted)).await;
    assert_eq!(order.collect, Collect::Paid);
    assert_eq!(order.lines[0].arrears_fen.map(|f| f.get()), Some(0));
    assert!(order.attempt.is_some_and(|a| a.code.is_none()), "no code after payment");
    let receipt = order.receipt.expect("a receipt");
    assert_eq!(receipt.number, format!("20261123-{}", order.reference.replace('-', "")));
    assert_eq!(receipt.paid_at, "2026-11-23T10:00:00+08:00");
    assert_eq!(world.billing.posted(), 15_000);
    let [asked] = &world.billing.asked()[..] else { panic!("asked once") };
    assert!(asked.exact && asked.periods == ["2026-09", "2026-10"], "those months and no others: {asked:?}");
    world.until_settled().await;
    let balances: Vec<_> = world.store.balances().await.expect("reads");
    assert!(
        balances.contains(&("utility_payable".to_owned(), powerhall_money::Fen::new(-15_000))),
        "{balances:?}"
    );
}

#[tokio::test]
async fn another_amount_settles_the_oldest_and_leaves_credit() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 12_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    assert_eq!(world.notify(world.channel.notification(&number)).await, StatusCode::NO_CONTENT);
    let order = world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(order.lines[0].credit_fen.map(|f| f.get()), Some(2_000));
    assert_eq!(order.lines[0].arrears_fen.map(|f| f.get()), Some(5_000));
    assert!(world.billing.asked().iter().all(|asked| !asked.exact && asked.periods.is_empty()));
}

#[tokio::test]
async fn two_kiosks_paying_the_same_bill_post_once_and_refund_the_other() {
    let world = World::new().await;
    let (first, second) = tokio::join!(world.order("kiosk-1", 15_000), world.order("kiosk-2", 15_000));
    let (a, b) = tokio::join!(world.shown("kiosk-1", first), world.shown("kiosk-2", second));
    assert!(world.channel.pay(&a) && world.channel.pay(&b));
    let (x, y) = tokio::join!(
        world.notify(world.channel.notification(&a)),
        world.notify(world.channel.notification(&b))
    );
    assert_eq!((x, y), (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT));
    let ended =
        |o: &Order| matches!(o.lines[0].deliver, Deliver::Posted | Deliver::Rejected | Deliver::Refunding);
    let first = world.until("kiosk-1", first, "delivered", ended).await;
    let second = world.until("kiosk-2", second, "delivered", ended).await;
    let posted = [&first, &second].iter().filter(|o| o.lines[0].deliver == Deliver::Posted).count();
    assert_eq!(posted, 1, "{first:?} {second:?}");
    assert_eq!((world.billing.posted(), world.billing.credit()), (15_000, 0));
    world.channel.finish_refunds();
    world.until_settled().await;
    assert_eq!(world.channel.refunded(), 15_000);
}

#[tokio::test]
async fn two_kiosks_paying_another_amount_leave_the_second_as_credit() {
    let world = World::new().await;
    let first = world.order("kiosk-1", 10_000).await;
    let second = world.order("kiosk-2", 10_000).await;
    for (kiosk, id) in [("kiosk-1", first), ("kiosk-2", second)] {
        let number = world.shown(kiosk, id).await;
        world.channel.pay(&number);
        world.notify(world.channel.notification(&number)).await;
        world.until(kiosk, id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    }
    assert_eq!((world.billing.posted(), world.billing.credit()), (20_000, 5_000));
    assert_eq!(world.channel.refunded(), 0);
}

#[tokio::test]
async fn the_long_poll_wakes_when_the_order_moves() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let version = world.get("kiosk-1", id).await.version;
    let path = format!("/v1/orders/{id}");
    let poll = |wait: &str| {
        world
            .request("kiosk-1", Method::GET, &path)
            .header("if-none-match", format!("\"{version}\""))
            .header("prefer", format!("wait={wait}"))
            .send()
    };
    let began = Instant::now();
    let still = poll("1").await.expect("answered");
    assert_eq!(still.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(still.headers()["etag"], format!("\"{version}\"").as_str());
    assert!(began.elapsed() >= Duration::from_secs(1));

    let began = Instant::now();
    let pay = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.channel.pay(&number);
        world.notify(world.channel.notification(&number)).await
    };
    let (answer, _) = tokio::join!(poll("25"), pay);
    let order: Order = answer.expect("answered").json().await.expect("an order");
    assert_eq!(order.collect, Collect::Paid);
    assert!(began.elapsed() < Duration::from_secs(3), "woken, not waited out: {:?}", began.elapsed());
}

#[tokio::test]
async fn leaving_closes_the_code_and_a_new_one_needs_the_proof() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let path = format!("/v1/orders/{id}/attempts");
    let again = json!({"no": 2, "channel": "fake"});
    let refused = world.post("kiosk-1", &path, again.clone()).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.expect("a body").contains("attempt_still_open"));

    // The channel says nothing to two closes: nothing follows from that.
    world.channel.fault("close", [Fault::Lost, Fault::AnswerLost]);
    world.cancel("kiosk-1", id).await;
    let closing = world.until_collect("kiosk-1", id, Collect::Closing).await;
    assert!(closing.attempt.is_some_and(|a| a.code.is_none()));
    world.in_time("kiosk-1", id, "closed", |o| o.collect == Collect::Closed).await;
    assert!(world.channel.is_closed(&number));

    let made = world.post("kiosk-1", &path, again.clone()).await;
    assert_eq!(made.status(), StatusCode::CREATED);
    let replay = world.post("kiosk-1", &path, again).await;
    assert_eq!(replay.status(), StatusCode::OK);
    let second = world.shown("kiosk-1", id).await;
    assert_ne!(number, second);
    assert_eq!(&number[..26], &second[..26], "the number leads back to the order");
}

#[tokio::test]
async fn a_dead_kiosk_leaves_no_live_code() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.clock.advance_ms(120_000);
    world.until_collect("kiosk-1", id, Collect::Closed).await;
    assert!(world.channel.is_closed(&number));
    assert!(!world.channel.pay(&number));
}

#[tokio::test]
async fn more_time_is_given_until_it_ends() {
    let world = World::with(|s| s.policy.extensions_max = 2).await;
    let id = world.order("kiosk-1", 15_000).await;
    world.shown("kiosk-1", id).await;
    let path = format!("/v1/orders/{id}/extend");
    for left in [true, false] {
        world.clock.advance_ms(100_000);
        let answer = world.request("kiosk-1", Method::POST, &path).send().await.expect("answered");
        assert_eq!(answer.status(), StatusCode::OK);
        let order: Order = answer.json().await.expect("an order");
        let attempt = order.attempt.expect("an attempt");
        assert_eq!((attempt.seconds_left, attempt.extendable), (Some(120), left));
    }
    let refused = world.request("kiosk-1", Method::POST, &path).send().await.expect("answered");
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(refused.text().await.expect("a body").contains("order_state"));
}

#[tokio::test]
async fn a_payment_after_the_close_is_found_and_posted() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.cancel("kiosk-1", id).await;
    world.until_collect("kiosk-1", id, Collect::Closed).await;
    // The channel lets it through all the same, and tells nobody. The recheck after a minute sees it.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.channel.pay_anyway(&number, None));
    world.clock.advance_ms(60_000);
    world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(world.billing.posted(), 15_000);
}

#[tokio::test]
async fn a_late_payment_of_the_first_code_closes_the_second_and_both_paid_refunds_one() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let first = world.shown("kiosk-1", id).await;
    world.cancel("kiosk-1", id).await;
    world.until_collect("kiosk-1", id, Collect::Closed).await;
    let path = format!("/v1/orders/{id}/attempts");
    world.post("kiosk-1", &path, json!({"no": 2, "channel": "fake"})).await;
    let second = world.shown("kiosk-1", id).await;
    assert!(world.channel.pay_anyway(&first, None) && world.channel.pay(&second));
    world.notify(world.channel.notification(&first)).await;
    world.notify(world.channel.notification(&second)).await;
    world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    world.channel.finish_refunds();
    world.until_settled().await;
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000, 15_000));
    let refunds = world.channel.numbers("refund");
    assert!(!refunds.is_empty() && refunds.iter().all(|n| *n == format!("R{second}W")), "{refunds:?}");
}

#[tokio::test]
async fn open_orders_are_the_kiosks_own_and_survive_a_restart() {
    let mut world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.kill_and_restart().await;
    let list = async |kiosk: &str| {
        let answer =
            world.request(kiosk, Method::GET, "/v1/orders?state=open").send().await.expect("answered");
        answer.json::<powerhall_api::Orders>().await.expect("a list").orders
    };
    assert_eq!(list("kiosk-1").await.iter().map(|o| o.order_id).collect::<Vec<_>>(), [id]);
    assert!(list("kiosk-2").await.is_empty());
    // It is paid while nobody looks; the new process follows it to its end.
    world.channel.pay(&number);
    world.clock.advance_ms(5_000);
    world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert!(list("kiosk-1").await.is_empty());
    world.stop().await;
}

#[tokio::test]
async fn the_same_order_again_is_the_same_order_even_after_everything_expired() {
    let world = World::new().await;
    let quote = world.quote("kiosk-1").await;
    let id = uuid::Uuid::now_v7();
    let body = json!({"quote_id": quote, "channel": "fake", "lines": [{"line": 0, "amount_fen": 15_000}]});
    let answers = five_times(&world, id, &body).await;
    assert_eq!(answers.iter().filter(|s| **s == StatusCode::CREATED).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|s| **s == StatusCode::OK).count(), 4, "{answers:?}");
    world.clock.advance_ms(3_600_000);
    assert_eq!(world.put("kiosk-1", id, &body).await.status(), StatusCode::OK);
    // Other content, or another kiosk, under the same id.
    let other = json!({"quote_id": quote, "channel": "fake", "lines": [{"line": 0, "amount_fen": 14_000}]});
    for (kiosk, body) in [("kiosk-1", &other), ("kiosk-2", &body)] {
        let refused = world.put(kiosk, id, body).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.expect("a body").contains("idempotency_conflict"));
    }
    // A new id with the old quote is too late.
    let late = world.put("kiosk-1", uuid::Uuid::now_v7(), &body).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    assert!(late.text().await.expect("a body").contains("quote_expired"));
    world.until("kiosk-1", id, "asked of the channel", |o| o.collect != Collect::Preparing).await;
    let numbers: std::collections::BTreeSet<_> = world.channel.numbers("create").into_iter().collect();
    assert_eq!(numbers.len(), 1, "one order, one number: {numbers:?}");
}

/// The same request five times at once.
async fn five_times(world: &World, id: uuid::Uuid, body: &serde_json::Value) -> Vec<StatusCode> {
    let (a, b, c, d, e) = tokio::join!(
        world.put("kiosk-1", id, body),
        world.put("kiosk-1", id, body),
        world.put("kiosk-1", id, body),
        world.put("kiosk-1", id, body),
        world.put("kiosk-1", id, body)
    );
    [a, b, c, d, e].iter().map(reqwest::Response::status).collect()
}

#[tokio::test]
async fn a_posting_names_the_day_of_its_quote_over_midnight() {
    let world = World::new().await;
    // From ten in the morning to half a minute before midnight.
    world.clock.advance_ms((14 * 3_600 - 30) * 1_000);
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.clock.advance_ms(60_000);
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    world.until("kiosk-1", id, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    let eve = "2026-11-23".parse().expect("a day");
    assert_eq!(
        world.billing.asked().iter().map(|posting| posting.quoted_on).collect::<Vec<_>>(),
        [Some(eve)]
    );
}
