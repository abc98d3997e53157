//! Calls for the guide, from the kiosk's side. Staff sees and takes them at its own door.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{Call, CallRequest, CallState, Problem, ProblemCode};
use uuid::Uuid;

use super::auth::Kiosk;
use super::extract::{Body, Part};
use super::failure::Failure;
use crate::backend::Backend;
use crate::calls::is_reference;

/// Call the guide. The same call again is the same call; a new one ends the kiosk's former.
#[utoipa::path(
    post, path = "/v1/calls", tag = "hall", operation_id = "callGuide", request_body = CallRequest,
    responses(
        (status = 200, description = "Where the call stands.", body = Call),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_conflict`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Body(request): Body<CallRequest>,
) -> Result<Json<Call>, Failure> {
    if request.reference.as_deref().is_some_and(|reference| !is_reference(reference)) {
        return Err(Failure::bad_request("reference has 1 to 20 of 0-9, A-Z and -"));
    }
    let now = backend.now();
    let Some(call) = backend.store.call(&kiosk, &request, now).await? else {
        let title = "the call's id was used with other content";
        return Err(Failure::new(ProblemCode::IdempotencyConflict, title));
    };
    tracing::info!(
        kiosk,
        place = call.place.name(),
        reference = call.reference,
        "a customer calls the guide"
    );
    Ok(Json(Call { id: call.id, state: call.state(now) }))
}

/// The customer needs nobody any more. A call that is over, or was never made, stays over.
#[utoipa::path(
    post, path = "/v1/calls/{id}/end", tag = "hall", operation_id = "endCall",
    params(("id" = Uuid, Path, description = "The call.")),
    responses(
        (status = 200, description = "It is over.", body = Call),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn end(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
) -> Result<Json<Call>, Failure> {
    backend.store.end_call(&kiosk, id, backend.now()).await?;
    Ok(Json(Call { id, state: CallState::Done }))
}
