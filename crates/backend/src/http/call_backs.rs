//! A customer asks to be rung about an application.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{CallBack, Problem, ProblemCode};

use super::auth::Kiosk;
use super::extract::Part;
use super::failure::Failure;
use super::lookups::reference_expired;
use crate::backend::Backend;
use crate::call_backs::CallBackRow;
use crate::desk::Found;

/// Ask to be rung about an application, on the phone on file. Asked for again, the first request stands as it was.
#[utoipa::path(
    put, path = "/v1/lookups/{reference}/call-back", tag = "lookups", operation_id = "askCallBack",
    params(("reference" = String, Path, description = "An application's own, from `listApplications`.")),
    responses(
        (status = 200, description = "It is noted; by when somebody rings.", body = CallBack),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`call_back_impossible`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn ask(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(reference): Part<String>,
) -> Result<Json<CallBack>, Failure> {
    let now = backend.now();
    let record = match backend.desk.lookup(&reference, &kiosk, now) {
        Some(Found::Applications(found)) => match <[_; 1]>::try_from(found) {
            Ok([record]) => record,
            // Which of them is not said.
            Err(_) => return Err(reference_expired()),
        },
        Some(Found::Account { .. }) | None => return Err(reference_expired()),
    };
    let Some(contact) = record.public.contact.filter(|contact| contact.phone_masked.is_some()) else {
        let title = "the application is over, or has no phone on file";
        return Err(Failure::new(ProblemCode::CallBackImpossible, title));
    };
    let new = CallBackRow {
        application: record.id.0.into(),
        kiosk: kiosk.clone(),
        asked: now,
        ring_by: contact.ring_by,
        done: None,
    };
    let row = backend.store.ask_call_back(&new).await?;
    tracing::info!(kiosk, again = row.asked != now, "a customer asks to be rung");
    Ok(Json(row.public()))
}
