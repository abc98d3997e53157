//! The customer's call for the guide. It belongs to the kiosk, not to a page: the customer goes on, or goes home, and
//! the guide comes all the same. What staff is told is the step and the payment's reference, never whose they are.

use powerhall_api::{self as api, CallRequest, CallState};
use uuid::Uuid;

use crate::{Effect, Ignored, Millis, Overlay, State, Trouble, step::Run};

/// A call of which the backend has not spoken for so long is over; the backend's own end comes no later.
const LIVES: Millis = 15 * 60_000;
/// While a call stands, check-ins ask after it so often.
pub(crate) const ASK_EVERY: Millis = 4_000;
/// Who has called somebody may stand there without a touch for so long before the idle warning.
pub(crate) const PATIENCE: Millis = 3 * 60_000;

/// A call for the guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What the backend is told, the same at every try.
    pub request: CallRequest,
    /// How far it has got.
    pub stage: CallStage,
    /// When it was made, or the backend last spoke of it.
    pub heard: Millis,
}

/// How far a call has got. Over is no stage: then there is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallStage {
    /// On its way to the backend.
    Calling,
    /// Staff is shown it.
    Called,
    /// Somebody has taken it.
    Taken,
    /// The backend could not be told; tried again when it is there.
    Unreachable {
        /// That try is under way.
        asking: bool,
    },
}

/// When a call is over by itself.
pub(crate) fn lapses(state: &State) -> Option<Millis> {
    state.call.as_ref().map(|call| call.heard + LIVES)
}

impl Run<'_> {
    /// The help of every page: how it works, or, after a call, what has become of it.
    pub(crate) fn help(&mut self) {
        let overlay = if self.state.call.is_some() { Overlay::Call } else { Overlay::Help };
        self.state.overlay = Some(overlay);
    }

    pub(crate) fn call_guide(&mut self) {
        if self.state.overlay != Some(Overlay::Help) {
            return self.ignore(Ignored::NotHere);
        }
        self.state.overlay = Some(Overlay::Call);
        if self.state.call.is_none() {
            let screen = &self.state.screen;
            let reference = screen.reference().map(str::to_owned);
            let request = CallRequest { id: self.now.fresh, place: screen.place(), reference };
            let (stage, heard) = (CallStage::Calling, self.now.at);
            self.state.call = Some(Call { request: request.clone(), stage, heard });
            self.effect(Effect::CallGuide(request));
        }
    }

    /// What became of the request.
    pub(crate) fn called(&mut self, id: Uuid, answer: Result<api::Call, Trouble>) {
        match (&mut self.state.call, answer) {
            (Some(call), Ok(told)) if call.request.id == id => self.call_stands(told.state),
            (Some(call), Err(_)) if call.request.id == id => {
                call.stage = CallStage::Unreachable { asking: false }
            }
            (_, answer) => {
                // Nobody waits for it any more, but staff may be shown it.
                if answer.map_or_else(Trouble::is_unknown, |_| true) {
                    self.effect(Effect::EndCall(id));
                }
                self.ignore(Ignored::TooLate);
            }
        }
    }

    /// The call that a check-in asks after.
    pub(crate) fn call_to_ask(&self) -> Option<Uuid> {
        self.state.call.as_ref().and_then(|call| match call.stage {
            CallStage::Called | CallStage::Taken => Some(call.request.id),
            CallStage::Calling | CallStage::Unreachable { .. } => None,
        })
    }

    /// What a check-in that was answered says of the call. An answer that does not name it was asked before it.
    pub(crate) fn call_told(&mut self, told: Option<api::Call>) {
        let Some(call) = &mut self.state.call else { return };
        if let CallStage::Unreachable { asking: asking @ false } = &mut call.stage {
            *asking = true;
            let request = call.request.clone();
            self.effect(Effect::CallGuide(request));
        } else if let Some(told) = told.filter(|told| told.id == call.request.id) {
            self.call_stands(told.state);
        }
    }

    fn call_stands(&mut self, state: CallState) {
        let Some(call) = &mut self.state.call else { return };
        call.heard = self.now.at;
        match state {
            CallState::Open | CallState::Unknown => call.stage = CallStage::Called,
            CallState::Taken => call.stage = CallStage::Taken,
            CallState::Done => return self.call_is_over(),
        }
        let soon = self.now.at + ASK_EVERY;
        self.state.service.next_check_in = self.state.service.next_check_in.min(soon);
    }

    /// The customer needs nobody any more.
    pub(crate) fn end_call(&mut self) {
        match (self.state.overlay, &self.state.call) {
            (Some(Overlay::Call), Some(call)) => {
                let id = call.request.id;
                // A request that is under way is ended when it is answered: else it could come after its end.
                match call.stage {
                    CallStage::Calling | CallStage::Unreachable { asking: true } => {}
                    CallStage::Called | CallStage::Taken | CallStage::Unreachable { asking: false } => {
                        self.effect(Effect::EndCall(id));
                    }
                }
                self.call_is_over();
            }
            (_, _) => self.ignore(Ignored::NotHere),
        }
    }

    /// A call of which nothing is heard any more is over.
    pub(crate) fn call_lapses(&mut self) {
        if lapses(&self.state).is_some_and(|at| self.now.at >= at) {
            self.call_is_over();
        }
    }

    /// The session ends: whoever was told comes and sees; what nobody was told of is dropped.
    pub(crate) fn leave_call(&mut self) {
        match self.state.call.as_ref().map(|call| call.stage) {
            Some(CallStage::Calling | CallStage::Unreachable { .. }) => self.state.call = None,
            Some(CallStage::Called | CallStage::Taken) | None => {}
        }
    }

    fn call_is_over(&mut self) {
        self.state.call = None;
        if self.state.overlay == Some(Overlay::Call) {
            self.state.overlay = None;
        }
    }
}
