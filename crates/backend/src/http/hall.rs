//! What the hall publishes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{Hall, Problem};

use super::auth::Kiosk;
use crate::backend::Backend;

/// The hall's published information.
#[utoipa::path(
    get, path = "/v1/hall", tag = "hall", operation_id = "getHall",
    responses(
        (status = 200, description = "Texts by language.", body = Hall),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn get(State(backend): State<Arc<Backend>>, Kiosk(_): Kiosk) -> Json<Hall> {
    Json(Hall::clone(&*backend.published().await))
}
