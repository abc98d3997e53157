//! A tax platform that is none: it numbers samples in a book of its own and draws them. The book knows numbers, amounts and
//! times, nobody's name: a document is drawn from what the caller says each time, and is nowhere afterwards.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use powerhall_money::{Cause, Outcome};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqliteConnection};

use crate::paper::{self, Typeface};
use crate::port::{Invoices, Issued, NewInvoice};

/// The time, as whoever opened the sandbox tells it.
type Now = dyn Fn() -> Timestamp + Send + Sync;

/// The longest request number.
const LONGEST: usize = 64;

/// The sandbox.
#[derive(Clone)]
pub struct SandboxInvoices {
    book: SqlitePool,
    typeface: Typeface,
    now: Arc<Now>,
}

/// Why the book does not open.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The file cannot be read or written, or is not SQLite.
    #[error("the book of invoices cannot be opened: {0}")]
    File(#[from] sqlx::Error),
    /// It comes from a newer version, or its migration failed.
    #[error("the book of invoices cannot be brought to this version: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl SandboxInvoices {
    /// Opens the book, makes it when there is none, and brings it to this version.
    pub async fn open(
        path: &Path,
        typeface: Typeface,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, BookError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let book = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        sqlx::migrate!("./migrations").run(&book).await?;
        Ok(Self { book, typeface, now: Arc::new(now) })
    }

    /// Closes the book.
    pub async fn close(&self) {
        self.book.close().await;
    }

    async fn write(&self, request: &NewInvoice) -> Result<Outcome<Issued>, sqlx::Error> {
        let refused = |code: &str| Ok(Outcome::Rejected(code.to_owned()));
        let (Some(total), Some(tax)) = (request.total(), request.tax()) else { return refused("bad_amount") };
        if !total.is_positive() || !(1..=NewInvoice::MOST_LINES).contains(&request.lines.len()) {
            return refused("bad_amount");
        }
        if !(1..=LONGEST).contains(&request.request.chars().count()) {
            return refused("bad_request");
        }
        let mut tx = self.book.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(row) = find(&mut tx, &request.request).await? {
            let same =
                (row.try_get("total_fen")?, row.try_get("tax_fen")?) == (Some(total.get()), Some(tax.get()));
            return if same { Ok(Outcome::Definite(issued(&row)?)) } else { refused("key_reused") };
        }
        let at = (self.now)();
        let serial: i64 =
            sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM invoices").fetch_one(&mut *tx).await?;
        // Year, place, way of issue, serial. No province has 00, so that no real invoice ever has this number.
        let number = format!("{}000{serial:015}", paper::beijing(at).strftime("%y"));
        sqlx::query(
            "INSERT INTO invoices (id, request, number, at, total_fen, tax_fen) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(serial)
        .bind(&request.request)
        .bind(&number)
        .bind(at.to_string())
        .bind(total.get())
        .bind(tax.get())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Outcome::Definite(Issued { number, at }))
    }

    async fn known(&self, number: &str, request: &str) -> Result<bool, sqlx::Error> {
        let mut book = self.book.acquire().await?;
        let row = find(&mut book, request).await?;
        Ok(row
            .map(|row| row.try_get::<String, _>("number"))
            .transpose()?
            .is_some_and(|known| known == number))
    }
}

async fn find(book: &mut SqliteConnection, request: &str) -> Result<Option<SqliteRow>, sqlx::Error> {
    sqlx::query("SELECT number, at, total_fen, tax_fen FROM invoices WHERE request = ?")
        .bind(request)
        .fetch_optional(book)
        .await
}

fn issued(row: &SqliteRow) -> Result<Issued, sqlx::Error> {
    let at: String = row.try_get("at")?;
    let at = at.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    Ok(Issued { number: row.try_get("number")?, at })
}

#[async_trait]
impl Invoices for SandboxInvoices {
    async fn issue(&self, request: &NewInvoice) -> Outcome<Issued> {
        self.write(request).await.unwrap_or_else(|error| {
            // Errors of SQLite name tables and codes, never values.
            tracing::warn!(%error, "the book of invoices gave no answer");
            Outcome::Unknown(Cause::Server(500))
        })
    }

    async fn document(&self, issued: &Issued, request: &NewInvoice) -> Outcome<Vec<u8>> {
        match self.known(&issued.number, &request.request).await {
            Ok(true) => {}
            Ok(false) => return Outcome::Rejected("no_such_invoice".to_owned()),
            Err(error) => {
                tracing::warn!(%error, "the book of invoices gave no answer");
                return Outcome::Unknown(Cause::Server(500));
            }
        }
        let (typeface, issued, request) = (self.typeface.clone(), issued.clone(), request.clone());
        // Reading a font of all of Chinese and writing a part of it is work for a thread of its own.
        let drawn = tokio::task::spawn_blocking(move || paper::draw(&typeface, &issued, &request)).await;
        match drawn {
            Ok(Ok(pdf)) => Outcome::Definite(pdf),
            Ok(Err(error)) => {
                tracing::error!(%error, "a sample invoice cannot be drawn");
                Outcome::Unknown(Cause::Server(500))
            }
            Err(_) => Outcome::Unknown(Cause::Server(500)),
        }
    }

    async fn ready(&self) -> bool {
        sqlx::query("SELECT id FROM invoices LIMIT 1").fetch_optional(&self.book).await.is_ok()
    }
}
