//! Pay, step 4: the backend holds the evidence, and says what becomes of the money.

use powerhall_api::{CancelReason, Order, Place};
use uuid::Uuid;

use super::background::at_end;
use crate::page::Page;
use crate::{Effect, Fact, Ignored, Millis, Press, Screen, Step, Trouble, step::Run};

/// Pay, step 4: the backend holds the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// As the backend knows it.
    pub order: Order,
    /// Since when the backend has not answered; `None` while it does.
    pub trouble_since: Option<Millis>,
}

impl Page for Finished {
    fn place(&self) -> Place {
        Place::Finished
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Done)
    }

    fn waiting_since(&self) -> Option<Millis> {
        self.trouble_since
    }

    fn reference(&self) -> Option<&str> {
        Some(&self.order.reference)
    }

    fn order(&self) -> Option<Uuid> {
        Some(self.order.order_id)
    }

    fn is_goal(&self) -> bool {
        true
    }

    fn asks_opinion(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, press: Press) {
        match press {
            Press::Back | Press::Next => run.go_home(),
            _ => run.ignore(Ignored::NotHere),
        }
    }

    /// What is not at its end goes on without its customer.
    fn left(run: &mut Run<'_>) {
        let Screen::Finished(finished) = &run.state.screen else { return };
        if !at_end(&finished.order) {
            let (id, version) = (finished.order.order_id, finished.order.version);
            run.follow_quietly(id, version, CancelReason::Left);
        }
    }
}

impl Run<'_> {
    pub(crate) fn finished_answered(&mut self, id: Uuid, answer: Result<Option<Order>, Trouble>) {
        let after = self.settings.retry_every;
        let silent = answer.as_ref().err().map_or(self.now.at, |trouble| self.silent_since(*trouble));
        let Screen::Finished(finished) = &mut self.state.screen else { return };
        match answer {
            Ok(Some(order)) if order.version < finished.order.version => self.ignore(Ignored::TooLate),
            Ok(Some(order)) => {
                let ended = at_end(&order) && !at_end(&finished.order);
                let version = order.version;
                finished.trouble_since = None;
                if !at_end(&order) {
                    self.effects.push(Effect::Watch { order: id, version, after: 0 });
                }
                finished.order = order;
                if ended {
                    self.effect(Effect::Record(id, Fact::Ended));
                }
            }
            Ok(None) => {
                finished.trouble_since = None;
                let version = finished.order.version;
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            Err(_) => {
                finished.trouble_since.get_or_insert(silent);
                let version = finished.order.version;
                self.effect(Effect::Watch { order: id, version, after });
            }
        }
    }
}
