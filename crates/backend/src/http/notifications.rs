//! Notifications from payment channels. The channel's own signature is the authentication; the answer goes out only
//! after the evidence is durable.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use powerhall_api::{Problem, ProblemCode};

use super::extract::{Part, bytes};
use super::failure::Failure;
use crate::backend::Backend;
use crate::channels::payment;
use crate::clock::timestamp;
use crate::store::{Noticed, StoreError};

/// A payment channel tells of a payment.
#[utoipa::path(
    post, path = "/v1/notifications/{channel}", tag = "channels", operation_id = "notify",
    params(("channel" = String, Path, description = "The channel's id.")),
    request_body(content = Vec<u8>, description = "As the channel sends it.", content_type = "application/octet-stream"),
    responses(
        (status = 204, description = "Taken in, now or before."),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`: not the channel's, or too old.", body = Problem,
         content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such channel.", body = Problem,
         content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Part(channel): Part<String>,
    request: Request,
) -> Result<StatusCode, Failure> {
    let entry = backend
        .channels
        .get(&channel)
        .ok_or_else(|| Failure::new(ProblemCode::NotFound, "no such channel"))?
        .clone();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let body = bytes(request, &()).await?;
    let notification =
        entry.port.parse_notification(&headers, &body, timestamp(backend.now())).map_err(|forged| {
            tracing::warn!(channel, reason = forged.0, "a notification was refused");
            Failure::new(ProblemCode::Unauthenticated, "not a notification of this channel")
        })?;
    let evidence = payment(notification.payment);
    match backend.notified(&channel, &notification.event_id, &notification.number, evidence).await {
        Ok(Noticed::Taken(_) | Noticed::Duplicate) => {}
        Ok(Noticed::NoSuchAttempt) => {
            tracing::error!(channel, number = notification.number, "money for a number that we never made");
        }
        Err(error @ StoreError::Refused(_)) => {
            tracing::error!(channel, number = notification.number, %error, "evidence was not understood");
            return Err(Failure::new(ProblemCode::Internal, "the evidence was not understood"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(StatusCode::NO_CONTENT)
}
