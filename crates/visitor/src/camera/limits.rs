//! How much of each distortion a code bears before it cannot be read any more.

use super::{Code, Photo, photograph};
use crate::Picture;

/// One thing that a photo suffers from, all others at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distortion {
    /// [`Photo::blur`], in modules.
    Blur,
    /// [`Photo::nod`], in degrees.
    Nod,
    /// [`Photo::turn`], in degrees.
    Turn,
    /// [`Photo::dim`], a share of the light.
    Dim,
    /// [`Photo::haze`], a share of the light.
    Haze,
    /// [`Photo::glare`], in sides of the code.
    Glare,
    /// [`Photo::noise`], a share of full white.
    Noise,
    /// [`Photo::module_px`], in pixels of the photo: the less, the further away.
    Distance,
}

impl Distortion {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Blur, Self::Nod, Self::Turn, Self::Dim, Self::Haze, Self::Glare, Self::Noise, Self::Distance];

    /// From rest to what no decoder bears, in its own unit.
    #[must_use]
    pub const fn range(self) -> (f32, f32) {
        match self {
            Self::Blur => (0.0, 3.0),
            Self::Nod | Self::Turn => (0.0, 80.0),
            Self::Dim | Self::Haze => (0.0, 1.0),
            Self::Glare => (0.0, 1.2),
            Self::Noise => (Photo::REST.noise, 1.0),
            Self::Distance => (Photo::REST.module_px, 0.5),
        }
    }

    /// A photo with so much of it, in its own unit.
    #[must_use]
    pub const fn photo(self, strength: f32) -> Photo {
        let rest = Photo::REST;
        match self {
            Self::Blur => Photo { blur: strength, ..rest },
            Self::Nod => Photo { nod: strength, ..rest },
            Self::Turn => Photo { turn: strength, ..rest },
            Self::Dim => Photo { dim: strength, ..rest },
            Self::Haze => Photo { haze: strength, ..rest },
            Self::Glare => Photo { glare: strength, ..rest },
            Self::Noise => Photo { noise: strength, ..rest },
            Self::Distance => Photo { module_px: strength, ..rest },
        }
    }
}

/// Even steps over a range before the bisection: the first that is not read counts, even if a later one were.
const STEPS: u8 = 20;
/// Halvings of the step in which it stops being read.
const HALVINGS: u8 = 3;
/// A phone looks many times a second; one unlucky look is no limit.
const LOOKS: u64 = 3;

/// The strongest of one distortion, in its own unit, up to which the code is still read at one of three looks; `None`
/// when it is not read at rest. `reads` says whether a photo is.
pub fn limit(
    screen: &Picture,
    code: &Code,
    distortion: Distortion,
    reads: impl Fn(&Picture) -> bool,
) -> Option<f32> {
    let (rest, most) = distortion.range();
    let borne = |share: f32| {
        let strength = rest + share * (most - rest);
        let look = |seed| photograph(screen, code, &Photo { seed, ..distortion.photo(strength) });
        (1..=LOOKS).any(|seed| reads(&look(seed)))
    };
    if !borne(0.0) {
        return None;
    }
    let step = |at: u8| f32::from(at) / f32::from(STEPS);
    let Some(first) = (1..=STEPS).find(|&at| !borne(step(at))) else { return Some(most) };
    let (mut good, mut bad) = (step(first - 1), step(first));
    for _ in 0..HALVINGS {
        let middle = f32::midpoint(good, bad);
        if borne(middle) { good = middle } else { bad = middle }
    }
    Some(rest + good * (most - rest))
}
