//! Every sentence of the interface stands in every language, and every translation has its sentence; each names the
//! same places for what is filled in, and Chinese is punctuated as Chinese.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[path = "../../ui/messages.rs"]
mod read;

use read::{Key, literal};
pub use read::{Message, messages};

use crate::kit;

fn translations(path: &Path) -> BTreeMap<Key, String> {
    let mut all = BTreeMap::new();
    for Message { context, id, words, .. } in messages(path) {
        let before = all.insert((context, id.clone()), words);
        assert!(before.is_none(), "“{id}” is translated twice");
    }
    all
}

fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    found.sort_unstable();
    found
}

/// The names in a folder, without what stands behind the point.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(kit::repository().join(folder)).expect(folder).flatten();
    entries.filter_map(|entry| Some(entry.path().file_stem()?.to_str()?.to_owned())).collect()
}

/// The tags of all translations, and their files.
fn languages() -> BTreeMap<String, PathBuf> {
    read::languages(&kit::repository().join("ui")).into_iter().collect()
}

#[test]
fn no_sentence_is_missing_and_none_is_left_over() {
    let wanted = read::sentences(&kit::repository().join("ui"));
    assert!(wanted.len() > 150, "{} sentences found", wanted.len());
    let files = languages();
    assert!(!files.is_empty(), "no translation at all");
    for file in files.values() {
        let have = translations(file);
        let missing: Vec<_> =
            wanted.iter().filter(|key| have.get(*key).is_none_or(String::is_empty)).collect();
        let unused: Vec<_> = have.keys().filter(|key| !wanted.contains(key)).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "{}\nmissing {missing:?}\nunused {unused:?}",
            file.display()
        );
        for ((_, id), words) in &have {
            assert_eq!(places(id), places(words), "“{id}” and “{words}” are filled in differently");
        }
    }
}

/// A build for a hall fails on what this names.
#[test]
fn the_build_names_what_a_language_lacks() {
    assert_eq!(read::gaps(&kit::repository().join("ui")), Vec::<String>::new());
    let ui = tempfile::tempdir().expect("a folder");
    let folder = ui.path().join("translations/xx/LC_MESSAGES");
    std::fs::create_dir_all(&folder).expect("a folder");
    let page = r#"Say { text: @tr("Pay"); } Say { text: @tr("verb" => "Pay"); } Say { text: @tr("Go"); }"#;
    std::fs::write(ui.path().join("page.slint"), page).expect("a page");
    let words = "msgid \"Pay\"\nmsgstr \"Zahlen\"\n\nmsgid \"Go\"\nmsgstr \"\"\n";
    std::fs::write(folder.join("powerhall-ui.po"), words).expect("a translation");
    assert_eq!(read::gaps(ui.path()), ["xx lacks “Go”", "xx lacks “Pay”"]);
}

#[test]
fn chinese_is_punctuated_as_chinese() {
    let chinese: Vec<_> = languages().into_iter().filter(|(tag, _)| tag.starts_with("zh")).collect();
    assert!(chinese.len() > 1, "{chinese:?}");
    for (tag, path) in chinese {
        for ((context, id), words) in translations(&path) {
            // The marks within a number are the same.
            let number = ["digit group separator", "decimal mark"].contains(&context.as_str());
            let wrong = words.contains([',', '?', '!', ';', ':', '(', ')', '！']) && !number;
            assert!(!wrong, "{tag}: “{words}” for “{id}”");
            assert!(!words.contains("温馨提示") && !words.contains("溫馨提示"), "{tag}: “{words}”");
        }
    }
}

/// All that a language is: its messages, the hall's words in it, and its line in the config. English is what the
/// messages are written in.
#[test]
fn a_language_is_two_files_and_a_line() {
    let mut translated: BTreeSet<String> = languages().into_keys().collect();
    translated.insert("en".into());
    assert_eq!(
        translated,
        names("config/hall/texts"),
        "messages without texts of the hall, or texts without messages"
    );
    let config = std::fs::read_to_string(kit::repository().join("config/kiosk.toml")).expect("the config");
    let offered: BTreeSet<String> = config
        .lines()
        .filter_map(|line| literal(line.trim_start_matches('#').strip_prefix("tag = ")?, 0))
        .map(|(tag, _)| tag)
        .collect();
    assert_eq!(translated, offered, "messages without a line in the config, or a line without messages");
}

/// Chinese and English are the hall's own; the program knows nothing of any other.
#[test]
fn no_source_names_a_further_language() {
    let further: Vec<String> = languages().into_keys().filter(|tag| tag != "zh_CN").collect();
    assert!(further.len() > 1, "{further:?}");
    let as_a_name = |tag: &String| [format!("\"{tag}\""), format!("/{tag}/"), format!("/{tag}.toml")];
    let names: Vec<String> = further.iter().flat_map(as_a_name).collect();
    let mut sources = Vec::new();
    for folder in ["src", "ui", "crates", "bench", "sim", "scripts", "config", "."] {
        gather(&kit::repository().join(folder), folder != ".", &mut sources);
    }
    assert!(sources.len() > 200, "{} sources", sources.len());
    for path in sources {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let named: Vec<_> = names.iter().filter(|name| text.contains(name.as_str())).collect();
        assert!(named.is_empty(), "{} names {named:?}", path.display());
    }
}

/// Every file that is neither a test nor one of a language's own.
fn gather(folder: &Path, deep: bool, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let own = ["ui/translations", "config/hall/texts", "config/kiosk.toml"]
            .iter()
            .any(|own| path.ends_with(own));
        if own || name == "tests" || path.extension().is_some_and(|kind| kind == "md") {
            continue;
        }
        if path.is_file() {
            found.push(path);
        } else if deep {
            gather(&path, deep, found);
        }
    }
}
