//! By when the company rings a customer who has asked for it: the hall's own promise, in working days.

use std::path::Path;

use jiff::civil::Date;

use crate::{
    Calendar, Origin,
    read::{self, Mistakes, Node},
};

/// The promise to ring back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBacks {
    /// Since when, and who says so.
    pub origin: Origin,
    /// Working days after the day of asking.
    pub working_days: i32,
}

impl CallBacks {
    /// The last day on which somebody rings who was asked to on a day.
    #[must_use]
    pub fn ring_by(&self, asked: Date, calendar: &Calendar) -> Date {
        calendar.add_working_days(asked, self.working_days)
    }
}

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Option<CallBacks> {
    const FILE: &str = "call_backs.toml";
    let table = read::file(root, FILE, mistakes)?;
    let mut node = Node::root(FILE, &table);
    let origin = Origin::read(&mut node, mistakes);
    let days = node.whole("working_days", 1..=30, mistakes);
    node.finish(mistakes);
    Some(CallBacks { origin: origin?, working_days: i32::try_from(days?).ok()? })
}
