//! The REST API: one file per resource. Every answer that is not a success is an RFC 9457 problem, whoever made it;
//! every answer names the request.

mod aftermath;
mod auth;
mod bills;
mod call_backs;
mod calls;
mod check_ins;
mod document;
mod extract;
mod failure;
mod finish;
mod hall;
mod health;
mod journal;
mod links;
mod looked_up;
mod lookups;
mod measures;
mod notifications;
mod orders;
mod outages;
mod payments;
mod proofs;
mod quotes;
mod wait;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use powerhall_api::ProblemCode;
use tower_http::catch_panic::CatchPanicLayer;

use crate::backend::Backend;
use failure::Failure;

pub use document::document;

/// The largest body that is read.
const BODY_MAX: usize = 64 * 1024;
/// Above the longest wait of a long poll.
const ANSWER_MAX: Duration = Duration::from_secs(45);

/// The whole API.
pub fn router(backend: Arc<Backend>) -> Router {
    Router::new()
        .route("/v1/lookups", post(lookups::create))
        .route("/v1/lookups/{reference}/applications", get(lookups::applications))
        .route("/v1/lookups/{reference}/call-back", put(call_backs::ask))
        .route("/v1/lookups/{reference}/bills", get(bills::list))
        .route("/v1/lookups/{reference}/bills/{period}", get(bills::get))
        .route("/v1/lookups/{reference}/outages", get(outages::list))
        .route("/v1/lookups/{reference}/codes", post(proofs::code))
        .route("/v1/lookups/{reference}/proofs", post(proofs::prove))
        .route("/v1/lookups/{reference}/payments", get(payments::list))
        .route("/v1/lookups/{reference}/payments/{number}/invoice", post(payments::invoice))
        .route("/v1/quotes", post(quotes::create))
        .route("/v1/orders", get(orders::list))
        .route("/v1/orders/{id}", put(orders::put).get(orders::get))
        .route("/v1/orders/{id}/cancel", post(orders::cancel))
        .route("/v1/orders/{id}/extend", post(orders::extend))
        .route("/v1/orders/{id}/attempts", post(orders::attempt))
        .route("/v1/orders/{id}/aftermath", get(aftermath::get))
        .route("/v1/check-ins", post(check_ins::create))
        .route("/v1/calls", post(calls::create))
        .route("/v1/calls/{id}/end", post(calls::end))
        .route("/v1/journal", post(journal::upload))
        .route("/v1/measures", post(measures::create))
        .route("/v1/hall", get(hall::get))
        .route("/v1/notifications/{channel}", post(notifications::create))
        .route("/i/{link}", get(links::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(document::serve))
        .fallback(async || Failure::new(ProblemCode::NotFound, "no such path"))
        .layer(middleware::from_fn(in_time))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(finish::finish))
        .with_state(backend)
}

/// A request that takes too long is given up; whatever it began is finished or undone by the store.
async fn in_time(request: axum::extract::Request, next: middleware::Next) -> Response {
    match tokio::time::timeout(ANSWER_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::new(ProblemCode::Internal, "the answer took too long").into_response(),
    }
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    // The panic's message may hold anything; the hook has logged where it was.
    let mut response = Failure::new(ProblemCode::Internal, "a programming error").into_response();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
