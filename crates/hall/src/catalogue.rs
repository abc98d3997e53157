//! What home offers and what can be read (`catalogue.toml`): the tiles in order, the shelves with their groups of sheets,
//! and what is shown while nobody is there. A sheet is named by its file: `guides/close`, `tariffs/resident_step`,
//! `notices/cash`, `promises`, `late_fees`; the [`TOOLS`] by themselves. One backend serves one hall, so there is one of each.

use std::path::Path;

use jiff::civil::{DateTime, Time};
use powerhall_api::Attract;

use crate::Calendar;
use crate::read::{self, Mistakes, Node};

/// A service that is more than reading; every other tile of home is a shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Journey {
    /// Pay a bill.
    Pay,
    /// What was billed.
    Bills,
    /// Recharge a meter that is paid for in advance.
    Recharge,
    /// How far is my application.
    Progress,
    /// Receipts and invoices.
    Payments,
}

impl Journey {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pay, Self::Bills, Self::Recharge, Self::Progress, Self::Payments];

    /// How the catalogue names it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Bills => "bills",
            Self::Recharge => "recharge",
            Self::Progress => "progress",
            Self::Payments => "payments",
        }
    }

    /// The journey of a name.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|journey| journey.key() == key)
    }

    /// What most customers come for: large on home, and on home in large text too.
    #[must_use]
    pub const fn is_large(self) -> bool {
        matches!(self, Self::Pay | Self::Progress)
    }
}

/// Where sheets come from, besides [`FILES`].
const FOLDERS: [&str; 4] = ["guides", "tariffs", "fees", "notices"];
/// What is a sheet by itself.
const FILES: [&str; 2] = ["promises", "late_fees"];
/// What stands among the sheets and is more than reading.
pub const TOOLS: [&str; 2] = ["calculator", "outages"];
/// From which of them slides are made, besides `promises`: what says something in a sentence or a number.
const SLIDES: [&str; 2] = ["tariffs", "notices"];

const FILE: &str = "catalogue.toml";

/// What is offered, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// The tiles of home in order: a [`Journey`], or the key of a shelf. Each once.
    pub tiles: Vec<String>,
    /// When tiles are offered that are not always; at most one for each.
    pub hours: Vec<Hours>,
    /// The shelves.
    pub shelves: Vec<Shelf>,
    /// What is shown while nobody is there; none where nothing is.
    pub attract: Option<Slides>,
}

/// When a tile is offered: from a time of the day until before another, Beijing time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The tile.
    pub tile: String,
    /// From then on.
    pub from: Time,
    /// Until before then, later on the same day.
    pub until: Time,
    /// On working days alone.
    pub working_days: bool,
}

impl Hours {
    /// Whether the tile is offered at that time.
    #[must_use]
    pub fn hold(&self, now: DateTime, calendar: &Calendar) -> bool {
        (self.from..self.until).contains(&now.time())
            && (!self.working_days || calendar.is_working_day(now.date()))
    }
}

/// What is shown by turns while nobody is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slides {
    /// How long each stays, in seconds: 10 to 120.
    pub seconds: u32,
    /// The languages, each for a whole round. Empty: the kiosk's first.
    pub languages: Vec<String>,
    /// From which sheets they are made, in order; at least one.
    pub sheets: Vec<String>,
}

/// A shelf. Its name for people is the text `shelf.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Its name in data.
    pub key: String,
    /// Its groups, at least one.
    pub groups: Vec<Group>,
}

/// Sheets that belong together. Their name for people is the text `group.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name in data.
    pub key: String,
    /// The sheets in order, by their files; at least one.
    pub sheets: Vec<String>,
}

impl Catalogue {
    /// The tiles of home at that time, in order.
    #[must_use]
    pub fn tiles_at(&self, now: DateTime, calendar: &Calendar) -> Vec<String> {
        let offered = |tile: &&String| {
            self.hours.iter().filter(|hours| hours.tile == **tile).all(|hours| hours.hold(now, calendar))
        };
        self.tiles.iter().filter(offered).cloned().collect()
    }

    /// Every sheet that is offered.
    pub fn sheets(&self) -> impl Iterator<Item = &String> {
        self.shelves.iter().flat_map(|shelf| &shelf.groups).flat_map(|group| &group.sheets)
    }

    /// Every text that the catalogue needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let shelves = self.shelves.iter().map(|shelf| format!("shelf.{}", shelf.key));
        let groups = self.shelves.iter().flat_map(|shelf| &shelf.groups);
        shelves.chain(groups.map(|group| format!("group.{}", group.key))).collect()
    }
}

/// Reads the catalogue. Every sheet is a file of the hall, and every tile a journey or a shelf.
pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Option<Catalogue> {
    let table = read::file(root, FILE, mistakes)?;
    let mut node = Node::root(FILE, &table);
    let tiles = node.some_texts("tiles", mistakes);
    let shelves: Vec<_> = node
        .tables("shelves", 0, mistakes)
        .into_iter()
        .filter_map(|shelf| read_shelf(shelf, root, mistakes))
        .collect();
    for (i, tile) in tiles.iter().enumerate() {
        let keys: Vec<_> = Journey::ALL
            .map(Journey::key)
            .into_iter()
            .chain(shelves.iter().map(|shelf| shelf.key.as_str()))
            .collect();
        if !keys.contains(&tile.as_str()) || tiles[..i].contains(tile) {
            node.wrong("tiles", tile, format!("each of these at most once: {}", keys.join(", ")), mistakes);
        }
    }
    let mut hours: Vec<Hours> = Vec::new();
    for mut table in node.tables("hours", 0, mistakes) {
        let Some(read) = read_hours(&mut table, mistakes) else { continue };
        if !tiles.contains(&read.tile) || hours.iter().any(|other| other.tile == read.tile) {
            table.wrong(
                "tile",
                &read.tile,
                format!("each of these at most once: {}", tiles.join(", ")),
                mistakes,
            );
        }
        table.finish(mistakes);
        hours.push(read);
    }
    let attract =
        node.maybe_table("attract", mistakes).and_then(|slides| read_slides(slides, root, mistakes));
    node.finish(mistakes);
    Some(Catalogue { tiles, hours, shelves, attract })
}

fn read_hours(node: &mut Node<'_>, mistakes: &mut Mistakes) -> Option<Hours> {
    let tile = node.text("tile", mistakes);
    let from = node.time("from", mistakes);
    let until = node.time("until", mistakes);
    let working_days = node.flag("working_days", mistakes);
    let hours = Hours { tile: tile?, from: from?, until: until?, working_days };
    if hours.until <= hours.from {
        node.wrong("until", hours.until, format!("later than {}", hours.from), mistakes);
    }
    Some(hours)
}

fn read_slides(mut node: Node<'_>, root: &Path, mistakes: &mut Mistakes) -> Option<Slides> {
    let seconds = node.whole("seconds", i64::from(Attract::LEAST_SECONDS)..=120, mistakes);
    let languages = node.texts("languages", mistakes);
    for language in &languages {
        if language.contains(['/', '.']) || !root.join(format!("texts/{language}.toml")).exists() {
            node.wrong("languages", language, "languages that have a file in texts/", mistakes);
        }
    }
    let sheets = node.some_texts("sheets", mistakes);
    for sheet in sheets.iter().filter(|sheet| !is_one_of(root, sheet, &SLIDES, &["promises"])) {
        node.wrong("sheets", sheet, "a file of tariffs/ or notices/, or promises", mistakes);
    }
    node.finish(mistakes);
    Some(Slides { seconds: u32::try_from(seconds?).ok()?, languages, sheets })
}

fn read_shelf(mut node: Node<'_>, root: &Path, mistakes: &mut Mistakes) -> Option<Shelf> {
    let key = node.text("key", mistakes);
    let groups = node
        .tables("groups", 1, mistakes)
        .into_iter()
        .filter_map(|group| read_group(group, root, mistakes))
        .collect();
    node.finish(mistakes);
    Some(Shelf { key: key?, groups })
}

fn read_group(mut node: Node<'_>, root: &Path, mistakes: &mut Mistakes) -> Option<Group> {
    let key = node.text("key", mistakes);
    let sheets = node.some_texts("sheets", mistakes);
    // A file that is there but could not be read has been named already.
    for sheet in sheets.iter().filter(|sheet| !is_a_sheet(root, sheet)) {
        let allowed =
            "a file of guides/, tariffs/, fees/ or notices/, or promises, late_fees, calculator, outages";
        node.wrong("sheets", sheet, allowed, mistakes);
    }
    node.finish(mistakes);
    Some(Group { key: key?, sheets })
}

fn is_a_sheet(root: &Path, name: &str) -> bool {
    TOOLS.contains(&name) || is_one_of(root, name, &FOLDERS, &FILES)
}

fn is_one_of(root: &Path, name: &str, folders: &[&str], files: &[&str]) -> bool {
    let in_folder = |(folder, key): (&str, &str)| folders.contains(&folder) && !key.contains(['/', '.']);
    let file = root.join(format!("{name}.toml"));
    (files.contains(&name) || name.split_once('/').is_some_and(in_folder)) && file.exists()
}
