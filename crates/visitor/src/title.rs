//! Where a page says what it is: the first line of words below the header, but for those of the step mark.

use crate::{Area, Picture};

/// Pixels that a line of words is high at the least, on the reference panel of 1080 × 1920.
const WORDS: usize = 24;
/// The header may end in a line of its own colour, at most so many pixels high.
const LINE: usize = 4;

/// The title's line, cut out close to its letters.
#[must_use]
pub fn title(screen: &Picture) -> Option<Picture> {
    let bar = screen.at(0, 0);
    let below = (0..screen.height()).find(|&y| screen.at(0, y) != bar)? + LINE;
    if below >= screen.height() {
        return None;
    }
    let rest = screen.part(Area { x: 0, y: below, width: screen.width(), height: screen.height() - below });
    let ground = rest.at(0, 0);
    let marked = |y: usize| (0..rest.width()).any(|x| rest.at(x, y) != ground);
    let (mut top, mut step_mark) = (0, false);
    for y in 0..rest.height() {
        if marked(y) {
            continue;
        }
        let line = rest.part(Area { x: 0, y: top, width: rest.width(), height: y - top });
        top = y + 1;
        let Some(ink) = line.ink() else { continue };
        if ink.height >= WORDS && !step_mark {
            return Some(line.part(ink));
        }
        // The step mark is bars from edge to edge, and a line of words under them.
        step_mark = !step_mark && ink.height < WORDS && ink.width * 4 > rest.width() * 3;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header, bars, words under them of a height and a width, the title, a card.
    fn with_step_mark(width: usize, height: usize) -> Picture {
        let mut pixels = vec![0x00ff_ffff; 100 * 300];
        let mut fill = |x: usize, y: usize, width: usize, height: usize, colour: u32| {
            for row in y..y + height {
                pixels[row * 100 + x..row * 100 + x + width].fill(colour);
            }
        };
        fill(0, 0, 100, 30, 0x59);
        fill(10, 40, 35, 5, 0x11);
        fill(55, 40, 35, 5, 0x11);
        fill(10, 50, width, height, 0x11);
        fill(20, 95, 25, 60, 0x12);
        fill(5, 170, 90, 100, 0x13);
        Picture::new(100, 300, pixels)
    }

    #[test]
    fn the_line_below_the_step_mark_is_the_title() {
        // Small words from edge to edge, and tall ones.
        for (width, height) in [(80, 20), (80, 37), (30, 37)] {
            let title = title(&with_step_mark(width, height)).expect("a title");
            assert_eq!((title.width(), title.height(), title.at(0, 0)), (25, 60, 0x12), "{width} × {height}");
        }
    }

    #[test]
    fn a_plain_screen_has_none() {
        assert!(title(&Picture::new(10, 10, vec![7; 100])).is_none());
    }
}
