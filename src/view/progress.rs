//! Progress: finding an application, the list, and the timeline.

use powerhall_api::{Application, Move, Stage, StageState};
use powerhall_flow::{FindApplication, Screen, WayToFind};
use slint::{ModelRc, SharedString};

use super::account::{grouped, reveal};
use super::{Scene, Shown, dates, remark, rows};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut find_application = ui::FindApplicationView::default();
    let mut list = ModelRc::default();
    let mut timeline = ui::ProgressView::default();
    let page = match &scene.state.screen {
        Screen::FindApplication(shown) => {
            find_application = find(scene, shown);
            Some(ui::Screen::FindApplication)
        }
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
        _ => None,
    };
    api.set_find_application(find_application);
    api.set_applications(list);
    api.set_progress(timeline);
    page.map(Shown::from)
}

fn find(scene: &Scene, find: &FindApplication) -> ui::FindApplicationView {
    let typed = |text: &powerhall_api::Personal| !text.reveal().is_empty();
    ui::FindApplicationView {
        by_phone: find.way == WayToFind::AccountAndPhone,
        number: fours(find.number.reveal()),
        account: grouped(&find.account),
        phone: reveal(&find.phone),
        at_phone: find.at_phone,
        ready: match find.way {
            WayToFind::Number => typed(&find.number),
            WayToFind::AccountAndPhone => typed(&find.account) || typed(&find.phone),
        },
        busy: find.waiting.is_some(),
        remark: remark(scene, find.notice),
    }
}

fn application_rows(scene: &Scene, applications: &[Application]) -> Vec<ui::ApplicationRow> {
    let row = |one: &Application| ui::ApplicationRow {
        service: scene.pick(&one.service),
        number: fours(one.number_masked.reveal()),
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
        number: fours(one.number_masked.reveal()),
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
        promise: scene.optional(one.promise.as_ref()),
        stages: rows::keep(old.stages, stages),
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

/// An application number in groups of four.
fn fours(number: &str) -> SharedString {
    let mut text = String::with_capacity(number.len() + 4);
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text.into()
}
