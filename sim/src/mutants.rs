//! Does the net hold? Each wrong design is switched on, and worlds are run until the oracle objects.

use powerhall_money::Mutant;

use crate::world::{Plan, run};

/// What came of a wrong design.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The world that caught it; `None` when none did.
    pub by: Option<By>,
    /// Orders that were run.
    pub orders: u64,
}

/// Who caught it.
#[derive(Clone, Debug)]
pub struct By {
    /// The world's seed.
    pub seed: u64,
    /// Durable decisions and answers to kiosks in that world until then.
    pub steps: u64,
    /// What the oracle said first.
    pub words: String,
}

/// Runs worlds from `seed` on with the mutant until one is caught or `orders` have been run.
#[must_use]
pub fn hunt(mutant: Mutant, seed: u64, orders: u64) -> Caught {
    let mut done = 0;
    let mut seed = seed;
    Mutant::switch(Some(mutant));
    let mut by = None;
    while done < orders && by.is_none() {
        let report = run(seed, Plan::default());
        done += report.orders;
        by = report.violations.first().map(|words| By { seed, steps: report.steps, words: words.clone() });
        seed += 1;
    }
    Mutant::switch(None);
    Caught { by, orders: done }
}

/// Why a mutant may survive.
#[must_use]
pub const fn excuse(mutant: Mutant) -> Option<&'static str> {
    match mutant {
        Mutant::CreateTimeoutIsFailure => Some(
            "a number whose code never became durable was never on a screen: nobody can have scanned it, so giving it \
             up loses nothing but the customer's time",
        ),
        Mutant::CloseTimeoutIsClosed
        | Mutant::SecondQrEarly
        | Mutant::CancelNoactionIsClosed
        | Mutant::PostTimeoutIsReject
        | Mutant::NotpostedIsReject
        | Mutant::FreshRefundNo
        | Mutant::BlindRepost
        | Mutant::IgnoreLateNotify
        | Mutant::DoublePayNotRefunded
        | Mutant::ForgetClosed => None,
    }
}
