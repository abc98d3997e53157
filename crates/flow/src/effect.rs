//! What the kiosk must do. An effect decides nothing; its outcome comes back as an event.

use powerhall_api::{AttemptRequest, CallRequest, CancelReason, Measure, OrderRequest, Suspension};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::{Millis, Question, Ticket};

/// Something to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Try whether the journal can be written ([`crate::Event::JournalChecked`]), then `POST /v1/check-ins`.
    CheckIn {
        /// Orders that are still followed.
        open_orders: u32,
        /// The call for the guide that is asked after.
        call: Option<Uuid>,
    },
    /// For the next `POST /v1/measures`. Not answered: what cannot be sent is dropped.
    Measure(Measure),
    /// `POST /v1/calls`.
    CallGuide(CallRequest),
    /// `POST /v1/calls/{id}/end`. Not answered: a call that is not heard to be over ends by itself.
    EndCall(Uuid),
    /// `GET /v1/hall`; what comes is also kept for a start without a backend.
    ReadHall,
    /// Keep the suspensions that are not over for a start without a backend. Not answered: a disk that takes none costs
    /// nothing before that.
    KeepSuspensions(Vec<Suspension>),
    /// `GET /v1/orders?state=open`.
    AskOpenOrders,
    /// Ask the backend for the page that waits for this ticket.
    Ask(Ticket, Question),
    /// Write a fact to the journal. [`Fact::Named`] answers by [`crate::Event::Recorded`]; the others answer
    /// only when they fail.
    Record(Uuid, Fact),
    /// `PUT /v1/orders/{id}`, after a wait (after trouble). Only after [`crate::Event::Recorded`].
    PutOrder {
        /// The order.
        order: Uuid,
        /// The same content at every try.
        request: OrderRequest,
        /// Wait so long before asking (after trouble).
        after: Millis,
    },
    /// `GET /v1/orders/{id}`, answered when the order has moved past `version` or after a wait. Replaces a watch
    /// of the same order that is still under way.
    Watch {
        /// The order.
        order: Uuid,
        /// The version that is known.
        version: u64,
        /// Wait so long before asking (after trouble).
        after: Millis,
    },
    /// `POST /v1/orders/{id}/cancel`, after a wait (after trouble).
    Cancel {
        /// The order.
        order: Uuid,
        /// Why.
        reason: CancelReason,
        /// Wait so long before asking (after trouble).
        after: Millis,
    },
    /// `POST /v1/orders/{id}/extend`.
    Extend(Uuid),
    /// `POST /v1/orders/{id}/attempts`, after a wait (after trouble).
    NewAttempt {
        /// The order.
        order: Uuid,
        /// The same content at every try.
        request: AttemptRequest,
        /// Wait so long before asking (after trouble).
        after: Millis,
    },
}

/// What the journal keeps about an order. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It was named, before the first request.
    Named {
        /// Its amount.
        amount: Fen,
    },
    /// The backend said where it stands, before the customer is told.
    Stands {
        /// The backend's version.
        version: u64,
        /// Where collecting stands, as the API names it.
        collect: powerhall_api::Collect,
    },
    /// It has come to an end; the kiosk need not ask again.
    Ended,
}
