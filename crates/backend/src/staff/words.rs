//! What is said at the staff's door: one line of JSON each way.

use powerhall_api::{Personal, Scope};
use powerhall_money::{Fen, Verdict};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::call_backs::CallBackRow;
use crate::calls::CallRow;
use crate::clock::rfc3339;
use crate::measures;
use crate::reconcile::Report;
use crate::store::{Choice, Decided, ReviewRow, ReviewSheet, Use};
use crate::suspensions::SuspensionRow;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// The list of reviews.
    List {
        /// The decided ones too.
        all: bool,
    },
    /// One review with its order's history.
    Show {
        /// Which.
        key: String,
    },
    /// Decide on a review.
    Decide {
        /// Which.
        key: String,
        /// What.
        choice: Choose,
        /// Why.
        reason: String,
    },
    /// The calls for the guide that are not over.
    Calls,
    /// Attend to a kiosk's call.
    Attend {
        /// Whose call.
        kiosk: String,
        /// It is done, not only taken.
        done: bool,
    },
    /// Who has asked to be rung, and was not yet.
    CallBacks,
    /// Somebody was rung.
    CalledBack {
        /// About which application, by its number.
        application: Personal,
    },
    /// Close the kiosks, or their payments, for a while.
    Suspend {
        /// From when, Beijing time: `2026-12-01 18:00`; none is now.
        from: Option<String>,
        /// Until when.
        until: String,
        /// Why: a key of the hall's texts `suspension.*`.
        reason: String,
        /// Payments alone; else the whole kiosk.
        payment_only: bool,
    },
    /// End a suspension, or call it off.
    Resume {
        /// Which.
        id: Uuid,
    },
    /// The suspensions that are not over.
    Suspensions,
    /// Which step loses customers.
    Steps {
        /// The first day, `yyyy-mm-dd`, Beijing.
        from: String,
        /// The last.
        to: String,
    },
    /// Compare a day's books.
    Reconcile {
        /// `yyyy-mm-dd`, Beijing.
        day: String,
        /// Take in payments that only the statement knows.
        settle: bool,
        /// Close the day.
        close: bool,
    },
}

/// A choice as it is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    /// Seen and explained; nothing moves.
    Noted,
    /// The payment is what was asked for: post it.
    Post,
    /// Post it to the account as credit.
    Credit,
    /// Refund it.
    Refund,
    /// Give it back to the machine.
    Retry,
    /// Settled outside, under this reference.
    Outside(String),
}

impl From<Choose> for Choice {
    fn from(choose: Choose) -> Self {
        match choose {
            Choose::Noted => Self::Noted,
            Choose::Post => Self::Money(Verdict::Post),
            Choose::Credit => Self::Money(Verdict::Credit),
            Choose::Refund => Self::Money(Verdict::Refund),
            Choose::Retry => Self::Money(Verdict::Retry),
            Choose::Outside(reference) => Self::Money(Verdict::Outside { reference }),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The list.
    Listed {
        /// Oldest first.
        slips: Vec<Slip>,
    },
    /// One review.
    Shown {
        /// With everything.
        sheet: Box<Sheet>,
    },
    /// The decision is written.
    Decided,
    /// The calls for the guide.
    Calls {
        /// Oldest first.
        calls: Vec<CallSlip>,
    },
    /// It is so now.
    Attended {
        /// The call.
        call: CallSlip,
    },
    /// Who has asked to be rung.
    CallBacks {
        /// The longest asked for first.
        call_backs: Vec<CallBackSlip>,
    },
    /// It is done.
    CalledBack {
        /// The one.
        call_back: CallBackSlip,
    },
    /// The suspensions that are not over.
    Suspensions {
        /// By their beginning.
        suspensions: Vec<SuspensionSlip>,
    },
    /// Which step loses customers.
    Steps {
        /// The report.
        report: measures::Report,
    },
    /// The day was compared.
    Reconciled {
        /// The report.
        report: Box<Report>,
        /// The folder that it was written to.
        folder: String,
        /// How many payments were settled by the statement.
        settled: u64,
        /// Whether the close was wished for and refused.
        close_refused: bool,
    },
    /// It was not done.
    Refused {
        /// Why, for people.
        why: String,
    },
}

/// A call for the guide, as staff is shown it. Nothing in it says who called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSlip {
    /// Where.
    pub kiosk: String,
    /// The page that was left for it: `pay`.
    pub place: String,
    /// The order's reference, where one was on that page.
    pub reference: Option<String>,
    /// Since when.
    pub at: String,
    /// Who has taken it.
    pub taken_by: Option<String>,
}

impl From<CallRow> for CallSlip {
    fn from(row: CallRow) -> Self {
        Self {
            kiosk: row.kiosk,
            place: row.place.name().to_owned(),
            reference: row.reference,
            at: rfc3339(row.at),
            taken_by: row.taken.map(|(_, who)| who),
        }
    }
}

/// A call back, as staff is shown it: whom to ring stands where the application is on file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBackSlip {
    /// The application's number.
    pub application: Personal,
    /// Since when.
    pub asked: String,
    /// The day that was promised, `yyyy-mm-dd`.
    pub ring_by: String,
    /// Where it was asked for.
    pub kiosk: String,
}

impl From<CallBackRow> for CallBackSlip {
    fn from(row: CallBackRow) -> Self {
        Self {
            application: row.application,
            asked: rfc3339(row.asked),
            ring_by: row.ring_by,
            kiosk: row.kiosk,
        }
    }
}
/// A suspension as staff is shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionSlip {
    /// Its name, to end it by.
    pub id: Uuid,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// Payments alone.
    pub payment_only: bool,
    /// Why, in Chinese.
    pub reason: String,
    /// Who has made it.
    pub made_by: String,
}

impl From<SuspensionRow> for SuspensionSlip {
    fn from(row: SuspensionRow) -> Self {
        Self {
            id: row.id,
            from: rfc3339(row.from),
            until: rfc3339(row.until),
            payment_only: row.scope != Scope::All,
            reason: row.reason.get("zh_CN").cloned().unwrap_or_default(),
            made_by: row.made.1,
        }
    }
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// Its key.
    pub key: String,
    /// The order's number for people.
    pub reference: Option<String>,
    /// Why it is there.
    pub reason: String,
    /// The money in question.
    pub amount_fen: Fen,
    /// Since when.
    pub at: String,
    /// The decision, in words.
    pub decided: Option<String>,
}

/// A review with everything that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The line of the list.
    pub slip: Slip,
    /// Where the order stands.
    pub order: Option<Money>,
    /// Its history, oldest first.
    pub history: Vec<Past>,
}

/// Where an order's money stands. Whose account it is, is shown masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Its id.
    pub id: String,
    /// Whose.
    pub kiosk: String,
    /// Its amount.
    pub amount_fen: Fen,
    /// Where collecting stands.
    pub collect: String,
    /// Each attempt in a line.
    pub attempts: Vec<String>,
    /// Each line of it in a line.
    pub lines: Vec<String>,
    /// Each refund in a line.
    pub refunds: Vec<String>,
}

/// A line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
    /// Who and why.
    pub who: String,
    /// By what evidence.
    pub evidence: Option<String>,
}

impl Slip {
    pub(super) fn new(row: ReviewRow, decided: Option<&Decided>) -> Self {
        Self {
            key: row.key,
            reference: row.reference,
            reason: row.reason,
            amount_fen: row.amount,
            at: rfc3339(row.at),
            decided: decided
                .map(|d| format!("{} by {} at {}: {}", d.verdict, d.who, rfc3339(d.at), d.reason)),
        }
    }
}

impl Sheet {
    pub(super) fn new(sheet: ReviewSheet) -> Self {
        let order = sheet.order.map(|stored| {
            let order = stored.order;
            let masked = |line: u32| {
                let of = order.line(line).and_then(|l| l.extra).map_or(line, |extra| extra.of);
                stored.quote.line(of).map_or_else(
                    || "?".to_owned(),
                    |l| match l.use_as {
                        Use::Bills => l.account_masked.reveal().clone(),
                        Use::Recharge => format!("{} (recharge)", l.account_masked.reveal()),
                        Use::Fee { .. } => format!("{} (fee)", l.account_masked.reveal()),
                    },
                )
            };
            let attempts = order.attempts.iter().map(|a| {
                let paid = a.payment.as_ref().map_or_else(
                    || "not paid".to_owned(),
                    |p| format!("{} {} to {}, {}", p.amount, p.currency, p.merchant, p.transaction),
                );
                format!("{} {} {:?}: {paid}", a.channel, a.number, a.state)
            });
            let lines = order.lines.iter().map(|l| {
                let posted =
                    l.posted.as_ref().map_or_else(String::new, |p| format!(", billing's {}", p.number));
                format!("{} {} for {} {:?}{posted}", l.key, l.amount, masked(l.line), l.deliver)
            });
            let refunds = order.refunds.iter().map(|r| format!("{} {} {:?}", r.number, r.amount, r.state));
            Money {
                id: order.id.to_string(),
                kiosk: stored.kiosk.clone(),
                amount_fen: order.amount,
                collect: format!("{:?}", order.collect),
                attempts: attempts.collect(),
                lines: lines.collect(),
                refunds: refunds.collect(),
            }
        });
        let history = sheet.history.into_iter().map(|row| {
            let event = row.event;
            let move_ = match (event.from, event.to) {
                (Some(from), Some(to)) => format!(" {from} → {to}"),
                (None, _) | (_, None) => String::new(),
            };
            let detail = event.detail.map(|d| format!(" {d}")).unwrap_or_default();
            Past {
                at: rfc3339(row.at),
                what: format!("{} {}{move_}{detail}", event.part, event.kind),
                who: format!("{} ({})", event.who, event.why),
                evidence: event.evidence,
            }
        });
        Self { slip: Slip::new(sheet.row, sheet.decided.as_ref()), order, history: history.collect() }
    }
}
