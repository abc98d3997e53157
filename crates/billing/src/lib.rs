//! The utility's billing system: the port that the backend calls, the embedded system on SQLite with demo data, the adapter
//! to a system of the utility's own that serves the billing contract, and the suite by which such a system is tested.

pub mod conformance;
pub mod demo;
mod embedded;
mod faulty;
mod mask;
pub mod port;
pub mod rest;

pub use embedded::{EmbeddedBilling, OpenError};
pub use faulty::{BillingFault, ELSEWHERE, Faulty};
