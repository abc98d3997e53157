//! Working days: Monday to Friday, without the holidays and with the working weekends that the State Council's
//! yearly notice moves about. A year without a file counts Monday to Friday.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jiff::civil::{Date, Weekday};

use crate::read::{self, Mistakes, Node};

/// The working days of the years on file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i16, YearNotice>,
    holidays: BTreeSet<Date>,
    working_weekends: BTreeSet<Date>,
}

/// Where a year's holidays come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearNotice {
    /// The notice.
    pub source: String,
    /// False while the notice with the moved days is not out.
    pub certain: bool,
}

impl Calendar {
    /// The years on file.
    #[must_use]
    pub const fn years(&self) -> &BTreeMap<i16, YearNotice> {
        &self.years
    }

    /// Whether people work on `day`.
    #[must_use]
    pub fn is_working_day(&self, day: Date) -> bool {
        if is_weekend(day) { self.working_weekends.contains(&day) } else { !self.holidays.contains(&day) }
    }

    /// The day `days` working days after `from` (before it when negative); `from` itself is not counted.
    /// 0 gives `from`. Ends at the calendar's edge (year 9999) instead of failing.
    #[must_use]
    pub fn add_working_days(&self, from: Date, days: i32) -> Date {
        let mut day = from;
        let mut left = days.unsigned_abs();
        while left > 0 {
            let next = if days > 0 { day.tomorrow() } else { day.yesterday() };
            let Ok(next) = next else { return day };
            day = next;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day
    }

    /// How many working days lie after `from` up to and including `to`; negative when `to` is before `from`.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> i32 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let mut day = from;
        let mut count = 0;
        while day < to {
            let Ok(next) = day.tomorrow() else { return count };
            day = next;
            count += i32::from(self.is_working_day(day));
        }
        count
    }

    pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Self {
        let mut calendar = Self::default();
        for (stem, table) in read::folder(root, "holidays", mistakes) {
            let file = format!("holidays/{stem}.toml");
            calendar.read(&file, &stem, Node::root(&file, &table), mistakes);
        }
        calendar
    }

    fn read(&mut self, file: &str, stem: &str, mut node: Node<'_>, mistakes: &mut Mistakes) {
        let year = node.whole("year", 2000..=2199, mistakes);
        let source = node.text("source", mistakes);
        let certain = node.truth("certain", mistakes);
        if let Some(year) = year.filter(|year| year.to_string() != stem) {
            node.wrong("year", year, format!("{stem}, the year in the file's name"), mistakes);
        }
        for mut range in node.tables("holidays", 1, mistakes) {
            let from = range.date("from", mistakes);
            let to = range.date("to", mistakes);
            if let (Some(from), Some(to)) = (from, to) {
                if to < from || from.until(to).map_or(true, |span| span.get_days() > 31) {
                    range.wrong("to", to, format!("{from} or up to 31 days later"), mistakes);
                } else {
                    self.add_holidays(from, to);
                }
            }
            range.text("name", mistakes);
            range.finish(mistakes);
        }
        for day in node.dates("working_weekends", mistakes) {
            if !is_weekend(day) {
                node.wrong("working_weekends", day, "a Saturday or Sunday", mistakes);
            }
            if self.holidays.contains(&day) {
                node.wrong("working_weekends", day, "a day that is not also a holiday", mistakes);
            }
            self.working_weekends.insert(day);
        }
        node.finish(mistakes);
        if let (Some(year), Some(source), Some(certain)) = (year, source, certain) {
            let strange = |day: &&Date| i64::from(day.year()) == year;
            if !self.holidays.iter().any(|day| strange(&day)) {
                mistakes.add(file, "holidays", "none in this year", "days of the file's year");
            }
            if let Ok(year) = i16::try_from(year) {
                self.years.insert(year, YearNotice { source, certain });
            }
        }
    }

    fn add_holidays(&mut self, from: Date, to: Date) {
        let mut day = from;
        while day <= to {
            self.holidays.insert(day);
            let Ok(next) = day.tomorrow() else { return };
            day = next;
        }
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
