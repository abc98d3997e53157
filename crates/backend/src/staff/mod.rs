//! The staff's door: reviews, the day's books, calls for the guide and calls back, suspensions, and what the kiosks have
//! measured, asked over a Unix socket of its own that never faces a network. Who asks is the operating system's user, told
//! by the kernel; no password, no pretending.

mod client;
mod server;
mod words;

pub use client::{AskError, ask};
pub use server::{Door, DoorError};
pub use words::{Answer, Ask, CallBackSlip, CallSlip, Choose, Money, Past, Sheet, Slip, SuspensionSlip};
