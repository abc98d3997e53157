//! The test accounts on the integrator's server: a small TOML file, which `docs/billing-contract.md` explains.

use serde::{Deserialize, Serialize};

/// What the suite may use. None of it may belong to a real customer: money is posted to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Accounts in known situations.
    pub accounts: SheetAccounts,
    /// A person with accounts.
    pub holder: SheetHolder,
    /// An application.
    pub application: SheetApplication,
}

/// Accounts in known situations, by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetAccounts {
    /// Open, owes at least two months. A run posts some twenty fen to it.
    pub owes: String,
    /// Open, was billed and owes nothing. A run posts some ten fen to it, which become credit.
    pub owes_nothing: String,
    /// Closed.
    pub closed: String,
    /// Open, and in an outage that is planned.
    pub in_outage: String,
    /// Of the form of a number, and nobody's.
    pub unknown: String,
    /// Paid for in advance, with a meter that takes a recharge within a minute and from which nothing is drawn meanwhile.
    /// A run sends it the least recharge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepaid: Option<String>,
    /// Cut off for what it owes, with a supply that comes back within a minute. A run pays what that takes: the next needs
    /// another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<String>,
}

/// A person with accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetHolder {
    /// The phone on file.
    pub phone: String,
    /// The identity number on file, in its full form.
    pub id_number: String,
    /// All accounts of both, in the order of their numbers.
    pub accounts: Vec<String>,
    /// A phone that no account has on file.
    pub nobodys_phone: String,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetApplication {
    /// Its number.
    pub number: String,
    /// A number that no application has.
    pub unknown: String,
    /// An account with at least one application.
    pub account: String,
    /// The last four digits of that account's phone.
    pub phone_last4: String,
    /// The number of an application on which a fee is due. A run pays it: the next needs another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_due: Option<String>,
}

impl Sheet {
    /// Reads one.
    ///
    /// # Errors
    /// Where it is not TOML, or a key is unknown or missing.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// As a file has it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}
