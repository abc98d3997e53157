//! Paying, steps 1 and 2: the account number, what is owed, another amount.

use powerhall_api::{Bill, Personal};
use powerhall_flow::{AmountEntry, Choice, Confirm, FindAccount, group_account};
use powerhall_money::Fen;
use slint::SharedString;

use super::{Scene, dates, remark, rows};
use crate::ui;

/// An amount for people, or nothing where there is none.
pub(super) fn money(fen: Fen) -> SharedString {
    if fen.is_positive() { shown(fen) } else { SharedString::default() }
}

pub(super) fn shown(fen: Fen) -> SharedString {
    fen.to_string().into()
}

pub(super) fn reveal(text: &Personal) -> SharedString {
    text.reveal().as_str().into()
}

pub(super) fn grouped(number: &Personal) -> SharedString {
    group_account(number.reveal()).into()
}

pub(super) fn find(find: &FindAccount) -> ui::FindAccountView {
    let count = find.digits.reveal().chars().count();
    ui::FindAccountView {
        digits: grouped(&find.digits),
        count: i32::try_from(count).unwrap_or(0),
        ready: count > 0,
        busy: find.waiting.is_some(),
        remark: remark(find.notice),
    }
}

pub(super) fn confirm(scene: &Scene, confirm: &Confirm, old: ui::ConfirmView) -> ui::ConfirmView {
    let Some(line) = confirm.line() else { return ui::ConfirmView::default() };
    let chosen = |at: usize| match &confirm.choice {
        Choice::Months(months) => months.contains(&at),
        Choice::Amount(_) => false,
    };
    let bills: Vec<_> = line.bills.iter().enumerate().map(|(at, bill)| bill_row(bill, chosen(at))).collect();
    ui::ConfirmView {
        account: ui::Account {
            name: reveal(&line.account.name_masked),
            number: grouped(&line.account.account_masked),
            address: reveal(&line.account.address_masked),
            category: scene.pick(&line.account.category),
        },
        months: i32::try_from(bills.len()).unwrap_or(i32::MAX),
        all_chosen: bills.iter().all(|bill| bill.chosen),
        bills: rows::keep(old.bills, bills),
        other_amount: matches!(confirm.choice, Choice::Amount(_)),
        owed: shown(line.total_fen),
        total: shown(confirm.amount()),
        late_fees: money(confirm.late_fees()),
        surplus: money(confirm.surplus()),
        credit: money(line.credit_fen),
        payable: confirm.amount().is_positive(),
        busy: confirm.waiting.is_some(),
        remark: remark(confirm.notice),
    }
}

fn bill_row(bill: &Bill, chosen: bool) -> ui::BillRow {
    // A sum beyond i64 fen cannot be owed; the amount alone is still true.
    let whole = bill.amount_fen.plus(bill.late_fee_fen).unwrap_or(bill.amount_fen);
    ui::BillRow {
        period: dates::month(&bill.period),
        kwh: with_groups(bill.kwh).into(),
        amount: shown(whole),
        late_fee: money(bill.late_fee_fen),
        due: dates::day(&bill.due_date),
        chosen,
    }
}

pub(super) fn amount(entry: &AmountEntry) -> ui::AmountView {
    let typed = Fen::from_yuan(entry.typed.trim_end_matches('.')).unwrap_or(Fen::ZERO);
    let line = entry.confirm.line();
    let owed = line.map_or(Fen::ZERO, |line| line.total_fen);
    ui::AmountView {
        typed: entry.typed.as_str().into(),
        ready: typed.is_positive(),
        owed: money(owed),
        surplus: typed.minus(owed).map(money).unwrap_or_default(),
        least: line.map(|line| shown(line.min_fen)).unwrap_or_default(),
        most: line.map(|line| shown(line.max_fen)).unwrap_or_default(),
        remark: remark(entry.notice),
    }
}

/// `12,345` for energy, grouped like money.
fn with_groups(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        grouped.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_energy() {
        assert_eq!(with_groups(186), "186");
        assert_eq!(with_groups(1_234_567), "1,234,567");
        assert_eq!(with_groups(-1_000), "-1,000");
    }
}
