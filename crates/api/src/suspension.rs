//! Scheduled suspensions: the hall closes its kiosks, or their payments, for a while that is known beforehand. Handed over
//! at check-in ahead of time, so that they begin and end also while the backend is away.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Text;

/// A suspension that is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Suspension {
    /// Its name.
    pub id: Uuid,
    /// What is closed.
    pub scope: Scope,
    /// Why.
    pub reason: Text,
    /// When it begins, RFC 3339 with offset; for people.
    pub from: String,
    /// When it ends, RFC 3339 with offset; for people.
    pub until: String,
    /// Seconds until it begins; 0 when it has. A kiosk goes by these, for its own clock may be wrong.
    pub begins_in: u32,
    /// Seconds until it ends.
    pub ends_in: u32,
}

/// What a suspension closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Payments; everything else goes on.
    Payment,
    /// The whole kiosk.
    All,
    /// Something that this version does not know: payments, to be safe.
    #[serde(other)]
    Unknown,
}
