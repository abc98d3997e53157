//! Light on its way: from the screen's pixels through a lens that is not sharp onto a sensor that is not perfect.
//! Light adds up, the numbers of a picture do not; its square is near enough to light for a screen and a sensor.

use super::Photo;
use crate::{Area, Picture};

/// The light of a part of the screen, around the code's middle.
pub(super) struct Plane {
    width: usize,
    height: usize,
    /// 0 to 1, in rows.
    light: Vec<f32>,
    /// The code's middle in it.
    middle: (f32, f32),
}

impl Plane {
    /// The light of the code's area and of so many of its sides around it.
    pub fn of(screen: &Picture, code: Area, around: f32) -> Self {
        let wide = code.outset((around * code.width as f32) as usize);
        let part = screen.part(wide);
        let (width, height) = (part.width(), part.height());
        let mut light = Vec::with_capacity(width * height);
        for y in 0..height {
            light.extend((0..width).map(|x| shine(part.at(x, y))));
        }
        let centre = |from: usize, size: usize, start: usize| (from - start) as f32 + size as f32 / 2.0;
        let middle = (centre(code.x, code.width, wide.x), centre(code.y, code.height, wide.y));
        Self { width, height, light, middle }
    }

    /// Blurred by a Gaussian of so many pixels.
    pub fn blurred(&self, sigma: f32) -> Self {
        let reach = (2.5 * sigma).ceil() as usize;
        let weight = |at: usize| {
            let off = (at as f32 - reach as f32) / sigma.max(0.01);
            (-0.5 * off * off).exp()
        };
        let mut kernel: Vec<f32> = (0..=2 * reach).map(weight).collect();
        let sum: f32 = kernel.iter().sum();
        kernel.iter_mut().for_each(|weight| *weight /= sum);
        // The edges go on as they are.
        let mut across = vec![0.0; self.light.len()];
        let mut wide = Vec::with_capacity(self.width + 2 * reach);
        for (row, out) in
            self.light.chunks_exact(self.width.max(1)).zip(across.chunks_exact_mut(self.width.max(1)))
        {
            wide.clear();
            wide.resize(reach, row[0]);
            wide.extend_from_slice(row);
            wide.resize(self.width + 2 * reach, row[self.width - 1]);
            for (at, weight) in kernel.iter().enumerate() {
                add(out, &wide[at..at + self.width], *weight);
            }
        }
        let mut light = vec![0.0; self.light.len()];
        for (y, out) in light.chunks_exact_mut(self.width.max(1)).enumerate() {
            for (at, weight) in kernel.iter().enumerate() {
                let from = (y + at).saturating_sub(reach).min(self.height - 1) * self.width;
                add(out, &across[from..from + self.width], *weight);
            }
        }
        Self { light, ..*self }
    }

    /// The light at a place from the code's middle, in pixels, between the four nearest. Beside the screen it is dark.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x + self.middle.0 - 0.5, y + self.middle.1 - 0.5);
        let (left, top) = (x.floor(), y.floor());
        if left < 0.0 || top < 0.0 || left as usize + 1 >= self.width || top as usize + 1 >= self.height {
            return 0.0;
        }
        let (to_right, down) = (x - left, y - top);
        let from = top as usize * self.width + left as usize;
        let mix = |at: usize| self.light[at] * (1.0 - to_right) + self.light[at + 1] * to_right;
        mix(from) * (1.0 - down) + mix(from + self.width) * down
    }
}

fn add(out: &mut [f32], row: &[f32], weight: f32) {
    for (out, light) in out.iter_mut().zip(row) {
        *out += weight * light;
    }
}

fn shine(pixel: u32) -> f32 {
    let [_, red, green, blue] = pixel.to_be_bytes().map(|part| f32::from(part) / 255.0);
    0.299 * red * red + 0.587 * green * green + 0.114 * blue * blue
}

/// What makes numbers of light.
pub(super) struct Sensor<'a> {
    photo: &'a Photo,
    /// Of the lamp's spot: its middle, and the square of its radius, in screen pixels from the code's middle.
    spot: Option<((f32, f32), f32)>,
    dice: u64,
}

/// The lamp is so much brighter than the screen's white.
const LAMP: f32 = 2.0;
/// Where its spot lies from the code's middle, in sides of the code.
const LAMP_AT: (f32, f32) = (0.12, 0.08);

impl<'a> Sensor<'a> {
    /// For a code whose side is so many screen pixels.
    pub fn new(photo: &'a Photo, side: f32) -> Self {
        let radius = photo.glare * side / 2.0;
        let spot = (radius > 0.0).then_some(((LAMP_AT.0 * side, LAMP_AT.1 * side), radius * radius));
        Self { photo, spot, dice: photo.seed }
    }

    /// The pixel for the light of a place on the screen.
    pub fn pixel(&mut self, light: f32, at: Option<(f32, f32)>) -> u32 {
        let Photo { dim, haze, noise, .. } = *self.photo;
        let mut light = (light * (1.0 - haze) + haze) * (1.0 - dim);
        if let (Some((spot, square)), Some((x, y))) = (self.spot, at) {
            let off = ((x - spot.0).powi(2) + (y - spot.1).powi(2)) / square;
            // At the radius it is just the screen's white; further out it fades.
            light += if off < 8.0 { LAMP.powf(1.0 - off) - LAMP.powf(-7.0) } else { 0.0 };
        }
        let value = light.clamp(0.0, 1.0).sqrt() + noise * self.bell();
        let byte = (value.clamp(0.0, 1.0) * 255.0).round() as u32;
        byte * 0x0001_0101
    }

    /// A number around 0 with a deviation of 1: four throws of a die are near enough to a bell curve.
    fn bell(&mut self) -> f32 {
        // splitmix64
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut throw = self.dice;
        throw = (throw ^ (throw >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        throw = (throw ^ (throw >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        throw ^= throw >> 31;
        let sum: u32 = (0..4).map(|part| (throw >> (16 * part)) as u32 & 0xffff).sum();
        // The sum of four even numbers of 0 to 1 has the mean 2 and the variance 1 / 3.
        (sum as f32 / 65_535.0 - 2.0) * 1.732
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Area = Area { x: 0, y: 0, width: 40, height: 40 };

    /// White to the left, black to the right.
    fn edge() -> Plane {
        let pixels = (0..1600).map(|at| if at % 40 < 20 { 0x00ff_ffff } else { 0 }).collect();
        Plane::of(&Picture::new(40, 40, pixels), ALL, 0.0)
    }

    #[test]
    fn a_blurred_edge_is_half_light_and_as_wide_as_said() {
        let edge = edge().blurred(4.0);
        let near =
            |x: f32, light: f32| assert!((edge.at(x, 0.0) - light).abs() < 0.02, "{}", edge.at(x, 0.0));
        near(0.0, 0.5);
        // One deviation into the dark: 16 % of the light is left.
        near(4.0, 0.159);
        near(-4.0, 0.841);
        near(-15.0, 1.0);
    }

    #[test]
    fn haze_lifts_black_and_a_lamp_burns_out_its_spot_only() {
        let hazed = Photo { haze: 0.25, noise: 0.0, ..Photo::REST };
        assert_eq!(Sensor::new(&hazed, 100.0).pixel(0.0, None) & 0xff, 128);
        let lamp = Photo { glare: 0.2, noise: 0.0, ..Photo::REST };
        let mut sensor = Sensor::new(&lamp, 100.0);
        let mut black_at = |x: f32| sensor.pixel(0.0, Some((12.0 + x, 8.0))) & 0xff;
        assert_eq!([black_at(0.0), black_at(9.9), black_at(40.0)], [255, 255, 0]);
        assert!((60..220).contains(&black_at(16.0)));
    }

    #[test]
    fn noise_is_as_strong_as_said_and_the_same_every_time() {
        let noisy = Photo { noise: 0.1, ..Photo::REST };
        let throw = || -> Vec<f32> {
            let mut sensor = Sensor::new(&noisy, 100.0);
            (0..10_000).map(|_| (sensor.pixel(0.25, None) & 0xff) as f32 / 255.0).collect()
        };
        let values = throw();
        assert_eq!(values, throw());
        let mean = values.iter().sum::<f32>() / 1e4;
        let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 1e4).sqrt();
        assert!((mean - 0.5).abs() < 0.005 && (deviation - 0.1).abs() < 0.005, "{mean} {deviation}");
    }
}
