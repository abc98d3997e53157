//! Late fees (电费违约金): a rate per day of delay on what is owed, by who the customer is and whether the delay has
//! crossed a year end. Accrual is kept in 0.0001 fen, so that nothing is lost before the one rounding at the end.

use std::path::Path;

use jiff::civil::Date;
use powerhall_money::Fen;

use crate::{
    ChargeError, Customer, Origin,
    origin::{self, Dated, in_force},
    read::{self, Mistakes, Node},
    tariff::round,
};

/// The rates from a day on, in 1/10,000 of the arrears per day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateFeeRates {
    /// Since when, and who says so.
    pub origin: Origin,
    /// Residents.
    pub resident: i64,
    /// Others, on days of the year in which the bill was due.
    pub other: i64,
    /// Others, on days of later years.
    pub other_carried_over: i64,
    /// A late fee that is not zero is at least this.
    pub minimum: Fen,
}

/// A late fee before rounding, in 1/10,000 fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accrued(pub i64);

impl Accrued {
    /// In whole fen, halves up, whatever the least late fee is.
    pub fn rounded(self) -> Result<Fen, ChargeError> {
        round(i128::from(self.0), 10_000)
    }
}

/// Days of delay with one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// In 1/10,000 of what is owed, a day.
    pub rate: i64,
    /// How many days.
    pub days: i64,
}

impl Dated for LateFeeRates {
    fn effective(&self) -> Date {
        self.origin.effective
    }
}

/// The late-fee rules, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LateFees(pub Vec<LateFeeRates>);

impl LateFees {
    /// What `principal` collects on the days after `after` up to and including `to`. The day after the due date is the
    /// first day of delay; days before it collect nothing. A day before the oldest rate collects nothing.
    pub fn accrue(
        &self,
        customer: Customer,
        principal: Fen,
        due: Date,
        after: Date,
        to: Date,
    ) -> Result<Accrued, ChargeError> {
        let principal = i128::from(principal.get().max(0));
        let stretches = self.stretches(customer, due, after, to)?;
        let total: i128 = stretches
            .iter()
            .map(|stretch| principal * i128::from(stretch.rate) * i128::from(stretch.days))
            .sum();
        i64::try_from(total).map(Accrued).map_err(|_| ChargeError::Overflow)
    }

    /// The days of [`LateFees::accrue`] by their rates, oldest first; days without a fee are left out.
    pub fn stretches(
        &self,
        customer: Customer,
        due: Date,
        after: Date,
        to: Date,
    ) -> Result<Vec<Stretch>, ChargeError> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut from = due.max(after);
        while from < to {
            let first = from.tomorrow().map_err(|_| ChargeError::Overflow)?;
            // The longest stretch with one rate: up to the year's end, or the day before the next rates.
            let mut end = to.min(first.last_of_year());
            for rates in &self.0 {
                if rates.effective() > first && rates.effective() <= end {
                    end = rates.effective().yesterday().map_err(|_| ChargeError::Overflow)?;
                }
            }
            let days = from.duration_until(end).as_hours() / 24;
            let rate = self.on(first).map_or(0, |rates| rates.of(customer, first.year() > due.year()));
            match stretches.last_mut() {
                Some(last) if last.rate == rate => last.days += days,
                Some(_) | None => stretches.push(Stretch { rate, days }),
            }
            from = end;
        }
        stretches.retain(|stretch| stretch.rate > 0);
        Ok(stretches)
    }

    /// What an accrual comes to on `day`: rounded to the fen, halves up, and at least the minimum unless it is zero.
    pub fn total(&self, accrued: Accrued, day: Date) -> Result<Fen, ChargeError> {
        if accrued.0 <= 0 {
            return Ok(Fen::ZERO);
        }
        let fee = accrued.rounded()?;
        Ok(fee.max(self.on(day).map_or(Fen::ZERO, |rates| rates.minimum)))
    }

    /// The late fee of a bill that was never paid in part.
    pub fn fee(&self, customer: Customer, amount: Fen, due: Date, today: Date) -> Result<Fen, ChargeError> {
        self.total(self.accrue(customer, amount, due, due, today)?, today)
    }

    /// The rates in force on a day; none before the first.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&LateFeeRates> {
        in_force(&self.0, day)
    }

    pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Self {
        const FILE: &str = "late_fees.toml";
        let Some(table) = read::file(root, FILE, mistakes) else { return Self::default() };
        let mut node = Node::root(FILE, &table);
        let versions = node.tables("versions", 1, mistakes);
        let mut rates: Vec<_> =
            versions.into_iter().filter_map(|version| LateFeeRates::read(version, mistakes)).collect();
        origin::sort(&mut rates, FILE, mistakes);
        node.finish(mistakes);
        Self(rates)
    }
}

impl LateFeeRates {
    const fn of(&self, customer: Customer, carried_over: bool) -> i64 {
        match (customer, carried_over) {
            (Customer::Resident, _) => self.resident,
            (Customer::Other, false) => self.other,
            (Customer::Other, true) => self.other_carried_over,
        }
    }

    fn read(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        const RATE: std::ops::RangeInclusive<i64> = 0..=1_000;
        let origin = Origin::read(&mut node, mistakes);
        let resident = node.whole("resident_per_10000_a_day", RATE, mistakes);
        let other = node.whole("other_per_10000_a_day", RATE, mistakes);
        let other_carried_over = node.whole("other_carried_over_per_10000_a_day", RATE, mistakes);
        let minimum = node.whole("minimum_fen", 0..=10_000, mistakes);
        node.finish(mistakes);
        Some(Self {
            origin: origin?,
            resident: resident?,
            other: other?,
            other_carried_over: other_carried_over?,
            minimum: Fen::new(minimum?),
        })
    }
}
