//! Which views there are, and which are looked at: all of them, or so many that every two values of different kinds meet
//! once (pairwise), and a fresh sample by chance.

use std::collections::BTreeSet;

use powerhall::view::ScreenConfig;
use powerhall_flow::{Contrast, Reach, TextSize, Voice, Volume, Ways};
use powerhall_kiosk::config::LEAST_BAND_MM;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

use crate::fixtures;
use crate::kit::{EVERY_PANEL, Panel};

/// How many values each kind has: scene, panel, language, text, contrast, reach, voice.
pub type Sizes = [usize; KINDS];

/// Kinds of values.
const KINDS: usize = 7;

/// A view: one value of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct View(pub [usize; KINDS]);

/// The panels of `tests/stage/kit.rs`, each of them turned too; and the reference at twice its size, of 43 inches.
pub const PANELS: [Panel; 7] = {
    let [a, b, c, d, e, f] = EVERY_PANEL;
    [a, b, c, d, e, f, Panel { name: "1080x1920_43in", width: 1080, height: 1920, pixels_per_mm: 2.0 }]
};

/// The languages' tags, in the order of the kit's numbers.
pub const LANGUAGES: [&str; 4] = ["zh_CN", "en", "zh_TW", "ko"];
const TEXTS: [TextSize; 2] = [TextSize::Normal, TextSize::Large];
const CONTRASTS: [Contrast; 3] = [Contrast::Standard, Contrast::Dark, Contrast::Light];
/// Whether everything to touch is low, and the lower edge of the glass above the floor in millimetres. Where it hangs
/// lower, some of it is below the reach too.
const REACHES: [(Reach, f32); 3] = [(Reach::Whole, 850.0), (Reach::Low, 850.0), (Reach::Low, HUNG_LOW)];
/// Of most panels too little is left there: config refuses it, and they are looked at as they hang elsewhere.
const HUNG_LOW: f32 = 700.0;
const VOICES: [Voice; 2] = [Voice::Silent, Voice::Speaking(Volume::MOST)];

/// The sizes for so many scenes.
pub const fn sizes(scenes: usize) -> Sizes {
    [scenes, PANELS.len(), LANGUAGES.len(), TEXTS.len(), CONTRASTS.len(), REACHES.len(), VOICES.len()]
}

impl View {
    pub fn panel(self) -> Panel {
        PANELS[self.0[1]]
    }

    pub fn ways(self) -> Ways {
        let [_, _, language, text, contrast, reach, voice] = self.0;
        Ways {
            language,
            text_size: TEXTS[text],
            contrast: CONTRASTS[contrast],
            reach: REACHES[reach].0,
            voice: VOICES[voice],
        }
    }

    /// The screen as it is configured, with the lower edge of the glass where this view has it.
    pub fn screen(self, configured: ScreenConfig) -> ScreenConfig {
        let hung = ScreenConfig { lower_edge_mm: REACHES[self.0[5]].1, ..configured };
        if hung.band(self.panel().height).page < LEAST_BAND_MM { configured } else { hung }
    }

    /// Its panel cannot hang lower: another view is the same.
    fn repeats(self) -> bool {
        let pixels_per_mm = self.panel().pixels_per_mm;
        let configured = ScreenConfig { pixels_per_mm, ..fixtures::fixed().screen };
        self.is_hung_low() && self.screen(configured) == configured
    }

    fn is_hung_low(self) -> bool {
        REACHES[self.0[5]].1 < REACHES[0].1
    }

    /// The scene by its number.
    pub fn scene(self) -> usize {
        self.0[0]
    }

    /// As pictures are named: the scene, which part of it from 0, and the ways.
    pub fn name(self, scene: &str, part: usize) -> String {
        let Ways { language, text_size, contrast, reach, voice } = self.ways();
        let voice = if voice == Voice::Silent { "silent" } else { "aloud" };
        let hung = if self.is_hung_low() { "_hung" } else { "" };
        let ways = format!("{}_{text_size:?}_{contrast:?}_{reach:?}{hung}_{voice}", LANGUAGES[language]);
        format!("{scene}_part{}_{}_{}", part + 1, self.panel().name, ways.to_lowercase())
    }
}

/// Every view.
pub fn all(sizes: Sizes) -> Vec<View> {
    let mut all = vec![View([0; KINDS])];
    for (kind, size) in sizes.into_iter().enumerate() {
        all = all.iter().flat_map(|view| (0..size).map(move |value| with(*view, kind, value))).collect();
    }
    all.retain(|view| !view.repeats());
    all
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
