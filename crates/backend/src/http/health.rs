//! For whoever keeps the backend running.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use powerhall_api::{Problem, ProblemCode};

use super::failure::Failure;
use crate::backend::Backend;
use crate::ready::Verdict;

/// The process lives.
#[utoipa::path(
    get, path = "/healthz", tag = "health", operation_id = "isAlive",
    responses((status = 204, description = "It lives."))
)]
pub(super) async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The process can serve: its store can be written and billing answers. Looked at once a second at most.
#[utoipa::path(
    get, path = "/readyz", tag = "health", operation_id = "isReady",
    responses(
        (status = 204, description = "It can serve."),
        (status = 500, description = "`internal`: the store cannot be written.", body = Problem,
         content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ready(State(backend): State<Arc<Backend>>) -> Result<StatusCode, Failure> {
    match backend.readiness.verdict(&*backend.clock, look(&backend)).await {
        Verdict::Ready => Ok(StatusCode::NO_CONTENT),
        Verdict::NoStore => Err(Failure::new(ProblemCode::Internal, "the store cannot be written")),
        Verdict::NoBilling => Err(Failure::new(ProblemCode::BillingUnavailable, "billing does not answer")),
    }
}

async fn look(backend: &Backend) -> Verdict {
    if !backend.store.ready().await {
        return Verdict::NoStore;
    }
    let billing = tokio::time::timeout(backend.settings.call_timeout, backend.billing.ready());
    if billing.await.unwrap_or(false) { Verdict::Ready } else { Verdict::NoBilling }
}
