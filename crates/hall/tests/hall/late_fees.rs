//! Late fees by the legal rates, day by day.

use jiff::{ToSpan, civil::date};
use powerhall_hall::{Customer, LateFeeRates, LateFees, Origin, Stretch};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::HALL;

#[test]
fn the_published_example() {
    let due = date(2026, 9, 25);
    let fee = |class, amount, today| HALL.late_fee(class, Fen::new(amount), due, today).unwrap();
    // 200.00 × 0.1 % × 30 days
    assert_eq!(fee("resident_step", 20_000, date(2026, 10, 25)), Fen::new(600));
    assert_eq!(fee("business_single", 20_000, date(2026, 10, 25)), Fen::new(1200));
    // The due day itself is in time; the next one is late; less than a yuan is a yuan.
    assert_eq!(fee("resident_step", 20_000, due), Fen::ZERO);
    assert_eq!(fee("resident_step", 20_000, date(2026, 9, 26)), Fen::new(100));
    assert_eq!(fee("resident_step", 0, date(2026, 10, 25)), Fen::ZERO);
}

#[test]
fn others_pay_more_after_the_year_end() {
    let due = date(2025, 12, 25);
    let fee = |class, today| HALL.late_fee(class, Fen::new(100_000), due, today).unwrap();
    // 6 days at 2 ‰ until 31 December, then 3 ‰.
    assert_eq!(fee("business_single", date(2025, 12, 31)), Fen::new(1200));
    assert_eq!(fee("business_single", date(2026, 1, 1)), Fen::new(1500));
    assert_eq!(fee("business_single", date(2026, 1, 31)), Fen::new(1200 + 31 * 300));
    assert_eq!(fee("resident_step", date(2026, 1, 31)), Fen::new(37 * 100));
}

#[test]
fn days_of_one_rate_are_one_stretch() {
    let stretches = |customer, due, to| HALL.late_fees.stretches(customer, due, due, to).unwrap();
    let due = date(2023, 12, 25);
    // Neither the year end nor the new edition of the rules changes what a resident pays.
    assert_eq!(stretches(Customer::Resident, due, date(2024, 12, 24)), [Stretch { rate: 10, days: 365 }]);
    assert_eq!(
        stretches(Customer::Other, due, date(2024, 12, 24)),
        [Stretch { rate: 20, days: 6 }, Stretch { rate: 30, days: 359 }]
    );
    assert_eq!(stretches(Customer::Other, due, due), []);
}

/// Made-up rates from a day on: those that ship are the same in both editions, so that they could not be told apart.
fn edition(effective: jiff::civil::Date, rates: [i64; 3], minimum: i64) -> LateFeeRates {
    let [resident, other, other_carried_over] = rates;
    let origin = Origin { effective, source: "made up".to_owned(), words: None, certain: false };
    LateFeeRates { origin, resident, other, other_carried_over, minimum: Fen::new(minimum) }
}

#[test]
fn the_edition_of_each_day_chooses_its_rate_and_that_of_today_the_minimum() {
    let fees =
        LateFees(vec![edition(date(2020, 1, 1), [10, 20, 30], 100), edition(date(2026, 7, 1), [5, 7, 9], 0)]);
    let due = date(2026, 6, 25);
    let fee = |customer, amount, today| fees.fee(customer, Fen::new(amount), due, today).unwrap().get();
    // Five days at 1 ‰, the others at 0.5 ‰.
    assert_eq!(fee(Customer::Resident, 100_000, date(2026, 6, 30)), 500);
    assert_eq!(fee(Customer::Resident, 100_000, date(2026, 7, 1)), 550);
    assert_eq!(fee(Customer::Other, 100_000, date(2026, 7, 10)), 1_000 + 700);
    assert_eq!(fee(Customer::Other, 100_000, date(2027, 1, 1)), 1_000 + 184 * 70 + 90);
    // A yuan at least, until the edition that has no minimum.
    assert_eq!(fee(Customer::Resident, 1_000, date(2026, 6, 30)), 100);
    assert_eq!(fee(Customer::Resident, 1_000, date(2026, 7, 1)), 6);
    // Before the first edition nothing grows.
    let before = fees.fee(Customer::Other, Fen::new(100_000), date(2019, 12, 1), date(2019, 12, 31));
    assert_eq!(before, Ok(Fen::ZERO));
}

proptest! {
    #[test]
    fn grows_day_by_day_and_adds_up(amount in 1..1_000_000_i64, days in 0..900_i64, cut in 0..900_i64) {
        let due = date(2024, 5, 25);
        let fees = &HALL.late_fees;
        let to = due.checked_add(days.days()).unwrap();
        let middle = due.checked_add(cut.min(days).days()).unwrap();
        for customer in [Customer::Resident, Customer::Other] {
            let whole = fees.accrue(customer, Fen::new(amount), due, due, to).unwrap();
            let first = fees.accrue(customer, Fen::new(amount), due, due, middle).unwrap();
            let second = fees.accrue(customer, Fen::new(amount), due, middle, to).unwrap();
            prop_assert_eq!(whole.0, first.0 + second.0);
            // Day by day, straight from the law.
            let by_day: i64 = (1..=days).map(|i| {
                let day = due.checked_add(i.days()).unwrap();
                let rate = match customer {
                    Customer::Resident => 10,
                    Customer::Other if day.year() == due.year() => 20,
                    Customer::Other => 30,
                };
                amount * rate
            }).sum();
            prop_assert_eq!(whole.0, by_day);
        }
    }

    #[test]
    fn a_fee_grows_with_the_days_and_with_what_is_owed(amount in 1..1_000_000_i64, more in 0..100_000_i64,
            start in 0..900_i64, days in 0..900_i64, later in 0..400_i64) {
        let due = date(2022, 12, 1).checked_add(start.days()).unwrap();
        let today = due.checked_add(days.days()).unwrap();
        let fee = |class, amount, today| HALL.late_fee(class, Fen::new(amount), due, today).unwrap();
        for class in HALL.tariffs.keys() {
            let now = fee(class, amount, today);
            prop_assert!(fee(class, amount, today.checked_add(later.days()).unwrap()) >= now, "{class}");
            prop_assert!(fee(class, amount + more, today) >= now, "{class}");
        }
    }

    #[test]
    fn what_is_due_costs_the_minimum_at_least_and_what_is_not_nothing(amount in 1..1_000_000_i64, days in -400..900_i64) {
        let due = date(2024, 5, 25);
        let today = due.checked_add(days.days()).unwrap();
        for customer in [Customer::Resident, Customer::Other] {
            let fees = &HALL.late_fees;
            let fee = fees.fee(customer, Fen::new(amount), due, today).unwrap();
            if days <= 0 {
                prop_assert_eq!(fee, Fen::ZERO);
                continue;
            }
            prop_assert!(fee >= fees.on(today).unwrap().minimum);
            // Above it, what has grown, to the nearest fen.
            let grown = fees.accrue(customer, Fen::new(amount), due, due, today).unwrap().0;
            prop_assert!(fee == Fen::new(100) || (fee.get() * 10_000 - grown).abs() <= 5_000, "{fee} {grown}");
            prop_assert!(fee.get() * 10_000 + 5_000 >= grown);
        }
    }

    #[test]
    fn an_edition_changes_nothing_before_its_day(rates in prop::array::uniform3(0..1_000_i64), minimum in 0..10_000_i64,
            amount in 1..1_000_000_i64, days in 1..400_i64, until in 1..400_i64) {
        let due = date(2026, 2, 25);
        let [first, today] = [days, until].map(|days| due.checked_add(days.days()).unwrap());
        let old = edition(date(2020, 1, 1), [10, 20, 30], 100);
        let new = edition(first, rates, minimum);
        let (alone, both) = (LateFees(vec![old.clone()]), LateFees(vec![old.clone(), new.clone()]));
        for customer in [Customer::Resident, Customer::Other] {
            let grown = |fees: &LateFees| fees.accrue(customer, Fen::new(amount), due, due, today).unwrap().0;
            // Day by day, each by the edition of its day.
            let by_day: i64 = (1..=until).map(|i| {
                let day = due.checked_add(i.days()).unwrap();
                let of = if day < first { &old } else { &new };
                amount * match customer {
                    Customer::Resident => of.resident,
                    Customer::Other if day.year() == due.year() => of.other,
                    Customer::Other => of.other_carried_over,
                }
            }).sum();
            prop_assert_eq!(grown(&both), by_day);
            if today < first {
                let fee = |fees: &LateFees| fees.fee(customer, Fen::new(amount), due, today).unwrap();
                prop_assert_eq!(fee(&both), fee(&alone));
            }
        }
    }
}
