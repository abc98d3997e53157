//! Orders whose customer has left. Leaving ends in query, close, query at the backend; here the wish to close is
//! repeated until the backend has heard it, and the order is watched to its end. Only ids, nothing personal.

use powerhall_api::{CancelReason, Collect, Deliver, Order, Orders, ProblemCode};
use uuid::Uuid;

use crate::{Asked, Effect, Fact, Ignored, Screen, Trouble, step::Run};

/// An order that is followed without its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The order.
    pub order: Uuid,
    /// The last version that the backend told.
    pub version: u64,
    /// Why it is to be closed.
    pub reason: CancelReason,
    /// The backend has heard that it is to be closed.
    pub heard: bool,
}

/// Nothing more to ask about: closed, or paid and every line at its end, or with a person.
pub(crate) fn at_end(order: &Order) -> bool {
    match order.collect {
        Collect::Closed | Collect::ManualReview => true,
        Collect::Paid => order.lines.iter().all(|line| match line.deliver {
            Deliver::Posted | Deliver::Refunded | Deliver::ManualReview => true,
            Deliver::None | Deliver::Posting | Deliver::Rejected | Deliver::Refunding | Deliver::Unknown => {
                false
            }
        }),
        Collect::Created | Collect::Preparing | Collect::Awaiting | Collect::Closing | Collect::Unknown => {
            false
        }
    }
}

impl Run<'_> {
    /// Follows an order and asks for its code to be closed.
    pub(crate) fn follow(&mut self, order: Uuid, version: u64, reason: CancelReason) {
        self.state.followed.push(Followed { order, version, reason, heard: false });
        self.effect(Effect::Cancel { order, reason, after: 0 });
    }

    /// Follows an order to its end without asking for anything.
    pub(crate) fn follow_quietly(&mut self, order: Uuid, version: u64, reason: CancelReason) {
        self.state.followed.push(Followed { order, version, reason, heard: true });
        self.effect(Effect::Watch { order, version, after: 0 });
    }

    pub(crate) fn follow_after_restart(&mut self, order: Uuid, version: u64) {
        if !self.is_known(order) {
            self.follow(order, version, CancelReason::Restart);
        }
    }

    fn is_known(&self, order: Uuid) -> bool {
        let on_screen = match &self.state.screen {
            Screen::Pay(pay) => pay.order == Some(order),
            Screen::Finished(finished) => finished.order.order_id == order,
            Screen::Home
            | Screen::FindAccount(_)
            | Screen::Confirm(_)
            | Screen::OtherAmount(_)
            | Screen::FindApplication(_)
            | Screen::Progress(_)
            | Screen::PaymentClosed(_) => false,
        };
        on_screen || self.state.followed.iter().any(|followed| followed.order == order)
    }

    pub(crate) fn open_orders(&mut self, answer: Result<Orders, Trouble>) {
        match answer {
            Ok(open) => {
                open.orders.iter().for_each(|order| self.follow_after_restart(order.order_id, order.version))
            }
            // Asked again after the next check-in that succeeds.
            Err(_) => self.state.service.open_orders_asked = false,
        }
    }

    pub(crate) fn order_answered(&mut self, id: Uuid, asked: Asked, answer: Result<Option<Order>, Trouble>) {
        match &self.state.screen {
            Screen::Pay(pay) if pay.order == Some(id) => return self.payment_answered(id, asked, answer),
            Screen::Finished(finished) if finished.order.order_id == id => {
                return self.finished_answered(id, answer);
            }
            _ => {}
        }
        if let Some(place) = self.state.followed.iter().position(|followed| followed.order == id) {
            self.followed_answered(place, asked, answer);
        } else if let Ok(Some(order)) = answer
            && !at_end(&order)
        {
            // A request that was on its way when its customer left: nobody will scan this code.
            self.follow(id, order.version, CancelReason::Left);
        } else {
            self.ignore(Ignored::TooLate);
        }
    }

    fn followed_answered(&mut self, place: usize, asked: Asked, answer: Result<Option<Order>, Trouble>) {
        let retry = self.settings.retry_every;
        let followed = &mut self.state.followed[place];
        let (id, reason) = (followed.order, followed.reason);
        match answer {
            Ok(Some(order)) => {
                followed.version = followed.version.max(order.version);
                followed.heard |= asked == Asked::Cancel;
                let (version, heard) = (followed.version, followed.heard);
                if at_end(&order) {
                    self.state.followed.remove(place);
                    self.effect(Effect::Record(id, Fact::Ended));
                } else if heard {
                    self.effect(Effect::Watch { order: id, version, after: 0 });
                } else {
                    self.effect(Effect::Cancel { order: id, reason, after: 0 });
                }
            }
            Ok(None) => {
                let version = followed.version;
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            // The backend never heard of it: the request did not arrive. Should it still arrive, the answer
            // makes the order known again, and the backend's own deadline closes it in any case.
            Err(Trouble::Problem(ProblemCode::OrderNotFound, _)) => {
                self.state.followed.remove(place);
                self.effect(Effect::Record(id, Fact::Ended));
            }
            Err(Trouble::Problem(ProblemCode::OrderState, _)) => {
                followed.heard = true;
                let version = followed.version;
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            Err(_) if followed.heard => {
                let version = followed.version;
                self.effect(Effect::Watch { order: id, version, after: retry });
            }
            Err(_) => self.effect(Effect::Cancel { order: id, reason, after: retry }),
        }
    }
}
