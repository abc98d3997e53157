//! What the backend remembers. One method is one whole transaction: load → decide → apply; what it returns is durable.
//! The traits are the port, `sqlite` the adapter that is served from, `memory` the same for simulations. A decision never
//! sees SQL, and no SQL decides.

mod apply;
mod floor;
mod invoices;
mod memory;
mod office;
mod rows;
mod sqlite;
mod sqlite_days;
mod sqlite_floor;
mod sqlite_invoices;
mod sqlite_office;

use async_trait::async_trait;
use jiff::civil::Date;
use powerhall_api::{Personal, Text};
use powerhall_billing::port::{AccountId, ApplicationId, FeeId, Target};
use powerhall_money::{Command, Context, Fen, Moment, NewOrder, Order, Payment, Refusal, Task};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use floor::Floor;
pub use invoices::InvoiceFile;
pub use memory::{Disk, InstantDisk, MemoryStore};
pub use office::{
    Batch, Choice, DayQuery, DayWrite, DayWritten, DecideOutcome, Decided, HistoryRow, Office, ReviewSheet,
};
pub use sqlite::SqliteStore;

/// How many references are tried before a new order is refused; each collides once in some 10^13 pairs.
const SALTS: u32 = 8;
/// Why money stands on the list that belongs to no order.
const UNCLAIMED: &str = "the channel took money for a number that we never made";

/// The key of its review: one for each transaction, for one number can be paid by several.
fn unclaimed(channel: &str, number: &str, payment: &Payment) -> String {
    format!("unclaimed:{channel}:{number}:{}", payment.transaction)
}

/// Why the store did not do it. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such order.
    #[error("no such order")]
    NoSuchOrder,
    /// The decision was: no.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// A row cannot be read: it was written by a newer version, or the file is damaged.
    #[error("a stored row cannot be read: {0}")]
    Damaged(String),
    /// Another writer was faster; the same call again will do.
    #[error("another writer was faster")]
    Busy,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema cannot be brought to this version.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// An order with what the store keeps beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrder {
    /// Whose order.
    pub kiosk: String,
    /// The order.
    pub order: Order,
    /// What was owed when it was ordered.
    pub quote: OrderedQuote,
}

/// What an order keeps of its quote, as long as it lives itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedQuote {
    /// The quote's id.
    pub quote_id: String,
    /// The ordered lines.
    pub lines: Vec<OrderedLine>,
}

/// Where the money of a line goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedLine {
    /// The line of the quote.
    pub line: u32,
    /// Billing's name of the account; of the application when it pays a fee.
    pub account: Personal,
    /// The same, masked.
    pub account_masked: Personal,
    /// What the money does there.
    #[serde(default)]
    pub use_as: Use,
    /// The months chosen.
    pub periods: Vec<String>,
    /// Refund rather than make credit when somebody else has paid them meanwhile.
    pub exact: bool,
    /// The day (Beijing) on which the quote was made; none in orders of before.
    #[serde(default)]
    pub quoted_on: Option<Date>,
}

/// What the money of a line does where it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// It settles months of an account; all that orders of before did.
    #[default]
    Bills,
    /// It recharges the account's meter.
    Recharge,
    /// It pays a fee of an application.
    Fee {
        /// Which.
        item: u32,
        /// Its name for people.
        name: Text,
    },
}

impl OrderedLine {
    /// Where the money goes, as billing names it.
    #[must_use]
    pub fn target(&self) -> Target {
        let number = self.account.reveal().clone();
        match self.use_as {
            Use::Bills => Target::Account(AccountId(number)),
            Use::Recharge => Target::Recharge(AccountId(number)),
            Use::Fee { item, .. } => Target::Fee(FeeId { application: ApplicationId(number), item }),
        }
    }
}

impl OrderedQuote {
    /// The line by its number.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&OrderedLine> {
        self.lines.iter().find(|l| l.line == line)
    }
}

/// A new order to write.
#[derive(Clone, Debug)]
pub struct OpenOrder {
    /// Whose order.
    pub kiosk: String,
    /// SHA-256 of the request's content: the same id with other content is refused.
    pub fingerprint: [u8; 32],
    /// The order; its `reference` is chosen by the store so that it is unique.
    pub new: NewOrder,
    /// What was owed.
    pub quote: OrderedQuote,
}

/// What became of a new order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Written.
    Created(StoredOrder),
    /// It was there, with the same content.
    Replayed(StoredOrder),
    /// The id is taken by other content or another kiosk.
    Conflict,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The order after it.
    pub stored: StoredOrder,
    /// Whether the order moved on (its version grew).
    pub moved: bool,
}

/// What became of a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// Taken in; the order is so now.
    Taken(Box<Changed>),
    /// It was taken in before.
    Duplicate,
    /// No attempt has this number; it stands on the list that a person sees.
    NoSuchAttempt,
}

/// A claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Whose.
    pub order_id: Uuid,
    /// What.
    pub task: Task,
    /// How many tries ended unknown in a row.
    pub tries: u32,
    /// Whether an earlier claim did not come to its end.
    pub interrupted: bool,
    /// How often it was claimed, this time included. By it [`Store::finish`] sees that somebody else has claimed it since.
    pub claims: u32,
}

/// A line of the list that a person sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// Unique.
    pub key: String,
    /// The order's number for people; none when the money belongs to no order.
    pub reference: Option<String>,
    /// Why.
    pub reason: String,
    /// How much.
    pub amount: Fen,
    /// Since when.
    pub at: Moment,
}

/// The port.
#[async_trait]
pub trait Store: Office + Floor + InvoiceFile {
    /// Adds a kiosk, or gives it another secret.
    async fn put_kiosk(&self, id: &str, secret_sha256: [u8; 32], now: Moment) -> Result<(), StoreError>;

    /// The hash of a kiosk's secret.
    async fn kiosk_secret(&self, id: &str) -> Result<Option<[u8; 32]>, StoreError>;

    /// A kiosk checked in.
    async fn kiosk_seen(&self, id: &str, version: &str, now: Moment) -> Result<(), StoreError>;

    /// Whether an order's id is taken: a replay or a conflict, judged before any expiry.
    async fn replay(
        &self,
        id: Uuid,
        kiosk: &str,
        fingerprint: [u8; 32],
    ) -> Result<Option<Opened>, StoreError>;

    /// Writes a new order with its first attempt and job.
    async fn open_order(&self, open: OpenOrder, ctx: Context<'_>) -> Result<Opened, StoreError>;

    /// An order.
    async fn order(&self, id: Uuid) -> Result<Option<StoredOrder>, StoreError>;

    /// A kiosk's orders that have not come to an end, oldest first, at most 100.
    async fn open_orders(&self, kiosk: &str) -> Result<Vec<StoredOrder>, StoreError>;

    /// Load → decide → apply.
    async fn change(&self, id: Uuid, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError>;

    /// The same for the answer to a job's call. When another worker has claimed or finished the job meanwhile, a call of
    /// that one may be under way: the decision is told so (`ctx.interrupted`).
    async fn finish(&self, job: &Job, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError>;

    /// Takes in a verified notification, once.
    async fn notified(
        &self,
        channel: &str,
        event_id: &str,
        number: &str,
        payment: Payment,
        ctx: Context<'_>,
    ) -> Result<Noticed, StoreError>;

    /// Claims due jobs until `lease_until`; others leave them alone until then.
    async fn claim(&self, now: Moment, lease_until: Moment, limit: u32) -> Result<Vec<Job>, StoreError>;

    /// When the next job can be claimed.
    async fn next_due(&self) -> Result<Option<Moment>, StoreError>;

    /// The ledger's balance of every account.
    async fn balances(&self) -> Result<Vec<(String, Fen)>, StoreError>;

    /// Whether the store can be written.
    async fn ready(&self) -> bool;
}
