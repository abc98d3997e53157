//! Bills: the last months of an account, and one of them in detail. A service of its own, also while nothing can be paid;
//! and a look aside from paying: then back leads to the page that it was opened from, with everything chosen there still
//! chosen.

use powerhall_api::{BillDetail, BillState, Bills, Place, ProblemCode};
use powerhall_money::Fen;

use crate::page::Page;
use crate::{
    Answer, Find, Ignored, Notice, Press, Purpose, Question, Screen, Step, Trouble, Waiting, step::Run,
};

/// The list of months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillList {
    /// What was billed; none until the backend has answered.
    pub bills: Option<Bills>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The list or one of its bills under way.
    pub waiting: Option<Waiting>,
    /// By which the backend knows the account.
    pub reference: String,
    /// Where back leads; none: home.
    pub back: Option<Box<Screen>>,
}

/// One bill in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillShown {
    /// How it came about.
    pub bill: BillDetail,
    /// Where back leads.
    pub list: Box<BillList>,
}

impl BillShown {
    /// What of the bill and its late fee is not paid yet, in fen; nothing of a bill whose state is not known.
    #[must_use]
    pub fn still_owed(&self) -> Fen {
        let bill = &self.bill;
        if bill.state == BillState::Unknown {
            return Fen::ZERO;
        }
        let left = |whole: Fen, paid: Fen| whole.get().saturating_sub(paid.get()).max(0);
        let fee = bill.late_fee.as_ref().map_or(0, |fee| left(fee.total_fen, fee.paid_fen));
        Fen::new(left(bill.amount_fen, bill.paid_fen).saturating_add(fee))
    }
}

impl Page for BillList {
    fn place(&self) -> Place {
        Place::Bills
    }

    fn step(&self) -> Option<Step> {
        self.back.as_ref().and_then(|back| back.step())
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Bills(list) = &mut run.state.screen else { return };
        let reference = list.reference.clone();
        let question = match press {
            Press::Back => {
                match list.back.take() {
                    Some(back) => run.state.screen = *back,
                    None => run.go_home(),
                }
                return;
            }
            _ if list.waiting.is_some() => return run.ignore(Ignored::Busy),
            Press::Bill(at) => match list.bills.as_ref().and_then(|bills| bills.months.get(at)) {
                Some(month) => Question::Bill(reference, month.period.clone()),
                None => return run.ignore(Ignored::NotHere),
            },
            Press::TryAgain if list.bills.is_none() => Question::Bills(reference),
            _ => return run.ignore(Ignored::NotHere),
        };
        list.notice = None;
        run.ask(question);
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Bills(list) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Bills(_, bills)) => list.bills = Some(bills),
            Ok(Answer::Bill(bill)) => {
                let list = list.clone();
                run.state.screen = Screen::Bill(Box::new(BillShown { bill: *bill, list }));
            }
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                let purpose = if list.back.is_some() { Purpose::Pay } else { Purpose::Bills };
                run.state.screen = Find::again(purpose, Notice::LookupExpired);
            }
            Ok(_) => list.notice = Some(Trouble::Malformed.into()),
            Err(trouble) => list.notice = Some(trouble.into()),
        }
    }
}

impl Page for BillShown {
    fn place(&self) -> Place {
        Place::Bill
    }

    fn step(&self) -> Option<Step> {
        self.list.step()
    }

    fn is_goal(&self) -> bool {
        true
    }

    /// Who came to see how a bill was worked out has seen it; who is paying has not ended.
    fn asks_opinion(&self) -> bool {
        self.list.back.is_none()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Bill(shown) = &run.state.screen else { return };
        match press {
            Press::Back => run.state.screen = Screen::Bills(shown.list.clone()),
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Run<'_> {
    /// From the page with what is owed to the list, which fills when the backend answers.
    pub(crate) fn show_bills(&mut self) {
        let Screen::Confirm(confirm) = &self.state.screen else { return };
        let reference = confirm.reference.clone();
        let back = Some(Box::new(Screen::Confirm(confirm.clone())));
        let list = BillList { bills: None, notice: None, waiting: None, reference: reference.clone(), back };
        self.state.screen = Screen::Bills(Box::new(list));
        self.ask(Question::Bills(reference));
    }

    /// To what was billed to an account that was found for nothing else.
    pub(crate) fn show_bills_of(&mut self, reference: String, bills: Bills) {
        let list = BillList { bills: Some(bills), notice: None, waiting: None, reference, back: None };
        self.state.screen = Screen::Bills(Box::new(list));
    }
}
