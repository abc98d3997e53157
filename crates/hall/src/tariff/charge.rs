//! From a month's usage to the lines of its bill.
//!
//! Rounding: each line is rounded to the fen, halves up (away from zero for a rebate), and the total is the sum of the
//! lines as printed; so a customer who adds them up gets the same. Steps count per calendar year or month. The published price
//! of a kWh contains the government funds (政府性基金及附加); where they are named, the bill shows them as lines of their own
//! and the energy without them, and the power-factor adjustment is not on them. Free kWh are the first of their month: they
//! count in the steps, and nothing is charged for them in any.

use powerhall_money::Fen;

use super::{Period, Rates, StepPeriod};
use crate::ChargeError;

/// What a bill line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// Energy of a period at its first-step price; quantity in kWh.
    Energy(Period),
    /// kWh that cost nothing; quantity in kWh, price and amount 0.
    Free,
    /// The increment of step 2, 3, … on the kWh that fall into it; quantity in kWh.
    Step(u8),
    /// Capacity charge; quantity in kVA.
    Capacity,
    /// Demand charge; quantity in kW.
    Demand,
    /// Power-factor adjustment; quantity is the factor in percent, price the adjustment in 0.01 %.
    PowerFactor,
    /// A government fund, by its place among [`Rates::funds`]; quantity in kWh.
    Fund(usize),
}

/// A line of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// What for.
    pub kind: LineKind,
    /// How much, see [`LineKind`].
    pub quantity: i64,
    /// The price of one, in 0.0001 yuan (see [`LineKind::PowerFactor`] for the exception).
    pub price: i64,
    /// The line's amount.
    pub amount: Fen,
}

/// A month's bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// All energy of the month.
    pub kwh: i64,
    /// The lines, in the order of print. Lines of no quantity are left out.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub total: Fen,
}

/// What was used in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// kWh in 尖峰.
    pub sharp: i64,
    /// kWh in 高峰.
    pub peak: i64,
    /// kWh in 平段, or all kWh where the meter has no periods.
    pub flat: i64,
    /// kWh in 低谷.
    pub valley: i64,
    /// Reactive energy in kvarh; 0 where it is not metered.
    pub reactive: i64,
    /// The month's highest demand in kW, where the basic charge goes by it; none where it goes by capacity.
    pub demand: Option<i64>,
}

impl Usage {
    /// kWh of a period.
    #[must_use]
    pub const fn of(&self, period: Period) -> i64 {
        match period {
            Period::Sharp => self.sharp,
            Period::Peak => self.peak,
            Period::Flat => self.flat,
            Period::Valley => self.valley,
        }
    }

    /// Sets the kWh of a period.
    pub(super) const fn set(&mut self, period: Period, kwh: i64) {
        match period {
            Period::Sharp => self.sharp = kwh,
            Period::Peak => self.peak = kwh,
            Period::Flat => self.flat = kwh,
            Period::Valley => self.valley = kwh,
        }
    }

    /// All kWh, or `None` beyond what fits.
    #[must_use]
    pub fn kwh(&self) -> Option<i64> {
        Period::ALL.into_iter().try_fold(0_i64, |sum, period| sum.checked_add(self.of(period)))
    }
}

impl Rates {
    /// The bill of a month. `year_to_date` is what the account used in the same calendar year before this month, in
    /// kWh, which matters only to steps by the year; `capacity` the contracted transformer capacity in kVA (0 where it does
    /// not matter).
    pub fn charge(
        &self,
        class: &str,
        usage: &Usage,
        year_to_date: i64,
        capacity: i64,
    ) -> Result<Charge, ChargeError> {
        let refused = |what| ChargeError::NotPriced { class: class.to_owned(), what };
        let kwh = usage.kwh().ok_or(ChargeError::Overflow)?;
        let free = self.free_kwh.min(kwh).max(0);
        if free > 0 && self.energy.len() > 1 {
            return Err(refused("free energy in several periods"));
        }
        let mut lines = Vec::with_capacity(8);
        let funds: i64 = self.funds.iter().map(|fund| fund.price).sum();
        for period in Period::ALL {
            let quantity = usage.of(period);
            match self.energy.get(&period) {
                _ if quantity < 0 => return Err(refused(period.name())),
                Some(&price) => push(&mut lines, LineKind::Energy(period), quantity - free, price - funds)?,
                None if quantity > 0 => return Err(refused(period.name())),
                None => {}
            }
        }
        if year_to_date < 0 || capacity < 0 || usage.reactive < 0 || usage.demand.is_some_and(|kw| kw < 0) {
            return Err(refused("a quantity below zero"));
        }
        push(&mut lines, LineKind::Free, free, 0)?;
        let before = match self.step_period {
            StepPeriod::Year => year_to_date,
            StepPeriod::Month => 0,
        };
        self.push_steps(&mut lines, before, kwh, free)?;
        match (usage.demand, self.demand, self.capacity) {
            (Some(demand), Some(price), _) => push(&mut lines, LineKind::Demand, demand, price)?,
            (Some(_), None, _) => return Err(refused("demand")),
            (None, _, Some(price)) => push(&mut lines, LineKind::Capacity, capacity, price)?,
            (None, _, None) => {}
        }
        if let Some(factor) = &self.power_factor
            && kwh > 0
        {
            let percent = power_factor_percent(kwh, usage.reactive);
            let adjustment = factor.adjustment(percent);
            let base = sum(&lines)?;
            let amount = round(i128::from(base.get()) * i128::from(adjustment), 10_000)?;
            if adjustment != 0 {
                let kind = LineKind::PowerFactor;
                lines.push(Line { kind, quantity: percent, price: adjustment, amount });
            }
        }
        for (place, fund) in self.funds.iter().enumerate() {
            push(&mut lines, LineKind::Fund(place), kwh - free, fund.price)?;
        }
        let total = sum(&lines)?;
        Ok(Charge { kwh, lines, total })
    }

    /// What is added for `kwh` after `before` in the same period, of which the first `free` cost nothing.
    fn push_steps(&self, lines: &mut Vec<Line>, before: i64, kwh: i64, free: i64) -> Result<(), ChargeError> {
        let end = before.checked_add(kwh).ok_or(ChargeError::Overflow)?;
        let start = before.checked_add(free).ok_or(ChargeError::Overflow)?;
        for (i, step) in self.steps.iter().enumerate() {
            let upper = self.steps.get(i + 1).map_or(i64::MAX, |next| next.above_kwh);
            let inside = end.min(upper) - start.max(step.above_kwh);
            let number = u8::try_from(i + 2).map_err(|_| ChargeError::Overflow)?;
            push(lines, LineKind::Step(number), inside.max(0), step.add)?;
        }
        Ok(())
    }
}

fn push(lines: &mut Vec<Line>, kind: LineKind, quantity: i64, price: i64) -> Result<(), ChargeError> {
    if quantity > 0 {
        // 0.0001 yuan is a hundredth of a fen.
        let amount = round(i128::from(quantity) * i128::from(price), 100)?;
        lines.push(Line { kind, quantity, price, amount });
    }
    Ok(())
}

fn sum(lines: &[Line]) -> Result<Fen, ChargeError> {
    Fen::sum(lines.iter().map(|line| line.amount)).map_err(|_| ChargeError::Overflow)
}

/// `value / unit` in fen, halves away from zero.
pub(crate) fn round(value: i128, unit: i128) -> Result<Fen, ChargeError> {
    let rounded = (value.abs() + unit / 2) / unit * value.signum();
    i64::try_from(rounded).map(Fen::new).map_err(|_| ChargeError::Overflow)
}

/// The power factor of a month in percent, halves up: active / √(active² + reactive²), without a float.
/// 100 when nothing was used. Negative quantities count as their size.
#[must_use]
pub fn power_factor_percent(active: i64, reactive: i64) -> i64 {
    let (active, reactive) = (u128::from(active.unsigned_abs()), u128::from(reactive.unsigned_abs()));
    if active == 0 && reactive == 0 {
        return 100;
    }
    // Beyond 2^48 a percent does not depend on the last bits; scaling keeps the squares inside 128 bits.
    let shift = (128 - active.max(reactive).leading_zeros()).saturating_sub(48);
    let (active, reactive) = (active >> shift, reactive >> shift);
    let apparent_squared = active * active + reactive * reactive;
    // The largest percent p with (p - ½) / 100 ≤ factor, that is (2p - 1)² · apparent² ≤ (200 · active)².
    let bound = (200 * active) * (200 * active);
    (1..=100_i64)
        .rev()
        .find(|percent| {
            let odd = u128::from((2 * percent - 1).unsigned_abs());
            odd * odd * apparent_squared <= bound
        })
        .unwrap_or(0)
}
