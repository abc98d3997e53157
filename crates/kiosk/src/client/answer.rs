//! Reading an answer: bounded in size, of the right media type, whole, and understood; everything else is a kind of
//! [`Trouble`]. Nothing of an answer or an address goes into the log, only its kind, and not each time (`line`).

use powerhall_api::{Problem, ProblemCode};
use powerhall_flow::Trouble;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use super::line::Line;

/// The largest answer that is read.
const MOST: usize = 1 << 20;

/// Sends, and reads the body of a success.
pub(super) async fn body<T: DeserializeOwned>(line: &Line, request: RequestBuilder) -> Result<T, Trouble> {
    // Nobody asked “if changed”, so “unchanged” is no answer.
    changed_body(line, request).await?.ok_or(Trouble::Malformed)
}

/// As [`body`]; `None` for 304.
pub(super) async fn changed_body<T: DeserializeOwned>(
    line: &Line,
    request: RequestBuilder,
) -> Result<Option<T>, Trouble> {
    let read = async {
        let response = request.send().await.map_err(|error| transport(&error))?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        if !status.is_success() {
            return Err(refusal(response).await);
        }
        if !is_media(&response, "application/json") {
            return Err(Trouble::Malformed);
        }
        let bytes = bounded(response).await?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| Trouble::Malformed)
    };
    let answer = read.await;
    line.heard(answer.as_ref().err().copied());
    answer
}

/// What an answer with an error status means.
async fn refusal(response: Response) -> Trouble {
    let status = response.status();
    // Seconds only; a date would need a clock that is right.
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let problem: Option<Problem> = if is_media(&response, "application/problem+json") {
        match bounded(response).await {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(Trouble::Malformed) => None,
            Err(broken) => return broken,
        }
    } else {
        None
    };
    // A code goes with its status; anything else was not said by the backend.
    let problem = problem
        .filter(|problem| problem.code == ProblemCode::Unknown || problem.code.status() == status.as_u16());
    match problem {
        Some(problem) => Trouble::Problem(problem.code, wait),
        None if status == StatusCode::TOO_MANY_REQUESTS => Trouble::Problem(ProblemCode::RateLimited, wait),
        None if status.is_server_error() => Trouble::Server(status.as_u16()),
        None => Trouble::Malformed,
    }
}

fn is_media(response: &Response, expected: &str) -> bool {
    let given = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = given.and_then(|value| value.split(';').next()).map(str::trim);
    bare.is_some_and(|value| value.eq_ignore_ascii_case(expected))
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        if bytes.len() + chunk.len() > MOST {
            return Err(Trouble::Malformed);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn transport(error: &reqwest::Error) -> Trouble {
    if error.is_timeout() { Trouble::Timeout } else { Trouble::Offline }
}
