//! The font that the project installs has every letter that is shown; else a customer reads an empty box for a name.

use std::collections::HashSet;
use std::sync::LazyLock;

use skrifa::{FontRef, MetadataProvider};

use crate::checks::{Answers, Check};
use crate::seen::Seen;

/// Where `scripts/install` puts it (Debian's fonts-noto-cjk).
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";

static LETTERS: LazyLock<HashSet<u32>> = LazyLock::new(|| {
    let bytes =
        std::fs::read(FONT).unwrap_or_else(|error| panic!("{FONT}: {error}; run scripts/install run"));
    let font = FontRef::from_index(&bytes, 0).expect("a collection of fonts");
    font.charmap().mappings().map(|(letter, _)| letter).collect()
});

pub fn ask(seen: &Seen, answers: &mut Answers) {
    for text in &seen.texts {
        let missing = text.words.chars().find(|c| !c.is_whitespace() && !LETTERS.contains(&u32::from(*c)));
        answers.ask(Check::Glyphs, missing.is_none(), text.area, || {
            format!("“{}”: the font has no {missing:?}", text.words)
        });
    }
}
