//! Paying, step 2: what is owed, and another amount.

use powerhall_api::{Account, Bill, Personal};
use powerhall_flow::{AmountEntry, Choice, Confirm, Kind, Screen, group, is_payable_beside};
use powerhall_money::Fen;
use slint::SharedString;

use super::{Scene, Shown, dates, remark, rows};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut confirmed = ui::ConfirmView::default();
    let mut entered = ui::AmountView::default();
    let page = match &scene.state.screen {
        // A meter that is paid for in advance has a page of its own.
        Screen::Confirm(shown) if shown.prepaid().is_none() => {
            confirmed = confirm(scene, shown, api.get_confirm());
            Some(ui::Screen::Confirm)
        }
        Screen::OtherAmount(shown) => {
            entered = amount(scene, shown);
            Some(ui::Screen::OtherAmount)
        }
        _ => None,
    };
    api.set_confirm(confirmed);
    api.set_amount(entered);
    page.map(Shown::from)
}

pub(super) fn reveal(text: &Personal) -> SharedString {
    text.reveal().as_str().into()
}

pub(super) fn grouped(number: &Personal) -> SharedString {
    group(Kind::Account, number.reveal()).into()
}

/// Whose account, as far as it may be seen.
pub(super) fn whose(scene: &Scene, account: &Account) -> ui::Account {
    ui::Account {
        name: reveal(&account.name_masked),
        number: grouped(&account.account_masked),
        address: reveal(&account.address_masked),
        category: scene.pick(&account.category),
    }
}

fn confirm(scene: &Scene, confirm: &Confirm, old: ui::ConfirmView) -> ui::ConfirmView {
    let Some(line) = confirm.line() else { return ui::ConfirmView::default() };
    let whole = confirm.whole_months();
    let bills: Vec<_> =
        line.bills.iter().enumerate().map(|(at, bill)| bill_row(scene, bill, whole.contains(&at))).collect();
    let other_amount = matches!(confirm.choice, Choice::Amount(_));
    ui::ConfirmView {
        account: line.account.as_ref().map(|account| whose(scene, account)).unwrap_or_default(),
        months: i32::try_from(bills.len()).unwrap_or(i32::MAX),
        // Another amount leads back to what is owed.
        all_chosen: !other_amount && bills.iter().all(|bill| bill.chosen),
        bills: rows::keep(old.bills, bills),
        other_amount,
        owed: scene.money(line.total_fen),
        total: scene.money(confirm.amount()),
        late_fees: scene.some_money(confirm.late_fees()),
        surplus: scene.some_money(confirm.surplus()),
        credit: scene.some_money(line.credit_fen),
        cut_off: cut_off(confirm),
        minimum: confirm.minimum().map(|least| scene.money(least)).unwrap_or_default(),
        minimum_chosen: confirm.minimum() == Some(confirm.amount()),
        addable: is_payable_beside(line),
        payable: confirm.amount().is_positive(),
        busy: confirm.waiting.is_some(),
        remark: remark(scene, confirm.notice),
    }
}

/// What the choice does for a supply that is cut off.
fn cut_off(confirm: &Confirm) -> ui::CutOff {
    match (confirm.line().and_then(|line| line.cut_off.as_ref()), confirm.minimum()) {
        (None, _) => ui::CutOff::None,
        (Some(_), None) => ui::CutOff::UnderWay,
        (Some(_), Some(least)) if confirm.amount() < least => ui::CutOff::TooLittle,
        (Some(_), Some(_)) => ui::CutOff::Enough,
    }
}

fn bill_row(scene: &Scene, bill: &Bill, chosen: bool) -> ui::BillRow {
    // A sum beyond i64 fen cannot be owed; the amount alone is still true.
    let whole = bill.amount_fen.plus(bill.late_fee_fen).unwrap_or(bill.amount_fen);
    ui::BillRow {
        period: dates::month(&bill.period),
        kwh: scene.numbers.whole(bill.kwh),
        amount: scene.money(whole),
        late_fee: scene.some_money(bill.late_fee_fen),
        due: dates::day(&bill.due_date),
        chosen,
    }
}

fn amount(scene: &Scene, entry: &AmountEntry) -> ui::AmountView {
    let typed = Fen::from_yuan(entry.typed.trim_end_matches('.')).unwrap_or(Fen::ZERO);
    let line = entry.confirm.line();
    let owed = line.map_or(Fen::ZERO, |line| line.total_fen);
    let [before, after] = scene.numbers.around();
    ui::AmountView {
        typed: scene.numbers.typed(&entry.typed),
        before,
        after,
        ready: typed.is_positive(),
        owed: scene.some_money(owed),
        surplus: typed.minus(owed).map(|more| scene.some_money(more)).unwrap_or_default(),
        least: line.map(|line| scene.money(line.min_fen)).unwrap_or_default(),
        most: line.map(|line| scene.money(line.max_fen)).unwrap_or_default(),
        remark: remark(scene, entry.notice),
    }
}
