//! Several accounts in one payment, with a billing system in memory that misbehaves: each line finds its own end.

use powerhall_api::{Collect, Deliver, Duty, Order, ProblemCode, Quote};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::problem;
use crate::fake_billing::{ACCOUNT, OTHERS};
use crate::fake_channel::Fault;
use crate::world::{World, text};

impl World {
    async fn found(&self, number: &str) -> String {
        let answer = self.post("kiosk-1", "/v1/lookups", json!({"by": "account", "account": number})).await;
        text(&answer.json().await.expect("JSON"), "reference")
    }

    async fn several(&self, numbers: &[&str]) -> Quote {
        let mut references = Vec::new();
        for number in numbers {
            references.push(self.found(number).await);
        }
        let references: Vec<&str> = references.iter().map(String::as_str).collect();
        let answer = self.ask_quote("kiosk-1", &references, "arrears").await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        answer.json().await.expect("a quote")
    }

    /// Orders an amount on each line, in the order of the lines.
    async fn order_lines(&self, quote: &Quote, amounts: &[i64]) -> Uuid {
        let lines: Vec<Value> =
            amounts.iter().enumerate().map(|(line, fen)| json!({"line": line, "amount_fen": fen})).collect();
        let body = json!({"quote_id": quote.quote_id, "channel": "fake", "lines": lines});
        let id = Uuid::now_v7();
        let answer = self.put("kiosk-1", id, &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        id
    }

    async fn pay_for(&self, id: Uuid) {
        let number = self.shown("kiosk-1", id).await;
        assert!(self.channel.pay(&number));
        assert_eq!(self.notify(self.channel.notification(&number)).await, StatusCode::NO_CONTENT);
    }
}

fn ended(order: &Order) -> bool {
    order.lines.iter().all(|line| matches!(line.deliver, Deliver::Posted | Deliver::Refunded))
}

#[tokio::test]
async fn three_accounts_are_paid_at_once_and_posted_each() {
    let world = World::new().await;
    let quote = world.several(&[ACCOUNT, OTHERS[0], OTHERS[1]]).await;
    let shown: Vec<_> = quote.lines.iter().map(|line| (line.line, line.duty, line.total_fen.get())).collect();
    assert_eq!(shown, [(0, Duty::Arrears, 15_000), (1, Duty::Arrears, 0), (2, Duty::Arrears, 0)]);
    let id = world.order_lines(&quote, &[15_000, 300, 77]).await;
    let awaiting = world.until_collect("kiosk-1", id, Collect::Awaiting).await;
    assert_eq!(awaiting.amount_fen.get(), 15_377, "one code for the sum");
    world.pay_for(id).await;
    let order = world.until("kiosk-1", id, "posted", ended).await;
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_377, 0));
    let mut keys: Vec<_> = world.billing.asked().iter().map(|asked| asked.key.clone()).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 3, "a key for each line");
    let receipt = order.receipt.expect("a receipt");
    let lines: Vec<_> = receipt
        .lines
        .iter()
        .map(|line| (line.number_masked.reveal().as_str(), line.amount_fen.get()))
        .collect();
    assert_eq!(lines, [("510*******001", 15_000), ("510*******002", 300), ("510*******003", 77)]);
    world.until_settled().await;
}

#[tokio::test]
async fn a_line_that_billing_refuses_goes_back_and_the_others_stay() {
    let world = World::new().await;
    let quote = world.several(&[ACCOUNT, OTHERS[0], OTHERS[1]]).await;
    let id = world.order_lines(&quote, &[15_000, 300, 77]).await;
    // Somebody pays the months of the first account elsewhere, between the order and its payment.
    let other = world.order("kiosk-2", 15_000).await;
    let number = world.shown("kiosk-2", other).await;
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    world.until("kiosk-2", other, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;

    world.pay_for(id).await;
    let going = |o: &Order| o.lines[0].deliver == Deliver::Refunding && o.lines[2].deliver == Deliver::Posted;
    world.in_time("kiosk-1", id, "on its way back", going).await;
    world.channel.finish_refunds();
    let order = world.in_time("kiosk-1", id, "ended", ended).await;
    let delivers: Vec<_> = order.lines.iter().map(|line| line.deliver).collect();
    assert_eq!(delivers, [Deliver::Refunded, Deliver::Posted, Deliver::Posted]);
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000 + 377, 15_000));
    world.until_settled().await;
}

#[tokio::test]
async fn answers_that_are_lost_post_no_line_twice() {
    let world = World::new().await;
    let quote = world.several(&[ACCOUNT, OTHERS[0], OTHERS[1]]).await;
    let id = world.order_lines(&quote, &[15_000, 300, 77]).await;
    world.billing.fault("post", [Fault::AnswerLost, Fault::Lost, Fault::AnswerLost]);
    world.pay_for(id).await;
    let order = world.in_time("kiosk-1", id, "posted", ended).await;
    assert!(order.lines.iter().all(|line| line.deliver == Deliver::Posted));
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_377, 0));
    world.until_settled().await;
}

#[tokio::test]
async fn a_second_payment_of_several_lines_goes_back_whole() {
    let world = World::new().await;
    let quote = world.several(&[ACCOUNT, OTHERS[0]]).await;
    let id = world.order_lines(&quote, &[15_000, 300]).await;
    let first = world.shown("kiosk-1", id).await;
    world.cancel("kiosk-1", id).await;
    world.in_time("kiosk-1", id, "closed", |o| o.collect == Collect::Closed).await;
    let path = format!("/v1/orders/{id}/attempts");
    assert_eq!(
        world.post("kiosk-1", &path, json!({"no": 2, "channel": "fake"})).await.status(),
        StatusCode::CREATED
    );
    world.pay_for(id).await;
    world.until("kiosk-1", id, "posted", ended).await;
    // The closed code was paid all the same.
    assert!(world.channel.pay_anyway(&first, None));
    assert_eq!(world.notify(world.channel.notification(&first)).await, StatusCode::NO_CONTENT);
    world.channel.finish_refunds();
    world.until_settled().await;
    assert_eq!((world.billing.posted(), world.channel.refunded()), (15_300, 15_300));
}

#[tokio::test]
async fn each_line_keeps_to_its_own_limits() {
    let world = World::new().await;
    let quote = world.several(&[ACCOUNT, OTHERS[0]]).await;
    for lines in [
        json!([{"line": 0, "amount_fen": 15_000}, {"line": 0, "amount_fen": 300}]),
        json!([{"line": 0, "amount_fen": 15_000}, {"line": 2, "amount_fen": 300}]),
        json!([{"line": 0, "amount_fen": 15_000}, {"line": 1, "amount_fen": 9_000_000_000_i64}]),
        json!([{"line": 0, "amount_fen": 10_000, "periods": ["2026-10"]}, {"line": 1, "amount_fen": 300}]),
        json!([{"line": 0, "amount_fen": 15_000}, {"line": 1, "amount_fen": 300, "periods": ["2026-10"]}]),
    ] {
        let body = json!({"quote_id": quote.quote_id, "channel": "fake", "lines": lines});
        problem(world.put("kiosk-1", Uuid::now_v7(), &body).await, ProblemCode::AmountMismatch).await;
    }
    // A part of the quote is an order too.
    let body =
        json!({"quote_id": quote.quote_id, "channel": "fake", "lines": [{"line": 1, "amount_fen": 300}]});
    assert_eq!(world.put("kiosk-1", Uuid::now_v7(), &body).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn references_are_this_kiosks_each_once_and_sixteen_at_most() {
    let world = World::new().await;
    let own = world.found(ACCOUNT).await;
    let foreign = world.lookup("kiosk-2").await;
    problem(world.ask_quote("kiosk-1", &[&own, &foreign], "arrears").await, ProblemCode::ReferenceExpired)
        .await;
    for (references, duty) in [
        (vec![], "arrears"),
        (vec![own.as_str(), own.as_str()], "arrears"),
        (vec!["x"; 17], "arrears"),
        (vec![own.as_str()], "made_tomorrow"),
    ] {
        problem(world.ask_quote("kiosk-1", &references, duty).await, ProblemCode::BadRequest).await;
    }
    problem(world.ask_quote("kiosk-1", &[&own], "fees").await, ProblemCode::ReferenceExpired).await;
    // Two look-ups of one account are one line.
    let again = world.found(ACCOUNT).await;
    let answer = world.ask_quote("kiosk-1", &[&own, &again], "arrears").await;
    let quote: Quote = answer.json().await.expect("a quote");
    assert_eq!(quote.lines.len(), 1);
    // Whoever is billed after use has arrears, whatever was asked for.
    let answer = world.ask_quote("kiosk-1", &[&own], "prepaid").await;
    let quote: Quote = answer.json().await.expect("a quote");
    assert_eq!((quote.lines[0].duty, quote.lines[0].prepaid.is_none()), (Duty::Arrears, true));
}

#[tokio::test]
async fn what_follows_a_payment_is_its_own_kiosks_to_ask() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let path = format!("/v1/orders/{id}/aftermath");
    let ask = async |kiosk| world.request(kiosk, reqwest::Method::GET, &path).send().await.expect("answered");
    problem(ask("kiosk-2").await, ProblemCode::OrderNotFound).await;
    let before: Value = ask("kiosk-1").await.json().await.expect("JSON");
    assert_eq!(
        (before, world.billing.keys("aftermath").len()),
        (json!({"lines": []}), 0),
        "nothing is posted yet"
    );
    world.pay_for(id).await;
    world.until("kiosk-1", id, "posted", ended).await;
    let after: Value = ask("kiosk-1").await.json().await.expect("JSON");
    assert_eq!((after, world.billing.keys("aftermath").len()), (json!({"lines": []}), 1));
    world.billing.set_down(true);
    problem(ask("kiosk-1").await, ProblemCode::BillingUnavailable).await;
}
