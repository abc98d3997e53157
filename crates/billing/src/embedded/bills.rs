//! What was billed: the last months, and how one of them came about, computed again from its readings by the prices of
//! its month. A bill that its readings do not explain to the fen is not explained at all.

use jiff::civil::Date;
use powerhall_api::{
    BillDetail, BillLine, BillMonth, BillState, Bills, LateFee, LateStretch, LineKind, MonthTier, Reading,
    Register, Text, TierPosition,
};
use powerhall_hall::{
    ChargeError, LateFees, Line, LineKind as Kind, Month, Period, Rates, StepPeriod, Usage,
};
use powerhall_money::{Fen, Outcome};
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble,
    accounts::open_bill,
    day,
    settle::{OpenBill, Rules},
};
use crate::port::AccountId;

const UNEXPLAINED: Trouble = Trouble::Strange("a bill that its readings do not explain");

impl EmbeddedBilling {
    pub(super) async fn read_bills(
        &self,
        account: &AccountId,
        today: Date,
    ) -> Result<Outcome<Bills>, Trouble> {
        // An account that was never billed is one row without a bill.
        let rows = sqlx::query(
            "SELECT a.class, b.period, b.kwh, b.amount_fen, b.paid_fen FROM accounts a \
             LEFT JOIN bills b ON b.account_id = a.id WHERE a.number = ? ORDER BY b.period DESC LIMIT ?",
        )
        .bind(&account.0)
        .bind(i64::try_from(Bills::MOST).unwrap_or(i64::MAX))
        .fetch_all(&self.reader)
        .await?;
        let Some(first) = rows.first() else {
            return Ok(Outcome::Rejected("account_unknown".to_owned()));
        };
        let class: String = first.try_get("class")?;
        let mut used = 0_i64;
        let mut month_tier = None;
        let mut months = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(period) = row.try_get::<Option<i64>, _>("period")? else { continue };
            let month = Month::from_number(period).map_err(|_| Trouble::Strange("a month"))?;
            let (amount, paid) = (Fen::new(row.try_get("amount_fen")?), Fen::new(row.try_get("paid_fen")?));
            let kwh: i64 = row.try_get("kwh")?;
            if month.year() == today.year() {
                used = used.checked_add(kwh).ok_or(ChargeError::Overflow)?;
            }
            if months.is_empty() {
                let prices = self.hall.tariff(&class)?.on(month.first_day()).ok();
                let tier = prices.and_then(|prices| prices.rates.tier_of_month(kwh));
                month_tier = tier.map(|tier| MonthTier { period: month.to_string(), used_kwh: kwh, tier });
            }
            let state = state(amount, paid);
            months.push(BillMonth { period: month.to_string(), kwh, amount_fen: amount, state });
        }
        // Before the first price there are no tiers.
        let prices = self.hall.tariff(&class)?.on(today).ok();
        let yearly = prices.filter(|prices| prices.rates.step_period == StepPeriod::Year);
        let tier = yearly.and_then(|prices| prices.rates.tier(used)).map(|tier| TierPosition {
            year: today.year(),
            used_kwh: used,
            tier: tier.number,
            left_kwh: tier.left,
        });
        Ok(Outcome::Definite(Bills { months, tier, month_tier, account: None }))
    }

    pub(super) async fn read_bill(
        &self,
        account: &AccountId,
        month: Month,
        today: Date,
    ) -> Result<Outcome<Option<BillDetail>>, Trouble> {
        let strange = |_| Trouble::Strange("a month");
        let row = sqlx::query(
            "SELECT a.class, a.capacity_kva, a.by_demand, a.multiplier, b.period, b.kwh, b.amount_fen, b.due, b.paid_fen, \
             b.late_paid_fen, b.accrued, b.accrued_to, \
             r.sharp, r.peak, r.flat, r.valley, r.reactive, r.demand, r.read_on, \
             p.sharp AS sharp_before, p.peak AS peak_before, p.flat AS flat_before, \
             p.valley AS valley_before, p.reactive AS reactive_before, p.read_on AS read_before, \
             (SELECT coalesce(sum(y.kwh), 0) FROM bills y \
              WHERE y.account_id = a.id AND y.period BETWEEN ? AND ?) AS year_to_date \
             FROM accounts a \
             LEFT JOIN bills b ON b.account_id = a.id AND b.period = ? \
             LEFT JOIN readings r ON r.account_id = a.id AND r.period = b.period \
             LEFT JOIN readings p ON p.account_id = a.id AND p.period = ? \
             WHERE a.number = ?",
        )
        .bind(Month::new(month.year(), 1).map_err(strange)?.number())
        .bind(month.number() - 1)
        .bind(month.number())
        // The readings at the end of the month before; before the first month of all there are none.
        .bind(month.plus(-1).map_or(0, Month::number))
        .bind(&account.0)
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(Outcome::Rejected("account_unknown".to_owned())) };
        if row.try_get::<Option<i64>, _>("period")?.is_none() {
            return Ok(Outcome::Definite(None));
        }
        Ok(Outcome::Definite(Some(self.explain(&row, today)?)))
    }

    fn told(&self, line: &Line, rates: &Rates) -> BillLine {
        let (kind, register, tier) = match line.kind {
            Kind::Energy(period) => (LineKind::Energy, Some(rates.register(period)), None),
            Kind::Free => (LineKind::Free, None, None),
            Kind::Step(number) => (LineKind::Tier, None, Some(number)),
            Kind::Capacity => (LineKind::Capacity, None, None),
            Kind::Demand => (LineKind::Demand, None, None),
            Kind::PowerFactor => (LineKind::PowerFactor, None, None),
            Kind::Fund(_) => (LineKind::Fund, None, None),
        };
        let name = match line.kind {
            Kind::Fund(place) => {
                rates.funds.get(place).map(|fund| self.hall.text(&format!("fund.{}", fund.name)))
            }
            Kind::Energy(_)
            | Kind::Free
            | Kind::Step(_)
            | Kind::Capacity
            | Kind::Demand
            | Kind::PowerFactor => None,
        };
        BillLine {
            kind,
            register,
            tier,
            name,
            quantity: line.quantity,
            price: line.price,
            amount_fen: line.amount,
        }
    }

    fn explain(&self, row: &SqliteRow, today: Date) -> Result<BillDetail, Trouble> {
        let class: String = row.try_get("class")?;
        let multiplier: i64 = row.try_get("multiplier")?;
        let bill = open_bill(row)?;
        let rates = &self.hall.tariff(&class)?.on(bill.period.first_day())?.rates;
        let readings = readings(row, rates, multiplier)?;
        let used = |register| {
            readings.iter().find(|reading| reading.register == register).map_or(0, |reading| reading.quantity)
        };
        let usage = Usage {
            sharp: used(Register::Sharp),
            peak: used(Register::Peak),
            flat: used(rates.register(Period::Flat)),
            valley: used(Register::Valley),
            reactive: used(Register::Reactive),
            demand: row.try_get::<bool, _>("by_demand")?.then(|| used(Register::Demand)),
        };
        let charge =
            rates.charge(&class, &usage, row.try_get("year_to_date")?, row.try_get("capacity_kva")?)?;
        if (charge.kwh, charge.total) != (bill.kwh, bill.amount) {
            return Err(UNEXPLAINED);
        }
        Ok(BillDetail {
            period: bill.period.to_string(),
            kwh: bill.kwh,
            amount_fen: bill.amount,
            paid_fen: bill.paid,
            state: state(bill.amount, bill.paid),
            due_date: bill.due.to_string(),
            multiplier,
            read_from: day(row, "read_before")?,
            read_to: day(row, "read_on")?,
            lines: charge.lines.iter().map(|line| self.told(line, rates)).collect(),
            late_fee: self.late_fee(&bill, self.rules(&class)?, today)?,
            readings,
        })
    }

    /// The late fee with its arithmetic and its basis; none where there is none and none was paid.
    fn late_fee(&self, bill: &OpenBill, rules: Rules<'_>, today: Date) -> Result<Option<LateFee>, Trouble> {
        let total = bill.late_paid.plus(bill.late(rules, today)?).map_err(|_| ChargeError::Overflow)?;
        if !total.is_positive() {
            return Ok(None);
        }
        let left = bill.principal()?;
        let stretches = if left.is_positive() {
            rules.fees.stretches(rules.customer, bill.due, bill.accrued_to, today)?
        } else {
            Vec::new()
        };
        let stretch = |stretch: &powerhall_hall::Stretch| LateStretch {
            amount_fen: left,
            rate: stretch.rate,
            days: stretch.days,
        };
        let last = if left.is_positive() { today } else { bill.accrued_to };
        Ok(Some(LateFee {
            total_fen: total,
            paid_fen: bill.late_paid,
            earlier_fen: bill.accrued.rounded()?,
            stretches: stretches.iter().map(stretch).collect(),
            least_fen: (total > bill.accrued_on(rules, today)?.rounded()?).then_some(total),
            basis: self.late_basis(rules.fees, bill.due, last),
        }))
    }

    /// The sources of the rates that were in force on some day after `due`, up to `last`: the oldest first.
    fn late_basis(&self, fees: &LateFees, due: Date, last: Date) -> Vec<Text> {
        let ends = fees.0.iter().skip(1).map(|next| Some(next.origin.effective)).chain([None]);
        let applied = fees.0.iter().zip(ends).filter(|(rates, end)| {
            // The day after `due` is the first day of delay; the last one of these rates is the day before `end`.
            rates.origin.effective <= last && end.is_none_or(|end| end.yesterday().is_ok_and(|eve| eve > due))
        });
        let mut basis: Vec<Text> = Vec::new();
        for text in applied.flat_map(|(rates, _)| self.hall.basis_of(&rates.origin)) {
            // That the utility has to confirm it is said once.
            if !basis.contains(&text) {
                basis.push(text);
            }
        }
        basis
    }
}

/// A day on file, if it is.
fn day(row: &SqliteRow, name: &str) -> Result<Option<String>, Trouble> {
    let Some(number) = row.try_get::<Option<i64>, _>(name)? else { return Ok(None) };
    let day = day::from_number(number).ok_or(Trouble::Strange("a day"))?;
    Ok(Some(day.to_string()))
}

fn state(amount: Fen, paid: Fen) -> BillState {
    if paid >= amount {
        BillState::Paid
    } else if paid.is_positive() {
        BillState::Part
    } else {
        BillState::Unpaid
    }
}

/// The registers that the prices ask for, in the order of a bill.
fn readings(row: &SqliteRow, rates: &Rates, multiplier: i64) -> Result<Vec<Reading>, Trouble> {
    let reading = |register, (now, before): (&str, &str)| {
        let shown = |name| row.try_get::<Option<i64>, _>(name)?.ok_or(UNEXPLAINED);
        let (from, to) = (shown(before)?, shown(now)?);
        let quantity = to.checked_sub(from).and_then(|units| units.checked_mul(multiplier));
        Ok(Reading { register, from, to, quantity: quantity.ok_or(ChargeError::Overflow)? })
    };
    let periods = Period::ALL.into_iter().filter(|period| rates.energy.contains_key(period));
    let active = periods.map(|period| {
        let columns = match period {
            Period::Sharp => ("sharp", "sharp_before"),
            Period::Peak => ("peak", "peak_before"),
            Period::Flat => ("flat", "flat_before"),
            Period::Valley => ("valley", "valley_before"),
        };
        reading(rates.register(period), columns)
    });
    let reactive =
        rates.power_factor.iter().map(|_| reading(Register::Reactive, ("reactive", "reactive_before")));
    let by_demand = row.try_get::<bool, _>("by_demand")?;
    active.chain(reactive).chain(by_demand.then(|| demand(row, multiplier))).collect()
}

/// The highest demand is no difference of two readings: its register begins each month at nothing. Whole kW, halves up.
fn demand(row: &SqliteRow, multiplier: i64) -> Result<Reading, Trouble> {
    let to = row.try_get::<Option<i64>, _>("demand")?.ok_or(UNEXPLAINED)?;
    let hundredths = to.checked_mul(multiplier).and_then(|product| product.checked_add(50));
    let quantity = hundredths.ok_or(ChargeError::Overflow)? / 100;
    Ok(Reading { register: Register::Demand, from: 0, to, quantity })
}
