//! Anonymous measures: how long a page was open, how it was left, and what was thought of it. No account, no order, no
//! kiosk's clock, nothing that tells one visit from another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Place;

/// The longest that a page is said to have been open, in milliseconds: an hour.
pub const STAY_MOST: u32 = 3_600_000;
/// The most measures in a batch.
pub const MEASURES_MOST: usize = 200;

/// `POST /v1/measures`: what has gathered since the last batch. The same batch again is counted once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeasureBatch {
    /// Made by the kiosk.
    pub id: Uuid,
    /// In no particular order.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub measures: Vec<Measure>,
}

/// One thing that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
    /// A page was left.
    Stay {
        /// Which.
        place: Place,
        /// How.
        left: Left,
        /// How long it was open, in milliseconds.
        #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 3_600_000))]
        ms: u32,
    },
    /// One tap of opinion.
    Opinion {
        /// On which page.
        place: Place,
        /// Which.
        opinion: Opinion,
    },
    /// What a newer kiosk measures.
    #[serde(other)]
    Unknown,
}

macro_rules! named {
    ($(#[$what:meta])* $name:ident { $($(#[$doc:meta])* $value:ident, $word:literal;)* }) => {
        $(#[$what])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $value,)*
            /// One that a newer kiosk knows.
            #[serde(rename = "other", other)]
            Other,
        }

        impl $name {
            /// Every one that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$value,)* Self::Other];

            /// Its name in JSON, and in what staff reads.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $word,)* Self::Other => "other" }
            }
        }
    };
}

named! {
    /// How a page was left.
    Left {
        /// The journey went on.
        Next, "next";
        /// By one step back.
        Back, "back";
        /// The journey had reached what it was for.
        Done, "done";
        /// Home, in the middle of the journey.
        Home, "home";
        /// A payment was cancelled, or the idle warning was answered by the end.
        GaveUp, "gave_up";
        /// Nobody was there any more.
        TimeOut, "time_out";
    }
}

named! {
    /// What a customer thought of it.
    Opinion {
        /// Good.
        Good, "good";
        /// So-so.
        SoSo, "so_so";
        /// Poor.
        Poor, "poor";
    }
}

/// The answer to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Measured {
    /// How many were counted by this request; 0 when the batch was known.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub counted: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_kiosk_measures_is_survived() {
        let read = |text: &str| serde_json::from_str::<Measure>(text).expect("reads");
        assert_eq!(read(r#"{"kind":"gaze","ms":3}"#), Measure::Unknown);
        assert_eq!(
            read(r#"{"kind":"stay","place":"moon","left":"flew","ms":3}"#),
            Measure::Stay { place: Place::Other, left: Left::Other, ms: 3 }
        );
        for left in Left::ALL {
            assert_eq!(serde_json::to_string(left).expect("writes"), format!("\"{}\"", left.name()));
        }
    }
}
