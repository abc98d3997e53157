//! A picture in memory and what a pair of eyes does with it: look at a part, compare, find one picture in another.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use crate::{Result, Trouble};

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: usize,
    /// To the right.
    pub width: usize,
    /// Downwards.
    pub height: usize,
}

impl Area {
    /// The point in the middle, where a finger goes.
    #[must_use]
    pub const fn middle(&self) -> (usize, usize) {
        (self.x + self.width / 2, self.y + self.height / 2)
    }

    /// Smaller by so many pixels on every side.
    #[must_use]
    pub const fn inset(&self, by: usize) -> Self {
        let (width, height) = (self.width.saturating_sub(2 * by), self.height.saturating_sub(2 * by));
        Self { x: self.x + by, y: self.y + by, width, height }
    }

    /// Larger by so many pixels on every side, as far as there is room to the left and above.
    #[must_use]
    pub fn outset(&self, by: usize) -> Self {
        let (left, up) = (self.x.min(by), self.y.min(by));
        Self {
            x: self.x - left,
            y: self.y - up,
            width: self.width + left + by,
            height: self.height + up + by,
        }
    }
}

/// Pixels in rows, `0x00RRGGBB` each.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u32>,
}

/// Two colours are taken as one when no part of them differs by more: rounding, never another design.
const SAME_COLOUR: i32 = 24;

impl Picture {
    /// A picture from its rows. Missing pixels are black, further ones are left out.
    #[must_use]
    pub fn new(width: usize, height: usize, mut pixels: Vec<u32>) -> Self {
        pixels.resize(width * height, 0);
        Self { width, height, pixels }
    }

    /// Pixels from left to right.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub const fn height(&self) -> usize {
        self.height
    }

    /// The pixel at a place inside.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> u32 {
        self.pixels[y * self.width + x]
    }

    /// How light the pixel at a place inside is, 0 to 255.
    #[must_use]
    pub fn grey(&self, x: usize, y: usize) -> u8 {
        let [_, red, green, blue] = self.at(x, y).to_be_bytes().map(u32::from);
        u8::try_from((299 * red + 587 * green + 114 * blue) / 1000).unwrap_or(u8::MAX)
    }

    /// A part; what lies outside is left out.
    #[must_use]
    pub fn part(&self, area: Area) -> Self {
        let right = (area.x + area.width).min(self.width);
        let bottom = (area.y + area.height).min(self.height);
        let left = area.x.min(right);
        let rows =
            (area.y.min(bottom)..bottom).map(|y| &self.pixels[y * self.width + left..y * self.width + right]);
        let pixels: Vec<u32> = rows.flatten().copied().collect();
        Self { width: right - left, height: bottom - area.y.min(bottom), pixels }
    }

    /// What is below a page's header, whose clock goes on.
    #[must_use]
    pub fn below_header(&self) -> Self {
        let y = self.height / 10;
        self.part(Area { x: 0, y, width: self.width, height: self.height - y })
    }

    /// The part that is not plain background (the colour of the corner), or `None` when all is plain.
    #[must_use]
    pub fn ink(&self) -> Option<Area> {
        let ground = *self.pixels.first()?;
        let marked = |x: &usize, y: &usize| !same(self.at(*x, *y), ground);
        let column = |x: &usize| (0..self.height).any(|y| marked(x, &y));
        let row = |y: &usize| (0..self.width).any(|x| marked(&x, y));
        let (left, right) = ((0..self.width).find(column)?, (0..self.width).rfind(column)?);
        let (top, bottom) = ((0..self.height).find(row)?, (0..self.height).rfind(row)?);
        Some(Area { x: left, y: top, width: right - left + 1, height: bottom - top + 1 })
    }

    /// The same in 16 shades a channel: a smaller file, and still the same to these eyes.
    #[must_use]
    pub fn coarse(&self) -> Self {
        let pixels = self.pixels.iter().map(|pixel| pixel & 0x00f0_f0f0 | 0x0008_0808).collect();
        Self { pixels, ..*self }
    }

    /// Pictures one below the other, on white.
    #[must_use]
    pub fn stack(pictures: &[Self]) -> Self {
        let width = pictures.iter().map(|picture| picture.width).max().unwrap_or_default();
        let mut pixels = Vec::new();
        for picture in pictures {
            for row in picture.pixels.chunks_exact(picture.width.max(1)) {
                pixels.extend_from_slice(row);
                pixels.resize(pixels.len() + width - row.len(), 0x00ff_ffff);
            }
        }
        Self { width, height: pixels.len() / width.max(1), pixels }
    }

    /// Whether `other` is what this picture shows at a place. A few odd pixels of an edge do not matter; another
    /// word does, because only pixels that carry ink in one of the two count.
    #[must_use]
    pub fn shows(&self, other: &Self, at_x: usize, at_y: usize) -> bool {
        if at_x + other.width > self.width || at_y + other.height > self.height || other.pixels.is_empty() {
            return false;
        }
        let ground = other.pixels[0];
        let (mut ink, mut odd) = (0_usize, 0_usize);
        for y in 0..other.height {
            let here = &self.pixels[(at_y + y) * self.width + at_x..][..other.width];
            let there = &other.pixels[y * other.width..][..other.width];
            for (&a, &b) in here.iter().zip(there) {
                let differs = !same(a, b);
                odd += usize::from(differs);
                ink += usize::from(differs || !same(b, ground));
            }
            // Plainly something else: most places of a screen are left after a few rows.
            if odd > 200 && odd * 2 > ink {
                return false;
            }
        }
        odd * 12 <= ink
    }

    /// Where `other` is, looked for first at a place, then in the same columns from top to bottom.
    #[must_use]
    pub fn find_in_column(&self, other: &Self, x: usize, y: usize) -> Option<usize> {
        if self.shows(other, x, y) {
            return Some(y);
        }
        (0..=self.height.checked_sub(other.height)?).find(|&y| self.shows(other, x, y))
    }

    /// Reads a PNG file.
    pub fn open(path: &Path) -> Result<Self> {
        let wrong = |why: &dyn ToString| Trouble::file(path, why.to_string());
        let file = File::open(path).map_err(|e| wrong(&e))?;
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|e| wrong(&e))?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or_else(|| wrong(&"too large"))?];
        let info = reader.next_frame(&mut bytes).map_err(|e| wrong(&e))?;
        let samples = info.color_type.samples();
        let rgb = |p: &[u8]| match *p {
            [r, g, b, ..] => u32::from_be_bytes([0, r, g, b]),
            [grey, ..] => u32::from_be_bytes([0, grey, grey, grey]),
            [] => 0,
        };
        let pixels = bytes[..info.buffer_size()].chunks_exact(samples).map(rgb).collect();
        Ok(Self::new(info.width as usize, info.height as usize, pixels))
    }

    /// Its colours with a number each, as long as a byte has one for all.
    fn palette(&self) -> Option<BTreeMap<u32, u8>> {
        let mut palette = BTreeMap::new();
        let mut before = None;
        for &pixel in &self.pixels {
            // Most pixels are as the one before.
            if before != Some(pixel) {
                palette.insert(pixel, 0);
                before = Some(pixel);
            }
            if palette.len() > 256 {
                return None;
            }
        }
        palette.values_mut().zip(0..=u8::MAX).for_each(|(number, next)| *number = next);
        Some(palette)
    }

    /// Writes a PNG file, and the folder that it lies in.
    pub fn save(&self, path: &Path) -> Result<()> {
        let wrong = |why: &dyn ToString| Trouble::file(path, why.to_string());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| wrong(&e))?;
        }
        let file = File::create(path).map_err(|e| wrong(&e))?;
        let side = |pixels: usize| u32::try_from(pixels).map_err(|e| wrong(&e));
        let mut encoder = png::Encoder::new(BufWriter::new(file), side(self.width)?, side(self.height)?);
        encoder.set_compression(png::Compression::Balanced);
        let rgb = |pixel: u32| pixel.to_be_bytes().into_iter().skip(1);
        let bytes: Vec<u8> = if let Some(palette) = self.palette() {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.keys().copied().flat_map(rgb).collect::<Vec<u8>>());
            encoder.set_filter(png::Filter::NoFilter);
            self.pixels.iter().map(|pixel| palette[pixel]).collect()
        } else {
            encoder.set_color(png::ColorType::Rgb);
            self.pixels.iter().copied().flat_map(rgb).collect()
        };
        let mut writer = encoder.write_header().map_err(|e| wrong(&e))?;
        writer.write_image_data(&bytes).map_err(|e| wrong(&e))?;
        writer.finish().map_err(|e| wrong(&e))
    }
}

fn same(a: u32, b: u32) -> bool {
    a == b
        || a.to_be_bytes()
            .iter()
            .zip(b.to_be_bytes())
            .all(|(&a, b)| (i32::from(a) - i32::from(b)).abs() <= SAME_COLOUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `#` is ink.
    fn draw(rows: &[&str]) -> Picture {
        let pixels =
            rows.iter().flat_map(|r| r.chars()).map(|c| if c == '#' { 0x0011_2233 } else { 0x00ff_ffff });
        Picture::new(rows[0].len(), rows.len(), pixels.collect())
    }

    #[test]
    fn finds_a_word_that_moved_down_and_no_other() {
        let word = draw(&["#.#", "###", "#.#"]);
        let page = draw(&["......", "......", ".#.#..", ".###..", ".#.#..", "......"]);
        assert!(page.shows(&word, 1, 2) && !page.shows(&word, 1, 1) && !page.shows(&word, 0, 2));
        assert_eq!(page.find_in_column(&word, 1, 0), Some(2));
        assert_eq!(page.find_in_column(&word, 2, 0), None);
        assert_eq!(page.find_in_column(&draw(&["##.", "#.#", "##."]), 1, 2), None);
    }

    #[test]
    fn outside_is_nowhere() {
        let dot = draw(&["##", "##"]);
        assert!(!dot.shows(&dot, 1, 0) && dot.shows(&dot, 0, 0));
        assert_eq!(draw(&["#"]).find_in_column(&dot, 0, 0), None);
        assert_eq!(dot.part(Area { x: 1, y: 5, width: 9, height: 9 }).height(), 0);
    }

    #[test]
    fn the_ink_of_a_plain_picture_is_nothing() {
        assert_eq!(draw(&["...", "..."]).ink(), None);
        let ink = draw(&["....", "..#.", ".#.."]).ink();
        assert_eq!(ink, Some(Area { x: 1, y: 1, width: 2, height: 2 }));
    }

    #[test]
    fn a_file_keeps_every_pixel() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("new/one.png");
        let few = Picture::new(2, 2, vec![0x00ff_8001, 0, 0x0001_0203, 0x00ff_ffff]);
        let many = Picture::new(20, 20, (0..400).map(|at| at * 0x0000_5103).collect());
        for picture in [few, many] {
            picture.save(&path).expect("written");
            assert!(Picture::open(&path).expect("read") == picture);
        }
    }
}
