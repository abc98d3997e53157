//! The fees of an application: those that are due, each with its arithmetic and legal basis, and those that go back.

use powerhall_api::{Application, FeeRefund, FeeRefundState, QuoteLine};
use powerhall_flow::Fees;
use powerhall_money::Fen;
use slint::SharedString;

use super::{Scene, dates, remark, rows};
use crate::ui;

pub(super) fn sheet(scene: &Scene, fees: &Fees, old: ui::SheetView) -> ui::SheetView {
    let service = fees.progress.application().map(|one| &one.service);
    let lines = fees.due().flat_map(|line| due_rows(scene, line)).collect();
    let ready = fees.quote.is_some();
    ui::SheetView {
        kind: ui::SheetKind::Fees,
        title: scene.optional(service),
        rows: rows::whole(old.rows, lines),
        // What is due is paid; an answer that did not come is asked for again.
        next: fees.amount().is_positive() || !ready,
        total: scene.some_money(fees.amount()),
        ready,
        busy: fees.waiting.is_some(),
        remark: remark(scene, fees.notice),
        ..ui::SheetView::default()
    }
}

/// The fee's name above what is counted, then what it comes to and on what it is based.
fn due_rows(scene: &Scene, line: &QuoteLine) -> Vec<ui::SheetRow> {
    let Some(fee) = &line.fee else { return Vec::new() };
    let head = |detail| scene.words.invoke_detail(detail);
    let mut all = vec![rows::heading(scene.pick(&fee.name))];
    all.extend(
        fee.rows.iter().map(|one| rows::line(scene.optional(one.name.as_ref()), scene.pick(&one.text))),
    );
    all.push(rows::line(head(ui::Detail::Total), scene.money(line.total_fen)));
    all.push(rows::line(head(ui::Detail::Basis), scene.pick(&fee.basis)));
    all
}

/// What goes back and has not gone yet, in all; nothing where there is none.
pub(super) fn going_back(scene: &Scene, one: &Application) -> SharedString {
    let open = one.refunds.iter().filter(|refund| refund.state != FeeRefundState::Done);
    scene.some_money(Fen::sum(open.map(|refund| refund.amount_fen)).unwrap_or(Fen::ZERO))
}

/// A fee that goes back: how far that is, why, and what to bring where.
pub(super) fn refund_rows(scene: &Scene, refund: &FeeRefund, rows: &mut Vec<ui::SheetRow>) {
    let head = |detail| scene.words.invoke_detail(detail);
    let since = refund.since.as_deref().map(dates::day).unwrap_or_default();
    let state = match refund.state {
        FeeRefundState::Open => ui::RefundState::Open,
        FeeRefundState::Asked => ui::RefundState::Asked,
        FeeRefundState::Granted => ui::RefundState::Granted,
        FeeRefundState::Done => ui::RefundState::Done,
        FeeRefundState::Unknown => ui::RefundState::Other,
    };
    rows.push(rows::heading(scene.pick(&refund.name)));
    let told = scene.words.invoke_refund(state, scene.money(refund.amount_fen), since);
    rows.push(rows::line(head(ui::Detail::State), told));
    rows.push(rows::line(head(ui::Detail::Why), scene.pick(&refund.why)));
    let mut bring = head(ui::Detail::Bring);
    for thing in &refund.bring {
        rows.push(rows::line(std::mem::take(&mut bring), scene.pick(thing)));
    }
    if let Some(place) = &refund.place {
        rows.push(rows::line(head(ui::Detail::Place), scene.pick(place)));
    }
}
