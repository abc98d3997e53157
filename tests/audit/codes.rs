//! The code for the phone: at its least size, black on white, and read from a photo of the screen.

use powerhall_visitor::camera::{self, Photo};

use crate::checks::{Answers, Check, Conditions, pixels};
use crate::kit;
use crate::seen::{Area, Pixels, Seen};

/// Millimetres a side without the quiet zone.
const LEAST_MM: f32 = 60.0;

/// Pixels of the photo for a millimetre of the screen, from 0.4 m away: a camera that sees 1,080 pixels across 50°.
const PHOTO_PX_PER_MM: f32 = 2.9;

pub fn ask(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let Some(wanted) = &conditions.code else { return };
    let nowhere = Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    let [code] = seen.codes.as_slice() else {
        answers.ask(Check::Code, false, nowhere, || format!("{} codes on the screen", seen.codes.len()));
        return;
    };
    let Some(Pixels { picture, .. }) = &seen.pixels else { return };
    let width = picture.width() as usize;
    let shown = picture.as_slice();
    let plain = pixels(code, conditions).all(|(x, y)| {
        let pixel = shown[y * width + x];
        matches!((pixel.r, pixel.g, pixel.b), (0, 0, 0) | (255, 255, 255))
    });
    answers.ask(Check::Code, plain, *code, || "the code is not black on white".into());

    let screen = kit::seen_by_visitor(picture);
    let found = camera::find(&screen);
    let says = found.as_ref().map(|code| &code.text);
    answers.ask(Check::Code, says == Some(wanted), *code, || format!("the code says {says:?}"));
    let Some(found) = found else { return };
    let side = found.area.width as f32 / conditions.pixels_per_mm;
    answers.ask(Check::Code, side >= LEAST_MM, *code, || format!("the code is {side:.1} mm wide"));

    let near = found.module_px() / conditions.pixels_per_mm * PHOTO_PX_PER_MM;
    let photo = Photo { module_px: near.min(Photo::EVERYDAY.module_px), ..Photo::EVERYDAY };
    let read = camera::read(&camera::photograph(&screen, &found, &photo)).expect("the decoders work");
    answers.ask(Check::Photo, read.as_ref() == Some(&found.text), *code, || {
        format!("a photo of it says {read:?}")
    });
}
