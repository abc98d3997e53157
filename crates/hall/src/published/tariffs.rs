//! The sheet of a tariff: what a kilowatt-hour costs in each step and period, what capacity and demand cost, the
//! power factor, and the funds within the price.

use jiff::civil::Date;
use powerhall_api::{EnergyPrice, Line, Sheet, StepPeriod as Counted, TariffStep, Text};

use super::{fact, plain, sentence, yuan};
use crate::{Fund, Hall, Origin, Period, Prices, Rates, StepPeriod, Tariff};

impl Hall {
    /// `None` before its first price.
    pub(super) fn tariff_sheet(&self, tariff: &Tariff, day: Date) -> Option<Sheet> {
        let prices = tariff.on(day).ok()?;
        let rates = &prices.rates;
        let mut parts = vec![self.part("energy", self.energy(rates))];
        if let Some(price) = rates.capacity {
            let line = sentence(self.texts.fill("energy.per_kva_month", &[("price", &yuan(price))]));
            let demand = rates
                .demand
                .map(|price| sentence(self.texts.fill("energy.per_kw_month", &[("price", &yuan(price))])));
            parts.push(self.part("capacity", std::iter::once(line).chain(demand).collect()));
        }
        if let Some(factor) = &rates.power_factor {
            let standard = format!("0.{:02}", factor.standard);
            let line = sentence(self.texts.fill("energy.power_factor", &[("standard", &standard)]));
            parts.push(self.part("power_factor", vec![line]));
        }
        if !rates.funds.is_empty() {
            let fund = |fund: &Fund| {
                let price = self.texts.fill("energy.per_kwh", &[("price", &yuan(fund.price))]);
                fact(self.text(&format!("fund.{}", fund.name)), price)
            };
            parts.push(self.part("funds", rates.funds.iter().map(fund).collect()));
        }
        parts.push(self.basis(&origins(&prices.origin, rates)));
        let name = self.text(&format!("class.{}", tariff.name));
        Some(Sheet { tariff: Some(tariff.name.clone()), ..plain(name, parts) })
    }

    /// The prices in force as data, in the order of the shelves.
    pub(super) fn tariff_data(&self, day: Date) -> Vec<powerhall_api::Tariff> {
        let keys = self.catalogue.sheets().filter_map(|sheet| sheet.strip_prefix("tariffs/"));
        let data = keys.filter_map(|key| {
            let tariff = self.tariffs.get(key)?;
            let Prices { origin, rates } = tariff.on(day).ok()?;
            let energy = rates
                .energy
                .iter()
                .map(|(period, price)| EnergyPrice { register: rates.register(*period), price: *price });
            let steps =
                rates.steps.iter().map(|step| TariffStep { above_kwh: step.above_kwh, add: step.add });
            Some(powerhall_api::Tariff {
                key: key.to_owned(),
                name: self.text(&format!("class.{key}")),
                energy: energy.collect(),
                steps: steps.collect(),
                step_period: match rates.step_period {
                    StepPeriod::Year => Counted::Year,
                    StepPeriod::Month => Counted::Month,
                },
                free_kwh: rates.free_kwh,
                capacity: rates.capacity,
                power_factor: rates.power_factor.is_some(),
                basis: self.basis(&origins(origin, rates)),
            })
        });
        data.collect()
    }

    /// A line for each step and each period in it, and what is free.
    pub(super) fn energy(&self, rates: &Rates) -> Vec<Line> {
        let mut lines = Vec::new();
        for (at, add) in std::iter::once(0).chain(rates.steps.iter().map(|step| step.add)).enumerate() {
            let step = self.step(rates, at);
            for period in Period::ALL {
                let Some(price) = rates.energy.get(&period) else { continue };
                let price = self.texts.fill("energy.per_kwh", &[("price", &yuan(price + add))]);
                lines.push(fact(self.energy_name(rates, step.as_ref(), period), price));
            }
        }
        if rates.free_kwh > 0 {
            lines.push(sentence(self.texts.fill("energy.free", &[("kwh", &rates.free_kwh.to_string())])));
        }
        lines
    }

    /// The quantity that a step is for; none where there are no steps.
    fn step(&self, rates: &Rates, at: usize) -> Option<Text> {
        let above = at.checked_sub(1).and_then(|before| rates.steps.get(before)).map(|step| step.above_kwh);
        let upto = rates.steps.get(at).map(|step| step.above_kwh);
        let number = (at + 1).to_string();
        let (first, within, last) = match rates.step_period {
            StepPeriod::Year => ("energy.step_first", "energy.step_within", "energy.step_last"),
            StepPeriod::Month => {
                ("energy.month_step_first", "energy.month_step_within", "energy.month_step_last")
            }
        };
        Some(match (above, upto) {
            (None, None) => return None,
            (None, Some(upto)) => self.texts.fill(first, &[("step", &number), ("upto", &upto.to_string())]),
            (Some(above), Some(upto)) => self.texts.fill(
                within,
                &[("step", &number), ("from", &(above + 1).to_string()), ("upto", &upto.to_string())],
            ),
            (Some(above), None) => self.texts.fill(last, &[("step", &number), ("above", &above.to_string())]),
        })
    }

    fn energy_name(&self, rates: &Rates, step: Option<&Text>, period: Period) -> Text {
        let period = (rates.energy.len() > 1).then(|| self.text(&format!("period.{}", period.name())));
        match (step, period) {
            (Some(step), Some(period)) => {
                self.texts.fill_texts("energy.of_step", &[("step", step), ("period", &period)])
            }
            (Some(step), None) => step.clone(),
            (None, Some(period)) => period,
            (None, None) => self.text("energy.one"),
        }
    }
}

/// On what prices are based: the price list, and each of the funds that are named within it.
fn origins<'a>(of_prices: &'a Origin, rates: &'a Rates) -> Vec<&'a Origin> {
    std::iter::once(of_prices).chain(rates.funds.iter().map(|fund| &fund.origin)).collect()
}
