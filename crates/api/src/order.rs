//! Orders: the intent to collect and the duty to deliver, as the kiosk sees them.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Duty, Personal, Text};

/// `PUT /v1/orders/{id}`: the kiosk names the order (UUIDv7); the same request again gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderRequest {
    /// What is owed.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub quote_id: String,
    /// The channel of the first attempt.
    #[cfg_attr(feature = "openapi", schema(max_length = 32, example = "sandbox"))]
    pub channel: String,
    /// At least one line, each line of the quote at most once.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 16))]
    pub lines: Vec<OrderLineRequest>,
}

/// What to pay on one line of the quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLineRequest {
    /// The line of the quote.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, example = 0))]
    pub line: u32,
    /// The amount to collect, in fen.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 1, example = 1000))]
    pub amount_fen: Fen,
    /// The months chosen, when the customer chose months; then the amount is exactly their sum.
    /// Empty: the amount settles the oldest months first, and what is left over becomes credit (预收).
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 60, example = json!([])))]
    pub periods: Vec<String>,
}

/// An order as it stands. `version` only grows and is the `ETag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// Named by the kiosk.
    pub order_id: Uuid,
    /// Grows by every change.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub version: u64,
    /// Where collecting stands.
    pub collect: Collect,
    /// The whole amount, in fen.
    pub amount_fen: Fen,
    /// The short number that people say aloud and find in every book: 10 letters and digits, `3F7K-9Q2M-XC`.
    pub reference: String,
    /// The last attempt.
    #[serde(default)]
    pub attempt: Option<Attempt>,
    /// What became of each line.
    pub lines: Vec<OrderLine>,
    /// Once there is evidence of payment.
    #[serde(default)]
    pub receipt: Option<Receipt>,
}

/// Where collecting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Collect {
    /// Named; nothing asked of the channel yet.
    Created,
    /// A code is being made.
    Preparing,
    /// The code can be paid.
    Awaiting,
    /// The code is being closed; it may still turn out paid.
    Closing,
    /// Proved closed; nothing was collected so far.
    Closed,
    /// The money is here.
    Paid,
    /// A person decides.
    ManualReview,
    /// A state from a newer backend: nothing is known, nothing is concluded.
    #[serde(other)]
    Unknown,
}

/// Where delivering stands, for one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Deliver {
    /// Nothing to deliver yet.
    None,
    /// Being posted to the account.
    Posting,
    /// On the account.
    Posted,
    /// Billing refused it; the refund is being prepared.
    Rejected,
    /// The refund is on its way.
    Refunding,
    /// Refunded.
    Refunded,
    /// A person decides.
    ManualReview,
    /// A state from a newer backend.
    #[serde(other)]
    Unknown,
}

/// One number at one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// 1 for the first.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub no: u32,
    /// The channel that the code belongs to.
    pub channel: String,
    /// The text of the QR code; only while the order is `awaiting`.
    #[serde(default)]
    pub code: Option<String>,
    /// Seconds until the backend closes the code by itself; only while `awaiting`.
    #[serde(default)]
    pub seconds_left: Option<u32>,
    /// Whether `POST …/extend` can still give more time.
    pub extendable: bool,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    /// The line of the quote.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub line: u32,
    /// Its amount, in fen.
    pub amount_fen: Fen,
    /// Where delivering stands.
    pub deliver: Deliver,
    /// What the account owes after posting, in fen; once posted.
    #[serde(default)]
    pub arrears_fen: Option<Fen>,
    /// The credit (预收) on the account after posting, in fen; once posted.
    #[serde(default)]
    pub credit_fen: Option<Fen>,
}

/// Proof for the customer. Not an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Unique.
    pub number: String,
    /// When the channel took the money, RFC 3339 with offset.
    pub paid_at: String,
    /// The channel's own number for the payment.
    pub transaction: String,
    /// What was paid for, in the order of the lines; their amounts add up to what the channel took.
    pub lines: Vec<ReceiptLine>,
}

/// What one line of a payment was for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReceiptLine {
    /// The line of the quote.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub line: u32,
    /// What it was for.
    pub duty: Duty,
    /// The account, or the application of a fee, masked.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub number_masked: Personal,
    /// The fee's name; none for an account.
    #[serde(default)]
    pub name: Option<Text>,
    /// How much, in fen.
    pub amount_fen: Fen,
}

/// `GET /v1/orders?state=open`: what a kiosk asks after a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Orders {
    /// This kiosk's orders that have not come to an end, oldest first.
    pub orders: Vec<Order>,
}

/// `POST /v1/orders/{id}/attempts`: a new code after the last is proved closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptRequest {
    /// The number that the new attempt will have; the same request again gets the same answer.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 99))]
    pub no: u32,
    /// The channel of the new attempt.
    #[cfg_attr(feature = "openapi", schema(max_length = 32, example = "sandbox"))]
    pub channel: String,
}

/// `POST /v1/orders/{id}/cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CancelRequest {
    /// Why.
    pub reason: CancelReason,
}

/// Why a kiosk wants a code closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The customer pressed cancel.
    Customer,
    /// The countdown ended.
    Expired,
    /// The customer wants another channel.
    OtherChannel,
    /// The kiosk restarted and the customer is gone.
    Restart,
    /// The customer left: home, or the idle time ran out. A reason from a newer kiosk reads as this.
    #[serde(other)]
    Left,
}
