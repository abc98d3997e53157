//! Progress: finding an application by one of two ways, the list when there are several, and the timeline.

use powerhall_api::{Applications, LookupRequest};

use crate::{
    Effect, FindApplication, Ignored, Notice, Press, Progress, Screen, Ticket, Trouble, WayToFind,
    complete_account, number,
    step::{Run, erase_digit, type_digit},
};

/// Digits of the second factor.
const PHONE_DIGITS: usize = 4;

impl Run<'_> {
    pub(crate) fn press_on_find_application(&mut self, press: Press) {
        let settings = self.settings;
        let Screen::FindApplication(find) = &mut self.state.screen else { return };
        if press == Press::Back {
            return self.go_home();
        }
        if find.waiting.is_some() {
            return self.ignore(Ignored::Busy);
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
            Press::Next => return self.look_application_up(),
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => find.notice = None,
            Err(why) => self.ignore(why),
        }
    }

    fn look_application_up(&mut self) {
        let waiting = self.waiting();
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
                find.waiting = Some(waiting);
                self.effect(Effect::Lookup(waiting.ticket, request));
            }
            Err(notice) => find.notice = Some(notice),
        }
    }

    pub(crate) fn applications_found(&mut self, ticket: Ticket, answer: Result<Applications, Trouble>) {
        let Screen::FindApplication(find) = &mut self.state.screen else {
            return self.ignore(Ignored::TooLate);
        };
        if find.waiting.is_none_or(|waiting| waiting.ticket != ticket) {
            return self.ignore(Ignored::TooLate);
        }
        find.waiting = None;
        match answer {
            Ok(found) if found.applications.is_empty() => find.notice = Some(Notice::ApplicationUnknown),
            Ok(found) => {
                let shown = (found.applications.len() == 1).then_some(0);
                self.state.screen = Screen::Progress(Progress { found, shown });
            }
            Err(trouble) => find.notice = Some(trouble.into()),
        }
    }

    pub(crate) fn press_on_progress(&mut self, press: Press) {
        let Screen::Progress(progress) = &mut self.state.screen else { return };
        let several = progress.found.applications.len() > 1;
        match press {
            Press::Back if several && progress.shown.is_some() => progress.shown = None,
            Press::Back => self.state.screen = Screen::FindApplication(FindApplication::default()),
            Press::Application(which)
                if progress.shown.is_none() && which < progress.found.applications.len() =>
            {
                progress.shown = Some(which);
            }
            Press::Next => self.go_home(),
            _ => self.ignore(Ignored::NotHere),
        }
    }
}
