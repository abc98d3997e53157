//! What a handler returns when it cannot do what was asked. The problem travels as an extension of the response;
//! `finish` writes it out, so that problems made by handlers and by the framework look the same.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use powerhall_api::{Problem, ProblemCode};
use powerhall_money::Refusal;

use crate::store::StoreError;

/// A problem on its way out.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    problem: Box<Problem>,
    retry_after: Option<u32>,
}

impl Failure {
    /// A problem with a sentence for people who read logs.
    pub(super) fn new(code: ProblemCode, title: &str) -> Self {
        Self { problem: Box::new(Problem::new(code, title)), retry_after: None }
    }

    /// The same with what exactly was wrong. Never personal data, so never a part of the body.
    pub(super) fn because(mut self, detail: impl Into<String>) -> Self {
        self.problem.detail = Some(detail.into());
        self
    }

    /// The same with the seconds after which a try is worth it.
    pub(super) fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::BadRequest, "the request does not fit the document").because(detail)
    }

    pub(super) fn order_not_found() -> Self {
        Self::new(ProblemCode::OrderNotFound, "no such order for this kiosk")
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSuchOrder => Self::order_not_found(),
            StoreError::Refused(Refusal::AttemptStillOpen) => {
                Self::new(ProblemCode::AttemptStillOpen, "the last attempt is not proved closed").after(2)
            }
            StoreError::Refused(Refusal::State | Refusal::NoSuchPart) => {
                Self::new(ProblemCode::OrderState, "not possible in the order's state")
            }
            StoreError::Refused(Refusal::Amount) => {
                Self::new(ProblemCode::AmountMismatch, "the amounts do not add up")
            }
            StoreError::Damaged(_)
            | StoreError::Busy
            | StoreError::Database(_)
            | StoreError::Migration(_) => {
                tracing::error!(%error, "the store failed");
                Self::new(ProblemCode::Internal, "the store failed")
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self.problem);
        response
    }
}
