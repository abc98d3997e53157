//! Errors as RFC 9457 `application/problem+json`, and which of them are refusals. A refusal is final: money goes back to
//! its payer because of it. Everything else means that nothing is known.

use powerhall_api::Personal;
use serde::{Deserialize, Serialize};

use crate::Target;

/// `GET /v1/ready`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ready {
    /// Whether the billing system can look up and post now. While it cannot, kiosks take no payments.
    pub ready: bool,
    /// The version of this contract that is served, `1.0`.
    #[cfg_attr(feature = "openapi", schema(pattern = r"^[0-9]+\.[0-9]+$", example = "1.0"))]
    pub contract: String,
}

/// An RFC 9457 problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI that names the kind of problem; `about:blank` will do.
    #[serde(rename = "type", default = "blank")]
    pub kind: String,
    /// A short sentence for people who read logs; never shown to customers. Holds no personal data.
    #[serde(default)]
    pub title: String,
    /// The HTTP status, again.
    pub status: u16,
    /// The stable code, see the operation's answers.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z0-9_]{1,40}$"))]
    pub code: String,
    /// The key that a refusal is about; required in a refusal of an operation on `/v1/postings/{key}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The account that a refusal is about; required in a refusal of an operation whose body names an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub account: Option<Personal>,
    /// Where the refused money should have gone; required in a refusal of `post`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Target>,
}

fn blank() -> String {
    "about:blank".to_owned()
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident, $code:literal, $status:literal;)*) => {
        /// The codes of this contract. Another code is survived, and means that nothing is known.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As JSON has it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc,)*),)* }
            }
        }
    };
}

codes! {
    /// There is no such account.
    AccountUnknown, "account_unknown", 422;
    /// The account is closed and takes no money.
    AccountClosed, "account_closed", 422;
    /// An exact posting or a fee, and somebody else has paid it meanwhile.
    AlreadyPaid, "already_paid", 422;
    /// The amount is not above zero, too large to be kept, or not that of the fee.
    BadAmount, "bad_amount", 422;
    /// A period is not a month.
    BadPeriod, "bad_period", 422;
    /// The key does not have its form.
    BadKey, "bad_key", 422;
    /// A recharge, and the account is not paid for in advance.
    NotPrepaid, "not_prepaid", 422;
    /// A recharge below the least that the meter takes.
    BelowLeast, "below_least", 422;
    /// A recharge while an earlier one has not come to its end.
    RechargeUnfinished, "recharge_unfinished", 422;
    /// A recharge while the meter cannot be reached.
    MeterOffline, "meter_offline", 422;
    /// The key was fenced before it was posted.
    Fenced, "fenced", 422;
    /// The key is on an account already, with other content. Not a refusal: something is posted.
    KeyReused, "key_reused", 409;
    /// The request cannot be read, or a value does not have its form.
    BadRequest, "bad_request", 400;
    /// The secret is missing or wrong.
    Unauthenticated, "unauthenticated", 401;
    /// No such path.
    NotFound, "not_found", 404;
    /// The path has no such method.
    MethodNotAllowed, "method_not_allowed", 405;
    /// The body is too large.
    TooLarge, "too_large", 413;
    /// The body is not JSON by its media type.
    UnsupportedMediaType, "unsupported_media_type", 415;
    /// Too many requests.
    RateLimited, "rate_limited", 429;
    /// Something failed. It may be done all the same.
    Internal, "internal", 500;
    /// Not now: busy, or closed at this hour. It may be done all the same.
    Unavailable, "unavailable", 503;
}

impl Code {
    /// The status of refusals, and of nothing else.
    pub const REFUSED: u16 = 422;

    /// The code of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// Whether it can be a final refusal; the operation says which ones it has.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        self.status() == Self::REFUSED
    }
}

impl Problem {
    /// A problem of this code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            kind: blank(),
            title: code.meaning().trim().to_owned(),
            status: code.status(),
            code: code.name().to_owned(),
            key: None,
            account: None,
            to: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_name_and_refusals_by_status() {
        for code in Code::ALL {
            assert_eq!(Code::of(code.name()), Some(*code));
            assert_eq!(code.is_refusal(), code.status() == 422, "{code:?}");
            assert!(!code.meaning().is_empty());
        }
        assert_eq!(Code::of("made_tomorrow"), None);
        assert!(!Code::KeyReused.is_refusal(), "something is posted under that key");
    }
}
