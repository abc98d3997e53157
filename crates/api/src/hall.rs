//! What the hall tells its kiosks: its published texts, and whether payment is open now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use uuid::Uuid;

use crate::{Call, JournalHead, Suspension};

/// A text per language tag (`zh_CN`, `en`). `zh_CN` is always there.
pub type Text = BTreeMap<String, String>;

/// `POST /v1/check-ins`: the kiosk says that it lives and how it is. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckIn {
    /// The kiosk's software version.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub version: String,
    /// Whether its journal can be written.
    pub journal_ok: bool,
    /// Orders in its journal that have not come to an end.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub open_orders: u32,
    /// The newest row of its journal; none while it cannot be read, or from an older kiosk.
    #[serde(default)]
    pub journal: Option<JournalHead>,
    /// The customer's call for the guide that it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Uuid>,
}

/// The answer to a check-in: the backend's side of the pre-flight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckInAnswer {
    /// The backend's time, RFC 3339 with offset.
    pub server_time: String,
    /// None when payment is open, else why it is closed.
    #[serde(default)]
    pub payment_closed: Option<ClosedReason>,
    /// The payment channels that answer, in the order to offer them.
    pub channels: Vec<ChannelInfo>,
    /// Where the call stands that the kiosk has named; none from an older backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The edition of what the hall publishes now; empty from an older backend, which publishes nothing to read.
    #[serde(default)]
    pub hall: String,
    /// The suspensions that are not over, by their beginning.
    #[serde(default)]
    pub suspensions: Vec<Suspension>,
}

/// Why payment is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// The billing system does not answer.
    Billing,
    /// No payment channel answers.
    Channel,
    /// The kiosk's journal cannot be written.
    Journal,
    /// The backend does not answer (set by the kiosk itself).
    Backend,
    /// The hall has suspended it for a while; [`CheckInAnswer::suspensions`] says why and until when (set by the kiosk
    /// itself).
    Suspended,
    /// A reason from a newer backend.
    #[serde(other)]
    Other,
}

/// A payment channel that a code can be made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelInfo {
    /// Its name in `OrderRequest`.
    pub id: String,
    /// Its name for people.
    pub name: Text,
    /// The wallets that can read its code.
    pub wallets: Vec<Wallet>,
}

/// A wallet app that can read a channel's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Wallet {
    /// Its name for people.
    pub name: Text,
}
