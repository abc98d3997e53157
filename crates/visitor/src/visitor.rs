//! The visitor: sees which page is on the screen, finds controls by how they look, touches them, and waits as a
//! person would, but not for ever. What comes before the eyes goes into the diary.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Area, Diary, Display, Look, Map, Page, Phone, Picture, Result, Trouble};

/// A person before the kiosk, with a phone in hand.
pub struct Visitor {
    /// The eyes and the finger.
    pub display: Display,
    /// What the kiosk's controls look like.
    pub map: Arc<Map>,
    /// In the other hand.
    pub phone: Phone,
    /// What is told afterwards.
    pub diary: Diary,
    /// The look that the screen was last seen in.
    pub look: Look,
}

/// After a touch, until the next: a quick customer.
const PAUSE: Duration = Duration::from_millis(90);
/// A screen that is drawn anew is calm after this at the latest; a countdown never is.
const CALM: Duration = Duration::from_millis(700);
/// Nobody touches sooner what has just appeared; the kiosk takes it for a touch that was meant for what was there before
/// (`times.settle_milliseconds`).
pub(crate) const READING: Duration = Duration::from_millis(350);
/// How long any page may take that depends on nothing but the kiosk and the backend.
pub const SOON: Duration = Duration::from_secs(15);

impl Visitor {
    /// A visitor who has just come in.
    pub fn new(display: Display, map: Arc<Map>, diary: Diary) -> Result<Self> {
        Ok(Self { display, map, phone: Phone::new()?, diary, look: Look::FIRST })
    }

    /// What is on the screen now: the pages with this title (none: not known), and the picture.
    pub fn pages(&mut self) -> Result<(Vec<Page>, Picture)> {
        let screen = self.display.look_calmly(CALM)?;
        let Some((pages, look)) = self.map.pages(&screen) else { return Ok((Vec::new(), screen)) };
        self.look = look;
        Ok((pages, screen))
    }

    /// Waits for one of these pages.
    pub fn wait_for(&mut self, wanted: &[Page], most: Duration) -> Result<(Page, Picture)> {
        let end = Instant::now() + most;
        loop {
            let (pages, screen) = self.pages()?;
            if let Some(&page) = pages.iter().find(|page| wanted.contains(page)) {
                self.diary.meet(page, &screen)?;
                return Ok((page, screen));
            }
            if Instant::now() > end {
                return Err(self.not_seen(&format!("{wanted:?}"), most, &named(&pages), &screen));
            }
            sleep(Duration::from_millis(60));
        }
    }

    /// Touches a control of a page, wherever on the page it stands. `label` is the English one.
    pub fn touch(&mut self, page: Page, label: &str) -> Result<()> {
        self.strike(page, label, 1)
    }

    /// Touches a place that was looked at.
    pub fn point(&self, (x, y): (usize, usize)) -> Result<()> {
        sleep(READING);
        self.display.touch(x, y)
    }

    /// Touches a control so many times as fast as a finger can, and at the same place whatever comes there.
    pub fn strike(&mut self, page: Page, label: &str, times: usize) -> Result<()> {
        sleep(READING);
        self.hit(page, label, times)
    }

    fn hit(&mut self, page: Page, label: &str, times: usize) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(5);
        let mut missed = false;
        loop {
            let screen = self.display.look_calmly(CALM)?;
            let known = self.map.controls(page, self.look, label)?;
            let place = known.iter().find_map(|control| control.place(&screen));
            if place.is_some() && missed {
                // It has just come: is read first, and may yet move.
                missed = false;
                sleep(READING);
                continue;
            }
            if let Some(place) = place {
                let (x, y) = place.middle();
                for _ in 0..times {
                    self.display.touch(x, y)?;
                    sleep(PAUSE);
                }
                return Ok(());
            }
            if Instant::now() > end {
                let what = format!("the control “{label}” on {page:?}");
                return Err(self.not_seen(&what, Duration::from_secs(5), "no such picture", &screen));
            }
            missed = true;
        }
    }

    /// Whether a page has a control now, such as the way to a part of it. `label` is the English one; what no look of any
    /// page has is an error, for it could never be seen.
    pub fn sees(&self, page: Page, label: &str) -> Result<bool> {
        let screen = self.display.look_calmly(CALM)?;
        match self.map.controls(page, self.look, label) {
            Ok(known) => Ok(known.iter().any(|control| control.place(&screen).is_some())),
            Err(_) if self.map.names(label) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Types on the keypad of a page.
    pub fn type_in(&mut self, page: Page, keys: &str) -> Result<()> {
        sleep(READING);
        keys.chars().try_for_each(|key| self.hit(page, &key.to_string(), 1))
    }

    /// Waits for the code and gives its link: what a camera reads from this very picture.
    pub fn wait_for_code(&mut self, most: Duration) -> Result<(String, Picture)> {
        let end = Instant::now() + most;
        loop {
            let (pages, screen) = self.pages()?;
            // Under whatever title: which wallets that names depends on the channel.
            if let Some(link) = self.phone.scan_link(&screen)? {
                if pages.contains(&Page::Showing) {
                    self.diary.meet(Page::Showing, &screen)?;
                }
                return Ok((link, screen));
            }
            if Instant::now() > end {
                let instead = format!("{}, and no code that a camera can read", named(&pages));
                return Err(self.not_seen("a payment code", most, &instead, &screen));
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// The places of the boxes before the months, from the oldest down, checked or not.
    pub fn boxes(&self) -> Result<Vec<(usize, usize)>> {
        self.marks(&[Page::Confirm, Page::Months], "checkbox")
    }

    /// The places of the rows that a page lists to open, from the top.
    pub fn rows(&self, page: Page) -> Result<Vec<(usize, usize)>> {
        self.marks(&[page], "button")
    }

    /// Where the marks of these pages' rows are seen.
    fn marks(&self, pages: &[Page], role: &str) -> Result<Vec<(usize, usize)>> {
        let screen = self.display.look_calmly(CALM)?;
        let mut places: Vec<(usize, usize)> = Vec::new();
        for mark in pages.iter().flat_map(|&page| self.map.marks(page, self.look, role)) {
            let mut from = 0;
            while let Some(y) = (from..screen.height()).find(|&y| screen.shows(&mark.picture, mark.at.x, y)) {
                places.push(Area { y, ..mark.at }.middle());
                from = y + mark.at.height;
            }
        }
        places.sort_by_key(|&(_, y)| y);
        // The same box in two scenes of the map is still one box on the screen.
        places.dedup_by(|a, b| a.1.abs_diff(b.1) < 20);
        Ok(places)
    }

    pub(crate) fn not_seen(&self, what: &str, most: Duration, instead: &str, screen: &Picture) -> Trouble {
        Trouble::NotSeen {
            what: what.to_owned(),
            seconds: most.as_secs(),
            instead: format!("instead: {instead}"),
            picture: self.diary.failure(screen),
        }
    }
}

fn named(pages: &[Page]) -> String {
    if pages.is_empty() { "no page that is known".to_owned() } else { format!("{pages:?}") }
}
