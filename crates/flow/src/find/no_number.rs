//! “I don't know my number”: where it stands on a bill, and what else to do. A scanner reads a bill here too.

use powerhall_api::{Personal, Place};

use crate::page::Page;
use crate::{Find, Ignored, Press, Screen, Step, step::Run};

/// Where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoNumber {
    /// Where back leads.
    pub find: Box<Find>,
}

impl Page for NoNumber {
    fn place(&self) -> Place {
        Place::NoNumber
    }

    fn step(&self) -> Option<Step> {
        self.find.purpose.step()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        match press {
            Press::Back | Press::Next => run.back_to_find(),
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn scanned(run: &mut Run<'_>, text: &Personal) {
        run.back_to_find();
        Find::scanned(run, text);
    }
}

impl Run<'_> {
    fn back_to_find(&mut self) {
        if let Screen::NoNumber(page) = &mut self.state.screen {
            self.state.screen = Screen::Find(std::mem::take(&mut page.find));
        }
    }
}
