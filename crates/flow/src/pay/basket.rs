//! Pay, step 2 with several accounts: what each of them owes, and which are paid with one code. An account that owes
//! nothing or is paid for in advance stands in the list, and is not paid here.

use std::collections::BTreeSet;

use powerhall_api::{Duty, LINES_MOST, OrderLineRequest, Place, ProblemCode, Quote, QuoteLine, QuoteRequest};
use powerhall_money::Fen;

use crate::page::Page;
use crate::{
    Answer, Find, Ignored, Millis, Notice, Press, Purpose, Question, Screen, Step, Trouble, Waiting,
    step::Run,
};

/// Pay, step 2 with several accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    /// Names the accounts, in the order of the quote's lines.
    pub references: Vec<String>,
    /// What each owes.
    pub quote: Quote,
    /// When the quote expires.
    pub expires: Millis,
    /// Those that are paid, by their place.
    pub chosen: BTreeSet<usize>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// A fresh quote under way.
    pub waiting: Option<Waiting>,
    /// Where back leads.
    pub back: Box<Screen>,
}

impl Basket {
    /// What is chosen, in all; zero when nothing is.
    #[must_use]
    pub fn amount(&self) -> Fen {
        let chosen = self.lines().map(|line| line.total_fen);
        // A sum beyond i64 fen cannot be owed; zero is refused as “nothing chosen”.
        Fen::sum(chosen).unwrap_or(Fen::ZERO)
    }

    /// The late fees within it.
    #[must_use]
    pub fn late_fees(&self) -> Fen {
        let bills = self.lines().flat_map(|line| &line.bills);
        Fen::sum(bills.map(|bill| bill.late_fee_fen)).unwrap_or(Fen::ZERO)
    }

    /// Another account can be put beside these.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.references.len() < LINES_MOST
    }

    fn lines(&self) -> impl Iterator<Item = &QuoteLine> {
        self.chosen.iter().filter_map(|&at| self.quote.lines.get(at))
    }

    /// All that is owed, with every month of it: an order pays each line whole.
    fn order(&self) -> Vec<OrderLineRequest> {
        let line = |line: &QuoteLine| OrderLineRequest {
            line: line.line,
            amount_fen: line.total_fen,
            periods: line.bills.iter().map(|bill| bill.period.clone()).collect(),
        };
        self.lines().map(line).collect()
    }

    /// The first amount that this kiosk does not take at once: a line's, or the sum.
    fn too_large(&self, most: Fen) -> Option<Fen> {
        let line = self.lines().find(|line| line.total_fen > line.max_fen).map(|line| line.max_fen);
        line.or_else(|| (self.amount() > most).then_some(most))
    }
}

/// Whether a line is paid with others: something is owed, and it is no meter that is paid for in advance.
#[must_use]
pub fn is_payable_beside(line: &QuoteLine) -> bool {
    line.duty == Duty::Arrears && line.total_fen.is_positive() && line.is_payable()
}

/// One of the lines from `known` on is an account that is there already, found again. Masks say less than numbers do, so two
/// accounts of one owner may be taken for one: then each is paid by itself.
fn is_there_twice(quote: &Quote, known: usize) -> bool {
    quote.lines.iter().enumerate().skip(known).any(|(at, line)| {
        line.account.is_some() && quote.lines[..at].iter().any(|other| other.account == line.account)
    })
}

impl Page for Basket {
    fn place(&self) -> Place {
        Place::Basket
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

    /// None of them owes anything: that is what was asked.
    fn is_goal(&self) -> bool {
        !self.quote.lines.iter().any(is_payable_beside)
    }

    fn comes_back(&mut self, notice: Option<Notice>) {
        self.notice = notice;
    }

    fn renew(run: &mut Run<'_>) {
        let Screen::Basket(basket) = &mut run.state.screen else { return };
        basket.notice = None;
        let question = quote_of(basket.references.clone());
        run.ask(question);
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let (now, most) = (run.now.at, run.settings.most_amount);
        let Screen::Basket(basket) = &mut run.state.screen else { return };
        match press {
            Press::Back => run.state.screen = (*basket.back).clone(),
            _ if basket.waiting.is_some() => run.ignore(Ignored::Busy),
            Press::Tick(at) if basket.quote.lines.get(at).is_some_and(is_payable_beside) => {
                if !basket.chosen.remove(&at) {
                    basket.chosen.insert(at);
                }
                basket.notice = None;
            }
            Press::AddAccount if basket.has_room() => run.find_beside(),
            Press::Next if !basket.amount().is_positive() => basket.notice = Some(Notice::NoneChosen),
            Press::Next => match basket.too_large(most) {
                Some(most) => basket.notice = Some(Notice::AmountTooLarge(most)),
                None if now >= basket.expires => Self::renew(run),
                None => {
                    let (quote_id, lines) = (basket.quote.quote_id.clone(), basket.order());
                    run.begin_payment(quote_id, lines);
                }
            },
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Basket(basket) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Quote(asked, quote)) => run.show_quote(asked, quote, Some(Notice::Renewed), None),
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(Purpose::Pay, Notice::LookupExpired);
            }
            Ok(_) => basket.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => basket.notice = Some(trouble.into()),
        }
    }
}

/// What these accounts owe.
fn quote_of(references: Vec<String>) -> Question {
    Question::Quote(QuoteRequest { references, duty: Duty::Arrears })
}

impl Run<'_> {
    /// Another account is found for the same payment; the page with what is there already waits aside.
    pub(crate) fn find_beside(&mut self) {
        let mut page = std::mem::replace(&mut self.state.screen, Find::begin(Purpose::Pay));
        page.comes_back(None);
        self.state.beside = Some(Box::new(page));
    }

    /// Back from finding another account to what is there already; false where none was being found.
    pub(crate) fn back_from_beside(&mut self) -> bool {
        let Some(page) = self.state.beside.take() else { return false };
        self.state.screen = *page;
        true
    }

    /// The account that was found joins those of the page that waits aside: what all of them owe is asked for.
    pub(super) fn join(&mut self, page: Screen, found: Vec<String>) {
        let references = match &page {
            Screen::Basket(basket) => basket.references.clone(),
            Screen::Confirm(confirm) => vec![confirm.reference.clone()],
            _ => Vec::new(),
        };
        let mut all = references;
        all.extend(found.into_iter().filter(|new| !all.contains(new)).collect::<Vec<_>>());
        all.truncate(LINES_MOST);
        self.state.screen = page;
        self.ask(quote_of(all));
    }

    /// The quote of several accounts. What can be paid is chosen, but for what the customer has left out before.
    pub(super) fn show_basket(&mut self, references: Vec<String>, quote: Quote, notice: Option<Notice>) {
        let expires = self.now.at + u64::from(quote.seconds_left) * 1_000;
        let known = match &self.state.screen {
            Screen::Basket(basket) => basket.references.len(),
            // A proof lists each account once.
            Screen::Accounts(_) => quote.lines.len(),
            _ => 1,
        };
        if is_there_twice(&quote, known) {
            return self.state.screen.comes_back(Some(Notice::AlreadyThere));
        }
        let (back, left_out) = match &self.state.screen {
            Screen::Basket(basket) => {
                let left_out: BTreeSet<String> = (0..basket.quote.lines.len())
                    .filter(|at| !basket.chosen.contains(at) && is_payable_beside(&basket.quote.lines[*at]))
                    .filter_map(|at| basket.references.get(at).cloned())
                    .collect();
                (basket.back.clone(), left_out)
            }
            other => (Box::new(other.clone()), BTreeSet::new()),
        };
        let grown = match &self.state.screen {
            Screen::Basket(basket) => basket.references.len() < references.len(),
            _ => true,
        };
        let chosen = quote.lines.iter().enumerate().filter(|(at, line)| {
            is_payable_beside(line) && references.get(*at).is_none_or(|one| !left_out.contains(one))
        });
        let chosen = chosen.map(|(at, _)| at).collect();
        // Only what was there before can have changed.
        let notice = notice.filter(|_| !grown);
        self.state.screen = Screen::Basket(Box::new(Basket {
            references,
            quote,
            expires,
            chosen,
            notice,
            waiting: None,
            back,
        }));
    }
}
