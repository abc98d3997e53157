//! Files from outside, bent: a configuration is read or every mistake is named; a journal is either every row that was
//! written, or set aside and kept; never a panic, never a row less in silence.

use std::collections::BTreeSet;
use std::path::Path;

use powerhall_flow::Fact;
use powerhall_kiosk::config::{ConfigError, KioskConfig};
use powerhall_kiosk::journal::{Journal, Opened, read};
use powerhall_money::Fen;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;
use uuid::Uuid;

use crate::journal::{at, open};

const SAMPLE: &str = include_str!("sample.toml");

#[test]
fn a_configuration_is_read_or_its_mistakes_are_named() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("kiosk.toml");
    let strategy = prop_oneof![powerhall_mangle::lines(SAMPLE), powerhall_mangle::text(SAMPLE)];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let all = runner.run(&strategy, |bent| {
        std::fs::write(&path, &bent).unwrap();
        match KioskConfig::load(&path) {
            Ok(_) => {}
            Err(ConfigError::Mistakes { mistakes, .. }) => {
                prop_assert!(!mistakes.is_empty());
                prop_assert!(mistakes.iter().all(|m| !m.key.is_empty() && !m.allowed.is_empty()), "{mistakes:?}");
            }
            Err(ConfigError::Parse { message, .. }) => prop_assert!(!message.is_empty()),
            Err(ConfigError::Read { source, .. }) => prop_assert!(false, "{source}"),
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
}

/// The bytes of a journal that was closed in an orderly way, and the orders that it names as open.
async fn journal_file(dir: &Path) -> (Vec<u8>, BTreeSet<Uuid>) {
    let path = dir.join("good.db");
    let journal = open(&path).await.journal;
    let mut named = BTreeSet::new();
    for order in (1..=40).map(Uuid::from_u128) {
        journal.record(order, Fact::Named { amount: Fen::new(30_954) }).await.unwrap();
        if order.as_u128() % 3 == 0 {
            journal.record(order, Fact::Ended).await.unwrap();
        } else {
            named.insert(order);
        }
    }
    drop(journal);
    // Closing moves the write-ahead log into the file and takes it away.
    while path.with_file_name("good.db-wal").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    (std::fs::read(&path).unwrap(), named)
}

fn set_aside(dir: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    let damaged = files.filter(|file| {
        let name = file.file_name().into_string().unwrap();
        name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    damaged.map(|file| std::fs::read(file.path()).unwrap()).collect()
}

#[test]
fn a_bent_journal_is_whole_or_set_aside() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let dir = TempDir::new().unwrap();
    let (good, named) = runtime.block_on(journal_file(dir.path()));
    let some = |place: prop::sample::Index, byte: u8, length: usize| {
        let mut bytes = good.clone();
        let at = place.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes[at..end].fill(byte);
        bytes
    };
    // A few changed bytes, a page of another age, a file cut short, or anything.
    let strategy = prop_oneof![
        4 => (any::<prop::sample::Index>(), any::<u8>(), 1..4_usize).prop_map(move |(at, byte, n)| some(at, byte, n)),
        4 => powerhall_mangle::bytes(good.clone()),
        1 => {
            let good = good.clone();
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(move |(from, to)| {
                let pages = good.len() / 4096;
                let (from, to) = (from.index(pages) * 4096, to.index(pages) * 4096);
                let mut bytes = good.clone();
                bytes.copy_within(from..from + 4096, to);
                bytes
            })
        },
    ];
    let (mut whole, mut damaged, case) = (0, 0, std::cell::Cell::new(0));
    let counts = std::cell::RefCell::new((&mut whole, &mut damaged));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let all = runner.run(&strategy, |bytes| {
        case.set(case.get() + 1);
        let place = dir.path().join(format!("case-{}", case.get()));
        std::fs::create_dir_all(&place).unwrap();
        let path = place.join("journal.db");
        std::fs::write(&path, &bytes).unwrap();
        // Staff may look at any file.
        let _ = read(&path);
        let Opened { journal, found } = runtime.block_on(Journal::open(at(&path)));
        let kept = set_aside(&place);
        match found {
            Ok(found) if kept.is_empty() && !bytes.is_empty() => {
                *counts.borrow_mut().0 += 1;
                let open: BTreeSet<Uuid> = found.open_orders.into_iter().collect();
                prop_assert_eq!(&open, &named, "a row is lost in silence");
                prop_assert!(!found.begun_anew);
            }
            // An empty file is a new book: then the backend is asked for the open orders.
            Ok(found) => {
                *counts.borrow_mut().1 += 1;
                prop_assert!(found.begun_anew && found.open_orders.is_empty());
                prop_assert_eq!(kept.len(), usize::from(!bytes.is_empty()), "what was damaged is kept");
            }
            // Unwritable: payment stays closed, and the file is where it was.
            Err(_) => prop_assert!(path.exists() && kept.is_empty()),
        }
        drop(journal);
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    assert!(whole > 0 && damaged > 20, "{whole} whole, {damaged} damaged");
}
