//! Progress, then paying: the fees that are due on an application, each with its arithmetic and its legal basis. All of them
//! are paid whole and with one code, as a bill is.

use powerhall_api::{Duty, OrderLineRequest, Place, ProblemCode, Quote, QuoteLine, QuoteRequest};
use powerhall_money::Fen;

use super::Progress;
use crate::page::Page;
use crate::{
    Answer, Find, Ignored, Millis, Notice, Press, Purpose, Question, Screen, Step, Trouble, Waiting,
    step::Run,
};

/// The fees of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Where back leads; it shows one application.
    pub progress: Progress,
    /// What is due; none until the backend has answered.
    pub quote: Option<Quote>,
    /// When the quote expires.
    pub expires: Millis,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The quote under way.
    pub waiting: Option<Waiting>,
}

impl Fees {
    /// The fees that can be paid here.
    pub fn due(&self) -> impl Iterator<Item = &QuoteLine> {
        let lines = self.quote.iter().flat_map(|quote| &quote.lines);
        lines.filter(|line| line.duty == Duty::Fees && line.is_fixed())
    }

    /// What they come to; zero when none is due.
    #[must_use]
    pub fn amount(&self) -> Fen {
        // A sum beyond i64 fen cannot be due; zero is never asked for.
        Fen::sum(self.due().map(|line| line.total_fen)).unwrap_or(Fen::ZERO)
    }

    fn order(&self) -> Vec<OrderLineRequest> {
        let line = |line: &QuoteLine| OrderLineRequest {
            line: line.line,
            amount_fen: line.total_fen,
            periods: Vec::new(),
        };
        self.due().map(line).collect()
    }

    fn ask(&self) -> Question {
        let reference = self.progress.application().map(|one| one.reference.clone());
        Question::Quote(QuoteRequest::of(reference.unwrap_or_default(), Duty::Fees))
    }
}

impl Page for Fees {
    fn place(&self) -> Place {
        Place::Fees
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

    fn comes_back(&mut self, notice: Option<Notice>) {
        self.notice = notice;
    }

    fn renew(run: &mut Run<'_>) {
        let Screen::Fees(fees) = &mut run.state.screen else { return };
        fees.notice = None;
        let question = fees.ask();
        run.ask(question);
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let (now, most) = (run.now.at, run.settings.most_amount);
        let Screen::Fees(fees) = &mut run.state.screen else { return };
        match press {
            Press::Back => run.state.screen = Screen::Progress(fees.progress.clone()),
            _ if fees.waiting.is_some() => run.ignore(Ignored::Busy),
            Press::TryAgain if fees.quote.is_none() => Self::renew(run),
            Press::Next if !fees.amount().is_positive() => run.ignore(Ignored::NotHere),
            Press::Next if fees.amount() > most => fees.notice = Some(Notice::AmountTooLarge(most)),
            Press::Next if now >= fees.expires => Self::renew(run),
            Press::Next => {
                let quote_id = fees.quote.as_ref().map(|quote| quote.quote_id.clone()).unwrap_or_default();
                let lines = fees.order();
                run.begin_payment(quote_id, lines);
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let now = run.now.at;
        let Screen::Fees(fees) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Quote(_, quote)) => {
                if fees.quote.is_some() {
                    fees.notice = Some(Notice::Renewed);
                }
                fees.expires = now + u64::from(quote.seconds_left) * 1_000;
                fees.quote = Some(quote);
            }
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(Purpose::Progress, Notice::LookupExpired);
            }
            Ok(_) => fees.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => fees.notice = Some(trouble.into()),
        }
    }
}

impl Run<'_> {
    /// From where an application stands to the fees that are due on it.
    pub(super) fn show_fees(&mut self) {
        let Screen::Progress(progress) = &self.state.screen else { return };
        let progress = progress.clone();
        let fees = Fees { progress, quote: None, expires: 0, notice: None, waiting: None };
        let question = fees.ask();
        self.state.screen = Screen::Fees(Box::new(fees));
        self.ask(question);
    }
}
