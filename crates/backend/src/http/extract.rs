//! Reading requests. Refusals never quote the body: it may hold personal data.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use powerhall_api::ProblemCode;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};

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
        let error = match serde_json::from_slice(&bytes) {
            Ok(value) => return Ok(Self(value)),
            Err(error) => error,
        };
        if error.is_data()
            && let Ok(value) = serde_json::from_slice(&bytes)
            && let Ok(value) = serde_json::from_value(whole_numbers(value))
        {
            return Ok(Self(value));
        }
        let what = if error.is_data() { "is not what the document asks for" } else { "is not JSON" };
        Err(Failure::bad_request(format!("the body {what}, line {} column {}", error.line(), error.column())))
    }
}

/// In JSON Schema `81.0` is an integer. Read by its digits: no float is calculated with.
fn whole_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            let whole = number.to_string().strip_suffix(".0").and_then(|digits| digits.parse::<i64>().ok());
            Value::Number(whole.map_or(number, Number::from))
        }
        Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, whole_numbers(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value,
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
