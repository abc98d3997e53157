//! Errors as RFC 9457 `application/problem+json`: a stable code for programs, a sentence for logs.

use serde::{Deserialize, Serialize};

/// An RFC 9457 problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind of problem: `urn:powerhall:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short sentence for people who read logs; never shown to customers.
    pub title: String,
    /// The HTTP status, again.
    pub status: u16,
    /// The stable code.
    pub code: ProblemCode,
    /// True when the same request may succeed later, unchanged.
    pub retryable: bool,
    /// What exactly was wrong, without personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Names the request in the backend's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

macro_rules! problem_codes {
    ($($(#[$doc:meta])* $name:ident, $status:literal, $retryable:literal;)*) => {
        /// The closed list of problem codes. A code that this version does not know reads as `Unknown`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemCode {
            $($(#[$doc])* $name,)*
            /// A code from a newer backend.
            #[serde(other)]
            Unknown,
        }

        impl ProblemCode {
            /// Every code that this version can send.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The HTTP status that goes with the code.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* Self::Unknown => 500 }
            }

            /// Whether the same request may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)* Self::Unknown => false }
            }
        }
    };
}

problem_codes! {
    /// The request could not be read, or a value is outside what the document allows.
    BadRequest, 400, false;
    /// The kiosk's secret is missing or wrong.
    Unauthenticated, 401, false;
    /// No such path.
    NotFound, 404, false;
    /// The path exists, the method does not.
    MethodNotAllowed, 405, false;
    /// The body is larger than the limit.
    TooLarge, 413, false;
    /// The body is not JSON by its media type.
    UnsupportedMediaType, 415, false;
    /// No account with this number.
    AccountNotFound, 404, false;
    /// No bill of this month.
    BillNotFound, 404, false;
    /// No application with this number, or the second factor does not fit. Deliberately one code.
    ApplicationNotFound, 404, false;
    /// Nobody can ring back: the application is over, or has no phone on file.
    CallBackImpossible, 409, false;
    /// The look-up's reference is unknown, expired, or another kiosk's.
    ReferenceExpired, 404, false;
    /// The second factor does not fit, or nobody has the number that was looked up. Deliberately one code.
    ProofWrong, 403, false;
    /// The same, and no try is left: the look-up opens nothing any more.
    ProofsExhausted, 403, false;
    /// Too many tries at the number that was looked up, at any kiosk; see `Retry-After`.
    TooManyProofs, 429, true;
    /// Another code for this number must wait; see `Retry-After`.
    TooManyCodes, 429, true;
    /// Codes cannot be sent now, or this hall sends none.
    SmsUnavailable, 503, true;
    /// An account's number alone does not show this: prove first (`POST /v1/lookups/{reference}/proofs`).
    ProofNeeded, 403, false;
    /// No such payment of this account in the last twelve months.
    PaymentNotFound, 404, false;
    /// There can be no e-invoice of this payment, or it was refused for good.
    InvoiceRefused, 409, false;
    /// The e-invoice is not to be had now, or this hall issues none; see `Retry-After`.
    InvoiceUnavailable, 503, true;
    /// The quote is unknown, expired, or another kiosk's; ask for a new one.
    QuoteExpired, 409, false;
    /// The lines do not fit the quote (amount below the least, above the most, unknown month).
    AmountMismatch, 422, false;
    /// The same order id came with other content.
    IdempotencyConflict, 422, false;
    /// No such order for this kiosk.
    OrderNotFound, 404, false;
    /// The step is not possible in the order's state (for example more time on a closed order).
    OrderState, 409, false;
    /// A new attempt was asked for before the last is proved closed.
    AttemptStillOpen, 409, true;
    /// Too many look-ups from this kiosk; see `Retry-After`.
    RateLimited, 429, true;
    /// The payment channel is not available now, or not configured.
    ChannelUnavailable, 503, true;
    /// The billing system is not available now.
    BillingUnavailable, 503, true;
    /// Something failed inside the backend; nothing was lost.
    Internal, 500, true;
}

impl Problem {
    /// A problem of this code.
    #[must_use]
    pub fn new(code: ProblemCode, title: impl Into<String>) -> Self {
        let name = serde_name(code);
        Self {
            kind: format!("urn:powerhall:problem:{name}"),
            title: title.into(),
            status: code.status(),
            code,
            retryable: code.retryable(),
            detail: None,
            request_id: None,
        }
    }
}

fn serde_name(code: ProblemCode) -> String {
    let debug = format!("{code:?}");
    let mut name = String::with_capacity(debug.len() + 4);
    for (i, letter) in debug.chars().enumerate() {
        if letter.is_ascii_uppercase() && i > 0 {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urn_names_the_code_as_json_does() {
        for code in ProblemCode::ALL {
            let json = serde_json::to_string(code).expect("serialises");
            assert_eq!(json, format!("\"{}\"", serde_name(*code)));
        }
    }

    #[test]
    fn survives_a_code_from_the_future() {
        assert_eq!(
            serde_json::from_str::<ProblemCode>("\"made_tomorrow\"").expect("reads"),
            ProblemCode::Unknown
        );
    }
}
