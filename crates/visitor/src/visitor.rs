//! The visitor: sees which page is on the screen, finds controls by how they look, touches them, and waits as a
//! person would, but not for ever. What comes before the eyes goes into the diary.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Area, Diary, Display, Language, Map, Page, Phone, Picture, Result, Trouble};

/// A person before the kiosk, with a phone in hand.
pub struct Visitor {
    /// The eyes and the finger.
    pub display: Display,
    /// What the kiosk's controls look like.
    pub map: Map,
    /// In the other hand.
    pub phone: Phone,
    /// What is told afterwards.
    pub diary: Diary,
    /// The language that the screen was last seen in.
    pub language: Language,
}

/// After a touch, until the next: a quick customer.
const PAUSE: Duration = Duration::from_millis(90);
/// A screen that is drawn anew is calm after this at the latest; a countdown never is.
const CALM: Duration = Duration::from_millis(700);
/// How long any page may take that depends on nothing but the kiosk and the backend.
pub const SOON: Duration = Duration::from_secs(15);

impl Visitor {
    /// A visitor who has just come in.
    pub fn new(display: Display, map: Map, diary: Diary) -> Result<Self> {
        Ok(Self { display, map, phone: Phone::new()?, diary, language: Language::Chinese })
    }

    /// The page on the screen now, if it is one that the visitor knows.
    pub fn page(&mut self) -> Result<(Option<Page>, Picture)> {
        let screen = self.display.look_calmly(CALM)?;
        let page = self.map.page(&screen);
        if let Some((_, language)) = page {
            self.language = language;
        }
        Ok((page.map(|(page, _)| page), screen))
    }

    /// Waits for one of these pages.
    pub fn wait_for(&mut self, wanted: &[Page], most: Duration) -> Result<(Page, Picture)> {
        let end = Instant::now() + most;
        loop {
            let (page, screen) = self.page()?;
            match page {
                Some(page) if wanted.contains(&page) => return Ok((page, screen)),
                _ if Instant::now() < end => sleep(Duration::from_millis(60)),
                _ => {
                    let instead = page.map_or("no page that is known".to_owned(), |page| format!("{page:?}"));
                    return Err(self.not_seen(&format!("{wanted:?}"), most, &instead, &screen));
                }
            }
        }
    }

    /// Touches a control of a page, wherever on the page it stands. `label` is the English one.
    pub fn touch(&mut self, page: Page, label: &str) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(5);
        loop {
            let screen = self.display.look_calmly(CALM)?;
            let looks = self.map.controls(page, self.language, label)?;
            let mut seen = looks.iter().filter_map(|control| {
                let y = screen.find_in_column(&control.face, control.area.x, control.area.y)?;
                Some(Area { y, ..control.area }.middle())
            });
            if let Some((x, y)) = seen.next() {
                self.display.touch(x, y)?;
                sleep(PAUSE);
                return Ok(());
            }
            drop(seen);
            if Instant::now() > end {
                let what = format!("the control “{label}” on {page:?}");
                return Err(self.not_seen(&what, Duration::from_secs(5), "no such picture", &screen));
            }
        }
    }

    /// Types on the keypad of a page.
    pub fn type_in(&mut self, page: Page, keys: &str) -> Result<()> {
        keys.chars().try_for_each(|key| self.touch(page, &key.to_string()))
    }

    /// Waits for the code and gives its link: what a camera reads from this very picture.
    pub fn wait_for_code(&mut self, most: Duration) -> Result<(String, Picture)> {
        let end = Instant::now() + most;
        loop {
            let (page, screen) = self.page()?;
            if page == Some(Page::Showing)
                && let Some(link) = self.phone.scan_link(&screen)?
            {
                return Ok((link, screen));
            }
            if Instant::now() > end {
                let instead = format!("{page:?}, and no code that a camera can read");
                return Err(self.not_seen("a payment code", most, &instead, &screen));
            }
            sleep(Duration::from_millis(100));
        }
    }

    /// The places of the boxes of months, from the oldest down; checked and unchecked ones look different.
    pub fn boxes(&mut self) -> Result<Vec<(usize, usize)>> {
        let screen = self.display.look_calmly(CALM)?;
        let rows = self.map.of_role(Page::Confirm, self.language, "checkbox");
        let mut places: Vec<(usize, usize)> = Vec::new();
        for row in rows {
            // Only the box: the words beside it are another month's.
            let face =
                row.face.part(Area { x: 0, y: row.area.height / 4, width: 120, height: row.area.height / 2 });
            let mut from = 0;
            while let Some(y) = (from..screen.height()).find(|&y| screen.shows(&face, row.area.x, y)) {
                places.push((row.area.x + row.area.width / 2, y + face.height() / 2));
                from = y + face.height();
            }
        }
        places.sort_by_key(|&(_, y)| y);
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
