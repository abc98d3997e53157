//! The outbox: notifications that the merchant has not acknowledged yet. It is the whole state of the notifier,
//! so a sandbox that was killed goes on where it stood.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::FromRow;

use super::Book;

/// A notification to be sent now.
#[derive(Clone, Debug, FromRow)]
pub(in crate::sandbox) struct Due {
    pub(in crate::sandbox) event_id: String,
    pub(in crate::sandbox) body: String,
    /// How often it was tried before.
    pub(in crate::sandbox) tries: u32,
}

impl Book {
    /// The notifications whose time has come, the longest waiting first. A time further away than `longest` can
    /// only come from a clock that was set back, and is taken as come.
    pub(in crate::sandbox) async fn due(
        &self,
        now: Timestamp,
        longest: Duration,
        most: u32,
    ) -> Result<Vec<Due>, sqlx::Error> {
        let now = now.as_millisecond();
        sqlx::query_as(
            "SELECT event_id, body, tries FROM outbox WHERE delivered_at IS NULL \
             AND (next_at <= ? OR next_at > ?) ORDER BY next_at, event_id LIMIT ?",
        )
        .bind(now)
        .bind(now.saturating_add(millis(longest)))
        .bind(most)
        .fetch_all(&self.read)
        .await
    }

    /// How long until the next one that is not yet due; none when there is none.
    pub(in crate::sandbox) async fn next_due_in(
        &self,
        now: Timestamp,
    ) -> Result<Option<Duration>, sqlx::Error> {
        let now = now.as_millisecond();
        let next: Option<i64> =
            sqlx::query_scalar("SELECT MIN(next_at) FROM outbox WHERE delivered_at IS NULL AND next_at > ?")
                .bind(now)
                .fetch_one(&self.read)
                .await?;
        Ok(next.map(|at| Duration::from_millis(u64::try_from(at.saturating_sub(now)).unwrap_or(0))))
    }

    /// It was answered with 2xx.
    pub(in crate::sandbox) async fn delivered(
        &self,
        event_id: &str,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE outbox SET delivered_at = ?, tries = tries + 1 WHERE event_id = ?")
            .bind(now.as_millisecond())
            .bind(event_id)
            .execute(&self.write)
            .await
            .map(drop)
    }

    /// It was not; try again in `wait`.
    pub(in crate::sandbox) async fn postpone(
        &self,
        event_id: &str,
        now: Timestamp,
        wait: Duration,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE outbox SET next_at = ?, tries = tries + 1 WHERE event_id = ?")
            .bind(now.as_millisecond().saturating_add(millis(wait)))
            .bind(event_id)
            .execute(&self.write)
            .await
            .map(drop)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
