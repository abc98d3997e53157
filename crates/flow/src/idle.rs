//! Time without a touch: first a warning that one touch answers, then home, and the customer's data is gone.

use crate::step::{Run, Shown};
use crate::{Millis, Overlay, Settings, State, Ways, call};

/// When the idle time or the warning runs out. `None` where another clock rules: on a live code its countdown.
pub(crate) fn deadline(settings: &Settings, state: &State) -> Option<Millis> {
    if let Some(Overlay::IdleWarning { ends }) = state.overlay {
        return Some(ends);
    }
    let idle = match state.overlay {
        Some(Overlay::Call) => stretched(settings, state, settings.idle).max(call::PATIENCE),
        Some(Overlay::Help | Overlay::Ways | Overlay::Languages | Overlay::IdleWarning { .. }) | None => {
            stretched(settings, state, settings.idle)
        }
    };
    // What has come by itself, as the end of a code, is not asked away at once.
    let since = state.changed_at.map_or(state.last_touch, |at| at.max(state.last_touch));
    (!rests(state) && state.screen.idles()).then_some(since + idle)
}

/// Nobody is there, and the next customer finds everything as at start.
pub(crate) fn rests(state: &State) -> bool {
    state.screen.is_at_the_door() && state.ways == Ways::default() && state.overlay.is_none()
}

fn stretched(settings: &Settings, state: &State, time: Millis) -> Millis {
    time * state.ways.time_percent(settings) / 100
}

impl Run<'_> {
    pub(crate) fn touched(&mut self) {
        self.state.last_touch = self.now.at;
        self.end_attract();
        if let Some(Overlay::IdleWarning { .. }) = self.state.overlay {
            self.state.overlay = None;
        }
    }

    pub(crate) fn tick(&mut self) {
        let shown = Shown::of(&self.state);
        if self.now.at >= self.state.service.next_check_in {
            self.check_in_now();
        }
        self.state.screen.time_passes(self.now.at);
        self.countdown();
        if self.state.screen.looks_again().is_some_and(|at| self.now.at >= at) {
            self.look_again();
        }
        self.call_lapses();
        self.attract();
        // What has come in this very moment is not asked away.
        if Shown::of(&self.state) != shown {
            return;
        }
        let Some(deadline) = deadline(self.settings, &self.state) else { return };
        if self.now.at < deadline {
            return;
        }
        match self.state.overlay {
            Some(Overlay::IdleWarning { .. }) => self.end_session(),
            Some(Overlay::Help | Overlay::Call | Overlay::Ways | Overlay::Languages) | None => {
                let ends = self.now.at + stretched(self.settings, &self.state, self.settings.warning);
                self.state.overlay = Some(Overlay::IdleWarning { ends });
            }
        }
    }

    /// Home as the next customer expects it.
    fn end_session(&mut self) {
        self.go_home();
        self.leave_call();
        self.state.ways = Ways::default();
    }
}
