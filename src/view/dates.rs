//! Dates of the API as numbers that the interface words. What cannot be read shows as nothing, never as a guess.

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
    fn shows_nothing_for_what_is_no_date() {
        for text in ["", "2026", "2026-13-01", "2026-00-10", "tomorrow", "十一月五日，约莫"] {
            assert_eq!(day(text), Day::default(), "{text}");
            assert_eq!(month(text), Day::default(), "{text}");
        }
        assert_eq!(time("2026-11-05"), "");
    }
}
