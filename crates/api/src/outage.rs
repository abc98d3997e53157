//! Planned outages: of an area for everybody to read, and of the account that a look-up found.

use serde::{Deserialize, Serialize};

use crate::{Personal, Text};

/// A planned outage. Nothing in it is about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outage {
    /// Where, as a district that people know.
    pub area: Text,
    /// The streets and places without power.
    pub streets: Text,
    /// Why.
    pub reason: Text,
    /// When the power goes, RFC 3339 with offset.
    pub from: String,
    /// When it is expected back, RFC 3339 with offset.
    pub until: String,
}

impl Outage {
    /// The most that are told, of the next ones.
    pub const MOST: usize = 200;
}

/// `GET /v1/lookups/{reference}/outages`: those that an account is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outages {
    /// The account, masked as customers see it.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account_masked: Personal,
    /// By their beginning; those that are over are left out.
    pub outages: Vec<Outage>,
}
