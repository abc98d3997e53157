//! While nobody is there: what the hall shows by turns, one slide at a time, until the first touch. It begins only on the
//! home page as the next customer expects it, so it is never a part of a session, and nothing in it is personal.

use powerhall_api::{Attract as Slides, Place, Slide};

use crate::page::Page;
use crate::{Ignored, Millis, Press, Screen, Settings, State, idle, step::Run};

/// Which slide, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attract {
    /// Counted up with each slide.
    pub turn: usize,
    /// When the next one is shown.
    pub next: Millis,
}

impl Page for Attract {
    /// Nobody is here.
    fn place(&self) -> Place {
        Place::Home
    }

    fn way_back(&self) -> Option<Press> {
        None
    }

    fn is_at_the_door(&self) -> bool {
        true
    }

    fn idles(&self) -> bool {
        false
    }

    /// Any touch has led home already.
    fn press(run: &mut Run<'_>, _press: Press) {
        run.ignore(Ignored::NotHere);
    }
}

impl State {
    /// The slide that is shown, and the tag of the language that it is shown in; no tag for that of the start.
    #[must_use]
    pub fn slide(&self) -> Option<(&Slide, Option<&str>)> {
        let Screen::Attract(Attract { turn, .. }) = self.screen else { return None };
        let Slides { languages, slides, .. } = self.service.hall.attract.as_ref()?;
        let slide = slides.get(turn.checked_rem(slides.len())?)?;
        let round = turn / slides.len();
        let language = round.checked_rem(languages.len()).and_then(|at| languages.get(at));
        Some((slide, language.map(String::as_str)))
    }
}

/// When the first slide, or the next, is due.
pub(crate) fn due(settings: &Settings, state: &State) -> Option<Millis> {
    match &state.screen {
        Screen::Attract(attract) => Some(attract.next),
        Screen::Home if idle::rests(state) && state.call.is_none() && has_slides(state) => {
            settings.attract_after.map(|after| state.last_touch + after)
        }
        _ => None,
    }
}

fn has_slides(state: &State) -> bool {
    state.service.hall.attract.as_ref().is_some_and(|attract| !attract.slides.is_empty())
}

impl Run<'_> {
    /// Shows the first slide, or the next, where it is due.
    pub(crate) fn attract(&mut self) {
        if due(self.settings, &self.state).is_none_or(|due| self.now.at < due) {
            return;
        }
        let turn = match &self.state.screen {
            Screen::Attract(attract) => attract.turn.wrapping_add(1),
            _ => 0,
        };
        self.state.screen = match &self.state.service.hall.attract {
            Some(slides) if has_slides(&self.state) => {
                let stays = slides.seconds.max(Slides::LEAST_SECONDS);
                Screen::Attract(Attract { turn, next: self.now.at + u64::from(stays) * 1_000 })
            }
            Some(_) | None => Screen::Home,
        };
    }

    /// The first touch opens home.
    pub(crate) fn end_attract(&mut self) {
        if let Screen::Attract(_) = self.state.screen {
            self.state.screen = Screen::Home;
        }
    }
}
