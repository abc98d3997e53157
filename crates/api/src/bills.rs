//! What was billed: the months of an account, one of them in detail, and where the account stands in this year's tiers.
//! Kinds are named here and worded by the interface.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, Text};

/// `GET /v1/lookups/{reference}/bills`: the last months, paid or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bills {
    /// At most [`Bills::MOST`] months, newest first. Empty when nothing was ever billed.
    pub months: Vec<BillMonth>,
    /// Where the account stands in this calendar year's tiers; none where its price has no tiers by the year.
    #[serde(default)]
    pub tier: Option<TierPosition>,
    /// Whose they are, masked; none from an older backend.
    #[serde(default)]
    pub account: Option<Account>,
    /// Up to which tier the newest month came, where tiers count by the month; none everywhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month_tier: Option<MonthTier>,
}

impl Bills {
    /// The most months of a list: a year, and the year before to compare it with.
    pub const MOST: usize = 24;
}

/// A month of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillMonth {
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub period: String,
    /// Energy in kWh.
    pub kwh: i64,
    /// The bill as it was made out, without late fee, in fen.
    pub amount_fen: Fen,
    /// What of it is paid.
    pub state: BillState,
}

/// How much of a bill is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BillState {
    /// All of it.
    Paid,
    /// A part.
    Part,
    /// Nothing.
    Unpaid,
    /// Something that this version does not know; nothing is said of it.
    #[serde(other)]
    Unknown,
}

/// Where an account stands in a calendar year's tiers (阶梯).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TierPosition {
    /// The calendar year.
    pub year: i16,
    /// kWh billed in it so far.
    pub used_kwh: i64,
    /// The tier of the next kWh, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub tier: u8,
    /// kWh until the next tier; none in the last one.
    #[serde(default)]
    pub left_kwh: Option<i64>,
}

/// Up to which tier (阶梯) a month came, where every month begins in the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MonthTier {
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub period: String,
    /// kWh billed in it.
    pub used_kwh: i64,
    /// The tier of its last kWh, from 1.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub tier: u8,
}

/// `GET /v1/lookups/{reference}/bills/{period}`: how a month's amount came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillDetail {
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub period: String,
    /// Energy in kWh.
    pub kwh: i64,
    /// The bill as it was made out, without late fee, in fen: the sum of its lines.
    pub amount_fen: Fen,
    /// What of it is paid, in fen.
    pub paid_fen: Fen,
    /// The same in a word.
    pub state: BillState,
    /// Last day to pay without a late fee, `2026-09-25`.
    pub due_date: String,
    /// What a unit of the meter's registers stands for (倍率), in kWh or kvarh.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub multiplier: i64,
    /// The day of the readings before, `2026-07-31`. None where the meter is new or the day is not on file.
    #[serde(default)]
    pub read_from: Option<String>,
    /// The day of the readings of this month, `2026-08-31`. None where it is not on file.
    #[serde(default)]
    pub read_to: Option<String>,
    /// The meter's registers, in the order of a bill.
    pub readings: Vec<Reading>,
    /// The lines of the bill, in the order of print.
    pub lines: Vec<BillLine>,
    /// The late fee (违约金), where there is or was one.
    #[serde(default)]
    pub late_fee: Option<LateFee>,
}

/// What a register of the meter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// All hours, on a meter without periods.
    All,
    /// 尖峰.
    Sharp,
    /// 高峰.
    Peak,
    /// 平段.
    Flat,
    /// 低谷.
    Valley,
    /// 无功.
    Reactive,
    /// The month's highest demand (最大需量): `from` is 0, `to` in 0.01 kW of the meter, the quantity in kW.
    Demand,
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}

/// What a register showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading {
    /// Which one.
    pub register: Register,
    /// At the end of the month before; see [`Register::Demand`] for the exception.
    pub from: i64,
    /// At the end of the month.
    pub to: i64,
    /// The difference times the multiplier, in kWh, kvarh or kW.
    pub quantity: i64,
}

/// What a bill line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Energy of a `register` at its first-tier price; quantity in kWh.
    Energy,
    /// kWh that cost nothing (免费电量); quantity in kWh, price and amount 0.
    Free,
    /// What a kWh in a higher `tier` costs more; quantity in kWh.
    Tier,
    /// Capacity charge (基本电费); quantity in kVA.
    Capacity,
    /// Demand charge (基本电费，按需量); quantity in kW.
    Demand,
    /// A government fund (政府性基金及附加), by its `name`; quantity in kWh.
    Fund,
    /// Power-factor adjustment (功率因数调整电费): quantity is the factor in percent, price the adjustment in 0.01 %.
    PowerFactor,
    /// Something that this version does not know; its amount counts.
    #[serde(other)]
    Other,
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BillLine {
    /// What for.
    pub kind: LineKind,
    /// The register, of an energy line.
    #[serde(default)]
    pub register: Option<Register>,
    /// The tier, of a tier line; from 2.
    #[serde(default)]
    pub tier: Option<u8>,
    /// Its name for people, of a fund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// How much, see [`LineKind`].
    pub quantity: i64,
    /// The price of one, in 0.0001 yuan; see [`LineKind::PowerFactor`] for the exception.
    pub price: i64,
    /// The line's amount in fen; below zero for a rebate.
    pub amount_fen: Fen,
}

/// A late fee with its arithmetic: what `earlier_fen` and the `stretches` come to, rounded once and raised to
/// `least_fen` where that is given, is `total_fen`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateFee {
    /// The whole of it up to today, in fen.
    pub total_fen: Fen,
    /// What of it is paid, in fen.
    pub paid_fen: Fen,
    /// What had grown before the last payment for this month, in fen.
    pub earlier_fen: Fen,
    /// How it has grown since on what is left of the bill, oldest first; empty when nothing is left.
    pub stretches: Vec<LateStretch>,
    /// The least late fee, in fen, where the arithmetic comes to less.
    #[serde(default)]
    pub least_fen: Option<Fen>,
    /// On what its rates are based, each a sentence. Empty where it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<Text>,
}

/// Days of delay with one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LateStretch {
    /// What is owed on each of them, in fen.
    pub amount_fen: Fen,
    /// The rate, in 0.01 % a day.
    pub rate: i64,
    /// How many days.
    pub days: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_from_a_newer_version_are_survived() {
        fn read<T: for<'de> Deserialize<'de>>() -> T {
            serde_json::from_str("\"made_tomorrow\"").expect("survives")
        }
        assert_eq!(read::<BillState>(), BillState::Unknown);
        assert_eq!(read::<Register>(), Register::Other);
        assert_eq!(read::<LineKind>(), LineKind::Other);
    }
}
