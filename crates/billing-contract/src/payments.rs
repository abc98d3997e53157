//! What was paid for an account, by whichever way, and what an invoice of it says.

use jiff::{Timestamp, civil::Date};
use powerhall_api::{PaidBy, PaidPart, Personal};
use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::present::present;

/// Names an account, and how far back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByAccountSince {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// The first day (Beijing).
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2025-11-30"))]
    pub since: Date,
}

/// The answer to `listPayments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payments {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The day that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub since: Date,
    /// By whichever way, newest first, at most 60.
    #[cfg_attr(feature = "openapi", schema(max_items = 60))]
    pub payments: Vec<PaymentOnFile>,
}

/// A payment of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaymentOnFile {
    /// Billing's own number, unique for ever.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9]{1,40}$"))]
    pub number: String,
    /// The posting's key, when it was posted through this contract, else `null`.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub key: Option<String>,
    /// When the customer paid.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub paid_at: Timestamp,
    /// How much, in fen.
    pub amount_fen: Fen,
    /// By which way.
    pub way: PaidBy,
    /// What it settled, oldest month first.
    pub parts: Vec<PaidPart>,
    /// What of it became credit, in fen.
    pub credit_fen: Fen,
}

/// Names a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByPayment {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// The payment's own number.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9]{1,40}$"))]
    pub payment: String,
}

/// The answer to `getTaxable`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundTaxable {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The payment with what its invoice says; `null` when the account has none with this number.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub taxable: Option<Taxable>,
}

/// What an invoice of a payment says: to whom, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Taxable {
    /// The payment.
    pub payment: PaymentOnFile,
    /// The whole name on the contract.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name: Personal,
    /// The unified social credit code of a company; `null` for a person.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = true))]
    pub taxpayer: Option<Personal>,
    /// The whole address of use.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address: Personal,
    /// The energy of the months, when it settled them whole; `null` when a part of a month is among them.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub kwh: Option<i64>,
}
