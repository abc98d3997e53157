//! What each page of the flow tells of itself, beside its own states; and the registry. A page is one line here and one
//! file of its service: nothing else in the flow names it.

use std::borrow::{Borrow, BorrowMut};

use powerhall_api::{ClosedReason, Personal, Place};
use uuid::Uuid;

use crate::attract::Attract;
use crate::bills::{BillList, BillShown};
use crate::calculator::Calculator;
use crate::find::{Accounts, Find, NoNumber, Prove};
use crate::information::Information;
use crate::outages::{Outages, OutagesOf};
use crate::pay::{AmountEntry, Basket, Confirm, Finished, Pay};
use crate::payments::{PaymentList, PaymentShown};
use crate::progress::{AskCallBack, Details, Fees, Progress};
use crate::suspension::OutOfService;
use crate::{
    Answer, Effect, Ignored, Millis, Notice, Press, Question, Ticket, Trouble, Waiting, home::AtHome,
    step::Run,
};

/// Where a journey stands, for the step mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 1 of 4.
    Find,
    /// 2 of 4.
    Check,
    /// 3 of 4.
    Scan,
    /// 4 of 4.
    Done,
}

/// A page. What is not said is as for a page that is only read.
pub(crate) trait Page {
    /// The page, as calls and measures name it.
    fn place(&self) -> Place;

    /// Which of its parts is open, where several have different things to touch in the same places.
    fn part(&self) -> usize {
        0
    }

    /// The step of paying that it belongs to.
    fn step(&self) -> Option<Step> {
        None
    }

    /// The question that it has asked.
    fn waiting(&self) -> Option<Waiting> {
        None
    }

    /// It has asked a question, or waits for none any more. A page that asks keeps it and shows it.
    fn wait(&mut self, _waiting: Option<Waiting>) {}

    /// Since when the customer has been waiting for the backend: what “connecting…” is shown by.
    fn waiting_since(&self) -> Option<Millis> {
        self.waiting().map(|waiting| waiting.since)
    }

    /// The reference of the order on the page, by which staff finds it.
    fn reference(&self) -> Option<&str> {
        None
    }

    /// The order on the page.
    fn order(&self) -> Option<Uuid> {
        None
    }

    /// The journey has reached what it was for: who leaves now is not lost.
    fn is_goal(&self) -> bool {
        false
    }

    /// A journey ends here, and one tap says how it was.
    fn asks_opinion(&self) -> bool {
        false
    }

    /// What the keypad's one key for every way back means here.
    fn way_back(&self) -> Option<Press> {
        Some(Press::Back)
    }

    /// Nobody has begun here: the next customer comes to this page.
    fn is_at_the_door(&self) -> bool {
        false
    }

    /// The time without a touch ends the session; not where another clock rules.
    fn idles(&self) -> bool {
        true
    }

    /// The end of a countdown that is shown.
    fn countdown(&self) -> Option<Millis> {
        None
    }

    /// Time has passed; what a page counts down by itself.
    fn time_passes(&mut self, _now: Millis) {}

    /// When it wants to look again how something goes on that nobody tells it of.
    fn looks_again(&self) -> Option<Millis> {
        None
    }

    /// That time has come.
    fn look_again(_run: &mut Run<'_>)
    where
        Self: Sized,
    {
    }

    /// A payment that was begun here has come back to it, perhaps with a word on why.
    fn comes_back(&mut self, _notice: Option<Notice>) {}

    /// A scanner has read something.
    fn scanned(run: &mut Run<'_>, _text: &Personal)
    where
        Self: Sized,
    {
        run.ignore(Ignored::NotHere);
    }

    /// What is to be paid is asked for again, staying on the page.
    fn renew(run: &mut Run<'_>)
    where
        Self: Sized,
    {
        run.ignore(Ignored::NotHere);
    }

    /// A control was pressed that belongs to pages. The page is the one on the screen.
    fn press(run: &mut Run<'_>, press: Press)
    where
        Self: Sized;

    /// The question that it has waited for was answered.
    fn answered(run: &mut Run<'_>, _answer: Result<Answer, Trouble>)
    where
        Self: Sized,
    {
        run.ignore(Ignored::TooLate);
    }

    /// It is left by any way but its own buttons.
    fn left(_run: &mut Run<'_>)
    where
        Self: Sized,
    {
    }
}

macro_rules! pages {
    ($($(#[$doc:meta])* $page:ident($held:ty): $state:ty;)*) => {
        /// What the customer sees.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Screen {
            /// Nobody, or somebody who has not begun.
            Home,
            $($(#[$doc])* $page($held),)*
        }

        impl Screen {
            fn page(&self) -> &dyn Page {
                match self {
                    Self::Home => &AtHome,
                    $(Self::$page(page) => Borrow::<$state>::borrow(page),)*
                }
            }

            fn page_mut(&mut self) -> Option<&mut dyn Page> {
                match self {
                    Self::Home => None,
                    $(Self::$page(page) => Some(BorrowMut::<$state>::borrow_mut(page)),)*
                }
            }
        }

        impl Run<'_> {
            pub(crate) fn press_on_screen(&mut self, press: Press) {
                match &self.state.screen {
                    Screen::Home => AtHome::press(self, press),
                    $(Screen::$page(_) => <$state as Page>::press(self, press),)*
                }
            }

            /// What a scanner has read goes to the page on the screen, unless something lies over it.
            pub(crate) fn scanned(&mut self, text: &Personal) {
                if self.state.overlay.is_some() {
                    return self.ignore(Ignored::NotHere);
                }
                match &self.state.screen {
                    Screen::Home => AtHome::scanned(self, text),
                    $(Screen::$page(_) => <$state as Page>::scanned(self, text),)*
                }
            }

            /// An answer goes to the page that waits for it.
            pub(crate) fn answered(&mut self, ticket: Ticket, answer: Result<Answer, Trouble>) {
                if !self.hears(ticket) {
                    return self.ignore(Ignored::TooLate);
                }
                match &self.state.screen {
                    Screen::Home => AtHome::answered(self, answer),
                    $(Screen::$page(_) => <$state as Page>::answered(self, answer),)*
                }
            }

            /// The page looks again how something goes on.
            pub(crate) fn look_again(&mut self) {
                match &self.state.screen {
                    Screen::Home => AtHome::look_again(self),
                    $(Screen::$page(_) => <$state as Page>::look_again(self),)*
                }
            }

            /// The page asks again what is to be paid.
            pub(crate) fn renew(&mut self) {
                match &self.state.screen {
                    Screen::Home => AtHome::renew(self),
                    $(Screen::$page(_) => <$state as Page>::renew(self),)*
                }
            }

            /// The page is left by any way but its own buttons.
            pub(crate) fn leave_page(&mut self) {
                match &self.state.screen {
                    Screen::Home => AtHome::left(self),
                    $(Screen::$page(_) => <$state as Page>::left(self),)*
                }
            }
        }
    };
}

pages! {
    /// Whatever for, first: the one field for every number.
    Find(Find): Find;
    /// The second factor.
    Prove(Box<Prove>): Prove;
    /// The accounts that it has opened.
    Accounts(Box<Accounts>): Accounts;
    /// Where the number is on a bill.
    NoNumber(NoNumber): NoNumber;
    /// Pay, step 2: who it is and what is owed.
    Confirm(Confirm): Confirm;
    /// Pay, step 2 with several accounts: what each owes.
    Basket(Box<Basket>): Basket;
    /// Pay, still step 2: another amount.
    OtherAmount(AmountEntry): AmountEntry;
    /// Pay, aside from step 2: what was billed.
    Bills(Box<BillList>): BillList;
    /// Pay, aside from step 2: one bill in detail.
    Bill(Box<BillShown>): BillShown;
    /// Pay, step 3: the code.
    Pay(Box<Pay>): Pay;
    /// Pay, step 4: what became of it.
    Finished(Box<Finished>): Finished;
    /// Progress: the list, or one timeline.
    Progress(Progress): Progress;
    /// Progress, aside: what else there is to know of an application.
    Application(Box<Details>): Details;
    /// Progress, aside: the customer may be rung.
    CallBack(Box<AskCallBack>): AskCallBack;
    /// Progress, then paying: the fees that are due on an application.
    Fees(Box<Fees>): Fees;
    /// Receipts and invoices: what was paid.
    Payments(Box<PaymentList>): PaymentList;
    /// Receipts and invoices: one payment.
    Payment(Box<PaymentShown>): PaymentShown;
    /// What the hall publishes.
    Information(Information): Information;
    /// Information: what a month would cost.
    Calculator(Box<Calculator>): Calculator;
    /// Information: planned outages by area.
    Outages(Box<Outages>): Outages;
    /// Information: planned outages of an account.
    OutagesOf(Box<OutagesOf>): OutagesOf;
    /// What the hall shows while nobody is there.
    Attract(Attract): Attract;
    /// The kiosk is suspended.
    OutOfService(OutOfService): OutOfService;
    /// Payment is closed, and why.
    PaymentClosed(ClosedReason): ClosedReason;
}

impl Run<'_> {
    /// Asks the backend for the page on the screen, which waits for the answer. Asked because of an answer, the customer
    /// has been waiting since before.
    pub(crate) fn ask(&mut self, question: Question) {
        self.state.tickets.0 += 1;
        let waiting = Waiting { ticket: self.state.tickets, since: self.waited.unwrap_or(self.now.at) };
        match self.state.screen.page_mut() {
            Some(page) => page.wait(Some(waiting)),
            None => return self.ignore(Ignored::NotHere),
        }
        self.effect(Effect::Ask(waiting.ticket, question));
    }

    /// Whether the page on the screen waits for this answer; then it waits no more.
    fn hears(&mut self, ticket: Ticket) -> bool {
        let Some(page) = self.state.screen.page_mut() else { return false };
        let waited = page.waiting().filter(|waiting| waiting.ticket == ticket);
        if let Some(waiting) = waited {
            page.wait(None);
            self.waited = Some(waiting.since);
        }
        waited.is_some()
    }
}

impl Screen {
    /// The page, as calls and measures name it.
    #[must_use]
    pub fn place(&self) -> Place {
        self.page().place()
    }

    /// The step of paying that the page belongs to.
    #[must_use]
    pub fn step(&self) -> Option<Step> {
        self.page().step()
    }

    /// The reference of the order on the page, by which staff finds it.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.page().reference()
    }

    /// A journey ends here, and one tap says how it was.
    #[must_use]
    pub fn asks_opinion(&self) -> bool {
        self.page().asks_opinion()
    }

    /// Since when the customer has been waiting for the backend, if so.
    pub(crate) fn waiting_since(&self) -> Option<Millis> {
        self.page().waiting_since()
    }

    pub(crate) fn order(&self) -> Option<Uuid> {
        self.page().order()
    }

    /// A payment comes back to the page that it was begun on.
    pub(crate) fn comes_back(&mut self, notice: Option<Notice>) {
        if let Some(page) = self.page_mut() {
            page.wait(None);
            page.comes_back(notice);
        }
    }

    pub(crate) fn part(&self) -> usize {
        self.page().part()
    }

    pub(crate) fn is_goal(&self) -> bool {
        self.page().is_goal()
    }

    pub(crate) fn way_back(&self) -> Option<Press> {
        self.page().way_back()
    }

    pub(crate) fn is_at_the_door(&self) -> bool {
        self.page().is_at_the_door()
    }

    pub(crate) fn idles(&self) -> bool {
        self.page().idles()
    }

    pub(crate) fn countdown(&self) -> Option<Millis> {
        self.page().countdown()
    }

    pub(crate) fn time_passes(&mut self, now: Millis) {
        if let Some(page) = self.page_mut() {
            page.time_passes(now);
        }
    }

    pub(crate) fn looks_again(&self) -> Option<Millis> {
        self.page().looks_again()
    }
}
