//! An order as the backend keeps it: what is to be collected, by which attempts, and what became of each line. Facts
//! only; what follows from an answer is decided in `decide`. Holds no personal data: whose account a line pays is kept
//! beside the order, not in it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Collect, Deliver, Fen, Moment};

/// An intent to collect and a duty to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Named by the kiosk.
    pub id: Uuid,
    /// Grows by one with every change; 1 for a new order.
    pub version: u64,
    /// The short number for people.
    pub reference: String,
    /// Where collecting stands.
    pub collect: Collect,
    /// The sum of the lines.
    pub amount: Fen,
    /// At least one.
    pub lines: Vec<Line>,
    /// In the order of their numbers; at most one can be paid at any time.
    pub attempts: Vec<Attempt>,
    /// At most one per attempt and line, or one per whole attempt.
    pub refunds: Vec<Refund>,
    /// When it was created.
    pub created_at: Moment,
}

/// One account or fee to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line of the quote.
    pub line: u32,
    /// Its amount.
    pub amount: Fen,
    /// Billing's idempotency key.
    pub key: String,
    /// Where delivering stands.
    pub deliver: Deliver,
    /// Whether a request to post ended unknown: then a refusal alone is not enough for a refund.
    #[serde(default)]
    pub in_doubt: bool,
    /// Billing's answer.
    pub posted: Option<Posted>,
    /// How often it was put on the list that a person sees.
    #[serde(default)]
    pub reviews: u32,
    /// Set when a person added it: money of one attempt as credit for an account of the order. Not a part of
    /// [`Order::amount`].
    #[serde(default)]
    pub extra: Option<Extra>,
}

/// Where the money of a line that a person added comes from and goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extra {
    /// The attempt that was paid.
    pub attempt: u32,
    /// The line of the quote whose account gets it.
    pub of: u32,
}

/// A further payment of an attempt that was paid before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// Evidence.
    pub payment: Payment,
    /// Whether a person has settled it.
    pub settled: bool,
}

/// Billing's answer to a posting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Billing's own number.
    pub number: String,
    /// The posted amount.
    pub amount: Fen,
    /// What the account owes after it.
    pub arrears: Fen,
    /// The credit on the account after it.
    pub credit: Fen,
}

/// Where one attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// Its number is durable; a code was asked for or will be.
    Preparing,
    /// Its code is on the screen.
    Live,
    /// It is being closed.
    Closing,
    /// Nobody can pay it any more.
    Closed,
    /// It was paid.
    Paid,
    /// It was paid otherwise than asked; a person decides.
    Review,
    /// A person decided that its money goes another way than to the lines: credit, refund, or settled outside.
    Aside,
}

impl AttemptState {
    /// Whether somebody may still be able to pay it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Preparing | Self::Live | Self::Closing => true,
            Self::Closed | Self::Paid | Self::Review | Self::Aside => false,
        }
    }
}

/// One number at one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub no: u32,
    /// The channel.
    pub channel: String,
    /// Our number (`out_trade_no`).
    pub number: String,
    /// Who must be paid; evidence that names another goes to a person.
    pub merchant: String,
    /// Whether the channel can close an unpaid trade.
    pub can_close: bool,
    /// Where it stands.
    pub state: AttemptState,
    /// The text of the QR code, once there is one. Wiped when the attempt is over.
    pub code: Option<String>,
    /// Whether a code was ever stored: without one, nobody could scan anything.
    pub had_code: bool,
    /// When the number was made durable.
    pub created_at: Moment,
    /// When the backend begins to close it by itself.
    pub deadline: Moment,
    /// The channel's own expiry; the same on every retry.
    pub expires_at: Moment,
    /// How often the customer was given more time.
    pub extensions: u32,
    /// How often it was queried after it was closed.
    pub rechecks: u32,
    /// Evidence.
    pub payment: Option<Payment>,
    /// Payments of the same number by other transactions; never expected, never forgotten.
    #[serde(default)]
    pub further: Vec<Further>,
}

/// Evidence of a payment, as a channel gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The channel's own number.
    pub transaction: String,
    /// What was paid.
    pub amount: Fen,
    /// ISO 4217.
    pub currency: String,
    /// Who was paid.
    pub merchant: String,
    /// When.
    pub at: Moment,
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Our number; the same on every retry.
    pub number: String,
    /// The paid attempt.
    pub attempt: u32,
    /// The line that billing refused; `None` when the whole attempt goes back.
    pub line: Option<u32>,
    /// How much.
    pub amount: Fen,
    /// `rejected` until the channel accepts it, then `refunding`, then `refunded` or `manual_review`; `settled` by a
    /// person.
    pub state: Deliver,
    /// When a request for it last ended unknown: until [`crate::Policy::request_life_ms`] later it may still reach the
    /// channel, and a refusal alone is not enough for a person to decide on. `None` once the channel knows the refund.
    #[serde(default)]
    pub in_doubt: Option<Moment>,
    /// How often it was put on the list that a person sees.
    #[serde(default)]
    pub reviews: u32,
}

impl Refund {
    /// Whether the machine still asks the channel for it.
    #[must_use]
    pub const fn is_asked_for(&self) -> bool {
        match self.state {
            Deliver::Rejected | Deliver::Refunding => true,
            Deliver::None
            | Deliver::Posting
            | Deliver::Posted
            | Deliver::Refunded
            | Deliver::ManualReview
            | Deliver::Settled => false,
        }
    }
}

impl Order {
    /// The last attempt; none only before the first is prepared.
    #[must_use]
    pub fn last_attempt(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// An attempt by its number in this order.
    #[must_use]
    pub fn attempt(&self, no: u32) -> Option<&Attempt> {
        self.attempts.iter().find(|a| a.no == no)
    }

    /// An attempt by our number at the channel.
    #[must_use]
    pub fn attempt_by_number(&self, number: &str) -> Option<&Attempt> {
        self.attempts.iter().find(|a| a.number == number)
    }

    /// A line by its number in the quote.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<&Line> {
        self.lines.iter().find(|l| l.line == line)
    }

    /// A refund by its number.
    #[must_use]
    pub fn refund(&self, number: &str) -> Option<&Refund> {
        self.refunds.iter().find(|r| r.number == number)
    }

    /// The attempt whose money pays the lines: the paid one that is not refunded whole.
    #[must_use]
    pub fn paying_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|a| {
            a.state == AttemptState::Paid
                && !self.refunds.iter().any(|r| r.attempt == a.no && r.line.is_none())
        })
    }

    /// Whether the order has come to an end as far as the kiosk can wait for one. What a person must decide is an end.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.collect {
            Collect::Created | Collect::Preparing | Collect::Awaiting | Collect::Closing => true,
            Collect::Closed | Collect::ManualReview => false,
            Collect::Paid => self.lines.iter().filter(|l| l.extra.is_none()).any(|line| match line.deliver {
                Deliver::None | Deliver::Posting | Deliver::Rejected | Deliver::Refunding => true,
                Deliver::Posted | Deliver::Refunded | Deliver::ManualReview | Deliver::Settled => false,
            }),
        }
    }

    /// Whether the customer can still be given more time on the code that is shown.
    #[must_use]
    pub fn is_extendable(&self, policy: &crate::Policy) -> bool {
        self.collect == Collect::Awaiting
            && self.last_attempt().is_some_and(|a| a.can_close && a.extensions < policy.extensions_max)
    }
}
