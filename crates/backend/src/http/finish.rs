//! The last hand on every answer: the request's id, no caching, and problems in one form, also those that the framework
//! makes (unknown method, unreadable body). Logs the route's pattern, never the path: references are opaque, but short
//! paths in logs invite long ones.

use std::time::Instant;

use axum::Json;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use powerhall_api::{Problem, ProblemCode};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What an answer made by the framework carries over.
const KEPT: [HeaderName; 3] = [ALLOW, RETRY_AFTER, WWW_AUTHENTICATE];

/// On an answer that people read, whatever its status: it is left as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct ForPeople;

pub(super) async fn finish(request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    let began = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(no route)".to_owned(), |path| path.as_str().to_owned());

    let mut response = next.run(request).await;
    let status = response.status();
    let for_people = response.extensions().get::<ForPeople>().is_some();
    if !for_people && (status.is_client_error() || status.is_server_error()) {
        response = problem(response, &id);
    }
    let headers = response.headers_mut();
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    let ms = began.elapsed().as_millis();
    if status.is_server_error() {
        tracing::error!(request = %id, %method, route, status = status.as_u16(), ms, "answered");
    } else {
        tracing::debug!(request = %id, %method, route, status = status.as_u16(), ms, "answered");
    }
    response
}

fn problem(response: Response, id: &str) -> Response {
    let (parts, _) = response.into_parts();
    let mut problem = match parts.extensions.get::<Box<Problem>>() {
        Some(problem) => (**problem).clone(),
        None => made_by_the_framework(parts.status),
    };
    problem.request_id = Some(id.to_owned());
    let status = StatusCode::from_u16(problem.status).unwrap_or(parts.status);
    let mut written = (status, Json(problem)).into_response();
    written.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    for name in KEPT {
        if let Some(value) = parts.headers.get(&name) {
            written.headers_mut().insert(name, value.clone());
        }
    }
    written
}

fn made_by_the_framework(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(ProblemCode::NotFound, "no such path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(ProblemCode::MethodNotAllowed, "the path has no such method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(ProblemCode::TooLarge, "the body is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Problem::new(ProblemCode::UnsupportedMediaType, "the body is not application/json")
        }
        other if other.is_client_error() => {
            Problem::new(ProblemCode::BadRequest, "the request cannot be read")
        }
        _ => Problem::new(ProblemCode::Internal, "the backend failed"),
    }
}
