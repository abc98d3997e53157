//! Progress: the list of applications, and the timeline.

use powerhall_api::{Application, Contact, Move, Plan, PlanState, Stage, StageState, Text};
use powerhall_flow::{AskCallBack, Kind, Progress, Screen, group};
use slint::{ModelRc, SharedString};

use super::account::reveal;
use super::{Scene, Shown, dates, fees, remark, rows};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut list = ModelRc::default();
    let mut timeline = ui::ProgressView::default();
    let mut asking = ui::CallBackView::default();
    let page = match &scene.state.screen {
        Screen::Progress(shown) => {
            let found = &shown.found.applications;
            Some(match shown.shown.and_then(|at| found.get(at)) {
                Some(one) => {
                    timeline = application(scene, one, api.get_progress());
                    ui::Screen::Progress
                }
                None => {
                    list = rows::keep(api.get_applications(), application_rows(scene, found));
                    ui::Screen::Applications
                }
            })
        }
        Screen::CallBack(shown) => {
            asking = call_back(scene, shown);
            Some(ui::Screen::CallBack)
        }
        _ => None,
    };
    api.set_call_back(asking);
    api.set_applications(list);
    api.set_progress(timeline);
    page.map(Shown::from)
}

fn application_rows(scene: &Scene, applications: &[Application]) -> Vec<ui::ApplicationRow> {
    let row = |one: &Application| ui::ApplicationRow {
        service: scene.pick(&one.service),
        number: group(Kind::Application, one.number_masked.reveal()).into(),
        accepted: dates::day(&one.accepted),
        turn: turn(one.waiting_for),
        now: scene.pick(&one.now),
    };
    applications.iter().map(row).collect()
}

fn application(scene: &Scene, one: &Application, old: ui::ProgressView) -> ui::ProgressView {
    let stages = one.stages.iter().map(|stage| stage_row(scene, stage)).collect();
    let things = one.bring.iter().map(|thing| scene.pick(thing));
    ui::ProgressView {
        service: scene.pick(&one.service),
        number: group(Kind::Application, one.number_masked.reveal()).into(),
        applicant: reveal(&one.applicant_masked),
        summary: scene.pick(&one.summary),
        accepted: dates::day(&one.accepted),
        turn: turn(one.waiting_for),
        now: scene.pick(&one.now),
        bring: things.fold(SharedString::default(), |all, thing| scene.words.invoke_also(all, thing)),
        place: scene.optional(one.place.as_ref()),
        promised: one.promised.as_deref().map(dates::day).unwrap_or_default(),
        has_days: one.working_days_left.is_some(),
        days_left: one.working_days_left.unwrap_or(0),
        stages: rows::keep(old.stages, stages),
        plan: one.plan.as_ref().map_or(ui::Plan::None, |plan| plan_state(plan.state)),
        plan_until: one.plan.as_ref().map(|plan| dates::day(&plan.valid_until)).unwrap_or_default(),
        due: scene.some_money(one.due_fen),
        refund: fees::going_back(scene, one),
        more: !details(scene, one).is_empty(),
    }
}

/// The sheet of what stands beside the progress. It names nobody and no number, so it may be read aloud.
pub(super) fn sheet(scene: &Scene, shown: &Progress, old: ui::SheetView) -> ui::SheetView {
    let Some(one) = shown.application() else { return ui::SheetView::default() };
    ui::SheetView {
        kind: ui::SheetKind::Application,
        title: scene.pick(&one.service),
        rows: rows::whole(old.rows, details(scene, one)),
        next: shown.rings().is_some() && shown.call_back().is_none(),
        ..ui::SheetView::default()
    }
}

/// What is the customer's money comes first, then whom to ask.
fn details(scene: &Scene, one: &Application) -> Vec<ui::SheetRow> {
    let head = |detail| scene.words.invoke_detail(detail);
    let mut rows = Vec::new();
    for refund in &one.refunds {
        fees::refund_rows(scene, refund, &mut rows);
    }
    // What follows is of the application again, not of the fee.
    if !one.refunds.is_empty() && (one.contact.is_some() || one.promise.is_some() || one.plan.is_some()) {
        rows.push(rows::heading(scene.pick(&one.service)));
    }
    if let Some(contact) = &one.contact {
        rows.push(rows::opening(head(ui::Detail::Contact), scene.pick(&contact.role)));
        if let Some(text) = call_back_text(scene, contact) {
            rows.push(rows::line(head(ui::Detail::CallBack), text));
        }
    }
    if let Some(promise) = &one.promise {
        rows.push(rows::opening(head(ui::Detail::Promise), scene.pick(promise)));
        basis_rows(scene, &one.promise_basis, &mut rows);
    }
    if let Some(plan) = &one.plan {
        plan_rows(scene, plan, &mut rows);
    }
    rows
}

fn plan_rows(scene: &Scene, plan: &Plan, rows: &mut Vec<ui::SheetRow>) {
    let (state, words) = (plan_state(plan.state), &scene.words);
    let head = words.invoke_detail(ui::Detail::Plan);
    rows.push(rows::opening(head, words.invoke_plan(state, dates::day(&plan.valid_until))));
    let advice = words.invoke_plan_advice(state, dates::day(&plan.extend_by));
    rows.push(rows::line(SharedString::default(), advice));
    basis_rows(scene, &plan.basis, rows);
}

/// On what the entry above is based, the first sentence beside the name of it.
fn basis_rows(scene: &Scene, basis: &[Text], rows: &mut Vec<ui::SheetRow>) {
    let mut head = scene.words.invoke_detail(ui::Detail::Basis);
    for text in basis {
        rows.push(rows::line(std::mem::take(&mut head), scene.pick(text)));
    }
}

/// What is known of a call back; nothing while it can be asked for.
fn call_back_text(scene: &Scene, contact: &Contact) -> Option<SharedString> {
    match (&contact.call_back, &contact.phone_masked) {
        (Some(call), _) => {
            Some(scene.words.invoke_called_back(dates::day(&call.asked), dates::day(&call.ring_by)))
        }
        (None, None) => Some(scene.words.invoke_no_phone()),
        (None, Some(_)) => None,
    }
}

fn call_back(scene: &Scene, shown: &AskCallBack) -> ui::CallBackView {
    let Some(contact) = shown.progress.rings() else { return ui::CallBackView::default() };
    let asked = shown.progress.call_back();
    ui::CallBackView {
        role: scene.pick(&contact.role),
        phone: contact.phone_masked.as_ref().map(reveal).unwrap_or_default(),
        ring_by: dates::day(asked.map_or(&contact.ring_by, |call| &call.ring_by)),
        asked: asked.is_some(),
        busy: shown.waiting.is_some(),
        remark: remark(scene, shown.notice),
    }
}

const fn plan_state(state: PlanState) -> ui::Plan {
    match state {
        PlanState::Holds => ui::Plan::Holds,
        PlanState::Ending => ui::Plan::Ending,
        PlanState::TooLate => ui::Plan::TooLate,
        PlanState::Over => ui::Plan::Over,
    }
}

fn stage_row(scene: &Scene, stage: &Stage) -> ui::StageRow {
    ui::StageRow {
        name: scene.pick(&stage.name),
        state: match stage.state {
            StageState::Done => ui::StageState::Done,
            StageState::Current => ui::StageState::Current,
            StageState::Later => ui::StageState::Later,
        },
        date: stage.date.as_deref().map(dates::day).unwrap_or_default(),
        note: scene.optional(stage.note.as_ref()),
    }
}

const fn turn(waiting_for: Move) -> ui::Turn {
    match waiting_for {
        Move::Company => ui::Turn::Company,
        Move::Customer => ui::Turn::Customer,
        Move::Nobody => ui::Turn::Nobody,
    }
}
