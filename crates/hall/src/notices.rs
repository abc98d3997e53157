//! Notices (`notices/*.toml`): what else a hall publishes to be read, in sentences, with its basis.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;

use crate::{
    Origin,
    read::{self, Mistakes, Node},
};

/// A notice. Its title is the text `notice.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its name in data.
    pub key: String,
    /// Since when, and who says so.
    pub origin: Origin,
    /// Its sentences: texts `line.<…>`, at least one.
    pub lines: Vec<String>,
    /// The first day on which it is up, where it is not up for ever.
    pub from: Option<Date>,
    /// The last day on which it is up, likewise.
    pub until: Option<Date>,
}

impl Notice {
    /// Whether it is up on a day.
    #[must_use]
    pub fn is_up(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }

    /// Every text that this notice needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let title = std::iter::once(format!("notice.{}", self.key));
        let lines = self.lines.iter().map(|line| format!("line.{line}"));
        title.chain(lines).chain(self.origin.text_key()).collect()
    }
}

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> BTreeMap<String, Notice> {
    let tables = read::folder(root, "notices", mistakes);
    let read = tables.into_iter().filter_map(|(key, table)| {
        let file = format!("notices/{key}.toml");
        let mut node = Node::root(&file, &table);
        let origin = Origin::read(&mut node, mistakes);
        let lines = node.some_texts("lines", mistakes);
        let from = node.maybe_date("from", mistakes);
        let until = node.maybe_date("until", mistakes);
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            node.wrong("until", until, format!("{from} or later"), mistakes);
        }
        node.finish(mistakes);
        Some((key.clone(), Notice { key, origin: origin?, lines, from, until }))
    });
    read.collect()
}
