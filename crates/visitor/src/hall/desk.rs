//! One kiosk and the display that it stands on.

use std::path::Path;
use std::process::Command;

use crate::{Result, Running, Xvfb};

/// A kiosk with a display of its own.
pub(super) struct Desk {
    /// Before the display, so that the window goes first.
    program: Option<Running>,
    display: Xvfb,
    name: &'static str,
}

/// What the logs take: as much as somebody who looks for a fault would ask for.
pub(super) const TALKATIVE: &str = "debug";

impl Desk {
    /// Sets up a display in the hall's folder. The kiosk's name is that of its files.
    pub fn new(name: &'static str, dir: &Path) -> Result<Self> {
        let display = Xvfb::start(1080, 1920, &dir.join(format!("{name}.xvfb.log")))?;
        Ok(Self { program: None, display, name })
    }

    /// Starts the kiosk; what it shows, the visitor waits for.
    pub fn start(&mut self, program: &Path, dir: &Path) -> Result<()> {
        let file = |kind: &str| dir.join(format!("{}.{kind}", self.name));
        let mut command = Command::new(program);
        command.arg("--config").arg(file("toml")).env("DISPLAY", self.display.name());
        command
            .env("POWERHALL_LOG", TALKATIVE)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("SLINT_BACKEND")
            .env_remove("SLINT_FULLSCREEN");
        self.program = Some(Running::start("powerhall", command, &file("log"))?);
        Ok(())
    }

    /// The running kiosk, to be ended.
    pub const fn take(&mut self) -> Option<Running> {
        self.program.take()
    }

    /// The name of its display.
    pub fn display(&self) -> &str {
        self.display.name()
    }
}
