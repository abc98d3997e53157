//! What was billed, as the customer sees it: the types of the kiosks' API, with what was asked beside them.

use jiff::civil::Date;
use powerhall_api::{BillDetail, Bills, Personal};
use serde::{Deserialize, Serialize};

use crate::present::present;

/// The answer to `listBills`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Months {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The day that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub today: Date,
    /// The last months, paid or not, and the place in the tiers of the year of `today`.
    pub bills: Bills,
}

/// Names a month's bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByMonth {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", example = "2026-08"))]
    pub period: String,
    /// Today in Beijing: the late fee is reckoned up to it.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date, example = "2026-11-23"))]
    pub today: Date,
}

/// The answer to `getBill`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundBill {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The month that was asked for.
    pub period: String,
    /// The bill, whose lines come to its amount to the fen; `null` when there is none of this month.
    #[serde(deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub bill: Option<BillDetail>,
}
