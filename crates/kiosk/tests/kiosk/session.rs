//! Whole sessions: a customer who presses, the real flow, client and journal, and a backend over HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use powerhall_api::{ClosedReason, Collect};
use powerhall_flow::{
    Event, Gate, Journey, Notice, PayStage, Press, Screen, Settings, State, Tile, Way, Ways,
};
use powerhall_kiosk::client::Client;
use powerhall_kiosk::hall_copy::HallCopy;
use powerhall_kiosk::journal::Journal;
use powerhall_kiosk::session::{MonotonicClock, Ports, run};
use powerhall_money::Fen;
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::client::backend_config;
use crate::fake::{Fake, Fault};
use crate::journal::{at, reopen};

pub struct Kiosk {
    pub glass: mpsc::Sender<Event>,
    pub screen: watch::Receiver<State>,
    /// How often the state was shown.
    pub shown: Arc<AtomicUsize>,
    pub session: JoinHandle<()>,
}

pub fn settings() -> Settings {
    Settings {
        // 200 yuan at most.
        least_amount: Fen::new(100),
        most_amount: Fen::new(20_000),
        settle: 0,
        retry_every: 50,
        check_in_every: 60_000,
        connecting_after: 200,
        ..Settings::default()
    }
}

impl Kiosk {
    pub async fn start(fake: &Fake, journal: &Path, settings: Settings) -> Self {
        Self::start_watched(fake, journal, settings, |_| {}).await
    }

    /// Calls `witness` with each state at the very moment at which the screen gets it.
    async fn start_watched(
        fake: &Fake,
        journal: &Path,
        settings: Settings,
        witness: impl Fn(&State) + Send + 'static,
    ) -> Self {
        let (glass, touches) = mpsc::channel(16);
        let (show, screen) = watch::channel(State::new());
        let shown = Arc::new(AtomicUsize::new(0));
        let count = shown.clone();
        let ports = Ports {
            backend: Client::new(backend_config(&fake.url)).unwrap(),
            journal: Journal::open(at(journal)).await,
            copy: HallCopy::beside(journal),
        };
        let session =
            tokio::spawn(run(settings, ports, MonotonicClock::start(), touches, move |state, _| {
                witness(state);
                count.fetch_add(1, Ordering::SeqCst);
                show.send_replace(state.clone());
            }));
        Self { glass, screen, shown, session }
    }

    pub async fn press(&self, press: Press) {
        self.glass.send(Event::Press(press)).await.unwrap();
    }

    /// Waits until the screen is as wanted.
    pub async fn sees(&mut self, what: &str, wanted: impl FnMut(&State) -> bool) -> State {
        let seen = self.screen.wait_for(wanted);
        if let Ok(state) = tokio::time::timeout(Duration::from_secs(10), seen).await {
            return state.unwrap().clone();
        }
        panic!("never seen: {what}; but {:?}", self.screen.borrow());
    }

    async fn enters(&mut self, number: &str) {
        self.sees("payment is open", |state| state.service.gate == Gate::Open).await;
        self.press(Press::Begin(Journey::Pay)).await;
        for digit in number.bytes() {
            self.press(Press::Digit(digit - b'0')).await;
        }
        self.press(Press::Next).await;
    }

    /// From home to the code; gives the order's id.
    pub async fn reaches_the_code(&mut self) -> Uuid {
        self.enters("1234567127").await;
        self.sees("what is owed", |state| matches!(state.screen, Screen::Confirm(_))).await;
        self.press(Press::Next).await;
        let state = self.sees("the code", shows_code).await;
        let Screen::Pay(pay) = state.screen else { unreachable!() };
        pay.order.unwrap()
    }

    /// As when the power is cut: nothing is said goodbye to.
    pub async fn cut(self) {
        self.session.abort();
        let _ = self.session.await;
    }
}

pub fn shows_code(state: &State) -> bool {
    matches!(&state.screen, Screen::Pay(pay) if matches!(pay.stage, PayStage::Showing { .. }))
}

pub fn finished(state: &State) -> bool {
    matches!(&state.screen, Screen::Finished(finished) if finished.order.collect == Collect::Paid)
}

pub fn place() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    (dir, path)
}

#[tokio::test]
async fn a_customer_pays() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    assert_eq!(fake.only_order(), id);
    assert!(fake.log().contains(&format!("put {id} 10000 fen")), "{:?}", fake.log());
    fake.pay(id);
    kiosk.sees("paid", finished).await;
    kiosk.press(Press::Home).await;
    kiosk.sees("home", |state| matches!(state.screen, Screen::Home)).await;
    assert_eq!(fake.count("cancel"), 0);
    kiosk.cut().await;
    assert!(reopen(&journal).await.open_orders.is_empty(), "it has ended in the journal too");
}

/// What the journal would hold if the power were cut at this moment: its kinds of facts, oldest first.
fn after_a_power_cut(journal: &Path) -> Vec<String> {
    let dir = TempDir::new().unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        let _ = std::fs::copy(journal.with_file_name(name), dir.path().join(name));
    }
    let file = rusqlite::Connection::open(dir.path().join("journal.db")).unwrap();
    let mut query =
        file.prepare("SELECT kind || COALESCE(' ' || collect, '') FROM entry ORDER BY seq").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn the_journal_knows_before_the_backend_and_before_the_customer() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let (tell_put, put) = std::sync::mpsc::channel();
    let file = journal.clone();
    fake.at_put(move || tell_put.send(after_a_power_cut(&file)).unwrap());
    let (tell_paid, paid) = std::sync::mpsc::channel();
    let file = journal.clone();
    let mut kiosk = Kiosk::start_watched(&fake, &journal, settings(), move |state| {
        if finished(state) {
            tell_paid.send(after_a_power_cut(&file)).unwrap();
        }
    })
    .await;
    let id = kiosk.reaches_the_code().await;
    assert_eq!(put.recv().unwrap(), ["named"]);
    fake.pay(id);
    kiosk.sees("paid", finished).await;
    assert_eq!(paid.recv().unwrap(), ["named", "stands awaiting", "stands paid", "ended"]);
}

#[tokio::test]
async fn the_halls_limits_narrow_the_quote() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    kiosk.enters("1234567127").await;
    let state = kiosk.sees("what is owed", |state| matches!(state.screen, Screen::Confirm(_))).await;
    let Screen::Confirm(confirm) = state.screen else { unreachable!() };
    let line = confirm.line().unwrap();
    assert_eq!((line.min_fen, line.max_fen), (Fen::new(100), Fen::new(20_000)));
}

#[tokio::test]
async fn an_unknown_account_is_said() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    kiosk.enters("0000000000").await;
    kiosk
        .sees("unknown", |state| {
            matches!(&state.screen, Screen::Find(find) if find.notice == Some(Notice::AccountUnknown))
        })
        .await;
}

#[tokio::test]
async fn trouble_changes_nothing_about_a_payment() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    for fault in [Fault::Broken, Fault::Garbled] {
        fake.fault(fault);
        kiosk
            .sees("trouble", |state| {
                shows_code(state) && matches!(&state.screen, Screen::Pay(pay) if pay.trouble_since.is_some())
            })
            .await;
        fake.fault(Fault::None);
        kiosk
            .sees("no trouble", |state| {
                shows_code(state) && matches!(&state.screen, Screen::Pay(pay) if pay.trouble_since.is_none())
            })
            .await;
    }
    // Paid while the line is down; told when it is back.
    fake.fault(Fault::Silent);
    fake.pay(id);
    tokio::time::sleep(Duration::from_millis(300)).await;
    fake.fault(Fault::None);
    kiosk.sees("paid", finished).await;
    assert_eq!(fake.count("put"), 1);
    assert_eq!(fake.count("cancel"), 0);
}

#[tokio::test]
async fn leaving_closes_the_code_however_long_it_takes() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    fake.fault(Fault::Broken);
    kiosk.press(Press::Home).await;
    let state = kiosk.sees("home", |state| matches!(state.screen, Screen::Home)).await;
    assert_eq!(state.followed.len(), 1);
    tokio::time::sleep(Duration::from_millis(300)).await;
    fake.fault(Fault::None);
    kiosk.sees("followed to its end", |state| state.followed.is_empty()).await;
    assert_eq!(fake.order(id).unwrap().collect, Collect::Closed);
    kiosk.cut().await;
    assert!(reopen(&journal).await.open_orders.is_empty());
}

#[tokio::test]
async fn the_countdown_ends_in_a_closed_code() {
    let fake = Fake::start().await;
    fake.code_seconds(1);
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    kiosk
        .sees("closed", |state| {
            matches!(&state.screen, Screen::Pay(pay)
                if pay.stage == PayStage::Closed && pay.notice == Some(Notice::ExpiredNothingTaken))
        })
        .await;
    assert!(fake.log().contains(&format!("cancel {id} Expired")), "{:?}", fake.log());
}

#[tokio::test]
async fn idle_wipes_the_customer() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let short = Settings { idle: 300, warning: 300, ..settings() };
    let mut kiosk = Kiosk::start(&fake, &journal, short).await;
    kiosk.press(Press::Way(Way::Language(1))).await;
    kiosk.press(Press::Begin(Journey::Progress)).await;
    kiosk.press(Press::Digit(7)).await;
    kiosk.sees("the warning", |state| state.overlay.is_some()).await;
    kiosk.glass.send(Event::Touched).await.unwrap();
    kiosk.sees("a touch answers", |state| state.overlay.is_none()).await;
    let state = kiosk.sees("home", |state| matches!(state.screen, Screen::Home)).await;
    assert_eq!(state.ways, Ways::default());
}

#[tokio::test]
async fn sleeps_at_rest() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    kiosk.sees("open", |state| state.service.gate == Gate::Open && state.service.open_orders_asked).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (shown, asked) = (kiosk.shown.load(Ordering::SeqCst), fake.log().len());
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(kiosk.shown.load(Ordering::SeqCst), shown);
    assert_eq!(fake.log().len(), asked);
    drop(kiosk.glass);
    tokio::time::timeout(Duration::from_secs(5), kiosk.session).await.unwrap().unwrap();
}

/// The log of this thread, by lines.
#[derive(Clone, Default)]
struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let writer = move || log.clone();
        tracing::subscriber::set_default(
            tracing_subscriber::fmt().with_writer(writer).with_ansi(false).finish(),
        )
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8_lossy(&self.0.lock().unwrap()).lines().map(str::to_owned).collect()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What the hall publishes is read once for each edition, and there again at a start without the backend.
#[tokio::test]
async fn what_was_published_can_be_read_without_the_backend() {
    let (_dir, journal) = place();
    let fake = Fake::start().await;
    fake.publish("one");
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    kiosk.sees("the shelf", |state| state.tiles() == [Tile::Shelf(0)]).await;
    kiosk.press(Press::Shelf(0)).await;
    kiosk.sees("its only sheet", |state| {
        matches!(&state.screen, Screen::Information(information) if information.sheet().is_some())
    })
    .await;
    kiosk.press(Press::Home).await;
    assert_eq!(fake.count("hall"), 1, "an edition is read once");
    kiosk.cut().await;

    let nobody = Fake::start().await;
    nobody.fault(Fault::Broken);
    let mut kiosk = Kiosk::start(&nobody, &journal, settings()).await;
    let state = kiosk.sees("the copy", |state| state.tiles() == [Tile::Shelf(0)]).await;
    assert_eq!(state.service.hall.edition, "one");
}

/// An hour without a backend, by a clock that tests can hurry: a check-in every five seconds and nothing else.
#[tokio::test(start_paused = true)]
async fn an_hour_alone_is_quiet() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let (_dir, journal) = place();
    let ports = Ports {
        backend: Client::new(backend_config(&nobody)).unwrap(),
        journal: Journal::open(at(&journal)).await,
        copy: HallCopy::beside(&journal),
    };
    let (_glass, touches) = mpsc::channel(1);
    let shown = Arc::new(AtomicUsize::new(0));
    let count = shown.clone();
    let last = Arc::new(std::sync::Mutex::new(State::new()));
    let show = last.clone();
    // The session runs on this test's own thread, and so does its log.
    let log = Log::default();
    let listening = log.listen();
    let session = tokio::spawn(run(settings(), ports, MonotonicClock::start(), touches, move |state, _| {
        count.fetch_add(1, Ordering::SeqCst);
        *show.lock().unwrap() = state.clone();
    }));
    tokio::time::sleep(Duration::from_secs(3600)).await;
    session.abort();
    drop(listening);
    let told = log.lines();
    let of_the_line = told.iter().filter(|line| line.contains("no usable answer")).count();
    assert!((1..=3).contains(&of_the_line), "{told:#?}");
    assert!(told.len() <= 8, "{told:#?}");
    let shown = shown.load(Ordering::SeqCst);
    // The tick, the journal's health, the answer.
    assert!((900..=2300).contains(&shown), "{shown} wake-ups in an hour");
    // By the hurried clock the journal's thread, which lives by the real one, is too late as well.
    let gate = last.lock().unwrap().service.gate;
    assert!(matches!(gate, Gate::Closed(ClosedReason::Backend)), "{gate:?}");
}
