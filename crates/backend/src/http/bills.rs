//! What was billed to the account that a look-up found: the last months, and one of them in detail.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{BillDetail, Bills, Problem, ProblemCode};
use powerhall_billing::port::{AccountRecord, Month};

use super::auth::Kiosk;
use super::extract::Part;
use super::failure::Failure;
use super::lookups::{answer, reference_expired};
use crate::backend::Backend;
use crate::clock::day;
use crate::desk::Found;

/// The last months of an account, paid or not.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/bills", tag = "lookups", operation_id = "listBills",
    params(("reference" = String, Path, description = "From a look-up of this kiosk.")),
    responses(
        (status = 200, description = "Newest first, and where the account stands in this year's tiers.", body = Bills),
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
) -> Result<Json<Bills>, Failure> {
    let account = account(&backend, &kiosk, &reference)?;
    let today = day(backend.now());
    Ok(Json(answer(&backend, backend.billing.bills(&account.id, today)).await?))
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
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`, `bill_not_found`", body = Problem,
         content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part((reference, period)): Part<(String, String)>,
) -> Result<Json<BillDetail>, Failure> {
    let month: Month =
        period.parse().map_err(|_| Failure::bad_request("period must be a month such as 2026-08"))?;
    let account = account(&backend, &kiosk, &reference)?;
    let today = day(backend.now());
    let bill = answer(&backend, backend.billing.bill(&account.id, month, today)).await?;
    bill.map(Json).ok_or_else(|| Failure::new(ProblemCode::BillNotFound, "no bill of this month"))
}

/// The account that a reference stands for.
pub(super) fn account(backend: &Backend, kiosk: &str, reference: &str) -> Result<AccountRecord, Failure> {
    match backend.desk.lookup(reference, kiosk, backend.now()) {
        Some(Found::Account { record, .. }) => Ok(record),
        Some(Found::Applications(_)) | None => Err(reference_expired()),
    }
}
