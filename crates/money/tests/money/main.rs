//! Money from outside: the tables, an order under any sequence of commands, and each rule by a test of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod codes;
mod deciding;
mod delivering;
#[cfg(feature = "mutants")]
mod designs;
mod doubt;
mod evidence;
mod lines;
mod losses;
mod next;
mod numbers;
mod opening;
mod orders;
mod parsers;
mod plays;
mod refunds;
mod reviews;
mod tables;
mod world;
