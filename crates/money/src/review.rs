//! What a person decides about money that the machines cannot end by themselves. A decision is a command like any other:
//! it is checked against where the thing stands, moves the machines through their tables, and leaves its event.

use serde::{Deserialize, Serialize};

use crate::collect::CollectEvent;
use crate::command::Refusal;
use crate::decide::{CURRENCY, drive};
use crate::deliver::DeliverEvent;
use crate::draft::Draft;
use crate::order::{Attempt, AttemptState, Extra, Line, Order};
use crate::{Collect, Deliver, Entry, LedgerAccount, numbers};

/// The first number of a line that a person adds; those of quotes are below.
const FIRST_EXTRA: u32 = 50;
/// Two digits of a number name the line.
const LINES_MAX: u32 = 99;

/// What is under review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewPart {
    /// The payment of an attempt.
    Payment(u32),
    /// A further payment of an attempt, by the channel's transaction.
    Further(u32, String),
    /// A line: billing's answers contradict each other.
    Line(u32),
    /// A refund that could not be done by machine.
    Refund(String),
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The payment is what was asked for: post the lines.
    Post,
    /// Post the money to the account as credit (预收).
    Credit,
    /// Refund it.
    Refund,
    /// Give it back to the machine: ask billing again, or ask for the refund again, with the same number.
    Retry,
    /// It was settled outside this system; the reference leads to where.
    Outside {
        /// What names it there.
        reference: String,
    },
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Post => f.write_str("post"),
            Self::Credit => f.write_str("credit"),
            Self::Refund => f.write_str("refund"),
            Self::Retry => f.write_str("retry"),
            Self::Outside { reference } => write!(f, "outside {reference}"),
        }
    }
}

/// The key of a review; the same thing under review once more is another review.
pub(crate) fn key(kind: &str, name: &str, count: u32) -> String {
    if count > 1 { format!("{kind}:{name}~{count}") } else { format!("{kind}:{name}") }
}

impl Order {
    /// What the key of a review names in this order.
    #[must_use]
    pub fn review_part(&self, key: &str) -> Option<ReviewPart> {
        let (kind, name) = key.split_once(':')?;
        let plain = name.split_once('~').map_or(name, |(name, _)| name);
        match kind {
            "payment" => match name.split_once(':') {
                None => Some(ReviewPart::Payment(self.attempt_by_number(name)?.no)),
                Some((number, transaction)) => {
                    Some(ReviewPart::Further(self.attempt_by_number(number)?.no, transaction.to_owned()))
                }
            },
            "line" => {
                self.lines.iter().find(|line| line.key == plain).map(|line| ReviewPart::Line(line.line))
            }
            "refund" => self.refund(plain).map(|refund| ReviewPart::Refund(refund.number.clone())),
            _ => None,
        }
    }
}

impl Draft<'_> {
    pub(crate) fn decide_review(&mut self, part: &ReviewPart, verdict: &Verdict) -> Result<(), Refusal> {
        match part {
            ReviewPart::Payment(no) => self.decide_payment(*no, verdict),
            ReviewPart::Further(no, transaction) => self.decide_further(*no, transaction, verdict),
            ReviewPart::Line(line) => self.decide_line(*line, verdict),
            ReviewPart::Refund(number) => self.decide_refund(number, verdict),
        }
    }

    fn decide_payment(&mut self, no: u32, verdict: &Verdict) -> Result<(), Refusal> {
        let attempt = self.attempt(no)?;
        if attempt.state != AttemptState::Review {
            return Err(Refusal::State);
        }
        let (booked, paid, number) = (is_booked(attempt), attempt.payment.clone(), attempt.number.clone());
        let amount = paid.ok_or(Refusal::State)?.amount;
        // Another code that somebody may still pay comes to its end first, or nobody would follow it.
        if self.order.attempts.iter().any(|a| a.state.is_open()) {
            return Err(Refusal::AttemptStillOpen);
        }
        let note = |draft: &mut Self| {
            draft.note("decided", format!("attempt-{no}"), Some(verdict.to_string()));
        };
        match verdict {
            Verdict::Post => {
                // Once the order is paid, its lines are on their way with other money.
                if !booked || amount != self.order.amount || self.order.collect == Collect::Paid {
                    return Err(Refusal::State);
                }
                note(self);
                drive(self, no, CollectEvent::DecidedPost)
            }
            Verdict::Credit if booked => {
                note(self);
                drive(self, no, CollectEvent::DecidedAside)?;
                self.credit(no, None, amount)
            }
            Verdict::Refund if booked => {
                note(self);
                drive(self, no, CollectEvent::DecidedAside)?;
                self.refund_whole(no)
            }
            Verdict::Outside { .. } => {
                note(self);
                drive(self, no, CollectEvent::DecidedAside)?;
                if booked {
                    self.book(Entry::outside(&format!("payment:{number}"), LedgerAccount::Suspense, amount));
                }
                Ok(())
            }
            Verdict::Credit | Verdict::Refund | Verdict::Retry => Err(Refusal::State),
        }
    }

    /// The channel port refunds a number's payment, not one of several transactions: only outside.
    fn decide_further(&mut self, no: u32, transaction: &str, verdict: &Verdict) -> Result<(), Refusal> {
        let Verdict::Outside { .. } = verdict else { return Err(Refusal::State) };
        let attempt = self.attempt_mut(no)?;
        let number = attempt.number.clone();
        let further = attempt
            .further
            .iter_mut()
            .find(|f| f.payment.transaction == transaction && !f.settled)
            .ok_or(Refusal::State)?;
        further.settled = true;
        let (amount, booked) = (
            further.payment.amount,
            further.payment.amount.is_positive() && further.payment.currency == CURRENCY,
        );
        self.note("decided", format!("attempt-{no}"), Some(verdict.to_string()));
        if booked {
            let what = format!("payment:{number}:{transaction}");
            self.book(Entry::outside(&what, LedgerAccount::Suspense, amount));
        }
        Ok(())
    }

    fn decide_line(&mut self, no: u32, verdict: &Verdict) -> Result<(), Refusal> {
        let line = self.line_mut(no)?;
        // A line that only mirrors its refund is decided by the refund.
        if line.deliver != Deliver::ManualReview || line.posted.is_none() {
            return Err(Refusal::State);
        }
        let has_refund = self.order.refunds.iter().any(|r| r.line == Some(no));
        let event = match verdict {
            Verdict::Retry if !has_refund => DeliverEvent::DecidedRetryPost,
            Verdict::Outside { .. } => DeliverEvent::DecidedOutside,
            Verdict::Retry | Verdict::Post | Verdict::Credit | Verdict::Refund => return Err(Refusal::State),
        };
        self.note("decided", format!("line-{no}"), Some(verdict.to_string()));
        if event == DeliverEvent::DecidedRetryPost {
            let line = self.line_mut(no)?;
            line.posted = None;
            // Billing has said once that it is on the account: a refusal now needs the fence.
            line.in_doubt = true;
        }
        self.drive_line(no, event)
    }

    fn decide_refund(&mut self, number: &str, verdict: &Verdict) -> Result<(), Refusal> {
        let refund = self.order.refund(number).ok_or(Refusal::NoSuchPart)?;
        if refund.state != Deliver::ManualReview {
            return Err(Refusal::State);
        }
        let event = match verdict {
            Verdict::Retry | Verdict::Refund => DeliverEvent::DecidedRetryRefund,
            Verdict::Credit => DeliverEvent::DecidedCredit,
            Verdict::Outside { .. } => DeliverEvent::DecidedOutside,
            Verdict::Post => return Err(Refusal::State),
        };
        self.note("decided", format!("refund-{number}"), Some(verdict.to_string()));
        self.drive_refund(number, event)
    }

    /// Adds a line that posts money of an attempt to an account as credit. `of` is the line whose account gets it, the
    /// first when there is none.
    pub(crate) fn credit(
        &mut self,
        attempt: u32,
        of: Option<u32>,
        amount: crate::Fen,
    ) -> Result<(), Refusal> {
        let first = self.order.lines.first().ok_or(Refusal::NoSuchPart)?;
        let of = of.unwrap_or(first.line);
        let of = self.order.line(of).and_then(|l| l.extra).map_or(of, |extra| extra.of);
        let line =
            (FIRST_EXTRA..=LINES_MAX).find(|no| self.order.line(*no).is_none()).ok_or(Refusal::Amount)?;
        self.order.lines.push(Line {
            line,
            amount,
            key: numbers::posting_key(self.order.id, line),
            deliver: Deliver::None,
            in_doubt: false,
            posted: None,
            reviews: 0,
            extra: Some(Extra { attempt, of }),
        });
        self.collected(line)
    }
}

/// Whether the attempt's money stands in the ledger: only our currency does.
fn is_booked(attempt: &Attempt) -> bool {
    attempt.payment.as_ref().is_some_and(|p| p.amount.is_positive() && p.currency == CURRENCY)
}
