//! Uploads of the kiosks' journals.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{JournalAnswer, JournalUpload, Problem};
use powerhall_crash::{Point, here};

use super::auth::Kiosk;
use super::extract::Body;
use super::failure::Failure;
use crate::backend::Backend;
use crate::journal;

/// Upload rows of the kiosk's journal, in order. The same rows again change nothing.
#[utoipa::path(
    post, path = "/v1/journal", tag = "hall", operation_id = "uploadJournal", request_body = JournalUpload,
    responses(
        (status = 200, description = "What is held now; rows that do not follow on it are to be sent from there.",
         body = JournalAnswer),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn upload(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Body(upload): Body<JournalUpload>,
) -> Result<Json<JournalAnswer>, Failure> {
    journal::check_form(&upload).map_err(Failure::bad_request)?;
    let answer = backend.store.journal(&kiosk, &upload, backend.now()).await?;
    here(Point::JournalStored);
    for refusal in &answer.refused {
        tracing::warn!(
            kiosk,
            seq = refusal.seq,
            code = refusal.code,
            "a row of a kiosk's journal was refused"
        );
    }
    Ok(Json(answer))
}
