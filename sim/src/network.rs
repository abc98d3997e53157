//! The kiosk's client over a network that loses, delays, doubles and reorders in each direction. What an answer means
//! is read as the real client reads it; what it proves is the flow's to say.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use powerhall_api as api;
use powerhall_api::{Problem, ProblemCode};
use powerhall_flow::Trouble;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::chance::Fault;
use crate::party;
use crate::sim::Sim;

/// How long the kiosk waits for an answer.
const ANSWER: u64 = 10_000;
/// How long the backend may wait with an answer about an order that does not move.
const WAIT: u64 = 25_000;

/// A kiosk's way to the backend.
#[derive(Clone)]
pub struct Client {
    /// The world.
    pub sim: Arc<Sim>,
    /// The kiosk's id; its secret is derived from it.
    pub kiosk: Arc<str>,
}

/// The secret of a kiosk in the simulation.
#[must_use]
pub fn secret(kiosk: &str) -> String {
    format!("secret-of-{kiosk}")
}

/// A request, so that it can be sent twice.
#[derive(Clone)]
struct Ask {
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
    known: Option<u64>,
}

impl Client {
    /// `POST /v1/check-ins`.
    pub async fn check_in(&self, check_in: &api::CheckIn) -> Result<api::CheckInAnswer, Trouble> {
        self.body(self.ask(Method::POST, "/v1/check-ins".to_owned(), Some(check_in))).await
    }

    /// `GET /v1/hall`.
    pub async fn hall(&self) -> Result<api::Hall, Trouble> {
        self.body(self.ask(Method::GET, "/v1/hall".to_owned(), None::<&()>)).await
    }

    /// `POST /v1/journal`.
    pub async fn upload(&self, upload: &api::JournalUpload) -> Result<api::JournalAnswer, Trouble> {
        self.body(self.ask(Method::POST, "/v1/journal".to_owned(), Some(upload))).await
    }

    /// `GET /v1/orders?state=open`.
    pub async fn open_orders(&self) -> Result<api::Orders, Trouble> {
        let open: api::Orders =
            self.body(self.ask(Method::GET, "/v1/orders?state=open".to_owned(), None::<&()>)).await?;
        open.orders.iter().for_each(|order| self.told(order));
        Ok(open)
    }

    /// `POST /v1/lookups`.
    pub async fn lookup(&self, lookup: &api::LookupRequest) -> Result<api::Lookup, Trouble> {
        self.body(self.ask(Method::POST, "/v1/lookups".to_owned(), Some(lookup))).await
    }

    /// `POST /v1/quotes`.
    ///
    /// Now and then for further accounts as well, which the pages do not show; see [`party`].
    pub async fn quote(&self, wanted: &api::QuoteRequest) -> Result<api::Quote, Trouble> {
        let mut wanted = wanted.clone();
        for number in party::companions(&self.sim) {
            let account = api::Personal::new(number);
            if let Ok(found) = self.lookup(&api::LookupRequest::Account { account }).await {
                wanted.references.push(found.reference);
            }
        }
        let asked = self.ask(Method::POST, "/v1/quotes".to_owned(), Some(&wanted));
        let quote: api::Quote = self.body(asked).await?;
        if quote.lines.len() > 1 {
            self.sim.with(|inner| inner.quotes.insert(quote.quote_id.clone(), quote.clone()));
        }
        Ok(quote)
    }

    /// `PUT /v1/orders/{id}`.
    pub async fn put_order(&self, id: Uuid, request: &api::OrderRequest) -> Result<api::Order, Trouble> {
        let request = &party::spread(&self.sim, id, request);
        let ask = self.ask(Method::PUT, format!("/v1/orders/{id}"), Some(request));
        let answer = self.order(ask).await;
        if answer.is_ok() && self.sim.hit(Fault::OtherContent) {
            self.other_content(id, request).await;
        }
        answer
    }

    /// I10: the same id with other content is refused.
    async fn other_content(&self, id: Uuid, request: &api::OrderRequest) {
        let mut other = request.clone();
        for line in &mut other.lines {
            line.amount_fen = line.amount_fen.plus(crate::books::fen(1)).unwrap_or(line.amount_fen);
        }
        let ask = self.ask(Method::PUT, format!("/v1/orders/{id}"), Some(&other));
        match self.send(ask).await {
            Ok((status, _)) if status != StatusCode::UNPROCESSABLE_ENTITY && !status.is_server_error() => {
                self.sim.violation(format!("I10: other content was answered with {status}"));
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// `GET /v1/orders/{id}` with a wait.
    pub async fn watch(&self, id: Uuid, version: u64) -> Result<Option<api::Order>, Trouble> {
        let mut ask = self.ask(Method::GET, format!("/v1/orders/{id}"), None::<&()>);
        ask.known = Some(version);
        match self.exchange(ask).await? {
            (StatusCode::NOT_MODIFIED, _) => Ok(None),
            (status, bytes) => {
                let order: api::Order = read(status, &bytes)?;
                self.told(&order);
                Ok(Some(order))
            }
        }
    }

    /// `POST /v1/orders/{id}/cancel`.
    pub async fn cancel(&self, id: Uuid, reason: api::CancelReason) -> Result<api::Order, Trouble> {
        let body = api::CancelRequest { reason };
        self.order(self.ask(Method::POST, format!("/v1/orders/{id}/cancel"), Some(&body))).await
    }

    /// `POST /v1/orders/{id}/extend`.
    pub async fn extend(&self, id: Uuid) -> Result<api::Order, Trouble> {
        self.order(self.ask(Method::POST, format!("/v1/orders/{id}/extend"), None::<&()>)).await
    }

    /// `POST /v1/orders/{id}/attempts`.
    pub async fn new_attempt(&self, id: Uuid, request: &api::AttemptRequest) -> Result<api::Order, Trouble> {
        self.order(self.ask(Method::POST, format!("/v1/orders/{id}/attempts"), Some(request))).await
    }

    fn ask<B: Serialize>(&self, method: Method, path: String, body: Option<&B>) -> Ask {
        Ask { method, path, body: body.and_then(|b| serde_json::to_vec(b).ok()), known: None }
    }

    async fn order(&self, ask: Ask) -> Result<api::Order, Trouble> {
        let order = self.body(ask).await?;
        self.told(&order);
        Ok(order)
    }

    fn told(&self, order: &api::Order) {
        let ms = self.sim.ms();
        self.sim.with(|inner| inner.told(ms, order));
    }

    async fn body<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, Trouble> {
        let (status, bytes) = self.exchange(ask).await?;
        read(status, &bytes)
    }

    /// As the real client: what is idempotent is tried again when nothing answered.
    async fn exchange(&self, ask: Ask) -> Result<(StatusCode, Vec<u8>), Trouble> {
        let tries = if ask.method == Method::POST && !ask.path.ends_with("cancel") { 1 } else { 3 };
        for again in 1..tries {
            match self.in_time(ask.clone()).await {
                Err(Trouble::Offline | Trouble::Server(502..=504)) => self.sim.pass(150, 300 * again).await,
                answered => return answered,
            }
        }
        self.in_time(ask).await
    }

    async fn in_time(&self, ask: Ask) -> Result<(StatusCode, Vec<u8>), Trouble> {
        let longest = Duration::from_millis(if ask.known.is_some() { ANSWER + WAIT } else { ANSWER });
        tokio::time::timeout(longest, self.send(ask)).await.unwrap_or(Err(Trouble::Timeout))
    }

    async fn send(&self, ask: Ask) -> Result<(StatusCode, Vec<u8>), Trouble> {
        let sim = &self.sim;
        if sim.hit(Fault::RequestLost) {
            std::future::pending::<()>().await;
        }
        if sim.hit(Fault::ProxyError) {
            return Err(Trouble::Server(502));
        }
        if ask.known.is_none() && sim.hit(Fault::RequestDoubled) {
            let (again, twin) = (self.clone(), ask.clone());
            tokio::spawn(async move {
                again.sim.pass(10, 120_000).await;
                // The answer goes to nobody.
                let _ = again.arrive(&twin).await;
            });
        }
        if sim.hit(Fault::RequestDelayed) {
            sim.pass(200, 15_000).await
        } else {
            sim.pass(1, 30).await
        }
        let answer = self.arrive(&ask).await;
        if sim.hit(Fault::AnswerLost) {
            std::future::pending::<()>().await;
        }
        if sim.hit(Fault::BadAnswer) {
            return Err(Trouble::Malformed);
        }
        if sim.hit(Fault::AnswerDelayed) {
            sim.pass(200, 15_000).await
        } else {
            sim.pass(1, 30).await
        }
        answer
    }

    /// The request reaches the backend.
    async fn arrive(&self, ask: &Ask) -> Result<(StatusCode, Vec<u8>), Trouble> {
        let process = self.sim.current().ok_or(Trouble::Offline)?;
        let credentials = format!("Bearer {}:{}", self.kiosk, secret(&self.kiosk));
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(&ask.path)
            .header(header::AUTHORIZATION, credentials);
        if ask.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Some(version) = ask.known {
            request = request
                .header(header::IF_NONE_MATCH, format!("\"{version}\""))
                .header("prefer", format!("wait={}", WAIT / 1000));
        }
        let request = request
            .body(ask.body.clone().map_or_else(Body::empty, Body::from))
            .map_err(|_| Trouble::Malformed)?;
        let answer = process.handle(&self.sim, request).await.ok_or(Trouble::Offline)?;
        let status = answer.status();
        let bytes =
            axum::body::to_bytes(answer.into_body(), 1 << 20).await.map_err(|_| Trouble::Malformed)?;
        Ok((status, bytes.to_vec()))
    }
}

fn read<T: DeserializeOwned>(status: StatusCode, bytes: &[u8]) -> Result<T, Trouble> {
    if status.is_success() {
        return serde_json::from_slice(bytes).map_err(|_| Trouble::Malformed);
    }
    match serde_json::from_slice::<Problem>(bytes) {
        Ok(problem) if problem.code != ProblemCode::Unknown => Err(Trouble::Problem(problem.code, None)),
        Ok(_) | Err(_) if status.is_server_error() => Err(Trouble::Server(status.as_u16())),
        Ok(_) | Err(_) => Err(Trouble::Malformed),
    }
}
