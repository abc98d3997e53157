//! Real processes, real files, real kills: a hall whose kiosks and backend are killed while customers pay, and whose
//! power is cut at every write. `docs/kills.md` says what is shown and how to repeat it.

pub mod books;
mod crew;
mod customer;
pub mod hall;
pub mod kiosk;
pub mod power;
pub mod run;

/// Anything that makes a run worthless, in words.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;
