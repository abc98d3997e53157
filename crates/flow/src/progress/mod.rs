//! Progress: finding an application by one of two ways, the list when there are several, the timeline, and what lies aside.

mod aside;
mod fees;

use powerhall_api::{Applications, Lookup, LookupKind, LookupRequest, Personal, Place};

use crate::page::Page;
use crate::{
    Answer, Ignored, Notice, Press, Question, Screen, Trouble, Waiting, complete_account,
    find::number,
    step::{Run, erase_digit, type_digit},
};

pub use aside::{AskCallBack, Details};
pub use fees::Fees;

/// Digits of the second factor.
const PHONE_DIGITS: usize = 4;

/// How an application is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WayToFind {
    /// By its own number.
    #[default]
    Number,
    /// By account number and the last four digits of the phone.
    AccountAndPhone,
}

/// Progress: which application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindApplication {
    /// By number, or by account and phone.
    pub way: WayToFind,
    /// The application number as typed.
    pub number: Personal,
    /// The account number as typed.
    pub account: Personal,
    /// The last four digits as typed.
    pub phone: Personal,
    /// True while the keypad types into `phone`.
    pub at_phone: bool,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up under way.
    pub waiting: Option<Waiting>,
}

/// Progress: the list, or one timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was found; never empty.
    pub found: Applications,
    /// The one that is shown; `None` shows the list.
    pub shown: Option<usize>,
}

impl Page for FindApplication {
    fn place(&self) -> Place {
        Place::FindApplication
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let settings = run.settings;
        let Screen::FindApplication(find) = &mut run.state.screen else { return };
        if press == Press::Back {
            return run.go_home();
        }
        if find.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        let (field, most) = match (find.way, find.at_phone) {
            (WayToFind::Number, _) => (&mut find.number, settings.application_digits.1),
            (WayToFind::AccountAndPhone, false) => (&mut find.account, number::longest(settings)),
            (WayToFind::AccountAndPhone, true) => (&mut find.phone, PHONE_DIGITS),
        };
        let edited = match press {
            Press::Digit(digit) => type_digit(field, digit, most),
            Press::Erase => erase_digit(field),
            Press::Clear if field.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                *field = Default::default();
                Ok(())
            }
            Press::WayToFind => {
                find.way = match find.way {
                    WayToFind::Number => WayToFind::AccountAndPhone,
                    WayToFind::AccountAndPhone => WayToFind::Number,
                };
                find.at_phone = false;
                Ok(())
            }
            Press::Field(which) if find.way == WayToFind::AccountAndPhone && which < 2 => {
                find.at_phone = which == 1;
                Ok(())
            }
            Press::Next => return run.look_application_up(),
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => find.notice = None,
            Err(why) => run.ignore(why),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::FindApplication(find) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Lookup(Lookup { kind: LookupKind::Applications, reference, .. })) => {
                run.ask(Question::Applications(reference));
            }
            Ok(Answer::Applications(found)) if found.applications.is_empty() => {
                find.notice = Some(Notice::ApplicationUnknown);
            }
            Ok(Answer::Applications(found)) => {
                let shown = (found.applications.len() == 1).then_some(0);
                run.state.screen = Screen::Progress(Progress { found, shown });
            }
            Ok(_) => find.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => find.notice = Some(trouble.into()),
        }
    }
}

impl Page for Progress {
    fn place(&self) -> Place {
        Place::Progress
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
            Press::Back => run.state.screen = Screen::FindApplication(FindApplication::default()),
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
    fn look_application_up(&mut self) {
        let least = self.settings.application_digits.0;
        let Screen::FindApplication(find) = &mut self.state.screen else { return };
        let request = match find.way {
            WayToFind::Number if find.number.reveal().len() < least => Err(Notice::ApplicationLength),
            WayToFind::Number => Ok(LookupRequest::Application { application: find.number.clone() }),
            WayToFind::AccountAndPhone => {
                complete_account(&find.account, self.settings).and_then(|account| {
                    if !find.at_phone && find.phone.reveal().is_empty() {
                        // The first field is done: on to the second, as a form would.
                        find.at_phone = true;
                        return Err(Notice::PhoneLength);
                    }
                    if find.phone.reveal().len() != PHONE_DIGITS {
                        return Err(Notice::PhoneLength);
                    }
                    Ok(LookupRequest::AccountPhone { account, phone_last4: find.phone.clone() })
                })
            }
        };
        match request {
            Ok(request) => {
                find.notice = None;
                self.ask(Question::Lookup(request));
            }
            Err(notice) => find.notice = Some(notice),
        }
    }
}
