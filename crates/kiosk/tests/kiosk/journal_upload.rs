//! The journal through its handle: what goes up, what is acknowledged, and what each trouble does to the book.

use powerhall_api::{JournalAnswer, JournalFact};
use powerhall_flow::{Fact, JournalTrouble};
use powerhall_kiosk::journal::{Journal, JournalConfig, JournalError};
use powerhall_money::Fen;
use tempfile::TempDir;
use uuid::Uuid;

use crate::journal::{at, open, reopen};

const NAMED: Fact = Fact::Named { amount: Fen::new(30_954) };

fn taken(acked_through: u64) -> JournalAnswer {
    JournalAnswer { acked_through, refused: Vec::new() }
}

#[tokio::test]
async fn what_the_backend_has_is_not_sent_again() {
    let dir = TempDir::new().unwrap();
    let journal = open(&dir.path().join("journal.db")).await.journal;
    assert_eq!(journal.unacknowledged().await, None, "nothing was written");
    let order = Uuid::now_v7();
    journal.record(order, NAMED).await.unwrap();
    journal.record(order, Fact::Ended).await.unwrap();
    let upload = journal.unacknowledged().await.unwrap();
    let facts: Vec<_> = upload.entries.iter().map(|entry| (entry.order_id, entry.fact)).collect();
    assert_eq!(
        facts,
        [(order, JournalFact::Named { amount_fen: Fen::new(30_954) }), (order, JournalFact::Ended)]
    );
    assert_eq!(upload.book, journal.check().await.unwrap().head.book);

    assert!(!journal.acknowledge(Uuid::now_v7(), taken(2)).await, "that is about another book");
    assert_eq!(journal.unacknowledged().await, Some(upload.clone()));
    assert!(journal.acknowledge(upload.book, taken(1)).await);
    let rest = journal.unacknowledged().await.unwrap();
    assert_eq!((rest.entries.as_slice(), &rest.before), (&upload.entries[1..], &upload.entries[0].hash));
    assert!(!journal.acknowledge(upload.book, taken(1)).await, "it leads no further");
    assert!(journal.acknowledge(upload.book, taken(2)).await);
    assert_eq!(journal.unacknowledged().await, None);
}

/// The head names the newest row, so that the backend sees when a tail is missing.
#[tokio::test]
async fn the_head_is_the_newest_row() {
    let dir = TempDir::new().unwrap();
    let journal = open(&dir.path().join("journal.db")).await.journal;
    for seq in 0..3 {
        let head = journal.check().await.unwrap().head;
        assert_eq!(head.seq, seq);
        journal.record(Uuid::now_v7(), NAMED).await.unwrap();
        let newest = journal.unacknowledged().await.unwrap().entries.pop().unwrap();
        let head = journal.check().await.unwrap().head;
        assert_eq!((head.seq, head.hash), (newest.seq, newest.hash));
    }
}

/// A journal that contradicts itself is not written any more; the next check opens it again and tells what it remembers.
#[tokio::test]
async fn a_contradiction_stops_the_writing_until_the_book_is_opened_again() {
    let dir = TempDir::new().unwrap();
    let journal = open(&dir.path().join("journal.db")).await.journal;
    let order = Uuid::now_v7();
    journal.record(order, NAMED).await.unwrap();
    let other = Fact::Named { amount: Fen::new(1) };
    assert_eq!(journal.record(order, other).await, Err(JournalTrouble::Corrupt));
    assert_eq!(journal.record(Uuid::now_v7(), NAMED).await, Err(JournalTrouble::Unwritable));
    assert_eq!(journal.unacknowledged().await, None);
    let remembered = journal.check().await.unwrap().opened.unwrap();
    assert_eq!((remembered.open_orders, remembered.begun_anew), (vec![order], false));
    journal.record(Uuid::now_v7(), NAMED).await.unwrap();
}

/// Full is no damage: the orders that were let in come to their ends in the same book, and room is made as soon as the
/// backend has them.
#[tokio::test]
async fn a_full_journal_stays_open() {
    let dir = TempDir::new().unwrap();
    let config = JournalConfig { max_rows: 2, ..at(dir.path().join("journal.db")) };
    let journal = Journal::open(config).await.journal;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    for order in [first, second] {
        journal.record(order, NAMED).await.unwrap();
    }
    assert_eq!(journal.record(Uuid::now_v7(), NAMED).await, Err(JournalTrouble::Full));
    assert_eq!(journal.check().await, Err(JournalTrouble::Full));
    for order in [first, second] {
        journal.record(order, Fact::Ended).await.unwrap();
    }
    let book = journal.unacknowledged().await.unwrap().book;
    assert!(journal.acknowledge(book, taken(4)).await);
    assert_eq!(journal.check().await.unwrap().opened, None, "it was never closed");
    journal.record(Uuid::now_v7(), NAMED).await.unwrap();
}

#[tokio::test]
async fn staff_reads_a_journal_whose_kiosk_is_off_and_hears_why_not() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("journal.db");
    let journal = open(&path).await.journal;
    journal.record(Uuid::now_v7(), NAMED).await.unwrap();
    drop(journal);
    drop(reopen(&path).await);
    let log = path.with_file_name("journal.db-wal");
    while log.exists() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(powerhall_kiosk::journal::read(&path).unwrap().entries.len(), 1);
    // Without its log, the newest rows would be missing: better nothing than half of it.
    std::fs::create_dir(&log).unwrap();
    let unreadable = powerhall_kiosk::journal::read(&path);
    assert!(matches!(unreadable, Err(JournalError::File { .. })), "{unreadable:?}");
}
