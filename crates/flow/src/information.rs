//! Information: what the hall publishes, to be read. A tile of home opens a shelf, a shelf shows its groups, a group its
//! sheets; where there is only one of them, it opens by itself.

use std::sync::Arc;

use powerhall_api::{Group, Hall, Sheet, Shelf};

use crate::{Effect, Ignored, Press, Screen, State, Trouble, step::Run};

/// What home offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// Pay a bill.
    Pay,
    /// How far is my application.
    Progress,
    /// A shelf, by its place in [`Hall::shelves`].
    Shelf(usize),
}

/// Where a reader is. It keeps what it was opened with, whatever the hall publishes meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Information {
    /// What was published when it was opened.
    pub hall: Arc<Hall>,
    /// The shelf; `None` shows all of them.
    pub shelf: Option<usize>,
    /// The group; `None` shows those of the shelf.
    pub group: Option<usize>,
    /// The sheet; `None` shows those of the group.
    pub sheet: Option<usize>,
}

impl Information {
    /// The shelf that is open.
    #[must_use]
    pub fn shelf(&self) -> Option<&Shelf> {
        self.hall.shelves.get(self.shelf?)
    }

    /// The group that is open.
    #[must_use]
    pub fn group(&self) -> Option<&Group> {
        self.shelf()?.groups.get(self.group?)
    }

    /// The sheet that is open.
    #[must_use]
    pub fn sheet(&self) -> Option<&Sheet> {
        self.group()?.sheets.get(self.sheet?)
    }

    fn all(hall: Arc<Hall>) -> Self {
        Self { hall, shelf: None, group: None, sheet: None }
    }

    /// Opens an entry of the list that is shown, and what is alone in it.
    fn open(&mut self, entry: usize) -> Result<(), Ignored> {
        let entries = match (self.shelf(), self.group(), self.sheet()) {
            (_, _, Some(_)) => return Err(Ignored::NotHere),
            (_, Some(group), None) => group.sheets.len(),
            (Some(shelf), None, None) => shelf.groups.len(),
            (None, None, None) => self.hall.shelves.len(),
        };
        if entry >= entries {
            return Err(Ignored::NotHere);
        }
        if self.shelf.is_none() {
            self.shelf = Some(entry);
        } else if self.group.is_none() {
            self.group = Some(entry);
        } else {
            self.sheet = Some(entry);
        }
        self.open_alone();
        Ok(())
    }

    fn open_alone(&mut self) {
        if self.group.is_none() && self.shelf().is_some_and(|shelf| shelf.groups.len() == 1) {
            self.group = Some(0);
        }
        if self.sheet.is_none() && self.group().is_some_and(|group| group.sheets.len() == 1) {
            self.sheet = Some(0);
        }
    }

    /// One step back, past what opened by itself; false where that leaves the information.
    fn close(&mut self, large: bool) -> bool {
        if self.sheet.take().is_some() && self.group().is_some_and(|group| group.sheets.len() > 1) {
            return true;
        }
        if self.group.take().is_some() && self.shelf().is_some_and(|shelf| shelf.groups.len() > 1) {
            return true;
        }
        self.shelf.take().is_some() && large
    }
}

impl State {
    /// What home offers, in order. Before the backend has said it once, the two that need no data from it.
    #[must_use]
    pub fn tiles(&self) -> Vec<Tile> {
        let hall = &self.service.hall;
        if hall.tiles.is_empty() {
            return vec![Tile::Pay, Tile::Progress];
        }
        let tile = |key: &String| match key.as_str() {
            "pay" => Some(Tile::Pay),
            "progress" => Some(Tile::Progress),
            key => hall.shelves.iter().position(|shelf| shelf.key == key).map(Tile::Shelf),
        };
        hall.tiles.iter().filter_map(tile).collect()
    }
}

impl Run<'_> {
    /// The backend publishes another edition than this kiosk has.
    pub(crate) fn edition_is(&mut self, edition: &str) {
        let service = &mut self.state.service;
        if !edition.is_empty() && edition != service.hall.edition && !service.reading_hall {
            service.reading_hall = true;
            self.effect(Effect::ReadHall);
        }
    }

    pub(crate) fn hall_read(&mut self, answer: Result<Hall, Trouble>) {
        self.state.service.reading_hall = false;
        // What could not be read is asked for again by the next check-in; until then the last copy stays.
        if let Ok(hall) = answer {
            self.state.service.hall = Arc::new(hall);
        }
    }

    pub(crate) fn open_shelf(&mut self, shelf: usize) {
        let mut information = Information::all(Arc::clone(&self.state.service.hall));
        match information.open(shelf) {
            Ok(()) => self.state.screen = Screen::Information(information),
            Err(why) => self.ignore(why),
        }
    }

    pub(crate) fn open_all_shelves(&mut self) {
        let hall = Arc::clone(&self.state.service.hall);
        if hall.shelves.is_empty() {
            return self.ignore(Ignored::NotHere);
        }
        self.state.screen = Screen::Information(Information::all(hall));
    }

    pub(crate) fn press_on_information(&mut self, press: Press) {
        let from_all = self.state.ways.text_size == crate::TextSize::Large;
        let Screen::Information(information) = &mut self.state.screen else { return };
        match press {
            Press::Back => {
                if !information.close(from_all) {
                    self.go_home();
                }
            }
            Press::Entry(entry) => {
                if let Err(why) = information.open(entry) {
                    self.ignore(why);
                }
            }
            _ => self.ignore(Ignored::NotHere),
        }
    }
}
