//! The shipped data of `config/hall/`, and the arithmetic on it.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "hall/attract.rs"]
mod attract;
#[path = "hall/calendar.rs"]
mod calendar;
#[path = "hall/estimates.rs"]
mod estimates;
#[path = "hall/fees.rs"]
mod fees;
#[path = "hall/guides.rs"]
mod guides;
#[path = "hall/hours.rs"]
mod hours;
#[path = "hall/late_fees.rs"]
mod late_fees;
#[path = "hall/laws.rs"]
mod laws;
#[path = "hall/mistakes.rs"]
mod mistakes;
#[path = "hall/parsers.rs"]
mod parsers;
#[path = "hall/plans.rs"]
mod plans;
#[path = "hall/published.rs"]
mod published;
#[path = "hall/shipped.rs"]
mod shipped;
#[path = "hall/tables.rs"]
mod tables;
#[path = "hall/tariffs.rs"]
mod tariffs;

use std::{path::PathBuf, sync::LazyLock};

use powerhall_hall::Hall;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/hall")
}

static HALL: LazyLock<Hall> =
    LazyLock::new(|| Hall::load(&folder()).unwrap_or_else(|errors| panic!("{errors}")));
