//! Finding whom it is about, however the customer comes: one field for every number, the same for each purpose. An
//! account number and an application number are looked up at once; a phone and an identity number show nothing before a
//! proof (`prove`), and then a list of accounts to choose from (`accounts`).

mod accounts;
mod identify;
mod no_number;
pub(crate) mod number;
mod prove;
mod scan;
mod wedge;

pub use accounts::Accounts;
pub use identify::{Kind, Reading, Whole, Wrong, identify, read_as};
pub use no_number::NoNumber;
pub use number::{complete_account, group};
pub use prove::{Claim, Prove, Sent};
use scan::scanned_application;
pub use scan::{NotABill, scanned_account};
pub use wedge::{TOGETHER, Wedge};

use powerhall_api::{Duty, ID_LENGTH, Lookup, LookupKind, LookupRequest, Personal, Place, QuoteRequest};

use crate::page::Page;
use crate::{
    Answer, Ignored, Notice, Press, Question, Screen, Settings, Step, Trouble, Waiting,
    step::{Run, erase_last, type_character},
};

/// What the customer has come for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// To pay a bill.
    #[default]
    Pay,
    /// To ask how far an application is.
    Progress,
    /// To see what was paid, and take receipts and invoices along.
    Payments,
    /// To see what was billed.
    Bills,
}

impl Purpose {
    /// The kinds of numbers that lead there.
    #[must_use]
    pub const fn asked(self) -> &'static [Kind] {
        match self {
            Self::Pay | Self::Payments | Self::Bills => &[Kind::Account, Kind::Phone, Kind::IdNumber],
            Self::Progress => &Kind::ALL,
        }
    }

    /// What is asked about an account that was found.
    pub(crate) fn question(self, reference: String) -> Question {
        match self {
            Self::Pay => Question::Quote(QuoteRequest::of(reference, Duty::Arrears)),
            Self::Progress => Question::Applications(reference),
            Self::Payments => Question::Payments(reference),
            Self::Bills => Question::Bills(reference),
        }
    }

    /// The step of paying that finding belongs to.
    pub(crate) const fn step(self) -> Option<Step> {
        match self {
            Self::Pay => Some(Step::Find),
            Self::Progress | Self::Payments | Self::Bills => None,
        }
    }
}

/// The one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// What for.
    pub purpose: Purpose,
    /// As typed: digits, and an identity number's last X.
    pub typed: Personal,
    /// What the customer has said that it is, where it may be several things.
    pub said: Option<Kind>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up, or what it leads to, under way.
    pub waiting: Option<Waiting>,
}

impl Find {
    /// Empty, for a purpose.
    pub(crate) fn begin(purpose: Purpose) -> Screen {
        Screen::Find(Self { purpose, ..Self::default() })
    }

    /// Empty, with a word on why it is asked for again.
    pub(crate) fn again(purpose: Purpose, notice: Notice) -> Screen {
        Screen::Find(Self { purpose, notice: Some(notice), ..Self::default() })
    }

    /// How what was typed is read.
    #[must_use]
    pub fn reading(&self, settings: &Settings) -> Reading {
        identify(&self.typed, self.purpose.asked(), settings)
    }

    /// What it may be, the likeliest first. Several, or one that is not asked for here: then the customer says so.
    #[must_use]
    pub fn choices(&self, settings: &Settings) -> Vec<Kind> {
        match self.reading(settings) {
            Reading::Whole(whole) => std::iter::once(whole.kind).chain(whole.or).collect(),
            Reading::Wrong(_) => {
                let fits = |kind: &Kind| read_as(*kind, &self.typed, settings).is_some();
                Kind::ALL.into_iter().filter(fits).collect()
            }
            Reading::Empty | Reading::Short(_) => Vec::new(),
        }
    }

    /// What is to be looked up, once it is a whole number.
    #[must_use]
    pub fn number(&self, settings: &Settings) -> Option<(Kind, Personal)> {
        let said = self.said.filter(|said| self.choices(settings).contains(said));
        let kind = match (said, self.reading(settings)) {
            (Some(said), _) => said,
            (None, Reading::Whole(whole)) => whole.kind,
            (None, Reading::Empty | Reading::Short(_) | Reading::Wrong(_)) => return None,
        };
        read_as(kind, &self.typed, settings).map(|number| (kind, number))
    }

    /// The next character may be an identity number's last, which may be an X.
    #[must_use]
    pub fn takes_x(&self, settings: &Settings) -> bool {
        let may_become = match self.reading(settings) {
            Reading::Short(kinds) => kinds,
            Reading::Whole(whole) => whole.may_become,
            Reading::Empty | Reading::Wrong(_) => return false,
        };
        self.typed.reveal().len() == ID_LENGTH - 1 && may_become.contains(&Kind::IdNumber)
    }

    /// Says what is wrong as soon as nothing can come of what is typed.
    fn edited(&mut self, settings: &Settings) {
        self.said = None;
        self.notice = match self.reading(settings) {
            Reading::Wrong(wrong) => Some(Notice::Number(wrong)),
            Reading::Empty | Reading::Short(_) | Reading::Whole(_) => None,
        };
    }
}

impl Page for Find {
    fn place(&self) -> Place {
        match self.purpose {
            Purpose::Pay => Place::FindAccount,
            Purpose::Progress => Place::FindApplication,
            Purpose::Payments => Place::FindPayments,
            Purpose::Bills => Place::FindBills,
        }
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
        let settings = run.settings;
        let Screen::Find(find) = &mut run.state.screen else { return };
        if press == Press::Back {
            if !run.back_from_beside() {
                run.go_home();
            }
            return;
        }
        if find.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        let most = number::longest(settings);
        let edited = match press {
            Press::Digit(digit @ 0..=9) => type_character(&mut find.typed, char::from(b'0' + digit), most),
            Press::X if find.takes_x(settings) => type_character(&mut find.typed, 'X', most),
            Press::Erase => erase_last(&mut find.typed),
            Press::Clear if find.typed.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                find.typed = Personal::default();
                Ok(())
            }
            Press::Entry(which) => match find.choices(settings).get(which) {
                Some(kind) => {
                    find.said = Some(*kind);
                    find.notice = None;
                    return;
                }
                None => Err(Ignored::NotHere),
            },
            Press::NoNumber => {
                let find = Box::new(std::mem::take(find));
                run.state.screen = Screen::NoNumber(NoNumber { find });
                return;
            }
            Press::Next => return run.look_up(),
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => find.edited(settings),
            Err(why) => run.ignore(why),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Find(find) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Lookup(lookup)) => run.looked_up(lookup),
            Ok(Answer::Quote(asked, quote)) => run.show_quote(asked, quote, None, None),
            Ok(Answer::Bills(reference, bills)) => run.show_bills_of(reference, bills),
            Ok(Answer::Applications(found)) if found.applications.is_empty() => {
                find.notice = Some(Notice::ApplicationUnknown);
            }
            Ok(Answer::Applications(found)) => run.show_applications(found),
            Ok(_) => find.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => find.notice = Some(trouble.into()),
        }
    }

    fn scanned(run: &mut Run<'_>, text: &Personal) {
        let settings = run.settings;
        let Screen::Find(find) = &mut run.state.screen else { return };
        if find.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        find.said = None;
        let application = || {
            let asked = find.purpose.asked().contains(&Kind::Application);
            asked.then(|| scanned_application(text, settings)).flatten()
        };
        let found = match scanned_account(text, settings) {
            Ok(account) => Ok((Kind::Account, account)),
            Err(not_a_bill) => application().map(|number| (Kind::Application, number)).ok_or(not_a_bill),
        };
        match found {
            Ok((kind, number)) => {
                find.typed = number;
                find.notice = None;
                find.said = Some(kind);
                run.look_up();
            }
            Err(not_a_bill) => {
                find.typed = Personal::default();
                find.notice = Some(Notice::NotABill(not_a_bill));
            }
        }
    }
}

impl Run<'_> {
    fn look_up(&mut self) {
        let settings = self.settings;
        let Screen::Find(find) = &mut self.state.screen else { return };
        let Some((kind, number)) = find.number(settings) else {
            find.notice = Some(match find.reading(settings) {
                Reading::Wrong(wrong) => Notice::Number(wrong),
                Reading::Empty | Reading::Short(_) | Reading::Whole(_) => Notice::NumberShort,
            });
            return;
        };
        find.notice = None;
        let request = match (kind, find.purpose) {
            (Kind::Account, Purpose::Pay | Purpose::Bills) => LookupRequest::Account { account: number },
            // Nothing to ask yet: whose the account is must be proved first.
            (Kind::Account, Purpose::Progress | Purpose::Payments) => return self.prove_account(number),
            (Kind::Application, _) => LookupRequest::Application { application: number },
            (Kind::Phone, _) => LookupRequest::Phone { phone: number },
            (Kind::IdNumber, _) => LookupRequest::IdNumber { id_number: number },
        };
        self.ask(Question::Lookup(request));
    }

    fn looked_up(&mut self, lookup: Lookup) {
        let Screen::Find(find) = &mut self.state.screen else { return };
        match lookup.kind {
            LookupKind::Account => {
                let question = find.purpose.question(lookup.reference);
                self.ask(question);
            }
            LookupKind::Applications => self.ask(Question::Applications(lookup.reference)),
            LookupKind::Person => self.prove_person(lookup),
            LookupKind::Unknown => find.notice = Some(Trouble::Malformed.into()),
        }
    }
}
