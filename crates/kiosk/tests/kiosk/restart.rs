//! Kiosks that are cut off and come back, journals that are damaged or cannot be written, and the journal's way to the
//! backend.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use powerhall_api::{ClosedReason, Collect, JournalFact};
use powerhall_flow::{Gate, Journey, Notice, Origin, Press, Screen, State};
use powerhall_money::Fen;

use crate::fake::{Fake, Fault};
use crate::journal::reopen;
use crate::session::{Kiosk, finished, place, settings, shows_code};

fn resumed(state: &State) -> bool {
    shows_code(state) && matches!(&state.screen, Screen::Pay(pay) if pay.origin == Origin::Resumed)
}

#[tokio::test]
async fn a_live_code_comes_back_after_a_power_cut_and_can_be_paid() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    kiosk.cut().await;
    assert_eq!(reopen(&journal).await.open_orders, [id]);
    tokio::time::sleep(Duration::from_millis(50)).await;

    let mut again = Kiosk::start(&fake, &journal, settings()).await;
    let state = again.sees("the code again", resumed).await;
    let Screen::Pay(pay) = state.screen else { unreachable!() };
    assert_eq!((pay.order, pay.amount, pay.notice), (Some(id), Fen::new(10_000), Some(Notice::Resumed)));
    assert_eq!(fake.count("cancel"), 0);
    fake.pay(id);
    again.sees("paid", finished).await;
    again.cut().await;
    assert!(reopen(&journal).await.open_orders.is_empty());
}

#[tokio::test]
async fn a_code_that_is_over_is_closed_after_the_restart() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    kiosk.cut().await;
    fake.change(id, |order| order.attempt.as_mut().unwrap().seconds_left = Some(0));
    tokio::time::sleep(Duration::from_millis(50)).await;

    let mut again = Kiosk::start(&fake, &journal, settings()).await;
    again
        .sees("closed and ended", |state| state.service.open_orders_asked && state.followed.is_empty())
        .await;
    assert_eq!(fake.order(id).unwrap().collect, Collect::Closed);
    assert!(fake.log().contains(&format!("cancel {id} Restart")), "{:?}", fake.log());
    again.cut().await;
    assert!(reopen(&journal).await.open_orders.is_empty());
}

#[tokio::test]
async fn a_damaged_journal_is_made_good_by_the_backend() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    kiosk.cut().await;
    drop(reopen(&journal).await);
    tokio::time::sleep(Duration::from_millis(50)).await;
    std::fs::write(&journal, "not a database, whatever its name says".repeat(100)).unwrap();

    let mut again = Kiosk::start(&fake, &journal, settings()).await;
    let state = again.sees("the code again", resumed).await;
    let Screen::Pay(pay) = state.screen else { unreachable!() };
    assert_eq!(pay.order, Some(id));
    again.sees("payment opens", |state| state.service.gate == Gate::Open).await;
    again.press(Press::Home).await;
    again.sees("closed", |state| state.screen == Screen::Home && state.followed.is_empty()).await;
    assert_eq!(fake.order(id).unwrap().collect, Collect::Closed);
}

#[tokio::test]
async fn while_the_journal_cannot_be_written_payment_is_closed_and_then_opens_by_itself() {
    let fake = Fake::start().await;
    let (dir, _) = place();
    // A file where the journal's folder should be.
    let folder = dir.path().join("folder");
    std::fs::write(&folder, "").unwrap();
    let mut kiosk = Kiosk::start(&fake, &folder.join("journal.db"), settings()).await;
    kiosk
        .sees("checked in", |state| state.service.checking.is_none() && state.service.open_orders_asked)
        .await;
    kiosk.press(Press::Begin(Journey::Pay)).await;
    kiosk
        .sees("payment closed", |state| matches!(state.screen, Screen::PaymentClosed(ClosedReason::Journal)))
        .await;
    assert_eq!(fake.count("check-in journal_ok=false"), fake.count("check-in"));
    assert_eq!(fake.head(), None);
    kiosk.press(Press::Home).await;
    kiosk.press(Press::Begin(Journey::Progress)).await;
    kiosk.sees("progress still works", |state| matches!(state.screen, Screen::Find(_))).await;
    assert_eq!(fake.count("put"), 0);
    kiosk.press(Press::Home).await;
    std::fs::remove_file(&folder).unwrap();
    kiosk.press(Press::Begin(Journey::Pay)).await;
    kiosk.sees("payment is open", |state| state.service.gate == Gate::Open).await;
    assert_eq!(fake.head().unwrap().seq, 0);
}

#[tokio::test]
async fn the_journal_goes_up_in_order_and_again_after_trouble() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut often = settings();
    often.check_in_every = 200;
    let mut kiosk = Kiosk::start(&fake, &journal, often).await;
    let id = kiosk.reaches_the_code().await;
    fake.fault(Fault::Broken);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(fake.journal().is_empty(), "nobody was there to take it");
    fake.fault(Fault::None);
    fake.pay(id);
    kiosk.sees("paid", finished).await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while fake.journal().len() < 4 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let facts: Vec<JournalFact> = fake.journal().iter().map(|entry| entry.fact).collect();
    assert!(matches!(facts[0], JournalFact::Named { amount_fen } if amount_fen == Fen::new(10_000)));
    assert!(matches!(facts[2], JournalFact::Stands { collect: Collect::Paid, .. }), "{facts:?}");
    assert_eq!((facts.len(), facts[3]), (4, JournalFact::Ended));
    let mut before = [0; 32];
    for (entry, seq) in fake.journal().iter().zip(1..) {
        before = entry.chained(&before);
        assert_eq!(entry.seq, seq);
        assert!(entry.hash.starts_with(&format!("{:02x}{:02x}", before[0], before[1])));
    }
    // The kiosk hears of it a moment after the backend has it.
    let acked = || powerhall_kiosk::journal::read(&journal).unwrap().acked_through;
    while acked() < 4 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(acked(), 4);
}

/// Everything on disk, with what SQLite keeps beside the file and may remove meanwhile.
fn bytes(journal: &Path) -> Vec<u8> {
    let folder = std::fs::read_dir(journal.parent().unwrap()).unwrap();
    let read = |path: PathBuf| match std::fs::read(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => read.unwrap(),
    };
    folder.flat_map(|file| read(file.unwrap().path())).collect()
}

#[tokio::test]
async fn nothing_personal_is_at_rest() {
    let fake = Fake::start().await;
    let (_dir, journal) = place();
    let mut kiosk = Kiosk::start(&fake, &journal, settings()).await;
    let id = kiosk.reaches_the_code().await;
    fake.pay(id);
    kiosk.sees("paid", finished).await;
    let mut disk = bytes(&journal);
    kiosk.cut().await;
    drop(reopen(&journal).await);
    disk.extend(bytes(&journal));
    let holds = |words: &str| disk.windows(words.len()).any(|window| window == words.as_bytes());
    assert!(holds(&id.to_string()), "the scan finds what is there");
    for personal in
        ["1234567127", "5101234567127", "510*******127", "张", "东街", "quote-1", "ref-1", "http", "T1", "R1"]
    {
        assert!(!holds(personal), "{personal} is on the disk");
    }
}
