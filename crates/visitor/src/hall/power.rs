//! The switch of a backend's machine: of one that a hall has started, and of one that somebody else has, such as `./run`.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{Hall, serve};
use crate::{Result, Running, Trouble};

/// How long a backend may take to end.
const ENDS: Duration = Duration::from_secs(20);

/// Takes a backend away for a while.
pub trait Power {
    /// The backend is gone.
    fn cut(&mut self) -> Result<()>;
    /// It is there again, and ready.
    fn restore(&mut self) -> Result<()>;
}

impl Power for Hall {
    fn cut(&mut self) -> Result<()> {
        self.kill_backend()
    }

    fn restore(&mut self) -> Result<()> {
        self.start_backend()
    }
}

/// A backend that was started by somebody else. What takes its place ends with this.
pub struct Served {
    process: u32,
    address: String,
    program: PathBuf,
    config: PathBuf,
    again: Option<Running>,
}

impl Served {
    /// The one with this process number that serves at this address, such as `http://127.0.0.1:8480`; started again it is
    /// this program with this config.
    #[must_use]
    pub fn new(process: u32, address: &str, program: PathBuf, config: PathBuf) -> Self {
        let address = address.trim_end_matches('/').to_owned();
        Self { process, address, program, config, again: None }
    }

    /// A process that has ended and was not waited for has no command line any more.
    fn is_gone(&self) -> bool {
        fs::read(format!("/proc/{}/cmdline", self.process)).map_or(true, |line| line.is_empty())
    }
}

impl Power for Served {
    fn cut(&mut self) -> Result<()> {
        if let Some(mut again) = self.again.take() {
            return again.kill();
        }
        let wrong = |why: &str| Trouble::program("powerhall-backend", why);
        let process = i32::try_from(self.process).ok().and_then(Pid::from_raw);
        let process = process.ok_or_else(|| wrong("no process has this number"))?;
        kill_process(process, Signal::TERM).map_err(|e| wrong(&e.to_string()))?;
        let end = Instant::now() + ENDS;
        while !self.is_gone() {
            if Instant::now() > end {
                return Err(wrong("does not end when asked to"));
            }
            sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn restore(&mut self) -> Result<()> {
        self.again = Some(serve(&self.program, &self.config, &self.address)?);
        Ok(())
    }
}
