//! Money from outside: the tables, an order under any sequence of commands, and each rule by a test of its own.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod attempts;
mod deciding;
mod delivering;
mod losses;
mod parsers;
mod plays;
mod tables;
mod world;
