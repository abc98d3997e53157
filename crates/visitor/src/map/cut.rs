//! What is cut out of a scene's picture for each control.

use super::{Control, Cut};
use crate::{Area, Picture};

/// A control as a headless test finds it.
pub struct Found {
    /// `button`, `checkbox`, `tab`.
    pub role: String,
    /// Its accessible label in English.
    pub label: String,
    /// Where it is.
    pub area: Area,
}

/// From a control's edge to its words: beyond the border and its round corners.
const EDGE: usize = 14;
/// Left around what is cut out, so that its ground is seen.
const RIM: usize = 3;
/// The boxes before a list's rows are this close to the left edge …
const BOX: usize = 120;
/// … and the arrows after them to the right, behind what a row may come to.
const ARROW: usize = 100;

/// Cuts every control out, each once.
pub(super) fn controls(picture: &Picture, found: Vec<Found>) -> Vec<Control> {
    let mut known: Vec<Area> = Vec::new();
    let mut controls = Vec::new();
    for Found { role, label, area } in found {
        if known.contains(&area) {
            continue;
        }
        known.push(area);
        let inside = area.inset(EDGE);
        let row = area.width > picture.width() * 3 / 4;
        let edge = |x: usize, margin: usize| close(picture, Area { x, width: margin - EDGE, ..inside });
        let mark = match role.as_str() {
            "checkbox" if row => edge(inside.x, BOX),
            "button" if row => edge(inside.x + inside.width + EDGE - ARROW, ARROW),
            _ => None,
        };
        // The words of a row are a customer's; a control without any is known by all of it.
        let words = mark
            .clone()
            .or_else(|| close(picture, inside))
            .unwrap_or_else(|| Cut { at: area, picture: picture.part(area) });
        controls.push(Control { role, label, words, mark });
    }
    controls
}

/// The ink in an area, with a rim.
fn close(picture: &Picture, area: Area) -> Option<Cut> {
    let ink = picture.part(area).ink()?;
    let at = Area { x: area.x + ink.x, y: area.y + ink.y, ..ink }.outset(RIM);
    Some(Cut { at, picture: picture.part(at) })
}
