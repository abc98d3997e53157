//! When a screen is complete, as the X server holds it: small probes with ink all over the screen, compared with the
//! finished picture every millisecond or two.

use std::thread::sleep;
use std::time::{Duration, Instant};

use powerhall_visitor::Picture;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, Window};
use x11rb::rust_connection::RustConnection;

use crate::{Result, Trouble};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);
/// The sides of a probe.
const WIDTH: usize = 48;
const HEIGHT: usize = 24;
/// Probes down the screen.
const BANDS: usize = 14;
/// Below the header: its clock is another one in every run.
const BELOW_HEADER: usize = 180;

/// Pixels that the finished screen has at a place.
struct Probe {
    x: i16,
    y: i16,
    rgb: Vec<[u8; 3]>,
}

/// A pair of eyes on the root window.
pub struct Watch {
    server: RustConnection,
    root: Window,
    probes: Vec<Probe>,
}

/// When the screen was complete.
#[derive(Clone, Copy, Debug)]
pub struct Complete {
    /// Since the start.
    pub after: Duration,
    /// The longest time between two looks: the figure's grain.
    pub grain: Duration,
}

impl Watch {
    /// Watches `display` for the finished picture.
    pub fn new(display: &str, finished: &Picture) -> Result<Self> {
        let (server, screen) = x11rb::connect(Some(display)).map_err(trouble)?;
        let root = server.setup().roots.get(screen).ok_or_else(|| trouble("no screen"))?.root;
        let probes = probes(finished);
        if probes.len() < BANDS / 2 {
            return Err(Trouble::Wrong("the finished screen is nearly empty".to_owned()));
        }
        Ok(Self { server, root, probes })
    }

    /// Whether every probe shows what the finished screen shows there.
    pub fn is_complete(&self) -> Result<bool> {
        let ask = |probe: &Probe| {
            let (width, height) = (short(WIDTH)?, short(HEIGHT)?);
            let image = self.server.get_image(
                ImageFormat::Z_PIXMAP,
                self.root,
                probe.x,
                probe.y,
                width.unsigned_abs(),
                height.unsigned_abs(),
                !0,
            );
            image.map_err(trouble)
        };
        let asked: Vec<_> = self.probes.iter().map(ask).collect::<Result<_>>()?;
        let mut complete = true;
        for (probe, cookie) in self.probes.iter().zip(asked) {
            let seen = cookie.reply().map_err(trouble)?;
            let same = |(a, b): (&[u8], &[u8; 3])| a.get(..3) == Some(&b[..]);
            complete &= seen.data.chunks_exact(4).zip(&probe.rgb).all(same);
        }
        Ok(complete)
    }

    /// Starts something, and waits until its screen is complete.
    pub fn first_complete<T>(
        &self,
        most: Duration,
        start: impl FnOnce() -> Result<T>,
    ) -> Result<(T, Complete)> {
        let gone = Instant::now() + Duration::from_secs(10);
        while self.is_complete()? {
            if Instant::now() > gone {
                return Err(Trouble::Wrong("the last screen does not go away".to_owned()));
            }
            sleep(Duration::from_millis(20));
        }
        let began = Instant::now();
        let started = start()?;
        let (mut last, mut grain) = (Instant::now(), Duration::ZERO);
        loop {
            let complete = self.is_complete()?;
            let after = began.elapsed();
            grain = grain.max(last.elapsed());
            last = Instant::now();
            if complete {
                return Ok((started, Complete { after, grain }));
            }
            if after > most {
                let why = format!("no complete screen after {} s", most.as_secs());
                return Err(Trouble::Wrong(why));
            }
            sleep(PAUSE);
        }
    }
}

/// In every band of the screen, the place with the most edges.
fn probes(finished: &Picture) -> Vec<Probe> {
    let room = finished.height().saturating_sub(BELOW_HEADER);
    let band = |number: usize| {
        let top = BELOW_HEADER + room * number / BANDS;
        let bottom = (BELOW_HEADER + room * (number + 1) / BANDS).min(finished.height());
        let rows = (top..bottom.saturating_sub(HEIGHT)).step_by(HEIGHT / 2);
        let places = rows.flat_map(|y| {
            (0..finished.width().saturating_sub(WIDTH)).step_by(WIDTH / 2).map(move |x| (x, y))
        });
        places.map(|(x, y)| (edges(finished, x, y), x, y)).max().filter(|&(edges, _, _)| edges > 0)
    };
    let probe = |(_, x, y): (usize, usize, usize)| {
        let rows = (y..y + HEIGHT).flat_map(|y| (x..x + WIDTH).map(move |x| (x, y)));
        let rgb = rows.map(|(x, y)| low_three(finished.at(x, y))).collect();
        Some(Probe { x: short(x).ok()?, y: short(y).ok()?, rgb })
    };
    (0..BANDS).filter_map(band).filter_map(probe).collect()
}

fn edges(picture: &Picture, x: usize, y: usize) -> usize {
    let row =
        |y: usize| (x + 1..x + WIDTH).filter(move |&x| picture.at(x, y) != picture.at(x - 1, y)).count();
    (y..y + HEIGHT).map(row).sum()
}

/// As the server sends it: blue, green, red.
const fn low_three(pixel: u32) -> [u8; 3] {
    let [blue, green, red, _] = pixel.to_le_bytes();
    [blue, green, red]
}

fn short(number: usize) -> Result<i16> {
    i16::try_from(number).map_err(trouble)
}

fn trouble(error: impl ToString) -> Trouble {
    Trouble::Display(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_lie_on_ink_and_inside() {
        let mut pixels = vec![0x00ff_ffff; 400 * 1_000];
        for y in (0..1_000).step_by(7) {
            for x in (100..200).step_by(3) {
                pixels[y * 400 + x] = 0x0000_594f;
            }
        }
        let picture = Picture::new(400, 1_000, pixels);
        let probes = probes(&picture);
        assert_eq!(probes.len(), BANDS);
        for probe in probes {
            assert!(probe.y >= 180 && probe.y < 1_000 - 24, "{}", probe.y);
            assert!(probe.rgb.contains(&[0x4f, 0x59, 0x00]));
        }
        assert!(super::probes(&Picture::new(400, 1_000, Vec::new())).is_empty());
    }
}
