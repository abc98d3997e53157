//! The outbox: notifications that the merchant has not acknowledged yet. It is the whole state of the notifier,
//! so a sandbox that was killed goes on where it stood. A fault may hold a message back, repeat or disguise it.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, Sqlite, Transaction};

use super::Book;

/// What is not genuine about a message. Nobody should accept it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Disguise {
    /// Sealed without the key.
    Forged,
    /// Genuine once, and too old by now.
    Stale,
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Message {
    /// Its own; that of the event, unless it is a copy.
    pub(in crate::sandbox) key: String,
    pub(in crate::sandbox) body: String,
    pub(in crate::sandbox) disguise: Option<Disguise>,
    /// Let another overtake it.
    pub(in crate::sandbox) held: bool,
    /// Not before.
    pub(in crate::sandbox) wait: Duration,
}

/// A notification to be sent now.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Due {
    pub(in crate::sandbox) key: String,
    pub(in crate::sandbox) body: String,
    pub(in crate::sandbox) disguise: Option<Disguise>,
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
            "SELECT key, body, disguise, tries FROM outbox WHERE delivered_at IS NULL \
             AND (next_at <= ? OR next_at > ?) ORDER BY next_at, key LIMIT ?",
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

    /// It was answered with 2xx; what was held back may go.
    pub(in crate::sandbox) async fn delivered(&self, key: &str, now: Timestamp) -> Result<(), sqlx::Error> {
        let now = now.as_millisecond();
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE outbox SET delivered_at = ?, tries = tries + 1 WHERE key = ?")
            .bind(now)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE outbox SET held = 0, next_at = ? WHERE held = 1 AND delivered_at IS NULL")
            .bind(now)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Puts messages about a trade into the outbox.
    pub(in crate::sandbox) async fn tell(
        &self,
        number: &str,
        now: Timestamp,
        messages: &[Message],
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        put(&mut tx, number, now, messages).await?;
        tx.commit().await
    }

    /// It was not; try again in `wait`.
    pub(in crate::sandbox) async fn postpone(
        &self,
        key: &str,
        now: Timestamp,
        wait: Duration,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE outbox SET next_at = ?, tries = tries + 1 WHERE key = ?")
            .bind(now.as_millisecond().saturating_add(millis(wait)))
            .bind(key)
            .execute(&self.write)
            .await
            .map(drop)
    }
}

/// Writes messages inside a transaction.
pub(super) async fn put(
    tx: &mut Transaction<'static, Sqlite>,
    number: &str,
    now: Timestamp,
    messages: &[Message],
) -> Result<(), sqlx::Error> {
    for message in messages {
        let disguise = message.disguise.map(|disguise| match disguise {
            Disguise::Forged => "forged",
            Disguise::Stale => "stale",
        });
        sqlx::query(
            "INSERT INTO outbox (key, number, body, disguise, held, next_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(&message.key)
        .bind(number)
        .bind(&message.body)
        .bind(disguise)
        .bind(message.held)
        .bind(now.as_millisecond().saturating_add(millis(message.wait)))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

impl FromRow<'_, SqliteRow> for Due {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let disguise = match row.try_get::<Option<&str>, _>("disguise")? {
            None => None,
            Some("forged") => Some(Disguise::Forged),
            Some("stale") => Some(Disguise::Stale),
            Some(other) => return Err(sqlx::Error::Decode(format!("disguise {other}").into())),
        };
        Ok(Self {
            key: row.try_get("key")?,
            body: row.try_get("body")?,
            disguise,
            tries: row.try_get("tries")?,
        })
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
