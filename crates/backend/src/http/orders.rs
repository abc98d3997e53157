//! Orders: the kiosk names them, so that asking twice is asking once; waiting for them; leaving them.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use powerhall_api as api;
use powerhall_api::{
    AttemptRequest, CancelReason, CancelRequest, OrderRequest, Orders, Problem, ProblemCode,
};
use powerhall_money::{Collect, Command, Who};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::Kiosk;
use super::extract::{Asked, Body, Part};
use super::failure::Failure;
use super::wait::{etag, other_version};
use crate::backend::Backend;
use crate::channels::ChannelEntry;
use crate::ordering;
use crate::store::{Opened, StoredOrder};
use crate::view;

/// An order with its `ETag`.
pub(super) struct Shown(StatusCode, api::Order);

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let tag: [(HeaderName, String); 1] = [(ETAG, etag(self.1.version))];
        (self.0, tag, Json(self.1)).into_response()
    }
}

fn shown(backend: &Backend, status: StatusCode, stored: &StoredOrder) -> Shown {
    Shown(status, view::order(stored, &backend.settings.policy, backend.now()))
}

/// Open an order under the kiosk's id. The same request again gets the same order, whatever has expired since.
#[utoipa::path(
    put, path = "/v1/orders/{id}", tag = "orders", operation_id = "openOrder", request_body = OrderRequest,
    params(("id" = Uuid, Path, description = "UUIDv7, made by the kiosk.")),
    responses(
        (status = 200, description = "It was there already.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 201, description = "Opened; a code is being made.", body = api::Order,
         links(
             ("order" = (operation_id = "getOrder", parameters(("id" = "$response.body#/order_id")))),
             ("cancel" = (operation_id = "cancelOrder", parameters(("id" = "$response.body#/order_id")))),
             ("extend" = (operation_id = "extendOrder", parameters(("id" = "$response.body#/order_id")))),
             ("attempt" = (operation_id = "newAttempt", parameters(("id" = "$response.body#/order_id")))),
             ("aftermath" = (operation_id = "getAftermath", parameters(("id" = "$response.body#/order_id")))),
         ),
         headers(("ETag" = String, description = "The version."))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such channel.", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`quote_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`amount_mismatch`, `idempotency_conflict`", body = Problem,
         content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`channel_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn put(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
    Body(request): Body<OrderRequest>,
) -> Result<Shown, Failure> {
    ordering::check_form(&request).map_err(Failure::bad_request)?;
    let fingerprint = fingerprint(&request)?;
    if let Some(known) = backend.store.replay(id, &kiosk, fingerprint).await? {
        return answer(&backend, known);
    }
    let now = backend.now();
    let quoted = backend.desk.quote(&request.quote_id, &kiosk, now).ok_or_else(|| {
        Failure::new(ProblemCode::QuoteExpired, "the quote is unknown, expired, or another kiosk's")
    })?;
    let ordered = ordering::order_lines(&request, &quoted).map_err(|why| {
        Failure::new(ProblemCode::AmountMismatch, "the lines do not fit the quote").because(why)
    })?;
    let channel = channel(&backend, &request.channel)?;
    if !ready(&backend, channel).await {
        return Err(
            Failure::new(ProblemCode::ChannelUnavailable, "the payment channel does not answer").after(5)
        );
    }
    let open = ordering::open_order(id, &kiosk, fingerprint, ordered, channel.facts());
    let opened = backend.open_order(open).await?;
    answer(&backend, opened)
}

fn answer(backend: &Backend, opened: Opened) -> Result<Shown, Failure> {
    match opened {
        Opened::Created(stored) => Ok(shown(backend, StatusCode::CREATED, &stored)),
        Opened::Replayed(stored) => Ok(shown(backend, StatusCode::OK, &stored)),
        Opened::Conflict => {
            Err(Failure::new(ProblemCode::IdempotencyConflict, "the order id was used with other content"))
        }
    }
}

/// SHA-256 of what the request means, not of its bytes: order of members and white space do not matter.
fn fingerprint(request: &OrderRequest) -> Result<[u8; 32], Failure> {
    serde_json::to_vec(request)
        .map(|bytes| Sha256::digest(bytes).into())
        .map_err(|_| Failure::new(ProblemCode::Internal, "the request cannot be written again"))
}

fn channel<'a>(backend: &'a Backend, id: &str) -> Result<&'a ChannelEntry, Failure> {
    backend.channels.get(id).ok_or_else(|| {
        Failure::new(ProblemCode::NotFound, "no such channel")
            .because("no channel of this name is configured")
    })
}

async fn ready(backend: &Backend, channel: &ChannelEntry) -> bool {
    tokio::time::timeout(backend.settings.call_timeout, channel.port.ready()).await.unwrap_or(false)
}

/// How an order stands; with `Prefer: wait`, as soon as it is not as `If-None-Match` says.
#[utoipa::path(
    get, path = "/v1/orders/{id}", tag = "orders", operation_id = "getOrder",
    params(
        ("id" = Uuid, Path, description = "The order."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` that the kiosk has."),
        ("Prefer" = Option<String>, Header, description = "`wait=N`: wait up to N seconds (at most 30) for a change."),
    ),
    responses(
        (status = 200, description = "The order.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 304, description = "Still the version of `If-None-Match`.",
         headers(("ETag" = String, description = "The version."))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`order_not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    match other_version(&backend, &headers, &kiosk, id).await? {
        (_, Some(stored)) => Ok(shown(&backend, StatusCode::OK, &stored).into_response()),
        (version, None) => Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag(version))]).into_response()),
    }
}

/// Which orders are asked for.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ListState {
    /// Those that have not come to an end.
    Open,
}

/// The query of the list.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct ListQuery {
    state: ListState,
}

/// The kiosk's open orders: what it asks after a restart.
#[utoipa::path(
    get, path = "/v1/orders", tag = "orders", operation_id = "listOrders",
    params(("state" = inline(ListState), Query, description = "Only `open`.")),
    responses(
        (status = 200, description = "Oldest first, at most 100.", body = Orders),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Asked(query): Asked<ListQuery>,
) -> Result<Json<Orders>, Failure> {
    let stored = match query.state {
        ListState::Open => backend.store.open_orders(&kiosk).await?,
    };
    let now = backend.now();
    let orders = stored.iter().map(|s| view::order(s, &backend.settings.policy, now)).collect();
    Ok(Json(Orders { orders }))
}

/// Leave the payment page. What becomes of the order is seen by `GET`: it may still turn out paid.
#[utoipa::path(
    post, path = "/v1/orders/{id}/cancel", tag = "orders", operation_id = "cancelOrder", request_body = CancelRequest,
    params(("id" = Uuid, Path, description = "The order.")),
    responses(
        (status = 202, description = "The code is being closed, or there is nothing to close.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`order_not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn cancel(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
    Body(request): Body<CancelRequest>,
) -> Result<Shown, Failure> {
    own(&backend, &kiosk, id).await?;
    let reason = match request.reason {
        CancelReason::Customer => "customer",
        CancelReason::Left => "left",
        CancelReason::Expired => "expired",
        CancelReason::OtherChannel => "other_channel",
        CancelReason::Restart => "restart",
    };
    let changed = backend.change(id, Command::Leave(reason.to_owned()), Who::Kiosk(&kiosk)).await?;
    Ok(shown(&backend, StatusCode::ACCEPTED, &changed.stored))
}

/// Give the customer more time on the code that is shown.
#[utoipa::path(
    post, path = "/v1/orders/{id}/extend", tag = "orders", operation_id = "extendOrder",
    params(("id" = Uuid, Path, description = "The order.")),
    responses(
        (status = 200, description = "The countdown begins again.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`order_not_found`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`order_state`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn extend(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
) -> Result<Shown, Failure> {
    own(&backend, &kiosk, id).await?;
    let changed = backend.change(id, Command::Extend, Who::Kiosk(&kiosk)).await?;
    Ok(shown(&backend, StatusCode::OK, &changed.stored))
}

/// A new code, after the last attempt is proved closed.
#[utoipa::path(
    post, path = "/v1/orders/{id}/attempts", tag = "orders", operation_id = "newAttempt", request_body = AttemptRequest,
    params(("id" = Uuid, Path, description = "The order.")),
    responses(
        (status = 200, description = "The attempt was there already.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 201, description = "A code is being made.", body = api::Order,
         headers(("ETag" = String, description = "The version."))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`order_not_found`, `not_found`: no such channel.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`attempt_still_open`, `order_state`", body = Problem,
         content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`channel_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn attempt(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(id): Part<Uuid>,
    Body(request): Body<AttemptRequest>,
) -> Result<Shown, Failure> {
    if !(1..=99).contains(&request.no) {
        return Err(Failure::bad_request("no must be 1 to 99"));
    }
    let stored = own(&backend, &kiosk, id).await?;
    let entry = channel(&backend, &request.channel)?;
    let replayed = stored.order.attempt(request.no).is_some();
    if stored.order.collect == Collect::Closed && !replayed && !ready(&backend, entry).await {
        return Err(
            Failure::new(ProblemCode::ChannelUnavailable, "the payment channel does not answer").after(5)
        );
    }
    let command = Command::NewAttempt { no: request.no, channel: entry.facts() };
    let changed = backend.change(id, command, Who::Kiosk(&kiosk)).await?;
    let status = if changed.moved { StatusCode::CREATED } else { StatusCode::OK };
    Ok(shown(&backend, status, &changed.stored))
}

/// The order, if it is this kiosk's.
pub(super) async fn own(backend: &Backend, kiosk: &str, id: Uuid) -> Result<StoredOrder, Failure> {
    backend.store.order(id).await?.filter(|s| s.kiosk == kiosk).ok_or_else(Failure::order_not_found)
}
