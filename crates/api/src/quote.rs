//! What is to be paid, with an end: unpaid months, money for a prepaid meter, or the fees of an application. Several
//! accounts go into one quote, a line each, and so into one payment.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, Line, Personal, Text};

/// `POST /v1/quotes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteRequest {
    /// What look-ups of this kiosk have found: 1 to 16, each once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 16))]
    pub references: Vec<String>,
    /// What the customer came to pay.
    pub duty: Duty,
}

impl QuoteRequest {
    /// For one look-up.
    #[must_use]
    pub fn of(reference: String, duty: Duty) -> Self {
        Self { references: vec![reference], duty }
    }
}

/// The most lines that a quote, and so an order, has.
pub const LINES_MOST: usize = 16;

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// 电费: what was used and billed; what is paid beyond it becomes credit.
    Arrears,
    /// 预购电: money for a meter that is paid for in advance. An account is one or the other; its line says which,
    /// whichever of the two was asked for.
    Prepaid,
    /// 业务费用: the fees of an application, a line each.
    Fees,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What is to be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Named by the order.
    pub quote_id: String,
    /// At most 16: one for each account, in the order of the references, whichever of them name it; or one for each fee,
    /// none when no fee is due.
    pub lines: Vec<QuoteLine>,
    /// Seconds until the quote expires.
    pub seconds_left: u32,
}

/// One account or fee to pay. An order takes the line for `min_fen` to `max_fen`, or for exactly `total_fen`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteLine {
    /// The line's number in the quote, from 0.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub line: u32,
    /// What it is for.
    pub duty: Duty,
    /// Whose account, masked; none for a fee, which names its application.
    #[serde(default)]
    pub account: Option<Account>,
    /// The unpaid months, oldest first. Empty when nothing is owed.
    #[serde(default)]
    pub bills: Vec<Bill>,
    /// Everything owed, late fees included, in fen.
    pub total_fen: Fen,
    /// Credit on the account (预收), in fen.
    pub credit_fen: Fen,
    /// The least that an order may pay, in fen.
    pub min_fen: Fen,
    /// The most that an order may pay, in fen. Zero when this line cannot be paid here now:
    /// `prepaid` says why, and a fee above the hall's limit is paid at the counter.
    pub max_fen: Fen,
    /// Only while the supply is cut off for what is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<CutOff>,
    /// Only for an account that is paid for in advance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepaid: Option<Prepaid>,
    /// Only for a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
}

impl QuoteLine {
    /// Whether the line can only be paid whole.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.min_fen == self.max_fen && self.max_fen.is_positive()
    }

    /// Whether an order can take the line at all.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        self.max_fen.is_positive()
    }

    /// The number that people know it by, masked: the account's, or the application's.
    #[must_use]
    pub fn number_masked(&self) -> Personal {
        let account = self.account.as_ref().map(|account| &account.account_masked);
        let application = self.fee.as_ref().map(|fee| &fee.application_masked);
        account.or(application).cloned().unwrap_or_default()
    }
}

/// One unpaid month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bill {
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub period: String,
    /// Energy in kWh.
    pub kwh: i64,
    /// The energy bill still owed, without late fee, in fen.
    pub amount_fen: Fen,
    /// The late fee (违约金) up to today, in fen.
    pub late_fee_fen: Fen,
    /// Last day to pay without a late fee, `2026-09-25`.
    pub due_date: String,
}

/// A supply that is cut off for what is owed (欠费停电).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CutOff {
    /// Since which day, `2026-11-05`.
    pub since: String,
    /// How much at least must be paid to be reconnected, in fen; never more than the line's total. Zero: enough is paid,
    /// and reconnection is under way.
    pub reconnect_fen: Fen,
}

/// An account that is paid for in advance (预购电).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Prepaid {
    /// What the meter has said; none when it has not been heard.
    #[serde(default)]
    pub at_meter: Option<MeterBalance>,
    /// What was paid and is not at the meter yet, in fen.
    pub in_system_fen: Fen,
    /// Why it cannot be recharged now; none when it can.
    #[serde(default)]
    pub blocked: Option<Blocked>,
}

/// A meter's own balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeterBalance {
    /// How much is left, in fen; below zero where a meter lends.
    pub balance_fen: Fen,
    /// When the meter said so, RFC 3339 with offset.
    pub as_of: String,
}

/// Why a meter cannot be recharged now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// An earlier recharge has not come to its end.
    EarlierUnfinished,
    /// The meter cannot be reached.
    MeterOffline,
    /// The account is closed (销户).
    AccountClosed,
    /// A reason that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A business fee (业务费用) that is due on an application. It is paid whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fee {
    /// The application's number, masked.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub application_masked: Personal,
    /// The applicant, masked.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub applicant_masked: Personal,
    /// What was applied for.
    pub service: Text,
    /// The fee's name.
    pub name: Text,
    /// How it is computed, one row for each part: what is counted, and the arithmetic with its result.
    pub rows: Vec<Line>,
    /// The document that it is based on.
    pub basis: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_from_a_newer_version_are_survived() {
        fn read<T: for<'de> Deserialize<'de>>() -> T {
            serde_json::from_str("\"made_tomorrow\"").expect("survives")
        }
        assert_eq!(read::<Duty>(), Duty::Unknown);
        assert_eq!(read::<Blocked>(), Blocked::Unknown);
    }
}
