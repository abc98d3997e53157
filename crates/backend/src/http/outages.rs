//! The planned outages of the account that a look-up found. Those of everybody are a part of what the hall publishes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::Outages;

use super::failure::Failure;
use super::looked_up::{LookedUp, Unanswered};
use super::lookups::answer;
use crate::backend::Backend;
use crate::clock::timestamp;

/// The planned outages that an account is in.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/outages", tag = "lookups", operation_id = "listOutages",
    params(("reference" = String, Path, description = "From a look-up of this kiosk.")),
    responses(
        (status = 200, description = "By their beginning; those that are over are left out.", body = Outages),
        Unanswered,
    ),
    security(("kiosk" = []))
)]
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    LookedUp(account): LookedUp,
) -> Result<Json<Outages>, Failure> {
    let asked = backend.billing.outages_of(&account.id, timestamp(backend.now()));
    let outages = answer(&backend, asked).await?;
    Ok(Json(Outages { account_masked: account.public.account_masked, outages }))
}
