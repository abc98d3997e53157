//! Reading TOML by hand, so that *every* mistake of a file is found in one go and each names its file, key, value
//! and what is allowed. A derive would stop at the first.

use std::{collections::BTreeMap, fs, ops::RangeInclusive, path::Path};

use jiff::civil::{Date, Time};
use toml::{Table, Value};

use crate::Mistake;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(pub(crate) Vec<Mistake>);

impl Mistakes {
    pub(crate) fn add(&mut self, file: &str, key: &str, value: impl ToString, allowed: impl Into<String>) {
        self.0.push(Mistake {
            file: file.to_owned(),
            key: key.to_owned(),
            value: value.to_string(),
            allowed: allowed.into(),
        });
    }
}

/// Every `.toml` file of a folder by its name without the ending, in order.
pub(crate) fn folder(root: &Path, name: &str, mistakes: &mut Mistakes) -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::new();
    let entries = match fs::read_dir(root.join(name)) {
        Ok(entries) => entries,
        Err(error) => {
            mistakes.add(name, "(folder)", error, "a folder that can be read");
            return tables;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else {
            mistakes.add(name, "(file name)", path.display(), "a name in UTF-8");
            continue;
        };
        if let Some(table) = file(root, &format!("{name}/{stem}.toml"), mistakes) {
            tables.insert(stem.to_owned(), table);
        }
    }
    if tables.is_empty() {
        mistakes.add(name, "(folder)", "no .toml file", "at least one");
    }
    tables
}

/// One file, if it is readable TOML.
pub(crate) fn file(root: &Path, name: &str, mistakes: &mut Mistakes) -> Option<Table> {
    match fs::read_to_string(root.join(name)) {
        Ok(text) => match text.parse::<Table>() {
            Ok(table) => Some(table),
            Err(error) => {
                let line = error.span().map_or(0, |span| 1 + text[..span.start].matches('\n').count());
                mistakes.add(name, &format!("(line {line})"), error.message(), "TOML");
                None
            }
        },
        Err(error) => {
            mistakes.add(name, "(file)", error, "a file that can be read, in UTF-8");
            None
        }
    }
}

/// A table that is being read. What nobody asked for by [`Node::finish`] is a mistake too: most often a typing error.
pub(crate) struct Node<'a> {
    file: &'a str,
    at: String,
    table: &'a Table,
    asked: Vec<&'static str>,
}

impl<'a> Node<'a> {
    pub(crate) fn root(file: &'a str, table: &'a Table) -> Self {
        Self { file, at: String::new(), table, asked: Vec::new() }
    }

    /// The full key of `key` in this table.
    pub(crate) fn key(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}.{key}", self.at) }
    }

    /// Notes a mistake at `key`.
    pub(crate) fn wrong(
        &self,
        key: &str,
        value: impl ToString,
        allowed: impl Into<String>,
        mistakes: &mut Mistakes,
    ) {
        mistakes.add(self.file, &self.key(key), value, allowed);
    }

    /// Whether `key` stands there. It may: [`Node::finish`] lists it among what is allowed.
    pub(crate) fn has(&mut self, key: &'static str) -> bool {
        self.ask(key);
        self.table.contains_key(key)
    }

    fn ask(&mut self, key: &'static str) {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
    }

    fn get<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        mistakes: &mut Mistakes,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Option<T> {
        self.ask(key);
        let Some(value) = self.table.get(key) else {
            self.wrong(key, "(missing)", allowed, mistakes);
            return None;
        };
        let found = read(value);
        if found.is_none() {
            self.wrong(key, value, allowed, mistakes);
        }
        found
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<String> {
        self.get(key, "a text that is not empty", mistakes, |value| {
            value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
        })
    }

    /// One of a few words.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        let allowed = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        self.get(key, &allowed, mistakes, |value| {
            let text = value.as_str()?;
            words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
        })
    }

    /// A whole number in a range.
    pub(crate) fn whole(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
        mistakes: &mut Mistakes,
    ) -> Option<i64> {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.get(key, &allowed, mistakes, |value| value.as_integer().filter(|number| range.contains(number)))
    }

    /// A truth value.
    pub(crate) fn truth(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<bool> {
        self.get(key, "true, false", mistakes, Value::as_bool)
    }

    /// A truth value that is false when it does not stand there.
    pub(crate) fn flag(&mut self, key: &'static str, mistakes: &mut Mistakes) -> bool {
        self.has(key) && self.truth(key, mistakes).unwrap_or_default()
    }

    /// A date, written bare: `2012-07-01`.
    pub(crate) fn date(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Date> {
        self.get(key, "a date without quotes, as 2026-07-01", mistakes, as_date)
    }

    /// A time of the day, written bare: `08:30:00`.
    pub(crate) fn time(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Time> {
        self.get(key, "a time without quotes, as 08:30:00", mistakes, as_time)
    }

    /// A date that may be absent.
    pub(crate) fn maybe_date(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Date> {
        if self.has(key) { self.date(key, mistakes) } else { None }
    }

    /// A list of dates; empty when it does not stand there.
    pub(crate) fn dates(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<Date> {
        self.list(key, "a list of dates without quotes", mistakes, as_date)
    }

    /// A list of texts; empty when it does not stand there.
    pub(crate) fn texts(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<String> {
        self.list(key, "a list of texts", mistakes, |value| value.as_str().map(str::to_owned))
    }

    /// A list of at least one text.
    pub(crate) fn some_texts(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Vec<String> {
        let found = self.get(key, "a list of at least one text", mistakes, |value| {
            let list = value.as_array().filter(|list| !list.is_empty())?;
            list.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        });
        found.unwrap_or_default()
    }

    fn list<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        mistakes: &mut Mistakes,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Vec<T> {
        if !self.has(key) {
            return Vec::new();
        }
        self.get(key, allowed, mistakes, |value| value.as_array()?.iter().map(read).collect())
            .unwrap_or_default()
    }

    /// A table inside this one.
    pub(crate) fn table(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Node<'a>> {
        let table = self.get(key, "a table", mistakes, Value::as_table)?;
        Some(Node { file: self.file, at: self.key(key), table, asked: Vec::new() })
    }

    /// A table inside this one that may be absent.
    pub(crate) fn maybe_table(&mut self, key: &'static str, mistakes: &mut Mistakes) -> Option<Node<'a>> {
        if self.has(key) { self.table(key, mistakes) } else { None }
    }

    /// A list of tables. Empty when it does not stand there and `least` is 0.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        least: usize,
        mistakes: &mut Mistakes,
    ) -> Vec<Node<'a>> {
        if least == 0 && !self.has(key) {
            return Vec::new();
        }
        let allowed = format!("a list of at least {least} table(s)");
        let found = self.get(key, &allowed, mistakes, |value| {
            let list = value.as_array().filter(|list| list.len() >= least)?;
            list.iter().map(Value::as_table).collect::<Option<Vec<_>>>()
        });
        let nodes = found.unwrap_or_default().into_iter().enumerate();
        nodes
            .map(|(i, table)| Node {
                file: self.file,
                at: format!("{}[{i}]", self.key(key)),
                table,
                asked: Vec::new(),
            })
            .collect()
    }

    /// Names every key that nobody asked for.
    pub(crate) fn finish(self, mistakes: &mut Mistakes) {
        for (key, value) in self.table {
            if !self.asked.iter().any(|asked| asked == key) {
                self.wrong(key, value, format!("only {}", self.asked.join(", ")), mistakes);
            }
        }
    }
}

fn as_time(value: &Value) -> Option<Time> {
    let found = value.as_datetime().filter(|found| found.date.is_none() && found.offset.is_none())?;
    let time = found.time?;
    let part = |number: u8| i8::try_from(number).ok();
    Time::new(part(time.hour)?, part(time.minute)?, part(time.second.unwrap_or_default())?, 0).ok()
}

fn as_date(value: &Value) -> Option<Date> {
    let found = value.as_datetime().filter(|found| found.time.is_none() && found.offset.is_none())?;
    let date = found.date?;
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
        .ok()
}
