//! Every sentence of the interface stands in every language, and every translation has its sentence; each names the
//! same places for what is filled in, and Chinese is punctuated as Chinese.

use std::collections::BTreeMap;
use std::path::Path;

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

fn translations(path: &Path) -> BTreeMap<Key, String> {
    let text = std::fs::read_to_string(path).expect("the translation");
    let mut all = BTreeMap::new();
    for block in text.split("\n\n") {
        let field = |name: &str| {
            let line = block.lines().find(|line| line.starts_with(&format!("{name} ")))?;
            literal(line, 0).map(|(value, _)| value)
        };
        let Some(id) = field("msgid").filter(|id| !id.is_empty()) else { continue };
        let words = field("msgstr").or_else(|| field("msgstr[0]")).unwrap_or_default();
        let before = all.insert((field("msgctxt").unwrap_or_default(), id.clone()), words);
        assert!(before.is_none(), "“{id}” is translated twice");
    }
    all
}

fn places(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
    found.sort_unstable();
    found
}

fn languages() -> Vec<std::path::PathBuf> {
    let folder = kit::repository().join("ui/translations");
    let entries = std::fs::read_dir(folder).expect("translations").flatten();
    entries.map(|entry| entry.path().join("LC_MESSAGES/powerhall.po")).filter(|path| path.exists()).collect()
}

#[test]
fn no_sentence_is_missing_and_none_is_left_over() {
    let wanted = sentences();
    assert!(wanted.len() > 150, "{} sentences found", wanted.len());
    let files = languages();
    assert!(!files.is_empty(), "no translation at all");
    for file in files {
        let have = translations(&file);
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
    for tag in ["zh_CN", "zh_TW"] {
        let path = kit::repository().join(format!("ui/translations/{tag}/LC_MESSAGES/powerhall.po"));
        for ((_, id), words) in translations(&path) {
            let wrong = words.contains([',', '?', '!', ';', ':', '(', ')', '！']);
            assert!(!wrong, "{tag}: “{words}” for “{id}”");
            assert!(!words.contains("温馨提示") && !words.contains("溫馨提示"), "{tag}: “{words}”");
        }
    }
}
