//! A customer without hands and eyes of flesh: it sees what is on the real display, finds controls by the pictures
//! that the headless tests keep, touches them as a finger would, and pays with a phone made of a camera, zbar and HTTP.
//! The kiosk has no door for it. The demo and the whole-program tests are written with it.

mod books;
pub mod camera;
mod demo;
mod diary;
mod display;
mod error;
mod every;
mod faults;
mod hall;
mod journey;
mod listener;
mod look;
mod map;
mod more_to_pay;
mod page;
mod phone;
mod picture;
mod process;
mod showcase;
mod sms;
mod title;
mod visitor;
mod xvfb;

pub use books::Books;
pub use demo::demo;
pub use diary::Diary;
pub use display::{Display, Key};
pub use error::Trouble;
pub use every::{Staff, every, in_seconds};
pub use faults::faults;
pub use hall::{CLERK, Hall, KIOSK, Plan, Power, SECOND, Served, Times};
pub use listener::Listener;
pub use look::{Colours, Look};
pub use map::{Control, Cut, Found, Map, Scene};
pub use page::{Language, Page};
pub use phone::{PayPage, Phone};
pub use picture::{Area, Picture};
pub use process::Running;
pub use showcase::{personal, showcase};
pub use sms::last_code;
pub use title::title;
pub use visitor::{SOON, Visitor};
pub use xvfb::Xvfb;

/// What everything here answers.
pub type Result<T, E = Trouble> = std::result::Result<T, E>;
