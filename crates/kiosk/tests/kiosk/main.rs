//! The kiosk without its face, from outside: its configuration, a backend that misbehaves, a journal that is killed,
//! and a whole session over real HTTP.

#![allow(clippy::unwrap_used, reason = "tests")]

mod client;
mod config;
mod fake;
mod journal;
mod journal_upload;
mod parsers;
mod restart;
mod session;
mod tls;
mod voice;
