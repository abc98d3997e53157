//! The sentences of the interface and their translations, read from the sources: the build and a test ask them what is
//! missing.

use std::path::{Path, PathBuf};

/// Context and message id.
pub type Key = (String, String);

/// The next string literal at or after `from`, unescaped as far as .po and .slint agree, and where it ends.
pub fn literal(text: &str, from: usize) -> Option<(String, usize)> {
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

/// Every `@tr` below the folder of the interface.
pub fn sentences(ui: &Path) -> Vec<Key> {
    let mut files = Vec::new();
    slint_files(ui, &mut files);
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
    pub context: String,
    pub id: String,
    /// The sentence of more than one, where it counts something.
    pub plural: Option<String>,
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

/// The tags of all translations below the folder of the interface, and their files.
pub fn languages(ui: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(ui.join("translations")).expect("the translations").flatten();
    let mut all: Vec<_> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.to_owned(), entry.path())))
        .map(|(tag, folder)| (tag, folder.join("LC_MESSAGES/powerhall-ui.po")))
        .collect();
    all.sort();
    all
}

/// What a customer would read in English because a language lacks it.
pub fn gaps(ui: &Path) -> Vec<String> {
    let wanted = sentences(ui);
    let of = |(tag, file): (String, PathBuf)| {
        let has = messages(&file);
        let lacks = |(context, id): &&Key| {
            !has.iter().any(|m| m.context == *context && m.id == *id && !m.words.is_empty())
        };
        let missing: Vec<&Key> = wanted.iter().filter(lacks).collect();
        missing.into_iter().map(|(_, id)| format!("{tag} lacks “{id}”")).collect::<Vec<_>>()
    };
    languages(ui).into_iter().flat_map(of).collect()
}
