//! Reads `tariffs/*.toml`.

use std::{collections::BTreeMap, path::Path};

use super::{Band, Customer, Fund, Period, PowerFactor, Prices, Rates, Step, StepPeriod, Tariff};
use crate::{
    Origin, origin,
    read::{self, Mistakes, Node},
};

/// The dearest price that is believed: 10 yuan per kWh.
const MOST_PER_KWH: i64 = 100_000;
/// The dearest capacity charge that is believed: 1,000 yuan per kVA and month.
const MOST_PER_KVA: i64 = 10_000_000;
/// The dearest demand charge that is believed: 1,000 yuan per kW and month.
const MOST_PER_KW: i64 = 10_000_000;
/// The largest free quantity that is believed, in kWh a month.
const MOST_FREE: i64 = 1_000;

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> BTreeMap<String, Tariff> {
    let mut tariffs = BTreeMap::new();
    for (name, table) in read::folder(root, "tariffs", mistakes) {
        let file = format!("tariffs/{name}.toml");
        let mut node = Node::root(&file, &table);
        let customers = [("resident", Customer::Resident), ("other", Customer::Other)];
        let customer = node.one_of("customer", &customers, mistakes);
        let versions = node.tables("versions", 1, mistakes);
        let mut versions: Vec<_> =
            versions.into_iter().filter_map(|version| prices(version, mistakes)).collect();
        origin::sort(&mut versions, &file, mistakes);
        node.finish(mistakes);
        if let Some(customer) = customer {
            tariffs.insert(name.clone(), Tariff { name, customer, versions });
        }
    }
    tariffs
}

fn prices(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Prices> {
    let origin = Origin::read(&mut node, mistakes);
    let mut energy = BTreeMap::new();
    if let Some(mut periods) = node.table("energy", mistakes) {
        for period in Period::ALL {
            if periods.has(period.name())
                && let Some(price) = periods.whole(period.name(), 0..=MOST_PER_KWH, mistakes)
            {
                energy.insert(period, price);
            }
        }
        if energy.is_empty() {
            periods.wrong("(prices)", "none", "at least one of sharp, peak, flat, valley", mistakes);
        }
        periods.finish(mistakes);
    }
    let steps = steps(node.tables("steps", 0, mistakes), mistakes);
    let step_period = step_period(&mut node, steps.is_empty(), mistakes);
    let free_kwh = free(&mut node, energy.len(), mistakes);
    let capacity = if node.has("per_kva") { node.whole("per_kva", 1..=MOST_PER_KVA, mistakes) } else { None };
    let demand = if node.has("per_kw") { node.whole("per_kw", 1..=MOST_PER_KW, mistakes) } else { None };
    let power_factor = node.maybe_table("power_factor", mistakes).and_then(|node| factor(node, mistakes));
    let least = energy.values().min().copied().unwrap_or(0);
    let funds = funds(node.tables("funds", 0, mistakes), least, mistakes);
    node.finish(mistakes);
    let rates = Rates { energy, steps, step_period, free_kwh, capacity, demand, power_factor, funds };
    Some(Prices { origin: origin?, rates })
}

/// The funds are a part of each price, so together they are at most the lowest one.
fn funds(nodes: Vec<Node<'_>>, least: i64, mistakes: &mut Mistakes) -> Vec<Fund> {
    let mut funds: Vec<Fund> = Vec::new();
    let mut left = least;
    for mut node in nodes {
        let name = node.text("name", mistakes);
        let price = node.whole("per_kwh", 1..=left, mistakes);
        let origin = Origin::read(&mut node, mistakes);
        if let Some(name) = name.as_ref().filter(|name| funds.iter().any(|fund| fund.name == **name)) {
            node.wrong("name", name, "each fund once", mistakes);
        }
        node.finish(mistakes);
        if let (Some(name), Some(price), Some(origin)) = (name, price, origin) {
            left -= price;
            funds.push(Fund { name, price, origin });
        }
    }
    funds
}

fn steps(nodes: Vec<Node<'_>>, mistakes: &mut Mistakes) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for mut node in nodes {
        let last = steps.last().copied().unwrap_or(Step { above_kwh: 0, add: 0 });
        let above_kwh = node.whole("above_kwh", last.above_kwh + 1..=10_000_000, mistakes);
        let add = node.whole("add", last.add + 1..=MOST_PER_KWH, mistakes);
        node.finish(mistakes);
        if let (Some(above_kwh), Some(add)) = (above_kwh, add) {
            steps.push(Step { above_kwh, add });
        }
    }
    steps
}

/// By the year unless it says otherwise; without steps there is nothing to count.
fn step_period(node: &mut Node<'_>, no_steps: bool, mistakes: &mut Mistakes) -> StepPeriod {
    if !node.has("step_period") {
        return StepPeriod::default();
    }
    let words = [("year", StepPeriod::Year), ("month", StepPeriod::Month)];
    let period = node.one_of("step_period", &words, mistakes).unwrap_or_default();
    if no_steps {
        node.wrong("step_period", "without steps", "only beside [[versions.steps]]", mistakes);
    }
    period
}

/// No rule says in which period a free kWh is used, so one price holds for all hours.
fn free(node: &mut Node<'_>, periods: usize, mistakes: &mut Mistakes) -> i64 {
    if !node.has("free_kwh_a_month") {
        return 0;
    }
    let free = node.whole("free_kwh_a_month", 1..=MOST_FREE, mistakes).unwrap_or_default();
    if periods > 1 {
        node.wrong("free_kwh_a_month", free, "only where one price holds for all hours", mistakes);
    }
    free
}

fn factor(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<PowerFactor> {
    let standard = node.whole("standard", 1..=100, mistakes);
    let mut bands = Vec::new();
    let mut next = 100;
    for mut band in node.tables("bands", 1, mistakes) {
        let high = band.whole("high", next..=next, mistakes);
        let low = band.whole("low", 0..=next, mistakes);
        let at_high = band.whole("at_high", -10_000..=10_000, mistakes);
        let step = band.whole("step", 0..=1_000, mistakes);
        band.finish(mistakes);
        if let (Some(high), Some(low), Some(at_high), Some(step)) = (high, low, at_high, step) {
            bands.push(Band { high, low, at_high, step });
            next = low - 1;
        }
    }
    if next >= 0 {
        node.wrong("bands", format!("end at {}", next + 1), "bands that reach down to 0", mistakes);
    }
    node.finish(mistakes);
    Some(PowerFactor { standard: standard?, bands })
}
