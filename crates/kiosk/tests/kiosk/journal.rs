//! A journal that is killed, locked, damaged or full.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use powerhall_api::Collect;
use powerhall_flow::{Fact, JournalTrouble};
use powerhall_kiosk::journal::{Journal, JournalConfig, JournalError, Opened};
use powerhall_money::Fen;
use tempfile::TempDir;
use uuid::Uuid;

const NAMED: Fact = Fact::Named { amount: Fen::new(30_954) };
/// Makes this test binary the process that is killed; its value is the journal's path.
const CHILD: &str = "POWERHALL_TEST_JOURNAL";

pub fn at(path: impl Into<PathBuf>) -> JournalConfig {
    JournalConfig { path: path.into(), keep: Duration::from_secs(24 * 3600), max_rows: 100_000 }
}

/// A journal, and the orders that it names as open.
pub struct Found {
    pub journal: Journal,
    pub open_orders: Vec<Uuid>,
}

async fn try_open(path: &Path) -> Result<Found, JournalError> {
    let Opened { journal, found } = Journal::open(at(path)).await;
    found.map(|found| Found { journal, open_orders: found.open_orders })
}

pub async fn open(path: &Path) -> Found {
    try_open(path).await.unwrap()
}

/// The journal's thread closes the file a moment after the last handle is gone.
pub async fn reopen(path: &Path) -> Found {
    for _ in 0..200 {
        match try_open(path).await {
            Ok(found) => return found,
            Err(JournalError::Sqlite(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("still locked");
}

#[tokio::test]
async fn remembers_open_orders_and_only_those() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("below/journal.db");
    let (first, second, third) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let opened = open(&path).await;
    assert!(opened.open_orders.is_empty());
    let journal = opened.journal;
    for order in [first, second, third] {
        journal.record(order, NAMED).await.unwrap();
        journal.record(order, Fact::Stands { version: 3, collect: Collect::Paid }).await.unwrap();
    }
    journal.record(second, Fact::Ended).await.unwrap();
    drop(journal);
    assert_eq!(reopen(&path).await.open_orders, [first, third]);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn writes_in_the_order_of_the_calls() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path).await.journal;
    let order = Uuid::now_v7();
    let (named, ended) = (journal.record(order, NAMED), journal.record(order, Fact::Ended));
    assert_eq!((ended.await, named.await), (Ok(()), Ok(())));
    drop(journal);
    assert!(reopen(&path).await.open_orders.is_empty());
}

#[tokio::test]
async fn a_second_kiosk_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let first = open(&path).await;
    let second = Journal::open(at(&path)).await.found.unwrap_err();
    assert_eq!(second.trouble(), JournalTrouble::Unwritable, "{second}");
    first.journal.record(Uuid::now_v7(), NAMED).await.unwrap();
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_said() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.join("journal.db"), dir.path().to_owned(), PathBuf::from("/proc/journal.db")] {
        let error = Journal::open(at(&path)).await.found.unwrap_err();
        assert_eq!(error.trouble(), JournalTrouble::Unwritable, "{error}");
    }
}

/// The damaged files beside a journal.
fn set_aside(path: &Path) -> Vec<PathBuf> {
    let name = format!("{}.damaged-", path.file_name().unwrap().to_str().unwrap());
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(&name)).collect()
}

#[tokio::test]
async fn damage_is_set_aside_and_a_new_book_begins() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let rubbish = "this is not a database, and long enough to have had a header".repeat(50);
    std::fs::write(&path, &rubbish).unwrap();
    let opened = Journal::open(at(&path)).await;
    assert!(opened.found.unwrap().begun_anew);
    opened.journal.record(Uuid::now_v7(), NAMED).await.unwrap();
    let [kept] = &set_aside(&path)[..] else { panic!("{:?}", set_aside(&path)) };
    assert_eq!(std::fs::read_to_string(kept).unwrap(), rubbish, "kept as it was");

    let path = dir.path().join("flipped.db");
    let journal = open(&path).await.journal;
    let order = Uuid::now_v7();
    journal.record(order, NAMED).await.unwrap();
    let book = journal.check().await.unwrap().head.book;
    drop(journal);
    // Closing moves the write-ahead log into the file and takes it away.
    while path.with_file_name("flipped.db-wal").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut bytes = std::fs::read(&path).unwrap();
    let id = order.to_string();
    let place = bytes.windows(id.len()).position(|window| window == id.as_bytes()).unwrap();
    bytes[place] = if bytes[place] == b'f' { b'e' } else { b'f' };
    std::fs::write(&path, bytes).unwrap();
    let opened = Journal::open(at(&path)).await;
    let found = opened.found.unwrap();
    assert!(found.begun_anew && found.open_orders.is_empty(), "{found:?}");
    assert_ne!(opened.journal.check().await.unwrap().head.book, book);
    assert_eq!(set_aside(&path).len(), 1);
}

#[tokio::test]
async fn heals_when_the_disk_can_be_written_again() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("folder/journal.db");
    // A file where the folder should be.
    std::fs::write(dir.path().join("folder"), "").unwrap();
    let opened = Journal::open(at(&path)).await;
    assert_eq!(opened.found.unwrap_err().trouble(), JournalTrouble::Unwritable);
    let journal = opened.journal;
    assert_eq!(journal.record(Uuid::now_v7(), NAMED).await, Err(JournalTrouble::Unwritable));
    assert_eq!(journal.check().await, Err(JournalTrouble::Unwritable));
    std::fs::remove_file(dir.path().join("folder")).unwrap();
    let checked = journal.check().await.unwrap();
    assert_eq!(checked.opened.map(|remembered| remembered.begun_anew), Some(true), "told once");
    assert_eq!(journal.check().await.unwrap().opened, None);
    journal.record(Uuid::now_v7(), NAMED).await.unwrap();
}

#[tokio::test]
async fn staff_reads_it_while_the_kiosk_writes() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path).await.journal;
    for seq in 1..=20 {
        journal.record(Uuid::now_v7(), NAMED).await.unwrap();
        let contents = powerhall_kiosk::journal::read(&path).unwrap();
        assert_eq!((contents.entries.len(), contents.acked_through), (seq, 0));
    }
    let nothing = powerhall_kiosk::journal::read(&dir.path().join("none.db"));
    assert!(matches!(nothing, Err(JournalError::File { .. })), "{nothing:?}");
}

/// The process that gets killed. In an ordinary run it has nothing to do.
#[tokio::test]
async fn child_process() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let journal = open(Path::new(&path)).await.journal;
    loop {
        let order = Uuid::now_v7();
        match journal.record(order, NAMED).await {
            Ok(()) => println!("\nwritten {order}"),
            Err(trouble) => {
                println!("\nrefused {trouble:?}");
                // There may be room left for the little that a check writes; then for one less.
                for _ in 0..100 {
                    match journal.check().await {
                        Ok(checked) if checked.opened.is_none() => {}
                        end => return println!("\nchecked {:?}", end.map(drop)),
                    }
                }
                return;
            }
        }
    }
}

fn child(path: &Path, limit_blocks: Option<u32>) -> Command {
    let program = std::env::current_exe().unwrap();
    let mut command = match limit_blocks {
        None => Command::new(&program),
        Some(blocks) => {
            // A file that cannot grow is how a full disk looks; the signal would end the process instead.
            let mut shell = Command::new("sh");
            shell
                .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")])
                .arg(&program);
            shell
        }
    };
    command
        .args(["--exact", "journal::child_process", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let mut process = child(&path, None).spawn().unwrap();
    let mut acknowledged: Vec<Uuid> = Vec::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        if let Some(id) = line.unwrap().strip_prefix("written ") {
            acknowledged.push(id.parse().unwrap());
        }
        if acknowledged.len() == 20 {
            process.kill().unwrap();
        }
    }
    process.wait().unwrap();
    assert!(acknowledged.len() >= 20, "{}", acknowledged.len());
    let open_orders = reopen(&path).await.open_orders;
    assert_eq!(open_orders[..acknowledged.len()], acknowledged);
    assert!(
        open_orders.len() <= acknowledged.len() + 1,
        "only the one under way may be there without its word"
    );
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    drop(open(&path).await);
    drop(reopen(&path).await);
    // 200 blocks of 512 or 1024 bytes: the write-ahead log reaches that soon.
    let output = child(&path, Some(200)).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("refused Unwritable"), "{text}");
    assert!(text.contains("checked Ok(())"), "opening it again moves the log into the file: {text}");
    let acknowledged: Vec<Uuid> =
        text.lines().filter_map(|line| line.strip_prefix("written ")).map(|id| id.parse().unwrap()).collect();
    assert!(!acknowledged.is_empty());
    assert_eq!(reopen(&path).await.open_orders, acknowledged);
}
