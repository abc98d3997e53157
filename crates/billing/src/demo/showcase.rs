//! The accounts and applications that demonstrations and tests use: their numbers and what is known about them.

use powerhall_api::{Move, PlanState};
use serde::{Deserialize, Serialize};

use super::plan::Situation;

/// What is worth showing in a demo file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showcase {
    /// One account for each situation, in the order of [`Situation::ALL`].
    pub accounts: Vec<ShowAccount>,
    /// Applications: first those of [`Situation::HasApplications`], then one of every state of every service.
    pub applications: Vec<ShowApplication>,
}

/// An account with a known situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowAccount {
    /// What is known about it.
    pub situation: Situation,
    /// 户号, 13 digits.
    pub number: String,
    /// The phone on file, nobody's.
    #[serde(default)]
    pub phone: String,
    /// The last four digits of the phone on file.
    pub phone_last4: String,
    /// The identity number on file, nobody's. A company has none.
    #[serde(default)]
    pub id_number: Option<String>,
    /// How many months are unpaid.
    pub months_owed: u32,
    /// How many planned outages it is in, when the file was filled.
    #[serde(default)]
    pub outages: u32,
}

/// An application whose state is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowApplication {
    /// 申请编号, 12 digits.
    pub number: String,
    /// The account that it belongs to.
    pub account: String,
    /// The last four digits of that account's phone.
    pub phone_last4: String,
    /// The service's key.
    pub service: String,
    /// The internal state that it is in.
    pub state: String,
    /// Whose move it is.
    pub waiting_for: Move,
    /// Whether the promised day has passed.
    pub overdue: bool,
    /// How its supply plan was made to stand; none where nothing was wanted of it.
    #[serde(default)]
    pub plan: Option<PlanState>,
    /// The fee that is due, in fen; zero when none is.
    #[serde(default)]
    pub fee_fen: i64,
    /// Whether a fee that was abolished goes back.
    #[serde(default)]
    pub refund: bool,
    /// What it lacks, by the keys of the papers, where some of what its state asks for was handed in.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl Showcase {
    /// The account with a situation.
    #[must_use]
    pub fn account(&self, situation: Situation) -> Option<&ShowAccount> {
        self.accounts.iter().find(|account| account.situation == situation)
    }

    /// The application with the smallest fee that is due.
    #[must_use]
    pub fn fee_due(&self) -> Option<&ShowApplication> {
        let due = self.applications.iter().filter(|application| application.fee_fen > 0);
        due.min_by_key(|application| application.fee_fen)
    }

    /// The application with a fee that goes back.
    #[must_use]
    pub fn refund(&self) -> Option<&ShowApplication> {
        self.applications.iter().find(|application| application.refund)
    }

    /// The application that has handed in some of what its state asks for.
    #[must_use]
    pub fn handed_in(&self) -> Option<&ShowApplication> {
        self.applications.iter().find(|application| !application.missing.is_empty())
    }

    /// The first application that waits for somebody, overdue or not.
    #[must_use]
    pub fn application(&self, waiting_for: Move, overdue: bool) -> Option<&ShowApplication> {
        self.applications
            .iter()
            .find(|application| application.waiting_for == waiting_for && application.overdue == overdue)
    }

    /// The application whose supply plan was made to stand so.
    #[must_use]
    pub fn planned(&self, plan: PlanState) -> Option<&ShowApplication> {
        self.applications.iter().find(|application| application.plan == Some(plan))
    }
}
