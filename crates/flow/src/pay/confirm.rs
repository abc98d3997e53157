//! Pay, step 2: who it is, what is owed, and what of it the customer wants to pay. An account that is paid for in advance
//! (预购电) owes nothing: there it is what the meter has, and how much more the customer wants to pay.

use std::collections::BTreeSet;

use powerhall_api::{Blocked, Duty, OrderLineRequest, Place, Prepaid, ProblemCode, Quote, QuoteRequest};
use powerhall_money::Fen;

use super::basket::is_payable_beside;
use crate::page::Page;
use crate::{
    Accounts, AmountEntry, Answer, Find, Ignored, Millis, Notice, Press, Purpose, Question, Screen, Step,
    Trouble, Waiting, step::Run,
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
    /// The list that it was chosen from, where back leads; `None`: found by its number.
    pub of: Option<Box<Accounts>>,
}

/// What the customer wants to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// These months, by their place in the list.
    Months(BTreeSet<usize>),
    /// Another amount.
    Amount(Fen),
}

/// What a recharge is offered as, in yuan, besides an amount that is typed.
const PRESETS: [i64; 7] = [50, 100, 200, 500, 1_000, 2_000, 5_000];
/// With “another amount” as many as large text has on a page.
const PRESETS_SHOWN: usize = 3;

impl Confirm {
    /// The account's line of the quote. A quote of this journey has exactly one.
    #[must_use]
    pub fn line(&self) -> Option<&powerhall_api::QuoteLine> {
        self.quote.lines.first()
    }

    /// What the meter has, where it is paid for in advance.
    #[must_use]
    pub fn prepaid(&self) -> Option<&Prepaid> {
        self.line()?.prepaid.as_ref()
    }

    /// Why nothing can be paid now, if so.
    #[must_use]
    pub fn blocked(&self) -> Option<Blocked> {
        let line = self.line()?;
        let why = line.prepaid.as_ref().and_then(|prepaid| prepaid.blocked);
        why.or_else(|| (!line.is_payable()).then_some(Blocked::Unknown))
    }

    /// The amounts that a recharge is offered as: round ones within what can be paid, the smallest first.
    #[must_use]
    pub fn presets(&self) -> Vec<Fen> {
        let Some(line) = self.line().filter(|line| line.prepaid.is_some()) else { return Vec::new() };
        let round = PRESETS.into_iter().map(|yuan| Fen::new(yuan * 100));
        round.filter(|amount| (line.min_fen..=line.max_fen).contains(amount)).take(PRESETS_SHOWN).collect()
    }

    /// The least that can be paid for a supply that is cut off to be reconnected. None: it is not cut off, or enough is
    /// paid already.
    #[must_use]
    pub fn minimum(&self) -> Option<Fen> {
        let line = self.line()?;
        let least = line.cut_off.as_ref()?.reconnect_fen;
        least.is_positive().then(|| least.max(line.min_fen))
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

    /// The chosen months; none for another amount, which pays the oldest first.
    #[must_use]
    pub fn periods(&self) -> Vec<String> {
        let bills = self.line().map_or(&[][..], |line| &line.bills);
        match &self.choice {
            Choice::Amount(_) => Vec::new(),
            Choice::Months(chosen) => {
                chosen.iter().filter_map(|&at| bills.get(at)).map(|bill| bill.period.clone()).collect()
            }
        }
    }

    /// The months that are paid whole by the choice, by their place in the list: those chosen, or the oldest that another
    /// amount is enough for.
    #[must_use]
    pub fn whole_months(&self) -> BTreeSet<usize> {
        let rest = match &self.choice {
            Choice::Months(chosen) => return chosen.clone(),
            Choice::Amount(amount) => *amount,
        };
        let bills = self.line().map_or(&[][..], |line| &line.bills);
        let left = bills.iter().scan(rest, |rest, bill| {
            *rest = rest.minus(bill.amount_fen).and_then(|rest| rest.minus(bill.late_fee_fen)).ok()?;
            (*rest >= Fen::ZERO).then_some(())
        });
        (0..left.count()).collect()
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
        if self.prepaid().is_some() { Place::Recharge } else { Place::Confirm }
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

    /// Who is told that nothing is owed, and does not pay ahead, is at the end.
    fn asks_opinion(&self) -> bool {
        self.owes_nothing() && self.prepaid().is_none() && matches!(self.choice, Choice::Months(_))
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let now = run.now.at;
        let Screen::Confirm(confirm) = &mut run.state.screen else { return };
        match press {
            Press::Back | Press::NotMe => {
                run.state.screen = match confirm.of.take() {
                    Some(list) => Screen::Accounts(list),
                    None => Find::begin(Purpose::Pay),
                };
            }
            _ if confirm.waiting.is_some() => run.ignore(Ignored::Busy),
            Press::Month(month) => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                if month >= months {
                    return run.ignore(Ignored::NotHere);
                }
                // From what is seen ticked.
                let mut chosen = confirm.whole_months();
                if !chosen.remove(&month) {
                    chosen.insert(month);
                }
                confirm.choice = Choice::Months(chosen);
                confirm.notice = None;
            }
            Press::AllMonths if confirm.prepaid().is_none() => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                confirm.choice = Choice::Months((0..months).collect());
                confirm.notice = None;
            }
            Press::Tick(at) => match confirm.presets().get(at) {
                Some(amount) if confirm.blocked().is_none() => {
                    confirm.choice = Choice::Amount(*amount);
                    confirm.notice = None;
                }
                Some(_) | None => run.ignore(Ignored::NotHere),
            },
            Press::Minimum => match confirm.minimum() {
                Some(least) => {
                    confirm.choice = Choice::Amount(least);
                    confirm.notice = None;
                }
                None => run.ignore(Ignored::NotHere),
            },
            Press::AddAccount if confirm.line().is_some_and(is_payable_beside) => run.find_beside(),
            Press::TryAgain if confirm.blocked().is_some() => Self::renew(run),
            Press::OtherAmount | Press::Next if confirm.blocked().is_some() => run.ignore(Ignored::NotHere),
            Press::OtherAmount => {
                let confirm = Box::new(confirm.clone());
                run.state.screen =
                    Screen::OtherAmount(AmountEntry { typed: String::new(), notice: None, confirm });
            }
            Press::Bills => run.show_bills(),
            Press::Next if !confirm.amount().is_positive() => {
                let advance = confirm.prepaid().is_some();
                confirm.notice = Some(if advance { Notice::NoAmount } else { Notice::NothingChosen });
            }
            Press::Next => match check_amount(confirm, confirm.amount()) {
                Err(notice) => confirm.notice = Some(notice),
                Ok(_) if now >= confirm.expires => Self::renew(run),
                Ok(amount) => {
                    let line = confirm.line().map_or(0, |line| line.line);
                    let lines =
                        vec![OrderLineRequest { line, amount_fen: amount, periods: confirm.periods() }];
                    let quote_id = confirm.quote.quote_id.clone();
                    run.begin_payment(quote_id, lines);
                }
            },
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn comes_back(&mut self, notice: Option<Notice>) {
        self.notice = notice;
    }

    fn renew(run: &mut Run<'_>) {
        let Screen::Confirm(confirm) = &mut run.state.screen else { return };
        confirm.notice = None;
        let question = Question::Quote(QuoteRequest::of(confirm.reference.clone(), Duty::Arrears));
        run.ask(question);
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Confirm(confirm) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Quote(asked, quote)) => {
                let of = confirm.of.take();
                run.show_quote(asked, quote, Some(Notice::Renewed), of);
            }
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(Purpose::Pay, Notice::LookupExpired);
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
    pub(crate) fn show_quote(
        &mut self,
        asked: QuoteRequest,
        mut quote: Quote,
        notice: Option<Notice>,
        of: Option<Box<Accounts>>,
    ) {
        if let Some(page) = self.state.beside.take() {
            return self.join(*page, asked.references);
        }
        for line in quote.lines.iter_mut().filter(|line| line.is_payable() && !line.is_fixed()) {
            line.min_fen = line.min_fen.max(self.settings.least_amount);
            line.max_fen = line.max_fen.min(self.settings.most_amount);
        }
        if asked.references.len() > 1 {
            return self.show_basket(asked.references, quote, notice);
        }
        let reference = asked.references.into_iter().next().unwrap_or_default();
        let months = quote.lines.first().map_or(0, |line| line.bills.len());
        let expires = self.now.at + u64::from(quote.seconds_left) * 1_000;
        // How much a meter is to have more is no matter of what was looked up again.
        let kept = match (&self.state.screen, &notice) {
            (Screen::Confirm(confirm), Some(_)) if confirm.prepaid().is_some() => {
                Some(confirm.choice.clone())
            }
            _ => None,
        };
        let choice = kept.unwrap_or_else(|| Choice::Months((0..months).collect()));
        self.state.screen =
            Screen::Confirm(Confirm { reference, quote, expires, choice, notice, waiting: None, of });
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
