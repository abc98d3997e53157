//! What the stores' back offices are fed with: rows of kiosks' journals, right and bent, and lines of statements.

use powerhall_api::{Collect, JournalEntry, JournalFact, JournalUpload};
use powerhall_backend::reconcile::Line;
use powerhall_backend::store::Batch;
use powerhall_money::{Fen, Moment, numbers};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::same_store::id;

/// The days of statements and closes.
pub const DAYS: [&str; 2] = ["1970-01-01", "1970-01-02"];

pub fn book(kiosk: u8) -> Uuid {
    Uuid::from_u128(77 + u128::from(kiosk))
}

/// Appends a row as a kiosk does, chained to the one before.
pub fn write_row(rows: &mut Vec<JournalEntry>, order_id: Uuid, fact: u8, now: Moment) {
    let before = rows.last().map_or([0; 32], |row| hash(&row.hash));
    let fact = match fact {
        0 => JournalFact::Named { amount_fen: Fen::new(3) },
        1 => JournalFact::Stands { version: 2, collect: Collect::Awaiting },
        2 => JournalFact::Stands { version: 3, collect: Collect::Paid },
        _ => JournalFact::Ended,
    };
    let seq = rows.len() as u64 + 1;
    let mut row = JournalEntry { seq, order_id, fact, at: now.0, hash: String::new() };
    row.hash = hex(&row.chained(&before));
    rows.push(row);
}

/// The rows from a place on: as they are, with a gap, with an edited row, or said to be pruned before.
pub fn upload(kiosk: u8, rows: &[JournalEntry], from: usize, bent: u8) -> JournalUpload {
    let mut entries = rows[from..].to_vec();
    let before = from.checked_sub(1).map_or_else(|| "0".repeat(64), |place| rows[place].hash.clone());
    match bent {
        0 if entries.len() > 1 => drop(entries.remove(0)),
        1 => entries[0].at += 1,
        _ => {}
    }
    let pruned_through = if bent == 2 { from as u64 } else { 0 };
    JournalUpload { book: book(kiosk), before, pruned_through, entries }
}

pub fn batch(day: u8, order: u8, refund: bool, fen: i64, transaction: u8) -> Batch {
    let number = numbers::attempt_number(id(order), 1);
    let line = Line {
        refund: refund.then(|| numbers::refund_number(&number, None)),
        number,
        amount: Fen::new(fen),
        transaction: format!("T{transaction}"),
        at: Moment(1_500),
    };
    let content = hex(&Sha256::digest(format!("{line:?}")).into());
    Batch { channel: "c".to_owned(), day: DAYS[usize::from(day)].to_owned(), content, lines: vec![line] }
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(hex: &str) -> [u8; 32] {
    std::array::from_fn(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("hexadecimal"))
}
