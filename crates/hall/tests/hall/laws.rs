//! Laws that hold for any usage, of every class that ships and every table of tables.rs: the lines come to the total, more never
//! costs less, and no kWh falls between two tiers.

use powerhall_hall::{Charge, LineKind, Period, Rates, StepPeriod, Usage};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::tables::ALL;

fn every() -> impl Iterator<Item = (&'static str, &'static Rates)> {
    ALL.tariffs.iter().map(|(name, tariff)| (name.as_str(), &tariff.versions[0].rates))
}

fn charge(class: &str, usage: &Usage, year_to_date: i64, capacity: i64) -> Charge {
    ALL.charge(class, "2026-10".parse().unwrap(), usage, year_to_date, capacity).unwrap()
}

/// kWh in the periods that the class has.
fn usage(rates: &Rates, kwh: [i64; 4]) -> Usage {
    let [sharp, peak, flat, valley] =
        std::array::from_fn(|at| if rates.energy.contains_key(&Period::ALL[at]) { kwh[at] } else { 0 });
    Usage { sharp, peak, flat, valley, ..Usage::default() }
}

fn add(usage: &Usage, period: Period, more: i64) -> Usage {
    let mut usage = *usage;
    match period {
        Period::Sharp => usage.sharp += more,
        Period::Peak => usage.peak += more,
        Period::Flat => usage.flat += more,
        Period::Valley => usage.valley += more,
    }
    usage
}

/// One more kWh costs at least its own price (nothing, where it may be free) and at most that of the last tier, but for
/// the rounding of each line. The power factor is 1 throughout, a rebate of 0.75 %.
fn is_continuous(class: &str, rates: &Rates, usage: &Usage, used: i64) {
    for (period, price) in &rates.energy {
        let (less, more) = (charge(class, usage, used, 0), charge(class, &add(usage, *period, 1), used, 0));
        let step = 100 * (more.total.get() - less.total.get());
        let dearest = price + rates.steps.last().map_or(0, |step| step.add);
        let cheapest = if rates.free_kwh > 0 { 0 } else { price - price * 75 / 10_000 };
        let rounding = 100 * i64::try_from(more.lines.len()).unwrap();
        assert!(
            (cheapest - rounding..=dearest + rounding).contains(&step),
            "{class}: {step} hundredths of a fen after {usage:?} and {used}"
        );
    }
}

#[test]
fn every_published_table_is_among_them() {
    let count = |is: fn(&Rates) -> bool| every().filter(|(_, rates)| is(rates)).count();
    assert_eq!(every().count(), 8);
    assert_eq!(count(|rates| rates.energy.len() > 1), 2, "by the time of use");
    assert_eq!(count(|rates| rates.step_period == StepPeriod::Month), 1);
    assert_eq!(count(|rates| rates.free_kwh > 0), 1);
}

#[test]
fn no_kwh_falls_between_two_tiers() {
    for (class, rates) in every() {
        let edges = rates.steps.iter().map(|step| step.above_kwh).chain([rates.free_kwh, 0]);
        for kwh in edges.flat_map(|edge| edge - 2..=edge + 2).filter(|kwh| *kwh >= 0) {
            for period in rates.energy.keys() {
                // Used in this month, and before it.
                is_continuous(class, rates, &add(&Usage::default(), *period, kwh), 0);
                is_continuous(class, rates, &Usage::default(), kwh);
            }
        }
        // Beyond an edge, a kWh costs what the tier says: exact over a thousand of them.
        for (at, step) in rates.steps.iter().enumerate().filter(|_| rates.free_kwh == 0) {
            let upto = rates.steps.get(at + 1).map_or(step.above_kwh + 1_000, |next| next.above_kwh);
            for (period, price) in &rates.energy {
                let at_edge = add(&Usage::default(), *period, step.above_kwh);
                let inside = upto - step.above_kwh;
                let cost = charge(class, &add(&at_edge, *period, inside), 0, 0).total.get()
                    - charge(class, &at_edge, 0, 0).total.get();
                assert!((100 * cost - inside * (price + step.add)).abs() <= 300, "{class} {at}: {cost}");
            }
        }
    }
}

proptest! {
    #[test]
    fn total_is_the_sum_of_its_lines(kwh in prop::array::uniform4(0..90_000_i64), reactive in 0..90_000_i64,
            capacity in 0..5_000_i64, demand in prop::option::of(0..5_000_i64), used in 0..9_000_i64) {
        for (class, rates) in every() {
            let demand = demand.filter(|_| rates.demand.is_some());
            let usage = Usage { reactive, demand, ..usage(rates, kwh) };
            let bill = charge(class, &usage, used, capacity);
            prop_assert_eq!(Fen::sum(bill.lines.iter().map(|line| line.amount)), Ok(bill.total));
            prop_assert_eq!(Some(bill.kwh), usage.kwh());
            let energy = bill.lines.iter().filter(|line| matches!(line.kind, LineKind::Energy(_) | LineKind::Free));
            prop_assert_eq!(energy.map(|line| line.quantity).sum::<i64>(), bill.kwh);
            prop_assert!(bill.total >= Fen::ZERO);
        }
    }

    #[test]
    fn more_never_costs_less(kwh in prop::array::uniform4(0..6_000_i64), more in 0..500_i64,
            used in 0..6_000_i64, capacity in 0..5_000_i64) {
        for (class, rates) in every() {
            let usage = usage(rates, kwh);
            let less = charge(class, &usage, used, capacity).total;
            for period in rates.energy.keys() {
                prop_assert!(charge(class, &add(&usage, *period, more), used, capacity).total >= less, "{class}");
            }
            prop_assert!(charge(class, &usage, used + more, capacity).total >= less, "{class}");
            prop_assert!(charge(class, &usage, used, capacity + more).total >= less, "{class}");
        }
    }

    #[test]
    fn tiers_are_continuous(kwh in prop::array::uniform4(0..6_000_i64), used in 0..6_000_i64) {
        for (class, rates) in every() {
            is_continuous(class, rates, &usage(rates, kwh), used);
        }
    }

    #[test]
    fn a_year_costs_the_same_however_it_is_cut(
            months in prop::collection::vec(prop::array::uniform4(0..900_i64), 12)) {
        let yearly = |(_, rates): &(&str, &Rates)| {
            !rates.steps.is_empty() && rates.step_period == StepPeriod::Year && rates.free_kwh == 0
        };
        for (class, rates) in every().filter(yearly) {
            let (mut used, mut total, mut all) = (0, 0, Usage::default());
            for kwh in &months {
                let usage = usage(rates, *kwh);
                let bill = charge(class, &usage, used, 0);
                total += bill.total.get();
                used += bill.kwh;
                all = Period::ALL.into_iter().fold(all, |all, period| add(&all, period, usage.of(period)));
            }
            let whole = charge(class, &all, 0, 0).total.get();
            // Exact but for one half fen a line and bill.
            prop_assert!((total - whole).abs() <= 13 * 4 / 2, "{class}: {total} {whole}");
        }
    }

    #[test]
    fn where_tiers_count_by_the_month_the_year_does_not_matter(kwh in 0..2_000_i64, used in 0..9_000_i64) {
        for (class, rates) in every().filter(|(_, rates)| rates.step_period == StepPeriod::Month) {
            let usage = usage(rates, [kwh; 4]);
            prop_assert_eq!(charge(class, &usage, used, 0), charge(class, &usage, 0, 0));
        }
    }

    #[test]
    fn free_kwh_leave_the_bill_of_the_others(kwh in 0..6_000_i64, used in 0..6_000_i64) {
        // Also where a class has funds, or no tiers.
        let one_price = |(_, rates): &(&str, &Rates)| {
            rates.energy.len() == 1 && rates.step_period == StepPeriod::Year
        };
        for (class, rates) in every().filter(one_price) {
            let (with, without) = (Rates { free_kwh: 15, ..rates.clone() }, Rates { free_kwh: 0, ..rates.clone() });
            let (paid, free) = ((kwh - 15).max(0), kwh.min(15));
            let bill = with.charge(class, &usage(rates, [kwh; 4]), used, 0).unwrap();
            let others = without.charge(class, &usage(rates, [paid; 4]), used + free, 0).unwrap();
            prop_assert_eq!(bill.total, others.total, "{}", class);
        }
    }
}
