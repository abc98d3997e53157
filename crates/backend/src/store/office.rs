//! What the back office needs of the store beside the orders: the kiosks' journals and the list that a person decides on.
//! As in [`super::Store`], one method is one whole transaction, and decisions are pure (`journal`, `crates/money`).

use std::collections::BTreeMap;

use async_trait::async_trait;
use powerhall_api::{JournalAnswer, JournalHead, JournalUpload};
use powerhall_money::{Context, Event, Moment, Review, Verdict};

use super::{Changed, ReviewRow, StoreError, StoredOrder};
use crate::reconcile::{Close, Line, Records};

/// A line of an order's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// The order's version after it.
    pub version: u64,
    /// When.
    pub at: Moment,
    /// What, by whom, why.
    pub event: Event,
}

/// What a person decided on a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// In words: `credit`, `outside desk-7`, `noted`.
    pub verdict: String,
    /// Why.
    pub reason: String,
    /// The operating system's user.
    pub who: String,
    /// When.
    pub at: Moment,
}

/// A review with everything that a person needs to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewSheet {
    /// The line of the list.
    pub row: ReviewRow,
    /// The order that it is about; none when it is about none.
    pub order: Option<StoredOrder>,
    /// That order's history, oldest first.
    pub history: Vec<HistoryRow>,
    /// The decision, once there is one.
    pub decided: Option<Decided>,
}

/// A decision to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The machines carry it out: for money of an order.
    Money(Verdict),
    /// Seen and explained; nothing moves. For what is not money of an order.
    Noted,
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Money(verdict) => verdict.fmt(f),
            Self::Noted => f.write_str("noted"),
        }
    }
}

/// What became of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecideOutcome {
    /// Written; the order is so now, when one moved.
    Done(Option<Box<Changed>>),
    /// There is no such review.
    NoSuchReview,
    /// It was decided before.
    Before(Decided),
    /// The choice does not fit: money of an order wants a verdict, everything else is noted.
    Unfit,
}

/// Which records of a day are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayQuery {
    /// `yyyy-mm-dd`.
    pub day: String,
    /// The first moment of the day.
    pub from: Moment,
    /// The first moment of the next.
    pub to: Moment,
    /// Our numbers of payments and refunds in the statements.
    pub numbers: Vec<String>,
    /// Keys in billing's day file.
    pub keys: Vec<String>,
}

/// A statement as it was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The channel.
    pub channel: String,
    /// `yyyy-mm-dd`.
    pub day: String,
    /// SHA-256 of the lines, hexadecimal.
    pub content: String,
    /// The lines, sorted.
    pub lines: Vec<Line>,
}

/// What a run over a day writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayWrite {
    /// `yyyy-mm-dd`.
    pub day: String,
    /// Every difference that must be explained. What stood on the list for this day and is none any more is decided:
    /// the books agree now.
    pub reviews: Vec<Review>,
    /// Close the day, if nothing is left to explain.
    pub close: Option<Close>,
    /// When.
    pub now: Moment,
}

/// What stands after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayWritten {
    /// The differences that a person has explained: by key, who and why.
    pub explained: BTreeMap<String, String>,
    /// The day's close, now or before.
    pub closed: Option<Close>,
}

/// Who decides that a difference has gone.
pub(super) const AGREED_BY: &str = "job:reconcile";
/// The word and the reason for it.
pub(super) const AGREED: (&str, &str) = ("agreed", "the books agree now");

/// The port of the back office.
#[async_trait]
pub trait Office: Send + Sync {
    /// Takes in rows of a kiosk's journal.
    async fn journal(
        &self,
        kiosk: &str,
        upload: &JournalUpload,
        now: Moment,
    ) -> Result<JournalAnswer, StoreError>;

    /// Compares a check-in's head of the journal with what is held; gives the reviews that are new by it.
    async fn journal_head(
        &self,
        kiosk: &str,
        head: &JournalHead,
        now: Moment,
    ) -> Result<Vec<Review>, StoreError>;

    /// The list that a person sees with what was decided, oldest first; only the undecided ones if `open`.
    async fn review_list(&self, open: bool) -> Result<Vec<(ReviewRow, Option<Decided>)>, StoreError>;

    /// One review with its order and history.
    async fn review(&self, key: &str) -> Result<Option<ReviewSheet>, StoreError>;

    /// Decides on a review: the decision, its event and what follows in the order, all or nothing. `ctx.who` decides.
    async fn decide_review(
        &self,
        key: &str,
        choice: &Choice,
        reason: &str,
        ctx: Context<'_>,
    ) -> Result<DecideOutcome, StoreError>;

    /// Takes in statements; those that are known by channel, day and content change nothing.
    async fn take_statements(&self, batches: &[Batch], who: &str, now: Moment) -> Result<(), StoreError>;

    /// Our records of a day.
    async fn day_records(&self, query: &DayQuery) -> Result<Records, StoreError>;

    /// Puts a day's differences on the list, and closes the day when that is wished for and nothing is left to explain.
    async fn write_day(&self, write: &DayWrite) -> Result<DayWritten, StoreError>;
}
