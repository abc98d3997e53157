//! One account with its readings and bills, computed from its usage by the hall's dated tariffs. Pure.

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
use powerhall_hall::{Hall, Month, Usage};

use super::{
    DemoError,
    dice::{Dice, Topic},
    people::{self, Kind},
    plan::{Class, Plan, plan},
};

/// The history that every account has at least, in months. Tiers count by the calendar year, so it begins in a January.
const HISTORY: u32 = 24;
/// What the seasons do to a month, in per mille: January first.
const SEASONS: [i64; 12] = [1080, 980, 820, 760, 860, 1120, 1480, 1520, 1160, 800, 780, 960];
/// Transformers in kVA, with the multiplier of the meter on their low-voltage side (current transformers of 600/5 to
/// 2000/5 A).
const CAPACITIES: [(i64, i64); 7] =
    [(315, 120), (400, 120), (500, 160), (630, 200), (800, 240), (1000, 300), (1250, 400)];
/// What the large plant of the showcase has: metered at 10 kV, 10,000/100 V and 400/5 A.
const LARGE: (i64, i64) = (12_500, 8_000);
/// The day of the following month up to which a bill is paid without a late fee.
const DUE_DAY: i8 = 25;
/// How many days from today a bill is due that came late.
const GRACE: i64 = 10;

/// The newest months whose payments are on file: a year, and what is settled in it.
const PAYMENTS: i32 = 14;
/// The ways of those who do not come to a kiosk; most pay by phone.
const WAYS: [&str; 8] = ["online", "online", "online", "debit", "debit", "counter", "bank", "counter"];

/// A row of `accounts`.
pub(super) struct AccountRow {
    pub id: i64,
    pub number: String,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub id_number: Option<String>,
    pub taxpayer: Option<String>,
    pub class: Class,
    pub capacity: i64,
    pub by_demand: bool,
    pub multiplier: i64,
    pub closed_on: Option<Date>,
    pub credit_fen: i64,
}

/// A row of `readings`: the registers at the end of a month.
pub(super) struct ReadingRow {
    pub account: i64,
    pub period: Month,
    pub registers: Usage,
    /// The month's highest demand, in 0.01 kW of the meter.
    pub demand: i64,
    /// The day on which they were read.
    pub read_on: Date,
}

/// A row of `bills`.
pub(super) struct BillRow {
    pub account: i64,
    pub period: Month,
    pub kwh: i64,
    pub amount_fen: i64,
    pub due: Date,
    pub paid_fen: i64,
}

/// A row of `paid_elsewhere`.
pub(super) struct PaymentRow {
    pub account: i64,
    pub number: String,
    pub period: Month,
    pub paid: DateTime,
    pub way: &'static str,
    pub amount_fen: i64,
}

/// Rows that wait to be written.
#[derive(Default)]
pub(super) struct Rows {
    pub accounts: Vec<AccountRow>,
    pub readings: Vec<ReadingRow>,
    pub bills: Vec<BillRow>,
    pub payments: Vec<PaymentRow>,
}

/// Whose an account is, as it stands on file.
pub(super) struct Owner {
    pub name: String,
    pub phone: String,
    pub id_number: Option<String>,
}

/// The owner of the account at an index: made from that account, or from the first of a row of accounts that are one
/// person's.
pub(super) fn owner(seed: u64, index: u32) -> Owner {
    let mut first = index;
    while first > 0 && plan(seed, first).same_person && plan(seed, first - 1).kind == Kind::Person {
        first -= 1;
    }
    let plan = plan(seed, first);
    // One phone in a family.
    let phone = if plan.shares_phone { first.saturating_sub(1) } else { first };
    Owner {
        name: people::person(seed, first, plan.kind).name,
        phone: people::phone(seed, phone),
        id_number: people::id_number(seed, first, plan.kind),
    }
}

/// Makes the account at an index, with everything up to the month before `today`.
pub(super) fn make(
    hall: &Hall,
    seed: u64,
    index: u32,
    today: Date,
    rows: &mut Rows,
) -> Result<(), DemoError> {
    let plan = plan(seed, index);
    let mut dice = Dice::new(seed, Topic::Account, index);
    let id = i64::from(index) + 1;
    let newest = Month::of(today)?.plus(-1)?;
    let last =
        if plan.closed { newest.plus(-i32::try_from(dice.between(1, 12)).unwrap_or(1))? } else { newest };
    let closed_on =
        if plan.closed { Some(last.plus(1)?.first_day().saturating_add(14.days())) } else { None };
    let months = HISTORY.max(plan.unpaid);
    let first = Month::new(newest.plus(1 - i32::try_from(months).unwrap_or(1))?.year(), 1)?;
    let (capacity, multiplier) = match plan.class {
        Class::Industry if plan.large => LARGE,
        Class::Industry => dice.pick(&CAPACITIES),
        Class::ResidentStep | Class::ResidentTou | Class::Business => (0, 1),
    };
    let base = base_kwh(plan, capacity, &mut dice);

    let owner = owner(seed, index);
    rows.accounts.push(AccountRow {
        id,
        number: people::account_number(index),
        name: owner.name,
        address: people::person(seed, index, plan.kind).address,
        phone: owner.phone,
        id_number: owner.id_number,
        taxpayer: people::taxpayer(index, plan.kind),
        class: plan.class,
        capacity,
        by_demand: plan.by_demand,
        multiplier,
        closed_on,
        credit_fen: i64::from(plan.credit_fen),
    });

    let mut month = first;
    let mut used_this_year = 0;
    let mut registers = each(start(plan.class, &mut dice), |register| register / multiplier);
    let before = first.plus(-1)?;
    let read_on = before.first_day().last_of_month();
    rows.readings.push(ReadingRow { account: id, period: before, registers, demand: 0, read_on });
    let unpaid_from = newest.plus(1 - i32::try_from(plan.unpaid).unwrap_or(0))?;
    while month <= last {
        if month.month() == 1 {
            used_this_year = 0;
        }
        let units = each(usage(plan.class, base, month, &mut dice), |quantity| quantity / multiplier);
        registers = add(registers, units);
        // In the units of the meter, as what it is billed by.
        let demand = if plan.by_demand { capacity * i64::from(dice.between(45, 85)) / multiplier } else { 0 };
        let billed = plan.by_demand.then_some((demand * multiplier + 50) / 100);
        let usage = Usage { demand: billed, ..each(units, |units| units * multiplier) };
        let charge = hall.charge(plan.class.tariff(), month, &usage, used_this_year, capacity)?;
        used_this_year += charge.kwh;
        let amount_fen = charge.total.get().max(0);
        let paid_fen = if month < unpaid_from {
            amount_fen
        } else if month == unpaid_from && plan.part_paid {
            // In whole yuan and in time, so no late fee is behind it.
            amount_fen / 200 * 100
        } else {
            0
        };
        let due = month.plus(1)?.first_day().with().day(DUE_DAY).build().map_err(|_| DemoError::Today)?;
        let due = if plan.billed_late && month == newest {
            due.max(today.saturating_add(GRACE.days()))
        } else {
            due
        };
        if paid_fen > 0 && month > newest.plus(-PAYMENTS)? {
            let (paid, way) = paid_elsewhere(month, today, &mut Dice::new(seed, Topic::Payment, index))?;
            // One of the account and the month: unique.
            let number = format!("E{index:07}{}", month.number());
            rows.payments.push(PaymentRow {
                account: id,
                number,
                period: month,
                paid,
                way,
                amount_fen: paid_fen,
            });
        }
        let read_on = month.first_day().last_of_month();
        rows.readings.push(ReadingRow { account: id, period: month, registers, demand, read_on });
        rows.bills.push(BillRow { account: id, period: month, kwh: charge.kwh, amount_fen, due, paid_fen });
        month = month.plus(1)?;
    }
    Ok(())
}

/// When and how a month was paid by another way: in time, in office hours, and before today. A customer keeps to one way,
/// mostly.
fn paid_elsewhere(month: Month, today: Date, dice: &mut Dice) -> Result<(DateTime, &'static str), DemoError> {
    let usual = dice.pick(&WAYS);
    let mut dice = dice.later(u32::try_from(month.number()).unwrap_or(0));
    let way = if dice.once_in(6) { dice.pick(&WAYS) } else { usual };
    let last = month.plus(1)?.first_day();
    let day = i8::try_from(dice.between(3, 22)).unwrap_or(3);
    let day = last.with().day(day).build().map_err(|_| DemoError::Today)?;
    let eve = today.yesterday().unwrap_or(today);
    let (hour, minute) = (dice.between(9, 17), dice.between(0, 59));
    let (hour, minute) = (i8::try_from(hour).unwrap_or(9), i8::try_from(minute).unwrap_or(0));
    Ok((day.min(eve).at(hour, minute, 0, 0), way))
}

/// What an average month uses.
fn base_kwh(plan: Plan, capacity: i64, dice: &mut Dice) -> i64 {
    match plan.class {
        // Now and then nobody lives there.
        Class::ResidentStep | Class::ResidentTou if plan.unpaid == 0 && dice.once_in(60) => 0,
        Class::ResidentStep | Class::ResidentTou => i64::from(dice.between(80, 460)),
        Class::Business => i64::from(dice.between(300, 4000)),
        Class::Industry => capacity * i64::from(dice.between(100, 280)),
    }
}

/// The registers before the first month: meters are not new.
fn start(class: Class, dice: &mut Dice) -> Usage {
    let mut register = |most| i64::from(dice.between(100, most));
    match class {
        Class::ResidentStep => Usage { flat: register(20_000), ..Usage::default() },
        Class::ResidentTou => Usage { peak: register(12_000), valley: register(8_000), ..Usage::default() },
        Class::Business => Usage { flat: register(90_000), ..Usage::default() },
        Class::Industry => Usage {
            sharp: register(200_000),
            peak: register(900_000),
            valley: register(700_000),
            reactive: register(500_000),
            ..Usage::default()
        },
    }
}

fn usage(class: Class, base: i64, month: Month, dice: &mut Dice) -> Usage {
    let season = SEASONS[usize::try_from(month.month() - 1).unwrap_or_default()];
    let kwh = base * season * i64::from(dice.between(850, 1150)) / 1_000_000;
    match class {
        Class::ResidentStep | Class::Business => Usage { flat: kwh, ..Usage::default() },
        Class::ResidentTou => {
            let valley = kwh * i64::from(dice.between(25, 50)) / 100;
            Usage { peak: kwh - valley, valley, ..Usage::default() }
        }
        Class::Industry => {
            let sharp = kwh * i64::from(dice.between(5, 10)) / 100;
            let valley = kwh * i64::from(dice.between(25, 45)) / 100;
            let reactive = kwh * i64::from(dice.between(20, 75)) / 100;
            Usage { sharp, peak: kwh - sharp - valley, valley, reactive, ..Usage::default() }
        }
    }
}

fn each(usage: Usage, change: impl Fn(i64) -> i64) -> Usage {
    Usage {
        sharp: change(usage.sharp),
        peak: change(usage.peak),
        flat: change(usage.flat),
        valley: change(usage.valley),
        reactive: change(usage.reactive),
        demand: usage.demand,
    }
}

fn add(registers: Usage, usage: Usage) -> Usage {
    Usage {
        sharp: registers.sharp + usage.sharp,
        peak: registers.peak + usage.peak,
        flat: registers.flat + usage.flat,
        valley: registers.valley + usage.valley,
        reactive: registers.reactive + usage.reactive,
        demand: None,
    }
}
