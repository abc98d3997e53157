//! The kiosks' journals at the backend: taken in once, compared with the orders, never rewritten.

use powerhall_api::{JournalAnswer, JournalEntry, JournalFact};
use powerhall_backend::store::Office;
use powerhall_money::Fen;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;

/// A kiosk's journal as it grows.
pub struct Journal {
    pub book: Uuid,
    pub rows: Vec<JournalEntry>,
}

impl Journal {
    pub fn new() -> Self {
        Self { book: Uuid::now_v7(), rows: Vec::new() }
    }

    pub fn write(&mut self, order_id: Uuid, fact: JournalFact) {
        let seq = self.rows.len() as u64 + 1;
        let mut row = JournalEntry { seq, order_id, fact, at: 1, hash: String::new() };
        row.hash = hex(&row.chained(&bytes(&self.before(self.rows.len()))));
        self.rows.push(row);
    }

    pub fn name(&mut self, order_id: Uuid, fen: i64) {
        self.write(order_id, JournalFact::Named { amount_fen: Fen::new(fen) });
    }

    fn before(&self, row: usize) -> String {
        row.checked_sub(1).map_or_else(|| "0".repeat(64), |row| self.rows[row].hash.clone())
    }

    pub async fn upload(&self, world: &World, kiosk: &str, from: usize) -> JournalAnswer {
        let body = json!({"book": self.book, "before": self.before(from), "entries": self.rows[from..]});
        let answer = world.post(kiosk, "/v1/journal", body).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("an answer")
    }

    pub fn head(&self) -> Value {
        json!({"book": self.book, "seq": self.rows.len(), "hash": self.before(self.rows.len())})
    }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    for (place, pair) in hash.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *place = u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    }
    hash
}

pub async fn check_in(world: &World, kiosk: &str, head: Value) {
    let body = json!({"version": "1", "journal_ok": true, "open_orders": 0, "journal": head});
    assert_eq!(world.post(kiosk, "/v1/check-ins", body).await.status(), StatusCode::OK);
}

async fn keys(world: &World) -> Vec<String> {
    let rows = world.store.review_list(true).await.expect("reads");
    rows.into_iter().map(|(row, _)| row.key).collect()
}

#[tokio::test]
async fn a_journal_is_taken_in_once_and_in_order() {
    let world = World::new().await;
    let mut journal = Journal::new();
    for n in 0..5 {
        journal.name(Uuid::from_u128(n + 1), 100);
    }
    assert_eq!(journal.upload(&world, "kiosk-1", 2).await.acked_through, 0, "a gap");
    assert_eq!(journal.upload(&world, "kiosk-1", 0).await.acked_through, 5);
    let again = journal.upload(&world, "kiosk-1", 3).await;
    assert_eq!((again.acked_through, again.refused.len()), (5, 0));
    // The same book of another kiosk is another book.
    assert_eq!(journal.upload(&world, "kiosk-2", 0).await.acked_through, 5);
    assert!(keys(&world).await.is_empty());
    let wrong =
        world.post("kiosk-1", "/v1/journal", json!({"book": journal.book, "before": "x", "entries": []}));
    assert_eq!(wrong.await.status(), StatusCode::BAD_REQUEST);
}

/// A kiosk that kept a journal before journals went up: its book begins above row 1, and the rows below are pruned.
#[tokio::test]
async fn a_book_that_begins_late_is_taken_and_a_person_hears_what_is_missing() {
    let world = World::new().await;
    let mut journal = Journal::new();
    for n in 0..5 {
        journal.name(Uuid::from_u128(n + 1), 100);
    }
    let first = json!({
        "book": journal.book, "before": journal.before(3), "pruned_through": 3, "entries": journal.rows[3..]
    });
    for _ in 0..2 {
        let answer = world.post("kiosk-1", "/v1/journal", first.clone()).await;
        let answer: JournalAnswer = answer.json().await.expect("an answer");
        assert_eq!((answer.acked_through, answer.refused.len()), (5, 0));
    }
    journal.name(Uuid::from_u128(9), 100);
    assert_eq!(journal.upload(&world, "kiosk-1", 5).await.acked_through, 6);
    check_in(&world, "kiosk-1", journal.head()).await;
    assert_eq!(keys(&world).await, [format!("journal-gap:kiosk-1:{}:1-3", journal.book)]);
}

#[tokio::test]
async fn refused_rows_are_acknowledged_and_a_person_sees_them() {
    let world = World::new().await;
    let others = world.order("kiosk-2", 15_000).await;
    let mut journal = Journal::new();
    journal.name(others, 15_000);
    journal.name(Uuid::from_u128(1), 1);
    journal.rows[1].at += 1;
    journal.name(Uuid::from_u128(2), 2);
    for _ in 0..2 {
        let answer = journal.upload(&world, "kiosk-1", 0).await;
        assert_eq!(answer.acked_through, 3);
        let codes: Vec<_> = answer.refused.iter().map(|r| (r.seq, r.code.as_str())).collect();
        assert_eq!(codes, [(1, "other_kiosks_order"), (2, "chain_broken")]);
    }
    assert_eq!(keys(&world).await.len(), 2);
}

#[tokio::test]
async fn a_lost_tail_is_seen_once() {
    let world = World::new().await;
    let mut journal = Journal::new();
    for n in 0..3 {
        journal.name(Uuid::from_u128(n + 1), 100);
    }
    journal.upload(&world, "kiosk-1", 0).await;
    check_in(&world, "kiosk-1", journal.head()).await;
    assert!(keys(&world).await.is_empty());
    journal.rows.pop();
    check_in(&world, "kiosk-1", journal.head()).await;
    assert!(keys(&world).await.is_empty(), "an upload may have overtaken the check-in");
    world.clock.advance_ms(61_000);
    for _ in 0..3 {
        check_in(&world, "kiosk-1", journal.head()).await;
    }
    assert_eq!(keys(&world).await, [format!("journal-tail:kiosk-1:{}:3", journal.book)]);
    // Another history after the loss: refused row by row, and the head is known to be another one.
    journal.name(Uuid::from_u128(9), 900);
    let answer = journal.upload(&world, "kiosk-1", 2).await;
    assert_eq!((answer.acked_through, answer.refused[0].code.as_str()), (3, "changed"));
    check_in(&world, "kiosk-1", journal.head()).await;
    assert_eq!(keys(&world).await.len(), 2);
}

#[tokio::test]
async fn an_order_that_the_complete_journal_does_not_name_is_seen() {
    let world = World::new().await;
    let mut journal = Journal::new();
    check_in(&world, "kiosk-1", journal.head()).await;
    let named = world.order("kiosk-1", 15_000).await;
    journal.name(named, 15_000);
    let unnamed = world.order("kiosk-1", 12_000).await;
    journal.upload(&world, "kiosk-1", 0).await;
    check_in(&world, "kiosk-1", journal.head()).await;
    assert!(keys(&world).await.is_empty(), "its row may still be under way");
    world.clock.advance_ms(61_000);
    for _ in 0..2 {
        check_in(&world, "kiosk-1", journal.head()).await;
    }
    assert_eq!(keys(&world).await, [format!("journal-unnamed:{unnamed}")]);
    // A file that takes another's place is news.
    check_in(&world, "kiosk-1", Journal::new().head()).await;
    assert_eq!(keys(&world).await.len(), 2);
}
