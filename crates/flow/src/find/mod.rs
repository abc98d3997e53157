//! Finding the account that is to be paid: pay, step 1.

mod identify;
pub(crate) mod number;
mod scan;

pub use identify::{Kind, Reading, Whole, Wrong, identify, read_as};
pub use number::{complete_account, group_account};
pub use scan::{NotABill, scanned_account};

use powerhall_api::{Duty, Lookup, LookupKind, LookupRequest, Personal, Place, QuoteRequest};

use crate::page::Page;
use crate::{
    Answer, Ignored, Notice, Press, Question, Screen, Step, Trouble, Waiting,
    step::{Run, erase_digit, type_digit},
};

/// Pay, step 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindAccount {
    /// At most 13 digits.
    pub digits: Personal,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up or the quote under way.
    pub waiting: Option<Waiting>,
}

impl FindAccount {
    /// Empty, with a word on why it is asked for again.
    pub(crate) fn again(notice: Notice) -> Screen {
        Screen::FindAccount(Self { notice: Some(notice), ..Self::default() })
    }
}

impl Page for FindAccount {
    fn place(&self) -> Place {
        Place::FindAccount
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Find)
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let settings = run.settings;
        let Screen::FindAccount(find) = &mut run.state.screen else { return };
        if press == Press::Back {
            if !run.back_from_beside() {
                run.go_home();
            }
            return;
        }
        if find.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        let edited = match press {
            Press::Digit(digit) => type_digit(&mut find.digits, digit, number::longest(settings)),
            Press::Erase => erase_digit(&mut find.digits),
            Press::Clear if find.digits.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                find.digits = Default::default();
                Ok(())
            }
            Press::Next => return run.look_account_up(),
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => {
                let wrong = complete_account(&find.digits, settings) == Err(Notice::AccountPrefix);
                find.notice = wrong.then_some(Notice::AccountPrefix);
            }
            Err(why) => run.ignore(why),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::FindAccount(find) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Lookup(Lookup { kind: LookupKind::Account, reference, .. })) => {
                run.ask(Question::Quote(QuoteRequest::of(reference, Duty::Arrears)));
            }
            Ok(Answer::Quote(asked, quote)) => run.show_quote(asked, quote, None),
            Ok(_) => find.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => find.notice = Some(trouble.into()),
        }
    }
}

impl Run<'_> {
    fn look_account_up(&mut self) {
        let Screen::FindAccount(find) = &mut self.state.screen else { return };
        match complete_account(&find.digits, self.settings) {
            Ok(account) => {
                find.notice = None;
                self.ask(Question::Lookup(LookupRequest::Account { account }));
            }
            Err(notice) => find.notice = Some(notice),
        }
    }
}
