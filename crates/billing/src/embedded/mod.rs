//! A billing system in one SQLite file: what a newcomer runs against, and what tests and demonstrations post to.
//! It keeps the promises of the port ([`crate::port::Billing`]) with transactions and unique keys.

mod accounts;
mod applications;
mod bills;
pub(crate) mod day;
mod fees;
mod holdings;
mod outages;
mod payments;
mod postings;
mod prepaid;
mod progress;
mod settle;
mod supply;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{BillDetail, Bills, Outage};
use powerhall_hall::{ChargeError, Hall, Month};
use powerhall_money::{Cause, Outcome};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, NewPosting, Payment, Posted, Taxable,
};

/// How long a call waits for the file before it is `Unknown(Busy)`.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that read beside the one that writes.
const READERS: u32 = 4;

/// The embedded billing system.
#[derive(Clone, Debug)]
pub struct EmbeddedBilling {
    /// The only connection that writes: SQLite has one writer anyway, and so nobody waits in a spin.
    pub(crate) writer: SqlitePool,
    pub(crate) reader: SqlitePool,
    pub(crate) hall: Arc<Hall>,
}

/// Why the file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be read or written, or is not SQLite.
    #[error("the billing file cannot be opened: {0}")]
    File(#[from] sqlx::Error),
    /// It comes from a newer version, or its migration failed.
    #[error("the billing file cannot be brought to this version: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// Why a call has no answer. Every kind becomes [`Outcome::Unknown`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Charge(#[from] ChargeError),
    /// The file holds what this version or this hall's data does not know.
    #[error("the billing file holds something unknown: {0}")]
    Strange(&'static str),
}

impl Trouble {
    fn cause(&self) -> Cause {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => Cause::Busy,
            // SQLITE_BUSY and SQLITE_LOCKED, with their extended codes.
            Self::Database(sqlx::Error::Database(error))
                if error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(is_busy) =>
            {
                Cause::Busy
            }
            Self::Database(_) => Cause::Server(500),
            Self::Charge(_) | Self::Strange(_) => Cause::Unverified,
        }
    }
}

const fn is_busy(code: u32) -> bool {
    matches!(code & 0xff, 5 | 6)
}

fn known<T>(call: &'static str, result: Result<T, Trouble>) -> Outcome<T> {
    flat(call, result.map(Outcome::Definite))
}

fn flat<T>(call: &'static str, result: Result<Outcome<T>, Trouble>) -> Outcome<T> {
    result.unwrap_or_else(|trouble| {
        // Errors of SQLite name tables and codes, never values.
        tracing::warn!(call, error = %trouble, "billing gave no answer");
        Outcome::Unknown(trouble.cause())
    })
}

impl EmbeddedBilling {
    /// Opens the file, makes it when there is none, and brings it to this version.
    pub async fn open(path: &Path, hall: Arc<Hall>) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        let writer = pool.clone().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!("./migrations").run(&writer).await?;
        let reader = pool.max_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { writer, reader, hall })
    }

    /// Closes the file; what comes after is `Unknown`. Dropping is as safe, but does not wait.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    async fn read_aftermath(&self, key: &str) -> Result<Option<Aftermath>, Trouble> {
        let recharge = self.read_recharge(key).await?;
        let reconnection = self.read_reconnection(key).await?;
        let any = recharge.is_some() || reconnection.is_some();
        Ok(any.then_some(Aftermath { recharge, reconnection }))
    }

    /// What the hall publishes, by which this system computes.
    #[must_use]
    pub const fn hall(&self) -> &Arc<Hall> {
        &self.hall
    }
}

#[async_trait]
impl Billing for EmbeddedBilling {
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        known("find_account", self.read_account(number).await)
    }

    async fn holdings(&self, of: &Holder) -> Outcome<Holdings> {
        known("holdings", self.read_holdings(of).await)
    }

    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>> {
        known("holding", self.read_holding(account).await)
    }

    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>> {
        flat("payments", self.read_payments(account, since).await)
    }

    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>> {
        known("taxable", self.read_taxable(account, payment).await)
    }

    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears> {
        flat("arrears", self.read_arrears(account, today).await)
    }

    async fn bills(&self, account: &AccountId, today: Date) -> Outcome<Bills> {
        flat("bills", self.read_bills(account, today).await)
    }

    async fn bill(&self, account: &AccountId, month: Month, today: Date) -> Outcome<Option<BillDetail>> {
        flat("bill", self.read_bill(account, month, today).await)
    }

    async fn fees(&self, of: &ApplicationId) -> Outcome<Vec<DueFee>> {
        known("fees", self.read_fees(of).await)
    }

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        flat("post", self.write_posting(posting).await)
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        known("query_post", self.read_posting(key).await)
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        flat("fence", self.write_fence(key).await)
    }

    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        known("aftermath", self.read_aftermath(key).await)
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        known("day_file", self.read_day(day).await)
    }

    async fn application(&self, number: &str, today: Date) -> Outcome<Vec<ApplicationRecord>> {
        known("application", self.read_application(number, today).await)
    }

    async fn applications_of(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Outcome<Vec<ApplicationRecord>> {
        known("applications_of", self.read_applications(account, phone_last4, today).await)
    }

    async fn outages(&self, now: Timestamp) -> Outcome<Vec<Outage>> {
        known("outages", self.read_outages(now).await)
    }

    async fn outages_of(&self, account: &AccountId, now: Timestamp) -> Outcome<Vec<Outage>> {
        flat("outages_of", self.read_outages_of(account, now).await)
    }

    async fn ready(&self) -> bool {
        // Reads a page of the file; a pool's own ping would not.
        sqlx::query("SELECT id FROM accounts LIMIT 1").fetch_optional(&self.reader).await.is_ok()
    }
}
