//! Business fees (业务费用): what an application may cost besides energy, as dated data with its legal basis, and the
//! arithmetic on it, exact to the fen. A fee that was abolished stays on file, so that a hall can say so and refund.

mod read;

use jiff::civil::Date;
use powerhall_money::Fen;

pub(crate) use read::load;

use crate::{
    FeeError, Origin,
    origin::{Dated, in_force},
};

/// A business fee. Its name for people is the text `fee.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// Its name in data: `high_reliability`.
    pub key: String,
    /// The prices, oldest first. Empty only for a fee that was abolished.
    pub versions: Vec<FeePrices>,
    /// Since when nobody pays it any more.
    pub abolished: Option<Abolished>,
}

/// The end of a fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abolished {
    /// The first day without the fee, and who says so.
    pub origin: Origin,
    /// What becomes of money that was taken: the text `note.<words>`.
    pub words: String,
}

/// The prices of a fee from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeePrices {
    /// Since when, and the legal basis.
    pub origin: Origin,
    /// What is counted, and what one costs.
    pub price: FeePrice,
}

/// What a fee is counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeePrice {
    /// By the capacity of each feeder; one rate for each voltage and way of laying it.
    PerKva(Vec<KvaRate>),
    /// A fixed amount for each case.
    Each(Fen),
}

/// What a kVA costs on one kind of feeder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvaRate {
    /// Its voltage.
    pub voltage: Voltage,
    /// How it is laid.
    pub laying: Laying,
    /// For each kVA.
    pub per_kva: Fen,
    /// For each kVA where the customer built the line; never more than `per_kva`.
    pub own_line: Fen,
}

/// The voltage of a feeder. Its name for people is the text `voltage.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Voltage {
    /// 220 V and 380 V.
    Low,
    /// 10 kV.
    Kv10,
    /// 35 kV.
    Kv35,
    /// 63 kV.
    Kv63,
    /// 110 kV.
    Kv110,
    /// 220 kV.
    Kv220,
}

impl Voltage {
    /// All of them, lowest first.
    pub const ALL: [Self; 6] = [Self::Low, Self::Kv10, Self::Kv35, Self::Kv63, Self::Kv110, Self::Kv220];

    /// Its name in the data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Kv10 => "kv10",
            Self::Kv35 => "kv35",
            Self::Kv63 => "kv63",
            Self::Kv110 => "kv110",
            Self::Kv220 => "kv220",
        }
    }
}

/// How a feeder is laid. Its name for people is the text `laying.<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Laying {
    /// 架空线.
    Overhead,
    /// 电缆.
    Cable,
}

impl Laying {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Overhead, Self::Cable];

    /// Its name in the data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overhead => "overhead",
            Self::Cable => "cable",
        }
    }
}

/// A feeder that is charged for: the second supply of a customer, or a further one. The first is never in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feeder {
    /// Its voltage.
    pub voltage: Voltage,
    /// How it is laid.
    pub laying: Laying,
    /// True where the customer built the line.
    pub own_line: bool,
    /// Its capacity in kVA, at least 0.
    pub capacity: i64,
}

/// A line of the arithmetic: `quantity × price = amount`, without any rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeLine {
    /// The feeder, for a fee by capacity.
    pub feeder: Option<Feeder>,
    /// kVA, or cases.
    pub quantity: i64,
    /// The price of one.
    pub price: Fen,
    /// The line's amount.
    pub amount: Fen,
}

/// What a fee comes to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeCharge {
    /// The lines, in the order in which they were asked for.
    pub lines: Vec<FeeLine>,
    /// The sum of the lines.
    pub total: Fen,
    /// The legal basis of the prices.
    pub origin: Origin,
}

impl Dated for FeePrices {
    fn effective(&self) -> Date {
        self.origin.effective
    }
}

impl Fee {
    /// The prices in force on a day. Refused from the day on which the fee was abolished.
    pub fn on(&self, day: Date) -> Result<&FeePrices, FeeError> {
        if let Some(since) = self.abolished_on(day) {
            return Err(FeeError::Abolished { fee: self.key.clone(), since: since.origin.effective });
        }
        in_force(&self.versions, day).ok_or_else(|| FeeError::NoPrice { fee: self.key.clone(), day })
    }

    /// The end of the fee, if it has come by `day`.
    #[must_use]
    pub fn abolished_on(&self, day: Date) -> Option<&Abolished> {
        self.abolished.as_ref().filter(|abolished| abolished.origin.effective <= day)
    }

    /// The fee for feeders, by their capacity.
    pub fn for_feeders(&self, day: Date, feeders: &[Feeder]) -> Result<FeeCharge, FeeError> {
        let prices = self.on(day)?;
        let FeePrice::PerKva(rates) = &prices.price else {
            return Err(self.not_priced("it is counted by the case"));
        };
        let line = |feeder: &Feeder| {
            let wanted = (feeder.voltage, feeder.laying);
            let rate = rates.iter().find(|rate| (rate.voltage, rate.laying) == wanted);
            let rate = rate.ok_or_else(|| self.not_priced("it has no price at this voltage and laying"))?;
            let price = if feeder.own_line { rate.own_line } else { rate.per_kva };
            self.line(Some(*feeder), feeder.capacity, price)
        };
        Self::sum(feeders.iter().map(line).collect::<Result<_, _>>()?, prices)
    }

    /// The fee for a number of cases, at a fixed amount each.
    pub fn for_cases(&self, day: Date, cases: i64) -> Result<FeeCharge, FeeError> {
        let prices = self.on(day)?;
        let FeePrice::Each(price) = prices.price else {
            return Err(self.not_priced("it is counted by capacity"));
        };
        Self::sum(vec![self.line(None, cases, price)?], prices)
    }

    fn line(&self, feeder: Option<Feeder>, quantity: i64, price: Fen) -> Result<FeeLine, FeeError> {
        if quantity < 0 {
            return Err(self.not_priced("a quantity below zero"));
        }
        let amount = price.times(quantity).map_err(|_| FeeError::Overflow)?;
        Ok(FeeLine { feeder, quantity, price, amount })
    }

    fn sum(lines: Vec<FeeLine>, prices: &FeePrices) -> Result<FeeCharge, FeeError> {
        let total = Fen::sum(lines.iter().map(|line| line.amount)).map_err(|_| FeeError::Overflow)?;
        Ok(FeeCharge { lines, total, origin: prices.origin.clone() })
    }

    fn not_priced(&self, what: &'static str) -> FeeError {
        FeeError::NotPriced { fee: self.key.clone(), what }
    }

    /// Every text that this fee needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let mut keys = vec![format!("fee.{}", self.key)];
        if let Some(abolished) = &self.abolished {
            keys.push(format!("note.{}", abolished.words));
            keys.extend(abolished.origin.text_key());
        }
        for prices in &self.versions {
            keys.extend(prices.origin.text_key());
            if let FeePrice::PerKva(rates) = &prices.price {
                for rate in rates {
                    keys.push(format!("voltage.{}", rate.voltage.name()));
                    keys.push(format!("laying.{}", rate.laying.name()));
                }
            }
        }
        keys
    }
}
