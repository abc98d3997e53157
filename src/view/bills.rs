//! What was billed: the months with their charts, and a bill line by line.

use powerhall_api::{BillLine, BillMonth, BillState, LateFee, LineKind, Reading, Register};
use powerhall_flow::{BillList, BillShown, Screen};
use powerhall_money::Fen;
use slint::SharedString;

use super::account::whose;
use super::{Scene, Shown, dates, remark, rows};
use crate::ui::{self, Api};

/// Months beside each other in a chart, each before the same one of the year before.
const YEAR: usize = 12;

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut billed = ui::BillsView::default();
    let mut detail = ui::BillView::default();
    let page = match &scene.state.screen {
        Screen::Bills(shown) => {
            billed = list(scene, shown, api.get_bills());
            Some(ui::Screen::Bills)
        }
        Screen::Bill(shown) => {
            let account = shown.list.bills.as_ref().and_then(|bills| bills.account.as_ref());
            detail = bill(scene, shown, api.get_bill());
            detail.category = scene.optional(account.map(|account| &account.category));
            Some(ui::Screen::Bill)
        }
        _ => None,
    };
    api.set_bills(billed);
    api.set_bill(detail);
    page.map(Shown::from)
}

fn list(scene: &Scene, list: &BillList, old: ui::BillsView) -> ui::BillsView {
    let months = list.bills.as_ref().map(|bills| bills.months.as_slice()).unwrap_or_default();
    let mut view = ui::BillsView {
        ready: list.bills.is_some(),
        busy: list.waiting.is_some(),
        remark: remark(scene, list.notice),
        ..ui::BillsView::default()
    };
    // Beside paying it is known whose they are.
    let account = list.bills.as_ref().and_then(|bills| bills.account.as_ref());
    if let (None, Some(account)) = (&list.back, account) {
        let account = whose(scene, account);
        // One number, in one line.
        view.whose = format!("{}  {}", account.name, account.number.replace(' ', "\u{a0}")).into();
        view.number = account.number;
    }
    if let Some(tier) = list.bills.as_ref().and_then(|bills| bills.tier.as_ref()) {
        view.year = tier.year.into();
        view.used = scene.numbers.whole(tier.used_kwh);
        view.tier = tier.tier.into();
        view.left = tier.left_kwh.map(|left| scene.numbers.whole(left)).unwrap_or_default();
    }
    if let Some(tier) = list.bills.as_ref().and_then(|bills| bills.month_tier.as_ref()) {
        view.counted = dates::month(&tier.period);
        view.used = scene.numbers.whole(tier.used_kwh);
        view.tier = tier.tier.into();
    }
    let (costs, most) = chart(months, |month| month.amount_fen.get());
    view.costs = rows::keep(old.costs, costs);
    view.most_cost = scene.money(Fen::new(most));
    let (energy, most) = chart(months, |month| month.kwh);
    view.energy = rows::keep(old.energy, energy);
    view.most_energy = scene.numbers.whole(most);
    let rows = months.iter().map(|month| ui::BilledRow {
        period: dates::month(&month.period),
        kwh: scene.numbers.whole(month.kwh),
        amount: scene.money(month.amount_fen),
        paid: paid(month.state),
    });
    view.months = rows::keep(old.months, rows.collect());
    view
}

/// The last year up to the newest month, oldest first, and what a bar of full height stands for.
fn chart(months: &[BillMonth], of: impl Fn(&BillMonth) -> i64) -> (Vec<ui::ChartMonth>, i64) {
    let Some(newest) = months.first().map(|month| dates::month(&month.period)) else {
        return (Vec::new(), 0);
    };
    let most = full_height(months.iter().map(&of).max().unwrap_or(0));
    let height = |at: i32| {
        let month = months.iter().find(|month| count(&dates::month(&month.period)) == at);
        let value = month.map_or(0, |month| i128::from(of(month).max(0)));
        i32::try_from(value * 1000 / i128::from(most)).unwrap_or(0)
    };
    let year = i32::try_from(YEAR).unwrap_or(0);
    let bars = (0..year).rev().map(|back| {
        let at = count(&newest) - back;
        let name = (at.rem_euclid(year) + 1).to_string().into();
        ui::ChartMonth { name, now: height(at), before: height(at - year) }
    });
    (bars.collect(), most)
}

/// Months since the year 0.
const fn count(month: &ui::Day) -> i32 {
    month.year * 12 + month.month - 1
}

/// The least of 1, 2, 5, 10, 20 … that nothing is higher than.
fn full_height(highest: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for times in [1, 2, 5] {
            match unit.checked_mul(times) {
                Some(height) if height < highest => {}
                Some(height) => return height,
                None => return highest,
            }
        }
        unit = unit.saturating_mul(10);
    }
}

const fn paid(state: BillState) -> ui::Paid {
    match state {
        BillState::Paid => ui::Paid::Paid,
        BillState::Part => ui::Paid::Part,
        BillState::Unpaid => ui::Paid::Unpaid,
        BillState::Unknown => ui::Paid::Unknown,
    }
}

/// What matters first comes first: the sum and what of it is open, then what it is made of, then the meter.
fn bill(scene: &Scene, shown: &BillShown, old: ui::BillView) -> ui::BillView {
    let bill = &shown.bill;
    let mut lines = vec![ui::BillLineRow {
        line: ui::BillLine::Bill,
        paid: paid(bill.state),
        one: scene.numbers.whole(bill.kwh),
        due: dates::day(&bill.due_date),
        value: scene.money(bill.amount_fen),
        ..ui::BillLineRow::default()
    }];
    if bill.state == BillState::Part {
        lines.push(sum(scene, ui::BillLine::Paid, bill.paid_fen));
    }
    if let Some(fee) = &bill.late_fee {
        late_fee(scene, fee, &mut lines);
    }
    // Where the first line does not say it already.
    let owed = shown.still_owed();
    if owed.is_positive() && owed != bill.amount_fen {
        lines.push(sum(scene, ui::BillLine::Owed, owed));
    }
    lines.extend(bill.lines.iter().map(|line| line_row(scene, line)));
    if let Some(day) = &bill.read_to {
        lines.push(ui::BillLineRow {
            line: ui::BillLine::Read,
            from: bill.read_from.as_deref().map(dates::day).unwrap_or_default(),
            due: dates::day(day),
            ..ui::BillLineRow::default()
        });
    }
    lines.extend(bill.readings.iter().map(|reading| reading_row(scene, reading, bill.multiplier)));
    let lines = rows::keep(old.lines, lines);
    ui::BillView { period: dates::month(&bill.period), lines, ..ui::BillView::default() }
}

fn sum(scene: &Scene, line: ui::BillLine, amount: Fen) -> ui::BillLineRow {
    ui::BillLineRow { line, value: scene.money(amount), ..ui::BillLineRow::default() }
}

/// The arithmetic, so that whoever does it again comes to the same: the last part takes what rounding leaves. Then on
/// what its rates are based.
fn late_fee(scene: &Scene, fee: &LateFee, lines: &mut Vec<ui::BillLineRow>) {
    let earlier = fee.earlier_fen.is_positive() && !fee.stretches.is_empty();
    let alone = fee.stretches.len() == 1 && !earlier && fee.least_fen.is_none();
    if earlier {
        lines.push(sum(scene, ui::BillLine::LateEarlier, fee.earlier_fen));
    }
    let mut left =
        if earlier { fee.total_fen.get().saturating_sub(fee.earlier_fen.get()) } else { fee.total_fen.get() };
    for (at, stretch) in fee.stretches.iter().enumerate() {
        let last = at + 1 == fee.stretches.len() && fee.least_fen.is_none();
        let exact = i128::from(stretch.amount_fen.get())
            .saturating_mul(i128::from(stretch.rate))
            .saturating_mul(i128::from(stretch.days));
        let value =
            if last { left } else { i64::try_from(exact.saturating_add(5_000) / 10_000).unwrap_or(i64::MAX) };
        left = left.saturating_sub(value);
        lines.push(ui::BillLineRow {
            number: i32::try_from(stretch.days).unwrap_or(i32::MAX),
            one: scene.money(stretch.amount_fen),
            two: scene.numbers.hundredths(stretch.rate, 0),
            ..sum(scene, ui::BillLine::Late, Fen::new(value))
        });
    }
    if !alone {
        let least = fee.least_fen.map(|least| scene.money(least)).unwrap_or_default();
        lines.push(ui::BillLineRow { one: least, ..sum(scene, ui::BillLine::LateTotal, fee.total_fen) });
    }
    if fee.paid_fen.is_positive() {
        lines.push(sum(scene, ui::BillLine::LatePaid, fee.paid_fen));
    }
    let mut name = scene.words.invoke_detail(ui::Detail::Basis);
    for text in &fee.basis {
        lines.push(ui::BillLineRow {
            line: ui::BillLine::LateBasis,
            name: std::mem::take(&mut name),
            one: scene.pick(text),
            ..ui::BillLineRow::default()
        });
    }
}

fn line_row(scene: &Scene, line: &BillLine) -> ui::BillLineRow {
    let quantity = scene.numbers.whole(line.quantity);
    let row = |kind| ui::BillLineRow {
        one: quantity.clone(),
        two: scene.numbers.price(line.price),
        ..sum(scene, kind, line.amount_fen)
    };
    match line.kind {
        LineKind::Energy => ui::BillLineRow {
            register: line.register.map_or(ui::Register::All, register),
            ..row(ui::BillLine::Energy)
        },
        LineKind::Free => row(ui::BillLine::Free),
        LineKind::Tier => {
            ui::BillLineRow { number: line.tier.unwrap_or(0).into(), ..row(ui::BillLine::Tier) }
        }
        LineKind::Capacity => row(ui::BillLine::Capacity),
        LineKind::Demand => row(ui::BillLine::Demand),
        LineKind::Fund => match &line.name {
            Some(name) => ui::BillLineRow { name: scene.pick(name), ..row(ui::BillLine::Fund) },
            None => sum(scene, ui::BillLine::Other, line.amount_fen),
        },
        LineKind::PowerFactor => ui::BillLineRow {
            one: scene.numbers.hundredths(line.quantity, 2),
            two: scene.numbers.hundredths(line.price, 0),
            ..row(ui::BillLine::PowerFactor)
        },
        LineKind::Other => sum(scene, ui::BillLine::Other, line.amount_fen),
    }
}

fn reading_row(scene: &Scene, reading: &Reading, multiplier: i64) -> ui::BillLineRow {
    let shown = |number| scene.numbers.whole(number);
    let to = match reading.register {
        Register::Demand => scene.numbers.hundredths(reading.to, 2),
        Register::All
        | Register::Sharp
        | Register::Peak
        | Register::Flat
        | Register::Valley
        | Register::Reactive
        | Register::Other => shown(reading.to),
    };
    ui::BillLineRow {
        line: ui::BillLine::Reading,
        register: register(reading.register),
        one: shown(reading.from),
        two: to,
        three: if multiplier == 1 { SharedString::default() } else { shown(multiplier) },
        value: shown(reading.quantity),
        ..ui::BillLineRow::default()
    }
}

pub(super) const fn register(register: Register) -> ui::Register {
    match register {
        Register::All => ui::Register::All,
        Register::Sharp => ui::Register::Sharp,
        Register::Peak => ui::Register::Peak,
        Register::Flat => ui::Register::Flat,
        Register::Valley => ui::Register::Valley,
        Register::Reactive => ui::Register::Reactive,
        Register::Demand => ui::Register::Demand,
        Register::Other => ui::Register::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(period: &str, kwh: i64) -> BillMonth {
        BillMonth { period: period.into(), kwh, amount_fen: Fen::new(kwh * 50), state: BillState::Paid }
    }

    #[test]
    fn a_year_stands_before_the_year_before() {
        // A month is missing in each year.
        let months =
            [month("2026-02", 300), month("2025-12", 400), month("2025-02", 500), month("2024-12", 90)];
        let (bars, most) = chart(&months, |month| month.kwh);
        assert_eq!(most, 500);
        let bars: Vec<_> = bars.iter().map(|bar| (bar.name.as_str(), bar.now, bar.before)).collect();
        assert_eq!(bars.len(), 12);
        assert_eq!(bars[0], ("3", 0, 0));
        assert_eq!(bars[9..], [("12", 800, 180), ("1", 0, 0), ("2", 600, 1000)]);
        assert_eq!(chart(&[], |month| month.kwh).0, []);
    }

    #[test]
    fn the_top_is_a_round_number() {
        for (highest, top) in
            [(0, 1), (1, 1), (3, 5), (186, 200), (500, 500), (501, 1000), (i64::MAX, i64::MAX)]
        {
            assert_eq!(full_height(highest), top, "{highest}");
        }
    }
}
