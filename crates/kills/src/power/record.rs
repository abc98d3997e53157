//! Runs programs of this crate under strace. Where tracing is not allowed, that is an error that says so: a test that
//! looked away would show nothing.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::trace::CALLS;
use crate::Failed;

/// How long a program may take to make its first call.
const START: Duration = Duration::from_secs(20);

/// A traced process.
pub(super) struct Traced {
    strace: Child,
    trace: PathBuf,
    log: PathBuf,
    over: bool,
}

impl Traced {
    /// Starts this program in the role that `arguments` say.
    pub(super) fn start(arguments: &[&str], trace: &Path, said: Option<&Path>) -> Result<Self, Failed> {
        let log = trace.with_extension("log");
        let mut command = Command::new("strace");
        // A filter in the kernel: all other calls run at full speed.
        command.args(["--seccomp-bpf", "-f", "-y", "-xx", "-s", "8388608", "-e", "signal=none", "-e"]);
        command.arg(format!("trace={CALLS}")).arg("-o").arg(trace).arg("--");
        command.arg(std::env::current_exe()?).args(arguments);
        command.stdin(Stdio::null()).stderr(File::create(&log)?);
        match said {
            Some(path) => command.stdout(File::create(path)?),
            None => command.stdout(Stdio::null()),
        };
        let strace = command.spawn().map_err(|error| {
            format!("strace cannot be started: {error}; install it by scripts/install test")
        })?;
        let mut traced = Self { strace, trace: trace.to_owned(), log, over: false };
        let deadline = Instant::now() + START;
        while traced.first_line()?.is_none() {
            let ended = traced.strace.try_wait()?;
            if ended.is_some() || Instant::now() > deadline {
                traced.over = ended.is_some();
                return Err(
                    traced.trouble("strace traces nothing here; it needs the right to ptrace its children")
                );
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(traced)
    }

    fn trouble(&self, what: &str) -> Failed {
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = said.lines().rev().take(5).collect();
        format!("{what}: {}", tail.into_iter().rev().collect::<Vec<_>>().join(" | ")).into()
    }

    fn first_line(&self) -> Result<Option<String>, Failed> {
        use std::io::{BufRead, BufReader};
        let Ok(file) = File::open(&self.trace) else { return Ok(None) };
        let mut line = Vec::new();
        BufReader::new(file).read_until(b'\n', &mut line)?;
        Ok(line.ends_with(b"\n").then(|| String::from_utf8_lossy(&line).into_owned()))
    }

    /// Sends the traced process a signal. Its number stands first in the trace.
    fn signal(&self, signal: Signal) -> Result<(), Failed> {
        let line = self.first_line()?.ok_or("an empty trace")?;
        let number = line.split(' ').next().unwrap_or_default().parse()?;
        Ok(kill_process(Pid::from_raw(number).ok_or("no process")?, signal)?)
    }

    /// Ends it as a kill does, and gives what was seen.
    pub(super) fn kill(mut self) -> Result<String, Failed> {
        if let Some(status) = self.strace.try_wait()? {
            self.over = true;
            return Err(self.trouble(&format!("a traced process ended by itself ({status})")));
        }
        self.signal(Signal::KILL)?;
        self.strace.wait()?;
        self.over = true;
        Ok(std::fs::read_to_string(&self.trace)?)
    }

    /// Asks it to end, and gives what was seen.
    pub(super) fn stop(self) -> Result<String, Failed> {
        self.signal(Signal::TERM)?;
        self.finish()
    }

    /// Waits until it has ended well, and gives what was seen.
    pub(super) fn finish(mut self) -> Result<String, Failed> {
        let status: ExitStatus = self.strace.wait()?;
        self.over = true;
        if status.success() {
            Ok(std::fs::read_to_string(&self.trace)?)
        } else {
            Err(self.trouble(&format!("a traced process ended: {status}")))
        }
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if !self.over {
            // The traced process first: strace ends behind it.
            let _ = self.signal(Signal::KILL);
            let _ = self.strace.kill();
            let _ = self.strace.wait();
        }
    }
}
