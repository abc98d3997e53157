//! The sandbox's durable memory in one SQLite file: trades, refunds and what must still be told. One method is
//! one transaction; every commit is on the disk before it is answered (WAL, `synchronous = FULL`).

mod outbox;
mod refunds;
mod trades;

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
pub(super) use outbox::{Disguise, Due, Message};
pub(super) use refunds::{RefundRow, Refunding};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
pub(super) use trades::{Creating, How, Paying, TradeRow, TradeState};

use super::SandboxError;

/// The book. One writer at a time (a pool of one connection), readers beside it.
pub(super) struct Book {
    write: SqlitePool,
    read: SqlitePool,
}

impl Book {
    /// Opens or makes the book of this channel and merchant.
    pub(super) async fn open(file: &Path, channel: &str, merchant: &str) -> Result<Self, SandboxError> {
        // Made here, so that its tokens are for this user's eyes only; SQLite gives its side files the same mode.
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        // Connections stay: no reaper wakes up for them.
        let pool = |most| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .idle_timeout(None)
                .max_lifetime(None)
                .test_before_acquire(false)
                .acquire_timeout(Duration::from_secs(10))
        };
        let write = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!("migrations/sandbox").run(&write).await?;
        sqlx::query("INSERT INTO owner VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
            .bind(channel)
            .bind(merchant)
            .execute(&write)
            .await?;
        let (owner, of): (String, String) =
            sqlx::query_as("SELECT channel, merchant FROM owner").fetch_one(&write).await?;
        if owner != channel || of != merchant {
            return Err(SandboxError::OtherBook { channel: owner, merchant: of });
        }
        let read = pool(2).connect_with(options.read_only(true)).await?;
        Ok(Self { write, read })
    }

    /// Whether the book can be written now.
    pub(super) async fn writable(&self) -> Result<(), sqlx::Error> {
        self.begin().await?.rollback().await
    }

    /// A write transaction that holds the lock from its first moment, so that it never fails half-way for it.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.write.begin_with("BEGIN IMMEDIATE").await
    }
}

/// Reads a stored time. The book holds nothing else than what it wrote, so an error means a damaged file.
fn time(milliseconds: i64) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_millisecond(milliseconds).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}
