//! The client against a backend that misbehaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use powerhall_api::{
    CancelReason, CodeSent, LookupRequest, OrderRequest, Problem, ProblemCode, ProofRequest,
};
use powerhall_flow::{Answer, Question, Trouble};
use powerhall_kiosk::client::Client;
use powerhall_kiosk::config::BackendConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::fake::order;

pub fn backend_config(url: &str) -> BackendConfig {
    BackendConfig {
        url: url.parse().unwrap(),
        kiosk_id: "kiosk-1".to_owned(),
        secret: "a-secret-of-the-tests".into(),
        root_ca: None,
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(1),
        wait: Duration::from_secs(1),
    }
}

fn client(url: &str) -> Client {
    Client::new(backend_config(url)).unwrap()
}

/// A backend that gives every request to `answer`; counts them.
async fn backend<F>(
    answer: impl Fn(Request) -> F + Clone + Send + Sync + 'static,
) -> (Client, Arc<AtomicUsize>)
where
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let router = Router::new().fallback(move |request: Request| {
        counted.fetch_add(1, Ordering::SeqCst);
        answer(request)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (client(&url), count)
}

/// A backend that writes these bytes to each connection once it has heard something; nothing: it hangs up at once.
async fn raw(answers: Vec<Option<Vec<u8>>>) -> (Client, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            if let Some(bytes) = answer {
                let _ = stream.read(&mut [0; 8192]).await;
                let _ = stream.write_all(&bytes).await;
            } else {
                // What was sent and not read makes the kernel answer with a reset.
                stream.readable().await.unwrap();
            }
        }
    });
    (client(&url), count)
}

fn answer(status: u16, media: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).header("content-type", media).body(body.into()).unwrap()
}

fn json(value: &impl serde::Serialize) -> Response<Body> {
    answer(200, "application/json; charset=utf-8", serde_json::to_string(value).unwrap())
}

fn problem(code: ProblemCode) -> Response<Body> {
    let problem = Problem::new(code, "said by the test");
    answer(problem.status, "application/problem+json", serde_json::to_string(&problem).unwrap())
}

fn request() -> OrderRequest {
    OrderRequest { quote_id: "q".to_owned(), channel: "sandbox".to_owned(), lines: Vec::new() }
}

pub fn lookup() -> Question {
    Question::Lookup(LookupRequest::Account { account: "5101234567127".into() })
}

#[tokio::test]
async fn says_who_asks_and_what_it_knows() {
    let id = Uuid::now_v7();
    let (client, _) = backend(move |request| async move {
        let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("authorization"), "Bearer kiosk-1:a-secret-of-the-tests");
        assert_eq!(request.uri().path(), format!("/v1/orders/{id}"));
        assert_eq!(header("prefer"), "wait=1");
        match header("if-none-match").as_str() {
            "\"7\"" => Response::builder().status(304).body(Body::empty()).unwrap(),
            _ => json(&order(id, 7)),
        }
    })
    .await;
    assert_eq!(client.watch(id, 7).await, Ok(None));
    assert_eq!(client.watch(id, 6).await, Ok(Some(order(id, 7))));
}

#[tokio::test]
async fn every_bad_answer_is_a_trouble() {
    use ProblemCode::{AccountNotFound, OrderNotFound, RateLimited};
    let id = Uuid::now_v7();
    let good = serde_json::to_string(&order(id, 1)).unwrap();
    let other = serde_json::to_string(&order(Uuid::now_v7(), 1)).unwrap();
    let not_found = serde_json::to_string(&Problem::new(OrderNotFound, "t")).unwrap();
    let from_the_future = not_found.replace("order_not_found", "made_tomorrow");
    let problems = "application/problem+json";
    for (status, media, body, expected) in [
        (200, "application/json", "{".to_owned(), Trouble::Malformed),
        (200, "application/json", String::new(), Trouble::Malformed),
        (200, "application/json", "[]".to_owned(), Trouble::Malformed),
        (200, "application/json", other, Trouble::Malformed),
        (200, "application/json", format!("{good}{}", " ".repeat(1 << 20)), Trouble::Malformed),
        (200, "text/html", good.clone(), Trouble::Malformed),
        (204, "application/json", String::new(), Trouble::Malformed),
        (304, "application/json", String::new(), Trouble::Malformed),
        (302, "application/json", good, Trouble::Malformed),
        (404, "text/html", "<h1>gone</h1>".to_owned(), Trouble::Malformed),
        (404, problems, "{".to_owned(), Trouble::Malformed),
        (404, problems, not_found.clone(), Trouble::Problem(OrderNotFound, None)),
        (404, "application/json", not_found.clone(), Trouble::Malformed),
        // A code that does not go with its status was not said by the backend.
        (500, problems, not_found, Trouble::Server(500)),
        (409, problems, from_the_future, Trouble::Problem(ProblemCode::Unknown, None)),
        (500, "text/plain", "oh".to_owned(), Trouble::Server(500)),
        (429, "text/plain", String::new(), Trouble::Problem(RateLimited, None)),
    ] {
        let (client, _) = backend(move |_| {
            let body = body.clone();
            async move { answer(status, media, body) }
        })
        .await;
        assert_eq!(client.put_order(id, &request()).await, Err(expected), "{status} {media}");
    }
    let (client, count) = backend(|_| async { problem(AccountNotFound) }).await;
    assert_eq!(client.ask(lookup()).await, Err(Trouble::Problem(AccountNotFound, None)));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn reads_how_long_to_wait() {
    for (header, expected) in [("17", Some(17)), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)] {
        let (client, count) = backend(move |_| async move {
            let mut response = problem(ProblemCode::RateLimited);
            response.headers_mut().insert("retry-after", header.parse().unwrap());
            response
        })
        .await;
        let trouble = client.ask(lookup()).await.unwrap_err();
        assert_eq!(trouble, Trouble::Problem(ProblemCode::RateLimited, expected));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_slow_answer_is_a_timeout_and_not_asked_again() {
    let (client, count) = backend(|_| async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        answer(200, "application/json", "{}")
    })
    .await;
    let start = Instant::now();
    assert_eq!(client.put_order(Uuid::now_v7(), &request()).await, Err(Trouble::Timeout));
    assert!((900..3000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn only_what_is_idempotent_is_tried_again() {
    let id = Uuid::now_v7();
    let body = serde_json::to_string(&order(id, 1)).unwrap();
    let good = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let resets = || vec![None, None, Some(good.clone().into_bytes())];
    let (client, count) = raw(resets()).await;
    assert_eq!(client.put_order(id, &request()).await, Ok(order(id, 1)));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let (client, count) = raw(resets()).await;
    assert_eq!(client.cancel(id, CancelReason::Left).await, Ok(order(id, 1)));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let (client, count) = raw(resets()).await;
    assert_eq!(client.ask(lookup()).await, Err(Trouble::Offline));
    assert_eq!(client.extend(id).await, Err(Trouble::Offline));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_answer_cut_short_is_no_answer() {
    let id = Uuid::now_v7();
    let body = serde_json::to_string(&order(id, 1)).unwrap();
    let cut = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
        body.len(),
        &body[..body.len() / 2]
    );
    let (client, count) = raw(vec![Some(cut.into_bytes()); 3]).await;
    assert_eq!(client.put_order(id, &request()).await, Err(Trouble::Offline));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let (client, _) = raw(vec![Some(b"HTTP/1.1 nonsense\r\n\r\n".to_vec())]).await;
    assert_eq!(client.extend(id).await, Err(Trouble::Offline));
}

#[tokio::test]
async fn a_gateway_that_says_not_now_is_asked_again_the_backend_is_not() {
    let id = Uuid::now_v7();
    let (client, count) = backend(|_| async { answer(503, "text/html", "busy") }).await;
    assert_eq!(client.put_order(id, &request()).await, Err(Trouble::Server(503)));
    assert_eq!(count.load(Ordering::SeqCst), 3);
    let (client, count) = backend(|_| async { problem(ProblemCode::BillingUnavailable) }).await;
    let said = Trouble::Problem(ProblemCode::BillingUnavailable, None);
    assert_eq!(client.put_order(id, &request()).await, Err(said));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nobody_there_is_offline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(client(&url).open_orders().await, Err(Trouble::Offline));
}

#[tokio::test]
async fn follows_no_redirect_and_escapes_references() {
    let (client, count) = backend(move |request| async move {
        assert_eq!(request.uri().to_string(), "/v1/lookups/a%2F..%2Fb%3Fc/applications");
        Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", "/v1/x")
            .body(Body::empty())
            .unwrap()
    })
    .await;
    assert_eq!(client.ask(Question::Applications("a/../b?c".into())).await, Err(Trouble::Malformed));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_bill_of_another_month_is_no_answer() {
    let (client, _) = backend(|request| async move {
        assert_eq!(request.uri().to_string(), "/v1/lookups/r1/bills/2026-10");
        let bill = r#"{"period": "2026-09", "kwh": 0, "amount_fen": 0, "paid_fen": 0, "state": "paid",
            "due_date": "2026-10-25", "multiplier": 1, "readings": [], "lines": []}"#;
        answer(200, "application/json", bill)
    })
    .await;
    assert_eq!(client.ask(Question::Bill("r1".into(), "2026-10".into())).await, Err(Trouble::Malformed));
}

#[tokio::test]
async fn a_code_and_a_proof_are_asked_for_once() {
    let (client, _) = backend(|request| async move {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri().to_string(), "/v1/lookups/r1/codes", "nothing personal in an address");
        answer(202, "application/json", r#"{"seconds_left": 300, "again_after": 60}"#)
    })
    .await;
    let sent = Answer::CodeSent(CodeSent { seconds_left: 300, again_after: 60 });
    assert_eq!(client.ask(Question::SendCode("r1".into())).await, Ok(sent));

    let proof = || Question::Prove("r1".into(), ProofRequest::IdLast4 { id_last4: "002X".into() });
    let (client, count) = backend(|request| async move {
        assert_eq!(request.uri().to_string(), "/v1/lookups/r1/proofs");
        let body = axum::body::to_bytes(request.into_body(), 1_000).await.unwrap();
        assert_eq!(&body[..], br#"{"by":"id_last4","id_last4":"002X"}"#);
        problem(ProblemCode::ProofWrong)
    })
    .await;
    assert_eq!(client.ask(proof()).await, Err(Trouble::Problem(ProblemCode::ProofWrong, None)));
    assert_eq!(count.load(Ordering::SeqCst), 1);

    // Tries are counted: whatever happens on the way, nothing is sent a second time by itself.
    let (client, count) = raw(vec![None, None, None]).await;
    assert_eq!(client.ask(proof()).await, Err(Trouble::Offline));
    assert_eq!(client.ask(Question::SendCode("r1".into())).await, Err(Trouble::Offline));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_proof_that_opens_nothing_is_no_answer() {
    let nothing = r#"{"accounts": [], "more": false, "seconds_left": 600}"#;
    let (client, _) = backend(move |_| async move { answer(201, "application/json", nothing) }).await;
    let proof = ProofRequest::Code { code: "000042".into() };
    assert_eq!(client.ask(Question::Prove("r1".into(), proof)).await, Err(Trouble::Malformed));
}
