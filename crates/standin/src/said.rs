//! An answer on its way out, as status, media type and JSON: what the billing system behind the port has said, in the words
//! of the contract.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use powerhall_billing_contract::{Code, JSON, PROBLEM_JSON, Problem, Target};
use powerhall_money::{Cause, Outcome};
use serde::Serialize;
use serde_json::Value;

/// What the answer is about: it is told again in refusals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    pub key: Option<String>,
    pub account: Option<String>,
    pub to: Option<Target>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub status: u16,
    pub media: &'static str,
    pub body: Value,
}

impl Said {
    pub(crate) fn problem(code: Code, subject: &Subject) -> Self {
        let problem = Problem {
            key: subject.key.clone(),
            account: subject.account.as_deref().map(Into::into),
            to: subject.to.clone(),
            ..Problem::new(code)
        };
        Self { status: code.status(), media: PROBLEM_JSON, body: json(&problem) }
    }

    /// What the port has said.
    pub(crate) fn of<T: Serialize>(outcome: Outcome<T>, subject: &Subject) -> Self {
        match outcome {
            Outcome::Definite(answer) => Self { status: 200, media: JSON, body: json(&answer) },
            Outcome::Rejected(name) => match Code::of(&name) {
                Some(code) => Self::problem(code, subject),
                None => Self::problem(Code::Internal, subject),
            },
            Outcome::Unknown(cause) => Self::problem(code(&cause), subject),
        }
    }
}

fn code(cause: &Cause) -> Code {
    match cause {
        Cause::UnknownCode(name) => Code::of(name).unwrap_or(Code::Internal),
        Cause::Busy | Cause::Network | Cause::Timeout => Code::Unavailable,
        Cause::Server(_) | Cause::Unverified => Code::Internal,
    }
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// Writes an answer out.
pub(crate) fn response(status: u16, media: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == 401 {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
