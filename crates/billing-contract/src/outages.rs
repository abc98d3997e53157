//! Planned outages, as everybody may read them: their texts and times are the types of the kiosks' API.

use jiff::Timestamp;
use powerhall_api::{Outage, Personal};
use serde::{Deserialize, Serialize};

/// Names the instant that is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AtInstant {
    /// Now: what is over is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-11-23T10:42:00+08:00"))]
    pub now: Timestamp,
}

/// The answer to `listOutages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedOutages {
    /// The instant that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
    /// Those that are not over, by their beginning, at most 200: the next ones. Empty: none is planned.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub outages: Vec<Outage>,
}

/// Names an account, and the instant that is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ByAccountAt {
    /// 户号.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
    pub account: Personal,
    /// Now: what is over is left out.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime, example = "2026-11-23T10:42:00+08:00"))]
    pub now: Timestamp,
}

/// The answer to `listOutagesOf`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutagesOf {
    /// The account that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account: Personal,
    /// The instant that was asked for.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
    /// Those of `listOutages` that the account is in.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub outages: Vec<Outage>,
}
