//! What a month would cost (电费试算): asked period by period, reckoned from the published prices by the engine that makes
//! the bills. Pure, and on what a kiosk keeps: it works while the backend is away.

use powerhall_api::{Register, StepPeriod as Counted, Tariff};
use powerhall_money::Fen;

use super::{Charge, Period, Rates, Step, StepPeriod, Usage};
use crate::ChargeError;

/// The most of anything that is reckoned with, in kWh or kVA: beyond it somebody should be asked.
pub const MOST: i64 = 99_999_999;

/// What has to be known of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// kWh of a period; [`Register::All`] where there is only one.
    Energy(Register),
    /// The contracted transformer capacity in kVA.
    Capacity,
}

/// What a month would cost. The power factor is taken to be the standard one: no adjustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// A month at the beginning of the calendar year; where tiers count by the month, any.
    pub month: Charge,
    /// The same month in the higher tiers: the tier's number, from 2, and what a month costs that begins in it. Empty where
    /// every month begins in the first.
    pub in_tiers: Vec<(u8, Fen)>,
    /// Twelve such months, billed one after the other; only where there are tiers.
    pub year: Option<Charge>,
}

/// What has to be asked for a tariff, in order. Periods that this version does not know cannot be asked for, and nothing is
/// asked for a tariff that it cannot reckon with.
#[must_use]
pub fn quantities(tariff: &Tariff) -> Vec<Quantity> {
    if tariff.step_period == Counted::Other || (tariff.free_kwh > 0 && tariff.energy.len() > 1) {
        return Vec::new();
    }
    let energy =
        tariff.energy.iter().map(|price| price.register).filter(|register| period(*register).is_some());
    energy.map(Quantity::Energy).chain(tariff.capacity.map(|_| Quantity::Capacity)).collect()
}

/// Reckons a month of these quantities, in the order of [`quantities`]; what is missing is nothing.
///
/// # Errors
/// When a quantity is below 0 or above [`MOST`].
pub fn estimate(tariff: &Tariff, amounts: &[i64]) -> Result<Estimate, ChargeError> {
    if amounts.iter().any(|amount| !(0..=MOST).contains(amount)) {
        return Err(ChargeError::Overflow);
    }
    let rates = Rates::of(tariff);
    let (mut usage, mut capacity) = (Usage::default(), 0);
    for (quantity, amount) in quantities(tariff).into_iter().zip(amounts) {
        match quantity {
            Quantity::Energy(register) => {
                if let Some(period) = period(register) {
                    usage.set(period, *amount);
                }
            }
            Quantity::Capacity => capacity = *amount,
        }
    }
    let charge = |usage: &Usage, used| rates.charge(&tariff.key, usage, used, capacity);
    let month = charge(&usage, 0)?;
    // Where tiers count by the month, each begins in the first.
    let later = if rates.step_period == StepPeriod::Year { rates.steps.as_slice() } else { &[] };
    let in_tiers = (2_u8..).zip(later).map(|(tier, step)| Ok((tier, charge(&usage, step.above_kwh)?.total)));
    let in_tiers = in_tiers.collect::<Result<_, ChargeError>>()?;
    let year = if rates.steps.is_empty() { None } else { Some(twelve(|used| charge(&usage, used))?) };
    Ok(Estimate { month, in_tiers, year })
}

/// Twelve months, each by what was used before it in the year; like lines are one.
fn twelve(month: impl Fn(i64) -> Result<Charge, ChargeError>) -> Result<Charge, ChargeError> {
    let plus = |a: Fen, b: Fen| a.plus(b).map_err(|_| ChargeError::Overflow);
    let mut year = Charge { kwh: 0, lines: Vec::new(), total: Fen::ZERO };
    for _ in 0..12 {
        let bill = month(year.kwh)?;
        year.kwh = year.kwh.checked_add(bill.kwh).ok_or(ChargeError::Overflow)?;
        year.total = plus(year.total, bill.total)?;
        for line in bill.lines {
            match year.lines.iter_mut().find(|same| same.kind == line.kind) {
                Some(same) => {
                    same.quantity = same.quantity.saturating_add(line.quantity);
                    same.amount = plus(same.amount, line.amount)?;
                }
                None => year.lines.push(line),
            }
        }
    }
    Ok(year)
}

impl Rates {
    /// The rates of published data, without what cannot be reckoned with.
    fn of(tariff: &Tariff) -> Self {
        let energy = tariff.energy.iter().filter_map(|price| Some((period(price.register)?, price.price)));
        let steps = tariff.steps.iter().map(|step| Step { above_kwh: step.above_kwh, add: step.add });
        Self {
            energy: energy.collect(),
            steps: steps.collect(),
            step_period: match tariff.step_period {
                Counted::Year | Counted::Other => StepPeriod::Year,
                Counted::Month => StepPeriod::Month,
            },
            free_kwh: tariff.free_kwh,
            capacity: tariff.capacity,
            // Of the published price the funds are a part, and the basic charge goes by capacity.
            ..Self::default()
        }
    }

    /// The register that counts a period: a meter without periods has one for all hours.
    #[must_use]
    pub fn register(&self, period: Period) -> Register {
        match period {
            Period::Sharp => Register::Sharp,
            Period::Peak => Register::Peak,
            Period::Flat if self.energy.len() == 1 => Register::All,
            Period::Flat => Register::Flat,
            Period::Valley => Register::Valley,
        }
    }
}

/// The period that a register counts.
const fn period(register: Register) -> Option<Period> {
    match register {
        Register::All | Register::Flat => Some(Period::Flat),
        Register::Sharp => Some(Period::Sharp),
        Register::Peak => Some(Period::Peak),
        Register::Valley => Some(Period::Valley),
        Register::Reactive | Register::Demand | Register::Other => None,
    }
}
