//! What the hall publishes: home's tiles, the lists to choose from, the sheets, and what to bring.

use std::collections::BTreeSet;

use powerhall_api::{Checklist, ClosedReason, Errand, Hall, Part, Sheet};
use powerhall_flow::{Gate, Information, Journey, Screen, Tile};
use slint::{Model, SharedString};

use super::payments::{self, Lent};
use super::{Scene, Shown, dates, fees, progress, published, rows};
use crate::ui::{self, Api};

pub(super) fn show_home(api: &Api, scene: &Scene) -> Option<Shown> {
    let is_home = scene.state.screen == Screen::Home;
    api.set_home(if is_home { home(scene, api.get_home()) } else { ui::HomeView::default() });
    is_home.then(|| ui::Screen::Home.into())
}

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut list = ui::EntriesView::default();
    let mut read = ui::SheetView::default();
    let mut errands = ui::ChecklistView::default();
    let shown = match &scene.state.screen {
        Screen::Information(shown) => Some(match (shown.checklist(), shown.errand(), shown.sheet()) {
            (Some((items, ticked)), Some(errand), Some(of)) => {
                errands = checklist(scene, of, items, ticked, api.get_checklist());
                Shown { page: ui::Screen::Checklist, code: list_text(scene, &errands, errand) }
            }
            (None, None, Some(one)) => {
                read = sheet(scene, shown, one, api.get_sheet());
                ui::Screen::Sheet.into()
            }
            (..) => {
                list = entries(scene, shown, api.get_entries());
                ui::Screen::Entries.into()
            }
        }),
        Screen::Fees(fees) => {
            read = fees::sheet(scene, fees, api.get_sheet());
            Some(ui::Screen::Sheet.into())
        }
        Screen::Application(details) => {
            read = progress::sheet(scene, &details.progress, api.get_sheet());
            Some(ui::Screen::Sheet.into())
        }
        _ => match payments::lent(api, scene) {
            Some(Lent::Entries(view)) => {
                list = view;
                Some(ui::Screen::Entries.into())
            }
            Some(Lent::Sheet(view)) => {
                read = view;
                Some(ui::Screen::Sheet.into())
            }
            None => published::reading(api, scene).map(|(reading, page)| {
                list = reading.entries;
                read = reading.sheet;
                page.into()
            }),
        },
    };
    api.set_entries(list);
    api.set_sheet(read);
    api.set_checklist(errands);
    shown
}

/// How the interface calls a journey.
const fn service(journey: Journey) -> ui::Service {
    match journey {
        Journey::Pay => ui::Service::Pay,
        Journey::Bills => ui::Service::Bills,
        Journey::Recharge => ui::Service::Recharge,
        Journey::Progress => ui::Service::Progress,
        Journey::Payments => ui::Service::Payments,
    }
}

/// The journey that was touched; none where it is a shelf.
pub fn journey(touched: ui::Service) -> Option<Journey> {
    Journey::ALL.into_iter().find(|journey| service(*journey) == touched)
}

fn journey_name(scene: &Scene, journey: Journey) -> SharedString {
    scene.words.invoke_service(service(journey))
}

fn home(scene: &Scene, old: ui::HomeView) -> ui::HomeView {
    let shelves = &scene.state.service.hall.shelves;
    let tile = |tile: &Tile| match tile {
        Tile::Journey(journey) => {
            Some(ui::HomeTile { service: service(*journey), name: journey_name(scene, *journey), place: 0 })
        }
        Tile::Shelf(place) => {
            let shelf = shelves.get(*place)?;
            let service = if shelf.key == "guides" { ui::Service::Guides } else { ui::Service::Reading };
            Some(ui::HomeTile { service, name: scene.pick(&shelf.name), place: i32::try_from(*place).ok()? })
        }
    };
    let tiles = scene.state.tiles();
    let (large, small): (Vec<_>, Vec<_>) =
        tiles.iter().filter_map(tile).partition(|tile| journey(tile.service).is_some_and(Journey::is_large));
    ui::HomeView {
        // What large text puts behind “more” is what can be read.
        more: !shelves.is_empty(),
        large: rows::keep(old.large, large),
        small: rows::keep(old.small, small),
        coming: published::coming(scene),
    }
}

fn entries(scene: &Scene, shown: &Information, old: ui::EntriesView) -> ui::EntriesView {
    let applicants = shown.errand().map(|errand| errand.lists.iter().map(|list| &list.applicant));
    let (title, names): (_, Vec<_>) = match (shown.shelf(), shown.group()) {
        (Some(_) | None, Some(_)) if let Some(applicants) = applicants => {
            (shown.sheet().map(|sheet| &sheet.name), applicants.collect())
        }
        (_, Some(group)) => (Some(&group.name), group.sheets.iter().map(|sheet| &sheet.name).collect()),
        (Some(shelf), None) => (Some(&shelf.name), shelf.groups.iter().map(|group| &group.name).collect()),
        (None, None) => (None, shown.hall.shelves.iter().map(|shelf| &shelf.name).collect()),
    };
    let names = names.into_iter().map(|name| scene.pick(name));
    let further = shown.further().into_iter().map(|journey| journey_name(scene, journey));
    ui::EntriesView {
        title: scene.optional(title),
        listed: if shown.errand().is_some() { ui::Listed::Applicants } else { ui::Listed::Reading },
        entries: rows::keep(old.entries, names.chain(further).map(rows::entry).collect()),
        as_of: as_of(scene, &shown.hall),
        ..ui::EntriesView::default()
    }
}

fn sheet(scene: &Scene, shown: &Information, sheet: &Sheet, old: ui::SheetView) -> ui::SheetView {
    let lines = sheet.parts.iter().flat_map(|part| part_rows(scene, part)).collect();
    let reckons =
        sheet.tariff.as_ref().is_some_and(|key| shown.hall.tariffs.iter().any(|one| one.key == *key));
    ui::SheetView {
        title: scene.pick(&sheet.name),
        rows: rows::whole(old.rows, lines),
        kind: if reckons { ui::SheetKind::Tariff } else { ui::SheetKind::Hall },
        as_of: as_of(scene, &shown.hall),
        next: reckons || sheet.errand.is_some(),
        ..ui::SheetView::default()
    }
}

/// The heading stands beside the first sentence; facts have names of their own, and the heading above them.
pub(super) fn part_rows(scene: &Scene, part: &Part) -> Vec<ui::SheetRow> {
    let heading = scene.pick(&part.heading);
    let mut rows = Vec::new();
    if part.lines.first().is_some_and(|line| line.name.is_some()) {
        rows.push(rows::heading(heading.clone()));
    }
    for line in &part.lines {
        rows.push(match &line.name {
            Some(name) => rows::line(scene.pick(name), scene.pick(&line.text)),
            None if rows.is_empty() => rows::opening(heading.clone(), scene.pick(&line.text)),
            None => rows::line(SharedString::default(), scene.pick(&line.text)),
        });
    }
    rows
}

/// Of which day the copy is, where the backend that could have a newer one is away or has not answered yet.
pub(super) fn as_of(scene: &Scene, hall: &Hall) -> ui::Day {
    match scene.state.service.gate {
        Gate::Unknown | Gate::Closed(ClosedReason::Backend) => dates::day(&hall.day),
        Gate::Open | Gate::Closed(_) => ui::Day::default(),
    }
}

fn checklist(
    scene: &Scene,
    sheet: &Sheet,
    list: &Checklist,
    ticked: &BTreeSet<usize>,
    old: ui::ChecklistView,
) -> ui::ChecklistView {
    let item = |(at, name)| ui::ItemRow { name: scene.pick(name), ticked: ticked.contains(&at) };
    ui::ChecklistView {
        title: scene.pick(&sheet.name),
        applicant: scene.pick(&list.applicant),
        items: rows::keep(old.items, list.items.iter().enumerate().map(item).collect()),
    }
}

/// The list as it stands on a phone: what it is for, what is ticked and what is not, what else to know, and whom to ask.
fn list_text(scene: &Scene, view: &ui::ChecklistView, errand: &Errand) -> SharedString {
    let mut lines = vec![view.title.to_string(), view.applicant.to_string()];
    lines.extend(
        view.items.iter().map(|item| format!("{} {}", if item.ticked { "☑" } else { "☐" }, item.name)),
    );
    lines.extend(errand.facts.iter().map(|fact| {
        let text = scene.pick(&fact.text);
        fact.name.as_ref().map_or_else(
            || text.to_string(),
            |name| scene.words.invoke_named(scene.pick(name), text.clone()).to_string(),
        )
    }));
    lines.push(format!("{} {}", scene.pick(&scene.fixed.hall_name), scene.fixed.hotline));
    lines.join("\n").into()
}
