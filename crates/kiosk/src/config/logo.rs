//! The utility's logo: a PNG that is read once at start and laid on white. It stands on a white plate in every contrast,
//! so one rule holds for all of them: most of what differs from white must be seen on white.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::look::{Colour, WHITE};

/// The least and the most pixels a side.
const SIDES: (u32, u32) = (32, 1_024);
/// A longer one finds no room beside a hall's name.
const LONGEST: u32 = 5;
/// What the largest logo takes while it is read.
const MEMORY: usize = 16 << 20;
/// The least contrast of graphics on their ground (WCAG 2.2, 1.4.11), in hundredths …
const LEAST_CONTRAST: u32 = 300;
/// … which so much of the logo has, in percent: the rest may be pale, as the edges of letters are.
const LEAST_SHARE: u64 = 50;
/// Less contrast than this is paper, in hundredths.
const PAPER: u32 = 110;

/// A picture on white.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    /// In pixels.
    width: u32,
    /// In pixels.
    height: u32,
    /// Row by row from the top: red, green, blue.
    pixels: Vec<[u8; 3]>,
}

/// Why a file cannot be the logo.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// There is no file that can be read.
    #[error("a PNG file that can be read ({0})")]
    Read(#[from] std::io::Error),
    /// It is no PNG, or a damaged one.
    #[error("a whole PNG file ({0})")]
    Png(#[from] png::DecodingError),
    /// Too large, too small or too long.
    #[error(
        "{} to {} pixels a side, at most {LONGEST} times as long as the other; it has {width} × {height}",
        SIDES.0, SIDES.1
    )]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// On white it could not be seen.
    #[error(
        "a darker logo: {LEAST_SHARE} percent of what is not white with at least 3 : 1 against white; {share} percent have it"
    )]
    Faint {
        /// In percent.
        share: u64,
    },
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} × {})", self.width, self.height)
    }
}

impl Logo {
    /// Reads and checks a PNG file of any depth; what is transparent in it becomes white.
    ///
    /// # Errors
    /// Says why the file cannot be the logo.
    pub fn read(path: &Path) -> Result<Self, LogoError> {
        let limits = png::Limits { bytes: MEMORY };
        let mut decoder = png::Decoder::new_with_limits(BufReader::new(File::open(path)?), limits);
        decoder
            .set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let (width, height) = decoder.read_header_info()?.size();
        let sides = [width, height].map(|side| (SIDES.0..=SIDES.1).contains(&side));
        if sides != [true, true] || width.max(height) > LONGEST * width.min(height) {
            return Err(LogoError::Size { width, height });
        }
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or(png::DecodingError::LimitsExceeded)?];
        let about = reader.next_frame(&mut bytes)?;
        bytes.truncate(about.buffer_size());
        let logo = Self { width, height, pixels: on_white(&bytes, about.color_type.samples()) };
        match logo.legible_share() {
            share if share < LEAST_SHARE => Err(LogoError::Faint { share }),
            _ => Ok(logo),
        }
    }

    /// In pixels, 32 to 1,024.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// In pixels, 32 to 1,024.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Row by row from the top: red, green, blue.
    #[must_use]
    pub fn pixels(&self) -> &[[u8; 3]] {
        &self.pixels
    }

    /// How much of what is not white can be seen on white, in percent; 0 where all is white.
    fn legible_share(&self) -> u64 {
        let mut counts = HashMap::<[u8; 3], u64>::new();
        for pixel in &self.pixels {
            *counts.entry(*pixel).or_default() += 1;
        }
        let (mut marks, mut legible) = (0, 0);
        for ([red, green, blue], count) in counts {
            let contrast = Colour { red, green, blue }.contrast(WHITE);
            marks += if contrast >= PAPER { count } else { 0 };
            legible += if contrast >= LEAST_CONTRAST { count } else { 0 };
        }
        (legible * 100).checked_div(marks).unwrap_or(0)
    }
}

/// Lays pixels of 1 to 4 samples (grey, grey and alpha, colour, colour and alpha) on white.
fn on_white(bytes: &[u8], samples: usize) -> Vec<[u8; 3]> {
    let laid = |sample: u8, alpha: u8| {
        let sum = u32::from(sample) * u32::from(alpha) + 255 * u32::from(255 - alpha);
        u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
    };
    let pixel = |pixel: &[u8]| match *pixel {
        [grey, alpha] => [laid(grey, alpha); 3],
        [red, green, blue] => [red, green, blue],
        [red, green, blue, alpha] => [red, green, blue].map(|sample| laid(sample, alpha)),
        _ => [pixel.first().copied().unwrap_or(u8::MAX); 3],
    };
    bytes.chunks_exact(samples.max(1)).map(pixel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_is_white() {
        assert_eq!(on_white(&[0, 0, 0, 0, 10, 20, 30, 255], 4), [[255; 3], [10, 20, 30]]);
        assert_eq!(on_white(&[0, 128, 0, 255], 2), [[127; 3], [0; 3]]);
        assert_eq!(on_white(&[1, 2, 3], 3), [[1, 2, 3]]);
        assert_eq!(on_white(&[7, 255], 1), [[7; 3], [255; 3]]);
    }

    #[test]
    fn half_of_the_marks_must_be_seen() {
        let (dark, pale, white) = ([0, 0x59, 0x4F], [255, 0xD4, 0], [255; 3]);
        let share =
            |pixels: &[[u8; 3]]| Logo { width: 1, height: 1, pixels: pixels.to_vec() }.legible_share();
        assert_eq!(share(&[white, white]), 0, "nothing to see");
        assert_eq!(share(&[pale, white]), 0);
        assert_eq!(share(&[dark, white, white]), 100, "white is paper");
        assert_eq!(share(&[dark, pale]), 50);
    }
}
