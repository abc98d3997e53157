//! The second factor: whoever comes by a phone or an identity number, or asks for an account's applications, proves first
//! that it is theirs. Nothing is shown before, not even whether anybody has the number; a proof that does not fit and a
//! number that nobody has are one answer.

use powerhall_api::{
    FoundAccounts, Lookup, LookupRequest, Personal, Place, ProblemCode, ProofRequest, ProofWay,
};

use crate::page::Page;
use crate::{
    Accounts, Answer, Find, Ignored, Kind, Millis, Notice, Press, Purpose, Question, Screen, Step, Trouble,
    Waiting,
    step::{Run, erase_last, type_character},
};

/// Characters of the end of a number.
const LAST: usize = 4;
/// Digits of a one-time code.
const CODE: usize = 6;

/// What is to be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// An account is theirs; its number goes with the proof.
    Account(Personal),
    /// A number is theirs, by the reference of its look-up.
    Person {
        /// Of the look-up.
        reference: String,
        /// What was looked up by.
        by: Kind,
    },
}

/// A code that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// How long a code can be used, in seconds.
    pub holds: u32,
    /// When another may be asked for; `None`: now.
    pub again: Option<Millis>,
}

/// The second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prove {
    /// Where back leads, with the number still there.
    pub find: Box<Find>,
    /// What is to be proved.
    pub claim: Claim,
    /// How it may be proved; never empty, and nothing that this version does not know.
    pub ways: Vec<ProofWay>,
    /// How it is to be proved now.
    pub way: ProofWay,
    /// As typed.
    pub typed: Personal,
    /// The code that was asked for.
    pub sent: Option<Sent>,
    /// How often it may be tried, as far as is known.
    pub tries_left: Option<u32>,
    /// What the proof has opened, while the only one of it is asked about.
    pub opened: Option<FoundAccounts>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The code, the proof, or what it leads to, under way.
    pub waiting: Option<Waiting>,
}

impl Prove {
    fn page(find: &mut Find, claim: Claim, ways: Vec<ProofWay>, tries_left: Option<u32>) -> Option<Screen> {
        let way = *ways.first()?;
        Some(Screen::Prove(Box::new(Self {
            find: Box::new(std::mem::take(find)),
            claim,
            ways,
            way,
            typed: Personal::default(),
            sent: None,
            tries_left,
            opened: None,
            notice: None,
            waiting: None,
        })))
    }

    /// A code is to be sent before anything can be typed.
    #[must_use]
    pub fn asks_to_send(&self) -> bool {
        self.way == ProofWay::Code && self.sent.is_none()
    }

    /// How many characters the proof has.
    #[must_use]
    pub const fn length(&self) -> usize {
        match self.way {
            ProofWay::IdLast4 | ProofWay::PhoneLast4 | ProofWay::Unknown => LAST,
            ProofWay::Code => CODE,
        }
    }

    /// The proof is whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.typed.reveal().len() == self.length()
    }

    /// The proof may end with an X.
    #[must_use]
    pub fn takes_x(&self) -> bool {
        self.way == ProofWay::IdLast4
    }

    fn proof(&self) -> Option<ProofRequest> {
        let typed = || self.typed.clone();
        match self.way {
            ProofWay::IdLast4 => Some(ProofRequest::IdLast4 { id_last4: typed() }),
            ProofWay::PhoneLast4 => Some(ProofRequest::PhoneLast4 { phone_last4: typed() }),
            ProofWay::Code => Some(ProofRequest::Code { code: typed() }),
            ProofWay::Unknown => None,
        }
    }

    /// What the proof leads to could not be had.
    fn troubled(&mut self, trouble: Trouble) {
        match trouble {
            Trouble::Problem(ProblemCode::ProofWrong, _) => {
                self.tries_left = self.tries_left.map(|left| left.saturating_sub(1));
                self.typed = Personal::default();
                self.notice = Some(Notice::ProofWrong(self.tries_left));
            }
            // Deliberately one answer too.
            Trouble::Problem(ProblemCode::ApplicationNotFound, _) => {
                self.typed = Personal::default();
                self.notice = Some(trouble.into());
            }
            Trouble::Offline
            | Trouble::Timeout
            | Trouble::Malformed
            | Trouble::Server(_)
            | Trouble::Problem(..) => self.notice = Some(trouble.into()),
        }
    }
}

impl Page for Prove {
    fn place(&self) -> Place {
        Place::Prove
    }

    fn step(&self) -> Option<Step> {
        self.find.purpose.step()
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn countdown(&self) -> Option<Millis> {
        self.sent.and_then(|sent| sent.again)
    }

    fn time_passes(&mut self, now: Millis) {
        if let Some(sent) = &mut self.sent {
            sent.again = sent.again.filter(|&again| again > now);
        }
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Prove(prove) = &mut run.state.screen else { return };
        if press == Press::Back {
            run.state.screen = Screen::Find(std::mem::take(&mut prove.find));
            return;
        }
        if prove.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        let most = prove.length();
        let types = !prove.asks_to_send();
        let edited = match press {
            Press::Digit(digit @ 0..=9) if types => {
                type_character(&mut prove.typed, char::from(b'0' + digit), most)
            }
            Press::X if prove.takes_x() && prove.typed.reveal().len() == most - 1 => {
                type_character(&mut prove.typed, 'X', most)
            }
            Press::X if prove.takes_x() => Err(Ignored::NoChange),
            Press::Erase if types => erase_last(&mut prove.typed),
            Press::Clear if types && !prove.typed.reveal().is_empty() => {
                prove.typed = Personal::default();
                Ok(())
            }
            Press::Entry(which) => match prove.ways.get(which) {
                Some(way) if *way == prove.way => Err(Ignored::NoChange),
                Some(way) => {
                    prove.way = *way;
                    prove.typed = Personal::default();
                    Ok(())
                }
                None => Err(Ignored::NotHere),
            },
            Press::TryAgain if prove.way == ProofWay::Code => match prove.sent {
                Some(Sent { again: None, .. }) => return run.send_code(),
                Some(Sent { again: Some(_), .. }) => Err(Ignored::NoChange),
                None => Err(Ignored::NotHere),
            },
            Press::Next if prove.asks_to_send() => return run.send_code(),
            Press::Next if prove.is_whole() => return run.prove(),
            Press::Next => {
                prove.notice = Some(Notice::ProofShort);
                return;
            }
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => prove.notice = None,
            Err(why) => run.ignore(why),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let now = run.now.at;
        let Screen::Prove(prove) = &mut run.state.screen else { return };
        let purpose = prove.find.purpose;
        match answer {
            Ok(Answer::CodeSent(sent)) => {
                let again = now + u64::from(sent.again_after) * 1_000;
                prove.sent = Some(Sent { holds: sent.seconds_left, again: Some(again) });
                prove.typed = Personal::default();
            }
            Ok(Answer::Proved(found)) => run.proved(purpose, found),
            Ok(Answer::Lookup(Lookup { reference, .. })) => match (purpose, prove.proof()) {
                // The account is there; now the proof for it.
                (Purpose::Payments, Some(proof)) => run.ask(Question::Prove(reference, proof)),
                _ => run.ask(Question::Applications(reference)),
            },
            Ok(Answer::Quote(asked, quote)) => run.show_quote(asked, quote, None, None),
            Ok(Answer::Payments(reference, payments)) => run.show_payments(reference, payments),
            Ok(Answer::Bills(reference, bills)) => run.show_bills_of(reference, bills),
            Ok(Answer::Applications(found)) if !found.applications.is_empty() => run.show_applications(found),
            Ok(Answer::Applications(_)) => run.keep_opened(purpose, Notice::NoApplications),
            Ok(_) => run.keep_opened(purpose, Trouble::Malformed.into()),
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(purpose, Notice::LookupExpired);
            }
            Err(Trouble::Problem(ProblemCode::ProofsExhausted, _)) => {
                run.state.screen = Find::again(purpose, Notice::ProofsExhausted);
            }
            Err(trouble) if prove.opened.is_some() => run.keep_opened(purpose, trouble.into()),
            Err(trouble) => prove.troubled(trouble),
        }
    }
}

impl Run<'_> {
    /// To the proof of an account, by the end of the phone on file.
    pub(super) fn prove_account(&mut self, account: Personal) {
        let Screen::Find(find) = &mut self.state.screen else { return };
        if let Some(screen) = Prove::page(find, Claim::Account(account), vec![ProofWay::PhoneLast4], None) {
            self.state.screen = screen;
        }
    }

    /// To the proof of a person, in whatever way is open here.
    pub(super) fn prove_person(&mut self, lookup: Lookup) {
        let settings = self.settings;
        let Screen::Find(find) = &mut self.state.screen else { return };
        let known = |way: &ProofWay| match way {
            ProofWay::IdLast4 | ProofWay::PhoneLast4 | ProofWay::Code => true,
            ProofWay::Unknown => false,
        };
        let ways = lookup.proofs.into_iter().filter(known).collect();
        let by = find.number(settings).map_or(Kind::Phone, |(kind, _)| kind);
        let claim = Claim::Person { reference: lookup.reference, by };
        match Prove::page(find, claim, ways, lookup.tries) {
            Some(screen) => self.state.screen = screen,
            None => {
                let Screen::Find(find) = &mut self.state.screen else { return };
                find.notice = Some(Trouble::Malformed.into());
            }
        }
    }

    fn send_code(&mut self) {
        let Screen::Prove(prove) = &mut self.state.screen else { return };
        match &prove.claim {
            Claim::Person { reference, .. } => {
                let question = Question::SendCode(reference.clone());
                prove.notice = None;
                self.ask(question);
            }
            Claim::Account(_) => self.ignore(Ignored::NotHere),
        }
    }

    fn prove(&mut self) {
        let Screen::Prove(prove) = &mut self.state.screen else { return };
        let question = match (&prove.claim, prove.proof()) {
            (Claim::Person { reference, .. }, Some(proof)) => Question::Prove(reference.clone(), proof),
            (Claim::Account(account), _) if prove.find.purpose == Purpose::Payments => {
                Question::Lookup(LookupRequest::Account { account: account.clone() })
            }
            (Claim::Account(account), _) => {
                let (account, phone_last4) = (account.clone(), prove.typed.clone());
                Question::Lookup(LookupRequest::AccountPhone { account, phone_last4 })
            }
            (Claim::Person { .. }, None) => return self.ignore(Ignored::NotHere),
        };
        prove.notice = None;
        self.ask(question);
    }

    /// One account leads on by itself; of several, the customer chooses.
    fn proved(&mut self, purpose: Purpose, found: FoundAccounts) {
        let Screen::Prove(prove) = &mut self.state.screen else { return };
        prove.typed = Personal::default();
        match found.accounts.as_slice() {
            [only] if !found.more => {
                let question = purpose.question(only.reference.clone());
                prove.opened = Some(found);
                self.ask(question);
            }
            _ => self.state.screen = Accounts::all(purpose, found, None),
        }
    }

    /// What the proof has opened is not lost when what it leads to cannot be had now.
    fn keep_opened(&mut self, purpose: Purpose, notice: Notice) {
        let Screen::Prove(prove) = &mut self.state.screen else { return };
        match prove.opened.take() {
            Some(found) => self.state.screen = Accounts::all(purpose, found, Some(notice)),
            None => prove.notice = Some(notice),
        }
    }
}
