//! The checks of the configuration. Each looks at one value, writes down what is wrong and goes on, so that one
//! start shows every mistake.

use std::fmt::Display;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use powerhall_api::{Personal, Text};
use powerhall_flow::Settings;
use powerhall_money::Fen;
use reqwest::Url;

use super::raw::{Amounts, Backend, Hall, Numbers, Raw, Screen, Times};
use super::{BackendConfig, HallTexts, KioskConfig, LEAST_BAND_MM, Language, Mistake, ScreenConfig};
use crate::journal::JournalConfig;
use crate::voice::Tongue;

mod look;
mod voice;

const DAY: u64 = 24 * 3600;

/// Turns the file into the checked configuration, or into the list of its mistakes.
pub(super) fn check(raw: Raw, folder: &Path) -> Result<KioskConfig, Vec<Mistake>> {
    let mut check = Check { folder, mistakes: Vec::new() };
    let (languages, tongues) = check.languages(raw.languages);
    let hall = check.hall(raw.hall, &languages);
    let backend = check.backend(&raw.backend);
    let screen = check.screen(&raw.screen);
    let brand = check.brand(&raw.look);
    let logo = raw.look.logo.and_then(|file| check.logo(&file));
    let voice = check.voice(raw.voice, &languages, tongues);
    let has_scanner = raw.numbers.scanner;
    let mut flow = check.flow(raw.numbers, &raw.amounts, &raw.times, languages.len());
    flow.speaks = !voice.program.is_empty();
    let keep_days = check.range("journal.keep_days", raw.journal.keep_days, 1, 3650, "days");
    check.that("journal.path", &raw.journal.path, "the path of a file", !raw.journal.path.is_empty());
    let max_rows = check.range("journal.max_rows", raw.journal.max_rows, 1_000, 10_000_000, "facts");
    let journal = JournalConfig {
        path: folder.join(&raw.journal.path),
        keep: Duration::from_secs(keep_days * DAY),
        max_rows,
    };
    match (backend, brand) {
        (Some(backend), Some(brand)) if check.mistakes.is_empty() => Ok(KioskConfig {
            backend,
            hall,
            languages,
            screen,
            brand,
            logo,
            has_scanner,
            voice,
            journal,
            flow,
        }),
        _ => Err(check.mistakes),
    }
}

struct Check<'a> {
    folder: &'a Path,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn mistake(&mut self, key: &str, value: impl Display, allowed: impl Into<String>) {
        let (key, value, allowed) = (key.to_owned(), value.to_string(), allowed.into());
        self.mistakes.push(Mistake { key, value, allowed });
    }

    fn that(&mut self, key: &str, value: &str, allowed: &str, holds: bool) {
        if !holds {
            self.mistake(key, format!("\"{value}\""), allowed);
        }
    }

    /// A whole number in a range; gives it back.
    fn range(&mut self, key: &str, value: u64, least: u64, most: u64, unit: &str) -> u64 {
        if (least..=most).contains(&value) {
            return value;
        }
        self.mistake(key, value, format!("{least} to {most} {unit}"));
        least
    }

    fn languages(&mut self, raw: Vec<super::raw::Language>) -> (Vec<Language>, Vec<Tongue>) {
        let (languages, tongues): (Vec<Language>, Vec<Tongue>) = raw
            .into_iter()
            .map(|language| {
                let voice =
                    if language.voice.is_empty() { usual_voice(&language.tag) } else { language.voice };
                let tongue = Tongue { voice, ..Tongue::default() };
                (Language { tag: language.tag, name: language.name }, tongue)
            })
            .unzip();
        for (i, (language, tongue)) in languages.iter().zip(&tongues).enumerate() {
            let fits = is_tag(&language.tag) && languages[..i].iter().all(|other| other.tag != language.tag);
            let key = format!("languages[{i}]");
            self.that(&format!("{key}.tag"), &language.tag, "a tag like zh_CN or en, each once", fits);
            self.that(
                &format!("{key}.name"),
                &language.name,
                "1 to 20 characters",
                is_text(&language.name, 20),
            );
            let voice = &tongue.voice;
            let named = !voice.is_empty()
                && voice.len() <= 20
                && voice.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'+');
            self.that(&format!("{key}.voice"), voice, "a voice of the engine: A-Z a-z 0-9 - +", named);
        }
        if !languages.iter().any(|language| language.tag == "zh_CN") {
            self.mistake("languages", "(without zh_CN)", "zh_CN among the languages");
        }
        (languages, tongues)
    }

    fn hall(&mut self, raw: Hall, languages: &[Language]) -> HallTexts {
        for (key, text) in [
            ("hall.name", &raw.name),
            ("hall.payee", &raw.payee),
            ("hall.opening_hours", &raw.opening_hours),
            ("hall.cash_counter", &raw.cash_counter),
        ] {
            self.text(key, text, languages);
        }
        let dialled = raw.hotline.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b' ');
        let allowed = "3 to 20 digits, - or spaces";
        self.that("hall.hotline", &raw.hotline, allowed, dialled && (3..=20).contains(&raw.hotline.len()));
        let number = (1..=8).contains(&raw.kiosk_no.chars().count()) && is_text(&raw.kiosk_no, 8);
        self.that("hall.kiosk_no", &raw.kiosk_no, "1 to 8 characters: what stands on the machine", number);
        let Hall { name, payee, opening_hours, cash_counter, hotline, kiosk_no } = raw;
        HallTexts { name, payee, opening_hours, cash_counter, hotline, kiosk_no }
    }

    /// A text in Chinese, and in whichever other language has one of its own: a language is added without it.
    fn text(&mut self, key: &str, text: &Text, languages: &[Language]) {
        const ALLOWED: &str = "a text of 1 to 80 characters on one line";
        for language in languages {
            let key = format!("{key}.{}", language.tag);
            match text.get(&language.tag) {
                Some(words) => self.that(&key, words, ALLOWED, is_text(words, 80)),
                None if language.tag == "zh_CN" => self.mistake(&key, "(missing)", ALLOWED),
                // Shown in English, else in Chinese.
                None => {}
            }
        }
        for (tag, words) in text {
            let known = languages.iter().any(|language| language.tag == *tag);
            self.that(&format!("{key}.{tag}"), words, "only the tags that stand in languages", known);
        }
    }

    fn backend(&mut self, raw: &Backend) -> Option<BackendConfig> {
        let id = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let fits = (1..=32).contains(&raw.kiosk_id.len()) && raw.kiosk_id.bytes().all(id);
        self.that("backend.kiosk_id", &raw.kiosk_id, "1 to 32 of A-Z a-z 0-9 - _", fits);
        let connect = self.range("backend.connect_seconds", raw.connect_seconds, 1, 30, "seconds");
        let answer = self.range("backend.answer_seconds", raw.answer_seconds, 1, 60, "seconds");
        let wait = self.range("backend.wait_seconds", raw.wait_seconds, 1, 30, "seconds");
        let folder = self.folder;
        // A file that is none is noted, and the rest is looked at all the same.
        let root_ca = raw.root_ca_file.as_ref().and_then(|file| self.root_ca(&folder.join(file)));
        let secret = self.secret(&self.folder.join(&raw.secret_file));
        let url = self.url(&raw.url, raw.allow_plain_http);
        Some(BackendConfig {
            url: url?,
            kiosk_id: raw.kiosk_id.clone(),
            secret: secret?,
            root_ca,
            connect: Duration::from_secs(connect),
            answer: Duration::from_secs(answer),
            wait: Duration::from_secs(wait),
        })
    }

    fn url(&mut self, text: &str, allow_plain_http: bool) -> Option<Url> {
        const KEY: &str = "backend.url";
        let parsed = Url::parse(text).ok().filter(|url| {
            let bare = url.query().is_none() && url.fragment().is_none();
            let nobody = url.username().is_empty() && url.password().is_none();
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && bare && nobody
        });
        let Some(mut url) = parsed else {
            self.that(KEY, text, "https://host[:port][/path] without user, query or fragment", false);
            return None;
        };
        if url.scheme() == "http" && !allow_plain_http && !url.host_str().is_some_and(is_loopback) {
            let allowed = "https, or http to loopback; backend.allow_plain_http = true opens it to others";
            self.that(KEY, text, allowed, false);
            return None;
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Some(url)
    }

    fn root_ca(&mut self, path: &Path) -> Option<Vec<u8>> {
        const KEY: &str = "backend.root_ca_file";
        let pem = std::fs::read(path);
        match pem {
            Ok(pem) if reqwest::Certificate::from_pem_bundle(&pem).is_ok_and(|all| !all.is_empty()) => {
                Some(pem)
            }
            Ok(_) => {
                self.mistake(KEY, shown(path), "a file of PEM certificates");
                None
            }
            Err(error) => {
                self.mistake(KEY, shown(path), format!("a file of PEM certificates ({error})"));
                None
            }
        }
    }

    fn secret(&mut self, path: &Path) -> Option<Personal> {
        const KEY: &str = "backend.secret_file";
        let read = std::fs::metadata(path).and_then(|about| Ok((about, std::fs::read_to_string(path)?)));
        let (about, text) = match read {
            Ok((about, text)) => (about, Personal::new(text)),
            Err(error) => {
                self.mistake(KEY, shown(path), format!("a file that can be read ({error})"));
                return None;
            }
        };
        let mode = about.permissions().mode() & 0o777;
        if !about.is_file() || mode & 0o077 != 0 {
            let value = format!("{} (mode {mode:04o})", shown(path));
            self.mistake(KEY, value, "a file for its owner only: mode 0600 or 0400");
            return None;
        }
        let secret = Personal::from(text.reveal().trim_end_matches(['\r', '\n']));
        let visible = secret.reveal().bytes().all(|b| b.is_ascii_graphic());
        if !visible || !(16..=256).contains(&secret.reveal().len()) {
            self.mistake(KEY, shown(path), "one line of 16 to 256 visible ASCII characters in it");
            return None;
        }
        Some(secret)
    }

    fn screen(&mut self, raw: &Screen) -> ScreenConfig {
        let pitch = (1.0..=20.0).contains(&raw.pixels_per_mm);
        if !pitch {
            self.mistake("screen.pixels_per_mm", raw.pixels_per_mm, "1.0 to 20.0");
        }
        for (key, value) in [("screen.width", raw.width), ("screen.height", raw.height)] {
            self.range(key, value.into(), 480, 7680, "pixels");
        }
        self.range("screen.lower_edge_mm", raw.lower_edge_mm, 300, 1_500, "millimetres");
        let [lowest, highest] = raw.reach_mm;
        let sane = 400 <= lowest && lowest < highest && highest <= 1_600;
        let value = format!("[{lowest}, {highest}]");
        self.that("screen.reach_mm", &value, "[lowest, highest] above the floor, within 400 to 1600", sane);
        let screen = ScreenConfig {
            pixels_per_mm: raw.pixels_per_mm,
            width: raw.width,
            height: raw.height,
            lower_edge_mm: millimetres(raw.lower_edge_mm),
            reach_mm: [millimetres(lowest), millimetres(highest)],
        };
        if !(pitch && sane) {
            return screen;
        }
        let high = screen.band(raw.height).page;
        let allowed = format!("a band that leaves at least {LEAST_BAND_MM} mm of the glass");
        self.that("screen.reach_mm", &format!("{value}, {high:.0} mm"), &allowed, high >= LEAST_BAND_MM);
        screen
    }

    /// The least and the most that one order pays.
    fn amounts(&mut self, raw: &Amounts) -> (Fen, Fen) {
        const ALLOWED: &str = "yuan with at most two decimals, above zero, in quotes: \"0.01\"";
        let mut read = |key: &str, text: &str| {
            let amount = Fen::from_yuan(text).ok().filter(|amount| amount.is_positive());
            self.that(key, text, ALLOWED, amount.is_some());
            amount
        };
        let least = read("amounts.least_yuan", &raw.least_yuan);
        let most = read("amounts.most_yuan", &raw.most_yuan);
        if let (Some(least), Some(most)) = (least, most) {
            self.that("amounts.most_yuan", &raw.most_yuan, "at least amounts.least_yuan", least <= most);
        }
        (least.unwrap_or_default(), most.unwrap_or_default())
    }

    fn flow(&mut self, numbers: Numbers, amounts: &Amounts, times: &Times, languages: usize) -> Settings {
        let prefix = &numbers.account_prefix;
        let digits = prefix.len() == 3 && prefix.bytes().all(|b| b.is_ascii_digit());
        self.that("numbers.account_prefix", prefix, "three digits in quotes: \"510\"", digits);
        for own in &numbers.own_account_digits {
            self.range("numbers.own_account_digits", *own, 6, 20, "digits");
        }
        let [least, most] = numbers.application_digits;
        if !(12 <= least && least <= most && most <= 16) {
            let value = format!("[{least}, {most}]");
            self.mistake("numbers.application_digits", value, "[least, most] within 12 to 16");
        }
        let (least_amount, most_amount) = self.amounts(amounts);
        let mut seconds = |key: &str, value, least, most| {
            self.range(&format!("times.{key}"), value, least, most, "seconds") * 1_000
        };
        let idle = seconds("idle_seconds", times.idle_seconds, 20, 600);
        // WCAG 2.2.1: at least 20 seconds to answer.
        let warning = seconds("warning_seconds", times.warning_seconds, 20, 120);
        // 0 is never.
        let attract = seconds("attract_seconds", times.attract_seconds, 0, 3_600);
        let connecting_after = seconds("connecting_seconds", times.connecting_seconds, 1, 10);
        let check_in_every = seconds("check_in_seconds", times.check_in_seconds, 5, 600);
        let retry_every = seconds("retry_seconds", times.retry_seconds, 1, 30);
        // WCAG 2.2.1 again.
        let code_warning = seconds("code_warning_seconds", times.code_warning_seconds, 20, 120);
        let settle =
            self.range("times.settle_milliseconds", times.settle_milliseconds, 0, 1_000, "milliseconds");
        let percent = self.range("times.large_text_percent", times.large_text_percent, 100, 400, "percent");
        Settings {
            languages,
            account_prefix: numbers.account_prefix,
            own_account_digits: numbers.own_account_digits.into_iter().map(size).collect(),
            application_digits: (size(least), size(most)),
            least_amount,
            most_amount,
            speaks: true,
            idle,
            warning,
            large_text_time_percent: percent,
            attract_after: (attract > 0).then_some(attract),
            settle,
            connecting_after,
            check_in_every,
            retry_every,
            code_warning,
        }
    }
}

/// Checked before; what is out of range is refused whatever it becomes here.
fn millimetres(value: u64) -> f32 {
    f32::from(u16::try_from(value).unwrap_or(u16::MAX))
}

fn size(digits: u64) -> usize {
    usize::try_from(digits).unwrap_or(usize::MAX)
}

fn shown(path: &Path) -> String {
    format!("\"{}\"", PathBuf::from(path).display())
}

fn is_text(words: &str, most: usize) -> bool {
    !words.trim().is_empty() && words.chars().count() <= most && !words.chars().any(char::is_control)
}

/// espeak-ng's name of the language: Mandarin for Chinese, else the tag's first part.
fn usual_voice(tag: &str) -> String {
    let language = tag.split('_').next().unwrap_or_default();
    if language == "zh" { "cmn".to_owned() } else { language.to_owned() }
}

/// `ll` or `ll_CC`.
fn is_tag(tag: &str) -> bool {
    let (language, country) = tag.split_once('_').unwrap_or((tag, "XX"));
    language.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
