//! For how long a supply plan holds, by when it is to be extended, and by when somebody rings back.

use jiff::civil::{Date, date};
use powerhall_hall::{PlanDays, PlanStanding, PlanVoltage};
use proptest::prelude::*;

use crate::HALL;

fn days(voltage: PlanVoltage, answered: Date, extended: Option<Date>) -> PlanDays {
    HALL.plans.on(answered).unwrap().days(voltage, answered, extended, &HALL.calendar)
}

#[test]
fn a_plan_holds_a_year_at_high_voltage_and_three_months_at_low() {
    let high = days(PlanVoltage::High, date(2026, 3, 2), None);
    assert_eq!(high.until, date(2027, 3, 2));
    // Seven working days before a Tuesday: two weekends lie between, 27 February to 2 March.
    assert_eq!(high.extend_by, date(2027, 2, 19));
    let low = days(PlanVoltage::Low, date(2026, 8, 31), None);
    assert_eq!(low.until, date(2026, 11, 30));
    assert_eq!(low.warn_from, date(2026, 10, 31));
    let longer = days(PlanVoltage::Low, date(2026, 8, 31), Some(date(2027, 2, 28)));
    assert_eq!(longer.until, date(2027, 2, 28));
    // A day on file that says less than the rule takes nothing away.
    assert_eq!(days(PlanVoltage::Low, date(2026, 8, 31), Some(date(2026, 9, 1))), low);
    assert!(HALL.plans.on(date(2012, 6, 27)).is_none());
}

#[test]
fn it_warns_while_an_extension_can_still_be_asked_for() {
    let low = days(PlanVoltage::Low, date(2026, 8, 31), None);
    assert_eq!(low.standing(date(2026, 10, 30)), PlanStanding::Holds);
    assert_eq!(low.standing(low.warn_from), PlanStanding::Ending);
    assert_eq!(low.standing(low.extend_by), PlanStanding::Ending);
    assert_eq!(low.standing(low.extend_by.tomorrow().unwrap()), PlanStanding::TooLate);
    assert_eq!(low.standing(low.until), PlanStanding::TooLate);
    assert_eq!(low.standing(low.until.tomorrow().unwrap()), PlanStanding::Over);
}

#[test]
fn somebody_rings_on_the_next_working_day() {
    let by = |day| HALL.call_backs.ring_by(day, &HALL.calendar);
    assert_eq!(by(date(2026, 11, 30)), date(2026, 12, 1));
    assert_eq!(by(date(2026, 11, 27)), date(2026, 11, 30), "over the weekend");
}

proptest! {
    /// A plan only ever gets worse, and whoever is warned has at least the days of the rule to ask for an extension.
    #[test]
    fn a_plan_only_grows_old(day in 0_i64..9_000, low in any::<bool>(), ahead in 0_i64..800) {
        let answered = date(2012, 6, 28).saturating_add(jiff::Span::new().days(day));
        let voltage = if low { PlanVoltage::Low } else { PlanVoltage::High };
        let days = days(voltage, answered, None);
        prop_assert!(answered < days.warn_from && days.warn_from <= days.extend_by && days.extend_by < days.until);
        let rank = |standing| match standing {
            PlanStanding::Holds => 0,
            PlanStanding::Ending => 1,
            PlanStanding::TooLate => 2,
            PlanStanding::Over => 3,
        };
        let today = answered.saturating_add(jiff::Span::new().days(ahead));
        prop_assert!(rank(days.standing(today)) <= rank(days.standing(today.tomorrow().unwrap())));
        // Working days from the last day of asking, which counts, to the last day of the plan, which does not.
        let left = HALL
            .calendar
            .working_days_between(days.extend_by.yesterday().unwrap(), days.until.yesterday().unwrap());
        prop_assert_eq!(left, HALL.plans.on(answered).unwrap().extend_working_days);
    }
}
