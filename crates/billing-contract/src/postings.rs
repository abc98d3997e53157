//! Postings: money that a customer paid, put on an account under a key that counts once and for ever.

use jiff::{Timestamp, civil::Date};
use powerhall_api::{Personal, Recharge, Reconnection};
use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::present::present;

/// A posting to make. Its key is in the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPosting {
    /// Where the money goes.
    pub to: Target,
    /// How much was collected, in fen.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub amount_fen: Fen,
    /// For an account: the months to settle first, `2026-08`; the rest settles the oldest, what is left becomes credit.
    #[serde(default)]
    pub periods: Vec<String>,
    /// Refuse with `already_paid` instead of making credit out of months that somebody else has paid meanwhile.
    #[serde(default)]
    pub exact: bool,
    /// When the customer paid; late fees are reckoned up to this day (Beijing), and the posting belongs to its day file.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-11-23T10:42:00+08:00"))]
    pub paid_at: Timestamp,
    /// The day (Beijing) of the amount that the customer saw. When it is the day before `paid_at` and the posting is
    /// `exact`, late fees are reckoned up to it instead.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub quoted_on: Option<Date>,
}

/// The answer to `post`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostingMade {
    /// The key that was posted.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,64}$"))]
    pub key: String,
    /// Where the money went.
    pub to: Target,
    /// The posting.
    pub posting: Posting,
}

/// Where the money of a posting goes. A closed list: money for a kind that is not known is refused with `bad_request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// To an account: it settles months, and what is left becomes credit.
    Account {
        /// 户号.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
        account: Personal,
    },
    /// To the meter of an account that is paid for in advance.
    Recharge {
        /// 户号.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$"))]
        account: Personal,
    },
    /// It pays a fee.
    Fee {
        /// 申请编号.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{12,16}$"))]
        application: Personal,
        /// Which of the application's fees.
        item: u32,
    },
}

/// A posting that is on an account. It is told with the same numbers for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Posting {
    /// Billing's own number of it, for people.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub number: String,
    /// The posted amount, in fen.
    pub amount_fen: Fen,
    /// What the account owed right after it, in fen; of a fee, what was still due on the application.
    pub arrears_fen: Fen,
    /// The credit on the account right after it, in fen; none of a fee.
    pub credit_fen: Fen,
}

/// The answer to `queryPosting`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostingFound {
    /// The key that was asked for.
    pub key: String,
    /// The posting; `null` when none is on an account now. That is not a refusal: it may still be on its way.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub posting: Option<Posting>,
}

/// What a fence found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FenceState {
    /// From now on this key can never be posted, whatever is still on its way.
    Fenced,
    /// Too late: it is posted.
    Posted,
}

/// The answer to `fencePosting`. A closed list: a state that is not known proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fenced {
    /// The key that was to be fenced.
    pub key: String,
    /// What became of it.
    pub state: FenceState,
    /// The posting when it is posted, else `null`.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub posting: Option<Posting>,
}

/// The answer to `getAftermath`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AftermathFound {
    /// The key that was asked for.
    pub key: String,
    /// What a posting has set in motion; `null` when nothing follows from it.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub aftermath: Option<SetInMotion>,
}

/// What follows from a posting outside of the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetInMotion {
    /// How far the recharge is, when it was one.
    #[serde(default)]
    pub recharge: Option<Recharge>,
    /// How far the reconnection is, when the account was cut off.
    #[serde(default)]
    pub reconnection: Option<Reconnection>,
}

/// A page of a day's postings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayPage {
    /// The day that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub day: Date,
    /// Postings made through this contract, by the Beijing day of their `paid_at`, each once; at most 1,000.
    #[cfg_attr(feature = "openapi", schema(max_items = 1000))]
    pub postings: Vec<DayLine>,
    /// Opaque: the next page is asked for with `?after=` and it. `null` on the last.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

impl DayPage {
    /// The most lines of a page.
    pub const MOST: usize = 1000;
}

/// A line of the day file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayLine {
    /// Our key.
    pub key: String,
    /// Billing's own number.
    pub number: String,
    /// The posted amount, in fen.
    pub amount_fen: Fen,
}

/// Whether a key has its form: 1 to 64 of `A-Z a-z 0-9 - _`. It stands in a path.
#[must_use]
pub fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_changes_the_path_it_stands_in() {
        for key in ["k1", "P06D8KRS3XMZ6R8JV0ABCDEFGHJL00", "ELSEWHERE-1", &"k".repeat(64)] {
            assert!(is_key(key), "{key}");
        }
        for key in ["", ".", "..", "a/b", "a%2Fb", "a b", "键", "k?x", &"k".repeat(65)] {
            assert!(!is_key(key), "{key}");
        }
    }

    #[test]
    fn a_state_of_a_fence_that_nobody_knows_is_not_read() {
        serde_json::from_str::<Fenced>(r#"{"key":"k1","state":"maybe","posting":null}"#)
            .expect_err("unknown");
    }
}
