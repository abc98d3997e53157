//! Every widget in every state. `cargo run --example gallery [large] [dark|light]`; the keys L and C change the text
//! size and the contrast while it runs.

use slint::{ComponentHandle, Image, Rgba8Pixel, SharedPixelBuffer};

/// What Slint makes of `ui/gallery.slint`.
#[allow(missing_docs, clippy::all, clippy::unwrap_used, clippy::float_arithmetic)]
mod sheet {
    slint::slint! { export { Gallery, Theme, Contrast, Api, Clock, Day, Audit, Codes } from "../ui/gallery.slint"; }
}

use sheet::{Api, Clock, Codes, Day, Theme};
#[allow(unused_imports, reason = "tests/ui walk the focus over the same sheet")]
pub use sheet::{Audit, Contrast, Gallery};

/// So that the sheet fits a desktop.
const PIXELS_PER_MM: f32 = 2.0;
/// The reference panel, 270 by 480 mm, in pixels.
const PANEL: [f32; 2] = [540.0, 960.0];

/// The sheet, with what only Rust can give it.
///
/// # Errors
/// What Slint says when there is no window to be had.
pub fn gallery(large: bool, contrast: Contrast) -> Result<Gallery, slint::PlatformError> {
    let gallery = Gallery::new()?;
    let theme = gallery.global::<Theme>();
    let [width, height] = PANEL;
    theme.set_pixels_per_mm(PIXELS_PER_MM);
    theme.set_window_width(width);
    theme.set_window_height(height);
    theme.set_large(large);
    theme.set_contrast(contrast);
    gallery.global::<Codes>().on_enlarged(|code, times| powerhall::qr::enlarged(&code, times));
    if let Some(code) = powerhall::qr::encode("https://qr.example.com/3F7K9Q2M") {
        gallery.set_code(code.image);
        gallery.set_modules(code.modules);
    }
    let api = gallery.global::<Api>();
    api.set_step(2);
    api.set_hall_name("Business hall".into());
    api.set_clock(Clock { date: Day { year: 2026, month: 11, day: 23 }, time: "10:42".into() });
    api.set_logo_shape(2.0);
    api.set_logo_height(1_000);
    api.on_logo(|width, height| logo(width.unsigned_abs(), height.unsigned_abs()));
    Ok(gallery)
}

/// Stripes, for a logo that nobody owns.
fn logo(width: u32, height: u32) -> Image {
    let mut buffer = SharedPixelBuffer::<Rgba8Pixel>::new(width, height);
    let stripe = height.div_ceil(5).max(1);
    for (at, pixel) in (0_u32..).zip(buffer.make_mut_slice()) {
        let dark = (at / width / stripe).is_multiple_of(2);
        *pixel = if dark { Rgba8Pixel { r: 0xB0, g: 0x1E, b: 0x1E, a: 0xFF } } else { Rgba8Pixel::default() };
    }
    Image::from_rgba8(buffer)
}

#[allow(dead_code, reason = "tests/ui takes pictures of the same sheet")]
fn main() -> Result<(), slint::PlatformError> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asks = |word: &str| asked.iter().any(|argument| argument == word);
    let contrast = if asks("dark") {
        Contrast::Dark
    } else if asks("light") {
        Contrast::Light
    } else {
        Contrast::Standard
    };
    gallery(asks("large"), contrast)?.run()
}
