//! A display without a monitor: Xvfb on the first number that is free.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::{Result, Running};

/// A virtual display; it ends when dropped.
pub struct Xvfb {
    _server: Running,
    name: String,
}

impl Xvfb {
    /// Starts one; `log` takes what it says. Needs the Debian package `xvfb`.
    pub fn start(width: usize, height: usize, log: &Path) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        let screen = format!("{width}x{height}x24");
        command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset"]);
        let mut server = Running::start("Xvfb", command, log)?;
        let mut number = None;
        server.wait_until("ready", Duration::from_secs(20), |server| {
            let said = server.said();
            // Complete only with its line's end.
            number =
                said.split_inclusive('\n').find_map(|l| l.strip_suffix('\n')?.trim().parse::<u32>().ok());
            number.is_some()
        })?;
        Ok(Self { _server: server, name: format!(":{}", number.unwrap_or_default()) })
    }

    /// What goes into `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
