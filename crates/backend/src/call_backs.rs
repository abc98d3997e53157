//! Customers who have asked to be rung about an application. What is kept is the application's number and the day that was
//! promised; whom to ring, and on which phone, staff sees where the application is on file.

use powerhall_api::{CallBack, Personal};
use powerhall_money::Moment;

use crate::clock::day;

/// So long a call back is kept after it was made.
pub const KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// A call back as the backend holds it. One stands for an application at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBackRow {
    /// The application's number.
    pub application: Personal,
    /// Where it was asked for.
    pub kiosk: String,
    /// Since when.
    pub asked: Moment,
    /// The last day on which somebody rings, as it was promised: `yyyy-mm-dd`.
    pub ring_by: String,
    /// When it was done, and by whom: the operating system's user.
    pub done: Option<(Moment, String)>,
}

impl CallBackRow {
    /// As the customer is told.
    #[must_use]
    pub fn public(&self) -> CallBack {
        CallBack { asked: day(self.asked).to_string(), ring_by: self.ring_by.clone() }
    }
}
