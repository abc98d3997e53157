//! The sandbox channel from outside: a phone that speaks HTTP, a backend that receives notifications, a book that
//! is closed in the middle.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bench;
mod faults;
mod notifications;
mod pages;
mod parsers;
mod port;
