//! A whole hall in a folder of its own: a real backend with demo data, and a real kiosk or two on virtual displays. What
//! was started here ends with it.

mod config;
mod desk;
mod power;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use powerhall_billing::demo::Showcase;
use tempfile::TempDir;

pub use config::{CLERK, KIOSK, Ports, SECOND, Times};
use desk::{Desk, TALKATIVE};
pub use power::{Power, Served};

use crate::phone::client;
use crate::showcase::open;
use crate::{Books, Diary, Display, Listener, Map, Result, Running, Trouble, Visitor, showcase};

/// What a hall is made of.
pub struct Plan<'a> {
    /// The program `powerhall-backend`.
    pub backend: &'a Path,
    /// The program `powerhall`.
    pub kiosk: &'a Path,
    /// The folder `config/hall`.
    pub published: &'a Path,
    /// How long things last.
    pub times: Times,
}

/// A hall that is open.
pub struct Hall {
    first: Desk,
    second: Option<Desk>,
    backend: Option<Running>,
    /// Known accounts and applications.
    pub showcase: Showcase,
    ports: Ports,
    backend_program: PathBuf,
    kiosk_program: PathBuf,
    /// Last, so that it goes when everything that writes to it has ended.
    dir: TempDir,
}

/// The least that demo data takes; the known accounts are among them.
const ACCOUNTS: &str = "20";
/// How long a program may take to start on a busy machine.
const START: Duration = Duration::from_secs(60);

impl Hall {
    /// Opens one: writes its configuration and demo data, starts the backend, the display and the kiosk.
    pub fn open(plan: &Plan<'_>) -> Result<Self> {
        let dir = tempfile::tempdir().map_err(|e| Trouble::program("a folder", e))?;
        let ports = Ports::free()?;
        config::write(dir.path(), plan.published, ports, plan.times)?;
        let data = Command::new(plan.backend)
            .args(["demo-data", "--accounts", ACCOUNTS, "--seed", "7", "--config"])
            .arg(dir.path().join("backend.toml"))
            .output()
            .map_err(|e| Trouble::program(plan.backend.display().to_string(), e))?;
        if !data.status.success() {
            return Err(Trouble::program(
                "powerhall-backend demo-data",
                String::from_utf8_lossy(&data.stderr),
            ));
        }
        let showcase = showcase(&dir.path().join("billing.db"))?;
        let first = Desk::new(KIOSK, dir.path())?;
        let (backend_program, kiosk_program) = (plan.backend.to_owned(), plan.kiosk.to_owned());
        let mut hall =
            Self { first, second: None, backend: None, showcase, ports, backend_program, kiosk_program, dir };
        hall.start_backend()?;
        hall.start_kiosk()?;
        Ok(hall)
    }

    /// Starts the backend and waits until it is ready.
    pub fn start_backend(&mut self) -> Result<()> {
        self.backend = Some(serve(&self.backend_program, &self.file("backend.toml"), &self.address())?);
        Ok(())
    }

    /// Starts the kiosk; what it shows, the visitor waits for.
    pub fn start_kiosk(&mut self) -> Result<()> {
        self.first.start(&self.kiosk_program, self.dir.path())
    }

    /// Sets up a second kiosk beside the first.
    pub fn open_second(&mut self) -> Result<()> {
        let mut second = Desk::new(SECOND, self.dir.path())?;
        second.start(&self.kiosk_program, self.dir.path())?;
        self.second = Some(second);
        Ok(())
    }

    /// Cuts the backend's power (SIGKILL).
    pub fn kill_backend(&mut self) -> Result<()> {
        self.backend.take().map_or(Ok(()), |mut backend| backend.kill())
    }

    /// Cuts the kiosk's power (SIGKILL).
    pub fn kill_kiosk(&mut self) -> Result<()> {
        self.first.take().map_or(Ok(()), |mut kiosk| kiosk.kill())
    }

    /// Asks kiosks and backend to end (SIGTERM), and expects them to end well.
    pub fn close(&mut self) -> Result<()> {
        let second = self.second.as_mut().and_then(Desk::take);
        for program in [self.first.take(), second, self.backend.take()].into_iter().flatten() {
            let status = program.end(Duration::from_secs(15))?;
            if !status.success() {
                return Err(Trouble::program("ending", format!("{status}")));
            }
        }
        Ok(())
    }

    /// A visitor before this kiosk; its pictures go to `folder`.
    pub fn visitor(&self, map: Arc<Map>, folder: &Path, aloud: bool) -> Result<Visitor> {
        Visitor::new(Display::open(self.first.display())?, map, Diary::new(folder, aloud))
    }

    /// A visitor before the second kiosk; its pictures go to `folder`.
    pub fn second_visitor(&self, map: Arc<Map>, folder: &Path) -> Result<Visitor> {
        let second =
            self.second.as_ref().ok_or_else(|| Trouble::Wrong("there is no second kiosk".to_owned()))?;
        Visitor::new(Display::open(second.display())?, map, Diary::new(folder, false))
    }

    /// A customer who listens and works the keypad of this kiosk.
    pub fn listener(&self) -> Result<Listener> {
        Listener::new(Display::open(self.first.display())?, self.file("heard.log"))
    }

    /// The books, asked in a name (its secret is in the hall's folder).
    pub fn books(&self, name: &str) -> Result<Books> {
        let file = self.file(&format!("{name}.secret"));
        let secret = std::fs::read_to_string(&file).map_err(|e| Trouble::file(file, e))?;
        Books::at(&self.address(), name, &secret)
    }

    /// A number from one of the databases (`backend.db`, `billing.db`, `kiosk-1/journal.db`), read beside the running programs.
    pub fn number(&self, database: &str, sql: &str) -> Result<i64> {
        let file = self.file(database);
        open(&file)?.query_row(sql, [], |row| row.get(0)).map_err(|e| Trouble::file(file, e))
    }

    /// A file in the hall's folder: `backend.db`, `billing.db`, `sandbox.db`, `kiosk-1/journal.db`,
    /// `backend.log`, `kiosk-1.log`.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.backend)
    }
}

/// Starts a backend and waits until it is ready; what it says is added to `backend.log` beside its config.
fn serve(program: &Path, config: &Path, address: &str) -> Result<Running> {
    let mut command = Command::new(program);
    command.arg("serve").arg("--config").arg(config).env("RUST_LOG", TALKATIVE);
    let mut backend = Running::start("powerhall-backend", command, &config.with_file_name("backend.log"))?;
    let (http, url) = (client()?, format!("{address}/readyz"));
    backend.wait_until("ready", START, |_| http.get(&url).send().is_ok_and(|a| a.status().is_success()))?;
    Ok(backend)
}
