//! A billing month (帐期), the unit in which energy is read, billed and owed.

use std::{fmt, str::FromStr};

use jiff::civil::Date;

/// A month of the years 2000 to 2199. Shown and read as `2026-08`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

/// Why a text or number is not a billing month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a billing month: expected 2000-01 to 2199-12")]
pub struct NotAMonth;

impl Month {
    /// A month, if it is in range.
    pub fn new(year: i16, month: i8) -> Result<Self, NotAMonth> {
        if (2000..=2199).contains(&year) && (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(NotAMonth)
        }
    }

    /// The month that a day lies in.
    pub fn of(day: Date) -> Result<Self, NotAMonth> {
        Self::new(day.year(), day.month())
    }

    /// The calendar year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> i8 {
        self.month
    }

    /// The month `by` months later (earlier when negative).
    pub fn plus(self, by: i32) -> Result<Self, NotAMonth> {
        let months =
            (i32::from(self.year) * 12 + i32::from(self.month) - 1).checked_add(by).ok_or(NotAMonth)?;
        let year = i16::try_from(months.div_euclid(12)).map_err(|_| NotAMonth)?;
        let month = i8::try_from(months.rem_euclid(12) + 1).map_err(|_| NotAMonth)?;
        Self::new(year, month)
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        Date::constant(self.year, self.month, 1)
    }

    /// As a whole number that sorts: 202608.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.year) * 100 + i64::from(self.month)
    }

    /// Reads back [`Month::number`].
    pub fn from_number(number: i64) -> Result<Self, NotAMonth> {
        let year = i16::try_from(number.div_euclid(100)).map_err(|_| NotAMonth)?;
        let month = i8::try_from(number.rem_euclid(100)).map_err(|_| NotAMonth)?;
        Self::new(year, month)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
        if bytes.len() != 7 || bytes[4] != b'-' || !digits(0..4) || !digits(5..7) {
            return Err(NotAMonth);
        }
        let year = text[..4].parse().map_err(|_| NotAMonth)?;
        let month = text[5..].parse().map_err(|_| NotAMonth)?;
        Self::new(year, month)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_the_same() {
        for text in ["2000-01", "2026-08", "2199-12"] {
            let month: Month = text.parse().unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(Month::from_number(month.number()), Ok(month));
        }
        for text in ["2026-00", "2026-13", "1999-12", "2026-8", "+026-08", "2026/08", "二〇二六-08", ""] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }

    #[test]
    fn steps_over_years() {
        let month: Month = "2026-11".parse().unwrap();
        assert_eq!(month.plus(2).unwrap().to_string(), "2027-01");
        assert_eq!(month.plus(-23).unwrap().to_string(), "2024-12");
        assert!(month.plus(i32::MAX).is_err());
    }
}
