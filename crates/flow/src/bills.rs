//! Bills: the last months of the account that is about to be paid, and one of them in detail. A look aside from paying:
//! back leads to the page that it was opened from, with everything chosen there still chosen.

use powerhall_api::{BillDetail, Bills, ProblemCode};

use crate::{
    Confirm, Effect, FindAccount, Ignored, Notice, Press, Screen, Ticket, Trouble, Waiting, step::Run,
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
    /// Where back leads.
    pub confirm: Box<Confirm>,
}

/// One bill in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillShown {
    /// How it came about.
    pub bill: BillDetail,
    /// Where back leads.
    pub list: Box<BillList>,
}

impl Run<'_> {
    /// From the page with what is owed to the list, which fills when the backend answers.
    pub(crate) fn show_bills(&mut self) {
        let waiting = self.waiting();
        let Screen::Confirm(confirm) = &self.state.screen else { return };
        let confirm = Box::new(confirm.clone());
        self.effect(Effect::Bills(waiting.ticket, confirm.reference.clone()));
        let list = BillList { bills: None, notice: None, waiting: Some(waiting), confirm };
        self.state.screen = Screen::Bills(Box::new(list));
    }

    pub(crate) fn press_on_bills(&mut self, press: Press) {
        let waiting = self.waiting();
        let Screen::Bills(list) = &mut self.state.screen else { return };
        let reference = list.confirm.reference.clone();
        let effect = match press {
            Press::Back => {
                self.state.screen = Screen::Confirm((*list.confirm).clone());
                return;
            }
            _ if list.waiting.is_some() => return self.ignore(Ignored::Busy),
            Press::Bill(at) => match list.bills.as_ref().and_then(|bills| bills.months.get(at)) {
                Some(month) => Effect::Bill(waiting.ticket, reference, month.period.clone()),
                None => return self.ignore(Ignored::NotHere),
            },
            Press::TryAgain if list.bills.is_none() => Effect::Bills(waiting.ticket, reference),
            _ => return self.ignore(Ignored::NotHere),
        };
        list.waiting = Some(waiting);
        list.notice = None;
        self.effect(effect);
    }

    pub(crate) fn press_on_bill(&mut self, press: Press) {
        let Screen::Bill(shown) = &self.state.screen else { return };
        match press {
            Press::Back => self.state.screen = Screen::Bills(shown.list.clone()),
            _ => self.ignore(Ignored::NotHere),
        }
    }

    pub(crate) fn bills_answered(&mut self, ticket: Ticket, answer: Result<Bills, Trouble>) {
        let Some(list) = self.answered(ticket) else { return };
        match answer {
            Ok(bills) => list.bills = Some(bills),
            Err(trouble) => self.bills_troubled(trouble),
        }
    }

    pub(crate) fn bill_answered(&mut self, ticket: Ticket, answer: Result<BillDetail, Trouble>) {
        let Some(list) = self.answered(ticket) else { return };
        match answer {
            Ok(bill) => {
                let list = Box::new(list.clone());
                self.state.screen = Screen::Bill(Box::new(BillShown { bill, list }));
            }
            Err(trouble) => self.bills_troubled(trouble),
        }
    }

    /// The list that waits for this answer, waiting no more.
    fn answered(&mut self, ticket: Ticket) -> Option<&mut BillList> {
        let waits = match &self.state.screen {
            Screen::Bills(list) => list.waiting.is_some_and(|waiting| waiting.ticket == ticket),
            _ => false,
        };
        if !waits {
            self.ignore(Ignored::TooLate);
            return None;
        }
        let Screen::Bills(list) = &mut self.state.screen else { return None };
        list.waiting = None;
        Some(list)
    }

    fn bills_troubled(&mut self, trouble: Trouble) {
        let Screen::Bills(list) = &mut self.state.screen else { return };
        if let Trouble::Problem(ProblemCode::ReferenceExpired, _) = trouble {
            let notice = Some(Notice::LookupExpired);
            self.state.screen = Screen::FindAccount(FindAccount { notice, ..FindAccount::default() });
        } else {
            list.notice = Some(trouble.into());
        }
    }
}
