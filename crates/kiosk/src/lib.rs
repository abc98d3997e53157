//! The kiosk without its face: the session loop, the REST client, the journal, the voice and the configuration. No Slint, so
//! that simulation and tests run it as it is.

pub mod client;
pub mod config;
pub mod hall_copy;
pub mod journal;
pub mod measures;
mod repeats;
pub mod session;
mod upload;
pub mod voice;
