//! Pay, step 2: who it is, what is owed, and what of it the customer wants to pay.

use std::collections::BTreeSet;

use powerhall_api::{Duty, Place, ProblemCode, Quote, QuoteRequest};
use powerhall_money::Fen;

use crate::page::Page;
use crate::{
    AmountEntry, Answer, FindAccount, Ignored, Millis, Notice, Press, Question, Screen, Step, Trouble,
    Waiting, step::Run,
};

/// Pay, step 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Names the account in later requests.
    pub reference: String,
    /// What is owed.
    pub quote: Quote,
    /// When the quote expires.
    pub expires: Millis,
    /// What the customer wants to pay.
    pub choice: Choice,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// A fresh quote under way.
    pub waiting: Option<Waiting>,
}

/// What the customer wants to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// These months, by their place in the list.
    Months(BTreeSet<usize>),
    /// Another amount.
    Amount(Fen),
}

impl Confirm {
    /// The account's line of the quote. A quote of this journey has exactly one.
    #[must_use]
    pub fn line(&self) -> Option<&powerhall_api::QuoteLine> {
        self.quote.lines.first()
    }

    /// Nothing is owed, so nothing is wanted of the customer.
    #[must_use]
    pub const fn owes_nothing(&self) -> bool {
        match self.quote.lines.as_slice() {
            [line, ..] => line.bills.is_empty(),
            [] => true,
        }
    }

    /// What the choice comes to; zero when nothing is chosen.
    #[must_use]
    pub fn amount(&self) -> Fen {
        match &self.choice {
            Choice::Amount(amount) => *amount,
            Choice::Months(chosen) => self.sum(chosen, |bill| bill.amount_fen.plus(bill.late_fee_fen)),
        }
    }

    /// The late fees within the chosen months.
    #[must_use]
    pub fn late_fees(&self) -> Fen {
        match &self.choice {
            Choice::Amount(_) => Fen::ZERO,
            Choice::Months(chosen) => self.sum(chosen, |bill| Ok(bill.late_fee_fen)),
        }
    }

    /// What is left over and becomes credit (预收); zero when the amount is owed.
    #[must_use]
    pub fn surplus(&self) -> Fen {
        let owed = self.line().map_or(Fen::ZERO, |line| line.total_fen);
        match self.amount().minus(owed) {
            Ok(rest) if rest.is_positive() => rest,
            Ok(_) | Err(_) => Fen::ZERO,
        }
    }

    fn sum(
        &self,
        chosen: &BTreeSet<usize>,
        of: impl Fn(&powerhall_api::Bill) -> Result<Fen, powerhall_money::FenError>,
    ) -> Fen {
        let bills = self.line().map_or(&[][..], |line| &line.bills);
        let picked = bills.iter().enumerate().filter(|(i, _)| chosen.contains(i));
        // A sum beyond i64 fen cannot be owed; zero is refused as “nothing chosen”.
        picked.map(|(_, bill)| of(bill)).try_fold(Fen::ZERO, |sum, fen| sum.plus(fen?)).unwrap_or(Fen::ZERO)
    }
}

impl Page for Confirm {
    fn place(&self) -> Place {
        Place::Confirm
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Check)
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    /// Nothing is owed: that is what was asked.
    fn is_goal(&self) -> bool {
        self.owes_nothing()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let now = run.now.at;
        let Screen::Confirm(confirm) = &mut run.state.screen else { return };
        match press {
            Press::Back | Press::NotMe => {
                run.state.screen = Screen::FindAccount(FindAccount::default());
            }
            _ if confirm.waiting.is_some() => run.ignore(Ignored::Busy),
            Press::Month(month) => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                if month >= months {
                    return run.ignore(Ignored::NotHere);
                }
                let mut chosen = match std::mem::replace(&mut confirm.choice, Choice::Amount(Fen::ZERO)) {
                    Choice::Months(chosen) => chosen,
                    Choice::Amount(_) => BTreeSet::new(),
                };
                if !chosen.remove(&month) {
                    chosen.insert(month);
                }
                confirm.choice = Choice::Months(chosen);
                confirm.notice = None;
            }
            Press::AllMonths => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                confirm.choice = Choice::Months((0..months).collect());
                confirm.notice = None;
            }
            Press::OtherAmount => {
                let confirm = Box::new(confirm.clone());
                run.state.screen =
                    Screen::OtherAmount(AmountEntry { typed: String::new(), notice: None, confirm });
            }
            Press::Bills => run.show_bills(),
            Press::Next if !confirm.amount().is_positive() => confirm.notice = Some(Notice::NothingChosen),
            Press::Next => match check_amount(confirm, confirm.amount()) {
                Err(notice) => confirm.notice = Some(notice),
                Ok(_) if now >= confirm.expires => {
                    let confirm = confirm.clone();
                    run.renew_quote(confirm);
                }
                Ok(amount) => {
                    let confirm = confirm.clone();
                    if !run.suspended_instead() {
                        run.begin_payment(confirm, amount);
                    }
                }
            },
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Confirm(confirm) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Quote(asked, quote)) => run.show_quote(asked, quote, Some(Notice::Renewed)),
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = FindAccount::again(Notice::LookupExpired);
            }
            Ok(_) => confirm.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => confirm.notice = Some(trouble.into()),
        }
    }
}

impl Run<'_> {
    /// Everything owed is chosen to begin with: that is what most people came for.
    ///
    /// The kiosk's own limits narrow what the backend allows, and never widen it.
    pub(crate) fn show_quote(&mut self, asked: QuoteRequest, mut quote: Quote, notice: Option<Notice>) {
        // A quote of this journey is asked for with one reference.
        let reference = asked.references.into_iter().next().unwrap_or_default();
        for line in quote.lines.iter_mut().filter(|line| line.is_payable() && !line.is_fixed()) {
            line.min_fen = line.min_fen.max(self.settings.least_amount);
            line.max_fen = line.max_fen.min(self.settings.most_amount);
        }
        let months = quote.lines.first().map_or(0, |line| line.bills.len());
        let expires = self.now.at + u64::from(quote.seconds_left) * 1_000;
        let choice = Choice::Months((0..months).collect());
        self.state.screen =
            Screen::Confirm(Confirm { reference, quote, expires, choice, notice, waiting: None });
    }

    /// Asks again what is owed, staying on the page.
    pub(crate) fn renew_quote(&mut self, mut confirm: Confirm) {
        let reference = confirm.reference.clone();
        confirm.notice = None;
        self.state.screen = Screen::Confirm(confirm);
        self.ask(Question::Quote(QuoteRequest::of(reference, Duty::Arrears)));
    }
}

pub(super) fn check_amount(confirm: &Confirm, amount: Fen) -> Result<Fen, Notice> {
    let Some(line) = confirm.line() else { return Err(Notice::NothingChosen) };
    if amount < line.min_fen {
        Err(Notice::AmountTooSmall(line.min_fen))
    } else if amount > line.max_fen {
        Err(Notice::AmountTooLarge(line.max_fen))
    } else {
        Ok(amount)
    }
}
