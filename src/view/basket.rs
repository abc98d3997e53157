//! Paying several accounts at once, and recharging a meter that is paid for in advance.

use powerhall_api::{self as contract, Duty, QuoteLine};
use powerhall_flow::{Basket, Confirm, Screen, is_payable_beside};
use powerhall_money::Fen;

use super::account::{grouped, reveal, whose};
use super::{Scene, Shown, dates, remark, rows};
use crate::ui::{self, Api};

/// Characters of a name that stands beside its amount: a person's, masked.
const SHORT_NAME: usize = 6;

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut several = ui::BasketView::default();
    let mut recharged = ui::RechargeView::default();
    let page = match &scene.state.screen {
        Screen::Basket(shown) => {
            several = basket(scene, shown, api.get_basket());
            Some(ui::Screen::Basket)
        }
        Screen::Confirm(shown) if shown.prepaid().is_some() => {
            recharged = recharge(scene, shown, api.get_recharge());
            Some(ui::Screen::Recharge)
        }
        _ => None,
    };
    api.set_basket(several);
    api.set_recharge(recharged);
    page.map(Shown::from)
}

fn basket(scene: &Scene, basket: &Basket, old: ui::BasketView) -> ui::BasketView {
    let lines = basket.quote.lines.iter().enumerate();
    let lines: Vec<_> = lines.map(|(at, line)| row(scene, line, basket.chosen.contains(&at))).collect();
    ui::BasketView {
        long_names: lines.iter().any(|row| row.name.chars().count() > SHORT_NAME),
        rows: rows::keep(old.rows, lines),
        chosen: i32::try_from(basket.chosen.len()).unwrap_or(i32::MAX),
        total: scene.money(basket.amount()),
        late_fees: scene.some_money(basket.late_fees()),
        addable: basket.has_room(),
        payable: basket.amount().is_positive(),
        busy: basket.waiting.is_some(),
        remark: remark(scene, basket.notice),
    }
}

fn row(scene: &Scene, line: &QuoteLine, chosen: bool) -> ui::BasketRow {
    let late = Fen::sum(line.bills.iter().map(|bill| bill.late_fee_fen)).unwrap_or(Fen::ZERO);
    ui::BasketRow {
        name: line.account.as_ref().map(|account| reveal(&account.name_masked)).unwrap_or_default(),
        number: grouped(&line.number_masked()),
        amount: scene.money(line.total_fen),
        late_fee: scene.some_money(late),
        chosen,
        why_not: why_not(line),
        cut_off: line.cut_off.is_some(),
    }
}

fn why_not(line: &QuoteLine) -> ui::WhyNot {
    if is_payable_beside(line) {
        return ui::WhyNot::None;
    }
    match line.duty {
        Duty::Prepaid => ui::WhyNot::Prepaid,
        Duty::Arrears if line.total_fen.is_positive() => ui::WhyNot::Other,
        Duty::Arrears => ui::WhyNot::OwesNothing,
        Duty::Fees | Duty::Unknown => ui::WhyNot::Other,
    }
}

fn recharge(scene: &Scene, confirm: &Confirm, old: ui::RechargeView) -> ui::RechargeView {
    let (Some(line), Some(prepaid)) = (confirm.line(), confirm.prepaid()) else {
        return ui::RechargeView::default();
    };
    let presets = confirm
        .presets()
        .into_iter()
        .map(|amount| ui::PresetRow { amount: scene.money(amount), chosen: amount == confirm.amount() });
    let heard = prepaid.at_meter.as_ref();
    ui::RechargeView {
        account: line.account.as_ref().map(|account| whose(scene, account)).unwrap_or_default(),
        at_meter: heard.map(|meter| scene.money(meter.balance_fen)).unwrap_or_default(),
        as_of: heard.map(|meter| dates::day(&meter.as_of)).unwrap_or_default(),
        as_of_time: heard.map(|meter| dates::time(&meter.as_of).into()).unwrap_or_default(),
        in_system: scene.money(prepaid.in_system_fen),
        least: scene.money(line.min_fen),
        own: confirm.amount().is_positive() && !confirm.presets().contains(&confirm.amount()),
        presets: rows::keep(old.presets, presets.collect()),
        total: scene.money(confirm.amount()),
        blocked: match confirm.blocked() {
            None => ui::Blocked::None,
            Some(contract::Blocked::EarlierUnfinished) => ui::Blocked::Unfinished,
            Some(contract::Blocked::MeterOffline) => ui::Blocked::Offline,
            Some(contract::Blocked::AccountClosed) => ui::Blocked::Closed,
            Some(contract::Blocked::Unknown) => ui::Blocked::Other,
        },
        payable: confirm.amount().is_positive(),
        busy: confirm.waiting.is_some(),
        remark: remark(scene, confirm.notice),
    }
}
