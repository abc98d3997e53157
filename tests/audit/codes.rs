//! The code for the phone: at its least size, black on white.

use crate::checks::{Answers, Check, Conditions, pixels};
use crate::seen::Seen;

/// Millimetres a side without the quiet zone.
const LEAST_MM: f64 = 60.0;

pub fn ask(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let Some(wanted) = &conditions.code else { return };
    let nowhere = crate::seen::Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    let [code] = seen.codes.as_slice() else {
        answers.ask(Check::Code, false, nowhere, || format!("{} codes on the screen", seen.codes.len()));
        return;
    };
    let width = seen.picture.width() as usize;
    let shown = seen.picture.as_slice();
    let plain = pixels(code, conditions).all(|(x, y)| {
        let pixel = shown[y * width + x];
        matches!((pixel.r, pixel.g, pixel.b), (0, 0, 0) | (255, 255, 255))
    });
    answers.ask(Check::Code, plain, *code, || "the code is not black on white".into());
    let (left, top) = (code.left as usize, code.top as usize);
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(code.width() as usize, code.height() as usize, |x, y| {
            // What leaves the screen is not seen.
            shown.get((top + y) * width + left + x).map_or(0, |pixel| pixel.g)
        });
    let read = image.detect_grids().into_iter().find_map(|grid| {
        let side = f64::from(grid.bounds[1].x - grid.bounds[0].x)
            .hypot(f64::from(grid.bounds[1].y - grid.bounds[0].y));
        grid.decode().ok().map(|(_, text)| (text, side / f64::from(conditions.pixels_per_mm)))
    });
    let says = read.as_ref().map(|(text, _)| text);
    answers.ask(Check::Code, says == Some(wanted), *code, || format!("the code says {says:?}"));
    // The decoder's corners lie up to a pixel inside the outermost modules.
    let side = read.as_ref().map_or(0.0, |(_, side)| *side);
    answers.ask(Check::Code, side >= LEAST_MM - 0.6, *code, || format!("the code is {side:.1} mm wide"));
}
