//! A program that was started here: in a group of its own, its output in a file, and gone when it is dropped.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Result, Trouble};

/// A program under way.
pub struct Running {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Running {
    /// Starts a program; what it says is added to `log`.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(log).map_err(|e| Trouble::file(log, e))?;
        let again = file.try_clone().map_err(|e| Trouble::file(log, e))?;
        command.stdin(Stdio::null()).stdout(file).stderr(again).process_group(0);
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().map_err(|e| Trouble::program(program, e))?;
        Ok(Self { name: name.to_owned(), log: log.to_owned(), child })
    }

    /// Its process number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it has said so far.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// An error when it has ended, with the last lines of what it said.
    pub fn check(&mut self) -> Result<()> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => {
                Err(Trouble::program(&self.name, format!("ended ({status}); {}", self.last_words())))
            }
            Err(error) => Err(Trouble::program(&self.name, error)),
        }
    }

    /// Waits until `ready` says so; an error when the program ends or the time is over.
    pub fn wait_until(
        &mut self,
        what: &str,
        most: Duration,
        mut ready: impl FnMut(&Self) -> bool,
    ) -> Result<()> {
        let end = Instant::now() + most;
        while !ready(self) {
            self.check()?;
            if Instant::now() > end {
                let why = format!("not {what} after {} s; {}", most.as_secs(), self.last_words());
                return Err(Trouble::program(&self.name, why));
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Ok(())
    }

    /// Power cut: the program and its children end at once and cannot do anything about it.
    pub fn kill(&mut self) -> Result<()> {
        self.signal(Signal::KILL);
        self.child.wait().map(drop).map_err(|e| Trouble::program(&self.name, e))
    }

    /// Asks it to end and waits; after the time it is killed, and that is an error.
    pub fn end(mut self, most: Duration) -> Result<ExitStatus> {
        self.signal(Signal::TERM);
        let end = Instant::now() + most;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Ok(status),
                Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(25)),
                Ok(None) => return Err(Trouble::program(&self.name, "does not end when asked to")),
                Err(error) => return Err(Trouble::program(&self.name, error)),
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let group = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        // It may have ended by itself; that is what is wanted.
        let _ = group.map(|group| kill_process_group(group, signal));
    }

    fn last_words(&self) -> String {
        let said = self.said();
        let lines: Vec<&str> = said.lines().collect();
        let last = lines[lines.len().saturating_sub(12)..].join("\n  ");
        if last.is_empty() { "it said nothing".to_owned() } else { format!("its last words:\n  {last}") }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once it has been waited for, its number may be another's.
        if let Ok(None) = self.child.try_wait() {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (Running, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (Running::start("sh", command, &dir.path().join("log")).expect("started"), dir)
    }

    #[test]
    fn tells_the_last_words_of_a_program_that_ended() {
        let (mut program, _dir) = shell("echo so long; exit 3");
        let never = program.wait_until("ready", Duration::from_secs(5), |_| false).expect_err("it ends");
        assert!(never.to_string().contains("so long"), "{never}");
    }

    #[test]
    fn takes_its_children_along() {
        let (mut program, _dir) = shell("sleep 60 & echo child $!; wait");
        program.wait_until("a child", Duration::from_secs(5), |p| p.said().contains("child ")).expect("said");
        let child: u32 = program.said().trim().trim_start_matches("child ").parse().expect("a number");
        drop(program);
        // A child that has ended and was not waited for has no command line any more.
        let gone = || fs::read(format!("/proc/{child}/cmdline")).map_or(true, |line| line.is_empty());
        let end = Instant::now() + Duration::from_secs(5);
        while !gone() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(gone());
    }
}
