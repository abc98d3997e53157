//! The REST contract between the backend and a utility's own billing system: its operations, the types that both sides
//! share, and the OpenAPI document made from them. The utility serves it; `RestBilling` in `crates/billing` speaks it.
//! Unknown members are ignored and unknown values of open lists are survived, so that neighbouring versions work together.

mod accounts;
mod applications;
mod bills;
#[cfg(feature = "openapi")]
mod document;
pub mod operations;
mod outages;
mod payments;
mod postings;
mod present;
mod problem;

pub use accounts::{
    AccountOnFile, Arrears, ByAccount, ByAccountOnDay, ByHolder, FoundAccount, FoundHolding, Holding,
    Holdings, Prepay,
};
pub use applications::{
    ApplicationOnFile, ApplicationsOf, ByApplication, ByPhone, DueFee, DueFees, FoundApplications,
    OfApplication,
};
pub use bills::{ByMonth, FoundBill, Months};
#[cfg(feature = "openapi")]
pub use document::document;
pub use operations::{Method, Operation, Route};
pub use outages::{AtInstant, ByAccountAt, OutagesOf, PlannedOutages};
pub use payments::{ByAccountSince, ByPayment, FoundTaxable, PaymentOnFile, Payments, Taxable};
pub use postings::{
    AftermathFound, DayLine, DayPage, FenceState, Fenced, NewPosting, Posting, PostingFound, PostingMade,
    SetInMotion, Target, is_key,
};
pub use problem::{Code, Problem, Ready};

/// The contract's version as `askReady` tells it: the first number is that of the paths, the second grows when an
/// operation or a member joins.
pub const VERSION: &str = "1.0";

/// The media type of an answer.
pub const JSON: &str = "application/json";
/// The media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The query parameter that names the page of a day file.
pub const AFTER: &str = "after";

/// An operation without a body. JSON never shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Nothing {}
