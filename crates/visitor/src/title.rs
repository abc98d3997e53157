//! Where a page says what it is: the first tall line below the header. Small print (the step mark) is not tall.

use crate::{Area, Picture};

/// Pixels that a title's line is high at the least, on the reference panel of 1080 × 1920: more than small print has in
/// large text, less than a title of small letters where the page is low.
const TALL: usize = 36;
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
    let mut top = 0;
    for y in 0..rest.height() {
        if marked(y) {
            continue;
        }
        if y - top >= TALL {
            let line = rest.part(Area { x: 0, y: top, width: rest.width(), height: y - top });
            return line.ink().map(|ink| line.part(ink));
        }
        top = y + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_tall_line_is_the_title() {
        let mut pixels = vec![0x00ff_ffff; 100 * 300];
        let mut fill = |x: usize, y: usize, width: usize, height: usize, colour: u32| {
            for row in y..y + height {
                pixels[row * 100 + x..row * 100 + x + width].fill(colour);
            }
        };
        fill(0, 0, 100, 30, 0x59); // the header
        fill(10, 40, 30, 28, 0x11); // the step mark
        fill(20, 90, 25, 60, 0x12); // the title
        fill(5, 170, 90, 100, 0x13); // a card
        let title = title(&Picture::new(100, 300, pixels)).expect("a title");
        assert_eq!((title.width(), title.height(), title.at(0, 0)), (25, 60, 0x12));
    }

    #[test]
    fn a_plain_screen_has_none() {
        assert!(title(&Picture::new(10, 10, vec![7; 100])).is_none());
    }
}
