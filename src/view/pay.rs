//! Paying, steps 3 and 4: the code with its countdown, and what became of the money.

use powerhall_api::{
    ChannelInfo, Collect, Deliver, Duty, LineAftermath, Order, OrderLine, ReceiptLine, RechargeState,
    ReconnectionState, WhatNow,
};
use powerhall_flow::{Finished, Kind, Origin, Pay, PayStage, Screen, group};
use slint::SharedString;

use super::account::grouped;
use super::{Scene, Shown, dates, remark, rows, whole_seconds};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut payment = ui::PayView::default();
    let mut result = ui::FinishedView::default();
    let shown = match &scene.state.screen {
        Screen::Pay(shown) => {
            payment = pay(scene, shown, api.get_pay());
            if let PayStage::Showing { ends, of, .. } = shown.stage {
                api.set_code_seconds(scene.seconds_until(ends));
                api.set_code_of(whole_seconds(of));
            }
            Some(Shown { page: ui::Screen::Pay, code: code_text(shown) })
        }
        Screen::Finished(shown) => {
            result = finished(scene, shown, api.get_finished());
            Some(Shown { page: ui::Screen::Finished, code: receipt_text(scene, &result) })
        }
        _ => None,
    };
    api.set_pay(payment);
    api.set_finished(result);
    shown
}

fn pay(scene: &Scene, pay: &Pay, old: ui::PayView) -> ui::PayView {
    let attempt = pay.known.as_ref().and_then(|order| order.attempt.as_ref());
    let channels = &scene.state.service.channels;
    let chosen = channels.iter().position(|channel| Some(channel) == pay.channel.as_ref());
    let mut view = ui::PayView {
        amount: scene.money(pay.amount),
        wallets: pay.channel.as_ref().map(|channel| wallets(scene, channel)).unwrap_or_default(),
        chosen: chosen.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1),
        extendable: attempt.is_some_and(|attempt| attempt.extendable),
        remark: ui::Remark { reference: reference(pay), ..remark(scene, pay.notice) },
        ..ui::PayView::default()
    };
    let rows = channels
        .iter()
        .map(|channel| ui::ChannelRow { name: scene.pick(&channel.name), wallets: wallets(scene, channel) });
    view.channels = rows::keep(old.channels, rows.collect());
    view.stage = match pay.stage {
        PayStage::ChooseChannel => ui::PayStage::ChooseChannel,
        PayStage::Recording { .. } | PayStage::Opening { .. } => ui::PayStage::Opening,
        PayStage::Showing { ends, extending, .. } => {
            view.hurry = ends.saturating_sub(scene.at) <= scene.fixed.settings.code_warning;
            view.extending = extending;
            ui::PayStage::Showing
        }
        PayStage::Closing { .. } => ui::PayStage::Closing,
        PayStage::Closed => ui::PayStage::Closed,
        PayStage::Failed => ui::PayStage::Failed,
    };
    view
}

/// What people say aloud about a payment that was resumed: nothing else of it is shown but its amount.
fn reference(pay: &Pay) -> SharedString {
    match (&pay.origin, &pay.known) {
        (Origin::Resumed, Some(order)) => order.reference.as_str().into(),
        (Origin::Resumed, None) | (Origin::Chosen(_), _) => SharedString::default(),
    }
}

/// The wallets that read a channel's code, as “A or B”; its own name where none is named.
fn wallets(scene: &Scene, channel: &ChannelInfo) -> SharedString {
    let names = channel.wallets.iter().map(|wallet| scene.pick(&wallet.name));
    let all = names.fold(SharedString::default(), |all, name| scene.words.invoke_either(all, name));
    if all.is_empty() { scene.pick(&channel.name) } else { all }
}

/// What the payment code says; empty where none is shown.
fn code_text(pay: &Pay) -> SharedString {
    let attempt = pay.known.as_ref().and_then(|order| order.attempt.as_ref());
    match pay.stage {
        PayStage::Showing { .. } => {
            attempt.and_then(|attempt| attempt.code.as_deref()).unwrap_or_default().into()
        }
        PayStage::ChooseChannel
        | PayStage::Recording { .. }
        | PayStage::Opening { .. }
        | PayStage::Closing { .. }
        | PayStage::Closed
        | PayStage::Failed => SharedString::default(),
    }
}

fn finished(scene: &Scene, finished: &Finished, old: ui::FinishedView) -> ui::FinishedView {
    let order = &finished.order;
    let several = order.lines.len() > 1;
    // Of several accounts each is told by itself.
    let line = order.lines.first().filter(|_| !several);
    let follows = line.and_then(|line| finished.follows(line.line));
    let mut view = ui::FinishedView {
        outcome: outcome(order),
        amount: scene.money(order.amount_fen),
        arrears: line.and_then(|line| line.arrears_fen).map(|fen| scene.money(fen)).unwrap_or_default(),
        credit: line.and_then(|line| line.credit_fen).map(|fen| scene.some_money(fen)).unwrap_or_default(),
        reference: order.reference.as_str().into(),
        ..ui::FinishedView::default()
    };
    view.follow = follows.map(follow).unwrap_or_default();
    if let Some(now) = follows.and_then(what_now) {
        view.why = scene.pick(&now.why);
        view.advice = scene.pick(&now.advice);
        view.place = scene.optional(now.place.as_ref());
    }
    let receipt = order.receipt.as_ref();
    let lines = order.lines.iter().filter(|_| several).map(|line| {
        let paid = receipt.and_then(|receipt| receipt.lines.iter().find(|paid| paid.line == line.line));
        ui::PaidRow {
            number: paid.map(|paid| paid_for(scene, paid)).unwrap_or_default(),
            amount: scene.money(line.amount_fen),
            outcome: outcome_of(order.collect, std::slice::from_ref(line)),
            follow: finished.follows(line.line).map(follow).unwrap_or_default(),
        }
    });
    view.rows = rows::keep(old.rows, lines.collect());
    let Some(receipt) = receipt else { return view };
    view.receipt = receipt.number.as_str().into();
    view.fees = !receipt.lines.is_empty() && receipt.lines.iter().all(|line| line.duty == Duty::Fees);
    view.account = match receipt.lines.as_slice() {
        // The fees of one application, and its number.
        [line, ..] if view.fees => group(Kind::Application, line.number_masked.reveal()).into(),
        [line] => grouped(&line.number_masked),
        lines => scene.words.invoke_accounts(i32::try_from(lines.len()).unwrap_or(i32::MAX)),
    };
    let day = scene.words.invoke_full_day(dates::day(&receipt.paid_at));
    view.paid_at = format!("{day} {}", dates::time(&receipt.paid_at)).into();
    view
}

/// What a line was for: the account, or the fee by its name.
fn paid_for(scene: &Scene, paid: &ReceiptLine) -> SharedString {
    paid.name.as_ref().map_or_else(|| grouped(&paid.number_masked), |name| scene.pick(name))
}

/// What follows from a line; a reconnection before a recharge, where ever both did.
fn follow(line: &LineAftermath) -> ui::Follow {
    match (&line.reconnection, &line.recharge) {
        (Some(reconnection), _) => match reconnection.state {
            ReconnectionState::NotEnough => ui::Follow::NotEnough,
            ReconnectionState::Asked => ui::Follow::ReconnectAsked,
            ReconnectionState::OnItsWay => ui::Follow::ReconnectOnItsWay,
            ReconnectionState::Done => ui::Follow::Reconnected,
            ReconnectionState::Failed => ui::Follow::ReconnectFailed,
            ReconnectionState::Unknown => ui::Follow::None,
        },
        (None, Some(recharge)) => match recharge.state {
            RechargeState::Asked => ui::Follow::RechargeAsked,
            RechargeState::Sent => ui::Follow::RechargeSent,
            RechargeState::AtMeter => ui::Follow::Recharged,
            RechargeState::Failed => ui::Follow::RechargeFailed,
            RechargeState::Unknown => ui::Follow::None,
        },
        (None, None) => ui::Follow::None,
    }
}

fn what_now(line: &LineAftermath) -> Option<&WhatNow> {
    let reconnection = line.reconnection.as_ref().and_then(|reconnection| reconnection.what_now.as_ref());
    reconnection.or_else(|| line.recharge.as_ref()?.what_now.as_ref())
}

/// What the receipt's code says; empty where there is no receipt yet.
fn receipt_text(scene: &Scene, view: &ui::FinishedView) -> SharedString {
    if view.receipt.is_empty() {
        return SharedString::default();
    }
    let words = |hall, number, account, amount, paid_at, reference| {
        if view.fees {
            scene.words.invoke_fee_receipt(hall, number, account, amount, paid_at, reference)
        } else {
            scene.words.invoke_receipt(hall, number, account, amount, paid_at, reference)
        }
    };
    words(
        scene.pick(&scene.fixed.hall_name),
        view.receipt.clone(),
        view.account.clone(),
        view.amount.clone(),
        view.paid_at.clone(),
        view.reference.clone(),
    )
}

/// What became of the money. What is not known for certain counts as under way.
///
/// Of several accounts each may end otherwise: while some are under way that is said, then that they differ.
fn outcome(order: &Order) -> ui::Outcome {
    let mut each = order.lines.iter().map(|line| outcome_of(order.collect, std::slice::from_ref(line)));
    let Some(first) = each.next() else { return outcome_of(order.collect, &order.lines) };
    match each.fold(first, |all, one| if all == one { all } else { ui::Outcome::Mixed }) {
        ui::Outcome::Mixed if order.lines.iter().any(|line| under_way(line.deliver)) => ui::Outcome::Posting,
        all => all,
    }
}

/// On its way to the account, as far as is known.
const fn under_way(deliver: Deliver) -> bool {
    match deliver {
        Deliver::None | Deliver::Posting | Deliver::Unknown => true,
        Deliver::Posted
        | Deliver::Rejected
        | Deliver::Refunding
        | Deliver::Refunded
        | Deliver::ManualReview => false,
    }
}

fn outcome_of(collect: Collect, lines: &[OrderLine]) -> ui::Outcome {
    if collect == Collect::ManualReview {
        return ui::Outcome::Review;
    }
    let any = |wanted: Deliver| lines.iter().any(|line| line.deliver == wanted);
    if any(Deliver::ManualReview) {
        ui::Outcome::Review
    } else if any(Deliver::Rejected) || any(Deliver::Refunding) {
        ui::Outcome::Refunding
    } else if any(Deliver::None) || any(Deliver::Posting) || any(Deliver::Unknown) {
        ui::Outcome::Posting
    } else if any(Deliver::Refunded) {
        ui::Outcome::Refunded
    } else if any(Deliver::Posted) {
        ui::Outcome::Posted
    } else {
        ui::Outcome::Posting
    }
}
