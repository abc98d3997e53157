//! QR codes as phones read them best: the highest error correction that costs no larger symbol (H, else Q), a quiet
//! zone of four modules, one pixel a module, enlarged by a whole number when it is shown. A long text gives up correction
//! before its modules get too small to be told apart: on a screen nothing is scratched or covered.

use qrcode::bits::Bits;
use qrcode::types::QrResult;
use qrcode::{Color, EcLevel, QrCode, Version};
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use crate::ui::{AppWindow, Codes};

/// The quiet zone on each side, in modules (ISO/IEC 18004).
pub const QUIET: usize = 4;

/// Modules a side from which a code is large (version 14): a phone at arm's length sees a module of such a one on a small
/// panel as three of its own pixels.
const MANY: usize = 73;

/// A code ready to be enlarged.
#[derive(Clone, Debug)]
pub struct Code {
    /// One pixel a module, black on white, quiet zone included.
    pub image: Image,
    /// Modules a side, quiet zone included.
    pub modules: i32,
}

/// The code for a text; `None` when the text is empty or too long for any symbol (about 2,320 bytes).
#[must_use]
pub fn encode(text: &str) -> Option<Code> {
    if text.is_empty() {
        return None;
    }
    let quartile = symbol(text, EcLevel::Q).ok();
    let symbol = match (quartile, symbol(text, EcLevel::H)) {
        (Some(quartile), Ok(high)) if high.version() == quartile.version() => high,
        (Some(quartile), _) if quartile.width() <= MANY => quartile,
        (Some(_) | None, _) => symbol(text, EcLevel::M).ok()?,
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

/// Lets the interface enlarge a code. Once, before the first page.
pub fn bind(app: &AppWindow) {
    app.global::<Codes>().on_enlarged(|code, times| enlarged(&code, times));
}

/// The code with each of its pixels as a square of `times` a side; 1 to 64, what is beyond is taken as the nearest.
#[must_use]
pub fn enlarged(code: &Image, times: i32) -> Image {
    let Some(from) = code.to_rgb8() else { return Image::default() };
    let times = usize::try_from(times.clamp(1, 64)).unwrap_or(1);
    let (wide, high) = (from.width() as usize * times, from.height() as usize * times);
    let (Ok(width), Ok(height)) = (u32::try_from(wide), u32::try_from(high)) else { return Image::default() };
    let mut buffer = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    let rows = from.as_slice().chunks_exact((from.width() as usize).max(1));
    let lines = rows.flat_map(|row| std::iter::repeat_n(row, times));
    for (line, row) in buffer.make_mut_slice().chunks_exact_mut(wide.max(1)).zip(lines) {
        for (square, pixel) in line.chunks_exact_mut(times).zip(row) {
            square.fill(*pixel);
        }
    }
    Image::from_rgb8(buffer)
}

/// The assignment number of UTF-8 among the extended channel interpretations (AIM ECI 000026).
const ECI_UTF8: u32 = 26;

/// A code for a wallet is ASCII and is segmented for the smallest symbol. Any other text says that it is UTF-8 and stays
/// in one piece: readers guess otherwise, and some of its bytes would pass for Shift JIS.
fn symbol(text: &str, level: EcLevel) -> QrResult<QrCode> {
    if text.is_ascii() {
        return QrCode::with_error_correction_level(text, level);
    }
    let mut last = Err(qrcode::types::QrError::DataTooLong);
    for version in 1..=40 {
        last = utf8(text, Version::Normal(version), level).and_then(|bits| QrCode::with_bits(bits, level));
        if last.is_ok() {
            break;
        }
    }
    last
}

fn utf8(text: &str, version: Version, level: EcLevel) -> QrResult<Bits> {
    let mut bits = Bits::new(version);
    bits.push_eci_designator(ECI_UTF8)?;
    bits.push_byte_data(text.as_bytes())?;
    bits.push_terminator(level)?;
    Ok(bits)
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
    fn each_module_is_enlarged_by_whole_pixels() {
        let code = encode("http://127.0.0.1:8787/pay/0191f7c2").expect("fits");
        let small = code.image.to_rgb8().expect("an image");
        let large = enlarged(&code.image, 20).to_rgb8().expect("an image");
        assert_eq!((large.width(), large.height()), (small.width() * 20, small.height() * 20));
        let (wide, side) = (large.width() as usize, small.width() as usize);
        for (at, pixel) in large.as_slice().iter().enumerate() {
            assert_eq!(*pixel, small.as_slice()[at / wide / 20 * side + at % wide / 20], "pixel {at}");
        }
        assert_eq!(enlarged(&Image::default(), 20).size(), Image::default().size());
    }

    #[test]
    fn chinese_reads_back_as_it_was_written() {
        let text =
            "城南供电营业厅\n收据 20261123-Y6572K323N\n户号 510 **** *** 019\n已付 ¥453.59\n生僻字：𬱖㛃䶮";
        let code = encode(text).expect("fits");
        let pixels = code.image.to_rgb8().expect("an image");
        let side = pixels.width() as usize;
        let dark = |x: usize, y: usize| pixels.as_slice()[y / 3 * side + x / 3].r == 0;
        let mut photo =
            rqrr::PreparedImage::prepare_from_greyscale(
                side * 3,
                side * 3,
                |x, y| {
                    if dark(x, y) { 0 } else { 255 }
                },
            );
        let grids = photo.detect_grids();
        let (about, read) = grids.first().expect("found").decode().expect("reads");
        assert_eq!(read, text);
        // The format bits of H are 2, of Q 3.
        assert!(matches!(about.ecc_level, 2 | 3), "level {}", about.ecc_level);
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
