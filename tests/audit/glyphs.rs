//! The font that the project installs has every letter that is shown; else a customer reads an empty box for a name.

use std::collections::HashSet;
use std::sync::LazyLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::checks::{Answers, Check};
use crate::seen::Seen;

/// Where `scripts/install` puts it (Debian's fonts-noto-cjk).
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
/// And what is not bold.
const REGULAR: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

static LETTERS: LazyLock<HashSet<u32>> = LazyLock::new(|| {
    let bytes = bytes(FONT);
    let font = FontRef::from_index(&bytes, 0).expect("a collection of fonts");
    font.charmap().mappings().map(|(letter, _)| letter).collect()
});

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}; run scripts/install run"))
}

/// Figures are tabular: all have one width, so that they stand in columns and a sum does not move while it is typed.
pub fn prove_figures() {
    for path in [FONT, REGULAR] {
        let bytes = bytes(path);
        let font = FontRef::from_index(&bytes, 0).expect("a collection of fonts");
        let (letters, widths) =
            (font.charmap(), font.glyph_metrics(Size::new(1_000.0), LocationRef::default()));
        let width = |figure: char| {
            letters.map(figure).and_then(|glyph| widths.advance_width(glyph)).expect("a figure")
        };
        assert!(('0'..='9').all(|figure| (width(figure) - width('0')).abs() < 0.5), "{path}");
    }
}

pub fn ask(seen: &Seen, answers: &mut Answers) {
    for text in &seen.texts {
        let missing = text.words.chars().find(|c| !c.is_whitespace() && !LETTERS.contains(&u32::from(*c)));
        answers.ask(Check::Glyphs, missing.is_none(), text.area, || {
            format!("“{}”: the font has no {missing:?}", text.words)
        });
    }
}
