//! The interface, headless: the real Slint code, the real software renderer, no display. One binary, so that it is
//! linked once. `BLESS=1 cargo test --test ui` renews the golden pictures; look at them before you commit them.

// Geometry is measured in pixels with fractions.
#![allow(clippy::float_arithmetic)]

mod aloud;
mod contrast;
mod controls;
mod ends;
mod gallery;
mod heard;
mod logo;
mod map;
mod names;
mod near;
mod pictures;
mod scanner;
mod services;
mod sheets;
mod sources;
#[path = "../stage/mod.rs"]
#[allow(dead_code, reason = "shared with the audit")]
mod stage;
mod switched;
mod tokens;
mod touches;
mod translations;

use stage::{fixtures, kit};
