//! `step`: the one place that decides. It hands the event to the part of the flow that it belongs to; each part is
//! a file of its own. An event that means nothing in a state is named as such, never silently dropped.

use std::mem::{Discriminant, discriminant};

use powerhall_api::{Personal, Place};
use uuid::Uuid;

use crate::{
    Effect, Event, Millis, Overlay, Press, Screen, Settings, State, attract, call, idle, measure::Open,
    suspension,
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
    /// It was meant for what was on the screen a moment ago.
    TooSoon,
}

/// Decides what an event means.
#[must_use]
pub fn step(settings: &Settings, state: State, event: Event, now: Now) -> Stepped {
    let mut run = Run { settings, now, state, effects: Vec::new(), ignored: None, waited: None };
    let open = Open::before(&run.state, &event);
    let shown = Shown::of(&run.state);
    match event {
        Event::Started(journal) => run.started(journal),
        Event::JournalChecked(journal) => run.journal_checked(journal),
        Event::Tick => run.tick(),
        Event::Touched => run.touched(),
        Event::Press(press) => {
            let meant = press == Press::Keypad || run.has_settled();
            run.touched();
            if meant { run.press(press) } else { run.ignore(Ignored::TooSoon) }
        }
        Event::Scanned(text) => {
            run.touched();
            run.scanned(&text);
        }
        Event::CheckedIn(answer) => run.checked_in(answer),
        Event::Called(call, answer) => run.called(call, answer),
        Event::HallRead(answer) => run.hall_read(answer),
        Event::SuspensionsKept(kept) => run.suspensions_are(kept),
        Event::OpenOrders(answer) => run.open_orders(answer),
        Event::Answered(ticket, answer) => run.answered(ticket, answer),
        Event::Recorded(order, answer) => run.recorded(order, answer),
        Event::JournalFailed(trouble) => run.journal_failed(trouble),
        Event::OrderAnswered(order, asked, answer) => run.order_answered(order, asked, answer),
    }
    run.suspend();
    run.measure(open);
    if Shown::of(&run.state) != shown {
        run.state.changed_at = Some(now.at);
    }
    Stepped { state: run.state, effects: run.effects, ignored: run.ignored }
}

/// What can be touched, as far as two of them have different things in the same places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    place: Place,
    part: usize,
    overlay: Option<Discriminant<Overlay>>,
}

impl Shown {
    pub(crate) fn of(state: &State) -> Self {
        Self {
            place: state.screen.place(),
            part: state.screen.part(),
            overlay: state.overlay.as_ref().map(discriminant),
        }
    }
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
    wakes.extend(attract::due(settings, state));
    wakes.extend(suspension::turns(state));
    wakes.extend(
        state.screen.waiting_since().map(|since| since + settings.connecting_after).filter(|&at| at > now),
    );
    if let Some(Overlay::IdleWarning { ends }) = state.overlay {
        wakes.push(second_before(ends));
    }
    wakes.extend(state.screen.countdown().map(second_before));
    wakes.extend(state.screen.looks_again());
    wakes.into_iter().min().unwrap_or(now).max(now)
}

impl State {
    /// True when “connecting…” is to be shown.
    #[must_use]
    pub fn is_connecting(&self, settings: &Settings, now: Millis) -> bool {
        self.screen.waiting_since().is_some_and(|since| now >= since + settings.connecting_after)
    }
}

/// One step under way.
pub(crate) struct Run<'a> {
    pub settings: &'a Settings,
    pub now: Now,
    pub state: State,
    pub effects: Vec<Effect>,
    pub ignored: Option<Ignored>,
    /// Since when the customer has waited whose question is being answered.
    pub waited: Option<Millis>,
}

impl Run<'_> {
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn ignore(&mut self, why: Ignored) {
        self.ignored = Some(why);
    }

    /// What is on the screen has been there long enough to be meant.
    fn has_settled(&self) -> bool {
        self.state.changed_at.is_none_or(|at| self.now.at >= at + self.settings.settle)
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
            Press::Begin(_)
            | Press::Shelf(_)
            | Press::More
            | Press::Entry(_)
            | Press::Bring
            | Press::Reckon
            | Press::Tick(_)
            | Press::Digit(_)
            | Press::Point
            | Press::X
            | Press::NoNumber
            | Press::Erase
            | Press::Clear
            | Press::Next
            | Press::Back
            | Press::Month(_)
            | Press::AllMonths
            | Press::OtherAmount
            | Press::Minimum
            | Press::AddAccount
            | Press::Bills
            | Press::Bill(_)
            | Press::NotMe
            | Press::Channel(_)
            | Press::MoreTime
            | Press::Cancel
            | Press::TryAgain
            | Press::Field(_)
            | Press::Application(_) => self.press_on_screen(press),
        }
    }

    /// The keypad has one key for every way back, where the glass has a button of its own on each page.
    fn leave(&mut self) {
        if self.state.overlay.take().is_some() {
            return;
        }
        match self.state.screen.way_back() {
            Some(press) => self.press_on_screen(press),
            None => self.ignore(Ignored::NotHere),
        }
    }

    /// Leaves whatever is on the screen, by any way, and forgets the customer's data; language and text size stay
    /// until the idle time has passed on home.
    pub(crate) fn go_home(&mut self) {
        self.leave_page();
        self.state.screen = Screen::Home;
        self.state.beside = None;
        self.state.overlay = None;
    }
}

/// Puts a character into a field of at most `most`. A field that grows leaves no copy behind that nobody wipes.
pub(crate) fn type_character(field: &mut Personal, typed: char, most: usize) -> Result<(), Ignored> {
    if field.reveal().len() >= most {
        return Err(Ignored::NoChange);
    }
    if field.reveal().capacity() < most {
        let mut roomy = Personal::new(String::with_capacity(most));
        roomy.reveal_mut().push_str(field.reveal());
        *field = roomy;
    }
    field.reveal_mut().push(typed);
    Ok(())
}

/// Takes the last character away.
pub(crate) fn erase_last(field: &mut Personal) -> Result<(), Ignored> {
    field.reveal_mut().pop().map(drop).ok_or(Ignored::NoChange)
}
