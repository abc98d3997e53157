//! What was paid for an account, by whichever way, with our receipts; and the e-invoice of a payment.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Account, Personal, Receipt};

/// `GET /v1/lookups/{reference}/payments`: the payments of the last twelve months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payments {
    /// Whose, masked.
    pub account: Account,
    /// The first day (Beijing) that they go back to, `2025-11-30`.
    pub since: String,
    /// At most [`Payments::MOST`], newest first.
    pub payments: Vec<Payment>,
}

impl Payments {
    /// The most payments of a list.
    pub const MOST: usize = 60;
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Payment {
    /// Billing's own number, 1 to 40 letters and digits; names the payment in later requests.
    pub number: String,
    /// When it was paid, RFC 3339 with offset.
    pub paid_at: String,
    /// How much, in fen.
    pub amount_fen: Fen,
    /// By which way.
    pub way: PaidBy,
    /// What it settled, oldest month first. With `credit_fen` it adds up to the amount.
    pub parts: Vec<PaidPart>,
    /// What of it became credit (预收), in fen.
    pub credit_fen: Fen,
    /// Our receipt, when it was paid at one of our kiosks.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// The reference of its order, when it was paid at one of our kiosks: `3F7K-9Q2M-XC`.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whether there is an e-invoice of it.
    pub invoice: InvoiceState,
}

/// The way of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PaidBy {
    /// At a kiosk.
    Kiosk,
    /// At a counter.
    Counter,
    /// By an app or a website.
    Online,
    /// Debited from a bank account (代扣).
    Debit,
    /// At or through a bank.
    Bank,
    /// Another way, or one that this version does not know.
    #[serde(other)]
    Other,
}

/// What a payment settled of one month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaidPart {
    /// The billing month, `2026-08`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9]{4}-[0-9]{2}$"))]
    pub period: String,
    /// Of the bill, in fen.
    pub amount_fen: Fen,
    /// Of its late fee, in fen.
    pub late_fee_fen: Fen,
}

/// Whether a payment has an e-invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// It settled nothing yet: credit gets its invoice when it is used.
    None,
    /// It can have one.
    Open,
    /// It was issued; the same one is given again.
    Issued,
    /// The tax platform refused it for good; a counter knows why.
    Refused,
    /// This hall issues none, or something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// `POST /v1/lookups/{reference}/payments/{number}/invoice`: the e-invoice of a payment, on its way to a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invoice {
    /// Its number: 20 digits.
    pub number: String,
    /// The day of issue (Beijing), `2026-11-30`.
    pub day: String,
    /// To whom, masked; the document has the whole name.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub buyer_masked: Personal,
    /// The amount with tax, in fen.
    pub total_fen: Fen,
    /// The tax in it, in fen.
    pub tax_fen: Fen,
    /// Where a phone gets the document; nobody can guess it, and it ends.
    pub link: String,
    /// Seconds until the link ends.
    pub seconds_left: u32,
    /// Whether it is a sample of a test system, and so of no use.
    pub sample: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_from_a_newer_version_are_survived() {
        let paid: PaidBy = serde_json::from_str("\"made_tomorrow\"").expect("survives");
        assert_eq!(paid, PaidBy::Other);
        let invoice: InvoiceState = serde_json::from_str("\"made_tomorrow\"").expect("survives");
        assert_eq!(invoice, InvoiceState::Unknown);
    }
}
