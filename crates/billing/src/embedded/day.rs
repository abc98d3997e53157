//! Days as the database keeps them (yyyymmdd), and the Beijing day of an instant.

use jiff::{Timestamp, civil::Date, tz::Offset};

use super::Trouble;

/// yyyymmdd.
pub(crate) fn number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// Reads back [`number`].
pub(crate) fn from_number(number: i64) -> Option<Date> {
    let part = |value: i64| i8::try_from(value % 100).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(number / 100)?, part(number)?).ok()
}

/// An instant (milliseconds since 1970) as the API writes it: RFC 3339 with Beijing's offset.
pub(super) fn rfc3339(ms: i64) -> Result<String, Trouble> {
    let instant = Timestamp::from_millisecond(ms).map_err(|_| Trouble::Strange("an instant"))?;
    Ok(instant.display_with_offset(Offset::constant(8)).to_string())
}

/// The day in Beijing: UTC+8 all year, since China keeps no summer time.
pub(crate) fn in_beijing(instant: Timestamp) -> Date {
    Offset::constant(8).to_datetime(instant).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_day_begins_at_sixteen_hours_utc() {
        let day = |text: &str| in_beijing(text.parse().expect("a timestamp"));
        assert_eq!(day("2026-11-23T15:59:59.999Z"), date(2026, 11, 23));
        assert_eq!(day("2026-11-23T16:00:00Z"), date(2026, 11, 24));
        assert_eq!(from_number(number(date(2026, 11, 3))), Some(date(2026, 11, 3)));
        assert_eq!(from_number(20_261_332), None);
    }
}
