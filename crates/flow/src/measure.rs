//! What is measured of the journeys: how long each page was open and how it was left, and one tap of opinion. Home is not
//! measured: nobody may be there. Nothing here knows an account, an order, or which customer it was.

use powerhall_api::{Left, Measure, Opinion, Place, STAY_MOST};

use crate::{Effect, Event, Ignored, Millis, Overlay, Press, State, step::Run};

/// Why a page may be left by an event, as far as the event alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// The header's way home, or the end that the idle warning offers.
    Home,
    /// A way back, or out of a payment.
    Back,
    /// Time has passed.
    Time,
    /// The answer to something about the order.
    Order,
    /// Anything else goes on.
    Onwards,
}

/// The page that is open before an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    place: Place,
    since: Millis,
    /// What the journey was for is reached.
    is_goal: bool,
    warned: bool,
    cause: Cause,
}

impl Open {
    pub(crate) fn before(state: &State, event: &Event) -> Self {
        Self {
            place: state.screen.place(),
            since: state.open_since,
            is_goal: state.screen.is_goal(),
            warned: matches!(state.overlay, Some(Overlay::IdleWarning { .. })),
            cause: cause(event),
        }
    }

    fn left_for(&self, place: Place) -> Left {
        match (self.cause, place) {
            (_, Place::Home) if self.is_goal => Left::Done,
            (Cause::Time, _) => Left::TimeOut,
            (Cause::Home, _) if self.warned => Left::GaveUp,
            (Cause::Home, _) => Left::Home,
            // A payment that is taken back to the choice was cancelled, at once or as soon as its code was closed.
            (Cause::Back | Cause::Order, Place::Confirm) if self.place == Place::Pay => Left::GaveUp,
            // Back from a journey's first page.
            (Cause::Back, Place::Home) => Left::Home,
            (Cause::Back, _) => Left::Back,
            (Cause::Order | Cause::Onwards, _) => Left::Next,
        }
    }
}

fn cause(event: &Event) -> Cause {
    match event {
        Event::Press(press) => match press {
            Press::Home => Cause::Home,
            Press::Back | Press::Leave | Press::Cancel | Press::NotMe => Cause::Back,
            _ => Cause::Onwards,
        },
        Event::Tick => Cause::Time,
        Event::OrderAnswered(..) => Cause::Order,
        Event::Started(_)
        | Event::JournalChecked(_)
        | Event::Touched
        | Event::Scanned(_)
        | Event::CheckedIn(_)
        | Event::Called(..)
        | Event::OpenOrders(_)
        | Event::HallRead(_)
        | Event::SuspensionsKept(_)
        | Event::Answered(..)
        | Event::Recorded(..)
        | Event::JournalFailed(_) => Cause::Onwards,
    }
}

impl Run<'_> {
    /// Measures the page that was open before, if it was left.
    pub(crate) fn measure(&mut self, open: Open) {
        let place = self.state.screen.place();
        if place == open.place {
            return;
        }
        self.state.open_since = self.now.at;
        self.state.opinion = None;
        if open.place != Place::Home {
            let ms = u32::try_from(self.now.at.saturating_sub(open.since)).unwrap_or(STAY_MOST);
            let left = open.left_for(place);
            let stay = Measure::Stay { place: open.place, left, ms: ms.min(STAY_MOST) };
            self.effect(Effect::Measure(stay));
        }
    }

    /// One tap, once; the page stays as it is.
    pub(crate) fn give_opinion(&mut self, opinion: Opinion) {
        if self.state.overlay.is_some() || !self.state.screen.asks_opinion() {
            return self.ignore(Ignored::NotHere);
        }
        if self.state.opinion.is_some() {
            return self.ignore(Ignored::NoChange);
        }
        self.state.opinion = Some(opinion);
        let place = self.state.screen.place();
        self.effect(Effect::Measure(Measure::Opinion { place, opinion }));
    }
}
