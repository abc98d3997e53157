//! Pay, step 4: the backend holds the evidence, and says what becomes of the money. What follows from it, a recharge on its
//! way to the meter or a supply that comes back, is looked at again every few seconds while the page stands.

use powerhall_api::{Aftermath, CancelReason, Deliver, LineAftermath, Order, Place};
use uuid::Uuid;

use super::background::at_end;
use crate::page::Page;
use crate::{
    Answer, Effect, Fact, Ignored, Millis, Press, Question, Screen, Step, Trouble, Waiting, step::Run,
};

/// How often what follows is looked at.
const LOOK_EVERY: Millis = 3_000;

/// Pay, step 4: the backend holds the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// As the backend knows it.
    pub order: Order,
    /// Since when the backend has not answered; `None` while it does.
    pub trouble_since: Option<Millis>,
    /// What follows from the payment, as far as it is known.
    pub aftermath: Aftermath,
    /// That is being asked.
    pub waiting: Option<Waiting>,
    /// When to ask again.
    pub look_at: Option<Millis>,
}

impl Finished {
    /// The money has arrived; what follows from it is not known yet.
    #[must_use]
    pub const fn of(order: Order) -> Self {
        let aftermath = Aftermath { lines: Vec::new() };
        Self { order, trouble_since: None, aftermath, waiting: None, look_at: None }
    }

    /// What follows from a line.
    #[must_use]
    pub fn follows(&self, line: u32) -> Option<&LineAftermath> {
        self.aftermath.lines.iter().find(|follows| follows.line == line)
    }

    /// Something can follow: only from what is posted.
    fn is_posted(&self) -> bool {
        self.order.lines.iter().any(|line| line.deliver == Deliver::Posted)
    }
}

impl Page for Finished {
    fn place(&self) -> Place {
        Place::Finished
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Done)
    }

    fn waiting(&self) -> Option<Waiting> {
        self.waiting
    }

    fn wait(&mut self, waiting: Option<Waiting>) {
        self.waiting = waiting;
    }

    /// The customer waits for the order; what follows comes when it comes.
    fn waiting_since(&self) -> Option<Millis> {
        self.trouble_since
    }

    fn looks_again(&self) -> Option<Millis> {
        self.look_at
    }

    fn look_again(run: &mut Run<'_>) {
        let Screen::Finished(finished) = &mut run.state.screen else { return };
        finished.look_at = None;
        let order = finished.order.order_id;
        run.ask(Question::Aftermath(order));
    }

    fn answered(run: &mut Run<'_>, answer: Result<Answer, Trouble>) {
        let (now, retry) = (run.now.at, run.settings.retry_every);
        let Screen::Finished(finished) = &mut run.state.screen else { return };
        match answer {
            Ok(Answer::Aftermath(order, aftermath)) if order == finished.order.order_id => {
                finished.look_at = (!aftermath.is_over()).then_some(now + LOOK_EVERY);
                finished.aftermath = aftermath;
            }
            Ok(_) => run.ignore(Ignored::TooLate),
            Err(trouble) if trouble.is_unknown() => finished.look_at = Some(now + retry),
            // A backend that tells nothing of it: the order's own state is shown, as ever.
            Err(_) => {}
        }
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
    /// Asks what follows, once something is posted that it can follow from.
    pub(super) fn look_what_follows(&mut self) {
        let Screen::Finished(finished) = &self.state.screen else { return };
        if finished.is_posted() && finished.waiting.is_none() {
            Finished::look_again(self);
        }
    }

    pub(crate) fn finished_answered(&mut self, id: Uuid, answer: Result<Option<Order>, Trouble>) {
        let after = self.settings.retry_every;
        let silent = answer.as_ref().err().map_or(self.now.at, |trouble| self.silent_since(*trouble));
        let Screen::Finished(finished) = &mut self.state.screen else { return };
        match answer {
            Ok(Some(order)) if order.version < finished.order.version => self.ignore(Ignored::TooLate),
            Ok(Some(order)) => {
                let ended = at_end(&order) && !at_end(&finished.order);
                let moved = order.version > finished.order.version;
                let version = order.version;
                finished.trouble_since = None;
                if !at_end(&order) {
                    self.effects.push(Effect::Watch { order: id, version, after: 0 });
                }
                finished.order = order;
                if ended {
                    self.effect(Effect::Record(id, Fact::Ended));
                }
                if moved {
                    self.look_what_follows();
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
