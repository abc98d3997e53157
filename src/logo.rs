//! The utility's logo in the size that the interface asks for: each pixel is the mean of what it covers, because the
//! software renderer takes single pixels and would leave thin lines out.

use powerhall_kiosk::config::logo::Logo;
use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};

use crate::ui::{Api, AppWindow};

/// Lets the interface show the logo. Once, before the first page.
pub fn bind(app: &AppWindow, logo: Logo) {
    let api = app.global::<Api>();
    // At most 1,024 a side: exact.
    let side = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX));
    #[expect(clippy::float_arithmetic, reason = "a shape, not money")]
    api.set_logo_shape(side(logo.width()) / side(logo.height()));
    api.set_logo_height(i32::try_from(logo.height()).unwrap_or(i32::MAX));
    api.on_logo(move |width, height| match (u32::try_from(width), u32::try_from(height)) {
        (Ok(width @ 1..), Ok(height @ 1..)) => Image::from_rgb8(scaled(&logo, width, height)),
        _ => Image::default(),
    });
}

/// The logo in `width` × `height` pixels.
fn scaled(logo: &Logo, width: u32, height: u32) -> SharedPixelBuffer<Rgb8Pixel> {
    let mut buffer = SharedPixelBuffer::new(width, height);
    let columns: Vec<_> = (0..width).map(|x| covered(x, width, logo.width())).collect();
    let rows = (0..height).map(|y| covered(y, height, logo.height()));
    let places = rows.flat_map(|row| columns.iter().map(move |column| (row.clone(), column)));
    for (pixel, (row, column)) in buffer.make_mut_slice().iter_mut().zip(places) {
        let mut sums = [0_u64; 4];
        for (y, high) in row {
            for (x, wide) in column.clone() {
                let from = logo.pixels().get((y * logo.width() + x) as usize).copied().unwrap_or([255; 3]);
                let weight = high * wide;
                for (sum, value) in sums.iter_mut().zip([from[0].into(), from[1].into(), from[2].into(), 1]) {
                    *sum += weight * value;
                }
            }
        }
        let [red, green, blue] = [sums[0], sums[1], sums[2]]
            .map(|sum| u8::try_from((sum + sums[3] / 2) / sums[3].max(1)).unwrap_or(255));
        *pixel = Rgb8Pixel { r: red, g: green, b: blue };
    }
    buffer
}

/// Which of `of` places the place `at` of `among` covers, each with its share.
fn covered(at: u32, among: u32, of: u32) -> impl Iterator<Item = (u32, u64)> + Clone {
    let (at, among, of) = (u64::from(at), u64::from(among), u64::from(of));
    // Both rows of places laid over one line that is `among * of` long.
    let (from, to) = (at * of, (at + 1) * of);
    (from / among..to.div_ceil(among)).map(move |place| {
        let share = ((place + 1) * among).min(to) - (place * among).max(from);
        (u32::try_from(place).unwrap_or(u32::MAX), share)
    })
}

#[cfg(test)]
mod tests {
    use super::covered;

    #[test]
    fn every_place_is_covered_by_its_share() {
        let covered = |at, among, of| covered(at, among, of).collect::<Vec<_>>();
        assert_eq!(covered(0, 2, 4), [(0, 2), (1, 2)]);
        assert_eq!(covered(1, 2, 3), [(1, 1), (2, 2)]);
        assert_eq!(covered(2, 4, 1), [(0, 1)]);
        for (among, of) in [(64, 1024), (37, 512), (100, 33)] {
            let mut shares = vec![0; of as usize];
            for (place, share) in (0..among).flat_map(|at| covered(at, among, of)) {
                shares[place as usize] += share;
            }
            assert!(shares.iter().all(|share| *share == u64::from(among)), "{among} of {of}");
        }
    }
}
