//! Finding: the one field, the second factor, and the accounts that it has opened.

use powerhall_api::{Personal, ProofWay};
use powerhall_flow::{Accounts, Find, Kind, Prove, Purpose, Reading, Screen, group};
use slint::SharedString;

use super::account::{reveal, whose};
use super::{Scene, Shown, remark, rows};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut field = ui::FindView::default();
    let mut proof = ui::ProveView::default();
    let mut list = ui::AccountsView::default();
    let page = match &scene.state.screen {
        Screen::Find(shown) => {
            field = find(scene, shown, api.get_find());
            Some(ui::Screen::Find)
        }
        Screen::Prove(shown) => {
            proof = prove(scene, shown, api.get_prove());
            Some(ui::Screen::Prove)
        }
        Screen::Accounts(shown) => {
            list = accounts(scene, shown, api.get_accounts());
            Some(ui::Screen::Accounts)
        }
        Screen::NoNumber(shown) => {
            field.purpose = purpose(shown.find.purpose);
            Some(ui::Screen::NoNumber)
        }
        _ => None,
    };
    api.set_find(field);
    api.set_prove(proof);
    api.set_accounts(list);
    page.map(Shown::from)
}

fn find(scene: &Scene, find: &Find, old: ui::FindView) -> ui::FindView {
    let settings = &scene.fixed.settings;
    let choices = find.choices(settings);
    let number = find.number(settings);
    let may_be = match find.reading(settings) {
        Reading::Empty | Reading::Wrong(_) => Vec::new(),
        Reading::Short(kinds) => kinds,
        Reading::Whole(whole) => {
            let kind = number.as_ref().map_or(whole.kind, |(kind, _)| *kind);
            // Going on, it may become something else.
            let further = whole.may_become.into_iter().filter(|other| *other != kind);
            std::iter::once(kind).chain(further).collect()
        }
    };
    let asks = choices.len() > 1 || (number.is_none() && !choices.is_empty()) || find.said.is_some();
    let chosen = number.as_ref().and_then(|(kind, _)| choices.iter().position(|choice| choice == kind));
    ui::FindView {
        purpose: purpose(find.purpose),
        digits: grouped(may_be.first().copied(), &find.typed),
        count: length(&find.typed),
        may_be: rows::keep(old.may_be, may_be.into_iter().map(kind).collect()),
        choices: rows::keep(old.choices, choices.into_iter().filter(|_| asks).map(kind).collect()),
        chosen: chosen.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1),
        takes_x: find.takes_x(settings),
        ready: number.is_some(),
        busy: find.waiting.is_some(),
        remark: remark(scene, find.notice),
    }
}

fn prove(scene: &Scene, prove: &Prove, old: ui::ProveView) -> ui::ProveView {
    let sent = prove.sent;
    ui::ProveView {
        ways: rows::keep(old.ways, prove.ways.iter().map(|way| proof(*way)).collect()),
        way: proof(prove.way),
        typed: reveal(&prove.typed),
        count: length(&prove.typed),
        sent: sent.is_some(),
        again: sent.and_then(|sent| sent.again).map_or(0, |again| scene.seconds_until(again)),
        minutes: sent.and_then(|sent| i32::try_from(sent.holds / 60).ok()).unwrap_or(0),
        ready: prove.asks_to_send() || prove.is_whole(),
        busy: prove.waiting.is_some(),
        remark: remark(scene, prove.notice),
    }
}

fn accounts(scene: &Scene, list: &Accounts, old: ui::AccountsView) -> ui::AccountsView {
    let accounts = list.found.accounts.iter().map(|one| whose(scene, &one.account)).collect();
    ui::AccountsView {
        accounts: rows::keep(old.accounts, accounts),
        several: list.can_pay_several(),
        more: list.found.more,
        busy: list.waiting.is_some(),
        remark: remark(scene, list.notice),
    }
}

/// As a number of this kind is written; before anything is known, as an account.
fn grouped(kind: Option<Kind>, typed: &Personal) -> SharedString {
    group(kind.unwrap_or(Kind::Account), typed.reveal()).into()
}

fn length(typed: &Personal) -> i32 {
    i32::try_from(typed.reveal().chars().count()).unwrap_or(0)
}

const fn purpose(purpose: Purpose) -> ui::Purpose {
    match purpose {
        Purpose::Pay => ui::Purpose::Pay,
        Purpose::Progress => ui::Purpose::Progress,
        Purpose::Payments => ui::Purpose::Payments,
        Purpose::Bills => ui::Purpose::Bills,
    }
}

const fn kind(kind: Kind) -> ui::Kind {
    match kind {
        Kind::Account => ui::Kind::Account,
        Kind::Application => ui::Kind::Application,
        Kind::Phone => ui::Kind::Phone,
        Kind::IdNumber => ui::Kind::IdNumber,
    }
}

const fn proof(way: ProofWay) -> ui::Proof {
    match way {
        ProofWay::IdLast4 => ui::Proof::Id,
        ProofWay::PhoneLast4 => ui::Proof::Phone,
        ProofWay::Code | ProofWay::Unknown => ui::Proof::Code,
    }
}
