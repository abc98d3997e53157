//! The ways to use the machine: language, text size, contrast, reach and voice. Each changes live on any screen and
//! touches nothing else; the next customer finds all of them as at start.

use crate::{Ignored, Overlay, Settings, step::Run};

/// How this customer uses the machine. The default is the machine as the next one expects it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The language, by its number in config.
    pub language: usize,
    /// Normal or large text.
    pub text_size: TextSize,
    /// The colours.
    pub contrast: Contrast,
    /// Where on the glass everything to touch is.
    pub reach: Reach,
    /// Whether the machine speaks.
    pub voice: Voice,
}

/// Normal or large text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// As designed.
    #[default]
    Normal,
    /// 适老.
    Large,
}

/// The colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Contrast {
    /// The hall's own colours.
    #[default]
    Standard,
    /// High contrast, light on dark.
    Dark,
    /// High contrast, dark on light.
    Light,
}

/// Where on the glass everything to touch is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// All over it.
    #[default]
    Whole,
    /// In the band that a wheelchair user reaches.
    Low,
}

/// Whether the machine speaks, and how loud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// It is silent.
    #[default]
    Silent,
    /// It speaks what is on the screen.
    Speaking(Volume),
}

/// How loud, from 1 to [`Volume::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Volume(u8);

impl Volume {
    /// The loudest.
    pub const MOST: Self = Self(5);
    /// The softest that is still heard.
    pub const LEAST: Self = Self(1);

    /// 1 to 5.
    #[must_use]
    pub const fn step(self) -> u8 {
        self.0
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self(3)
    }
}

impl Ways {
    /// The factor on waiting times in percent: who reads large text or listens needs longer.
    #[must_use]
    pub const fn time_percent(&self, settings: &Settings) -> u64 {
        match (self.text_size, self.voice) {
            (TextSize::Normal, Voice::Silent) => 100,
            (TextSize::Large, _) | (_, Voice::Speaking(_)) => settings.large_text_time_percent,
        }
    }
}

/// A touch on one of the ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A language, by its number in config.
    Language(usize),
    /// Normal or large text.
    TextSize,
    /// The next of the three sets of colours.
    Contrast,
    /// All over the glass, or in the low band.
    Reach,
    /// Speaking or silent.
    Voice,
    /// One step louder; on a silent machine, speaking.
    Louder,
    /// One step softer.
    Softer,
}

impl Run<'_> {
    /// Who begins by the keypad may not see the button that switches the voice on: it speaks by itself (EAA: no other
    /// feature needs to be switched on first), and is silent again by one touch.
    pub(crate) fn keypad(&mut self) {
        let nobody_yet = self.state.screen.is_at_the_door() && self.state.ways == Ways::default();
        if self.settings.speaks && nobody_yet {
            self.state.ways.voice = Voice::Speaking(Volume::default());
        }
    }

    /// Two languages change by one touch, more have a list; of one there is nothing to choose.
    pub(crate) fn languages(&mut self) {
        let next = self.state.ways.language + 1;
        match self.settings.languages {
            0 | 1 => self.ignore(Ignored::NoChange),
            2 => self.press_way(Way::Language(next % 2)),
            _ => self.state.overlay = Some(Overlay::Languages),
        }
    }

    pub(crate) fn press_way(&mut self, way: Way) {
        let ways = &mut self.state.ways;
        let before = *ways;
        match way {
            Way::Language(language) if language < self.settings.languages => {
                ways.language = language;
                if self.state.overlay == Some(Overlay::Languages) {
                    self.state.overlay = None;
                    return;
                }
            }
            Way::Language(_) => return self.ignore(Ignored::NotHere),
            Way::TextSize => {
                ways.text_size = match ways.text_size {
                    TextSize::Normal => TextSize::Large,
                    TextSize::Large => TextSize::Normal,
                };
            }
            Way::Contrast => {
                ways.contrast = match ways.contrast {
                    Contrast::Standard => Contrast::Dark,
                    Contrast::Dark => Contrast::Light,
                    Contrast::Light => Contrast::Standard,
                };
            }
            Way::Reach => {
                ways.reach = match ways.reach {
                    Reach::Whole => Reach::Low,
                    Reach::Low => Reach::Whole,
                };
            }
            Way::Voice => {
                ways.voice = match ways.voice {
                    Voice::Silent => Voice::Speaking(Volume::default()),
                    Voice::Speaking(_) => Voice::Silent,
                };
            }
            Way::Louder => {
                ways.voice = Voice::Speaking(match ways.voice {
                    Voice::Silent => Volume::default(),
                    Voice::Speaking(Volume(step)) => Volume(step + 1).min(Volume::MOST),
                });
            }
            Way::Softer => {
                if let Voice::Speaking(Volume(step)) = ways.voice {
                    ways.voice = Voice::Speaking(Volume(step - 1).max(Volume::LEAST));
                }
            }
        }
        if *ways == before {
            self.ignore(Ignored::NoChange);
        }
    }
}
