//! QR codes as phones read them best: the highest error correction that costs no larger symbol (H, else Q), a quiet
//! zone of four modules, one pixel a module. The interface enlarges it by a whole number.

use qrcode::{Color, EcLevel, QrCode};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// The quiet zone on each side, in modules (ISO/IEC 18004).
pub const QUIET: usize = 4;

/// A code ready to be enlarged.
#[derive(Clone, Debug)]
pub struct Code {
    /// One pixel a module, black on white, quiet zone included.
    pub image: Image,
    /// Modules a side, quiet zone included.
    pub modules: i32,
}

/// The code for a text; `None` when the text is empty or too long for any symbol (about 1,660 bytes).
#[must_use]
pub fn encode(text: &str) -> Option<Code> {
    if text.is_empty() {
        return None;
    }
    let quartile = QrCode::with_error_correction_level(text, EcLevel::Q).ok()?;
    let symbol = match QrCode::with_error_correction_level(text, EcLevel::H) {
        Ok(high) if high.version() == quartile.version() => high,
        Ok(_) | Err(_) => quartile,
    };
    let inner = symbol.width();
    let side = inner + 2 * QUIET;
    let modules = i32::try_from(side).ok()?;
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(modules.unsigned_abs(), modules.unsigned_abs());
    let white = Rgb8Pixel { r: 255, g: 255, b: 255 };
    let black = Rgb8Pixel { r: 0, g: 0, b: 0 };
    buffer.make_mut_slice().fill(white);
    for (at, colour) in symbol.into_colors().into_iter().enumerate() {
        let (x, y) = (at % inner + QUIET, at / inner + QUIET);
        if colour == Color::Dark
            && let Some(pixel) = buffer.make_mut_slice().get_mut(y * side + x)
        {
            *pixel = black;
        }
    }
    Some(Code { image: Image::from_rgb8(buffer), modules })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_white_quiet_zone() {
        let code = encode("http://127.0.0.1:8787/pay/0191f7c2").expect("fits");
        let pixels = code.image.to_rgb8().expect("an image");
        let side = pixels.width() as usize;
        assert_eq!(side, code.modules as usize);
        for (at, pixel) in pixels.as_slice().iter().enumerate() {
            let (x, y) = (at % side, at / side);
            let edge = |v: usize| v < QUIET || v >= side - QUIET;
            if edge(x) || edge(y) {
                assert_eq!((pixel.r, pixel.g, pixel.b), (255, 255, 255));
            }
        }
    }

    #[test]
    fn refuses_what_no_symbol_holds() {
        assert!(encode("").is_none());
        assert!(encode(&"x".repeat(3_000)).is_none());
    }

    #[test]
    fn takes_the_higher_level_where_it_is_free() {
        // 7 bytes fit version 1 at both Q and H: 21 modules and two quiet zones.
        assert_eq!(encode("1234567").expect("fits").modules, 29);
    }
}
