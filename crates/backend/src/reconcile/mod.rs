//! The day's books (对账/日结): the channels' statements, our orders with their postings and refunds, billing's day file and
//! the kiosks' journals, matched to the fen. `compare` is pure; `run` fetches, writes down and closes; `report` is the
//! paper for people. Nothing is ever edited: a run adds what is new, and the same books again add nothing.

mod compare;
mod payments;
mod report;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use powerhall_api::{Collect as ToldCollect, JournalFact};
use powerhall_money::{Fen, Moment, Order};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use compare::compare;
pub use report::{Report, Row, csv, table};
pub use run::{Ran, ReconcileError, Wish, run};

/// How near to midnight two clocks may put one payment on two days.
pub const STRADDLE_MS: i64 = 5 * 60_000;
/// How long after a day its payments may be heard of and still be looked at by that day.
pub const HEARD_MS: i64 = 7 * 24 * 3_600_000;
/// A day.
pub const DAY_MS: i64 = 24 * 3_600_000;

/// A line of a channel's statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// Our number of the attempt.
    pub number: String,
    /// Our number of the refund, when it is one.
    pub refund: Option<String>,
    /// Positive for payments, negative for refunds.
    pub amount: Fen,
    /// The channel's own number.
    pub transaction: String,
    /// When.
    pub at: Moment,
}

/// What a statement says of itself, where the channel sends sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Payments less refunds.
    pub total: Fen,
    /// How many lines.
    pub lines: u64,
}

/// One channel's statement of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The channel.
    pub channel: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its own sums.
    pub declared: Option<Sums>,
}

/// A line of billing's day file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The posting's key.
    pub key: String,
    /// How much.
    pub amount: Fen,
    /// Billing's own number.
    pub number: String,
}

/// What a kiosk's journal says of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalFacts {
    /// Whose journal.
    pub kiosk: String,
    /// The order.
    pub order: Uuid,
    /// The amount that it was named with.
    pub named: Option<Fen>,
    /// The last that the backend had said.
    pub stands: Option<ToldCollect>,
    /// Whether the backend had ever said that it is paid.
    pub paid: bool,
}

impl JournalFacts {
    /// Nothing is said so far.
    pub(crate) fn new(kiosk: String, order: Uuid) -> Self {
        Self { kiosk, order, named: None, stands: None, paid: false }
    }

    /// A further row.
    pub(crate) fn add(&mut self, fact: JournalFact) {
        match fact {
            JournalFact::Named { amount_fen } => self.named = Some(amount_fen),
            JournalFact::Stands { collect, .. } => {
                self.stands = Some(collect);
                self.paid |= collect == ToldCollect::Paid;
            }
            JournalFact::Ended => {}
        }
    }
}

/// What we hold of a day, as the store gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Orders that have to do with the day: paid in it or named by a statement, the day file or a journal.
    pub orders: Vec<(String, Order)>,
    /// When the channel first accepted our refunds, as we heard it.
    pub refunds_heard: BTreeMap<String, Moment>,
    /// What stands in statements that were taken in for other days: channel, number of the payment or refund, transaction.
    pub stated_elsewhere: BTreeSet<(String, String, String)>,
    /// What journals say about orders of the day, and about orders that we do not have.
    pub journals: Vec<JournalFacts>,
    /// Until when each kiosk's journal has been taken in.
    pub journal_until: BTreeMap<String, Moment>,
    /// Reviews of this day's differences: undecided, or with who decided and why.
    pub reviews: BTreeMap<String, Option<String>>,
    /// Who closed the day, when, and over which content.
    pub closed: Option<Close>,
}

impl Records {
    /// Whether another day's statement has the number, under this transaction where one is asked for.
    pub(crate) fn is_stated_elsewhere(&self, channel: &str, number: &str, transaction: Option<&str>) -> bool {
        let from = (channel.to_owned(), number.to_owned(), transaction.unwrap_or_default().to_owned());
        let next = self.stated_elsewhere.range(from..).next();
        next.is_some_and(|(c, n, t)| {
            c == channel && n == number && transaction.is_none_or(|wanted| t == wanted)
        })
    }
}

/// A day's close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Close {
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// SHA-256 of the report that it closed, hexadecimal.
    pub content: String,
}

/// The books of a day, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// The first moment of the day.
    pub from: Moment,
    /// The first moment of the next.
    pub to: Moment,
    /// Every configured channel's.
    pub statements: Vec<Statement>,
    /// Billing's.
    pub postings: Vec<Posting>,
    /// Ours, and the kiosks'.
    pub records: Records,
}

/// How two books differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The channel took money for an attempt of ours that we believe unpaid.
    PaidUnheard,
    /// The channel took money for a number that we never made.
    PaidUnknownNumber,
    /// We hold evidence of a payment that the statement does not have.
    PaidOursOnly,
    /// The same near midnight: the next day's statement decides.
    Carried,
    /// A payment's or refund's amount differs.
    AmountDiffers,
    /// The same payment under another transaction number of the channel.
    TransactionDiffers,
    /// One transaction, or one refund, twice in a statement.
    Duplicate,
    /// The channel refunded, and we know no such refund.
    RefundUnknownNumber,
    /// The channel refunded; we do not know yet that it did.
    RefundUnheard,
    /// We believe a refund accepted, the statement does not have it.
    RefundOursOnly,
    /// Billing posted for a key that we never made.
    PostingUnknownKey,
    /// Billing posted; for us the line is not posted.
    PostingStatusDiffers,
    /// Posted for us; billing's day file does not have it.
    PostingOursOnly,
    /// Billing posted another amount.
    PostingAmountDiffers,
    /// One key twice in the day file.
    PostingDuplicate,
    /// The money is here and has not come to its end.
    Unfinished,
    /// A book's own sums are not those of its lines, or its lines have no sum.
    SumsDiffer,
    /// A kiosk was told that an order is paid; we do not know it.
    JournalSaysPaid,
    /// A kiosk was told about an order that we do not have.
    JournalLostHere,
    /// A kiosk named an order with another amount.
    JournalAmountDiffers,
    /// A kiosk's journal does not name an order of its own.
    JournalUnnamed,
    /// A kiosk named an order and its request never arrived. Harmless.
    NeverHeard,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::PaidUnheard,
        Self::PaidUnknownNumber,
        Self::PaidOursOnly,
        Self::Carried,
        Self::AmountDiffers,
        Self::TransactionDiffers,
        Self::Duplicate,
        Self::RefundUnknownNumber,
        Self::RefundUnheard,
        Self::RefundOursOnly,
        Self::PostingUnknownKey,
        Self::PostingStatusDiffers,
        Self::PostingOursOnly,
        Self::PostingAmountDiffers,
        Self::PostingDuplicate,
        Self::Unfinished,
        Self::SumsDiffer,
        Self::JournalSaysPaid,
        Self::JournalLostHere,
        Self::JournalAmountDiffers,
        Self::JournalUnnamed,
        Self::NeverHeard,
    ];

    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PaidUnheard => "paid_unheard",
            Self::PaidUnknownNumber => "paid_unknown_number",
            Self::PaidOursOnly => "paid_ours_only",
            Self::Carried => "carried",
            Self::AmountDiffers => "amount_differs",
            Self::TransactionDiffers => "transaction_differs",
            Self::Duplicate => "duplicate",
            Self::RefundUnknownNumber => "refund_unknown_number",
            Self::RefundUnheard => "refund_unheard",
            Self::RefundOursOnly => "refund_ours_only",
            Self::PostingUnknownKey => "posting_unknown_key",
            Self::PostingStatusDiffers => "posting_status_differs",
            Self::PostingOursOnly => "posting_ours_only",
            Self::PostingAmountDiffers => "posting_amount_differs",
            Self::PostingDuplicate => "posting_duplicate",
            Self::Unfinished => "unfinished",
            Self::SumsDiffer => "sums_differ",
            Self::JournalSaysPaid => "journal_says_paid",
            Self::JournalLostHere => "journal_lost_here",
            Self::JournalAmountDiffers => "journal_amount_differs",
            Self::JournalUnnamed => "journal_unnamed",
            Self::NeverHeard => "never_heard",
        }
    }

    /// What is proposed.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::PaidUnheard => {
                "settle it by the statement (--settle): it is posted, refunded if the order is paid, or listed"
            }
            Self::PaidUnknownNumber => "ask the channel whose it is; refund it at the channel",
            Self::PaidOursOnly => "query the channel; still not there: ask for a corrected statement",
            Self::Carried => "nothing today; the next day's statement decides",
            Self::AmountDiffers => "ask the channel which amount holds; decide on the payment",
            Self::TransactionDiffers => "ask the channel which transaction holds",
            Self::Duplicate => "ask the channel; if it took the money twice, have one refunded",
            Self::RefundUnknownNumber => {
                "ask the channel who refunded; compare with decisions settled outside"
            }
            Self::RefundUnheard => "nothing by hand: the refund's job asks the channel again",
            Self::RefundOursOnly => "query the refund; still not there: ask the channel",
            Self::PostingUnknownKey => "ask billing who posted; have it reversed if nobody paid",
            Self::PostingStatusDiffers => {
                "compare with the refund; have billing reverse the posting if both happened"
            }
            Self::PostingOursOnly => "query billing by the key; still not there: ask billing",
            Self::PostingAmountDiffers => "ask billing to correct the posting",
            Self::PostingDuplicate => "have billing reverse one of the two",
            Self::Unfinished => "wait for the jobs, or decide on its review",
            Self::SumsDiffer => "fetch the book again; the file is damaged",
            Self::JournalSaysPaid => {
                "query the channel for this order; the customer was told that it is paid"
            }
            Self::JournalLostHere => {
                "the store has lost an order: restore it, query the channel for its numbers"
            }
            Self::JournalAmountDiffers => "look at the kiosk",
            Self::JournalUnnamed => "the kiosk's journal has lost rows: look at the kiosk",
            Self::NeverHeard => "nothing: the request never arrived and no code was made",
        }
    }

    /// Whether the day can be closed with it as it is.
    #[must_use]
    pub const fn is_harmless(self) -> bool {
        match self {
            Self::Carried | Self::NeverHeard => true,
            Self::PaidUnheard
            | Self::PaidUnknownNumber
            | Self::PaidOursOnly
            | Self::AmountDiffers
            | Self::TransactionDiffers
            | Self::Duplicate
            | Self::RefundUnknownNumber
            | Self::RefundUnheard
            | Self::RefundOursOnly
            | Self::PostingUnknownKey
            | Self::PostingStatusDiffers
            | Self::PostingOursOnly
            | Self::PostingAmountDiffers
            | Self::PostingDuplicate
            | Self::Unfinished
            | Self::SumsDiffer
            | Self::JournalSaysPaid
            | Self::JournalLostHere
            | Self::JournalAmountDiffers
            | Self::JournalUnnamed => false,
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// How the books differ.
    pub class: Class,
    /// The number, key or order that it is about; a payment beside the first of its number is `number:transaction`.
    pub name: String,
    /// The channel, where one is concerned.
    pub channel: Option<String>,
    /// The order's number for people.
    pub reference: Option<String>,
    /// What the other book says, in fen.
    pub theirs: Option<Fen>,
    /// What ours says, in fen.
    pub ours: Option<Fen>,
    /// The channel's or billing's own number.
    pub transaction: Option<String>,
    /// When, by the book that has it.
    pub at: Option<Moment>,
}

impl Difference {
    /// Names it for ever: the key of its review.
    #[must_use]
    pub fn key(&self, day: &str) -> String {
        let name = &self.name;
        match &self.channel {
            Some(channel) => format!("recon:{day}:{}:{channel}:{name}", self.class.word()),
            None => format!("recon:{day}:{}:{name}", self.class.word()),
        }
    }
}

/// What agreed, and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// By channel.
    pub channels: BTreeMap<String, Totals>,
    /// Billing's day file.
    pub postings: Totals,
    /// Orders that journal and backend agree about.
    pub journals_matched: u64,
    /// Sorted; each key once.
    pub differences: Vec<Difference>,
}

/// Sums of one book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Lines of the book.
    pub lines: u64,
    /// Their sum.
    pub sum: i64,
    /// Lines that agree with ours.
    pub matched: u64,
    /// Their sum.
    pub matched_sum: i64,
}
