//! The words of a hall, each under a key, one file for each language: adding a language is adding a file. `zh_CN` is
//! the language that must be there; every other one must say the same things, and a check names each gap.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use jiff::civil::Date;
use powerhall_api::Text;
use toml::{Table, Value};

use crate::read::{self, Mistakes};

/// The language that is always there.
pub const FIRST_LANGUAGE: &str = "zh_CN";

/// All words in all languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    keys: BTreeMap<String, Text>,
    languages: BTreeSet<String>,
}

impl Texts {
    /// The languages on file.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(String::as_str)
    }

    /// The words under a key, if there are any.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Text> {
        self.keys.get(key)
    }

    /// All keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The words under a key with each `{name}` replaced. A key that is not there shows itself, so that a gap is seen
    /// instead of hidden.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> Text {
        let Some(text) = self.keys.get(key) else {
            return Text::from([(FIRST_LANGUAGE.to_owned(), key.to_owned())]);
        };
        let filled = |words: &String| {
            values
                .iter()
                .fold(words.clone(), |words, (name, value)| words.replace(&format!("{{{name}}}"), value))
        };
        text.iter().map(|(language, words)| (language.clone(), filled(words))).collect()
    }

    /// The words under a key with `{days}` replaced; of one day those under the key with `_one` behind it.
    #[must_use]
    pub fn count_days(&self, key: &str, days: u32) -> Text {
        match days {
            1 => self.fill(&format!("{key}_one"), &[]),
            _ => self.fill(key, &[("days", &days.to_string())]),
        }
    }

    /// Like [`Self::fill`], with values that differ from language to language.
    pub(crate) fn fill_texts(&self, key: &str, values: &[(&str, &Text)]) -> Text {
        let filled = |(language, words): (String, String)| {
            let words = values.iter().fold(words, |words, (name, value)| {
                let value = value.get(&language).map_or("", String::as_str);
                words.replace(&format!("{{{name}}}"), value)
            });
            (language, words)
        };
        self.fill(key, &[]).into_iter().map(filled).collect()
    }

    /// Like [`Self::fill`], with the places of a date: `{year}`, `{day}`, and `{month}` as its language calls it.
    pub(crate) fn fill_date(&self, key: &str, date: Date) -> Text {
        let months = self.fill(&format!("month.{}", date.month()), &[]);
        let (year, day) = (date.year().to_string(), date.day().to_string());
        let filled = self.fill(key, &[("year", &year), ("day", &day)]);
        let named = |(language, words): (String, String)| {
            let month = months.get(&language).map_or("", String::as_str);
            let words = words.replace("{month}", month);
            (language, words)
        };
        filled.into_iter().map(named).collect()
    }

    pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Self {
        let mut texts = Self::default();
        for (language, table) in read::folder(root, "texts", mistakes) {
            let file = format!("texts/{language}.toml");
            texts.languages.insert(language.clone());
            texts.collect(&file, &language, "", &table, mistakes);
        }
        if !texts.languages.contains(FIRST_LANGUAGE) {
            mistakes.add("texts", FIRST_LANGUAGE, "(missing)", format!("texts/{FIRST_LANGUAGE}.toml"));
        }
        texts.check_gaps(mistakes);
        texts
    }

    fn collect(&mut self, file: &str, language: &str, at: &str, table: &Table, mistakes: &mut Mistakes) {
        for (name, value) in table {
            let key = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            match value {
                Value::String(words) if !words.trim().is_empty() => {
                    self.keys.entry(key).or_default().insert(language.to_owned(), words.clone());
                }
                Value::Table(inner) => self.collect(file, language, &key, inner, mistakes),
                Value::String(_)
                | Value::Integer(_)
                | Value::Float(_)
                | Value::Boolean(_)
                | Value::Datetime(_)
                | Value::Array(_) => {
                    mistakes.add(file, &key, value, "a text that is not empty, or a table of texts");
                }
            }
        }
    }

    /// Every language has every key, with the same places to fill.
    fn check_gaps(&self, mistakes: &mut Mistakes) {
        for (key, text) in &self.keys {
            let first = text.get(FIRST_LANGUAGE).or_else(|| text.values().next());
            let wanted = first.map(|words| places(words)).unwrap_or_default();
            for language in &self.languages {
                let file = format!("texts/{language}.toml");
                match text.get(language) {
                    None => mistakes.add(&file, key, "(missing)", "a text, as in the other languages"),
                    Some(words) if places(words) != wanted => {
                        let allowed = format!("a text with the places {wanted:?}, as in the other languages");
                        mistakes.add(&file, key, words, allowed);
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

/// The `{names}` in a text.
fn places(words: &str) -> BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}
