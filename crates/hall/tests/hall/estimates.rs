//! What a month would cost: by the published examples, and laws that hold for any usage. Reckoned from what the kiosks are
//! told, so that a kiosk without its backend says the same.

use std::sync::LazyLock;

use jiff::civil::date;
use powerhall_api::{Register, Tariff};
use powerhall_hall::{ESTIMATE_MOST, Estimate, LineKind, Period, Quantity, estimate, quantities};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::HALL;

static TARIFFS: LazyLock<Vec<Tariff>> =
    LazyLock::new(|| HALL.published(date(2026, 11, 30).at(10, 0, 0, 0)).tariffs);

fn tariff(key: &str) -> Tariff {
    TARIFFS.iter().find(|tariff| tariff.key == key).unwrap_or_else(|| panic!("{key}")).clone()
}

fn reckon(key: &str, amounts: &[i64]) -> Estimate {
    estimate(&tariff(key), amounts).unwrap()
}

#[test]
fn three_hundred_and_fifty_kwh_cost_what_is_published() {
    // The table of Zhejiang (config/hall/tariffs): 0.538, 0.588, 0.838, above 2,760 and 4,800 kWh a year.
    let told = reckon("resident_step", &[350]);
    assert_eq!(told.month.total, Fen::new(18_830));
    assert_eq!(told.in_tiers, [(2, Fen::new(20_580)), (3, Fen::new(29_330))]);
    let year = told.year.unwrap();
    assert_eq!(year.kwh, 4_200);
    let lines: Vec<_> = year.lines.iter().map(|line| (line.kind, line.quantity, line.amount.get())).collect();
    assert_eq!(lines, [(LineKind::Energy(Period::Flat), 4_200, 225_960), (LineKind::Step(2), 1_440, 7_200)]);
    assert_eq!(year.total, Fen::new(233_160));
}

#[test]
fn peak_and_valley_cost_what_is_published() {
    let told = reckon("resident_tou", &[200, 150]);
    assert_eq!(told.month.total, Fen::new(200 * 568 / 10 + 150 * 288 / 10));
    let tiers = [(2, 200 * 618 / 10 + 150 * 338 / 10), (3, 200 * 868 / 10 + 150 * 588 / 10)];
    assert_eq!(told.in_tiers, tiers.map(|(tier, fen)| (tier, Fen::new(fen))));
}

#[test]
fn who_has_no_tiers_has_one_answer() {
    let business = reckon("business_single", &[1_000]);
    assert_eq!((business.month.total, business.in_tiers.len(), business.year), (Fen::new(82_770), 0, None));
    let plant = reckon("industry_two_part", &[1_000, 10_000, 9_000, 400]);
    // The power factor is not known beforehand: no line is made of it.
    assert_eq!(plant.month.total, Fen::new(108_240 + 900_400 + 374_760 + 400 * 3_000));
    assert!(tariff("industry_two_part").power_factor);
}

#[test]
fn each_tariff_asks_for_what_it_prices() {
    let asked = |key| quantities(&tariff(key));
    assert_eq!(asked("resident_step"), [Quantity::Energy(Register::All)]);
    assert_eq!(asked("resident_tou"), [Register::Peak, Register::Valley].map(Quantity::Energy));
    let plant = [Register::Sharp, Register::Peak, Register::Valley].map(Quantity::Energy);
    assert_eq!(asked("industry_two_part"), [&plant[..], &[Quantity::Capacity]].concat());
    let mut newer = tariff("resident_step");
    newer.energy[0].register = Register::Other;
    assert_eq!(quantities(&newer), [], "a period of tomorrow cannot be asked for");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let step = tariff("resident_step");
    assert!(estimate(&step, &[-1]).is_err());
    assert!(estimate(&step, &[ESTIMATE_MOST + 1]).is_err());
    assert!(estimate(&step, &[ESTIMATE_MOST]).is_ok());
    assert_eq!(estimate(&step, &[]).unwrap().month.total, Fen::ZERO);
}

proptest! {
    #[test]
    fn the_sum_is_that_of_its_lines_and_the_bill_is_the_same(kwh in 0..20_000_i64, valley in 0..20_000_i64) {
        let all = ["resident_step", "resident_tou", "business_single"];
        for key in all {
            let told = reckon(key, &[kwh, valley][..quantities(&tariff(key)).len()]);
            let charges = std::iter::once(&told.month).chain(&told.year);
            for charge in charges {
                prop_assert_eq!(Fen::sum(charge.lines.iter().map(|line| line.amount)), Ok(charge.total));
            }
        }
        // What is reckoned beforehand is what is billed afterwards.
        let usage = powerhall_hall::Usage { peak: kwh, valley, ..Default::default() };
        let billed = HALL.charge("resident_tou", "2026-01".parse().unwrap(), &usage, 0, 0).unwrap();
        prop_assert_eq!(reckon("resident_tou", &[kwh, valley]).month, billed);
    }

    #[test]
    fn more_costs_more_and_a_higher_tier_costs_no_less(kwh in 0..20_000_i64, more in 1..500_i64) {
        let (less, told) = (reckon("resident_step", &[kwh]), reckon("resident_step", &[kwh + more]));
        prop_assert!(told.month.total > less.month.total);
        prop_assert!(told.year.unwrap().total > less.year.unwrap().total);
        let mut before = told.month.total;
        for (_, total) in told.in_tiers {
            prop_assert!(total >= before);
            before = total;
        }
    }

    #[test]
    fn no_kwh_falls_between_two_tiers(kwh in 1..20_000_i64) {
        // Every kWh of the year has one price: the first tier's, and its additions on what is above.
        let year = reckon("resident_step", &[kwh]).year.unwrap();
        let used = 12 * kwh;
        let exact = used * 538 + (used - 2_760).max(0) * 50 + (used - 4_800).max(0) * 250;
        prop_assert!((year.total.get() - exact / 10).abs() <= 3, "{} {exact}", year.total);
    }
}
