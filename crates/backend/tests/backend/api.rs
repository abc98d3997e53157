//! The API's manners: problems, authentication, limits, and what belongs to whom.

use std::time::{Duration, Instant};

use powerhall_api::{Problem, ProblemCode};
use powerhall_backend::http::document;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fake_billing::ACCOUNT;
use crate::world::{World, text};

/// Every problem is one: media type, status, code, and the request's name.
pub async fn problem(answer: Response, code: ProblemCode) -> Problem {
    assert_eq!(answer.status().as_u16(), code.status());
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let request_id = answer.headers()["x-request-id"].to_str().expect("ASCII").to_owned();
    let problem: Problem = answer.json().await.expect("a problem");
    assert_eq!((problem.code, problem.status), (code, code.status()));
    assert_eq!(problem.request_id.as_deref(), Some(request_id.as_str()));
    problem
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let world = World::new().await;
    let send = async |method: Method, path: &str| {
        world.request("kiosk-1", method, path).send().await.expect("answered")
    };
    problem(send(Method::GET, "/v1/nothing").await, ProblemCode::NotFound).await;
    let wrong_method = send(Method::DELETE, "/v1/lookups").await;
    assert_eq!(wrong_method.headers()["allow"], "POST");
    problem(wrong_method, ProblemCode::MethodNotAllowed).await;
    problem(send(Method::GET, "/v1/orders/not-a-uuid").await, ProblemCode::BadRequest).await;
    problem(send(Method::GET, "/v1/orders").await, ProblemCode::BadRequest).await;
    problem(send(Method::GET, "/v1/orders?state=closed").await, ProblemCode::BadRequest).await;
    let order = format!("/v1/orders/{}", Uuid::now_v7());
    problem(send(Method::GET, &order).await, ProblemCode::OrderNotFound).await;

    let body = async |kind: &str, body: String| {
        let request = world.request("kiosk-1", Method::POST, "/v1/lookups").header("content-type", kind);
        request.body(body).send().await.expect("answered")
    };
    problem(body("text/plain", "{}".into()).await, ProblemCode::UnsupportedMediaType).await;
    problem(body("application/json", "{".into()).await, ProblemCode::BadRequest).await;
    problem(body("application/json", "{\"by\":\"magic\"}".into()).await, ProblemCode::BadRequest).await;
    problem(body("application/json", " ".repeat(70_000)).await, ProblemCode::TooLarge).await;
}

#[tokio::test]
async fn problems_never_quote_personal_numbers() {
    let world = World::new().await;
    for account in ["5101234567127x", "510123456712", "５１０１２３４５６７１２７"] {
        let answer = world.post("kiosk-1", "/v1/lookups", json!({"by": "account", "account": account})).await;
        let problem = problem(answer, ProblemCode::BadRequest).await;
        assert!(!serde_json::to_string(&problem).expect("JSON").contains(account), "{problem:?}");
    }
    let answer = world.post("kiosk-1", "/v1/lookups", json!({"by": "5101234567127"})).await;
    let problem = problem(answer, ProblemCode::BadRequest).await;
    assert!(!serde_json::to_string(&problem).expect("JSON").contains("5101234567127"), "{problem:?}");
}

#[tokio::test]
async fn a_utility_may_have_lengths_of_its_own() {
    let world = World::with(|s| s.account_digits = vec![9, 13]).await;
    let ask = async |account: &str| {
        world.post("kiosk-1", "/v1/lookups", json!({"by": "account", "account": account})).await
    };
    problem(ask("012345678").await, ProblemCode::AccountNotFound).await;
    assert_eq!(ask(ACCOUNT).await.status(), StatusCode::CREATED);
    let wrong = problem(ask("0123456789").await, ProblemCode::BadRequest).await;
    assert_eq!(wrong.detail.as_deref(), Some("account must have 9 or 13 digits"));
}

#[tokio::test]
async fn only_known_kiosks_are_answered() {
    let world = World::new().await;
    for header in [
        None,
        Some("Bearer"),
        Some("Bearer kiosk-1"),
        Some("Bearer kiosk-1:"),
        Some("Bearer kiosk-1:secret-of-kiosk-2"),
        Some("Bearer kiosk-9:secret-of-kiosk-9"),
        Some("Basic a2lvc2stMTpzZWNyZXQtb2Yta2lvc2stMQ=="),
    ] {
        let mut request = world.client.get(format!("{}/v1/hall", world.base));
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = request.send().await.expect("answered");
        assert!(answer.headers().contains_key("www-authenticate"), "{header:?}");
        problem(answer, ProblemCode::Unauthenticated).await;
    }
    for open in ["/healthz", "/readyz", "/openapi.json"] {
        let answer = world.client.get(format!("{}{open}", world.base)).send().await.expect("answered");
        assert!(answer.status().is_success(), "{open}");
    }
}

#[tokio::test]
async fn what_a_kiosk_was_given_is_of_no_use_to_another() {
    let world = World::new().await;
    let reference = world.lookup("kiosk-1").await;
    let other = world.ask_quote("kiosk-2", &[&reference], "arrears").await;
    problem(other, ProblemCode::ReferenceExpired).await;
    let applications = format!("/v1/lookups/{reference}/applications");
    let own = world.request("kiosk-1", Method::GET, &applications).send().await.expect("answered");
    problem(own, ProblemCode::ReferenceExpired).await;

    for path in ["bills", "bills/2026-10"] {
        let bills = format!("/v1/lookups/{reference}/{path}");
        let other = world.request("kiosk-2", Method::GET, &bills).send().await.expect("answered");
        problem(other, ProblemCode::ReferenceExpired).await;
    }

    let quote = world.quote("kiosk-1").await;
    let body = json!({"quote_id": quote, "channel": "fake", "lines": [{"line": 0, "amount_fen": 15_000}]});
    problem(world.put("kiosk-2", Uuid::now_v7(), &body).await, ProblemCode::QuoteExpired).await;

    let id = world.order("kiosk-1", 15_000).await;
    for (method, action) in
        [(Method::GET, ""), (Method::POST, "/cancel"), (Method::POST, "/extend"), (Method::POST, "/attempts")]
    {
        let body = if action == "/attempts" {
            json!({"no": 1, "channel": "fake"})
        } else {
            json!({"reason": "left"})
        };
        let request = world.request("kiosk-2", method, &format!("/v1/orders/{id}{action}"));
        problem(request.json(&body).send().await.expect("answered"), ProblemCode::OrderNotFound).await;
    }

    world.clock.advance_ms(600_000);
    let late = world.ask_quote("kiosk-1", &[&reference], "arrears").await;
    problem(late, ProblemCode::ReferenceExpired).await;
}

#[tokio::test]
async fn look_ups_are_limited_for_each_kiosk() {
    let world = World::with(|s| s.lookups_per_minute = 3).await;
    let ask = async |kiosk| {
        world.post(kiosk, "/v1/lookups", json!({"by": "account", "account": "5100000000009"})).await
    };
    for _ in 0..3 {
        problem(ask("kiosk-1").await, ProblemCode::AccountNotFound).await;
    }
    let limited = ask("kiosk-1").await;
    assert_eq!(limited.headers()["retry-after"], "20");
    assert!(problem(limited, ProblemCode::RateLimited).await.retryable);
    problem(ask("kiosk-2").await, ProblemCode::AccountNotFound).await;
    world.clock.advance_ms(20_000);
    problem(ask("kiosk-1").await, ProblemCode::AccountNotFound).await;
}

#[tokio::test]
async fn a_bill_is_asked_for_by_its_month() {
    let world = World::new().await;
    let reference = world.lookup("kiosk-1").await;
    let ask = async |period: &str| {
        let path = format!("/v1/lookups/{reference}/bills/{period}");
        world.request("kiosk-1", Method::GET, &path).send().await.expect("answered")
    };
    for period in ["2026-13", "2026-1", "202610", "%D0%BF"] {
        problem(ask(period).await, ProblemCode::BadRequest).await;
    }
    problem(ask("2026-10").await, ProblemCode::BillNotFound).await;
    world.billing.set_down(true);
    assert!(problem(ask("2026-10").await, ProblemCode::BillingUnavailable).await.retryable);
}

#[tokio::test]
async fn an_order_must_fit_its_quote() {
    let world = World::new().await;
    let quote = world.quote("kiosk-1").await;
    let put = async |line: Value| {
        let body = json!({"quote_id": quote, "channel": "fake", "lines": [line]});
        world.put("kiosk-1", Uuid::now_v7(), &body).await
    };
    for line in [
        json!({"line": 1, "amount_fen": 15_000}),
        json!({"line": 0, "amount_fen": 5_000_001}),
        json!({"line": 0, "amount_fen": 9_999, "periods": ["2026-09"]}),
        json!({"line": 0, "amount_fen": 10_000, "periods": ["2026-08"]}),
        json!({"line": 0, "amount_fen": 20_000, "periods": ["2026-09", "2026-09"]}),
    ] {
        problem(put(line).await, ProblemCode::AmountMismatch).await;
    }
    for line in [
        json!({"line": 0, "amount_fen": 0}),
        json!({"line": 0, "amount_fen": 1.5}),
        json!({"line": -1, "amount_fen": 1}),
    ] {
        problem(put(line).await, ProblemCode::BadRequest).await;
    }
    let unknown = json!({"quote_id": quote, "channel": "gold", "lines": [{"line": 0, "amount_fen": 15_000}]});
    problem(world.put("kiosk-1", Uuid::now_v7(), &unknown).await, ProblemCode::NotFound).await;
    assert_eq!(
        put(json!({"line": 0.0, "amount_fen": 10_000.0, "periods": ["2026-09"]})).await.status(),
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn payment_is_closed_while_billing_is_down() {
    let world = World::new().await;
    let check_in = json!({"version": "1", "journal_ok": true, "open_orders": 0, "a_member_of_tomorrow": 1});
    let open: Value =
        world.post("kiosk-1", "/v1/check-ins", check_in.clone()).await.json().await.expect("JSON");
    assert_eq!(
        (open["payment_closed"].clone(), open["channels"].as_array().map(Vec::len)),
        (Value::Null, Some(2))
    );
    assert_eq!(text(&open, "server_time"), "2026-11-23T10:00:00+08:00");

    let journal = json!({"version": "1", "journal_ok": false, "open_orders": 0});
    let closed: Value = world.post("kiosk-1", "/v1/check-ins", journal).await.json().await.expect("JSON");
    assert_eq!(text(&closed, "payment_closed"), "journal");

    world.billing.set_down(true);
    let closed: Value = world.post("kiosk-1", "/v1/check-ins", check_in).await.json().await.expect("JSON");
    assert_eq!(text(&closed, "payment_closed"), "billing");
    let lookup = world.post("kiosk-1", "/v1/lookups", json!({"by": "account", "account": ACCOUNT})).await;
    assert!(problem(lookup, ProblemCode::BillingUnavailable).await.retryable);
    let ready = world.client.get(format!("{}/readyz", world.base)).send().await.expect("answered");
    problem(ready, ProblemCode::BillingUnavailable).await;
}

/// Billing hangs, the channels do, and the outages are due: a kiosk that waits a little longer than one call hears of it.
#[tokio::test]
async fn a_kiosk_is_answered_after_one_calls_time_whoever_hangs() {
    let call = Duration::from_secs(1);
    let world = World::with(|settings| settings.call_timeout = call).await;
    world.billing.set_hangs();
    world.channel.set_hangs();
    world.fenceless.set_hangs();
    let began = Instant::now();
    let check_in = json!({"version": "1", "journal_ok": true, "open_orders": 0});
    let answer: Value = world.post("kiosk-1", "/v1/check-ins", check_in).await.json().await.expect("JSON");
    let took = began.elapsed();
    assert_eq!(text(&answer, "payment_closed"), "billing");
    assert_eq!(answer["channels"], json!([]));
    assert!(took >= call && took < call * 2, "{took:?}");
}

/// Nobody has to say who asks: asking often must not cost the store's writer and a call to billing each time.
#[tokio::test]
async fn whether_it_is_ready_is_looked_at_once_a_second() {
    let world = World::new().await;
    let ask = async || world.client.get(format!("{}/readyz", world.base)).send().await.expect("answered");
    assert_eq!(ask().await.status(), StatusCode::NO_CONTENT);
    world.billing.set_down(true);
    world.clock.advance_ms(999);
    assert_eq!(ask().await.status(), StatusCode::NO_CONTENT);
    world.clock.advance_ms(1);
    problem(ask().await, ProblemCode::BillingUnavailable).await;
    world.billing.set_down(false);
    problem(ask().await, ProblemCode::BillingUnavailable).await;
    world.clock.advance_ms(1_000);
    assert_eq!(ask().await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_document_names_every_route_and_every_problem() {
    let document: Value = serde_json::from_str(document()).expect("JSON");
    assert!(text(&document, "openapi").starts_with("3.1"));
    let paths: Vec<&String> = document["paths"].as_object().expect("paths").keys().collect();
    assert_eq!(
        paths,
        [
            "/healthz",
            "/i/{link}",
            "/openapi.json",
            "/readyz",
            "/v1/calls",
            "/v1/calls/{id}/end",
            "/v1/check-ins",
            "/v1/hall",
            "/v1/journal",
            "/v1/lookups",
            "/v1/lookups/{reference}/applications",
            "/v1/lookups/{reference}/bills",
            "/v1/lookups/{reference}/bills/{period}",
            "/v1/lookups/{reference}/call-back",
            "/v1/lookups/{reference}/codes",
            "/v1/lookups/{reference}/outages",
            "/v1/lookups/{reference}/payments",
            "/v1/lookups/{reference}/payments/{number}/invoice",
            "/v1/lookups/{reference}/proofs",
            "/v1/measures",
            "/v1/notifications/{channel}",
            "/v1/orders",
            "/v1/orders/{id}",
            "/v1/orders/{id}/aftermath",
            "/v1/orders/{id}/attempts",
            "/v1/orders/{id}/cancel",
            "/v1/orders/{id}/extend",
            "/v1/quotes",
        ]
    );
    assert_eq!(document["components"]["securitySchemes"]["kiosk"]["scheme"], "bearer");
    references(&document, &document);
    let operations = document["paths"].as_object().expect("paths").values().flat_map(|path| {
        path.as_object().expect("a path").values().map(|operation| text(operation, "operationId"))
    });
    let mut names: Vec<String> = operations.collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all, "operation ids are unique: {names:?}");
}

/// Every `$ref` leads somewhere.
fn references(document: &Value, node: &Value) {
    match node {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str) {
                let pointer = target.strip_prefix('#').expect("within the document");
                assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
            }
            members.values().for_each(|member| references(document, member));
        }
        Value::Array(items) => items.iter().for_each(|item| references(document, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
