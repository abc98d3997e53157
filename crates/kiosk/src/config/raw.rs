//! The file as it is written, before any check. What may be left out has its default here.

use powerhall_api::Text;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) backend: Backend,
    pub(super) hall: Hall,
    pub(super) languages: Vec<Language>,
    pub(super) screen: Screen,
    #[serde(default)]
    pub(super) look: Look,
    #[serde(default)]
    pub(super) voice: Voice,
    #[serde(default)]
    pub(super) numbers: Numbers,
    #[serde(default)]
    pub(super) amounts: Amounts,
    #[serde(default)]
    pub(super) times: Times,
    pub(super) journal: Journal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backend {
    pub(super) url: String,
    pub(super) kiosk_id: String,
    pub(super) secret_file: String,
    pub(super) root_ca_file: Option<String>,
    #[serde(default)]
    pub(super) allow_plain_http: bool,
    #[serde(default = "five")]
    pub(super) connect_seconds: u64,
    #[serde(default = "ten")]
    pub(super) answer_seconds: u64,
    #[serde(default = "five")]
    pub(super) wait_seconds: u64,
}

const fn five() -> u64 {
    5
}

const fn ten() -> u64 {
    10
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hall {
    pub(super) name: Text,
    pub(super) payee: Text,
    pub(super) opening_hours: Text,
    pub(super) cash_counter: Text,
    pub(super) hotline: String,
    pub(super) kiosk_no: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Language {
    pub(super) tag: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) voice: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Voice {
    pub(super) program: String,
    pub(super) player: String,
    pub(super) clips: Option<String>,
    pub(super) words_a_minute: u64,
    pub(super) headset: bool,
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            program: "espeak-ng".to_owned(),
            player: "aplay".to_owned(),
            clips: None,
            words_a_minute: 160,
            headset: false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Screen {
    pub(super) pixels_per_mm: f32,
    pub(super) width: u32,
    pub(super) height: u32,
    #[serde(default = "eight_hundred_fifty")]
    pub(super) lower_edge_mm: u64,
    #[serde(default = "band")]
    pub(super) reach_mm: [u64; 2],
}

const fn eight_hundred_fifty() -> u64 {
    850
}

/// Tiresias and EN 301 549, 8.3: what everybody reaches.
const fn band() -> [u64; 2] {
    [800, 1200]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Look {
    pub(super) colour: String,
    pub(super) logo: Option<String>,
}

impl Default for Look {
    fn default() -> Self {
        Self { colour: "#00594F".to_owned(), logo: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Numbers {
    pub(super) account_prefix: String,
    pub(super) own_account_digits: Vec<u64>,
    pub(super) application_digits: [u64; 2],
    pub(super) scanner: bool,
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            account_prefix: "510".to_owned(),
            own_account_digits: Vec::new(),
            application_digits: [12, 16],
            scanner: false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Amounts {
    pub(super) least_yuan: String,
    pub(super) most_yuan: String,
}

impl Default for Amounts {
    fn default() -> Self {
        Self { least_yuan: "0.01".to_owned(), most_yuan: "50000.00".to_owned() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Times {
    pub(super) settle_milliseconds: u64,
    pub(super) idle_seconds: u64,
    pub(super) warning_seconds: u64,
    pub(super) large_text_percent: u64,
    pub(super) attract_seconds: u64,
    pub(super) connecting_seconds: u64,
    pub(super) check_in_seconds: u64,
    pub(super) retry_seconds: u64,
    pub(super) code_warning_seconds: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            settle_milliseconds: 300,
            idle_seconds: 45,
            warning_seconds: 20,
            large_text_percent: 200,
            attract_seconds: 60,
            connecting_seconds: 3,
            check_in_seconds: 30,
            retry_seconds: 2,
            code_warning_seconds: 30,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) path: String,
    #[serde(default = "thirty")]
    pub(super) keep_days: u64,
    #[serde(default = "hundred_thousand")]
    pub(super) max_rows: u64,
}

const fn hundred_thousand() -> u64 {
    100_000
}

const fn thirty() -> u64 {
    30
}
