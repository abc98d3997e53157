//! Reading requests. Refusals never quote the body: it may hold personal data.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use powerhall_api::ProblemCode;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let is_json =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
                let essence = value.split(';').next().unwrap_or_default().trim();
                essence.eq_ignore_ascii_case("application/json")
            });
        if !is_json {
            return Err(Failure::new(ProblemCode::UnsupportedMediaType, "the body is not application/json"));
        }
        let bytes = bytes(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let what = if error.is_data() { "is not what the document asks for" } else { "is not JSON" };
            Failure::bad_request(format!("the body {what}, line {} column {}", error.line(), error.column()))
        })
    }
}

/// A raw body within the limit.
pub(super) async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<axum::body::Bytes, Failure> {
    axum::body::Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Failure::new(ProblemCode::TooLarge, "the body is too large")
        } else {
            Failure::bad_request("the body cannot be read")
        }
    })
}

/// A part of the path.
pub(super) struct Part<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Part<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(part)) => Ok(Self(part)),
            Err(_) => Err(Failure::bad_request("a part of the path does not have its form")),
        }
    }
}

/// The query.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(_) => Err(Failure::bad_request("the query is not what the document asks for")),
        }
    }
}
