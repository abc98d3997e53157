//! Scheduled suspensions. The backend has told them ahead of time, so they begin and end by this kiosk's own monotonic
//! clock, whether the backend is there or not. From its beginning no payment is started, and where all is suspended no
//! session; what is under way comes to its end as ever.

use powerhall_api::{ClosedReason, Place, Scope, Suspension};

use crate::page::Page;
use crate::{Effect, Gate, Ignored, Millis, Press, Screen, State, step::Run};

/// So long before it begins, home says so.
const AHEAD: Millis = 24 * 3_600_000;

/// A suspension by this kiosk's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspended {
    /// As it was told.
    pub told: Suspension,
    /// When it begins.
    pub begins: Millis,
    /// When it ends.
    pub ends: Millis,
    /// It has begun; kept in the state, so that what is shown is a function of that alone.
    pub begun: bool,
}

/// The whole kiosk is suspended: nobody can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfService;

impl Page for OutOfService {
    /// Nobody is here.
    fn place(&self) -> Place {
        Place::Home
    }

    fn way_back(&self) -> Option<Press> {
        None
    }

    fn is_at_the_door(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, _press: Press) {
        run.ignore(Ignored::NotHere);
    }
}

const fn closes_all(scope: Scope) -> bool {
    match scope {
        Scope::All => true,
        Scope::Payment | Scope::Unknown => false,
    }
}

impl State {
    /// The suspension that holds: of several, one of the whole kiosk, and of those the one that ends last.
    #[must_use]
    pub fn suspended(&self) -> Option<&Suspended> {
        let begun = self.service.suspensions.iter().filter(|one| one.begun);
        begun.max_by_key(|one| (closes_all(one.told.scope), one.ends))
    }

    /// The next suspension, where it is near enough to say so.
    #[must_use]
    pub fn coming(&self, now: Millis) -> Option<&Suspended> {
        let near = self.service.suspensions.iter().filter(|one| !one.begun && one.begins <= now + AHEAD);
        near.min_by_key(|one| one.begins)
    }

    /// Whether a payment may be started now.
    #[must_use]
    pub fn gate(&self) -> Gate {
        if self.suspended().is_some() { Gate::Closed(ClosedReason::Suspended) } else { self.service.gate }
    }
}

/// When one begins or ends.
pub(crate) fn turns(state: &State) -> impl Iterator<Item = Millis> + '_ {
    state.service.suspensions.iter().map(|one| if one.begun { one.ends } else { one.begins })
}

impl Run<'_> {
    /// What the check-in says is all that there is. Kept for a start without the backend when it is something new.
    pub(crate) fn suspensions_told(&mut self, told: Vec<Suspension>) {
        let what = |one: &Suspension| (one.id, one.until.clone());
        let known = self.state.service.suspensions.iter().map(|one| what(&one.told));
        if !known.eq(told.iter().map(what)) {
            self.effect(Effect::KeepSuspensions(told.clone()));
        }
        self.suspensions_are(told);
    }

    /// Counted from now by this kiosk's clock.
    pub(crate) fn suspensions_are(&mut self, told: Vec<Suspension>) {
        let now = self.now.at;
        let by_our_clock = |told: Suspension| Suspended {
            begins: now + u64::from(told.begins_in) * 1_000,
            ends: now + u64::from(told.ends_in) * 1_000,
            begun: told.begins_in == 0,
            told,
        };
        self.state.service.suspensions = told.into_iter().map(by_our_clock).collect();
    }

    /// At the end of each step: what has begun or ended by now holds, where nobody is in the way.
    pub(crate) fn suspend(&mut self) {
        let now = self.now.at;
        let before = self.state.gate();
        let suspensions = &mut self.state.service.suspensions;
        suspensions.retain(|one| now < one.ends);
        for one in suspensions {
            one.begun |= now >= one.begins;
        }
        let all = self.state.suspended().is_some_and(|one| closes_all(one.told.scope));
        match &self.state.screen {
            Screen::Home | Screen::Attract(_) if all => {
                self.state.screen = Screen::OutOfService(OutOfService)
            }
            Screen::OutOfService(_) if !all => self.state.screen = Screen::Home,
            Screen::PaymentClosed(_) if before != self.state.gate() => self.closed_page_follows(),
            _ => {}
        }
    }

    /// Whether a new payment is refused because of a suspension; then the page that says so is opened.
    pub(crate) fn suspended_instead(&mut self) -> bool {
        let suspended = self.state.suspended().is_some();
        if suspended {
            self.leave_page();
            self.payment_closed(ClosedReason::Suspended);
        }
        suspended
    }
}
