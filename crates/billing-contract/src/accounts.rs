//! Accounts: one by its number, those of a holder, and what one owes. What leaves billing is masked already; account
//! numbers, phones and identity numbers travel in bodies only.

use jiff::civil::Date;
use powerhall_api::{Account, Bill, CutOff, Personal, Prepaid};
use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::present::present;

/// Names an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByAccount {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
}

/// Names an account, and the day by which late fees and tiers are reckoned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByAccountOnDay {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// Today in Beijing.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub today: Date,
}

/// The answer to `findAccount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundAccount {
    /// The number that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The account; `null` when there is none with this number.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub found: Option<AccountOnFile>,
}

/// An account, masked as a person who only knows its number may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountOnFile {
    /// 户号, whole: its name in later calls.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// What the customer is shown.
    pub shown: Account,
}

/// Whose accounts are looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ByHolder {
    /// Whoever has this mobile phone.
    Phone {
        /// 11 digits.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^1[3-9][0-9]{9}$"))]
        phone: Personal,
    },
    /// Whoever has this citizen identity number.
    IdNumber {
        /// By GB 11643 in its full form, with a capital X.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[1-9][0-9]{16}[0-9X]$"))]
        id_number: Personal,
    },
}

/// A holder's open accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holdings {
    /// In the order of their numbers, at most a hundred. None is an answer.
    #[cfg_attr(feature = "openapi", schema(max_items = 100))]
    pub accounts: Vec<Holding>,
    /// True when there are more.
    pub more: bool,
}

/// An account, and what proves that somebody is its holder. The backend shows nothing of it before that is proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holding {
    /// The account.
    pub account: AccountOnFile,
    /// The phone on file, whole: a code is sent to it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub phone: Personal,
    /// The last four characters of the identity number on file, and no more of it. `null` for a company.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = true, pattern = "^[0-9]{3}[0-9X]$"))]
    pub id_last4: Option<Personal>,
}

/// The answer to `getHolding`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundHolding {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The account with what proves its holder; `null` when there is none with this number.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub holding: Option<Holding>,
}

/// What an account owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Arrears {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The day that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub today: Date,
    /// Unpaid months, oldest first, late fees up to `today`. Empty when nothing is owed.
    pub bills: Vec<Bill>,
    /// Credit on the account (预收), in fen.
    pub credit_fen: Fen,
    /// Only while the supply is cut off for what is owed, else `null`.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub cut_off: Option<CutOff>,
    /// Only for an account that is paid for in advance, else `null`.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub prepay: Option<Prepay>,
}

/// An account that is paid for in advance (预购电).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prepay {
    /// What the customer is shown.
    pub shown: Prepaid,
    /// The least that a recharge may be, in fen.
    pub least_fen: Fen,
}
