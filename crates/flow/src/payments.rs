//! Receipts and invoices: what was paid for an account in the last twelve months, shown to its proved holder; one payment
//! in detail; and what of it goes to the phone: the receipt again, as a copy, or the e-invoice.

use powerhall_api::{Invoice, InvoiceState, Payment, Payments, Place, ProblemCode};

use crate::page::Page;
use crate::{Answer, Find, Ignored, Notice, Press, Purpose, Question, Screen, Trouble, Waiting, step::Run};

/// The payments, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentList {
    /// What was paid.
    pub payments: Payments,
    /// By which the backend knows the proved holder.
    pub reference: String,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentShown {
    /// Where back leads.
    pub list: Box<PaymentList>,
    /// Which, by its place in the list.
    pub at: usize,
    /// What of it is being taken along; `None` shows the payment.
    pub taking: Option<Taking>,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The invoice under way.
    pub waiting: Option<Waiting>,
}

/// What of a payment goes to the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Which of both is asked.
    Choose,
    /// The receipt, as a copy.
    Receipt,
    /// The e-invoice.
    Invoice(Box<Invoice>),
}

/// What can be taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The receipt, as a copy.
    Receipt,
    /// The e-invoice.
    Invoice,
}

impl PaymentShown {
    /// The payment.
    #[must_use]
    pub fn payment(&self) -> Option<&Payment> {
        self.list.payments.payments.get(self.at)
    }

    /// What of it can be taken along, in the order in which it is offered. A receipt is ours to give only for what was paid
    /// to us.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        let Some(payment) = self.payment() else { return Vec::new() };
        let receipt = payment.receipt.as_ref().map(|_| Offer::Receipt);
        let invoice = match payment.invoice {
            InvoiceState::Open | InvoiceState::Issued => Some(Offer::Invoice),
            InvoiceState::None | InvoiceState::Refused | InvoiceState::Unknown => None,
        };
        receipt.into_iter().chain(invoice).collect()
    }

    fn set_invoice(&mut self, state: InvoiceState) {
        if let Some(payment) = self.list.payments.payments.get_mut(self.at) {
            payment.invoice = state;
        }
    }
}

impl Page for PaymentList {
    fn place(&self) -> Place {
        Place::Payments
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Payments(list) = &run.state.screen else { return };
        match press {
            Press::Back => run.go_home(),
            Press::Entry(at) if at < list.payments.payments.len() => {
                let list = list.clone();
                let shown = PaymentShown { list, at, taking: None, notice: None, waiting: None };
                run.state.screen = Screen::Payment(Box::new(shown));
            }
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Page for PaymentShown {
    fn place(&self) -> Place {
        Place::Payment
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

    fn asks_opinion(&self) -> bool {
        matches!(self.taking, Some(Taking::Receipt | Taking::Invoice(_)))
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Payment(shown) = &mut run.state.screen else { return };
        let offers = shown.offers();
        if press == Press::Back {
            return run.step_back(offers.len() > 1);
        }
        if shown.waiting.is_some() {
            return run.ignore(Ignored::Busy);
        }
        match (press, &shown.taking, offers.as_slice()) {
            (Press::Next, None, [only]) => run.take(*only),
            (Press::Next, None, [_, _, ..]) => {
                shown.notice = None;
                shown.taking = Some(Taking::Choose);
            }
            (Press::Entry(at), Some(Taking::Choose), offers) => match offers.get(at) {
                Some(offer) => run.take(*offer),
                None => run.ignore(Ignored::NotHere),
            },
            _ => run.ignore(Ignored::NotHere),
        }
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let Screen::Payment(shown) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Invoice(invoice)) => {
                shown.set_invoice(InvoiceState::Issued);
                shown.taking = Some(Taking::Invoice(invoice));
                return;
            }
            Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                run.state.screen = Find::again(Purpose::Payments, Notice::LookupExpired);
                return;
            }
            Err(Trouble::Problem(ProblemCode::InvoiceRefused, _)) => {
                shown.set_invoice(InvoiceState::Refused);
                shown.notice = Some(Notice::InvoiceRefused);
            }
            // What is not known counts as not to be had now: the same payment has the same invoice later.
            Ok(_) => shown.notice = Some(Notice::InvoiceUnavailable),
            Err(Trouble::Problem(ProblemCode::InvoiceUnavailable | ProblemCode::BillingUnavailable, _)) => {
                shown.notice = Some(Notice::InvoiceUnavailable);
            }
            Err(trouble) => shown.notice = Some(trouble.into()),
        }
        // The payment tells it; its receipt is still there to take.
        shown.taking = None;
    }
}

impl Run<'_> {
    /// What was paid, once the holder is proved.
    pub(crate) fn show_payments(&mut self, reference: String, payments: Payments) {
        self.state.screen = Screen::Payments(Box::new(PaymentList { payments, reference }));
    }

    /// One step back from what is taken along, then from the payment.
    fn step_back(&mut self, chose: bool) {
        let Screen::Payment(shown) = &mut self.state.screen else { return };
        shown.notice = None;
        shown.waiting = None;
        match shown.taking.take() {
            None => self.state.screen = Screen::Payments(shown.list.clone()),
            Some(Taking::Receipt | Taking::Invoice(_)) if chose => shown.taking = Some(Taking::Choose),
            Some(Taking::Receipt | Taking::Invoice(_) | Taking::Choose) => {}
        }
    }

    fn take(&mut self, offer: Offer) {
        let Screen::Payment(shown) = &mut self.state.screen else { return };
        shown.notice = None;
        match offer {
            Offer::Receipt => shown.taking = Some(Taking::Receipt),
            Offer::Invoice => {
                let Some(payment) = shown.payment() else { return };
                let question = Question::Invoice(shown.list.reference.clone(), payment.number.clone());
                self.ask(question);
            }
        }
    }
}
