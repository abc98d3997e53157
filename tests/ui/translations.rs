//! Every sentence of the interface stands in every language, and every translation has its sentence; each names the
//! same places for what is filled in, and Chinese is punctuated as Chinese.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::kit;

/// Context and message id.
type Key = (String, String);

/// The next string literal at or after `from`, unescaped as far as .po and .slint agree, and where it ends.
fn literal(text: &str, from: usize) -> Option<(String, usize)> {
    let start = from + text[from..].find('"')? + 1;
    let mut escaped = false;
    for (at, letter) in text[start..].char_indices() {
        match letter {
            '"' if !escaped => return Some((text[start..start + at].to_owned(), start + at + 1)),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

fn slint_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            slint_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "slint") {
            found.push(std::fs::read_to_string(path).expect("readable"));
        }
    }
}

fn sentences() -> Vec<Key> {
    let mut files = Vec::new();
    slint_files(&kit::repository().join("ui"), &mut files);
    let mut keys = Vec::new();
    for file in &files {
        let mut from = 0;
        while let Some(at) = file[from..].find("@tr(") {
            let (first, end) = literal(file, from + at).expect("a sentence");
            from = end;
            if file[end..].trim_start().starts_with("=>") {
                let (sentence, end) = literal(file, end).expect("a sentence after its context");
                keys.push((first, sentence));
                from = end;
            } else {
                keys.push((String::new(), first));
            }
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

/// A sentence and its translation.
pub struct Message {
    context: String,
    pub id: String,
    /// The sentence of more than one, where it counts something.
    plural: Option<String>,
    pub words: String,
}

impl Message {
    /// The sentence of more than one, or the only one.
    pub fn many(&self) -> &String {
        self.plural.as_ref().unwrap_or(&self.id)
    }
}

/// The sentences of a translation's file, in its order.
pub fn messages(path: &Path) -> Vec<Message> {
    let text = std::fs::read_to_string(path).expect("the translation");
    let message = |block: &str| {
        let field = |name: &str| {
            let line = block.lines().find(|line| line.starts_with(&format!("{name} ")))?;
            literal(line, 0).map(|(value, _)| value)
        };
        Some(Message {
            context: field("msgctxt").unwrap_or_default(),
            id: field("msgid").filter(|id| !id.is_empty())?,
            plural: field("msgid_plural"),
            words: field("msgstr").or_else(|| field("msgstr[0]")).unwrap_or_default(),
        })
    };
    text.split("\n\n").filter_map(message).collect()
}

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
    let folder = kit::repository().join("ui/translations");
    let file = |tag: &str| folder.join(tag).join("LC_MESSAGES/powerhall.po");
    names("ui/translations").into_iter().map(|tag| (tag.clone(), file(&tag))).collect()
}

#[test]
fn no_sentence_is_missing_and_none_is_left_over() {
    let wanted = sentences();
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
