//! The backend's configuration: one TOML file, read and checked as a whole at start. Every mistake is named with its key,
//! its value and what is allowed; relative paths start from the file's folder.

mod billing;
mod channels;
mod check;
mod invoices;
mod proof;
mod raw;
mod secret;

pub use billing::BillingSection;
pub use check::{KIOSK_ID, is_kiosk_id};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use powerhall_channel::faults::ChannelFault;
use powerhall_channel::sandbox::Mode;
use powerhall_faults::Plan;
use powerhall_invoice::port::Seller;
use powerhall_invoice::{InvoiceFault, Typeface};

use crate::backend::Settings;

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct BackendConfig {
    /// Where kiosks and channels reach the backend.
    pub listen: SocketAddr,
    /// The store's SQLite file.
    pub store_file: PathBuf,
    /// The billing system.
    pub billing: BillingSection,
    /// What the hall publishes.
    pub hall_folder: PathBuf,
    /// Where staff reviews and reconciles.
    pub review: ReviewSection,
    /// Times, limits and words.
    pub settings: Settings,
    /// Where the sandbox of text messages writes codes, where the hall has one.
    pub sms_file: Option<PathBuf>,
    /// The sandbox of a tax platform, where the hall issues e-invoices.
    pub invoices: Option<InvoicesSection>,
    /// Kiosks by their ids, with the SHA-256 of their secrets.
    pub kiosks: BTreeMap<String, [u8; 32]>,
    /// The sandbox payment channels, in the order to offer them.
    pub sandboxes: Vec<SandboxSection>,
}

/// The sandbox of a tax platform.
#[derive(Clone, Debug)]
pub struct InvoicesSection {
    /// Its book.
    pub file: PathBuf,
    /// The font of its paper.
    pub typeface: Typeface,
    /// Where phones reach this backend, when that is not where it listens; without a slash at the end.
    pub public_url: Option<String>,
    /// How long a link to a document lives.
    pub link_seconds: u32,
    /// Who sells.
    pub seller: Seller,
    /// What goes wrong.
    pub faults: Plan<InvoiceFault>,
}

/// A sandbox payment channel.
#[derive(Clone, Debug)]
pub struct SandboxSection {
    /// Its id.
    pub id: String,
    /// Which real channel it is like.
    pub mode: Mode,
    /// What goes wrong.
    pub faults: Plan<ChannelFault>,
    /// Its name for people, in Chinese.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// Where a phone reaches its pay page.
    pub listen: SocketAddr,
    /// The address of the pay page as a phone writes it, when it is not that of `listen`.
    pub public_url: Option<String>,
    /// Its book.
    pub file: PathBuf,
    /// The merchant number that it knows us by.
    pub merchant: String,
    /// Who is paid, as the phone shows it in Chinese.
    pub payee_zh: String,
    /// The same in English.
    pub payee_en: String,
    /// Leave to serve more than this machine.
    pub beyond_loopback: bool,
}

/// The staff's door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewSection {
    /// Its Unix socket.
    pub socket: PathBuf,
    /// The socket's mode: `0o600` or `0o660`.
    pub mode: u32,
    /// The folder of the days' reports.
    pub reports: PathBuf,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value} is not allowed: expected {allowed}")]
pub struct Mistake {
    /// Where, dotted.
    pub key: String,
    /// What stands there.
    pub value: String,
    /// What may stand there.
    pub allowed: String,
}

/// Why a configuration is not one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is not TOML, or a key is unknown, missing, or of another type.
    #[error("{path}: {error}")]
    Form {
        /// Which.
        path: PathBuf,
        /// Where and why.
        error: Box<toml::de::Error>,
    },
    /// Values that are not allowed, all of them.
    #[error("{path}: {}", lines(.mistakes))]
    Values {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        mistakes: Vec<Mistake>,
    },
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(|m| format!("\n  {m}")).collect()
}

impl BackendConfig {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::File { path: path.to_owned(), error })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::read(&text, folder, path)
    }

    fn read(text: &str, folder: &Path, path: &Path) -> Result<Self, ConfigError> {
        let raw: raw::Raw = toml::from_str(text)
            .map_err(|error| ConfigError::Form { path: path.to_owned(), error: Box::new(error) })?;
        check::check(raw, folder).map_err(|mistakes| ConfigError::Values { path: path.to_owned(), mistakes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "[store]\nfile = \"b.db\"\n[billing]\nfile = \"u.db\"\n[hall]\nfolder = \"hall\"\n";

    fn read(text: &str) -> Result<BackendConfig, ConfigError> {
        BackendConfig::read(text, Path::new("/etc/powerhall"), Path::new("backend.toml"))
    }

    #[test]
    fn the_least_is_enough_and_paths_start_from_the_file() {
        let config = read(LEAST).expect("complete");
        assert_eq!(config.store_file, Path::new("/etc/powerhall/b.db"));
        assert_eq!(config.settings.policy.qr_ms, 120_000);
        assert!(config.sandboxes.is_empty() && config.listen.ip().is_loopback());
    }

    #[test]
    fn the_committed_file_is_right() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/backend.toml");
        let config = BackendConfig::load(&path).expect("config/backend.toml holds");
        assert_eq!(config.sandboxes.len(), 1);
    }

    #[test]
    fn every_mistake_is_named_with_key_value_and_what_is_allowed() {
        for (addition, key, value) in [
            ("[timings]\nqr_seconds = 5\n", "timings.qr_seconds", "5"),
            ("[timings]\nextensions_max = 99\n", "timings.extensions_max", "99"),
            // A customer may ask for more time at least ten times.
            ("[timings]\nextensions_max = 9\n", "timings.extensions_max", "9"),
            ("[review]\nmode = \"0666\"\n", "review.mode", "0666"),
            ("[limits]\nmin_fen = 0\n", "limits.min_fen", "0"),
            ("[limits]\nmin_fen = 200\nmax_fen = 100\n", "limits.max_fen", "100"),
            ("[server]\nlisten = \"here\"\n", "server.listen", "here"),
            ("[proof]\ntries = 6\n", "proof.tries", "6"),
            ("[proof]\ntries_per_hour = 2\n", "proof.tries_per_hour", "at least proof.tries"),
            ("[proof]\ncode_seconds = 10\n", "proof.code_seconds", "10"),
            ("[proof]\ncodes_per_hour = 0\n", "proof.codes_per_hour", "0"),
            ("[proof]\nlast4 = false\n", "proof.last4", "false"),
            ("[sms]\nkind = \"smoke\"\nfile = \"s.log\"\n", "sms.kind", "smoke"),
            (
                "[invoices]\nfile = \"i.db\"\nseller_name = \"\"\nseller_taxpayer = \"9\"\n",
                "invoices.seller_name",
                "\"\"",
            ),
            (
                "[invoices]\nfile = \"i.db\"\nseller_name = \"甲\"\nseller_taxpayer = \"9\"\n",
                "invoices.seller_taxpayer",
                "9",
            ),
            (
                "[invoices]\nfile = \"i.db\"\nseller_name = \"甲\"\nseller_taxpayer = \"91000000MA0000001X\"\nfont = \"/no\"\n",
                "invoices.font",
                "/no",
            ),
            (
                "[invoices]\nfile = \"i.db\"\nseller_name = \"甲\"\nseller_taxpayer = \"91000000MA0000001X\"\npublic_url = \"here\"\n",
                "invoices.public_url",
                "here",
            ),
            (
                "[invoices]\nfile = \"i.db\"\nseller_name = \"甲\"\nseller_taxpayer = \"91000000MA0000001X\"\nlink_seconds = 5\n",
                "invoices.link_seconds",
                "5",
            ),
            ("[[kiosk]]\nid = \"a b\"\nsecret_sha256 = \"00\"\n", "kiosk.id", "a b"),
            ("[[kiosk]]\nid = \"k\"\nsecret_sha256 = \"zz\"\n", "kiosk.secret_sha256", "zz"),
            ("[[kiosk]]\nid = \"k\"\n", "kiosk.secret_sha256", "(missing)"),
            (
                "[channel.sandbox]\nfile = \"s.db\"\nlisten = \"0.0.0.0:8081\"\n",
                "channel.sandbox.listen",
                "0.0.0.0:8081",
            ),
            (
                "[channel.sandbox]\nfile = \"s.db\"\nallow_sandbox_beyond_loopback = \"yes\"\n",
                "channel.sandbox.allow_sandbox_beyond_loopback",
                "yes",
            ),
        ] {
            let error = read(&format!("{LEAST}{addition}")).expect_err(key).to_string();
            assert!(error.contains(key) && error.contains(value) && error.contains("expected"), "{error}");
        }
    }

    #[test]
    fn a_hash_is_all_of_one() {
        let with = |hex: &str| read(&format!("{LEAST}[[kiosk]]\nid = \"k\"\nsecret_sha256 = \"{hex}\"\n"));
        for right in ["0f".repeat(32), "0F".repeat(32)] {
            assert_eq!(with(&right).expect("64 digits").kiosks["k"], [0x0f; 32]);
        }
        for wrong in ["0".repeat(63), "0".repeat(65), "+f".repeat(32), "0g".repeat(32), "é".repeat(32)] {
            let error = with(&wrong).expect_err("is none").to_string();
            assert!(error.contains("kiosk.secret_sha256") && error.contains(&wrong), "{error}");
        }
    }

    #[test]
    fn a_sandbox_that_would_not_start_is_named_with_all_that_is_wrong() {
        let sandbox = "[channel.SAND]\nfile = \"s.db\"\nmerchant = \"\"\npayee_zh = \"甲\"\npayee_en = \" \"\n\
                       public_url = \"http://127.0.0.1:8481/\"\n";
        let Err(ConfigError::Values { mistakes, .. }) = read(&format!("{LEAST}{sandbox}")) else {
            panic!("accepted")
        };
        let keys: Vec<_> = mistakes.iter().map(|mistake| mistake.key.as_str()).collect();
        assert_eq!(
            keys,
            ["channel.SAND.id", "channel.SAND.merchant", "channel.SAND.payee_en", "channel.SAND.public_url"]
        );
        let far = "[channel.sandbox]\nfile = \"s.db\"\npublic_url = \"https://pay.example\"\n";
        let error = read(&format!("{LEAST}{far}")).expect_err("refused").to_string();
        assert!(error.contains("channel.sandbox.public_url") && error.contains("no money moves"), "{error}");
        let told = "allow_sandbox_beyond_loopback = \"I know that no money moves\"\n";
        read(&format!("{LEAST}{far}{told}")).expect("told by name");
    }

    #[test]
    fn account_numbers_have_the_lengths_that_the_utility_gives_them() {
        let with =
            |lengths: &str| read(&LEAST.replace("[hall]", &format!("account_digits = {lengths}\n[hall]")));
        assert_eq!(read(LEAST).expect("complete").settings.account_digits, [13]);
        assert_eq!(with("[9, 13]").expect("allowed").settings.account_digits, [9, 13]);
        for wrong in ["[13, 5]", "[21]", "[]", "[6, 7, 8, 9, 10, 11]"] {
            let error = with(wrong).expect_err(wrong).to_string();
            assert!(error.contains("billing.account_digits") && error.contains("expected"), "{error}");
        }
    }

    #[test]
    fn a_misspelt_key_is_not_passed_over() {
        let error = read(&format!("{LEAST}[timings]\nqr_second = 60\n")).expect_err("unknown").to_string();
        assert!(error.contains("qr_second"), "{error}");
    }

    #[test]
    fn the_sandbox_keeps_the_backend_on_this_machine_too() {
        let open = "[server]\nlisten = \"0.0.0.0:8080\"\n";
        let sandbox = "[channel.sandbox]\nfile = \"s.db\"\n";
        read(&format!("{LEAST}{open}")).expect("without a sandbox any address will do");
        let error = read(&format!("{LEAST}{open}{sandbox}")).expect_err("refused").to_string();
        assert!(error.contains("server.listen") && error.contains("no money moves"), "{error}");
        let told = "allow_sandbox_beyond_loopback = \"I know that no money moves\"\n";
        read(&format!("{LEAST}{open}{sandbox}{told}")).expect("told by name");
    }

    #[test]
    fn a_sandbox_of_text_messages_keeps_the_backend_on_this_machine_too() {
        let open = "[server]\nlisten = \"0.0.0.0:8080\"\n";
        let sms = "[sms]\nfile = \"sms.log\"\n";
        let config = read(&format!("{LEAST}{sms}[proof]\nlast4 = false\n")).expect("codes are a proof");
        assert_eq!(config.sms_file.as_deref(), Some(Path::new("/etc/powerhall/sms.log")));
        assert!(!config.settings.proof.last4);
        let error = read(&format!("{LEAST}{open}{sms}")).expect_err("refused").to_string();
        assert!(error.contains("server.listen") && error.contains("no phone gets a code"), "{error}");
        let told = "allow_sandbox_beyond_loopback = \"I know that no phone gets a code\"\n";
        read(&format!("{LEAST}{open}{sms}{told}")).expect("told by name");
        read(&format!("{LEAST}{sms}allow_sandbox_beyond_loopback = \"yes\"\n")).expect_err("other words");
    }

    #[test]
    fn faults_are_for_the_sandbox_and_what_stands_beside_it() {
        let sandbox = "[channel.sandbox]\nfile = \"s.db\"\n[channel.sandbox.faults.per_mille]\nslow = 5\n";
        let second = "[channel.sandbox-b]\nfile = \"t.db\"\nmode = \"alipay_like\"\n";
        let billing = "[billing.faults.per_mille]\nlost_answer = 5\n";
        let config = read(&format!("{LEAST}{billing}{sandbox}{second}")).expect("all of it");
        let BillingSection::Embedded { faults, .. } = &config.billing else { panic!("{:?}", config.billing) };
        assert!(!faults.is_empty() && !config.sandboxes[0].faults.is_empty());
        assert!(config.sandboxes[1].faults.is_empty() && config.sandboxes[1].mode == Mode::AlipayLike);

        let real =
            "[channel.wechat]\nkind = \"wechat\"\nfile = \"s.db\"\n[channel.wechat.faults]\nseed = 1\n";
        for (addition, key, allowed) in [
            (billing, "billing.faults", "only beside a sandbox"),
            (real, "channel.wechat.faults", "only a sandbox misbehaves"),
            (&sandbox.replace("slow", "sloow"), "channel.sandbox.faults.per_mille.sloow", "one of slow"),
            (&second.replace("alipay_like", "alipay"), "channel.sandbox-b.mode", "alipay_like"),
            (&format!("{sandbox}{}", second.replace("t.db", "s.db")), "channel.sandbox-b.file", "of its own"),
        ] {
            let error = read(&format!("{LEAST}{addition}")).expect_err(key).to_string();
            assert!(error.contains(key) && error.contains(allowed), "{error}");
        }
    }
}
