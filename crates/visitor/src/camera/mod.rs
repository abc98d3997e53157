//! A phone's camera, as far as a code on a screen is concerned: what reaches the decoder is not the screen's pixels but
//! a photo of them: blurred, tilted, too dark, hazed by the light in the room, burnt out where a lamp is mirrored, with
//! noise, and from some way off. Pure, and the same every time.
#![allow(clippy::float_arithmetic, reason = "light and geometry, never money")]

mod code;
mod decoder;
mod lens;
mod light;
mod limits;

pub use code::{Code, find};
pub use decoder::{Decoder, read};
pub use limits::{Distortion, limit};

use crate::Picture;

/// How a photo is taken. Every length is measured by the code itself, so that a value means the same on every panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Photo {
    /// Lens and hand: the standard deviation of a Gaussian blur, in modules of the code. 0 is sharp.
    pub blur: f32,
    /// The phone is held above or below the code: degrees about the horizontal axis, −80 to 80.
    pub nod: f32,
    /// The phone is held to the left or right of it: degrees about the vertical axis, −80 to 80.
    pub turn: f32,
    /// The share of the light that is missing, 0 to 1: a dark screen, a short exposure.
    pub dim: f32,
    /// The room mirrored in the glass: the share of the light that lies over everything alike, 0 to 1. Black turns grey.
    pub haze: f32,
    /// A lamp mirrored in the glass: the diameter of the spot that is burnt out to white, in sides of the code, with a
    /// soft edge around it. 0 is none. The spot lies right of and below the code's middle.
    pub glare: f32,
    /// The sensor's noise: standard deviation as a share of full white, 0 to 1.
    pub noise: f32,
    /// Which noise.
    pub seed: u64,
    /// The distance, as the camera sees it: pixels of the photo for a module of the code, at least 0.1.
    pub module_px: f32,
}

impl Photo {
    /// From near, straight on, sharp and well lit. No sensor is quite free of noise.
    pub const REST: Self = Self {
        blur: 0.0,
        nod: 0.0,
        turn: 0.0,
        dim: 0.0,
        haze: 0.0,
        glare: 0.0,
        noise: 0.01,
        seed: 1,
        module_px: 6.0,
    };

    /// What a customer's hand, phone and hall make of it on any day: something of everything at once. This must always
    /// be read.
    pub const EVERYDAY: Self = Self {
        blur: 0.25,
        nod: 10.0,
        turn: -12.0,
        dim: 0.3,
        haze: 0.2,
        glare: 0.12,
        noise: 0.015,
        seed: 1,
        module_px: 4.0,
    };

    /// The same with everything in it so many times as strong, and as far as away.
    #[must_use]
    pub fn times(self, factor: f32) -> Self {
        Self {
            blur: self.blur * factor,
            nod: self.nod * factor,
            turn: self.turn * factor,
            dim: (self.dim * factor).min(1.0),
            haze: (self.haze * factor).min(1.0),
            glare: self.glare * factor,
            noise: self.noise * factor,
            seed: self.seed,
            module_px: self.module_px / factor,
        }
    }
}

/// Further away than any code is read from.
const LEAST_MODULE_PX: f32 = 0.1;
/// How far the phone is from the code, in sides of the code: near enough for the perspective to show.
const AWAY: f32 = 3.0;
/// What of the surroundings is on the photo, in sides of the code, on every side.
const AROUND: f32 = 0.25;

/// Takes a photo of the code on a screen: grey, square, the code in its middle. The same photo gives the same picture,
/// pixel by pixel.
#[must_use]
pub fn photograph(screen: &Picture, code: &Code, photo: &Photo) -> Picture {
    let module = code.module_px();
    // A pixel of the sensor gathers the light of all that it covers.
    let covers = module / photo.module_px.max(LEAST_MODULE_PX);
    let blur = (photo.blur * module).hypot(0.4 * covers);
    let sharp = light::Plane::of(screen, code.area, AROUND + 0.25);
    let seen = sharp.blurred(blur);

    let side = code.modules as f32 * module;
    let view = lens::View::new(photo.nod, photo.turn, AWAY * side);
    let pixels = ((1.0 + 2.0 * AROUND) * side / covers).ceil() as usize;
    let mut sensor = light::Sensor::new(photo, side);
    let middle = pixels as f32 / 2.0 - 0.5;
    let mut grey = Vec::with_capacity(pixels * pixels);
    for row in 0..pixels {
        for column in 0..pixels {
            let at = view.on_screen((column as f32 - middle) * covers, (row as f32 - middle) * covers);
            let light = at.map_or(0.0, |(x, y)| seen.at(x, y));
            grey.push(sensor.pixel(light, at));
        }
    }
    Picture::new(pixels, pixels, grey)
}
