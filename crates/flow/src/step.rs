//! `step`: the one place that decides. It hands the event to the part of the flow that it belongs to; each part is
//! a file of its own. An event that means nothing in a state is named as such, never silently dropped.

use std::sync::Arc;

use powerhall_api::{ClosedReason, Hall, Personal};
use uuid::Uuid;

use crate::{
    Effect, Event, FindAccount, FindApplication, Gate, Millis, Overlay, PayStage, Press, Screen, Service,
    Settings, State, Ticket, Waiting, Ways, call, idle, measure::Open,
};

/// What a step may not invent: the time, and a name for a new order.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The monotonic clock.
    pub at: Millis,
    /// A UUIDv7 that nobody has used.
    pub fresh: Uuid,
}

/// The outcome of a step.
#[derive(Clone, Debug)]
pub struct Stepped {
    /// The new state.
    pub state: State,
    /// What to carry out, in this order.
    pub effects: Vec<Effect>,
    /// Why the event meant nothing, if it did.
    pub ignored: Option<Ignored>,
}

/// Why an event means nothing in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// The screen has no such control.
    NotHere,
    /// A request is under way; a second press must not start another.
    Busy,
    /// The answer belongs to something that is over.
    TooLate,
    /// The field is full, empty, or the value does not change.
    NoChange,
}

impl State {
    /// A kiosk that has just started.
    #[must_use]
    pub fn new() -> Self {
        Self {
            screen: Screen::Home,
            overlay: None,
            ways: Ways::default(),
            last_touch: 0,
            service: Service {
                gate: Gate::Unknown,
                journal_ok: true,
                channels: Vec::new(),
                hall: Arc::new(Hall::default()),
                reading_hall: false,
                next_check_in: 0,
                checking: None,
                open_orders_asked: false,
                open_orders_unknown: false,
            },
            followed: Vec::new(),
            call: None,
            open_since: 0,
            opinion: None,
            tickets: Ticket(0),
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

/// Decides what an event means.
#[must_use]
pub fn step(settings: &Settings, state: State, event: Event, now: Now) -> Stepped {
    let mut run = Run { settings, now, state, effects: Vec::new(), ignored: None };
    let open = Open::before(&run.state, &event);
    match event {
        Event::Started(journal) => run.started(journal),
        Event::JournalChecked(journal) => run.journal_checked(journal),
        Event::Tick => run.tick(),
        Event::Touched => run.touched(),
        Event::Press(press) => {
            run.touched();
            run.press(press);
        }
        Event::CheckedIn(answer) => run.checked_in(answer),
        Event::Called(call, answer) => run.called(call, answer),
        Event::HallRead(answer) => run.hall_read(answer),
        Event::OpenOrders(answer) => run.open_orders(answer),
        Event::LookedUp(ticket, answer) => run.looked_up(ticket, answer),
        Event::Quoted(ticket, answer) => run.quoted(ticket, answer),
        Event::BillsListed(ticket, answer) => run.bills_answered(ticket, answer),
        Event::BillExplained(ticket, answer) => run.bill_answered(ticket, answer),
        Event::ApplicationsFound(ticket, answer) => run.applications_found(ticket, answer),
        Event::Recorded(order, answer) => run.recorded(order, answer),
        Event::JournalFailed(trouble) => run.journal_failed(trouble),
        Event::OrderAnswered(order, asked, answer) => run.order_answered(order, asked, answer),
    }
    run.measure(open);
    Stepped { state: run.state, effects: run.effects, ignored: run.ignored }
}

/// When [`Event::Tick`] is wanted next. Without a customer that is the next check-in.
#[must_use]
pub fn next_wake(settings: &Settings, state: &State, now: Millis) -> Millis {
    let second_before = |ends: Millis| {
        // The countdown shows whole seconds: wake when the next one begins.
        if ends <= now { now } else { ends - (ends - now - 1) / 1_000 * 1_000 }
    };
    let mut wakes = vec![state.service.next_check_in];
    wakes.extend(idle::deadline(settings, state));
    wakes.extend(call::lapses(state));
    wakes.extend(waiting_since(state).map(|since| since + settings.connecting_after).filter(|&at| at > now));
    if let Some(Overlay::IdleWarning { ends }) = state.overlay {
        wakes.push(second_before(ends));
    }
    if let Screen::Pay(pay) = &state.screen
        && let PayStage::Showing { ends, .. } = pay.stage
    {
        wakes.push(second_before(ends));
    }
    wakes.into_iter().min().unwrap_or(now).max(now)
}

/// Since when the customer has been waiting for the backend, if so: what “connecting…” is shown by.
pub(crate) fn waiting_since(state: &State) -> Option<Millis> {
    match &state.screen {
        Screen::FindAccount(find) => find.waiting.map(|w| w.since),
        Screen::Confirm(confirm) => confirm.waiting.map(|w| w.since),
        Screen::FindApplication(find) => find.waiting.map(|w| w.since),
        Screen::Bills(list) => list.waiting.map(|w| w.since),
        Screen::Pay(pay) => match pay.stage {
            PayStage::Recording { since } | PayStage::Opening { since } => {
                Some(pay.trouble_since.map_or(since, |trouble| trouble.min(since)))
            }
            PayStage::ChooseChannel
            | PayStage::Showing { .. }
            | PayStage::Closing { .. }
            | PayStage::Closed
            | PayStage::Failed => pay.trouble_since,
        },
        Screen::Finished(finished) => finished.trouble_since,
        Screen::Home
        | Screen::OtherAmount(_)
        | Screen::Bill(_)
        | Screen::Progress(_)
        | Screen::Information(_)
        | Screen::PaymentClosed(_) => None,
    }
}

impl State {
    /// True when “connecting…” is to be shown.
    #[must_use]
    pub fn is_connecting(&self, settings: &Settings, now: Millis) -> bool {
        waiting_since(self).is_some_and(|since| now >= since + settings.connecting_after)
    }
}

/// One step under way.
pub(crate) struct Run<'a> {
    pub settings: &'a Settings,
    pub now: Now,
    pub state: State,
    pub effects: Vec<Effect>,
    pub ignored: Option<Ignored>,
}

impl Run<'_> {
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn ignore(&mut self, why: Ignored) {
        self.ignored = Some(why);
    }

    /// A new ticket, waiting from now on.
    pub(crate) fn waiting(&mut self) -> Waiting {
        self.state.tickets.0 += 1;
        Waiting { ticket: self.state.tickets, since: self.now.at }
    }

    fn press(&mut self, press: Press) {
        match press {
            Press::Home => self.go_home(),
            Press::Help => self.help(),
            Press::CallGuide => self.call_guide(),
            Press::EndCall => self.end_call(),
            Press::Opinion(opinion) => self.give_opinion(opinion),
            Press::Ways => self.state.overlay = Some(Overlay::Ways),
            Press::Languages => self.languages(),
            Press::Close => match self.state.overlay {
                Some(Overlay::Help | Overlay::Call | Overlay::Ways | Overlay::Languages) => {
                    self.state.overlay = None;
                }
                Some(Overlay::IdleWarning { .. }) | None => self.ignore(Ignored::NotHere),
            },
            Press::StillHere => self.state.overlay = None,
            Press::Way(way) => self.press_way(way),
            Press::Keypad => self.keypad(),
            Press::Leave => self.leave(),
            Press::PayBill
            | Press::CheckProgress
            | Press::Shelf(_)
            | Press::More
            | Press::Entry(_)
            | Press::Bring
            | Press::Tick(_)
            | Press::Digit(_)
            | Press::Point
            | Press::Erase
            | Press::Clear
            | Press::Next
            | Press::Back
            | Press::Month(_)
            | Press::AllMonths
            | Press::OtherAmount
            | Press::Bills
            | Press::Bill(_)
            | Press::NotMe
            | Press::Channel(_)
            | Press::MoreTime
            | Press::Cancel
            | Press::TryAgain
            | Press::WayToFind
            | Press::Field(_)
            | Press::Application(_) => self.press_on_screen(press),
        }
    }

    /// The keypad has one key for every way back, where the glass has a button of its own on each page.
    fn leave(&mut self) {
        if self.state.overlay.take().is_some() {
            return;
        }
        match &self.state.screen {
            Screen::Home => self.ignore(Ignored::NotHere),
            Screen::Pay(pay) => match pay.stage {
                PayStage::ChooseChannel | PayStage::Closed | PayStage::Failed => {
                    self.press_on_screen(Press::Back)
                }
                PayStage::Recording { .. } | PayStage::Opening { .. } | PayStage::Showing { .. } => {
                    self.press_on_screen(Press::Cancel);
                }
                PayStage::Closing { .. } => self.ignore(Ignored::NotHere),
            },
            Screen::FindAccount(_)
            | Screen::Confirm(_)
            | Screen::OtherAmount(_)
            | Screen::Bills(_)
            | Screen::Bill(_)
            | Screen::Finished(_)
            | Screen::FindApplication(_)
            | Screen::Progress(_)
            | Screen::Information(_)
            | Screen::PaymentClosed(_) => self.press_on_screen(Press::Back),
        }
    }

    fn press_on_screen(&mut self, press: Press) {
        match &self.state.screen {
            Screen::Home => self.press_on_home(press),
            Screen::FindAccount(_) => self.press_on_find_account(press),
            Screen::Confirm(_) => self.press_on_confirm(press),
            Screen::OtherAmount(_) => self.press_on_other_amount(press),
            Screen::Bills(_) => self.press_on_bills(press),
            Screen::Bill(_) => self.press_on_bill(press),
            Screen::Pay(_) => self.press_on_pay(press),
            Screen::Finished(_) => match press {
                Press::Back | Press::Next => self.go_home(),
                _ => self.ignore(Ignored::NotHere),
            },
            Screen::FindApplication(_) => self.press_on_find_application(press),
            Screen::Progress(_) => self.press_on_progress(press),
            Screen::Information(_) => self.press_on_information(press),
            Screen::PaymentClosed(_) => match press {
                Press::Back => self.go_home(),
                Press::TryAgain | Press::Next => self.check_in_now(),
                _ => self.ignore(Ignored::NotHere),
            },
        }
    }

    fn press_on_home(&mut self, press: Press) {
        match press {
            Press::PayBill => match self.state.service.gate {
                Gate::Open => self.state.screen = Screen::FindAccount(FindAccount::default()),
                Gate::Unknown => {
                    self.state.screen = Screen::FindAccount(FindAccount::default());
                    self.check_in_now();
                }
                Gate::Closed(reason) => {
                    self.payment_closed(reason);
                    self.check_in_now();
                }
            },
            Press::Shelf(shelf) => self.open_shelf(shelf),
            Press::More => self.open_all_shelves(),
            Press::CheckProgress => self.state.screen = Screen::FindApplication(FindApplication::default()),
            _ => self.ignore(Ignored::NotHere),
        }
    }

    pub(crate) fn payment_closed(&mut self, reason: ClosedReason) {
        self.state.screen = Screen::PaymentClosed(reason);
    }

    /// Leaves whatever is on the screen, by any way, and forgets the customer's data; language and text size stay
    /// until the idle time has passed on home.
    pub(crate) fn go_home(&mut self) {
        self.leave_payment();
        self.state.screen = Screen::Home;
        self.state.overlay = None;
    }
}

/// Puts a digit into a field of at most `most` digits.
pub(crate) fn type_digit(field: &mut Personal, digit: u8, most: usize) -> Result<(), Ignored> {
    if digit > 9 || field.reveal().len() >= most {
        return Err(Ignored::NoChange);
    }
    field.reveal_mut().push(char::from(b'0' + digit));
    Ok(())
}

/// Takes the last digit away.
pub(crate) fn erase_digit(field: &mut Personal) -> Result<(), Ignored> {
    field.reveal_mut().pop().map(drop).ok_or(Ignored::NoChange)
}
