//! The sheet of a tariff: what a kilowatt-hour costs in each step and period, what capacity and demand cost, the
//! power factor, and the funds within the price.

use jiff::civil::Date;
use powerhall_api::{Line, Sheet, Text};

use super::{fact, sentence, yuan};
use crate::{Fund, Hall, Period, Prices, Tariff};

impl Hall {
    /// `None` before its first price.
    pub(super) fn tariff_sheet(&self, tariff: &Tariff, day: Date) -> Option<Sheet> {
        let prices = tariff.on(day).ok()?;
        let mut parts = vec![self.part("energy", self.energy(prices))];
        if let Some(price) = prices.capacity {
            let line = sentence(self.texts.fill("energy.per_kva_month", &[("price", &yuan(price))]));
            let demand = prices
                .demand
                .map(|price| sentence(self.texts.fill("energy.per_kw_month", &[("price", &yuan(price))])));
            parts.push(self.part("capacity", std::iter::once(line).chain(demand).collect()));
        }
        if let Some(factor) = &prices.power_factor {
            let standard = format!("0.{:02}", factor.standard);
            let line = sentence(self.texts.fill("energy.power_factor", &[("standard", &standard)]));
            parts.push(self.part("power_factor", vec![line]));
        }
        if !prices.funds.is_empty() {
            let fund = |fund: &Fund| {
                let price = self.texts.fill("energy.per_kwh", &[("price", &yuan(fund.price))]);
                fact(self.text(&format!("fund.{}", fund.name)), price)
            };
            parts.push(self.part("funds", prices.funds.iter().map(fund).collect()));
        }
        let origins: Vec<_> =
            std::iter::once(&prices.origin).chain(prices.funds.iter().map(|fund| &fund.origin)).collect();
        parts.push(self.basis(&origins));
        Some(Sheet { name: self.text(&format!("class.{}", tariff.name)), parts, errand: None })
    }

    /// A line for each step and each period in it.
    fn energy(&self, prices: &Prices) -> Vec<Line> {
        let mut lines = Vec::new();
        for (at, add) in std::iter::once(0).chain(prices.steps.iter().map(|step| step.add)).enumerate() {
            let step = self.step(prices, at);
            for period in Period::ALL {
                let Some(price) = prices.energy.get(&period) else { continue };
                let price = self.texts.fill("energy.per_kwh", &[("price", &yuan(price + add))]);
                lines.push(fact(self.energy_name(prices, step.as_ref(), period), price));
            }
        }
        lines
    }

    /// The quantity that a step is for; none where there are no steps.
    fn step(&self, prices: &Prices, at: usize) -> Option<Text> {
        let above = at.checked_sub(1).and_then(|before| prices.steps.get(before)).map(|step| step.above_kwh);
        let upto = prices.steps.get(at).map(|step| step.above_kwh);
        let number = (at + 1).to_string();
        Some(match (above, upto) {
            (None, None) => return None,
            (None, Some(upto)) => {
                self.texts.fill("energy.step_first", &[("step", &number), ("upto", &upto.to_string())])
            }
            (Some(above), Some(upto)) => self.texts.fill(
                "energy.step_within",
                &[("step", &number), ("from", &(above + 1).to_string()), ("upto", &upto.to_string())],
            ),
            (Some(above), None) => {
                self.texts.fill("energy.step_last", &[("step", &number), ("above", &above.to_string())])
            }
        })
    }

    fn energy_name(&self, prices: &Prices, step: Option<&Text>, period: Period) -> Text {
        let period = (prices.energy.len() > 1).then(|| self.text(&format!("period.{}", period.name())));
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
