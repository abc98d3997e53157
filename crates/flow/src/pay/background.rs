//! Orders whose customer has left. Leaving ends in query, close, query at the backend; here the wish to close is
//! repeated until the backend has heard it, and the order is watched to its end. Only ids, nothing personal.

use powerhall_api::{CancelReason, Collect, Deliver, Order, ProblemCode};
use uuid::Uuid;

use crate::{Asked, Effect, Fact, Ignored, Millis, Screen, Trouble, step::Run};

/// An order that is followed without its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The order.
    pub order: Uuid,
    /// The last version that the backend told.
    pub version: u64,
    /// Why it is to be closed.
    pub reason: CancelReason,
    /// What is wanted of the backend.
    pub wish: Wish,
}

/// What is wanted of the backend for an order that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To learn where it stands, after a restart: a live code goes back on the screen.
    Learn,
    /// To answer the request that opens a code; only then can the code be closed.
    Open,
    /// To hear that it is to be closed; asked again until it has.
    Close,
    /// To say when it moves on.
    Watch,
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
    /// Follows an order and asks for its code to be closed, as soon as no request that opens it is under way.
    pub(crate) fn follow(&mut self, order: Uuid, version: u64, reason: CancelReason, opening: bool) {
        let wish = if opening { Wish::Open } else { Wish::Close };
        self.state.followed.push(Followed { order, version, reason, wish });
        if !opening {
            self.effect(Effect::Cancel { order, reason, after: 0 });
        }
    }

    /// Follows an order to its end without asking for anything.
    pub(crate) fn follow_quietly(&mut self, order: Uuid, version: u64, reason: CancelReason) {
        self.state.followed.push(Followed { order, version, reason, wish: Wish::Watch });
        self.effect(Effect::Watch { order, version, after: 0 });
    }

    pub(crate) fn is_known(&self, order: Uuid) -> bool {
        let on_screen = self.state.screen.order() == Some(order);
        on_screen || self.state.followed.iter().any(|followed| followed.order == order)
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
            self.follow(id, order.version, CancelReason::Left, false);
        } else {
            self.ignore(Ignored::TooLate);
        }
    }

    fn followed_answered(&mut self, place: usize, asked: Asked, answer: Result<Option<Order>, Trouble>) {
        match self.state.followed[place].wish {
            Wish::Learn => self.learned(place, answer),
            Wish::Open if asked.opens() => self.opened(place, answer),
            Wish::Close if asked == Asked::Cancel => self.closing_heard(place, answer),
            // Asked before the customer left; the request that is wished for is under way and will be answered.
            Wish::Open | Wish::Close => self.ignore(Ignored::TooLate),
            Wish::Watch => self.watched(place, answer),
        }
    }

    /// The request that opens a code was answered after its customer had left.
    fn opened(&mut self, place: usize, answer: Result<Option<Order>, Trouble>) {
        match answer {
            Ok(Some(order)) if at_end(&order) => self.end(place),
            Ok(Some(order)) => {
                self.heard_of(place, &order);
                self.want_closed(place, 0);
            }
            // Refused as a new order: there is none. Refused as a new attempt: the version tells of an order.
            Err(trouble) if !trouble.is_unknown() && self.state.followed[place].version == 0 => {
                self.end(place)
            }
            Ok(None) | Err(_) => self.want_closed(place, self.settings.retry_every),
        }
    }

    fn closing_heard(&mut self, place: usize, answer: Result<Option<Order>, Trouble>) {
        match answer {
            Ok(Some(order)) if at_end(&order) => self.end(place),
            Ok(Some(order)) => {
                self.heard_of(place, &order);
                self.watch_on(place, 0);
            }
            // It never arrived, and no request that could open it is under way: see `answers`.
            Err(Trouble::Problem(ProblemCode::OrderNotFound, _)) => self.end(place),
            // Too late to cancel: the order has moved on.
            Err(Trouble::Problem(ProblemCode::OrderState, _)) => self.watch_on(place, 0),
            Ok(None) | Err(_) => self.want_closed(place, self.settings.retry_every),
        }
    }

    fn watched(&mut self, place: usize, answer: Result<Option<Order>, Trouble>) {
        match answer {
            Ok(Some(order)) if at_end(&order) => self.end(place),
            Ok(Some(order)) => {
                self.heard_of(place, &order);
                self.watch_on(place, 0);
            }
            Ok(None) => self.watch_on(place, 0),
            Err(Trouble::Problem(ProblemCode::OrderNotFound, _)) => self.end(place),
            Err(_) => self.watch_on(place, self.settings.retry_every),
        }
    }

    fn heard_of(&mut self, place: usize, order: &Order) {
        let followed = &mut self.state.followed[place];
        followed.version = followed.version.max(order.version);
    }

    pub(crate) fn want_closed(&mut self, place: usize, after: Millis) {
        let followed = &mut self.state.followed[place];
        followed.wish = Wish::Close;
        let Followed { order, reason, .. } = *followed;
        self.effect(Effect::Cancel { order, reason, after });
    }

    pub(crate) fn watch_on(&mut self, place: usize, after: Millis) {
        let followed = &mut self.state.followed[place];
        followed.wish = Wish::Watch;
        let Followed { order, version, .. } = *followed;
        self.effect(Effect::Watch { order, version, after });
    }

    pub(crate) fn end(&mut self, place: usize) {
        let order = self.state.followed.remove(place).order;
        self.effect(Effect::Record(order, Fact::Ended));
    }
}
