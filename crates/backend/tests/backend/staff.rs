//! The staff's door: reviews are listed, read and decided by the operating system's user.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use powerhall_api::Collect;
use powerhall_backend::staff::{Answer, Ask, Choose, Door, DoorError, Sheet, Slip, ask};
use powerhall_money::Fen;
use tokio::sync::watch;

use crate::fake_channel::Fault;
use crate::real::config_in;
use crate::world::World;

/// The staff's door of a world.
pub struct Desk {
    socket: std::path::PathBuf,
    _stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

impl Desk {
    pub async fn open(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("s.sock");
        let door = Door::open(&socket, 0o600, &folder.path().join("reports")).await.expect("opens");
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(door.serve(Arc::new(world.backend()), stopped));
        Self { socket, _stop: stop, _folder: folder }
    }

    pub async fn ask(&self, question: Ask) -> Answer {
        ask(&self.socket, &question).await.expect("answered")
    }

    async fn list(&self) -> Vec<Slip> {
        match self.ask(Ask::List { all: false }).await {
            Answer::Listed { slips } => slips,
            other => panic!("{other:?}"),
        }
    }

    async fn sheet(&self, key: &str) -> Sheet {
        match self.ask(Ask::Show { key: key.to_owned() }).await {
            Answer::Shown { sheet } => *sheet,
            other => panic!("{other:?}"),
        }
    }

    async fn decide(&self, key: &str, choice: Choose) -> Answer {
        self.ask(Ask::Decide { key: key.to_owned(), choice, reason: "seen at the desk".to_owned() }).await
    }
}

/// The user that runs these tests, as the system names it.
pub fn me() -> String {
    let out = Command::new("id").arg("-un").output().expect("runs");
    String::from_utf8(out.stdout).expect("text").trim().to_owned()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("there").permissions().mode() & 0o777
}

#[tokio::test]
async fn money_paid_otherwise_than_asked_becomes_credit_by_a_persons_decision() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    assert_eq!(mode(&desk.socket), 0o600);
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    assert!(world.channel.pay_anyway(&number, Some(Fen::new(14_000))));
    world.notify(world.channel.notification(&number)).await;
    world.until_collect("kiosk-1", id, Collect::ManualReview).await;

    let slips = desk.list().await;
    assert_eq!(slips.len(), 1);
    let key = slips[0].key.clone();
    assert_eq!(slips[0].amount_fen, Fen::new(14_000));
    assert!(matches!(desk.decide(&key, Choose::Post).await, Answer::Refused { .. }), "the amount differs");
    assert!(
        matches!(desk.decide(&key, Choose::Noted).await, Answer::Refused { .. }),
        "money is not just noted"
    );
    assert_eq!(desk.decide(&key, Choose::Credit).await, Answer::Decided);
    world.until_settled().await;
    // 14000 pay the older month of 10000; 4000 are left for the account.
    assert_eq!((world.billing.posted(), world.billing.credit()), (14_000, 4_000));
    let [asked] = &world.billing.asked()[..] else { panic!("asked once") };
    assert!(!asked.exact && asked.periods.is_empty(), "credit is for no month: {asked:?}");

    let again = desk.decide(&key, Choose::Refund).await;
    assert!(matches!(&again, Answer::Refused { why } if why.contains("decided before")), "{again:?}");
    assert!(desk.list().await.is_empty());
    let sheet = desk.sheet(&key).await;
    let who = format!("user:{} (decided)", me());
    let past = sheet.history.iter().find(|p| p.who == who).expect("the decision is an event");
    assert_eq!(past.evidence.as_deref(), Some("credit: seen at the desk"));
    assert!(sheet.slip.decided.is_some_and(|d| d.contains(&me())));
    let masked = sheet.order.expect("its order").lines.concat();
    assert!(!masked.contains(crate::fake_billing::ACCOUNT), "{masked}");
    let order = world.get("kiosk-1", id).await;
    assert_eq!(order.lines.len(), 1, "the kiosk sees what was ordered, not what a person added");
}

#[tokio::test]
async fn a_refund_that_failed_is_asked_for_again_with_the_same_number() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    world.billing.fault("post", [Fault::Refused]);
    world.channel.fault("refund", [Fault::Refused]);
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    world.notify(world.channel.notification(&number)).await;
    world
        .until("kiosk-1", id, "under review", |o| o.lines[0].deliver == powerhall_api::Deliver::ManualReview)
        .await;
    let key = desk.list().await.remove(0).key;
    world.channel.finish_refunds();
    assert_eq!(desk.decide(&key, Choose::Retry).await, Answer::Decided);
    world.until_settled().await;
    assert_eq!(world.channel.refunded(), 15_000);
    let asked = world.channel.numbers("refund");
    assert!(asked.len() >= 2 && asked.iter().all(|n| *n == asked[0]), "{asked:?}");
}

#[tokio::test]
async fn a_door_is_not_taken_from_one_that_lives() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    let second = Door::open(&desk.socket, 0o600, Path::new("reports")).await;
    assert!(matches!(second, Err(DoorError::Taken(_))));
    // A dead backend's socket is in nobody's way.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("old.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("binds"));
    let opened = Door::open(&path, 0o660, Path::new("reports")).await;
    assert!(opened.is_ok() && mode(&path) == 0o660);
    assert!(ask(&folder.path().join("none.sock"), &Ask::List { all: true }).await.is_err());
}

#[tokio::test]
async fn what_is_no_socket_is_left_where_it_lies() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, link] = ["backend.db", "link.sock"].map(|name| folder.path().join(name));
    std::fs::write(&file, "the memory of money").expect("writes");
    std::os::unix::fs::symlink(&file, &link).expect("links");
    for path in [&file, &link] {
        let opened = Door::open(path, 0o600, Path::new("reports")).await;
        assert!(matches!(opened, Err(DoorError::NotASocket(_))), "{}", path.display());
    }
    assert_eq!(std::fs::read_to_string(&link).expect("both are there"), "the memory of money");
    assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 2, "nothing was bound beside them");
}

/// The same at the command line, against the real process.
#[tokio::test]
async fn the_commands_ask_the_running_backend() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_in(folder.path());
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_powerhall-backend"));
        command.args(arguments).arg("--config").arg(&config);
        command
    };
    let run = |arguments: &[&str]| {
        let out = command(arguments).output().expect("runs");
        let said =
            [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (out.status.success(), said)
    };
    let (ok, said) = run(&["review", "list"]);
    assert!(!ok && said.contains("is the backend running"), "{said}");
    let mut serving =
        command(&["serve"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let socket = folder.path().join("backend.sock");
    for _ in 0..500 {
        if tokio::net::UnixStream::connect(&socket).await.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(mode(&socket), 0o600);
    assert_eq!(run(&["review", "list"]), (true, "nothing to look at\n".to_owned()));
    assert_eq!(run(&["calls"]), (true, "nobody calls\n".to_owned()));
    let (ok, said) = run(&["calls", "take", "kiosk-1"]);
    assert!(!ok && said.contains("nobody calls from this kiosk"), "{said}");
    let (ok, said) = run(&["review", "decide", "no-such", "noted", "--reason", "x"]);
    assert!(!ok && said.contains("no such review"), "{said}");
    let (ok, first) = run(&["reconcile", "--day", "2026-01-05", "--close"]);
    assert!(ok && first.contains("no differences") && first.contains(&format!("user:{}", me())), "{first}");
    let files = ["csv", "json"].map(|kind| folder.path().join(format!("reports/2026-01-05.{kind}")));
    let before = files.clone().map(|file| std::fs::read(file).expect("written"));
    assert_eq!(run(&["reconcile", "--day", "2026-01-05", "--close"]), (true, first));
    assert_eq!(files.map(|file| std::fs::read(file).expect("written")), before);
    let (ok, said) = run(&["reconcile", "--day", "2999-01-01"]);
    assert!(!ok && said.contains("is not over"), "{said}");
    let stopped = Command::new("kill").arg(serving.id().to_string()).status().expect("kill is there");
    assert!(stopped.success() && serving.wait().expect("ends").success());
    assert!(!socket.exists(), "an orderly end leaves no socket");
}
