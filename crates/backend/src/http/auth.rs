//! Who asks: one extractor for every route of kiosks, so that message signatures or mTLS can take its place.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use powerhall_api::ProblemCode;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::failure::Failure;
use crate::backend::Backend;

/// The kiosk that asks, by its id.
pub(super) struct Kiosk(pub(super) String);

/// Why a request is not a kiosk's.
pub(super) enum AuthFailure {
    Unauthenticated,
    Other(Failure),
}

impl From<Failure> for AuthFailure {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

impl IntoResponse for AuthFailure {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthenticated => {
                let failure =
                    Failure::new(ProblemCode::Unauthenticated, "the kiosk's secret is missing or wrong");
                let mut response = failure.into_response();
                let challenge = HeaderValue::from_static("Bearer realm=\"powerhall\"");
                response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                response
            }
            Self::Other(failure) => failure.into_response(),
        }
    }
}

impl FromRequestParts<Arc<Backend>> for Kiosk {
    type Rejection = AuthFailure;

    async fn from_request_parts(parts: &mut Parts, backend: &Arc<Backend>) -> Result<Self, AuthFailure> {
        let (id, secret) = credentials(&parts.headers).ok_or(AuthFailure::Unauthenticated)?;
        let known = backend.store.kiosk_secret(id).await.map_err(Failure::from)?;
        let given: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        // An unknown kiosk costs the same comparison as a known one.
        let fits = known.unwrap_or([0; 32]).ct_eq(&given);
        if known.is_some() && bool::from(fits) {
            Ok(Self(id.to_owned()))
        } else {
            Err(AuthFailure::Unauthenticated)
        }
    }
}

/// `Authorization: Bearer <kiosk-id>:<secret>`.
fn credentials(headers: &HeaderMap) -> Option<(&str, &str)> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let (id, secret) = token.trim().split_once(':')?;
    (scheme.eq_ignore_ascii_case("bearer") && !id.is_empty() && !secret.is_empty()).then_some((id, secret))
}
