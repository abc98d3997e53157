//! Requests that are almost right, and notifications that are not, against the running server: every answer is a success
//! or a problem with its code, none is a server error, and no money moves.

use powerhall_api::Problem;
use powerhall_backend::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fake_billing::ACCOUNT;
use crate::world::World;

/// Bent requests of each kind.
const CASES: usize = 120;

/// One of many: drawn from proptest's own generator, so that a failure names its body.
fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("no filters").current()
}

async fn is_calm(world: &World, method: Method, path: &str, body: Vec<u8>) -> u16 {
    let sent = String::from_utf8_lossy(&body).into_owned();
    let request = world.request("kiosk-1", method, path).header("content-type", "application/json");
    let answer = request.body(body).send().await.expect("answered");
    let status = answer.status().as_u16();
    assert!(status < 500, "{status} {path} {sent}");
    if status >= 400 {
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path} {sent}");
        let problem: Problem = answer.json().await.expect("a problem");
        assert_eq!((problem.status, problem.code.status()), (status, status), "{path} {sent}");
    }
    status
}

#[tokio::test]
async fn no_request_brings_the_server_down() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    world.shown("kiosk-1", id).await;
    let quote = world.quote("kiosk-1").await;
    let hash = "0".repeat(64);
    let routes: [(Method, String, Value); 6] = [
        (Method::POST, "/v1/lookups".to_owned(), json!({"by": "account", "account": ACCOUNT})),
        (
            Method::PUT,
            "/v1/orders/".to_owned(),
            json!({
                "quote_id": quote, "channel": "fake",
                "lines": [{"line": 0, "amount_fen": 10_000, "periods": ["2026-09"]}],
            }),
        ),
        (Method::POST, format!("/v1/orders/{id}/attempts"), json!({"no": 2, "channel": "fake"})),
        (Method::POST, format!("/v1/orders/{id}/cancel"), json!({"reason": "customer"})),
        (
            Method::POST,
            "/v1/check-ins".to_owned(),
            json!({"version": "1", "journal_ok": true, "open_orders": 0}),
        ),
        (
            Method::POST,
            "/v1/journal".to_owned(),
            json!({
                "book": Uuid::from_u128(5), "before": hash,
                "entries": [{"seq": 1, "order_id": id, "at": 1, "fact": {"kind": "ended"}, "hash": hash}],
            }),
        ),
    ];
    let mut runner = TestRunner::default();
    let mut granted = 0;
    for (method, path, valid) in routes {
        let strategy = powerhall_mangle::body(valid);
        for _ in 0..CASES {
            let path = if path.ends_with('/') { format!("{path}{}", Uuid::now_v7()) } else { path.clone() };
            let status = is_calm(&world, method.clone(), &path, draw(&mut runner, &strategy)).await;
            granted += usize::from(status < 300);
        }
    }
    assert!(granted > CASES / 4, "only {granted} were granted: nothing was tried");
    assert_eq!((world.billing.posted(), world.channel.refunded()), (0, 0));
}

#[tokio::test]
async fn no_path_brings_the_server_down() {
    let world = World::new().await;
    let mut runner = TestRunner::default();
    let strategy = ("[a-z0-9/._~%-]{0,40}", 0..6_usize).prop_map(|(tail, root)| {
        let roots = ["/", "/v1/", "/v1/orders/", "/v1/orders?state=", "/v1/lookups/", "/v1/notifications/"];
        format!("{}{tail}", roots[root])
    });
    for _ in 0..CASES {
        is_calm(&world, Method::GET, &draw(&mut runner, &strategy), Vec::new()).await;
    }
}

#[tokio::test]
async fn no_notification_that_is_bent_moves_money() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let before = world.get("kiosk-1", id).await;
    let mut runner = TestRunner::default();
    let strategy = powerhall_mangle::bytes(format!("E1|{number}|T1|15000").into_bytes());
    for _ in 0..CASES {
        // Without the seal, whatever it says.
        let body = draw(&mut runner, &strategy);
        let path = format!("{}/v1/notifications/fake", world.base);
        let answer = world.client.post(path).body(body).send().await.expect("answered");
        assert_eq!(answer.status().as_u16(), 401);
    }
    assert_eq!(world.get("kiosk-1", id).await.collect, before.collect);
    assert!(world.store.reviews().await.expect("reads").is_empty());
    assert!(world.billing.keys("post").is_empty());
}
