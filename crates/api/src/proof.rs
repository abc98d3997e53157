//! The second factor of whoever was looked up by phone or by identity number, and the accounts that it opens.

use serde::{Deserialize, Serialize};

use crate::{Account, Personal};

/// A way to prove who one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProofWay {
    /// The last four characters of the identity number on file; after a look-up by phone.
    IdLast4,
    /// The last four digits of the phone on file; after a look-up by identity number.
    PhoneLast4,
    /// A one-time code, sent to the phone on file by `POST /v1/lookups/{reference}/codes`.
    Code,
    /// A way that this version does not know.
    #[serde(other)]
    Unknown,
}

/// `POST /v1/lookups/{reference}/proofs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ProofRequest {
    /// After a look-up by phone.
    IdLast4 {
        /// The last four characters of the identity number, with a capital X.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{3}[0-9X]$"))]
        id_last4: Personal,
    },
    /// After a look-up by identity number.
    PhoneLast4 {
        /// The last four digits of the phone.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}$"))]
        phone_last4: Personal,
    },
    /// After either.
    Code {
        /// The code that the phone was sent.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6}$"))]
        code: Personal,
    },
}

/// The answer to `POST /v1/lookups/{reference}/codes`. The same whether a code was sent: to a phone that nobody has on
/// file none is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// Seconds until the code expires. A code that was sent before is of no use any more.
    pub seconds_left: u32,
    /// Seconds until another may be asked for.
    pub again_after: u32,
}

/// What a proof has opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundAccounts {
    /// At least one, in the order of their numbers.
    pub accounts: Vec<FoundAccount>,
    /// True when there are more than are listed: those are found by their account numbers.
    pub more: bool,
    /// Seconds until the references expire.
    pub seconds_left: u32,
}

/// One of a person's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundAccount {
    /// As from a look-up of this account, for its quote; and, as the person is proved, for its applications too.
    pub reference: String,
    /// Masked.
    pub account: Account,
}
