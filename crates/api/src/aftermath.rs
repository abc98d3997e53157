//! What follows a payment outside of the books: the meter gets its recharge, the supply comes back. Asked every few seconds
//! while the result is shown. It changes nothing about money.

use serde::{Deserialize, Serialize};

use crate::Text;

/// `GET /v1/orders/{id}/aftermath`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Aftermath {
    /// Only posted lines that something follows from.
    pub lines: Vec<LineAftermath>,
}

impl Aftermath {
    /// Whether nothing of it moves any more by itself. More lines may still be posted: that is the order's to say.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.lines.iter().all(|line| {
            line.recharge.as_ref().is_none_or(|recharge| recharge.state.is_over())
                && line.reconnection.as_ref().is_none_or(|reconnection| reconnection.state.is_over())
        })
    }
}

/// What follows from one posted line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineAftermath {
    /// The line of the quote.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub line: u32,
    /// The recharge of a prepaid meter.
    #[serde(default)]
    pub recharge: Option<Recharge>,
    /// The reconnection of a supply that was cut off.
    #[serde(default)]
    pub reconnection: Option<Reconnection>,
}

/// How far a recharge is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recharge {
    /// Where it stands.
    pub state: RechargeState,
    /// Since when, RFC 3339 with offset.
    pub since: String,
    /// When it failed: what it means, and what to do.
    #[serde(default)]
    pub what_now: Option<WhatNow>,
}

/// Where a recharge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RechargeState {
    /// The money is in the system; nothing has been sent yet.
    Asked,
    /// Sent to the meter.
    Sent,
    /// At the meter.
    AtMeter,
    /// The meter did not take it. The money stays in the system.
    Failed,
    /// A state that this version does not know.
    #[serde(other)]
    Unknown,
}

impl RechargeState {
    /// Whether it moves no more by itself.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::AtMeter | Self::Failed => true,
            Self::Asked | Self::Sent | Self::Unknown => false,
        }
    }
}

/// How far a reconnection (复电) is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reconnection {
    /// Where it stands.
    pub state: ReconnectionState,
    /// Since when, RFC 3339 with offset.
    pub since: String,
    /// When it failed, or too little was paid: what it means, and what to do.
    #[serde(default)]
    pub what_now: Option<WhatNow>,
}

/// Where a reconnection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReconnectionState {
    /// Less was paid than reconnection takes: the supply stays cut off.
    NotEnough,
    /// Asked for.
    Asked,
    /// On its way: the command is sent, or somebody is.
    OnItsWay,
    /// The supply is back.
    Done,
    /// It could not be done from afar.
    Failed,
    /// A state that this version does not know.
    #[serde(other)]
    Unknown,
}

impl ReconnectionState {
    /// Whether it moves no more by itself.
    #[must_use]
    pub const fn is_over(self) -> bool {
        match self {
            Self::NotEnough | Self::Done | Self::Failed => true,
            Self::Asked | Self::OnItsWay | Self::Unknown => false,
        }
    }
}

/// What a failure means for the customer, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhatNow {
    /// What it means.
    pub why: Text,
    /// What to do.
    pub advice: Text,
    /// Where to go with the order's reference, when somebody has to.
    #[serde(default)]
    pub place: Option<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_from_a_newer_version_are_survived() {
        fn read<T: for<'de> Deserialize<'de>>() -> T {
            serde_json::from_str("\"made_tomorrow\"").expect("survives")
        }
        assert_eq!(read::<RechargeState>(), RechargeState::Unknown);
        assert_eq!(read::<ReconnectionState>(), ReconnectionState::Unknown);
    }

    #[test]
    fn nothing_more_to_follow_is_over() {
        let at = |state| Aftermath {
            lines: vec![LineAftermath {
                line: 0,
                recharge: None,
                reconnection: Some(Reconnection { state, since: String::new(), what_now: None }),
            }],
        };
        assert!(Aftermath::default().is_over());
        assert!(at(ReconnectionState::NotEnough).is_over());
        assert!(!at(ReconnectionState::OnItsWay).is_over());
    }
}
