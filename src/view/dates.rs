//! Dates of the API as numbers that the interface words. What cannot be read shows as nothing, never as a guess.

use jiff::civil::Date;

use crate::ui::Day;

/// `2026-11-05`, or the date of an RFC 3339 time.
pub(super) fn day(text: &str) -> Day {
    let mut parts = text.get(..10).unwrap_or(text).splitn(3, '-').map(str::parse::<i32>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month @ 1..=12)), Some(Ok(day @ 1..=31))) => Day { year, month, day },
        _ => Day::default(),
    }
}

/// A billing month, `2026-08`.
pub(super) fn month(text: &str) -> Day {
    match text.split_once('-').map(|(year, month)| (year.parse(), month.parse())) {
        Some((Ok(year), Ok(month @ 1..=12))) => Day { year, month, day: 0 },
        _ => Day::default(),
    }
}

/// How many days a day is from today; below zero where that is not known, or it is past.
pub(super) fn days_ahead(today: Option<Date>, day: &Day) -> i32 {
    let narrow = |number: i32| i8::try_from(number).ok();
    let date = i16::try_from(day.year).ok().zip(narrow(day.month).zip(narrow(day.day)));
    let date = date.and_then(|(year, (month, day))| Date::new(year, month, day).ok());
    let days = today.zip(date).map(|(today, date)| today.duration_until(date).as_hours() / 24);
    days.and_then(|days| i32::try_from(days).ok()).unwrap_or(-1)
}

/// Hour and minute of an RFC 3339 time: `10:42`.
pub(super) fn time(text: &str) -> &str {
    text.get(11..16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_api_sends() {
        assert_eq!(day("2026-11-05"), Day { year: 2026, month: 11, day: 5 });
        assert_eq!(day("2026-11-23T10:42:07+08:00"), Day { year: 2026, month: 11, day: 23 });
        assert_eq!(month("2026-08"), Day { year: 2026, month: 8, day: 0 });
        assert_eq!(time("2026-11-23T10:42:07+08:00"), "10:42");
    }

    #[test]
    fn counts_the_days_to_a_day() {
        let today = Date::new(2026, 11, 30).ok();
        for (text, days) in
            [("2026-11-30", 0), ("2026-12-01", 1), ("2027-01-02", 33), ("2026-11-28", -2), ("", -1)]
        {
            assert_eq!(days_ahead(today, &day(text)), days, "{text}");
        }
        assert_eq!(days_ahead(None, &day("2026-11-30")), -1);
    }

    #[test]
    fn shows_nothing_for_what_is_no_date() {
        for text in ["", "2026", "2026-13-01", "2026-00-10", "tomorrow", "十一月五日，约莫"] {
            assert_eq!(day(text), Day::default(), "{text}");
            assert_eq!(month(text), Day::default(), "{text}");
        }
        assert_eq!(time("2026-11-05"), "");
    }
}
