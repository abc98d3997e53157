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

    /// What has accrued up to `day`, whoever paid what of it.
    pub fn accrued_on(&self, rules: Rules<'_>, day: Date) -> Result<Accrued, ChargeError> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::{ToSpan, civil::date};
    use powerhall_hall::{LateFeeRates, Origin};
    use proptest::prelude::*;

    use super::*;

    fn fees() -> LateFees {
        let effective = date(1996, 10, 8);
        let origin = Origin { effective, source: "law".to_owned(), words: None, certain: true };
        let minimum = Fen::new(100);
        LateFees(vec![LateFeeRates { origin, resident: 10, other: 20, other_carried_over: 30, minimum }])
    }

    fn bill(period: &str, amount: i64, due: Date) -> OpenBill {
        OpenBill {
            period: period.parse().unwrap(),
            kwh: 1,
            amount: Fen::new(amount),
            due,
            paid: Fen::ZERO,
            late_paid: Fen::ZERO,
            accrued: Accrued::default(),
            accrued_to: due,
        }
    }

    #[test]
    fn a_part_payment_takes_the_late_fee_first_and_slows_its_growth() {
        let fees = fees();
        let rules = Rules { fees: &fees, customer: Customer::Resident };
        let due = date(2026, 9, 25);
        let mut bills = [bill("2026-08", 100_000, due)];
        // 30 days at 1 ‰ of 1,000.00 make 30.00; of 530.00 paid, 500.00 reach the bill.
        let on = date(2026, 10, 25);
        let (settlements, left) = settle(&mut bills, &[], Fen::new(53_000), rules, on).unwrap();
        assert_eq!((settlements[0].late, settlements[0].principal), (Fen::new(3_000), Fen::new(50_000)));
        assert_eq!(left, Fen::ZERO);
        assert_eq!(bills[0].owed(rules, on), Ok(Fen::new(50_000)));
        // 10 more days on what is left: 5.00.
        let later = date(2026, 11, 4);
        assert_eq!(bills[0].owed(rules, later), Ok(Fen::new(50_500)));
        // A payment that was made earlier but arrives later finds nothing more to collect for those days.
        assert_eq!(bills[0].owed(rules, date(2026, 10, 1)), Ok(Fen::new(50_000)));
    }

    #[test]
    fn the_least_late_fee_is_taken_once() {
        let fees = fees();
        let rules = Rules { fees: &fees, customer: Customer::Resident };
        let due = date(2026, 9, 25);
        let mut bills = [bill("2026-08", 10_000, due)];
        let (settlements, _) = settle(&mut bills, &[], Fen::new(5_100), rules, date(2026, 9, 26)).unwrap();
        assert_eq!(settlements[0].late, Fen::new(100));
        // 0.10 + 10 days on 50.00 make 0.60: still below the yuan that was taken.
        assert_eq!(bills[0].late(rules, date(2026, 10, 6)), Ok(Fen::ZERO));
    }

    #[test]
    fn chosen_months_come_first() {
        let fees = fees();
        let rules = Rules { fees: &fees, customer: Customer::Resident };
        let due = date(2026, 12, 25);
        let mut bills = [bill("2026-08", 100, due), bill("2026-09", 200, due), bill("2026-10", 300, due)];
        let chosen = ["2026-10".parse().unwrap()];
        let (settlements, left) =
            settle(&mut bills, &chosen, Fen::new(350), rules, date(2026, 11, 23)).unwrap();
        let order: Vec<_> = settlements.iter().map(|s| (s.period.to_string(), s.principal.get())).collect();
        assert_eq!(order, [("2026-10".to_owned(), 300), ("2026-08".to_owned(), 50)]);
        assert_eq!(left, Fen::ZERO);
    }

    proptest! {
        #[test]
        fn every_fen_is_settled_or_left_over(
            amounts in proptest::collection::vec(1..200_000_i64, 0..8),
            paid in 1..900_000_i64,
            days in 0..700_i64,
            picks in proptest::collection::vec(0..8_usize, 0..4),
            resident: bool,
        ) {
            let fees = fees();
            let customer = if resident { Customer::Resident } else { Customer::Other };
            let rules = Rules { fees: &fees, customer };
            let day = date(2025, 1, 25).checked_add(days.days()).unwrap();
            let month = |i: usize| Month::new(2024, 12).unwrap().plus(i32::try_from(i).unwrap()).unwrap();
            let mut bills: Vec<_> = amounts.iter().enumerate().map(|(i, amount)| {
                let due = month(i + 1).first_day().checked_add(24.days()).unwrap();
                bill(&month(i).to_string(), *amount, due)
            }).collect();
            let chosen: Vec<_> = picks.into_iter().map(month).collect();
            let before = owed(&bills, rules, day).unwrap();
            let (settlements, left) = settle(&mut bills, &chosen, Fen::new(paid), rules, day).unwrap();
            let after = owed(&bills, rules, day).unwrap();
            let settled = Fen::sum(settlements.iter().flat_map(|s| [s.principal, s.late])).unwrap();
            prop_assert_eq!(settled.plus(left), Ok(Fen::new(paid)));
            prop_assert_eq!(before.minus(settled), Ok(after));
            prop_assert!(left == Fen::ZERO || after == Fen::ZERO, "credit beside arrears");
            for bill in &bills {
                prop_assert!(bill.paid <= bill.amount);
                prop_assert!(bill.paid < bill.amount || bill.late(rules, day) == Ok(Fen::ZERO));
            }
        }
    }
}
