//! Who caused a change, why, and by what evidence: every line of an order's history says so, in stable words and without
//! personal data of customers.

use std::fmt;

use crate::command::{Command, FenceAnswer, RefundAnswer, Trade};
use crate::{Cause, Outcome, Payment, Posted};

/// Who caused a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who<'a> {
    /// A kiosk, by its id.
    Kiosk(&'a str),
    /// A job of our own, by its task's name.
    Job(&'a str),
    /// A payment channel's notification, by the channel's id and the event's.
    Channel {
        /// The channel.
        id: &'a str,
        /// Its own id of the event.
        event: &'a str,
    },
    /// A person, by the operating system's user name.
    Person(&'a str),
}

impl fmt::Display for Who<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kiosk(id) => write!(f, "kiosk:{id}"),
            Self::Job(task) => write!(f, "job:{task}"),
            Self::Channel { id, event } => write!(f, "channel:{id}:{event}"),
            Self::Person(name) => write!(f, "user:{name}"),
        }
    }
}

impl Command {
    /// Why an order changes, in a stable word: what was wished, answered or told.
    #[must_use]
    pub const fn why(&self) -> &'static str {
        match self {
            Self::NewAttempt { .. } => "new_attempt",
            Self::Leave(_) => "leave",
            Self::Extend => "extend",
            Self::CodeAnswered { .. } => "code_answered",
            Self::Queried { .. } => "queried",
            Self::CloseAnswered { .. } => "close_answered",
            Self::Notified { .. } => "notified",
            Self::PostAnswered { .. } => "post_answered",
            Self::PostQueried { .. } => "post_queried",
            Self::FenceAnswered { .. } => "fence_answered",
            Self::RefundAnswered { .. } => "refund_answered",
            Self::RefundQueried { .. } => "refund_queried",
            Self::Decide { .. } => "decided",
        }
    }

    /// What the change rests on: the answer, the transaction, the reason. None where there is nothing beyond the wish.
    #[must_use]
    pub fn evidence(&self) -> Option<String> {
        Some(match self {
            Self::NewAttempt { channel, .. } => channel.id.clone(),
            Self::Leave(reason) => reason.clone(),
            Self::Extend => return None,
            // The code itself is worth money while it can be paid, so it is not history.
            Self::CodeAnswered { outcome, .. } => outcome_text(outcome, |_| "code".to_owned()),
            Self::Queried { outcome, .. } | Self::CloseAnswered { outcome, .. } => {
                outcome_text(outcome, |trade| match trade {
                    Trade::NotFound => "not_found".to_owned(),
                    Trade::Pending => "pending".to_owned(),
                    Trade::Closed => "closed".to_owned(),
                    Trade::Paid(payment) => paid(payment),
                })
            }
            Self::Notified { payment, .. } => paid(payment),
            Self::PostAnswered { outcome, .. } => outcome_text(outcome, posted),
            Self::PostQueried { outcome, .. } => outcome_text(outcome, |found| {
                found.as_ref().map_or_else(|| "not_on_account".to_owned(), posted)
            }),
            Self::FenceAnswered { outcome, .. } => outcome_text(outcome, |fence| match fence {
                FenceAnswer::Fenced => "fenced".to_owned(),
                FenceAnswer::Posted(answer) => posted(answer),
            }),
            Self::RefundAnswered { outcome, .. } | Self::RefundQueried { outcome, .. } => {
                outcome_text(outcome, |answer| {
                    match answer {
                        RefundAnswer::NotFound => "not_found",
                        RefundAnswer::Accepted => "accepted",
                        RefundAnswer::Done => "done",
                        RefundAnswer::Abnormal => "abnormal",
                    }
                    .to_owned()
                })
            }
            Self::Decide { verdict, reason, .. } => format!("{verdict}: {reason}"),
        })
    }
}

fn outcome_text<T>(outcome: &Outcome<T>, definite: impl FnOnce(&T) -> String) -> String {
    match outcome {
        Outcome::Definite(answer) => definite(answer),
        Outcome::Rejected(code) => format!("rejected {code}"),
        Outcome::Unknown(cause) => unknown(cause),
    }
}

fn unknown(cause: &Cause) -> String {
    format!("unknown: {cause}")
}

fn paid(payment: &Payment) -> String {
    format!("paid {} {} {}", payment.transaction, payment.amount.get(), payment.currency)
}

fn posted(answer: &Posted) -> String {
    format!("posted {} {}", answer.number, answer.amount.get())
}
