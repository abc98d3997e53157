//! Requests that are almost right, and notifications that are not, against the running server: every answer is a success
//! or a problem with its code, none is a server error, and no money moves. And a configuration that is almost right.

use powerhall_api::Problem;
use powerhall_backend::config::{BackendConfig, BillingSection, ConfigError};
use powerhall_backend::store::Office;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fake_billing::{ACCOUNT, PHONE};
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
    let person = world.person("kiosk-1", json!({"by": "phone", "phone": PHONE})).await;
    let routes: [(Method, String, Value); 8] = [
        (Method::POST, "/v1/lookups".to_owned(), json!({"by": "account", "account": ACCOUNT})),
        (Method::POST, "/v1/lookups".to_owned(), json!({"by": "phone", "phone": PHONE})),
        (Method::POST, format!("/v1/lookups/{person}/proofs"), json!({"by": "id_last4", "id_last4": "0000"})),
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
    assert!(world.store.review_list(false).await.expect("reads").is_empty());
    assert!(world.billing.keys("post").is_empty());
}

/// Most of what a configuration may say. The values in comments of the committed file are defaults.
const CONFIG: &str = r#"[server]
listen = "127.0.0.1:8480"
[store]
file = "backend.db"
[review]
socket = "backend.sock"
mode = "0660"
reports = "reports"
[billing]
file = "billing.db"
[billing.faults]
seed = 7
[billing.faults.per_mille]
lost_answer = 50
[hall]
folder = "hall"
[timings]
qr_seconds = 120
extensions_max = 10
prepare_seconds = 30
margin_seconds = 60
poll_milliseconds = 2500
recheck_seconds = [60, 600, 3600]
lookup_seconds = 600
quote_seconds = 600
call_seconds = 5
[limits]
lookups_per_minute = 30
min_fen = 100
max_fen = 5000000
[proof]
last4 = true
tries = 3
tries_per_hour = 10
code_seconds = 300
code_again_seconds = 60
codes_per_hour = 5
answer_milliseconds = 300
[sms]
file = "sms.log"
[[kiosk]]
id = "kiosk-1"
secret_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
[channel.sandbox]
listen = "127.0.0.1:8481"
file = "sandbox.db"
merchant = "m"
payee_zh = "供电营业厅"
[channel.sandbox.faults.per_mille]
slow = 5
[channel.sandbox-b]
listen = "127.0.0.1:8482"
file = "sandbox-b.db"
mode = "alipay_like"
"#;

/// It is read, and then every value is in its range and nothing misbehaves beside real money; or every mistake is named.
#[test]
fn a_configuration_is_read_or_its_mistakes_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("backend.toml");
    let strategy = prop_oneof![powerhall_mangle::lines(CONFIG), powerhall_mangle::text(CONFIG)];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let good = std::cell::Cell::new(0);
    let all = runner.run(&strategy, |bent| {
        std::fs::write(&path, &bent).expect("writes");
        match BackendConfig::load(&path) {
            Ok(config) => {
                good.set(good.get() + 1);
                let settings = &config.settings;
                prop_assert!((30_000..=900_000).contains(&settings.policy.qr_ms));
                prop_assert!((500..=10_000).contains(&settings.policy.poll_ms));
                prop_assert!((1..=settings.max_fen).contains(&settings.min_fen));
                prop_assert!(settings.call_timeout < settings.lease);
                let proof = &settings.proof;
                prop_assert!((1..=5).contains(&proof.tries) && proof.tries <= proof.tries_per_hour);
                prop_assert!((60..=900).contains(&proof.code_seconds) && proof.codes_per_hour <= 20);
                prop_assert!(proof.last4 || config.sms_file.is_some());
                prop_assert!(config.sms_file.is_none() || config.listen.ip().is_loopback());
                prop_assert!(matches!(config.review.mode, 0o600 | 0o660));
                if let BillingSection::Embedded { faults, .. } = &config.billing {
                    prop_assert!(faults.is_empty() || !config.sandboxes.is_empty());
                }
                for sandbox in config.sandboxes.iter().filter(|sandbox| !sandbox.beyond_loopback) {
                    prop_assert!(sandbox.listen.ip().is_loopback() && config.listen.ip().is_loopback());
                }
            }
            Err(ConfigError::Values { mistakes, .. }) => {
                prop_assert!(!mistakes.is_empty());
                let named = mistakes.iter().all(|m| !m.key.is_empty() && !m.allowed.is_empty());
                prop_assert!(named, "{mistakes:?}");
            }
            Err(ConfigError::Form { error, .. }) => prop_assert!(!error.message().is_empty()),
            Err(ConfigError::File { error, .. }) => prop_assert!(false, "{error}"),
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    assert!((40..400).contains(&good.get()), "{} of 400 were read", good.get());
}
