//! Planned outages: by area from what the hall publishes, which works while the backend is away, and by account number.

use std::sync::Arc;

use powerhall_api::{
    Hall, Lookup, LookupKind, LookupRequest, Outage, Outages as Told, Personal, Place, Text,
};

use crate::find::number;
use crate::page::Page;
use crate::{
    Answer, Ignored, Information, Kind, Notice, Press, Question, Reading, Screen, Trouble, Waiting,
    complete_account, identify, scanned_account,
    step::{Run, erase_last, type_character},
};

/// The areas, or what is planned in one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outages {
    /// What was published when it was opened.
    pub hall: Arc<Hall>,
    /// The area, by its place in [`Outages::areas`]; `None` asks.
    pub area: Option<usize>,
    /// Where back leads.
    pub back: Box<Information>,
}

/// The outages of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutagesOf {
    /// The account number as typed.
    pub digits: Personal,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up or the question under way.
    pub waiting: Option<Waiting>,
    /// What was found; none while it is asked for.
    pub found: Option<Told>,
    /// Where back leads.
    pub back: Box<Outages>,
}

impl Outages {
    /// Whether it is known what is planned.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.hall.outages.is_some()
    }

    /// The areas in which something is planned, the next first.
    #[must_use]
    pub fn areas(&self) -> Vec<&Text> {
        let mut areas: Vec<&Text> = Vec::new();
        for outage in self.hall.outages.iter().flatten() {
            if !areas.contains(&&outage.area) {
                areas.push(&outage.area);
            }
        }
        areas
    }

    /// The area that is open, and what is planned there, the next first.
    #[must_use]
    pub fn shown(&self) -> Option<(&Text, Vec<&Outage>)> {
        let area = *self.areas().get(self.area?)?;
        Some((area, self.hall.outages.iter().flatten().filter(|outage| outage.area == *area).collect()))
    }
}

impl Page for Outages {
    fn place(&self) -> Place {
        Place::Outages
    }

    fn part(&self) -> usize {
        usize::from(self.area.is_some())
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn asks_opinion(&self) -> bool {
        self.area.is_some()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Outages(outages) = &mut run.state.screen else { return };
        match press {
            Press::Back if outages.area.take().is_some() => {}
            Press::Back => {
                let mut back = (*outages.back).clone();
                if back.close(run.state.ways.text_size == crate::TextSize::Large) {
                    run.state.screen = Screen::Information(back);
                } else {
                    run.go_home();
                }
            }
            // The account stands before the areas.
            Press::Entry(0) if outages.area.is_none() => {
                let back = outages.clone();
                run.state.screen = Screen::OutagesOf(Box::new(OutagesOf {
                    digits: Personal::default(),
                    notice: None,
                    waiting: None,
                    found: None,
                    back,
                }));
            }
            Press::Entry(entry) if outages.area.is_none() && entry <= outages.areas().len() => {
                outages.area = Some(entry - 1);
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Page for OutagesOf {
    fn place(&self) -> Place {
        Place::Outages
    }

    fn part(&self) -> usize {
        usize::from(self.found.is_some())
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn is_goal(&self) -> bool {
        self.found.is_some()
    }

    fn asks_opinion(&self) -> bool {
        self.found.is_some()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let settings = run.settings;
        let Screen::OutagesOf(of) = &mut run.state.screen else { return };
        match press {
            Press::Back if of.found.take().is_some() => {
                of.digits = Personal::default();
                return;
            }
            Press::Back => {
                run.state.screen = Screen::Outages(of.back.clone());
                return;
            }
            _ if of.found.is_some() => return run.ignore(Ignored::NotHere),
            _ if of.waiting.is_some() => return run.ignore(Ignored::Busy),
            _ => {}
        }
        let edited = match press {
            Press::Digit(digit @ 0..=9) => {
                type_character(&mut of.digits, char::from(b'0' + digit), number::longest(settings))
            }
            Press::Erase => erase_last(&mut of.digits),
            Press::Clear if of.digits.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                of.digits = Personal::default();
                Ok(())
            }
            Press::Next => match complete_account(&of.digits, settings) {
                Some(account) => {
                    of.notice = None;
                    return run.ask(Question::Lookup(LookupRequest::Account { account }));
                }
                None => {
                    of.notice = Some(match identify(&of.digits, &[Kind::Account], settings) {
                        Reading::Wrong(wrong) => Notice::Number(wrong),
                        Reading::Empty | Reading::Short(_) | Reading::Whole(_) => Notice::NumberShort,
                    });
                    return;
                }
            },
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => of.notice = None,
            Err(why) => run.ignore(why),
        }
    }

    fn scanned(run: &mut Run<'_>, text: &Personal) {
        let settings = run.settings;
        let Screen::OutagesOf(of) = &mut run.state.screen else { return };
        if of.found.is_some() {
            return run.ignore(Ignored::NotHere);
        }
        if of.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        match scanned_account(text, settings) {
            Ok(account) => {
                of.digits = account;
                Self::press(run, Press::Next);
            }
            Err(not_a_bill) => {
                of.digits = Personal::default();
                of.notice = Some(Notice::NotABill(not_a_bill));
            }
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::OutagesOf(of) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Lookup(Lookup { kind: LookupKind::Account, reference, .. })) => {
                run.ask(Question::Outages(reference));
            }
            Ok(Answer::Outages(told)) => of.found = Some(told),
            Ok(_) => of.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => of.notice = Some(trouble.into()),
        }
    }
}

impl Run<'_> {
    /// Opens the areas. Back leads to `back`, past the sheet in whose place they opened.
    pub(crate) fn open_outages(&mut self, back: Information) {
        let hall = Arc::clone(&back.hall);
        self.state.screen = Screen::Outages(Box::new(Outages { hall, area: None, back: Box::new(back) }));
    }
}
