//! The staff's door: reviews, the day's books and calls for the guide, asked over a Unix socket of its own that never faces a network. Who
//! asks is the operating system's user, told by the kernel; no password, no pretending.

mod client;
mod server;
mod words;

pub use client::{AskError, ask};
pub use server::{Door, DoorError};
pub use words::{Answer, Ask, CallSlip, Choose, Money, Past, Sheet, Slip};
