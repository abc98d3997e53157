//! What the hall publishes: home's tiles, the lists to choose from, and the sheets.

use powerhall_api::{ClosedReason, Part};
use powerhall_flow::{Gate, Information, Tile};
use slint::SharedString;

use super::{Scene, dates, rows};
use crate::ui;

pub(super) fn home(scene: &Scene, old: ui::HomeView) -> ui::HomeView {
    let tiles = scene.state.tiles();
    let shelves = tiles.iter().filter_map(|tile| match tile {
        Tile::Pay | Tile::Progress => None,
        Tile::Shelf(place) => {
            let shelf = scene.state.service.hall.shelves.get(*place)?;
            Some(ui::ShelfTile {
                name: scene.pick(&shelf.name),
                place: i32::try_from(*place).ok()?,
                guides: shelf.key == "guides",
            })
        }
    });
    ui::HomeView {
        pay: tiles.contains(&Tile::Pay),
        progress: tiles.contains(&Tile::Progress),
        shelves: rows::keep(old.shelves, shelves.collect()),
    }
}

pub(super) fn entries(scene: &Scene, shown: &Information, old: ui::EntriesView) -> ui::EntriesView {
    let (title, names): (_, Vec<_>) = match (shown.shelf(), shown.group()) {
        (_, Some(group)) => (Some(&group.name), group.sheets.iter().map(|sheet| &sheet.name).collect()),
        (Some(shelf), None) => (Some(&shelf.name), shelf.groups.iter().map(|group| &group.name).collect()),
        (None, None) => (None, shown.hall.shelves.iter().map(|shelf| &shelf.name).collect()),
    };
    ui::EntriesView {
        title: scene.optional(title),
        entries: rows::keep(old.entries, names.into_iter().map(|name| scene.pick(name)).collect()),
        as_of: as_of(scene, shown),
    }
}

pub(super) fn sheet(
    scene: &Scene,
    shown: &Information,
    sheet: &powerhall_api::Sheet,
    old: ui::SheetView,
) -> ui::SheetView {
    let lines = sheet.parts.iter().flat_map(|part| part_rows(scene, part)).collect();
    ui::SheetView {
        title: scene.pick(&sheet.name),
        rows: rows::keep(old.rows, lines),
        as_of: as_of(scene, shown),
    }
}

/// The heading stands beside the first sentence; facts have names of their own, and the heading above them.
fn part_rows(scene: &Scene, part: &Part) -> Vec<ui::SheetRow> {
    let heading = scene.pick(&part.heading);
    let mut rows = Vec::new();
    if part.lines.first().is_some_and(|line| line.name.is_some()) {
        rows.push(ui::SheetRow { head: heading.clone(), text: SharedString::default() });
    }
    for line in &part.lines {
        let head = match &line.name {
            Some(name) => scene.pick(name),
            None if rows.is_empty() => heading.clone(),
            None => SharedString::default(),
        };
        rows.push(ui::SheetRow { head, text: scene.pick(&line.text) });
    }
    rows
}

/// Of which day the copy is, where the backend that could have a newer one is away or has not answered yet.
fn as_of(scene: &Scene, shown: &Information) -> ui::Day {
    match scene.state.service.gate {
        Gate::Unknown | Gate::Closed(ClosedReason::Backend) => dates::day(&shown.hall.day),
        Gate::Open | Gate::Closed(_) => ui::Day::default(),
    }
}
