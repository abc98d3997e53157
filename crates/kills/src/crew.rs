//! The processes of one hall: started, armed with a crash point, killed, and buried.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use powerhall_crash::{LAST_WORDS, Point, VARIABLE};

use crate::Failed;
use crate::hall::{self, KIOSKS};

const SIGKILL: i32 = 9;

/// Who a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Backend,
    /// By its place in [`KIOSKS`].
    Kiosk(usize),
}

impl Who {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Kiosk(place) => KIOSKS[place],
        }
    }

    const fn role(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Kiosk(_) => "kiosk",
        }
    }
}

/// How a process is to begin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Birth {
    /// Where it is to die, and at which passing.
    pub(crate) aim: Option<(Point, u32)>,
    /// Of the customers at a kiosk, or of the faults around the backend.
    pub(crate) seed: u32,
    /// No customers: come to an end.
    pub(crate) settle: bool,
}

struct Running {
    who: Who,
    child: Child,
    aim: Option<Point>,
    since: Instant,
    /// Where its part of the log begins.
    log_from: u64,
}

pub(crate) struct Crew {
    program: PathBuf,
    folder: PathBuf,
    running: Vec<Running>,
}

impl Crew {
    pub(crate) fn new(folder: &Path) -> Result<Self, Failed> {
        Ok(Self { program: std::env::current_exe()?, folder: folder.to_owned(), running: Vec::new() })
    }

    fn log(&self, who: Who) -> PathBuf {
        self.folder.join(format!("{}.log", who.name()))
    }

    pub(crate) fn start(&mut self, who: Who, birth: Birth) -> Result<(), Failed> {
        let mut log = File::options().create(true).append(true).open(self.log(who))?;
        let log_from = log.seek(SeekFrom::End(0))?;
        let mut command = Command::new(&self.program);
        command.arg(who.role()).arg(self.folder.join(format!("{}.toml", who.name())));
        match who {
            Who::Backend => hall::reseed(&self.folder, birth.seed)?,
            Who::Kiosk(_) => {
                command.args(["--seed", &birth.seed.to_string()]);
                if birth.settle {
                    command.arg("--settle");
                }
            }
        }
        command.env_remove(VARIABLE);
        if let Some((point, passing)) = birth.aim {
            command.env(VARIABLE, format!("{}:{passing}", point.name()));
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let aim = birth.aim.map(|(point, _)| point);
        self.running.push(Running { who, child, aim, since: Instant::now(), log_from });
        Ok(())
    }

    /// Those who have died at their crash points since it was last asked. Any other end is a failure.
    pub(crate) fn fallen(&mut self) -> Result<Vec<(Who, Point)>, Failed> {
        let mut fallen = Vec::new();
        let mut place = 0;
        while place < self.running.len() {
            let Some(status) = self.running[place].child.try_wait()? else {
                place += 1;
                continue;
            };
            let ended = self.running.remove(place);
            fallen.push((ended.who, self.point_of(&ended, status)?));
        }
        Ok(fallen)
    }

    fn point_of(&self, ended: &Running, status: ExitStatus) -> Result<Point, Failed> {
        let name = ended.who.name();
        let Some(point) = ended.aim.filter(|_| status.signal() == Some(SIGKILL)) else {
            return Err(format!("{name} ended by itself: {status}").into());
        };
        let mut log = File::open(self.log(ended.who))?;
        log.seek(SeekFrom::Start(ended.log_from))?;
        let mut said = String::new();
        log.read_to_string(&mut said)?;
        if said.lines().any(|line| line.strip_prefix(LAST_WORDS) == Some(point.name())) {
            Ok(point)
        } else {
            Err(format!("{name} was killed by somebody else than {}", point.name()).into())
        }
    }

    /// Who may be killed: those with an aim are given some time to reach it.
    pub(crate) fn killable(&self, patience: Duration) -> Vec<Who> {
        let ripe = |one: &&Running| one.aim.is_none() || one.since.elapsed() > patience;
        self.running.iter().filter(ripe).map(|one| one.who).collect()
    }

    /// `SIGKILL`. A process that has reached its crash point meanwhile is told; another end is a failure.
    pub(crate) fn kill(&mut self, who: Who) -> Result<Option<Point>, Failed> {
        let place = self.running.iter().position(|one| one.who == who).ok_or("not running")?;
        let mut one = self.running.remove(place);
        if let Some(status) = one.child.try_wait()? {
            return self.point_of(&one, status).map(Some);
        }
        one.child.kill()?;
        one.child.wait()?;
        Ok(None)
    }

    /// Whether every kiosk has come to rest and ended well, while the backend goes on.
    pub(crate) fn settled(&mut self) -> Result<bool, Failed> {
        let mut all = true;
        for one in &mut self.running {
            let status = one.child.try_wait()?;
            match (one.who, status) {
                (Who::Backend, None) => {}
                (Who::Kiosk(_), None) => all = false,
                (Who::Kiosk(_), Some(status)) if status.success() => {}
                (who, Some(status)) => return Err(format!("{} ended: {status}", who.name()).into()),
            }
        }
        Ok(all)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for one in &mut self.running {
            let _ = one.child.kill();
            let _ = one.child.wait();
        }
    }
}
