//! Anonymous measures of the kiosks, counted by the day.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{MeasureBatch, Measured, Problem};

use super::auth::Kiosk;
use super::extract::Body;
use super::failure::Failure;
use crate::backend::Backend;
use crate::clock::day;
use crate::measures;

/// Add measures to today's counts. The same batch again changes nothing. Which kiosk sent it is not kept.
#[utoipa::path(
    post, path = "/v1/measures", tag = "hall", operation_id = "addMeasures", request_body = MeasureBatch,
    responses(
        (status = 200, description = "They are counted.", body = Measured),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Kiosk(_): Kiosk,
    Body(batch): Body<MeasureBatch>,
) -> Result<Json<Measured>, Failure> {
    measures::check_form(&batch).map_err(Failure::bad_request)?;
    let now = backend.now();
    let counts = measures::counts(&batch);
    let counted = backend.store.measure(batch.id, &day(now).to_string(), &counts, now).await?;
    Ok(Json(Measured { counted }))
}
