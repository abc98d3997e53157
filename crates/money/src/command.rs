//! What can be asked of an order, and what a decision on it consists of.

use serde::{Deserialize, Serialize};

use crate::review::{ReviewPart, Verdict};
use crate::{
    Collect, CollectEvent, Deliver, DeliverEvent, Entry, Fen, Moment, Order, Outcome, Payment, Posted,
};

/// What a channel says about a trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trade {
    /// It has no such trade.
    NotFound,
    /// Not paid so far.
    Pending,
    /// Paid.
    Paid(Payment),
    /// Closed for ever, unpaid.
    Closed,
}

/// What a channel says about a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundAnswer {
    /// It knows no such refund.
    NotFound,
    /// Accepted, on its way.
    Accepted,
    /// The payer has the money.
    Done,
    /// It cannot be done by machine.
    Abnormal,
}

/// What billing says about a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FenceAnswer {
    /// The key can never be posted.
    Fenced,
    /// Too late: it is posted.
    Posted(Posted),
}

/// What an attempt needs to know about its channel, fixed when the attempt is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFacts {
    /// Its id.
    pub id: String,
    /// Who must be paid.
    pub merchant: String,
    /// Whether it can close an unpaid trade.
    pub can_close: bool,
}

/// Something that happened, or is wanted, for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The kiosk wants a new code. `no` is the number that the attempt will have.
    NewAttempt {
        /// The last attempt's number plus one; an existing number is a replay.
        no: u32,
        /// The channel.
        channel: ChannelFacts,
    },
    /// The kiosk wants to leave; why.
    Leave(String),
    /// The customer wants more time.
    Extend,
    /// The answer to a create.
    CodeAnswered {
        /// Which attempt.
        attempt: u32,
        /// The code.
        outcome: Outcome<String>,
    },
    /// The answer to a query.
    Queried {
        /// Which attempt.
        attempt: u32,
        /// How the trade stands.
        outcome: Outcome<Trade>,
    },
    /// The answer to a close, or for a channel that cannot close, to the query instead of it.
    CloseAnswered {
        /// Which attempt.
        attempt: u32,
        /// How the trade stands.
        outcome: Outcome<Trade>,
    },
    /// A verified notification of payment.
    Notified {
        /// Our number of the attempt.
        number: String,
        /// The evidence.
        payment: Payment,
    },
    /// The answer to a posting.
    PostAnswered {
        /// Which line.
        line: u32,
        /// Billing's answer.
        outcome: Outcome<Posted>,
    },
    /// The answer to a query of a posting.
    PostQueried {
        /// Which line.
        line: u32,
        /// Billing's answer.
        outcome: Outcome<Option<Posted>>,
    },
    /// The answer to a fence.
    FenceAnswered {
        /// Which line.
        line: u32,
        /// Billing's answer.
        outcome: Outcome<FenceAnswer>,
    },
    /// The answer to a refund.
    RefundAnswered {
        /// Our number of the refund.
        number: String,
        /// The channel's answer.
        outcome: Outcome<RefundAnswer>,
    },
    /// The answer to a query of a refund.
    RefundQueried {
        /// Our number of the refund.
        number: String,
        /// The channel's answer.
        outcome: Outcome<RefundAnswer>,
    },
    /// A person decided on something under review.
    Decide {
        /// On what.
        part: ReviewPart,
        /// What is to be done.
        verdict: Verdict,
        /// Why, in the person's words. Without personal data of customers.
        reason: String,
    },
}

/// Why a wish of the kiosk is not granted. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The last attempt is not proved closed.
    AttemptStillOpen,
    /// The step is not possible in the order's state.
    State,
    /// The order has no such attempt, line or refund.
    NoSuchPart,
    /// An amount is zero, negative, or too large to add up.
    Amount,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AttemptStillOpen => "the last attempt is not proved closed",
            Self::State => "not possible in the order's state",
            Self::NoSuchPart => "the order has no such attempt, line or refund",
            Self::Amount => "the amounts do not add up",
        })
    }
}

impl std::error::Error for Refusal {}

/// What is to be done next for one part of an order. Each part (an attempt, a line, a whole refund) has at most one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Ask the channel for a code.
    Create(u32),
    /// Ask how a trade that can be paid stands.
    Query(u32),
    /// Query, close.
    Close(u32),
    /// Ask once more about a closed attempt.
    Recheck(u32),
    /// Post a line.
    Post(u32),
    /// Ask whether a line is posted.
    QueryPost(u32),
    /// Fence a line's key.
    Fence(u32),
    /// Ask the channel for a refund.
    Refund(String),
    /// Ask how a refund stands.
    QueryRefund(String),
}

impl Task {
    /// The part of the order that the task is about; the key of the job.
    #[must_use]
    pub fn part(&self) -> String {
        match self {
            Self::Create(no) | Self::Query(no) | Self::Close(no) | Self::Recheck(no) => {
                format!("attempt-{no}")
            }
            Self::Post(line) | Self::QueryPost(line) | Self::Fence(line) => format!("line-{line}"),
            Self::Refund(number) | Self::QueryRefund(number) => format!("refund-{number}"),
        }
    }

    /// The task's name in the books.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Query(_) => "query",
            Self::Close(_) => "close",
            Self::Recheck(_) => "recheck",
            Self::Post(_) => "post",
            Self::QueryPost(_) => "query_post",
            Self::Fence(_) => "fence",
            Self::Refund(_) => "refund",
            Self::QueryRefund(_) => "query_refund",
        }
    }
}

/// A change to the jobs of the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobChange {
    /// This is next for its part, in place of whatever was.
    Set {
        /// What.
        task: Task,
        /// Not before.
        due: Moment,
        /// How many tries ended unknown in a row.
        tries: u32,
    },
    /// Nothing more is to be done for this part.
    Done {
        /// [`Task::part`].
        part: String,
    },
}

/// A line of the order's history. Append-only, without personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened: a stable word.
    pub kind: String,
    /// The part that it happened to: `order`, `attempt-1`, `line-0`, `refund-…`.
    pub part: String,
    /// The state before, where one changed.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// A code or number that explains it.
    pub detail: Option<String>,
    /// Who caused it: [`crate::Who`] as text.
    pub who: String,
    /// What was wished, answered or told: [`Command::why`].
    pub why: String,
    /// What it rests on: [`Command::evidence`].
    pub evidence: Option<String>,
}

/// Something that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Unique for ever.
    pub key: String,
    /// Why, in words for staff.
    pub reason: String,
    /// The money that is in question.
    pub amount: Fen,
}

/// What follows from a command: written in one transaction, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The order after it; the version has grown when anything changed.
    pub order: Order,
    /// What to append to the history.
    pub events: Vec<Event>,
    /// What is next for the parts that the command touched.
    pub jobs: Vec<JobChange>,
    /// What to append to the ledger.
    pub entries: Vec<Entry>,
    /// What to put on the list that a person sees.
    pub reviews: Vec<Review>,
    /// The cells of the tables that it went through, ignored ones included. Not written; coverage is counted by them.
    pub cells: Vec<Cell>,
}

/// A cell of one of the two tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell {
    /// Of the collecting machine.
    Collect(Collect, CollectEvent),
    /// Of the delivering machine.
    Deliver(Deliver, DeliverEvent),
}
