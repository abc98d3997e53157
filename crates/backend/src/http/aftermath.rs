//! What follows a payment outside of the books. Asks billing, remembers nothing, changes nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{Aftermath, LineAftermath, Problem};
use powerhall_money::Deliver;
use uuid::Uuid;

use super::auth::Kiosk;
use super::extract::Part;
use super::failure::Failure;
use super::lookups::answer;
use super::orders::own;
use crate::backend::Backend;

/// How far the recharge of a prepaid meter is, or the reconnection of a supply that was cut off.
#[utoipa::path(
    get, path = "/v1/orders/{id}/aftermath", tag = "orders", operation_id = "getAftermath",
    params(("id" = Uuid, Path, description = "The order.")),
    responses(
        (status = 200, description = "One entry for each posted line that something follows from.", body = Aftermath),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`order_not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
) -> Result<Json<Aftermath>, Failure> {
    let stored = own(&backend, &kiosk, id).await?;
    let mut aftermath = Aftermath::default();
    // What a person added later is the hall's business, not this customer's screen's.
    let posted = stored.order.lines.iter().filter(|l| l.extra.is_none() && l.deliver == Deliver::Posted);
    for line in posted {
        if let Some(found) = answer(&backend, backend.billing.aftermath(&line.key)).await? {
            let (recharge, reconnection) = (found.recharge, found.reconnection);
            aftermath.lines.push(LineAftermath { line: line.line, recharge, reconnection });
        }
    }
    Ok(Json(aftermath))
}
