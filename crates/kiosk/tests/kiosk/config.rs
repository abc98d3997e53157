//! Mistakes in `kiosk.toml` and what is said about them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use powerhall_flow::Settings;
use powerhall_kiosk::config::{ConfigError, KioskConfig};
use powerhall_money::Fen;
use tempfile::TempDir;

const SHIPPED: &str = include_str!("../../../../config/kiosk.toml");
const SAMPLE: &str = include_str!("sample.toml");

/// A folder like the repository's: `config/kiosk.toml` and the secret where it leads to.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: TempDir::new().unwrap() };
        std::fs::create_dir_all(place.path("config")).unwrap();
        std::fs::create_dir_all(place.path("target/run")).unwrap();
        place.secret("a-secret-of-the-tests-0123\n", 0o600);
        place
    }

    fn path(&self, below: &str) -> PathBuf {
        self.dir.path().join(below)
    }

    fn secret(&self, text: &str, mode: u32) {
        let file = self.path("target/run/kiosk.secret");
        let _ = std::fs::remove_file(&file);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    fn load(&self, text: &str) -> Result<KioskConfig, ConfigError> {
        std::fs::write(self.path("config/kiosk.toml"), text).unwrap();
        KioskConfig::load(&self.path("config/kiosk.toml"))
    }

    /// The mistakes of the sample after a change.
    fn refused(&self, from: &str, to: &str) -> String {
        assert!(SAMPLE.contains(from), "{from}");
        self.load(&SAMPLE.replace(from, to)).expect_err(to).to_string()
    }
}

#[test]
fn reads_every_value() {
    let place = Place::new();
    let config = place.load(SAMPLE).unwrap();
    assert_eq!(config.backend.url.as_str(), "http://127.0.0.1:8080/");
    assert_eq!(config.backend.secret.reveal(), "a-secret-of-the-tests-0123");
    assert_eq!(config.languages.iter().map(|l| l.tag.as_str()).collect::<Vec<_>>(), ["zh_CN", "en"]);
    assert_eq!(config.journal.path, place.path("config/../target/run/journal.db"));
    assert_eq!(config.flow.most_amount, Fen::new(5_000_000));
    assert_eq!(config.flow, Settings::default(), "the defaults are the flow's own");
    assert!(!format!("{config:?}").contains("a-secret"));
}

/// Without these there is nothing, so the file shows an example.
const NO_DEFAULT: [&str; 3] = ["root_ca_file", "logo", "clips"];

/// `key = value`, and no sentence.
fn is_key(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
}

/// The shipped file has no mistake, and what is commented out in it shows the default that holds without it.
#[test]
fn the_shipped_file_is_right_and_shows_the_defaults() {
    let place = Place::new();
    let written: String = SHIPPED
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(value) if is_key(value) && !NO_DEFAULT.iter().any(|key| value.starts_with(key)) => {
                format!("{value}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    assert!(written.contains("\nidle_seconds = ") && written.contains("\nkeep_days = "));
    let (with, without) = (place.load(&written).unwrap(), place.load(SHIPPED).unwrap());
    assert_eq!(format!("{with:?}"), format!("{without:?}"));
}

/// The languages in reserve come in by taking away the `#` before their lines, and nothing else.
#[test]
fn every_language_that_is_ready_can_be_taken_in() {
    let place = Place::new();
    let asked: String =
        SHIPPED.lines().map(|line| format!("{}\n", without_mark(line).unwrap_or(line))).collect();
    let config = place.load(&asked).unwrap();
    let languages = config.languages.iter().zip(&config.voice.tongues);
    let known: Vec<_> = languages.map(|(l, tongue)| (l.tag.as_str(), tongue.voice.as_str())).collect();
    assert_eq!(known, [("zh_CN", "cmn"), ("en", "en"), ("zh_TW", "cmn"), ("ko", "ko")]);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (tag, _) in known {
        // The interface is written in English.
        let messages = repository.join(format!("ui/translations/{tag}/LC_MESSAGES/powerhall-ui.po"));
        assert!(tag == "en" || messages.exists(), "{}", messages.display());
        let texts = repository.join(format!("config/hall/texts/{tag}.toml"));
        assert!(texts.exists(), "{}", texts.display());
    }
}

/// A line that only waits to be taken in: `#` and no space.
fn without_mark(line: &str) -> Option<&str> {
    line.strip_prefix('#').filter(|rest| !rest.starts_with(' '))
}

#[test]
fn every_mistake_names_key_value_and_what_is_allowed() {
    let place = Place::new();
    for (from, to, key, value, allowed) in [
        ("idle_seconds = 45", "idle_seconds = 5", "times.idle_seconds", "5", "20 to 600 seconds"),
        ("warning_seconds = 20", "warning_seconds = 10", "times.warning_seconds", "10", "20 to 120"),
        (
            "large_text_percent = 200",
            "large_text_percent = 50",
            "times.large_text_percent",
            "50",
            "100 to 400",
        ),
        (
            "account_prefix = \"510\"",
            "account_prefix = \"51\"",
            "numbers.account_prefix",
            "\"51\"",
            "three digits",
        ),
        (
            "own_account_digits = []",
            "own_account_digits = [9, 5]",
            "numbers.own_account_digits",
            "5",
            "6 to 20 digits",
        ),
        (
            "application_digits = [12, 16]",
            "application_digits = [16, 12]",
            "numbers.application_digits",
            "[16, 12]",
            "12 to 16",
        ),
        ("most_yuan = \"50000.00\"", "most_yuan = \"1e3\"", "amounts.most_yuan", "\"1e3\"", "two decimals"),
        ("least_yuan = \"0.01\"", "least_yuan = \"0\"", "amounts.least_yuan", "\"0\"", "above zero"),
        (
            "least_yuan = \"0.01\"",
            "least_yuan = \"60000\"",
            "amounts.most_yuan",
            "50000.00",
            "at least amounts.least_yuan",
        ),
        ("pixels_per_mm = 4.0", "pixels_per_mm = 0.5", "screen.pixels_per_mm", "0.5", "1.0 to 20.0"),
        ("pixels_per_mm = 4.0", "pixels_per_mm = nan", "screen.pixels_per_mm", "NaN", "1.0 to 20.0"),
        (
            "lower_edge_mm = 850",
            "lower_edge_mm = 10",
            "screen.lower_edge_mm",
            "10",
            "300 to 1500 millimetres",
        ),
        ("reach_mm = [800, 1200]", "reach_mm = [1200, 800]", "screen.reach_mm", "[1200, 800]", "400 to 1600"),
        ("reach_mm = [800, 1200]", "reach_mm = [800, 1000]", "screen.reach_mm", "150 mm", "at least 220 mm"),
        ("words_a_minute = 160", "words_a_minute = 20", "voice.words_a_minute", "20", "80 to 300 words"),
        ("colour = \"#00594F\"", "colour = \"green\"", "look.colour", "green", "six hexadecimal digits"),
        ("colour = \"#00594F\"", "colour = \"#2FA58D\"", "look.colour", "contrast 2.", "at least 4.50 : 1"),
        ("width = 1080", "width = 10", "screen.width", "10", "480 to 7680 pixels"),
        ("kiosk-1", "kiosk 1", "backend.kiosk_id", "\"kiosk 1\"", "A-Z a-z 0-9 - _"),
        (
            "http://127.0.0.1:8080",
            "http://10.0.0.1",
            "backend.url",
            "http://10.0.0.1",
            "allow_plain_http = true",
        ),
        ("http://127.0.0.1:8080", "https://u:p@h/", "backend.url", "https://u:p@h/", "without user"),
        ("http://127.0.0.1:8080", "here", "backend.url", "\"here\"", "https://host"),
        (
            "kiosk_id = \"kiosk-1\"",
            "kiosk_id = \"k\"\nroot_ca_file = \"none.pem\"",
            "backend.root_ca_file",
            "none.pem",
            "PEM",
        ),
        (
            "kiosk_id = \"kiosk-1\"",
            "kiosk_id = \"k\"\nroot_ca_file = \"kiosk.toml\"",
            "backend.root_ca_file",
            "kiosk.toml",
            "PEM",
        ),
        ("hotline = \"95598\"", "hotline = \"call\"", "hall.hotline", "\"call\"", "digits"),
        ("[hall.payee]\n", "[hall.payee]\nfr = \"y\"\n", "hall.payee.fr", "\"y\"", "languages"),
        ("tag = \"en\"", "tag = \"fr\"", "hall.payee.en", "\"", "only the tags"),
        ("hotline = \"95598\"", "hotline = \"\"", "hall.hotline", "\"\"", "3 to 20 digits"),
        ("tag = \"en\"", "tag = \"zh_CN\"", "languages[1].tag", "\"zh_CN\"", "each once"),
        ("keep_days = 30", "keep_days = 0", "journal.keep_days", "0", "1 to 3650 days"),
    ] {
        let message = place.refused(from, to);
        for part in [key, value, allowed] {
            assert!(message.contains(part), "“{part}” is missing in: {message}");
        }
    }
}

#[test]
fn a_logo_is_a_picture_that_can_be_seen() {
    use png::ColorType::{Grayscale, Indexed, Rgb, Rgba};
    let place = Place::new();
    let with = SAMPLE.replace("[look]", "[look]\nlogo = \"logo.png\"");
    let file = place.path("config/logo.png");
    let draw = |width: u32, height: u32, colour: png::ColorType, pixel: &[u8]| {
        let mut encoder = png::Encoder::new(std::fs::File::create(&file).unwrap(), width, height);
        encoder.set_color(colour);
        encoder.set_palette(vec![0xFF, 0xFF, 0xFF, 0x00, 0x59, 0x4F]);
        encoder.write_header().unwrap().write_image_data(&pixel.repeat((width * height) as usize)).unwrap();
    };
    assert_eq!(place.load(SAMPLE).unwrap().logo, None);
    for (colour, pixel) in
        [(Rgb, &[0, 0x59, 0x4F][..]), (Rgba, &[0, 0x59, 0x4F, 0xFF]), (Grayscale, &[0x40]), (Indexed, &[1])]
    {
        draw(160, 32, colour, pixel);
        let logo = place.load(&with).unwrap().logo.unwrap();
        assert_eq!((logo.width(), logo.height(), logo.pixels().len()), (160, 32, 160 * 32), "{colour:?}");
        let green = if colour == Grayscale { [0x40; 3] } else { [0, 0x59, 0x4F] };
        assert_eq!(logo.pixels()[0], green, "{colour:?}");
    }
    let refused = |allowed: &str| {
        let message = place.load(&with).unwrap_err().to_string();
        let all = ["look.logo", "logo.png", allowed];
        assert!(all.iter().all(|part| message.contains(part)), "“{allowed}” in {message}");
    };
    draw(1_025, 300, Rgb, &[0, 0, 0]);
    refused("32 to 1024 pixels a side");
    draw(161, 32, Rgb, &[0, 0, 0]);
    refused("it has 161 × 32");
    draw(31, 31, Rgb, &[0, 0, 0]);
    refused("it has 31 × 31");
    draw(64, 64, Rgb, &[0xFF, 0xD4, 0]);
    refused("a darker logo");
    draw(64, 64, Rgba, &[0, 0, 0, 0x40]);
    refused("0 percent have it");
    draw(64, 64, Rgb, &[0, 0, 0]);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    refused("a whole PNG file");
    std::fs::write(&file, "no picture").unwrap();
    refused("a whole PNG file");
    std::fs::remove_file(&file).unwrap();
    refused("that can be read");
}

#[test]
fn recorded_sentences_are_there_and_can_be_played() {
    let place = Place::new();
    let with = SAMPLE.replace("[voice]", "[voice]\nclips = \"clips\"");
    let refused = |value: &str, allowed: &str| {
        let message = place.load(&with).expect_err(value).to_string();
        let all = ["voice.clips", value, allowed];
        assert!(all.iter().all(|part| message.contains(part)), "“{value}”, “{allowed}” in {message}");
    };
    refused("clips", "a folder");
    let clips = place.path("config/clips");
    std::fs::create_dir_all(&clips).unwrap();
    refused("clips", "at least one <language>.toml");

    crate::voice::tone(&clips.join("hello.wav"));
    let list = |tag: &str, text: &str| std::fs::write(clips.join(tag).with_extension("toml"), text).unwrap();
    list("zh_CN", "\"您好，要办什么？\" = \"hello.wav\"\n");
    let voice = place.load(&with).unwrap().voice;
    assert_eq!(voice.player, "aplay");
    let parts = |language: usize| format!("{:?}", voice.tongues[language].clips.parts("您好，要办什么？"));
    assert!(parts(0).contains("hello.wav") && !parts(1).contains("hello.wav"), "{} {}", parts(0), parts(1));

    for (text, value, allowed) in [
        ("\"好\" = \"none.wav\"", "\"好\" = \"none.wav\"", "that can be read"),
        ("\"好\" = \"zh_CN.toml\"", "\"好\" = \"zh_CN.toml\"", "a WAV file with 16-bit PCM"),
        ("\"一。二\" = \"hello.wav\"", "\"一。二\"", "one sentence"),
        ("\"好\" = \"hello.wav\"\n\"好。\" = \"hello.wav\"", "\"好。\"", "each once"),
        ("\"好\" = 1", "zh_CN.toml", "\"file.wav\""),
    ] {
        list("zh_CN", text);
        refused(value, allowed);
    }
    list("zh_CN", "");
    list("fr", "");
    refused("fr.toml", "only the tags that stand in languages");
    std::fs::remove_file(clips.join("fr.toml")).unwrap();
    assert!(place.load(&with).is_ok());
    let message = place.refused("[voice]", "[voice]\nplayer = \"\"");
    assert!(message.contains("voice.player"), "{message}");
}

#[test]
fn unknown_keys_and_wrong_types_are_refused_with_their_line() {
    let place = Place::new();
    for (from, to, parts) in [
        ("idle_seconds = 45", "idel_seconds = 45", ["idel_seconds", "expected one of", "idle_seconds"]),
        ("idle_seconds = 45", "idle_seconds = \"long\"", ["idle_seconds", "\"long\"", "u64"]),
        ("idle_seconds = 45", "idle_seconds = -1", ["idle_seconds", "-1", "u64"]),
        ("[journal]", "[jornal]", ["jornal", "expected one of", "journal"]),
        ("kiosk_id = \"kiosk-1\"", "", ["[backend]", "missing field", "kiosk_id"]),
    ] {
        let message = place.refused(from, to);
        for part in parts {
            assert!(message.contains(part), "“{part}” is missing in: {message}");
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let place = Place::new();
    let text = SAMPLE.replace("width = 1080", "width = 1").replace("idle_seconds = 45", "idle_seconds = 1");
    let Err(ConfigError::Mistakes { mistakes, .. }) = place.load(&text) else { panic!("accepted") };
    assert_eq!(
        mistakes.iter().map(|m| m.key.as_str()).collect::<Vec<_>>(),
        ["screen.width", "times.idle_seconds"]
    );
}

#[test]
fn a_certificate_that_is_none_hides_no_other_mistake() {
    let place = Place::new();
    place.secret("too-short\n", 0o600);
    let text = SAMPLE
        .replace("http://127.0.0.1:8080", "here")
        .replace("kiosk_id = ", "root_ca_file = \"nowhere.pem\"\nkiosk_id = ");
    let Err(ConfigError::Mistakes { mistakes, .. }) = place.load(&text) else { panic!("accepted") };
    assert_eq!(
        mistakes.iter().map(|m| m.key.as_str()).collect::<Vec<_>>(),
        ["backend.root_ca_file", "backend.secret_file", "backend.url"]
    );
}

#[test]
fn the_secret_is_for_its_owner_only() {
    let place = Place::new();
    for (text, mode, fits) in [
        ("a-secret-of-the-tests-0123\n", 0o400, true),
        ("a-secret-of-the-tests-0123", 0o600, true),
        ("a-secret-of-the-tests-0123\n", 0o640, false),
        ("a-secret-of-the-tests-0123\n", 0o604, false),
        ("too-short\n", 0o600, false),
        ("two lines of a\nsecret, not one\n", 0o600, false),
    ] {
        place.secret(text, mode);
        let loaded = place.load(SAMPLE);
        assert_eq!(loaded.is_ok(), fits, "{text:?} {mode:o}");
        if let Err(error) = loaded {
            let message = error.to_string();
            assert!(message.contains("backend.secret_file") && !message.contains(text.trim()), "{message}");
        }
    }
    std::fs::remove_file(place.path("target/run/kiosk.secret")).unwrap();
    assert!(place.load(SAMPLE).unwrap_err().to_string().contains("backend.secret_file"));
}

#[test]
fn plain_http_is_opened_by_name() {
    let place = Place::new();
    let far = SAMPLE.replace("127.0.0.1:8080", "10.0.0.1:8080/api");
    let config = place.load(&far.replace("allow_plain_http = false", "allow_plain_http = true")).unwrap();
    assert_eq!(config.backend.url.as_str(), "http://10.0.0.1:8080/api/");
    for near in ["http://localhost:1", "http://[::1]:1", "https://backend.example"] {
        assert!(place.load(&SAMPLE.replace("http://127.0.0.1:8080", near)).is_ok(), "{near}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = KioskConfig::load(Path::new("nowhere/kiosk.toml")).unwrap_err();
    assert!(error.to_string().contains("nowhere/kiosk.toml"));
}
