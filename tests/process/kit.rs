//! A visit: a hall of its own for each test, a few busy tests at a time, and at the end the search for personal data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Condvar, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use memchr::memmem;
use powerhall_api::{Collect, Deliver, Order};
use powerhall_billing::demo::{ShowAccount, Situation};
use powerhall_visitor::{
    Books, CLERK, Hall, KIOSK, Map, Page, Picture, Plan, Result, SECOND, SOON, Times, Trouble, Visitor,
    personal,
};
use uuid::Uuid;

/// How long anything may take that ends by itself.
pub const SETTLES: Duration = Duration::from_secs(40);

/// What the programs say, where they run.
const LOGS: [&str; 3] = ["backend.log", "kiosk-1.log", "kiosk-2.log"];

const KIOSK_PROGRAM: &str = env!("CARGO_BIN_EXE_powerhall");

/// Busy kiosks beside each other: more than this would only make each other slow.
static ROOM: Room = Room { free: Mutex::new(3), left: Condvar::new() };
static MAP: LazyLock<Result<Arc<Map>>> =
    LazyLock::new(|| Map::read(&repository().join("tests/golden/map.json")).map(Arc::new));

/// A hall with a customer in it.
pub struct Visit {
    pub hall: Hall,
    pub visitor: Visitor,
    /// The books as a clerk asks them.
    pub books: Books,
    /// The books as this kiosk asks them: its orders.
    pub orders: Books,
    folder: PathBuf,
}

/// Opens a hall, walks, closes it, and looks for what must not be there.
pub fn visit(name: &str, code_seconds: u32, walk: impl FnOnce(&mut Visit) -> Result<()>) {
    let _place = ROOM.enter();
    run(name, Times { code: code_seconds, ..Times::default() }, walk);
}

/// A visit of a customer who mostly waits: it goes on beside the others.
pub fn wait_beside(name: &str, times: Times, walk: impl FnOnce(&mut Visit) -> Result<()>) {
    run(name, times, walk);
}

/// So many may be busy at once; the others wait.
struct Room {
    free: Mutex<usize>,
    left: Condvar,
}

/// A place in the room, given back when a walk ends, whichever way.
struct Place<'a>(&'a Room);

impl Room {
    fn enter(&self) -> Place<'_> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |free: &mut usize| *free == 0;
        *self.left.wait_while(free, full).unwrap_or_else(PoisonError::into_inner) -= 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.left.notify_one();
    }
}

fn run(name: &str, times: Times, walk: impl FnOnce(&mut Visit) -> Result<()>) {
    let folder = target().join("process").join(name);
    let _ = fs::remove_dir_all(&folder);
    let mut visit = open(&folder, times).unwrap_or_else(|error| panic!("{name}: {error}"));
    let walked = walk(&mut visit).and_then(|()| visit.hall.close());
    for log in LOGS {
        let _ = fs::copy(visit.hall.file(log), folder.join(log));
    }
    if let Err(error) = walked {
        panic!("{name}: {error}\nthe pictures and the logs are in {}", folder.display());
    }
    let spoke =
        fs::read_to_string(visit.hall.file("backend.log")).is_ok_and(|log| log.contains("/v1/lookups"));
    assert!(spoke, "{name}: the backend's log is too silent for a search to mean anything");
    nothing_personal_is_left(&visit.hall).unwrap_or_else(|error| panic!("{name}: {error}"));
}

fn open(folder: &Path, times: Times) -> Result<Visit> {
    let map = MAP.as_ref().map_err(|error| Trouble::Wrong(error.to_string()))?;
    let (kiosk, backend) = (Path::new(KIOSK_PROGRAM), backend());
    if !backend.exists() {
        let why = "is missing; build it first: cargo build -p powerhall-backend".to_owned();
        return Err(Trouble::Program { program: backend.display().to_string(), why });
    }
    let published = repository().join("config/hall");
    let hall = Hall::open(&Plan { backend: &backend, kiosk, published: &published, times })?;
    let visitor = hall.visitor(Arc::clone(map), folder, false)?;
    let folder = folder.to_owned();
    Ok(Visit { books: hall.books(CLERK)?, orders: hall.books(KIOSK)?, visitor, hall, folder })
}

impl Visit {
    /// A known account.
    pub fn account(&self, situation: Situation) -> ShowAccount {
        self.hall.showcase.account(situation).expect("every situation is in the showcase").clone()
    }

    /// Asks the running backend as staff does, at the terminal; all that it says.
    pub fn staff(&self, arguments: &[&str]) -> String {
        let asked = Command::new(backend())
            .args(arguments)
            .arg("--config")
            .arg(self.hall.file("backend.toml"))
            .output()
            .expect("runs");
        [asked.stdout, asked.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }

    /// A second kiosk in this hall, and a customer before it.
    pub fn second_visitor(&mut self) -> Result<Visitor> {
        self.hall.open_second()?;
        self.hall.second_visitor(Arc::clone(&self.visitor.map), &self.folder.join("second"))
    }

    /// Home with all that the hall publishes, which a new kiosk does not know in its first moment.
    pub fn whole_home(&mut self) -> Result<Picture> {
        let end = Instant::now() + SOON;
        while !self.visitor.sees(Page::Home, "电价与公告")? {
            holds("the hall's tiles are on home", Instant::now() < end)?;
        }
        Ok(self.visitor.wait_for(&[Page::Home], SOON)?.1)
    }

    /// The one order that is open at this kiosk.
    pub fn open_order(&self) -> Result<Order> {
        let mut open = self.orders.open_orders()?;
        match (open.pop(), open.is_empty()) {
            (Some(order), true) => Ok(order),
            (order, _) => {
                Err(Trouble::Wrong(format!("{} open orders, not one", open.len() + order.iter().len())))
            }
        }
    }

    /// Waits until the order is proved closed, and nothing was posted.
    pub fn until_closed(&self, id: Uuid) -> Result<()> {
        self.orders.order_until(id, "closed", SETTLES, |order| order.collect == Collect::Closed)?;
        is("nothing posted", self.hall.number("billing.db", "SELECT count(*) FROM postings")?, 0)
    }

    /// Whether the journal holds a fact about an order. A kiosk keeps its journal to itself: only while it is down.
    pub fn journal_has(&self, id: Uuid, kind: &str) -> Result<bool> {
        let sql = format!("SELECT count(*) FROM entry WHERE order_id = '{id}' AND kind = '{kind}'");
        Ok(self.hall.number("kiosk-1/journal.db", &sql)? > 0)
    }

    /// The order is paid and on the account, once: in the backend's books and in billing's.
    pub fn is_posted_once(&self, id: Uuid, fen: i64) -> Result<()> {
        let order = self.orders.order_until(id, "posted", SETTLES, |order| {
            order.collect == Collect::Paid && order.lines.iter().all(|line| line.deliver == Deliver::Posted)
        })?;
        is("the order's amount", order.amount_fen.get(), fen)?;
        is("postings at billing", self.hall.number("billing.db", "SELECT count(*) FROM postings")?, 1)?;
        is("fen posted", self.hall.number("billing.db", "SELECT sum(amount_fen) FROM postings")?, fen)?;
        is("refunds", self.hall.number("backend.db", "SELECT count(*) FROM refunds")?, 0)
    }
}

/// Two values must be one.
pub fn is<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Trouble::Wrong(format!("{what}: {found:?}, not {expected:?}")))
}

/// What is seen of a page without the header, whose clock goes on.
pub fn below_header(screen: &Picture) -> Picture {
    screen.below_header()
}

/// Something must hold.
pub fn holds(what: &str, holds: bool) -> Result<()> {
    if holds { Ok(()) } else { Err(Trouble::Wrong(format!("not so: {what}"))) }
}

/// Neither the logs nor the kiosk's disk may know anybody. All known accounts are looked for, not only the visitor's.
fn nothing_personal_is_left(hall: &Hall) -> Result<()> {
    let mut secrets = Vec::new();
    for account in &hall.showcase.accounts {
        secrets.extend(personal(&hall.file("billing.db"), &account.number)?);
        secrets.push(account.number.get(3..).unwrap_or(&account.number).to_owned());
    }
    secrets.extend(hall.showcase.applications.iter().map(|application| application.number.clone()));
    // The second kiosk is not in every hall.
    let mut places: Vec<PathBuf> =
        LOGS.iter().map(|log| hall.file(log)).filter(|path| path.exists()).collect();
    for kiosk in [KIOSK, SECOND] {
        let journal = hall.file(kiosk);
        let entries =
            fs::read_dir(&journal).map_err(|e| Trouble::File { path: journal, why: e.to_string() })?;
        places.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    }
    for place in places {
        let bytes =
            fs::read(&place).map_err(|e| Trouble::File { path: place.clone(), why: e.to_string() })?;
        for secret in &secrets {
            if memmem::find(&bytes, secret.as_bytes()).is_some() {
                let file = place.file_name().unwrap_or_default().to_string_lossy();
                return Err(Trouble::Wrong(format!("{file} knows something personal: {secret}")));
            }
        }
    }
    Ok(())
}

/// The backend's program, built beside the kiosk's.
pub fn backend() -> PathBuf {
    Path::new(KIOSK_PROGRAM).with_file_name("powerhall-backend")
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .map_or_else(|| repository().join("target"), Path::to_owned)
}
