//! From the file as written to a configuration, with every mistake found on the way.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use powerhall_money::Policy;

use super::raw::{Kiosk, Limits, Raw, Review, Timings};
use super::{BackendConfig, Mistake, ReviewSection};
use crate::backend::Settings;
use crate::journal::read_hash;
use crate::kiosks::hash;

pub(super) fn check(raw: Raw, folder: &Path) -> Result<BackendConfig, Vec<Mistake>> {
    let mut checker = Checker { folder, mistakes: Vec::new() };
    let listen = checker.address("server.listen", &raw.server.listen);
    let proof = checker.proof(&raw.proof);
    let sms_file = checker.sms(raw.sms, &proof, listen);
    let invoices = checker.invoices(raw.invoices, listen);
    let account_digits = checker.account_digits(&raw.billing.account_digits);
    let settings = Settings { proof, account_digits, ..checker.settings(&raw.timings, &raw.limits) };
    let kiosks = checker.kiosks(&raw.kiosk);
    let store_file = folder.join(raw.store.file);
    let review = checker.review(raw.review, &store_file);
    let sandboxes = checker.channels(raw.channel, listen);
    let billing = checker.billing(raw.billing, settings.call_timeout, &sandboxes);
    if checker.mistakes.is_empty() {
        Ok(BackendConfig {
            listen,
            store_file,
            review,
            billing,
            hall_folder: folder.join(raw.hall.folder),
            settings,
            sms_file,
            invoices,
            kiosks,
            sandboxes,
        })
    } else {
        Err(checker.mistakes)
    }
}

pub(super) struct Checker<'a> {
    pub(super) folder: &'a Path,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    pub(super) fn wrong(&mut self, key: &str, value: impl ToString, allowed: &str) {
        self.mistakes.push(Mistake {
            key: key.to_owned(),
            value: value.to_string(),
            allowed: allowed.to_owned(),
        });
    }

    fn within(&mut self, key: &str, value: i64, least: i64, most: i64) -> i64 {
        if !(least..=most).contains(&value) {
            self.wrong(key, value, &format!("{least} to {most}"));
        }
        value.clamp(least, most)
    }

    pub(super) fn number(&mut self, key: &str, value: i64, least: i64, most: i64) -> u32 {
        u32::try_from(self.within(key, value, least, most)).unwrap_or(u32::MAX)
    }

    fn account_digits(&mut self, lengths: &[i64]) -> Vec<usize> {
        if !(1..=5).contains(&lengths.len()) {
            self.wrong("billing.account_digits", lengths.len(), "1 to 5 numbers");
        }
        let each = lengths.iter().map(|length| self.number("billing.account_digits", *length, 6, 20));
        each.map(|length| usize::try_from(length).unwrap_or(usize::MAX)).collect()
    }

    pub(super) fn address(&mut self, key: &str, value: &str) -> SocketAddr {
        value.parse().unwrap_or_else(|_| {
            self.wrong(key, format!("\"{value}\""), "an IP address and a port, such as 127.0.0.1:8080");
            SocketAddr::from(([127, 0, 0, 1], 0))
        })
    }

    fn settings(&mut self, timings: &Timings, limits: &Limits) -> Settings {
        let mut recheck_ms = vec![0];
        if timings.recheck_seconds.len() > 20 {
            self.wrong("timings.recheck_seconds", timings.recheck_seconds.len(), "at most 20 numbers");
        }
        for seconds in &timings.recheck_seconds {
            recheck_ms.push(self.within("timings.recheck_seconds", *seconds, 1, 604_800) * 1000);
        }
        let policy = Policy {
            prepare_ms: self.within("timings.prepare_seconds", timings.prepare_seconds, 5, 300) * 1000,
            qr_ms: self.within("timings.qr_seconds", timings.qr_seconds, 30, 900) * 1000,
            extensions_max: self.number("timings.extensions_max", timings.extensions_max, 10, 20), // at least ten: WCAG 2.2.1
            margin_ms: self.within("timings.margin_seconds", timings.margin_seconds, 10, 600) * 1000,
            poll_ms: self.within("timings.poll_milliseconds", timings.poll_milliseconds, 500, 10_000),
            recheck_ms,
            ..Policy::default()
        };
        let min_fen = self.within("limits.min_fen", limits.min_fen, 1, 1_000_000);
        let max_fen = self.within("limits.max_fen", limits.max_fen, 1, 100_000_000_000);
        if max_fen < min_fen {
            self.wrong("limits.max_fen", max_fen, &format!("at least limits.min_fen ({min_fen})"));
        }
        let call = self.within("timings.call_seconds", timings.call_seconds, 1, 30).unsigned_abs();
        Settings {
            policy,
            lookup_seconds: self.number("timings.lookup_seconds", timings.lookup_seconds, 30, 3600),
            quote_seconds: self.number("timings.quote_seconds", timings.quote_seconds, 30, 3600),
            min_fen,
            max_fen,
            lookups_per_minute: self.number(
                "limits.lookups_per_minute",
                limits.lookups_per_minute,
                1,
                1_000_000,
            ),
            call_timeout: Duration::from_secs(call),
            // A job makes at most three calls.
            lease: Duration::from_secs(call * 4),
            ..Settings::default()
        }
    }

    fn review(&mut self, raw: Review, store_file: &Path) -> ReviewSection {
        let socket = raw.socket.map_or_else(|| store_file.with_extension("sock"), |s| self.folder.join(s));
        // What the kernel keeps of a socket's path, with room for the name while it is made.
        if socket.as_os_str().len() > 90 {
            self.wrong("review.socket", socket.display(), "a path of at most 90 bytes");
        }
        let mode = match raw.mode.as_deref() {
            None | Some("0600") => 0o600,
            Some("0660") => 0o660,
            Some(other) => {
                let allowed = "\"0600\" (its user) or \"0660\" (its group too)";
                self.wrong("review.mode", format!("\"{other}\""), allowed);
                0o600
            }
        };
        let reports =
            raw.reports.map_or_else(|| store_file.with_file_name("reports"), |r| self.folder.join(r));
        ReviewSection { socket, mode, reports }
    }

    fn kiosks(&mut self, raw: &[Kiosk]) -> BTreeMap<String, [u8; 32]> {
        let mut kiosks = BTreeMap::new();
        for kiosk in raw {
            if !is_kiosk_id(&kiosk.id) {
                self.wrong("kiosk.id", format!("\"{}\"", kiosk.id), KIOSK_ID);
            }
            let hash = match (&kiosk.secret_sha256, &kiosk.secret_file) {
                (Some(hex), None) => self.hash(hex),
                (None, Some(file)) => {
                    let secret = self.secret("kiosk.secret_file", file);
                    secret.map(|secret| hash(secret.reveal()))
                }
                (Some(_), Some(_)) => {
                    self.wrong("kiosk.secret_file", "(and secret_sha256)", "one of the two");
                    None
                }
                (None, None) => {
                    self.wrong("kiosk.secret_sha256", "(missing)", "it, or kiosk.secret_file");
                    None
                }
            };
            if let Some(hash) = hash
                && kiosks.insert(kiosk.id.clone(), hash).is_some()
            {
                self.wrong("kiosk.id", format!("\"{}\"", kiosk.id), "each kiosk once");
            }
        }
        kiosks
    }

    fn hash(&mut self, hex: &str) -> Option<[u8; 32]> {
        let hash = read_hash(&hex.to_ascii_lowercase());
        if hash.is_none() {
            self.wrong("kiosk.secret_sha256", format!("\"{hex}\""), "64 hexadecimal digits");
        }
        hash
    }
}

/// What a kiosk may be called, in words.
pub const KIOSK_ID: &str = "1 to 32 of A-Z a-z 0-9 - and _";

/// What a kiosk may be called.
#[must_use]
pub fn is_kiosk_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
