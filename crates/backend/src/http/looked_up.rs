//! The account that a path's `{reference}` stands for: found by a look-up of the kiosk that asks, or opened by a proof.
//! Whatever is read of an account begins here, and fails in the same ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use powerhall_api::ProblemCode;
use powerhall_billing::port::AccountRecord;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::auth::{AuthFailure, Kiosk};
use super::failure::Failure;
use super::lookups::reference_expired;
use crate::backend::Backend;
use crate::desk::Found;

/// An account that was looked up.
pub(super) struct LookedUp(pub(super) AccountRecord);

/// An account whose holder has proved to be that.
pub(super) struct Proven {
    /// The kiosk that asks.
    pub(super) kiosk: String,
    pub(super) account: AccountRecord,
}

impl FromRequestParts<Arc<Backend>> for LookedUp {
    type Rejection = AuthFailure;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, AuthFailure> {
        let (_, account, _) = found(parts, backend).await?;
        Ok(Self(account))
    }
}

impl FromRequestParts<Arc<Backend>> for Proven {
    type Rejection = AuthFailure;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, AuthFailure> {
        let (kiosk, account, proven) = found(parts, backend).await?;
        if proven {
            return Ok(Self { kiosk, account });
        }
        let title = "an account's number alone does not show this";
        Err(Failure::new(ProblemCode::ProofNeeded, title).into())
    }
}

/// Who asks, the account, and whether its holder has proved to be that.
async fn found(
    parts: &mut Parts,
    backend: &Arc<Backend>,
) -> Result<(String, AccountRecord, bool), AuthFailure> {
    let Kiosk(kiosk) = Kiosk::from_request_parts(parts, backend).await?;
    let path = RawPathParams::from_request_parts(parts, backend).await;
    let path = path.map_err(|_| Failure::bad_request("a part of the path does not have its form"))?;
    let reference = path.iter().find_map(|(name, part)| (name == "reference").then_some(part));
    let found = reference.and_then(|reference| backend.desk.lookup(reference, &kiosk, backend.now()));
    match found {
        Some(Found::Account { record, phone_last4 }) => Ok((kiosk, record, phone_last4.is_some())),
        Some(Found::Applications(_)) | None => Err(reference_expired().into()),
    }
}

/// How each question about a looked-up account can fail, in the document. An operation that has more to say of a status says
/// it after this.
pub(super) struct Unanswered;

impl IntoResponses for Unanswered {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = |codes: &str| {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            ResponseBuilder::new().description(codes).content("application/problem+json", content).build()
        };
        [
            ("400", "`bad_request`"),
            ("401", "`unauthenticated`"),
            ("404", "`reference_expired`"),
            ("500", "`internal`"),
            ("503", "`billing_unavailable`"),
        ]
        .map(|(status, codes)| (status.to_owned(), problem(codes).into()))
        .into()
    }
}
