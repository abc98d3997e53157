//! The code on the sharp screen: where it is, and how large its modules are.

use rqrr::{BitGrid, PreparedImage};

use crate::{Area, Picture};

/// A code on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its modules, without the quiet zone, in the screen's pixels.
    pub area: Area,
    /// Modules a side, without the quiet zone.
    pub modules: usize,
    /// What it says.
    pub text: String,
}

impl Code {
    /// Screen pixels for a module.
    #[must_use]
    pub fn module_px(&self) -> f32 {
        self.area.width as f32 / self.modules.max(1) as f32
    }
}

/// Looks for the one code on a sharp picture, such as the screen itself; `None` when there is none that can be read.
#[must_use]
pub fn find(screen: &Picture) -> Option<Code> {
    let mut prepared =
        PreparedImage::prepare_from_greyscale(screen.width(), screen.height(), |x, y| screen.grey(x, y));
    prepared.detect_grids().iter().find_map(|grid| {
        let (_, text) = grid.decode().ok()?;
        let [left_top, right_top, ..] = &grid.bounds;
        let modules = grid.grid.size();
        let whole = |at: i32| usize::try_from(at).ok();
        let (x, y) = (whole(left_top.x)?, whole(left_top.y)?);
        // On the screen every module is a whole number of pixels.
        let side = (whole(right_top.x)?.checked_sub(x)? + modules / 2) / modules * modules;
        Some(Code { area: Area { x, y, width: side, height: side }, modules, text })
    })
}
