//! What an integrator runs: the billing contract as a document, and the conformance suite against their own server.

use std::path::Path;

use jiff::Timestamp;
use powerhall_backend::config::{BackendConfig, BillingSection};
use powerhall_billing::conformance::{Sheet, Suite};
use powerhall_billing::rest::{RestBilling, RestError};

/// Why there is no good end.
#[derive(Debug, thiserror::Error)]
pub enum BillingFailed {
    /// The configuration names no server.
    #[error(
        "billing.kind = \"embedded\" is not allowed here: expected \"rest\", with the server that is tested"
    )]
    NotRest,
    /// The sheet cannot be read.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// It is not one.
    #[error("{0}: {1}")]
    Sheet(String, Box<toml::de::Error>),
    /// The server cannot be spoken to.
    #[error(transparent)]
    Rest(#[from] RestError),
    /// It does not do what the contract says.
    #[error("the server does not conform")]
    NotConform,
}

/// Prints the OpenAPI document.
pub fn contract() {
    print!("{}", powerhall_billing_contract::document());
}

/// Runs the suite against the configured server, and prints a line for each check.
pub async fn conformance(config: &BackendConfig, sheet: &Path) -> Result<(), BillingFailed> {
    let BillingSection::Rest(rest) = &config.billing else { return Err(BillingFailed::NotRest) };
    let name = || sheet.display().to_string();
    let text = std::fs::read_to_string(sheet).map_err(|error| BillingFailed::Io(name(), error))?;
    let sheet = Sheet::read(&text).map_err(|error| BillingFailed::Sheet(name(), Box::new(error)))?;
    let billing = RestBilling::new(rest.clone())?;
    let run = format!("CONFORMANCE-{}", uuid::Uuid::now_v7().simple());
    println!("keys of this run begin with {run}");
    let suite = Suite::new(billing, sheet, Timestamp::now(), run);
    let report = suite.run(|line| println!("{line}")).await;
    println!("{report}");
    if report.passed() { Ok(()) } else { Err(BillingFailed::NotConform) }
}
