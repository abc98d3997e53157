//! The file as it is written, with its defaults. Unknown keys are mistakes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use powerhall_faults::RawPlan;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    #[serde(default)]
    pub(super) server: Server,
    pub(super) store: Store,
    pub(super) billing: Billing,
    pub(super) hall: Hall,
    #[serde(default)]
    pub(super) review: Review,
    #[serde(default)]
    pub(super) timings: Timings,
    #[serde(default)]
    pub(super) limits: Limits,
    #[serde(default)]
    pub(super) proof: Proof,
    pub(super) sms: Option<Sms>,
    pub(super) invoices: Option<Invoices>,
    #[serde(default)]
    pub(super) kiosk: Vec<Kiosk>,
    /// By their ids.
    #[serde(default)]
    pub(super) channel: BTreeMap<String, Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Server {
    pub(super) listen: String,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub(super) file: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Review {
    pub(super) socket: Option<PathBuf>,
    pub(super) mode: Option<String>,
    pub(super) reports: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Billing {
    #[serde(default = "embedded")]
    pub(super) kind: String,
    /// Of the embedded system.
    pub(super) file: Option<PathBuf>,
    /// Of the utility's own system, from here to the times.
    pub(super) url: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) root_ca: Option<PathBuf>,
    pub(super) connect_milliseconds: Option<i64>,
    pub(super) answer_milliseconds: Option<i64>,
    #[serde(default = "account_digits")]
    pub(super) account_digits: Vec<i64>,
    pub(super) faults: Option<RawPlan>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hall {
    pub(super) folder: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Timings {
    pub(super) qr_seconds: i64,
    pub(super) extensions_max: i64,
    pub(super) prepare_seconds: i64,
    pub(super) margin_seconds: i64,
    pub(super) poll_milliseconds: i64,
    pub(super) recheck_seconds: Vec<i64>,
    pub(super) lookup_seconds: i64,
    pub(super) quote_seconds: i64,
    pub(super) call_seconds: i64,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            qr_seconds: 120,
            extensions_max: 10,
            prepare_seconds: 30,
            margin_seconds: 60,
            poll_milliseconds: 2500,
            recheck_seconds: vec![60, 600, 3600],
            lookup_seconds: 600,
            quote_seconds: 600,
            call_seconds: 5,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    pub(super) lookups_per_minute: i64,
    pub(super) min_fen: i64,
    pub(super) max_fen: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lookups_per_minute: 30, min_fen: 100, max_fen: 5_000_000 }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Proof {
    pub(super) last4: bool,
    pub(super) tries: i64,
    pub(super) tries_per_hour: i64,
    pub(super) code_seconds: i64,
    pub(super) code_again_seconds: i64,
    pub(super) codes_per_hour: i64,
    pub(super) answer_milliseconds: i64,
}

impl Default for Proof {
    fn default() -> Self {
        Self {
            last4: true,
            tries: 3,
            tries_per_hour: 10,
            code_seconds: 300,
            code_again_seconds: 60,
            codes_per_hour: 5,
            answer_milliseconds: 300,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sms {
    #[serde(default = "sandbox")]
    pub(super) kind: String,
    pub(super) file: PathBuf,
    pub(super) allow_sandbox_beyond_loopback: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invoices {
    #[serde(default = "sandbox")]
    pub(super) kind: String,
    pub(super) file: PathBuf,
    #[serde(default = "noto")]
    pub(super) font: PathBuf,
    pub(super) public_url: Option<String>,
    #[serde(default = "ten_minutes")]
    pub(super) link_seconds: i64,
    pub(super) seller_name: String,
    pub(super) seller_taxpayer: String,
    #[serde(default = "issuer")]
    pub(super) issuer: String,
    pub(super) faults: Option<RawPlan>,
    pub(super) allow_sandbox_beyond_loopback: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kiosk {
    pub(super) id: String,
    pub(super) secret_sha256: Option<String>,
    pub(super) secret_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channel {
    #[serde(default = "sandbox")]
    pub(super) kind: String,
    #[serde(default = "wechat_like")]
    pub(super) mode: String,
    pub(super) name_zh: Option<String>,
    pub(super) name_en: Option<String>,
    pub(super) faults: Option<RawPlan>,
    #[serde(default = "sandbox_listen")]
    pub(super) listen: String,
    pub(super) public_url: Option<String>,
    pub(super) file: PathBuf,
    #[serde(default = "sandbox_merchant")]
    pub(super) merchant: String,
    #[serde(default = "payee_zh")]
    pub(super) payee_zh: String,
    #[serde(default = "payee_en")]
    pub(super) payee_en: String,
    pub(super) allow_sandbox_beyond_loopback: Option<String>,
}

fn account_digits() -> Vec<i64> {
    vec![13]
}

fn noto() -> PathBuf {
    PathBuf::from("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
}

const fn ten_minutes() -> i64 {
    600
}

fn issuer() -> String {
    "自助终端".to_owned()
}

fn embedded() -> String {
    "embedded".to_owned()
}

fn sandbox() -> String {
    "sandbox".to_owned()
}

fn wechat_like() -> String {
    "wechat_like".to_owned()
}

fn sandbox_listen() -> String {
    "127.0.0.1:8081".to_owned()
}

fn sandbox_merchant() -> String {
    "sandbox-merchant".to_owned()
}

fn payee_zh() -> String {
    "供电营业厅".to_owned()
}

fn payee_en() -> String {
    "Power supply hall".to_owned()
}
