//! What pages ask the backend, and what it answers: one question under way at a time on each page, known by its ticket.
//! Orders are not asked for here: they have effects of their own, for they go on without their customer.

use powerhall_api::{
    Aftermath, Applications, BillDetail, Bills, CallBack, CodeSent, FoundAccounts, Invoice, Lookup,
    LookupRequest, Outages, Payments, ProofRequest, Quote, QuoteRequest,
};
use uuid::Uuid;

/// A question of a page. Asking changes nothing but counters and references that expire, or comes to the same however often
/// it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// `POST /v1/lookups`.
    Lookup(LookupRequest),
    /// `POST /v1/lookups/{reference}/codes`.
    SendCode(String),
    /// `POST /v1/lookups/{reference}/proofs`.
    Prove(String, ProofRequest),
    /// `POST /v1/quotes`.
    Quote(QuoteRequest),
    /// `GET /v1/lookups/{reference}/bills`.
    Bills(String),
    /// `GET /v1/lookups/{reference}/bills/{period}`.
    Bill(String, String),
    /// `GET /v1/lookups/{reference}/applications`.
    Applications(String),
    /// `GET /v1/orders/{id}/aftermath`.
    Aftermath(Uuid),
    /// `PUT /v1/lookups/{reference}/call-back`, of an application's own reference.
    CallBack(String),
    /// `GET /v1/lookups/{reference}/payments`.
    Payments(String),
    /// `POST /v1/lookups/{reference}/payments/{number}/invoice`.
    Invoice(String, String),
    /// `GET /v1/lookups/{reference}/outages`.
    Outages(String),
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Question::Lookup`].
    Lookup(Lookup),
    /// To [`Question::SendCode`].
    CodeSent(CodeSent),
    /// To [`Question::Prove`].
    Proved(FoundAccounts),
    /// To [`Question::Quote`], with what was asked for.
    Quote(QuoteRequest, Quote),
    /// To [`Question::Bills`], with the reference that was asked for.
    Bills(String, Bills),
    /// To [`Question::Bill`].
    Bill(Box<BillDetail>),
    /// To [`Question::Applications`].
    Applications(Applications),
    /// To [`Question::Aftermath`], with the order that was asked for.
    Aftermath(Uuid, Aftermath),
    /// To [`Question::CallBack`].
    CallBack(CallBack),
    /// To [`Question::Payments`], with the reference that was asked for.
    Payments(String, Payments),
    /// To [`Question::Invoice`].
    Invoice(Box<Invoice>),
    /// To [`Question::Outages`].
    Outages(Outages),
}
