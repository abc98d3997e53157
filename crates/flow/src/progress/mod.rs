//! Progress: how far an application has got, as a list when there are several and as a timeline, and what lies aside.

mod aside;
mod fees;

use powerhall_api::{Applications, Place};

use crate::page::Page;
use crate::{Find, Ignored, Press, Purpose, Screen, step::Run};

pub use aside::{AskCallBack, Details};
pub use fees::Fees;

/// Progress: the list, or one timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was found; never empty.
    pub found: Applications,
    /// The one that is shown; `None` shows the list.
    pub shown: Option<usize>,
}

impl Page for Progress {
    fn place(&self) -> Place {
        Place::Progress
    }

    fn part(&self) -> usize {
        usize::from(self.shown.is_some())
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn asks_opinion(&self) -> bool {
        self.shown.is_some()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Progress(progress) = &mut run.state.screen else { return };
        let several = progress.found.applications.len() > 1;
        match press {
            Press::Back if several && progress.shown.is_some() => progress.shown = None,
            Press::Back => run.state.screen = Find::begin(Purpose::Progress),
            Press::Application(which)
                if progress.shown.is_none() && which < progress.found.applications.len() =>
            {
                progress.shown = Some(which);
            }
            Press::Next if progress.application().is_some_and(|one| one.due_fen.is_positive()) => {
                run.show_fees()
            }
            // What else there is to know of the one that is shown.
            Press::Entry(0) if progress.shown.is_some() => {
                let details = Details { progress: progress.clone() };
                run.state.screen = Screen::Application(Box::new(details));
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Run<'_> {
    /// What was found; never empty.
    pub(crate) fn show_applications(&mut self, found: Applications) {
        let shown = (found.applications.len() == 1).then_some(0);
        self.state.screen = Screen::Progress(Progress { found, shown });
    }
}
