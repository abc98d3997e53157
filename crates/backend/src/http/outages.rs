//! The planned outages of the account that a look-up found. Those of everybody are a part of what the hall publishes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{Outages, Problem};

use super::auth::Kiosk;
use super::bills::account;
use super::extract::Part;
use super::failure::Failure;
use super::lookups::answer;
use crate::backend::Backend;
use crate::clock::timestamp;

/// The planned outages that an account is in.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/outages", tag = "lookups", operation_id = "listOutages",
    params(("reference" = String, Path, description = "From a look-up of this kiosk.")),
    responses(
        (status = 200, description = "By their beginning; those that are over are left out.", body = Outages),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(reference): Part<String>,
) -> Result<Json<Outages>, Failure> {
    let account = account(&backend, &kiosk, &reference)?;
    let asked = backend.billing.outages_of(&account.id, timestamp(backend.now()));
    let outages = answer(&backend, asked).await?;
    Ok(Json(Outages { account_masked: account.public.account_masked, outages }))
}
