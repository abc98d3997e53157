//! A hall to measure in: the shipped configurations with ports and files of their own, a million made-up accounts that
//! are kept from run to run, and the backend on loopback.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use powerhall_bench::{Result, Trouble};
use powerhall_visitor::Running;
use rusqlite::{Connection, OpenFlags};
use toml::{Table, Value};

use crate::Arguments;

/// The kiosk's name at the backend.
pub const KIOSK: &str = "kiosk-1";

/// The file with its secret.
const SECRET: &str = "kiosk.secret";

/// A running backend and what a kiosk needs to reach it.
pub struct Hall {
    /// Ends with the hall.
    _backend: Running,
    /// Where kiosks reach the backend.
    pub base: String,
    /// `<kiosk>:<secret>`.
    pub bearer: String,
    /// Where all files are.
    pub folder: PathBuf,
    /// The kiosk's configuration.
    pub kiosk_config: PathBuf,
    /// Pixels a millimetre on the kiosk's screen, as configured.
    pub pixels_per_mm: f32,
    /// How many accounts there are.
    pub accounts: u32,
    /// How long they took to make; `None` when they were there already.
    pub made_in: Option<Duration>,
    /// The backend's database files.
    pub databases: [PathBuf; 3],
    billing: PathBuf,
}

impl Hall {
    /// Makes the data where they are missing, and starts the backend.
    pub fn open(arguments: &Arguments) -> Result<Self> {
        let folder = absolute(&arguments.out)?;
        let billing = folder.join(format!("billing-{}.db", arguments.accounts));
        let [store, sandbox] = ["store.db", "sandbox.db"].map(|file| folder.join(file));
        for file in [&store, &sandbox] {
            remove_database(file);
        }
        let secret = format!("{}{}", uuid::Uuid::now_v7().simple(), uuid::Uuid::now_v7().simple());
        let secret_file = folder.join(SECRET);
        write_secret(&secret_file, &secret)?;
        let repository = absolute(&arguments.repository)?;
        let config = folder.join("backend.toml");
        backend_config(&repository, &config, &billing, &secret_file)?;
        let program = arguments.programs.join("powerhall-backend");
        let made_in = demo_data(&program, &config, arguments.accounts)?;
        let mut command = Command::new(&program);
        command.arg("--config").arg(&config).arg("serve").env("RUST_LOG", "warn");
        let log = folder.join("backend.log");
        let _ = fs::remove_file(&log);
        let mut backend = Running::start("powerhall-backend", command, &log)?;
        let mut base = None;
        backend.wait_until("serving", Duration::from_secs(30), |backend| {
            let said = backend.said();
            let line = said.split_inclusive('\n').find_map(|l| l.strip_prefix("powerhall-backend serves "));
            base = line.and_then(|l| l.strip_suffix('\n')).map(str::to_owned);
            base.is_some()
        })?;
        let base = base.unwrap_or_default();
        let kiosk_config = folder.join("kiosk.toml");
        let pixels_per_mm = self::kiosk_config(&repository, &kiosk_config, &base, &secret_file)?;
        let bearer = format!("{KIOSK}:{secret}");
        Ok(Self {
            _backend: backend,
            base,
            bearer,
            folder,
            kiosk_config,
            pixels_per_mm,
            accounts: arguments.accounts,
            made_in,
            databases: [store, sandbox, billing.clone()],
            billing,
        })
    }

    /// The configuration for the kiosk of another checkout, made from the one that it ships.
    pub fn kiosk_config_of(&self, checkout: &Path) -> Result<PathBuf> {
        let config = self.folder.join("kiosk-earlier.toml");
        kiosk_config(&absolute(checkout)?, &config, &self.base, &self.folder.join(SECRET))?;
        Ok(config)
    }

    /// Numbers of accounts from all over the file.
    pub fn any_accounts(&self, wanted: u32) -> Result<Vec<String>> {
        self.numbers(
            "SELECT number FROM accounts WHERE id % ?1 = ?2 LIMIT ?3",
            self.accounts / wanted,
            wanted,
        )
    }

    /// Numbers of accounts that owe one to three months, and less than one order may pay.
    pub fn debtors(&self, wanted: u32) -> Result<Vec<String>> {
        let debtors = "SELECT number FROM accounts AS a WHERE id % ?1 = ?2 AND closed_on IS NULL AND ( \
             SELECT count(*) BETWEEN 1 AND 3 AND sum(amount_fen) < 1000000 FROM bills \
             WHERE account_id = a.id AND paid_fen < amount_fen) LIMIT ?3";
        // About one in five owes as much.
        self.numbers(debtors, self.accounts / (wanted * 6), wanted)
    }

    /// Every run takes others: those who paid in the last one owe nothing.
    fn numbers(&self, query: &str, step: u32, wanted: u32) -> Result<Vec<String>> {
        let db = Connection::open_with_flags(&self.billing, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let step = step.max(1);
        let mut statement = db.prepare(query)?;
        let rows = statement.query_map([step, rand(step), wanted], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// A number below `most`, another one every time: the last bits of a UUIDv7 are random.
fn rand(most: u32) -> u32 {
    let bits = uuid::Uuid::now_v7().as_u128() & u128::from(u32::MAX);
    u32::try_from(bits).unwrap_or(0) % most
}

/// Removes a database of an earlier run.
pub fn remove_database(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        // Not being there is what is wanted.
        let _ = fs::remove_file(name);
    }
}

fn demo_data(program: &Path, config: &Path, accounts: u32) -> Result<Option<Duration>> {
    eprintln!("hall: {accounts} accounts (made once, then kept)");
    let began = Instant::now();
    let done = Command::new(program)
        .arg("--config")
        .arg(config)
        .args(["demo-data", "--accounts", &accounts.to_string()])
        .output()
        .map_err(|e| Trouble::file(program, e))?;
    if !done.status.success() {
        return Err(Trouble::Wrong(String::from_utf8_lossy(&done.stderr).into_owned()));
    }
    let made = !String::from_utf8_lossy(&done.stdout).contains("there already");
    Ok(made.then(|| began.elapsed()))
}

fn backend_config(repository: &Path, to: &Path, billing: &Path, secret_file: &Path) -> Result<()> {
    let mut config = read(&repository.join("config/backend.toml"))?;
    let folder = to.parent().unwrap_or(to);
    set(&mut config, &["server", "listen"], "127.0.0.1:0");
    set(&mut config, &["store", "file"], text(&folder.join("store.db")));
    set(&mut config, &["billing", "file"], text(billing));
    set(&mut config, &["hall", "folder"], text(&repository.join("config/hall")));
    set(&mut config, &["channel", "sandbox", "listen"], "127.0.0.1:0");
    set(&mut config, &["channel", "sandbox", "file"], text(&folder.join("sandbox.db")));
    // One kiosk stands for a province's.
    set(&mut config, &["limits", "lookups_per_minute"], 1_000_000);
    let kiosk = Table::from_iter([
        ("id".to_owned(), Value::from(KIOSK)),
        ("secret_file".to_owned(), Value::from(text(secret_file))),
    ]);
    config.insert("kiosk".to_owned(), Value::Array(vec![Value::Table(kiosk)]));
    write(to, &config)
}

fn kiosk_config(repository: &Path, to: &Path, base: &str, secret_file: &Path) -> Result<f32> {
    let mut config = read(&repository.join("config/kiosk.toml"))?;
    set(&mut config, &["backend", "url"], base);
    set(&mut config, &["backend", "kiosk_id"], KIOSK);
    set(&mut config, &["backend", "secret_file"], text(secret_file));
    set(&mut config, &["journal", "path"], text(&to.with_file_name("journal.db")));
    write(to, &config)?;
    let pitch = config.get("screen").and_then(|screen| screen.get("pixels_per_mm"));
    let pitch = pitch.and_then(|pitch| pitch.to_string().parse().ok());
    pitch.ok_or_else(|| Trouble::Wrong("config/kiosk.toml has no screen.pixels_per_mm".to_owned()))
}

fn set(config: &mut Table, key: &[&str], value: impl Into<Value>) {
    let Some((last, parents)) = key.split_last() else { return };
    let mut table = config;
    for parent in parents {
        let entry = table.entry((*parent).to_owned()).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = entry else { return };
        table = inner;
    }
    table.insert((*last).to_owned(), value.into());
}

fn read(file: &Path) -> Result<Table> {
    let text = fs::read_to_string(file).map_err(|e| Trouble::file(file, e))?;
    text.parse().map_err(|e| Trouble::file(file, e))
}

fn write(file: &Path, config: &Table) -> Result<()> {
    fs::write(file, config.to_string()).map_err(|e| Trouble::file(file, e))
}

fn write_secret(file: &Path, secret: &str) -> Result<()> {
    let _ = fs::remove_file(file);
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = opened.and_then(|mut opened| writeln!(opened, "{secret}"));
    written.map_err(|e| Trouble::file(file, e))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// As a full path; a folder that is missing is made.
fn absolute(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).and_then(|()| folder.canonicalize()).map_err(|e| Trouble::file(folder, e))
}
