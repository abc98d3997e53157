//! What a hall publishes for reading (办事公开): shelves of sheets, each in parts and lines, and the tiles of home.

use serde::{Deserialize, Serialize};

use crate::{Attract, Outage, Tariff, Text};

/// `GET /v1/hall`: the hall's published information.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hall {
    /// Names this content: another one whenever anything here differs. The check-in's answer has it too.
    pub edition: String,
    /// The day on which it was written, ISO 8601, Beijing time.
    pub day: String,
    /// The tiles of home in order: `pay`, `recharge`, `progress`, or the key of a shelf. A kiosk leaves out what it does not know.
    pub tiles: Vec<String>,
    /// What can be read.
    pub shelves: Vec<Shelf>,
    /// The prices in force, to reckon with. Empty from an older backend.
    #[serde(default)]
    pub tariffs: Vec<Tariff>,
    /// The planned outages that are not over, by their beginning; none while the utility's system has not told them.
    #[serde(default)]
    pub outages: Option<Vec<Outage>>,
    /// What is shown by turns while nobody is there; none where the hall shows nothing.
    #[serde(default)]
    pub attract: Option<Attract>,
}

/// A shelf: what one tile of home opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shelf {
    /// Its name in data: `guides`.
    pub key: String,
    /// Its name for people.
    pub name: Text,
    /// Its groups, at least one. One alone needs no page to be chosen on.
    pub groups: Vec<Group>,
}

/// Sheets that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// Its name for people.
    pub name: Text,
    /// Its sheets, at least one.
    pub sheets: Vec<Sheet>,
}

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sheet {
    /// Its title.
    pub name: Text,
    /// What it says, at least one part; the last says on what it is based.
    pub parts: Vec<Part>,
    /// What to bring, where something is to be brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errand: Option<Errand>,
    /// The tariff that it is about, by its key in [`Hall::tariffs`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<String>,
    /// What opens in its place, on a kiosk that knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Tool>,
}

/// What opens in place of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    /// What so much energy would cost.
    Calculator,
    /// The planned outages.
    Outages,
    /// Something that this version does not know: the sheet itself is read.
    #[serde(other)]
    Unknown,
}

/// What somebody prepares before coming to the counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Errand {
    /// What to know with it, each with its name: where, and the cost.
    pub facts: Vec<Line>,
    /// By who applies, at least one.
    pub lists: Vec<Checklist>,
}

/// What one kind of applicant brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checklist {
    /// Who applies.
    pub applicant: Text,
    /// What to bring, at least one.
    pub items: Vec<Text>,
}

/// A part of a sheet under a heading of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// Its heading.
    pub heading: Text,
    /// Its lines, at least one.
    pub lines: Vec<Line>,
}

/// A line: a fact with its name, or a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Line {
    /// What the fact is of; none for a sentence.
    #[serde(default)]
    pub name: Option<Text>,
    /// The fact, or the sentence.
    pub text: Text,
}
