//! The ways through the kiosk, step by step, as a customer walks them: one file for each service, and here what is the same
//! in all. Each step ends with the page that it leads to, seen on the screen; each screen goes into the diary.

mod bills;
mod find;
mod information;
mod pay;
mod payments;
mod progress;

use std::time::{Duration, Instant};

use crate::{Colours, Look, Page, Picture, Result, SOON, Visitor};

impl Visitor {
    /// Back to the first page from anywhere, by the header's own button.
    pub fn go_home(&mut self) -> Result<()> {
        let (pages, screen) = self.pages()?;
        match pages.first() {
            Some(Page::Home) => Ok(()),
            Some(&page) => {
                self.touch(page, "Home")?;
                self.wait_for(&[Page::Home], SOON).map(drop)
            }
            None => Err(self.not_seen("a way home", Duration::ZERO, "no page that is known", &screen)),
        }
    }

    /// The other language, on whatever page this is; ends when the page is seen in it.
    pub fn switch_language(&mut self, page: Page) -> Result<Picture> {
        let wanted = Look { language: self.look.language.other(), ..self.look };
        self.touch(page, wanted.language.name())?;
        self.wait_for_look(page, wanted)
    }

    /// Home in another way of use, by its buttons there; in large text the others by “Access”.
    pub fn choose_look(&mut self, wanted: Look) -> Result<()> {
        self.wait_for(&[Page::Home], SOON)?;
        if wanted.large != self.look.large {
            self.touch(Page::Home, "Large text")?;
            self.wait_for_look(Page::Home, Look { large: wanted.large, ..self.look })?;
        }
        let other = Look { language: self.look.language, ..wanted };
        if other != self.look && self.look.large {
            self.touch(Page::Home, "Access")?;
            self.wait_for(&[Page::Ways], SOON)?;
            self.choose_colours_and_reach(Page::Ways, other)?;
            self.touch(Page::Ways, "Continue")?;
            self.wait_for_look(Page::Home, other)?;
        } else {
            self.choose_colours_and_reach(Page::Home, other)?;
        }
        if wanted.language != self.look.language {
            self.switch_language(Page::Home)?;
        }
        Ok(())
    }

    fn choose_colours_and_reach(&mut self, page: Page, wanted: Look) -> Result<()> {
        while wanted.colours != self.look.colours {
            let next = match self.look.colours {
                Colours::Hall => Colours::Dark,
                Colours::Dark => Colours::Light,
                Colours::Light => Colours::Hall,
            };
            self.touch(page, "Strong contrast")?;
            self.wait_for_look(page, Look { colours: next, ..self.look })?;
        }
        if wanted.low != self.look.low {
            self.touch(page, "Buttons lower")?;
            self.wait_for_look(page, Look { low: wanted.low, ..self.look })?;
        }
        Ok(())
    }

    fn wait_for_look(&mut self, page: Page, wanted: Look) -> Result<Picture> {
        let end = Instant::now() + SOON;
        loop {
            let (_, screen) = self.wait_for(&[page], SOON)?;
            if self.look == wanted {
                self.diary.keep(&format!("sees {page:?} in {wanted}"), "other-look", &screen)?;
                return Ok(screen);
            }
            if Instant::now() > end {
                let instead = format!("it is in {}", self.look);
                return Err(self.not_seen(&format!("{page:?} in {wanted}"), SOON, &instead, &screen));
            }
        }
    }
}
