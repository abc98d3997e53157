//! The published prices that ship, to the fen. What holds for any usage of any class is in laws.rs.

use powerhall_hall::{Charge, LineKind, Period, Tier, Usage, power_factor_percent};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::HALL;

fn charge(class: &str, usage: Usage, year_to_date: i64, capacity: i64) -> Charge {
    HALL.charge(class, "2026-10".parse().unwrap(), &usage, year_to_date, capacity).unwrap()
}

fn flat(kwh: i64) -> Usage {
    Usage { flat: kwh, ..Usage::default() }
}

fn lines(charge: &Charge) -> Vec<(LineKind, i64, i64, i64)> {
    charge.lines.iter().map(|line| (line.kind, line.quantity, line.price, line.amount.get())).collect()
}

#[test]
fn resident_steps_are_the_published_ones() {
    // 0.538 up to 2,760 kWh a year, 0.588 up to 4,800, 0.838 above.
    assert_eq!(charge("resident_step", flat(100), 0, 0).total, Fen::new(5380));
    assert_eq!(charge("resident_step", flat(100), 2760, 0).total, Fen::new(5880));
    assert_eq!(charge("resident_step", flat(100), 4800, 0).total, Fen::new(8380));
    // 2,700 used so far: 60 kWh in step 1, 2,040 in step 2, 100 in step 3.
    let bill = charge("resident_step", flat(2200), 2700, 0);
    assert_eq!(
        lines(&bill),
        [
            (LineKind::Energy(Period::Flat), 2200, 5380, 118_360),
            (LineKind::Step(2), 2040, 500, 10_200),
            (LineKind::Step(3), 100, 3000, 3_000),
        ]
    );
    assert_eq!(bill.total, Fen::new(60 * 538 / 10 + 2040 * 588 / 10 + 100 * 838 / 10));
}

#[test]
fn peak_and_valley_are_the_published_ones() {
    let usage = |peak, valley| Usage { peak, valley, ..Usage::default() };
    for (year_to_date, peak, valley) in [(0, 5680, 2880), (2760, 6180, 3380), (4800, 8680, 5880)] {
        assert_eq!(charge("resident_tou", usage(100, 0), year_to_date, 0).total, Fen::new(peak));
        assert_eq!(charge("resident_tou", usage(0, 100), year_to_date, 0).total, Fen::new(valley));
    }
}

#[test]
fn industry_pays_capacity_and_its_power_factor() {
    let usage = Usage { sharp: 1000, peak: 10_000, valley: 9_000, reactive: 9_686, ..Usage::default() };
    let bill = charge("industry_two_part", usage, 0, 400);
    // As published, of which 0.0292 yuan a kWh are funds: 0.4 + 0.62 + 1.9 fen.
    let funds = 8_000 + 12_400 + 38_000;
    let energy = 108_240 + 900_400 + 374_760 - funds;
    let capacity = 400 * 3000;
    // 20,000 / √(20,000² + 9,686²) is 0.90: neither rebate nor surcharge, so no line.
    assert_eq!(power_factor_percent(20_000, 9_686), 90);
    assert_eq!(bill.total, Fen::new(energy + capacity + funds));
    let poor = charge("industry_two_part", Usage { reactive: 17_638, ..usage }, 0, 400);
    assert_eq!(power_factor_percent(20_000, 17_638), 75);
    let adjusted =
        |bill: &Charge| *bill.lines.iter().find(|line| line.kind == LineKind::PowerFactor).expect("adjusted");
    // 0.75 costs 7.5 % of energy and capacity; the funds are not raised.
    let line = adjusted(&poor);
    assert_eq!((line.quantity, line.price), (75, 750));
    assert_eq!(line.amount, Fen::new((energy + capacity) * 75 / 1000));
    let good = charge("industry_two_part", Usage { reactive: 0, ..usage }, 0, 400);
    assert_eq!(adjusted(&good).amount, Fen::new(-(((energy + capacity) * 75 + 5000) / 10_000)));
}

#[test]
fn who_chose_demand_pays_for_it_instead_of_capacity() {
    let usage = Usage { peak: 10_000, reactive: 4_843, demand: Some(320), ..Usage::default() };
    let bill = charge("industry_two_part", usage, 0, 400);
    // 40 yuan a kW: 320 kW cost more than 400 kVA at 30 yuan.
    assert!(lines(&bill).contains(&(LineKind::Demand, 320, 400_000, 1_280_000)));
    assert!(!bill.lines.iter().any(|line| line.kind == LineKind::Capacity));
    let none = charge("industry_two_part", Usage { demand: Some(0), ..usage }, 0, 400);
    assert!(!none.lines.iter().any(|line| matches!(line.kind, LineKind::Capacity | LineKind::Demand)));
}

#[test]
fn funds_are_lines_within_the_published_price() {
    let bill = charge("business_single", flat(1_000), 0, 0);
    assert_eq!(
        lines(&bill),
        [
            (LineKind::Energy(Period::Flat), 1_000, 7_985, 79_850),
            (LineKind::Fund(0), 1_000, 40, 400),
            (LineKind::Fund(1), 1_000, 62, 620),
            (LineKind::Fund(2), 1_000, 190, 1_900),
        ]
    );
    assert_eq!(bill.total, Fen::new(82_770), "0.8277 a kWh, as published");
    // A home's bill does not name them.
    assert!(HALL.tariffs["resident_step"].versions[0].rates.funds.is_empty());
}

#[test]
fn the_next_kwh_knows_its_tier() {
    let prices = |class: &str| &HALL.tariffs[class].versions[0].rates;
    for (used, number, left) in [
        (0, 1, Some(2760)),
        (2440, 1, Some(320)),
        (2760, 2, Some(2040)),
        (4799, 2, Some(1)),
        (4800, 3, None),
        (90_000, 3, None),
    ] {
        assert_eq!(prices("resident_step").tier(used), Some(Tier { number, left }), "{used} kWh");
    }
    assert_eq!(prices("business_single").tier(0), None);
}

#[test]
fn power_factor_table_is_the_published_one() {
    let factor = HALL.tariffs["industry_two_part"].versions[0].rates.power_factor.as_ref().unwrap();
    for (percent, adjustment) in [
        (100, -75),
        (95, -75),
        (94, -60),
        (91, -15),
        (90, 0),
        (89, 50),
        (80, 500),
        (70, 1000),
        (69, 1100),
        (65, 1500),
        (64, 1700),
        (60, 2500),
    ] {
        assert_eq!(factor.adjustment(percent), adjustment, "{percent} %");
    }
}

#[test]
fn refuses_what_it_has_no_price_for() {
    let month = "2026-10".parse().unwrap();
    let refused =
        |class: &str, usage: &Usage| HALL.charge(class, month, usage, 0, 0).unwrap_err().to_string();
    assert!(refused("nobody", &flat(1)).contains("nobody"));
    assert!(refused("resident_tou", &flat(1)).contains("flat"));
    assert!(refused("resident_step", &flat(-1)).contains("flat"));
    assert!(refused("resident_step", &Usage { demand: Some(1), ..flat(1) }).contains("demand"));
    let below = Usage { demand: Some(-1), peak: 1, ..Usage::default() };
    assert!(refused("industry_two_part", &below).contains("below zero"));
    assert!(HALL.charge("resident_step", "2012-06".parse().unwrap(), &flat(1), 0, 0).is_err());
    assert!(HALL.charge("resident_step", month, &flat(i64::MAX), i64::MAX, 0).is_err());
}

proptest! {
    #[test]
    fn naming_the_funds_changes_no_more_than_rounding(kwh in 0..90_000_000_i64) {
        // Four lines instead of one, each rounded by half a fen at the most.
        let published = i128::from(kwh) * 8277;
        let named = i128::from(charge("business_single", flat(kwh), 0, 0).total.get()) * 100;
        prop_assert!((named - published).abs() <= 4 * 50, "{named} {published}");
    }

    #[test]
    fn power_factor_is_the_nearest_percent(active in 1..1_000_000_i64, reactive in 0..1_000_000_i64) {
        let percent = power_factor_percent(active, reactive);
        #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
        let exact = 100.0 * active as f64 / (active as f64).hypot(reactive as f64);
        #[allow(clippy::float_arithmetic, clippy::cast_precision_loss)]
        let off = (percent as f64 - exact).abs();
        prop_assert!(off <= 0.500_001, "{percent} {exact}");
    }
}
