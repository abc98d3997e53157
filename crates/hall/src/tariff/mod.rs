//! Tariffs: what a kilowatt-hour, a kilovolt-ampere and a poor power factor cost, as dated data, and the arithmetic
//! from readings to the lines of a bill, exact to the fen.

mod charge;
mod estimate;
mod read;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub(crate) use charge::round;
pub use charge::{Charge, Line, LineKind, Usage, power_factor_percent};
pub use estimate::{Estimate, MOST as ESTIMATE_MOST, Quantity, estimate, quantities};
pub(crate) use read::load;

use crate::{
    ChargeError, Origin,
    origin::{Dated, in_force},
};

/// Who the customer is to the late-fee rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Customer {
    /// 居民.
    Resident,
    /// Everybody else.
    Other,
}

/// A time-of-use period. A meter without periods counts everything as [`Period::Flat`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Period {
    /// 尖峰.
    Sharp,
    /// 高峰.
    Peak,
    /// 平段, or all hours.
    Flat,
    /// 低谷.
    Valley,
}

impl Period {
    /// All of them, in the order of a bill.
    pub const ALL: [Self; 4] = [Self::Sharp, Self::Peak, Self::Flat, Self::Valley];

    /// Its name in the data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sharp => "sharp",
            Self::Peak => "peak",
            Self::Flat => "flat",
            Self::Valley => "valley",
        }
    }
}

/// A tariff class: its name in data is `name`, its name for people the text `class.<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Its name in data: `resident_step`.
    pub name: String,
    /// Who pays by it.
    pub customer: Customer,
    /// The prices, oldest first.
    pub versions: Vec<Prices>,
}

/// The prices of a class from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Since when, and who says so.
    pub origin: Origin,
    /// What is paid.
    pub rates: Rates,
}

/// What a class pays. Money is in 0.0001 yuan (= 0.01 fen), a whole number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// 0.0001 yuan per kWh in each period that the class has, as published: with the funds in it.
    pub energy: BTreeMap<Period, i64>,
    /// What is added above a quantity, lowest first. Empty: no steps.
    pub steps: Vec<Step>,
    /// In what the quantities of the steps are counted.
    pub step_period: StepPeriod,
    /// kWh of each month that cost nothing (免费电量); 0: none. They are the month's first, and count in the steps. Only where
    /// one price holds for all hours.
    pub free_kwh: i64,
    /// 0.0001 yuan per kVA and month (基本电费按容量).
    pub capacity: Option<i64>,
    /// 0.0001 yuan per kW of the month's highest demand (基本电费按需量), for who has chosen that instead.
    pub demand: Option<i64>,
    /// The power-factor adjustment (功率因数调整电费).
    pub power_factor: Option<PowerFactor>,
    /// The government funds within the price of a kWh (政府性基金及附加), in the order of print. Empty: a bill does not
    /// name them.
    pub funds: Vec<Fund>,
}

/// A government fund: its name in data is `name`, its name for people the text `fund.<name>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// Its name in data: `renewable_energy`.
    pub name: String,
    /// 0.0001 yuan per kWh.
    pub price: i64,
    /// Since when, and who says so.
    pub origin: Origin,
}

/// In what the quantities of a step tariff are counted: each begins in the first step again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StepPeriod {
    /// The calendar year.
    #[default]
    Year,
    /// The calendar month.
    Month,
}

/// A step of a step tariff: what each kWh above `above_kwh` in a [`StepPeriod`] costs more than the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// kWh in the period.
    pub above_kwh: i64,
    /// Added to the price, in 0.0001 yuan per kWh.
    pub add: i64,
}

/// A tier of a step tariff, as the next kWh finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Its number, from 1.
    pub number: u8,
    /// kWh until the next tier; none in the last one.
    pub left: Option<i64>,
}

/// The power-factor adjustment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PowerFactor {
    /// The factor that is expected, in percent.
    pub standard: i64,
    /// Bands from 100 % down to 0 %, without a gap.
    pub bands: Vec<Band>,
}

/// A band of power factors: `at_high`, and `step` more for each percent below `high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The highest factor of the band, in percent.
    pub high: i64,
    /// The lowest factor of the band, in percent.
    pub low: i64,
    /// The adjustment at `high`, in 0.01 % of energy and capacity charge; negative is a rebate.
    pub at_high: i64,
    /// Added for each percent below `high`.
    pub step: i64,
}

impl PowerFactor {
    /// The adjustment at a factor, in 0.01 % of energy and capacity charge.
    #[must_use]
    pub fn adjustment(&self, percent: i64) -> i64 {
        let percent = percent.clamp(0, 100);
        let band = self.bands.iter().find(|band| (band.low..=band.high).contains(&percent));
        band.map_or(0, |band| band.at_high + (band.high - percent) * band.step)
    }
}

impl Rates {
    /// The tier after `used` kWh in a [`StepPeriod`]; none where there are no steps.
    #[must_use]
    pub fn tier(&self, used: i64) -> Option<Tier> {
        let passed = self.steps.iter().take_while(|step| step.above_kwh <= used).count();
        let left = self.steps.get(passed).map(|next| next.above_kwh - used);
        let number = u8::try_from(passed + 1).ok()?;
        (!self.steps.is_empty()).then_some(Tier { number, left })
    }

    /// The tier, from 1, that the last of a month's kWh fell into; none where steps do not count by the month.
    #[must_use]
    pub fn tier_of_month(&self, kwh: i64) -> Option<u8> {
        let monthly = self.step_period == StepPeriod::Month;
        self.tier(kwh.saturating_sub(1)).filter(|_| monthly).map(|tier| tier.number)
    }
}

impl Dated for Prices {
    fn effective(&self) -> Date {
        self.origin.effective
    }
}

impl Tariff {
    /// The texts that it needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let mut keys = vec![format!("class.{}", self.name)];
        for prices in &self.versions {
            keys.extend(prices.origin.text_key());
            for fund in &prices.rates.funds {
                keys.push(format!("fund.{}", fund.name));
                keys.extend(fund.origin.text_key());
            }
        }
        keys
    }

    /// The prices in force on a day.
    pub fn on(&self, day: Date) -> Result<&Prices, ChargeError> {
        in_force(&self.versions, day).ok_or_else(|| ChargeError::NoPrice { class: self.name.clone(), day })
    }
}
