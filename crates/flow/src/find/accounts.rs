//! The accounts that a proof has opened, masked: the customer chooses one, or pays for all of them at once.

use powerhall_api::{Duty, FoundAccounts, LINES_MOST, Place, ProblemCode, QuoteRequest};

use crate::page::Page;
use crate::{
    Answer, Find, Ignored, Notice, Press, Purpose, Question, Screen, Step, Trouble, Waiting, step::Run,
};

/// The list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// What for.
    pub purpose: Purpose,
    /// What was found; never empty.
    pub found: FoundAccounts,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// What is asked about an account, under way.
    pub waiting: Option<Waiting>,
}

impl Accounts {
    pub(super) fn all(purpose: Purpose, found: FoundAccounts, notice: Option<Notice>) -> Screen {
        Screen::Accounts(Box::new(Self { purpose, found, notice, waiting: None }))
    }

    /// They can be paid in one payment; which of them, and for how much, is said there.
    #[must_use]
    pub fn can_pay_several(&self) -> bool {
        self.purpose == Purpose::Pay && (2..=LINES_MOST).contains(&self.found.accounts.len())
    }
}

impl Page for Accounts {
    fn place(&self) -> Place {
        Place::Accounts
    }

    fn step(&self) -> Option<Step> {
        self.purpose.step()
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Accounts(list) = &mut run.state.screen else { return };
        match press {
            // Whoever goes back from here may want another number; this one is forgotten.
            Press::Back => run.state.screen = Find::begin(list.purpose),
            _ if list.waiting.is_some() => run.ignore(Ignored::Busy),
            Press::Entry(at) => match list.found.accounts.get(at) {
                Some(one) => {
                    let question = list.purpose.question(one.reference.clone());
                    list.notice = None;
                    run.ask(question);
                }
                None => run.ignore(Ignored::NotHere),
            },
            Press::Next if list.can_pay_several() => {
                let references = list.found.accounts.iter().map(|one| one.reference.clone()).collect();
                list.notice = None;
                run.ask(Question::Quote(QuoteRequest { references, duty: Duty::Arrears }));
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Accounts(list) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Quote(asked, quote)) => {
                let of = Some(list.clone());
                run.show_quote(asked, quote, None, of);
            }
            Ok(Answer::Payments(reference, payments)) => run.show_payments(reference, payments),
            Ok(Answer::Bills(reference, bills)) => run.show_bills_of(reference, bills),
            Ok(Answer::Applications(found)) if found.applications.is_empty() => {
                list.notice = Some(Notice::NoApplications);
            }
            Ok(Answer::Applications(found)) => run.show_applications(found),
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(list.purpose, Notice::LookupExpired);
            }
            Ok(_) => list.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => list.notice = Some(trouble.into()),
        }
    }
}
