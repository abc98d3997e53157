//! Which months a payment settles. Pure: takes the open bills, gives what becomes of them.
//!
//! The chosen months come first, then the oldest. Inside a month the late fee comes before the bill itself, as the
//! Civil Code orders payments; so a month with nothing of its bill left has no late fee left either.

use jiff::civil::Date;
use powerhall_hall::{Accrued, ChargeError, Customer, LateFees, Month};
use powerhall_money::Fen;

/// A bill that is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenBill {
    pub period: Month,
    pub kwh: i64,
    pub amount: Fen,
    pub due: Date,
    pub paid: Fen,
    pub late_paid: Fen,
    pub accrued: Accrued,
    pub accrued_to: Date,
}

/// What a payment put into one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub period: Month,
    pub principal: Fen,
    pub late: Fen,
}

/// The rules that late fees follow for one account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub fees: &'a LateFees,
    pub customer: Customer,
}

impl OpenBill {
    /// What is left of the bill itself.
    pub fn principal(&self) -> Result<Fen, ChargeError> {
        self.amount.minus(self.paid).map_err(|_| ChargeError::Overflow)
    }

    /// The late fee still owed on `day`.
    pub fn late(&self, rules: Rules<'_>, day: Date) -> Result<Fen, ChargeError> {
        let total = rules.fees.total(self.accrued_on(rules, day)?, day)?;
        Ok(total.minus(self.late_paid).map_err(|_| ChargeError::Overflow)?.max(Fen::ZERO))
    }

    /// Bill and late fee on `day`.
    pub fn owed(&self, rules: Rules<'_>, day: Date) -> Result<Fen, ChargeError> {
        self.principal()?.plus(self.late(rules, day)?).map_err(|_| ChargeError::Overflow)
    }

    fn accrued_on(&self, rules: Rules<'_>, day: Date) -> Result<Accrued, ChargeError> {
        let more = rules.fees.accrue(rules.customer, self.principal()?, self.due, self.accrued_to, day)?;
        self.accrued.0.checked_add(more.0).map(Accrued).ok_or(ChargeError::Overflow)
    }

    /// Takes up to `amount` on `day`, and says how much went where.
    fn take(&mut self, amount: Fen, rules: Rules<'_>, day: Date) -> Result<Settlement, ChargeError> {
        let overflow = |_| ChargeError::Overflow;
        let late = self.late(rules, day)?.min(amount);
        let principal = self.principal()?.min(amount.minus(late).map_err(overflow)?);
        self.accrued = self.accrued_on(rules, day)?;
        self.accrued_to = self.accrued_to.max(day);
        self.late_paid = self.late_paid.plus(late).map_err(overflow)?;
        self.paid = self.paid.plus(principal).map_err(overflow)?;
        Ok(Settlement { period: self.period, principal, late })
    }
}

/// The sum owed on `day`.
pub(crate) fn owed(bills: &[OpenBill], rules: Rules<'_>, day: Date) -> Result<Fen, ChargeError> {
    bills
        .iter()
        .try_fold(Fen::ZERO, |sum, bill| sum.plus(bill.owed(rules, day)?).map_err(|_| ChargeError::Overflow))
}

/// Whether somebody else has paid any of the chosen months meanwhile: one is settled, or together they owe less than
/// what was collected for them.
pub(crate) fn already_paid(
    bills: &[OpenBill],
    chosen: &[Month],
    amount: Fen,
    rules: Rules<'_>,
    day: Date,
) -> Result<bool, ChargeError> {
    if chosen.iter().any(|month| !bills.iter().any(|bill| bill.period == *month)) {
        return Ok(true);
    }
    let mut left = Fen::ZERO;
    for bill in bills.iter().filter(|bill| chosen.contains(&bill.period)) {
        left = left.plus(bill.owed(rules, day)?).map_err(|_| ChargeError::Overflow)?;
    }
    Ok(!chosen.is_empty() && amount > left)
}

/// Spends `amount` on the bills (oldest first as given) and returns what went where, and what is left over.
pub(crate) fn settle(
    bills: &mut [OpenBill],
    chosen: &[Month],
    amount: Fen,
    rules: Rules<'_>,
    day: Date,
) -> Result<(Vec<Settlement>, Fen), ChargeError> {
    let mut left = amount;
    let mut settlements = Vec::new();
    for first in [true, false] {
        for bill in bills.iter_mut().filter(|bill| chosen.contains(&bill.period) == first) {
            if left == Fen::ZERO {
                break;
            }
            let settlement = bill.take(left, rules, day)?;
            left = left
                .minus(settlement.principal)
                .and_then(|left| left.minus(settlement.late))
                .map_err(|_| ChargeError::Overflow)?;
            settlements.push(settlement);
        }
    }
    Ok((settlements, left))
}
