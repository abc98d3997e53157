//! The utility's billing system: the port that the backend calls, the embedded system on SQLite, and demo data.

pub mod demo;
mod embedded;
mod faulty;
mod mask;
pub mod port;

pub use embedded::{EmbeddedBilling, OpenError};
pub use faulty::{BillingFault, ELSEWHERE, Faulty};
