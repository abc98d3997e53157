//! Working days by the published holidays.

use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

use crate::HALL;

#[test]
fn holidays_and_working_weekends_count_as_published() {
    let calendar = &HALL.calendar;
    assert!(!calendar.is_working_day(date(2026, 10, 1)));
    assert!(calendar.is_working_day(date(2026, 10, 10)), "a Saturday that is worked");
    assert!(!calendar.is_working_day(date(2026, 10, 11)));
    // From Wednesday 30 September: the 8th, 9th and the worked Saturday.
    assert_eq!(calendar.add_working_days(date(2026, 9, 30), 3), date(2026, 10, 10));
    assert_eq!(calendar.add_working_days(date(2026, 10, 10), -3), date(2026, 9, 30));
    assert_eq!(calendar.working_days_between(date(2026, 9, 30), date(2026, 10, 12)), 4);
    assert_eq!(calendar.add_working_days(date(2026, 11, 20), 1), date(2026, 11, 23));
    assert!(!calendar.years()[&2027].certain, "the notice for 2027 was not at hand");
}

proptest! {
    #[test]
    fn adding_and_counting_agree(start in 0..1000_i64, days in 0..200_i32) {
        let calendar = &HALL.calendar;
        let from = date(2024, 11, 1).checked_add(start.days()).unwrap();
        let to = calendar.add_working_days(from, days);
        prop_assert_eq!(calendar.working_days_between(from, to), days);
        prop_assert_eq!(calendar.working_days_between(to, from), -days);
        prop_assert!(days == 0 || calendar.is_working_day(to));
    }
}
