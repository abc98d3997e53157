//! Check-ins: the kiosk says how it is, and learns whether payment is open.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use powerhall_api::{Call, CallState, ChannelInfo, CheckIn, CheckInAnswer, ClosedReason, Problem};
use tokio::task::JoinSet;

use super::auth::Kiosk;
use super::extract::Body;
use super::failure::Failure;
use crate::backend::Backend;
use crate::clock::rfc3339;
use crate::journal;

/// Say how the kiosk is; learn whether payment is open, and by which channels.
#[utoipa::path(
    post, path = "/v1/check-ins", tag = "hall", operation_id = "checkIn", request_body = CheckIn,
    responses(
        (status = 200, description = "The backend's side of the pre-flight.", body = CheckInAnswer),
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
    Kiosk(kiosk): Kiosk,
    Body(check_in): Body<CheckIn>,
) -> Result<Json<CheckInAnswer>, Failure> {
    if check_in.version.chars().count() > 64 {
        return Err(Failure::bad_request("version has at most 64 characters"));
    }
    if i32::try_from(check_in.open_orders).is_err() {
        return Err(Failure::bad_request("open_orders is an int32"));
    }
    let now = backend.now();
    if let Some(head) = &check_in.journal {
        if journal::read_hash(&head.hash).is_none() || i64::try_from(head.seq).is_err() {
            return Err(Failure::bad_request("journal is a row's number and its hash in lower case"));
        }
        for review in backend.store.journal_head(&kiosk, head, now).await? {
            tracing::warn!(kiosk, key = review.key, reason = review.reason, "put on the list for a person");
        }
    }
    backend.store.kiosk_seen(&kiosk, &check_in.version, now).await?;
    // All at once: whoever hangs, the kiosk is answered after one call's time.
    let (channels, billing, hall) = tokio::join!(
        open_channels(&backend),
        tokio::time::timeout(backend.settings.call_timeout, backend.billing.ready()),
        backend.published(),
    );
    let payment_closed = if !check_in.journal_ok {
        Some(ClosedReason::Journal)
    } else if !billing.unwrap_or(false) {
        Some(ClosedReason::Billing)
    } else if channels.is_empty() {
        Some(ClosedReason::Channel)
    } else {
        None
    };
    if backend.closed.tell(&kiosk, payment_closed) {
        match payment_closed {
            Some(reason) => tracing::warn!(kiosk, ?reason, "payment is closed"),
            None => tracing::info!(kiosk, "payment is open again"),
        }
    }
    let call = match check_in.call {
        // A call that nobody knows was never heard, or was forgotten long ago: nobody comes.
        Some(id) => {
            let known = backend.store.call_of(&kiosk, id).await?;
            Some(Call { id, state: known.map_or(CallState::Done, |call| call.state(now)) })
        }
        None => None,
    };
    let hall = hall.edition.clone();
    let suspensions = backend.store.suspensions(now).await?.iter().map(|row| row.told(now)).collect();
    Ok(Json(CheckInAnswer { server_time: rfc3339(now), payment_closed, channels, call, hall, suspensions }))
}

/// The channels that answer now, in the order to offer them.
async fn open_channels(backend: &Backend) -> Vec<ChannelInfo> {
    let longest = backend.settings.call_timeout;
    let mut asked = JoinSet::new();
    for (place, entry) in backend.channels.iter().enumerate() {
        let port = Arc::clone(&entry.port);
        asked.spawn(
            async move { (place, tokio::time::timeout(longest, port.ready()).await.unwrap_or(false)) },
        );
    }
    let mut open = BTreeSet::new();
    while let Some(answered) = asked.join_next().await {
        if let Ok((place, true)) = answered {
            open.insert(place);
        }
    }
    let channels = backend.channels.iter().enumerate();
    channels.filter(|(place, _)| open.contains(place)).map(|(_, entry)| entry.info()).collect()
}
