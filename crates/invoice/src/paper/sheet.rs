//! A page to write on, in whole points from its upper left corner. The only place that knows the PDF library.

use std::path::PathBuf;
use std::sync::Arc;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Transform};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::{LEADING, TEXT, Typeface};

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The font's file cannot be read.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It is no OpenType font.
    #[error("it is no OpenType font")]
    NotAFont,
    /// The font lacks a letter that every invoice needs.
    #[error("it has no “{0}”")]
    Missing(char),
    /// The lines add up to no amount.
    #[error("the lines add up to no amount")]
    Amount,
    /// The library refused.
    #[error("the page could not be written: {0}")]
    Page(String),
}

/// Where a text's point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Left,
    Middle,
    Right,
}

/// What is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The form itself, in the brown of invoices.
    Form,
    /// What is filled in.
    Text,
    /// What warns.
    Warning,
    /// What lies below everything.
    Faint,
}

impl Ink {
    fn color(self) -> rgb::Color {
        match self {
            Self::Form => rgb::Color::new(128, 58, 32),
            Self::Text => rgb::Color::new(0, 0, 0),
            Self::Warning => rgb::Color::new(192, 0, 0),
            Self::Faint => rgb::Color::new(245, 214, 214),
        }
    }
}

/// A page that is being written.
pub(super) struct Sheet<'a, 'b> {
    surface: &'a mut Surface<'b>,
    font: Font,
    widths: FontRef<'a>,
    per_em: u16,
}

/// A document of one page, which `draw` fills.
pub(super) fn page(
    typeface: &Typeface,
    size: (i16, i16),
    title: &str,
    draw: impl FnOnce(&mut Sheet<'_, '_>),
) -> Result<Vec<u8>, PaperError> {
    let (data, index) = typeface.load()?;
    let data = Arc::new(data);
    let font = Font::new(Arc::clone(&data).into(), index).ok_or(PaperError::NotAFont)?;
    let widths = FontRef::from_index(&data, index).map_err(|_| PaperError::NotAFont)?;
    let per_em = widths.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
    let settings = PageSettings::from_wh(size.0.into(), size.1.into())
        .ok_or_else(|| PaperError::Page("a page without a size".to_owned()))?;
    let mut document = Document::new();
    // Neither whose it is nor when it was drawn: the page itself says so.
    document.set_metadata(Metadata::new().title(title.to_owned()).language("zh-CN".to_owned()));
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    draw(&mut Sheet { surface: &mut surface, font, widths, per_em });
    surface.finish();
    page.finish();
    document.finish().map_err(|error| PaperError::Page(format!("{error:?}")))
}

impl Sheet<'_, '_> {
    /// Takes an ink for what is written from here on.
    pub(super) fn ink(&mut self, ink: Ink) {
        let paint = ink.color();
        self.surface.set_fill(Some(Fill { paint: paint.into(), ..Fill::default() }));
    }

    /// Writes a line of text; `at` is its base line at the edge.
    pub(super) fn text(&mut self, at: (i16, i16), edge: Edge, size: i16, text: &str) {
        let start = Point::from_xy(self.start(at.0, edge, size, text), at.1.into());
        self.write(start, size, text);
    }

    /// Writes text into a width, in at most so many lines; a text that is longer is set smaller until it fits.
    pub(super) fn block(&mut self, at: (i16, i16), width: i16, lines: usize, text: &str) {
        let fits = |size: &i16| self.broken(text, *size, width).len() <= lines;
        let size = (5..=TEXT).rev().find(fits).unwrap_or(5);
        let mut y = at.1;
        for line in self.broken(text, size, width) {
            self.text((at.0, y), Edge::Left, size, &line);
            y += LEADING;
        }
    }

    /// Writes text from the lower left to the upper right, for what lies below everything.
    pub(super) fn slanted(&mut self, at: (i16, i16), size: i16, text: &str) {
        self.ink(Ink::Faint);
        self.surface.push_transform(&Transform::from_rotate_at(-20.0, at.0.into(), at.1.into()));
        self.text(at, Edge::Left, size, text);
        self.surface.pop();
    }

    /// A thin line.
    pub(super) fn line(&mut self, from: (i16, i16), to: (i16, i16)) {
        self.path(&[from, to], false);
    }

    /// A thin frame.
    pub(super) fn frame(&mut self, from: (i16, i16), to: (i16, i16)) {
        self.path(&[from, (to.0, from.1), to, (from.0, to.1)], true);
    }

    fn path(&mut self, points: &[(i16, i16)], closed: bool) {
        let mut path = PathBuilder::new();
        for (at, (x, y)) in points.iter().enumerate() {
            if at == 0 {
                path.move_to((*x).into(), (*y).into())
            } else {
                path.line_to((*x).into(), (*y).into())
            }
        }
        if closed {
            path.close();
        }
        let Some(path) = path.finish() else { return };
        let fill = self.surface.get_fill().cloned();
        let mut stroke = Stroke { width: 0.7, ..Stroke::default() };
        if let Some(fill) = &fill {
            stroke.paint = fill.paint.clone();
        }
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke));
        self.surface.draw_path(&path);
        self.surface.set_stroke(None);
        self.surface.set_fill(fill);
    }

    fn write(&mut self, start: Point, size: i16, text: &str) {
        self.surface.draw_text(
            start,
            self.font.clone(),
            size.into(),
            text,
            false,
            TextDirection::LeftToRight,
        );
    }

    /// Breaks a text into lines: at line ends, and wherever the width is full; Chinese needs no more.
    fn broken(&self, text: &str, size: i16, width: i16) -> Vec<String> {
        let mut lines = Vec::new();
        for part in text.lines() {
            let mut line = String::new();
            for letter in part.chars() {
                line.push(letter);
                if self.units(&line) * i64::from(size) > i64::from(width) * i64::from(self.per_em) {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
            lines.push(line);
        }
        lines
    }

    /// How wide a text is, in the font's own units.
    fn units(&self, text: &str) -> i64 {
        let (letters, widths) =
            (self.widths.charmap(), self.widths.glyph_metrics(Size::unscaled(), LocationRef::default()));
        // In the font's units widths are whole numbers.
        let wide = |letter: char| letters.map(letter).and_then(|glyph| widths.advance_width(glyph));
        text.chars().map(|letter| wide(letter).map_or(i64::from(self.per_em), |units| units as i64)).sum()
    }

    #[allow(clippy::float_arithmetic, reason = "a place on paper")]
    fn start(&self, x: i16, edge: Edge, size: i16, text: &str) -> f32 {
        let width = self.units(text) as f32 * f32::from(size) / f32::from(self.per_em);
        match edge {
            Edge::Left => f32::from(x),
            Edge::Middle => f32::from(x) - width / 2.0,
            Edge::Right => f32::from(x) - width,
        }
    }
}
