//! `config/kiosk.toml`, read and checked once at start. Every mistake is found at once and named with its key, its
//! value and what is allowed; unknown keys are refused, because a misspelt limit is a missing limit.

mod check;
pub mod logo;
pub mod look;
mod raw;

use std::path::{Path, PathBuf};
use std::time::Duration;

use powerhall_api::{Personal, Text};
use powerhall_flow::Settings;
use reqwest::Url;

use crate::journal::JournalConfig;
use crate::voice::VoiceConfig;
use logo::Logo;
use look::Brand;

/// Everything that a hall decides about its kiosk. All values are checked.
#[derive(Clone, Debug)]
pub struct KioskConfig {
    /// The backend and how to speak to it.
    pub backend: BackendConfig,
    /// The hall's words.
    pub hall: HallTexts,
    /// The languages, in the order of their buttons; the first is the one at start.
    pub languages: Vec<Language>,
    /// The panel.
    pub screen: ScreenConfig,
    /// The utility's colour.
    pub brand: Brand,
    /// The utility's logo, where it has one.
    pub logo: Option<Logo>,
    /// A scanner reads bills; customers are told so.
    pub has_scanner: bool,
    /// How the machine speaks.
    pub voice: VoiceConfig,
    /// The journal.
    pub journal: JournalConfig,
    /// What the flow is told.
    pub flow: Settings,
}

/// The backend and how to speak to it.
#[derive(Clone, Debug)]
pub struct BackendConfig {
    /// `http` only to loopback, unless `allow_plain_http`.
    pub url: Url,
    /// This kiosk's name at the backend: 1 to 32 of `A-Z a-z 0-9 - _`.
    pub kiosk_id: String,
    /// This kiosk's secret: 16 to 256 visible ASCII characters.
    pub secret: Personal,
    /// The only authority that may vouch for the backend (PEM), instead of the system's.
    pub root_ca: Option<Vec<u8>>,
    /// How long a connection may take.
    pub connect: Duration,
    /// How long an answer may take.
    pub answer: Duration,
    /// How long the backend may wait with an answer about an order that does not move.
    pub wait: Duration,
}

/// The hall's words, complete in every configured language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallTexts {
    /// The hall's name.
    pub name: Text,
    /// Who is paid.
    pub payee: Text,
    /// When the hall is open.
    pub opening_hours: Text,
    /// Where else to pay.
    pub cash_counter: Text,
    /// Whom to call.
    pub hotline: String,
    /// The number that stands on the machine.
    pub kiosk_no: String,
}

/// A language of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Language {
    /// The folder's name in `ui/translations`, or `en`: `zh_CN`.
    pub tag: String,
    /// Its name in itself.
    pub name: String,
}

/// The panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenConfig {
    /// Pixels on a millimetre of glass: 1.0 to 20.0.
    pub pixels_per_mm: f32,
    /// The window's size in pixels, where there is a desktop.
    pub width: u32,
    /// As `width`.
    pub height: u32,
    /// The lower edge of the glass above the floor, in millimetres.
    pub lower_edge_mm: f32,
    /// What a wheelchair user reaches: the lowest and the highest, in millimetres above the floor.
    pub reach_mm: [f32; 2],
}

/// The least height in millimetres on which a page is still arranged well: that of the smallest panel.
pub const LEAST_BAND_MM: f32 = 220.0;

/// How the glass is divided when everything to touch is low. All in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Above the page, out of reach.
    pub above: f32,
    /// The page.
    pub page: f32,
    /// Below the page, out of reach.
    pub below: f32,
}

impl ScreenConfig {
    /// The band of a panel that is `height` pixels high.
    #[must_use]
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        reason = "places on the glass, not money"
    )]
    pub fn band(&self, height: u32) -> Band {
        let glass = height as f32 / self.pixels_per_mm;
        let [lowest, highest] = self.reach_mm;
        let above = (self.lower_edge_mm + glass - highest).clamp(0.0, glass);
        let below = (lowest - self.lower_edge_mm).clamp(0.0, glass - above);
        Band { above, page: glass - above - below, below }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not TOML, or a key is unknown, missing or of another type. The message shows the line.
    #[error("{}: {message}", path.display())]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where and what, with the line.
        message: String,
    },
    /// Values that are not allowed: all of them.
    #[error("{}:{}", path.display(), list(mistakes))]
    Mistakes {
        /// Which file.
        path: PathBuf,
        /// At least one.
        mistakes: Vec<Mistake>,
    },
}

/// A value that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value} is not allowed: expected {allowed}")]
pub struct Mistake {
    /// The key with its table: `times.idle_seconds`.
    pub key: String,
    /// What was given; `(missing)` when nothing was.
    pub value: String,
    /// What is allowed.
    pub allowed: String,
}

fn list(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect()
}

impl KioskConfig {
    /// Reads and checks a file. Relative paths in it start from its folder.
    ///
    /// # Errors
    /// Names everything that is wrong with the values, or the first line that cannot be read.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let raw: raw::Raw = toml::from_str(&text)
            .map_err(|error| ConfigError::Parse { path: path.to_owned(), message: error.to_string() })?;
        check::check(raw, path.parent().unwrap_or(Path::new(".")))
            .map_err(|mistakes| ConfigError::Mistakes { path: path.to_owned(), mistakes })
    }
}
