//! What a month would cost: by the published examples, and laws that hold for any usage. Reckoned from what the kiosks are
//! told, so that a kiosk without its backend says the same.

use std::sync::LazyLock;

use jiff::civil::date;
use powerhall_api::{Register, Tariff};
use powerhall_hall::{ESTIMATE_MOST, Estimate, LineKind, Period, Quantity, estimate, quantities};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::{HALL, tables::ALL};

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

/// A quantity for each that a tariff asks for.
fn amounts(tariff: &Tariff, of: [i64; 4]) -> Vec<i64> {
    of.into_iter().take(quantities(tariff).len()).collect()
}

/// What ships, and the published tables that do not.
static EVERY: LazyLock<Vec<Tariff>> =
    LazyLock::new(|| ALL.published(date(2026, 11, 30).at(10, 0, 0, 0)).tariffs);

proptest! {
    #[test]
    fn the_sum_is_that_of_its_lines_and_the_bill_is_the_same(of in prop::array::uniform4(0..20_000_i64)) {
        for tariff in EVERY.iter() {
            let told = estimate(tariff, &amounts(tariff, of)).unwrap();
            for charge in std::iter::once(&told.month).chain(&told.year) {
                prop_assert_eq!(Fen::sum(charge.lines.iter().map(|line| line.amount)), Ok(charge.total));
            }
            let Some(year) = told.year else { continue };
            // What is reckoned beforehand is what is billed afterwards, month by month.
            let mut usage = powerhall_hall::Usage::default();
            for (quantity, amount) in quantities(tariff).into_iter().zip(of) {
                match quantity {
                    Quantity::Energy(Register::Peak) => usage.peak = amount,
                    Quantity::Energy(Register::Valley) => usage.valley = amount,
                    _ => usage.flat = amount,
                }
            }
            let (mut used, mut billed) = (0, Vec::new());
            for month in 1..=12 {
                let month = format!("2026-{month:02}").parse().unwrap();
                let bill = ALL.charge(&tariff.key, month, &usage, used, 0).unwrap();
                used += bill.kwh;
                billed.push(bill);
            }
            prop_assert_eq!(&told.month, &billed[0], "{}", tariff.key);
            prop_assert_eq!(Fen::sum(billed.iter().map(|bill| bill.total)), Ok(year.total), "{}", tariff.key);
            prop_assert_eq!(year.kwh, used);
        }
    }

    #[test]
    fn more_costs_no_less_and_a_higher_tier_costs_no_less(of in prop::array::uniform4(0..20_000_i64), more in 1..500_i64) {
        for tariff in EVERY.iter() {
            let less = estimate(tariff, &amounts(tariff, of)).unwrap();
            for at in 0..quantities(tariff).len() {
                let mut of = amounts(tariff, of);
                of[at] += more;
                let told = estimate(tariff, &of).unwrap();
                // Only what is free costs nothing more.
                if of.iter().sum::<i64>() > tariff.free_kwh {
                    prop_assert!(told.month.total > less.month.total, "{}", tariff.key);
                }
                prop_assert!(told.month.total >= less.month.total, "{}", tariff.key);
                prop_assert!(told.year.map(|year| year.total) >= less.year.as_ref().map(|year| year.total));
                let mut before = told.month.total;
                for (_, total) in told.in_tiers {
                    prop_assert!(total >= before, "{}", tariff.key);
                    before = total;
                }
            }
        }
    }

    #[test]
    fn no_kwh_falls_between_two_tiers(kwh in 1..20_000_i64) {
        // Every kWh of the year has one price: the first tier's, and its additions on what is above.
        let year = reckon("resident_step", &[kwh]).year.unwrap();
        let used = 12 * kwh;
        let exact = used * 538 + (used - 2_760).max(0) * 50 + (used - 4_800).max(0) * 250;
        // Half a fen for each of three lines on each of twelve bills.
        prop_assert!((year.total.get() - exact / 10).abs() <= 18, "{} {exact}", year.total);
    }
}
