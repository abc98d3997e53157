//! What pages ask the backend, and what it answers: one question under way at a time on each page, known by its ticket.
//! Orders are not asked for here: they have effects of their own, for they go on without their customer.

use powerhall_api::{Applications, BillDetail, Bills, Lookup, LookupRequest, Quote};

/// A question of a page. Asking changes nothing but counters and references that expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// `POST /v1/lookups`.
    Lookup(LookupRequest),
    /// `POST /v1/lookups/{reference}/quotes`.
    Quote(String),
    /// `GET /v1/lookups/{reference}/bills`.
    Bills(String),
    /// `GET /v1/lookups/{reference}/bills/{period}`.
    Bill(String, String),
    /// `GET /v1/lookups/{reference}/applications`.
    Applications(String),
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To [`Question::Lookup`].
    Lookup(Lookup),
    /// To [`Question::Quote`], with the reference that was asked for.
    Quote(String, Quote),
    /// To [`Question::Bills`].
    Bills(Bills),
    /// To [`Question::Bill`].
    Bill(Box<BillDetail>),
    /// To [`Question::Applications`].
    Applications(Applications),
}
