//! What was billed to the account that a look-up found: the last months, and one of them in detail.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{BillDetail, Bills, Problem, ProblemCode};
use powerhall_billing::port::Month;

use super::extract::Part;
use super::failure::Failure;
use super::looked_up::{LookedUp, Unanswered};
use super::lookups::answer;
use crate::backend::Backend;
use crate::clock::day;

/// The last months of an account, paid or not.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/bills", tag = "lookups", operation_id = "listBills",
    params(("reference" = String, Path, description = "From a look-up of this kiosk.")),
    responses(
        (status = 200, description = "Newest first, and where the account stands in this year's tiers.", body = Bills),
        Unanswered,
    ),
    security(("kiosk" = []))
)]
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    LookedUp(account): LookedUp,
) -> Result<Json<Bills>, Failure> {
    let today = day(backend.now());
    let bills = answer(&backend, backend.billing.bills(&account.id, today)).await?;
    Ok(Json(Bills { account: Some(account.public), ..bills }))
}

/// How a month's bill came about.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/bills/{period}", tag = "lookups", operation_id = "getBill",
    params(
        ("reference" = String, Path, description = "From a look-up of this kiosk."),
        ("period" = String, Path, description = "A billing month, `2026-08`."),
    ),
    responses(
        (status = 200, description = "Its lines add up to its amount.", body = BillDetail),
        Unanswered,
        (status = 404, description = "`reference_expired`, `bill_not_found`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    LookedUp(account): LookedUp,
    Part((_, period)): Part<(String, String)>,
) -> Result<Json<BillDetail>, Failure> {
    let month: Month =
        period.parse().map_err(|_| Failure::bad_request("period must be a month such as 2026-08"))?;
    let today = day(backend.now());
    let bill = answer(&backend, backend.billing.bill(&account.id, month, today)).await?;
    bill.map(Json).ok_or_else(|| Failure::new(ProblemCode::BillNotFound, "no bill of this month"))
}
