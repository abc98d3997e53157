//! The accounts that a proof has opened, masked: the customer chooses one, or ticks several to pay at once.

use std::collections::BTreeSet;

use powerhall_api::{FoundAccounts, Place, ProblemCode};

use crate::page::Page;
use crate::{Answer, Find, Ignored, Notice, Press, Purpose, Screen, Step, Trouble, Waiting, step::Run};

/// The list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accounts {
    /// What for.
    pub purpose: Purpose,
    /// What was found; never empty.
    pub found: FoundAccounts,
    /// Those that are ticked, by their place.
    pub ticked: BTreeSet<usize>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// What is asked about an account, under way.
    pub waiting: Option<Waiting>,
}

impl Accounts {
    /// All of them, nothing ticked.
    pub(super) fn all(purpose: Purpose, found: FoundAccounts, notice: Option<Notice>) -> Screen {
        let ticked = BTreeSet::new();
        Screen::Accounts(Box::new(Self { purpose, found, ticked, notice, waiting: None }))
    }

    /// The references of those that are ticked, in the order of the list.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        self.ticked.iter().filter_map(|&at| self.found.accounts.get(at)).map(|one| one.reference.as_str())
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
            Press::Tick(at) if list.purpose == Purpose::Pay && at < list.found.accounts.len() => {
                if !list.ticked.remove(&at) {
                    list.ticked.insert(at);
                }
                list.notice = None;
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
