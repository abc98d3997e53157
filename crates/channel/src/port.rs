//! The port to a payment channel. Every call ends in an [`Outcome`]; numbers are made and stored by the caller
//! before the call and stay the same on every retry.

use async_trait::async_trait;
use jiff::Timestamp;
use powerhall_money::{Fen, Outcome};

/// A payment channel.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Its id in orders and config, for example `sandbox`.
    fn id(&self) -> &str;

    /// Whether the channel can close an unpaid trade. Where it cannot, the trade's expiry is the fence.
    fn can_close(&self) -> bool;

    /// Asks for a code for `attempt`. The same attempt again gives the same trade (perhaps a fresh code).
    async fn create(&self, attempt: &NewTrade) -> Outcome<Code>;

    /// How the trade stands.
    async fn query(&self, number: &str) -> Outcome<Trade>;

    /// Closes an unpaid trade. `Definite(Trade::Closed)` proves that nobody can pay it any more;
    /// `Definite(Trade::Paid)` says that it was paid before.
    async fn close(&self, number: &str) -> Outcome<Trade>;

    /// Refunds in full or in part. `Definite(RefundState::Accepted)` is not yet the end.
    async fn refund(&self, refund: &NewRefund) -> Outcome<RefundState>;

    /// How the refund stands.
    async fn query_refund(&self, number: &str, refund_number: &str) -> Outcome<RefundState>;

    /// Verifies and reads a notification.
    fn parse_notification(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification>;

    /// The channel's own statement of a day (Beijing), once it is ready.
    async fn statement(&self, day: jiff::civil::Date) -> Outcome<Statement>;

    /// Whether the channel answers at all (pre-flight).
    async fn ready(&self) -> bool;
}

/// What a new trade needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTrade {
    /// Our number of the attempt (`out_trade_no`): 6 to 32 characters `[0-9A-Za-z]`.
    pub number: String,
    /// The amount.
    pub amount: Fen,
    /// What the payer reads on the phone. No personal data.
    pub subject: String,
    /// The last moment at which the trade can be paid.
    pub expires_at: Timestamp,
}

/// The text to draw as a QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(pub String);

/// How a trade stands at the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trade {
    /// The channel has no such trade (for some channels: nobody has scanned yet).
    NotFound,
    /// Not paid so far.
    Pending,
    /// Paid.
    Paid(Payment),
    /// Closed for ever, unpaid.
    Closed,
}

/// Evidence of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The channel's own number.
    pub transaction: String,
    /// What was paid.
    pub amount: Fen,
    /// ISO 4217; ours is `CNY`.
    pub currency: String,
    /// Who was paid; must be ours.
    pub merchant: String,
    /// When.
    pub at: Timestamp,
}

/// What a refund needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRefund {
    /// Our number of the paid attempt.
    pub number: String,
    /// Our number of the refund: at most 64 characters; the same on every retry.
    pub refund_number: String,
    /// How much.
    pub amount: Fen,
    /// What was paid in all.
    pub total: Fen,
    /// Why, for the channel's books. No personal data.
    pub reason: String,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// The channel knows no such refund.
    NotFound,
    /// Accepted, on its way.
    Accepted,
    /// The payer has the money.
    Done,
    /// It cannot be done by machine; a person decides.
    Abnormal,
}

/// A verified notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The channel's id of the event: the inbox key.
    pub event_id: String,
    /// Our number of the attempt.
    pub number: String,
    /// What happened.
    pub payment: Payment,
}

/// The notification is not the channel's, or is too old. Nothing may follow from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("notification refused: {0}")]
pub struct ForgedNotification(pub String);

/// A channel's statement of a day: one file, so its lines and its sums are of one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Its lines.
    pub lines: Vec<StatementLine>,
    /// What it says of itself, where the channel ends it with sums: a file that lost a line shows by them.
    pub sums: Option<StatementSums>,
}

/// The sums at the end of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementSums {
    /// Payments less refunds.
    pub total: Fen,
    /// How many lines.
    pub lines: u64,
}

/// A line of the channel's statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// Our number of the attempt.
    pub number: String,
    /// Our number of the refund, when the line is one.
    pub refund_number: Option<String>,
    /// Positive for payments, negative for refunds.
    pub amount: Fen,
    /// The channel's own number.
    pub transaction: String,
    /// When.
    pub at: Timestamp,
}
