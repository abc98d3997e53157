//! Information: what the hall publishes, to be read. A tile of home opens a shelf, a shelf shows its groups, a group its
//! sheets; where there is only one of them, it opens by itself. From a guide, its list of what to bring is taken along.

use std::collections::BTreeSet;
use std::sync::Arc;

use powerhall_api::{Checklist, Errand, Group, Hall, Place, Sheet, Shelf, Tool};

use crate::home::AtHome;
use crate::page::Page;
use crate::{Effect, Ignored, Journey, Press, Screen, State, TextSize, Trouble, step::Run};

/// What home offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// More than reading.
    Journey(Journey),
    /// A shelf, by its place in [`Hall::shelves`].
    Shelf(usize),
}

impl Tile {
    /// What needs no data from the backend.
    const ALWAYS: [Self; 2] = [Self::Journey(Journey::Pay), Self::Journey(Journey::Progress)];
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
    /// The sheet's list of what to bring, over the sheet.
    pub bringing: Option<Bringing>,
}

/// What to bring, being ticked off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bringing {
    /// Who applies; `None` asks, where there are several.
    pub applicant: Option<usize>,
    /// What is at hand already.
    pub ticked: BTreeSet<usize>,
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

    /// What the open sheet says is to be brought, while that is open.
    #[must_use]
    pub fn errand(&self) -> Option<&Errand> {
        self.bringing.as_ref()?;
        self.sheet()?.errand.as_ref()
    }

    /// The list that is open, with what of it is ticked.
    #[must_use]
    pub fn checklist(&self) -> Option<(&Checklist, &BTreeSet<usize>)> {
        let bringing = self.bringing.as_ref()?;
        let list = self.errand()?.lists.get(bringing.applicant?)?;
        Some((list, &bringing.ticked))
    }

    /// Where all shelves are shown: the journeys behind them, for which large text has no room on home.
    #[must_use]
    pub fn further(&self) -> Vec<Journey> {
        let tiles = if self.shelf.is_none() { tiles(&self.hall) } else { Vec::new() };
        let small = |tile| match tile {
            Tile::Journey(journey) => (!journey.is_large()).then_some(journey),
            Tile::Shelf(_) => None,
        };
        tiles.into_iter().filter_map(small).collect()
    }

    fn journey(&self, entry: usize) -> Option<Journey> {
        self.further().get(entry.checked_sub(self.hall.shelves.len())?).copied()
    }

    fn all(hall: Arc<Hall>) -> Self {
        Self { hall, shelf: None, group: None, sheet: None, bringing: None }
    }

    /// Opens what to bring for the open sheet; who applies is asked where it makes a difference.
    fn bring(&mut self) -> Result<(), Ignored> {
        let errand = self.sheet().and_then(|sheet| sheet.errand.as_ref()).ok_or(Ignored::NotHere)?;
        let alone = (errand.lists.len() == 1).then_some(0);
        if self.bringing.is_some() {
            return Err(Ignored::NotHere);
        }
        self.bringing = Some(Bringing { applicant: alone, ticked: BTreeSet::new() });
        Ok(())
    }

    fn choose_applicant(&mut self, applicant: usize) -> Result<(), Ignored> {
        let known = self.errand().is_some_and(|errand| applicant < errand.lists.len());
        match &mut self.bringing {
            Some(Bringing { applicant: chosen @ None, .. }) if known => {
                *chosen = Some(applicant);
                Ok(())
            }
            Some(_) | None => Err(Ignored::NotHere),
        }
    }

    fn tick(&mut self, item: usize) -> Result<(), Ignored> {
        let items = self.checklist().map_or(0, |(list, _)| list.items.len());
        match &mut self.bringing {
            Some(bringing) if item < items => {
                if !bringing.ticked.remove(&item) {
                    bringing.ticked.insert(item);
                }
                Ok(())
            }
            Some(_) | None => Err(Ignored::NotHere),
        }
    }

    /// One step back from what to bring; false where it is not open.
    fn close_errand(&mut self) -> bool {
        let several = self.errand().is_some_and(|errand| errand.lists.len() > 1);
        match self.bringing.take() {
            Some(Bringing { applicant: Some(_), .. }) if several => {
                self.bringing = Some(Bringing::default());
                true
            }
            Some(_) => true,
            None => false,
        }
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
    pub(crate) fn close(&mut self, large: bool) -> bool {
        if self.close_errand() {
            return true;
        }
        if self.sheet.take().is_some() && self.group().is_some_and(|group| group.sheets.len() > 1) {
            return true;
        }
        if self.group.take().is_some() && self.shelf().is_some_and(|shelf| shelf.groups.len() > 1) {
            return true;
        }
        self.shelf.take().is_some() && large
    }
}

impl Page for Information {
    fn place(&self) -> Place {
        Place::Information
    }

    fn part(&self) -> usize {
        let open =
            [self.shelf, self.group, self.sheet, self.bringing.as_ref().and_then(|list| list.applicant)];
        open.iter().flatten().count() + usize::from(self.bringing.is_some())
    }

    fn is_goal(&self) -> bool {
        true
    }

    /// Not while it is asked who applies: that leads on.
    fn asks_opinion(&self) -> bool {
        self.sheet.is_some() && self.bringing.as_ref().is_none_or(|list| list.applicant.is_some())
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let from_all = run.state.ways.text_size == TextSize::Large;
        let Screen::Information(information) = &mut run.state.screen else { return };
        match press {
            Press::Back => {
                if !information.close(from_all) {
                    run.go_home();
                }
            }
            Press::Entry(entry) if let Some(journey) = information.journey(entry) => {
                AtHome::begin(run, journey)
            }
            Press::Entry(entry) => {
                let opened = match information.bringing {
                    Some(_) => information.choose_applicant(entry),
                    None => information.open(entry),
                };
                run.unless_ignored(opened);
                run.open_tool();
            }
            Press::Reckon => match information.sheet().and_then(|sheet| sheet.tariff.clone()) {
                Some(tariff) => {
                    let back = information.clone();
                    run.open_calculator(back, Some(&tariff));
                }
                None => run.ignore(Ignored::NotHere),
            },
            Press::Bring => {
                let opened = information.bring();
                run.unless_ignored(opened);
            }
            Press::Tick(item) => {
                let ticked = information.tick(item);
                run.unless_ignored(ticked);
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl State {
    /// What home offers, in order. Before the backend has said it once, the two that need no data from it.
    #[must_use]
    pub fn tiles(&self) -> Vec<Tile> {
        let hall = &self.service.hall;
        if hall.tiles.is_empty() { Tile::ALWAYS.to_vec() } else { tiles(hall) }
    }
}

/// What the hall's catalogue says; what this kiosk does not know is left out.
fn tiles(hall: &Hall) -> Vec<Tile> {
    let shelf = |key: &str| hall.shelves.iter().position(|shelf| shelf.key == key).map(Tile::Shelf);
    let tile = |key: &String| Journey::of_key(key).map(Tile::Journey).or_else(|| shelf(key));
    hall.tiles.iter().filter_map(tile).collect()
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
            Ok(()) => {
                self.state.screen = Screen::Information(information);
                self.open_tool();
            }
            Err(why) => self.ignore(why),
        }
    }

    /// Where the sheet that was opened is a tool, that opens in its place.
    fn open_tool(&mut self) {
        let Screen::Information(information) = &self.state.screen else { return };
        match information.sheet().and_then(|sheet| sheet.tool) {
            Some(Tool::Calculator) => {
                let mut back = information.clone();
                // Back leads to the list, not to the sheet that stood for it.
                back.sheet = None;
                self.open_calculator(back, None);
            }
            Some(Tool::Outages) => {
                let back = information.clone();
                self.open_outages(back);
            }
            Some(Tool::Unknown) | None => {}
        }
    }

    pub(crate) fn open_all_shelves(&mut self) {
        let hall = Arc::clone(&self.state.service.hall);
        if hall.shelves.is_empty() {
            return self.ignore(Ignored::NotHere);
        }
        self.state.screen = Screen::Information(Information::all(hall));
    }

    pub(crate) fn unless_ignored(&mut self, result: Result<(), Ignored>) {
        if let Err(why) = result {
            self.ignore(why);
        }
    }
}
