//! Progress, aside: what there is to know of an application beside where it stands, and the wish to be rung about it. The
//! phone is the one on file; no number is typed.

use powerhall_api::{Application, CallBack, Contact, Place, ProblemCode};

use super::Progress;
use crate::page::Page;
use crate::{Answer, Find, Ignored, Notice, Press, Purpose, Question, Screen, Trouble, Waiting, step::Run};

/// Progress, aside: what was applied for, what was promised, who looks after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Where back leads; it shows one application.
    pub progress: Progress,
}

/// Progress, aside: the customer may be rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskCallBack {
    /// Where back leads in the end; it shows one application.
    pub progress: Progress,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The wish under way.
    pub waiting: Option<Waiting>,
}

impl Progress {
    /// The application that is shown alone.
    #[must_use]
    pub fn application(&self) -> Option<&Application> {
        self.found.applications.get(self.shown?)
    }

    /// Who looks after it, where the customer can ask to be rung: there is a phone on file.
    #[must_use]
    pub fn rings(&self) -> Option<&Contact> {
        let one = self.application().filter(|one| !one.reference.is_empty())?;
        one.contact.as_ref().filter(|contact| contact.phone_masked.is_some())
    }

    /// The call back that stands.
    #[must_use]
    pub fn call_back(&self) -> Option<&CallBack> {
        self.application()?.contact.as_ref()?.call_back.as_ref()
    }

    fn told(&mut self, call_back: CallBack) {
        let contact = self.shown.and_then(|at| self.found.applications.get_mut(at)?.contact.as_mut());
        if let Some(contact) = contact {
            contact.call_back = Some(call_back);
        }
    }
}

impl Page for Details {
    fn place(&self) -> Place {
        Place::Application
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Application(details) = &run.state.screen else { return };
        let progress = details.progress.clone();
        match press {
            Press::Back => run.state.screen = Screen::Progress(progress),
            Press::Next if progress.rings().is_some() && progress.call_back().is_none() => {
                let asking = AskCallBack { progress, notice: None, waiting: None };
                run.state.screen = Screen::CallBack(Box::new(asking));
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Page for AskCallBack {
    fn place(&self) -> Place {
        Place::CallBack
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn asks_opinion(&self) -> bool {
        self.progress.call_back().is_some()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::CallBack(asking) = &mut run.state.screen else { return };
        match press {
            Press::Back => {
                let details = Details { progress: asking.progress.clone() };
                run.state.screen = Screen::Application(Box::new(details));
            }
            _ if asking.waiting.is_some() => run.ignore(Ignored::Busy),
            // It is asked for: on to where the application stands.
            Press::Next if asking.progress.call_back().is_some() => {
                run.state.screen = Screen::Progress(asking.progress.clone());
            }
            Press::Next => {
                asking.notice = None;
                let reference = asking.progress.application().map(|one| one.reference.clone());
                run.ask(Question::CallBack(reference.unwrap_or_default()));
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::CallBack(asking) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::CallBack(call_back)) => asking.progress.told(call_back),
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(Purpose::Progress, Notice::LookupExpired);
            }
            Ok(_) => asking.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => asking.notice = Some(trouble.into()),
        }
    }
}
