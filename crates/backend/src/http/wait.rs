//! Conditional reading and long polls: `If-None-Match` names the version that the kiosk has, `Prefer: wait=N` how long
//! it will wait for another (RFC 7240).

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use tokio::time::Instant;
use uuid::Uuid;

use super::failure::Failure;
use super::orders::own;
use crate::backend::Backend;
use crate::store::StoredOrder;

/// The longest wait.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// A change that another process made is seen this late at most.
const LOOK: Duration = Duration::from_secs(5);

/// `ETag` of a version.
pub(super) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// The version in `If-None-Match`; anything else than one of our tags matches nothing.
fn known_version(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(IF_NONE_MATCH)?.to_str().ok()?;
    value.trim().trim_start_matches("W/").strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The seconds in `Prefer: wait=N`. A preference that cannot be read is not one.
fn wait(headers: &HeaderMap) -> Duration {
    let seconds = headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .find_map(|preference| preference.trim().strip_prefix("wait=")?.trim_matches('"').parse().ok())
        .unwrap_or(0);
    Duration::from_secs(seconds).min(WAIT_MAX)
}

/// The order as soon as its version is not the one that the kiosk has; `None` when the wait is over.
pub(super) async fn other_version(
    backend: &Backend,
    headers: &HeaderMap,
    kiosk: &str,
    id: Uuid,
) -> Result<(u64, Option<StoredOrder>), Failure> {
    let known = known_version(headers);
    let until = Instant::now() + wait(headers);
    // Listening begins before looking, so that no change falls in between.
    let mut changes = backend.changes();
    loop {
        let stored = own(backend, kiosk, id).await?;
        let version = stored.order.version;
        if known != Some(version) {
            return Ok((version, Some(stored)));
        }
        if backend.is_stopping() {
            return Ok((version, None));
        }
        let look = (Instant::now() + LOOK).min(until);
        let heard = tokio::time::timeout_at(look, async {
            loop {
                match changes.recv().await {
                    Ok(changed) if changed != id && !backend.is_stopping() => {}
                    // Ours, or some were missed: look again.
                    Ok(_) | Err(_) => break,
                }
            }
        });
        if heard.await.is_err() && Instant::now() >= until {
            return Ok((version, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        headers
    }

    #[test]
    fn reads_what_is_preferred() {
        assert_eq!(wait(&headers("prefer", "respond-async, wait=25")), Duration::from_secs(25));
        assert_eq!(wait(&headers("prefer", "wait=9999")), WAIT_MAX);
        for odd in ["wait=-1", "wait=", "wait", "soon", ""] {
            assert_eq!(wait(&headers("prefer", odd)), Duration::ZERO, "{odd}");
        }
    }

    #[test]
    fn reads_the_version_that_is_known() {
        assert_eq!(known_version(&headers("if-none-match", "\"7\"")), Some(7));
        assert_eq!(known_version(&headers("if-none-match", "W/\"7\"")), Some(7));
        for odd in ["7", "*", "\"x\"", "\"7\", \"8\""] {
            assert_eq!(known_version(&headers("if-none-match", odd)), None, "{odd}");
        }
    }
}
