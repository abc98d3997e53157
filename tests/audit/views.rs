//! Which views there are, and which are looked at: all of them, or so many that every two values of different kinds meet
//! once (pairwise), and a fresh sample by chance.

use std::collections::BTreeSet;

use powerhall_flow::{Contrast, Reach, TextSize, Voice, Volume, Ways};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::kit::{EVERY_PANEL, Panel};

/// How many values each kind has: scene, panel, language, text, contrast, reach, voice.
pub type Sizes = [usize; KINDS];

/// Kinds of values.
const KINDS: usize = 7;

/// A view: one value of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct View(pub [usize; KINDS]);

/// The languages' tags, in the order of the kit's numbers.
pub const LANGUAGES: [&str; 4] = ["zh_CN", "en", "zh_TW", "ko"];
const TEXTS: [TextSize; 2] = [TextSize::Normal, TextSize::Large];
const CONTRASTS: [Contrast; 3] = [Contrast::Standard, Contrast::Dark, Contrast::Light];
const REACHES: [Reach; 2] = [Reach::Whole, Reach::Low];
const VOICES: [Voice; 2] = [Voice::Silent, Voice::Speaking(Volume::MOST)];

/// The sizes for so many scenes.
pub const fn sizes(scenes: usize) -> Sizes {
    [scenes, EVERY_PANEL.len(), LANGUAGES.len(), TEXTS.len(), CONTRASTS.len(), REACHES.len(), VOICES.len()]
}

impl View {
    pub fn panel(self) -> Panel {
        EVERY_PANEL[self.0[1]]
    }

    pub fn ways(self) -> Ways {
        let [_, _, language, text, contrast, reach, voice] = self.0;
        Ways {
            language,
            text_size: TEXTS[text],
            contrast: CONTRASTS[contrast],
            reach: REACHES[reach],
            voice: VOICES[voice],
        }
    }

    /// The scene by its number.
    pub fn scene(self) -> usize {
        self.0[0]
    }

    /// As pictures are named: the scene, which part of it from 0, and the ways.
    pub fn name(self, scene: &str, part: usize) -> String {
        let Ways { language, text_size, contrast, reach, voice } = self.ways();
        let voice = if voice == Voice::Silent { "silent" } else { "aloud" };
        let ways = format!("{}_{text_size:?}_{contrast:?}_{reach:?}_{voice}", LANGUAGES[language]);
        format!("{scene}_part{}_{}_{}", part + 1, self.panel().name, ways.to_lowercase())
    }
}

/// Every view.
pub fn all(sizes: Sizes) -> Vec<View> {
    let mut all = vec![View([0; KINDS])];
    for (kind, size) in sizes.into_iter().enumerate() {
        all = all.iter().flat_map(|view| (0..size).map(move |value| with(*view, kind, value))).collect();
    }
    all
}

/// Every view in which things stand elsewhere: the geometry knows no contrast.
pub fn all_places(sizes: Sizes) -> Vec<View> {
    let [scene, panel, language, text, _, reach, voice] = sizes;
    all([scene, panel, language, text, 1, reach, voice])
}

fn with(view: View, kind: usize, value: usize) -> View {
    let mut view = view;
    view.0[kind] = value;
    view
}

/// A view by chance.
pub fn by_chance(sizes: Sizes, chance: &mut ChaCha8Rng) -> View {
    View(sizes.map(|size| chance.next_u32() as usize % size))
}

/// Two kinds with their values.
type Pair = ((usize, usize), (usize, usize));

fn pairs(view: View) -> impl Iterator<Item = Pair> {
    (0..KINDS).flat_map(move |a| (a + 1..KINDS).map(move |b| ((a, view.0[a]), (b, view.0[b]))))
}

/// Views in which every two values of different kinds meet: greedily, each the best of some by chance.
pub fn pairwise(sizes: Sizes, chance: &mut ChaCha8Rng) -> Vec<View> {
    let mut missing: BTreeSet<Pair> = (0..KINDS)
        .flat_map(|a| (a + 1..KINDS).map(move |b| (a, b)))
        .flat_map(|(a, b)| (0..sizes[a]).flat_map(move |x| (0..sizes[b]).map(move |y| ((a, x), (b, y)))))
        .collect();
    let mut chosen = Vec::new();
    while let Some(((a, x), (b, y))) = missing.first().copied() {
        let candidates = (0..40).map(|_| with(with(by_chance(sizes, chance), a, x), b, y));
        let best = candidates.max_by_key(|view| pairs(*view).filter(|pair| missing.contains(pair)).count());
        let best = best.expect("forty candidates");
        for pair in pairs(best) {
            missing.remove(&pair);
        }
        chosen.push(best);
    }
    chosen
}
