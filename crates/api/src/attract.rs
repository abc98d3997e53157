//! What a kiosk shows by turns while nobody is there. Nothing in it is about a customer.

use serde::{Deserialize, Serialize};

use crate::{Line, Text};

/// The slides and how they follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attract {
    /// How long each stays, in seconds.
    #[cfg_attr(feature = "openapi", schema(minimum = 10))]
    pub seconds: u32,
    /// The languages, each for a whole round; a kiosk leaves out those that it does not speak. Empty: its first.
    pub languages: Vec<String>,
    /// What is shown, in order; at least one.
    pub slides: Vec<Slide>,
}

impl Attract {
    /// The least that a slide stays, in seconds: a screen that changes more often disturbs whoever stands near it.
    pub const LEAST_SECONDS: u32 = 10;
}

/// One thing to read from afar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slide {
    /// What it is about.
    pub title: Text,
    /// What it says: a sentence, or a fact with its name.
    pub line: Line,
}
