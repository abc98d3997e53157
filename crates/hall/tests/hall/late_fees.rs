//! Late fees by the legal rates, day by day.

use jiff::{ToSpan, civil::date};
use powerhall_hall::{Customer, Stretch};
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
}
