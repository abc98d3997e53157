//! Prices as data: what a kiosk needs to reckon what a month would cost, also while the backend is away. Its arithmetic is
//! that of `powerhall-hall`.

use serde::{Deserialize, Serialize};

use crate::{Part, Register, Text};

/// A tariff in force. Money is in 0.0001 yuan, a whole number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tariff {
    /// Its name in data: `resident_step`.
    pub key: String,
    /// Its name for people.
    pub name: Text,
    /// The price of a kWh in each period that the tariff has, in the order of a bill.
    pub energy: Vec<EnergyPrice>,
    /// What is added above a quantity, lowest first. Empty: no tiers.
    #[serde(default)]
    pub steps: Vec<TariffStep>,
    /// In what the quantities of the tiers are counted.
    #[serde(default)]
    pub step_period: StepPeriod,
    /// kWh of each month that cost nothing, its first; they count in the tiers. 0: none.
    #[serde(default)]
    pub free_kwh: i64,
    /// 0.0001 yuan per kVA and month (基本电费按容量).
    #[serde(default)]
    pub capacity: Option<i64>,
    /// The power factor changes the bill, which cannot be reckoned beforehand.
    #[serde(default)]
    pub power_factor: bool,
    /// On what the prices are based, and since when they hold.
    pub basis: Part,
}

/// The price of energy in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnergyPrice {
    /// The period; [`Register::All`] where there is only one.
    pub register: Register,
    /// 0.0001 yuan per kWh.
    pub price: i64,
}

/// In what the quantities of tiers are counted: each begins in the first tier again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepPeriod {
    /// The calendar year.
    #[default]
    Year,
    /// The calendar month.
    Month,
    /// Something that this version does not know: it cannot be reckoned with.
    #[serde(other)]
    Other,
}

/// A tier: what each kWh above `above_kwh` in a [`StepPeriod`] costs more than the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TariffStep {
    /// kWh in the period.
    pub above_kwh: i64,
    /// Added to the price, in 0.0001 yuan per kWh.
    pub add: i64,
}
