//! What can be wrong with a hall's data. Loading collects every mistake, so that a person corrects a folder once,
//! not once for each line.

use std::fmt;

/// One mistake in the data: where it is, what stands there, and what may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file, relative to the hall's folder: `tariffs/resident_step.toml`.
    pub file: String,
    /// The key inside the file: `versions[0].energy.flat`.
    pub key: String,
    /// What stands there, or `(missing)`.
    pub value: String,
    /// What may stand there.
    pub allowed: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} = {}; allowed: {}", self.file, self.key, self.value, self.allowed)
    }
}

/// Every mistake in a hall's folder. Never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} mistake(s) in the hall's data:\n{}", .0.len(), list(.0))]
pub struct HallErrors(pub Vec<Mistake>);

fn list(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|mistake| format!("  {mistake}")).collect::<Vec<_>>().join("\n")
}

/// Why an amount could not be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChargeError {
    /// No tariff class has this name.
    #[error("no tariff class is called {0}")]
    UnknownClass(String),
    /// No price was in force yet.
    #[error("{class} has no price in force on {day}")]
    NoPrice {
        /// The tariff class.
        class: String,
        /// The day asked for.
        day: jiff::civil::Date,
    },
    /// Energy was metered in a period that the tariff does not price, or a quantity is negative.
    #[error("{class} does not price this usage: {what}")]
    NotPriced {
        /// The tariff class.
        class: String,
        /// Which quantity.
        what: &'static str,
    },
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}

/// Why a business fee could not be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// No fee has this name.
    #[error("no fee is called {0}")]
    UnknownFee(String),
    /// Nobody pays it any more.
    #[error("{fee} was abolished on {since}")]
    Abolished {
        /// The fee.
        fee: String,
        /// The first day without it.
        since: jiff::civil::Date,
    },
    /// No price was in force yet.
    #[error("{fee} has no price in force on {day}")]
    NoPrice {
        /// The fee.
        fee: String,
        /// The day asked for.
        day: jiff::civil::Date,
    },
    /// The fee is not counted like this.
    #[error("{fee} cannot be charged like this: {what}")]
    NotPriced {
        /// The fee.
        fee: String,
        /// What does not fit.
        what: &'static str,
    },
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
}
