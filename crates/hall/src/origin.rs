//! Where a statutory number comes from: every one carries the day from which it holds and its source.

use jiff::civil::Date;

use crate::read::{Mistakes, Node};

/// From when a number holds, where it stands, and whether that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The first day on which it holds.
    pub effective: Date,
    /// The document or page that says so.
    pub source: String,
    /// Key of `source.*` in the texts, where the source is no document with a title of its own, which is cited as it is in
    /// every language.
    pub words: Option<String>,
    /// False where the utility has to confirm it before use.
    pub certain: bool,
}

impl Origin {
    pub(crate) fn read(node: &mut Node<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        let effective = node.date("effective", mistakes);
        let source = node.text("source", mistakes);
        let words = if node.has("source_words") { node.text("source_words", mistakes) } else { None };
        let certain = node.truth("certain", mistakes);
        Some(Self { effective: effective?, source: source?, words, certain: certain? })
    }

    /// Whether its source names a document: by a title in 《》, or by a number that ends in 号.
    #[must_use]
    pub fn names_a_document(&self) -> bool {
        let title = self.source.split_once('《');
        let title = title.is_some_and(|(_, rest)| rest.find('》').is_some_and(|end| end > 0));
        title || self.source.contains('号')
    }

    /// The text that this source needs, where it is not cited.
    pub(crate) fn text_key(&self) -> Option<String> {
        self.words.as_ref().map(|words| format!("source.{words}"))
    }
}

/// Something that holds from a day on, until the next of its kind.
pub(crate) trait Dated {
    fn effective(&self) -> Date;
}

/// The one in force on `day`. The list is sorted by [`sort`].
pub(crate) fn in_force<T: Dated>(versions: &[T], day: Date) -> Option<&T> {
    versions.iter().take_while(|version| version.effective() <= day).last()
}

/// Sorts by effective date and names two that start on the same day.
pub(crate) fn sort<T: Dated>(versions: &mut [T], file: &str, mistakes: &mut Mistakes) {
    versions.sort_by_key(Dated::effective);
    for pair in versions.windows(2) {
        if pair[0].effective() == pair[1].effective() {
            mistakes.add(file, "versions", pair[1].effective(), "each effective date once");
        }
    }
}
