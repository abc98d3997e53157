//! What an uploaded journal says about itself, judged before anything is written: is the chain whole, was a row changed,
//! does an order belong to another kiosk, is a tail lost? Pure; the store loads and writes.

use std::collections::BTreeMap;

use powerhall_api::{JournalAnswer, JournalEntry, JournalFact, JournalHead, JournalRefusal, JournalUpload};
use powerhall_money::{Fen, Moment, Review};
use uuid::Uuid;

/// A row's hash.
pub type Hash = [u8; 32];

/// What an empty book's chain begins with.
pub const NOTHING: Hash = [0; 32];

/// How old a row must be before a check-in that does not know it counts as a lost tail: requests overtake each other, but
/// none is under way for so long.
pub const OVERTAKING_MS: i64 = 60_000;

/// Orders of the last days are looked for in a complete journal at each check-in; the day's books look at all.
pub const LOOK_BACK_MS: i64 = 3 * 24 * 3_600_000;

/// A row of a journal as the backend holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// From 1, without gaps in a book but for rows that the kiosk had forgotten before we asked.
    pub seq: u64,
    /// The order.
    pub order_id: Uuid,
    /// What it says.
    pub fact: JournalFact,
    /// The kiosk's own clock.
    pub kiosk_at: i64,
    /// As the row states it.
    pub hash: Hash,
    /// Why it was refused, when it was.
    pub refused: Option<String>,
    /// When it was taken in.
    pub at: Moment,
}

/// What the judgement needs of what is held.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The newest row of the book.
    pub head: Option<(u64, Hash)>,
    /// The rows of the book that the upload repeats, and the one before them.
    pub rows: BTreeMap<u64, HeldRow>,
    /// Whose the orders are that the upload names, as far as they exist.
    pub owners: BTreeMap<Uuid, String>,
    /// Whether the book is new, and the kiosk had another before.
    pub replaces_a_book: bool,
}

/// What follows: to be written in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// For the kiosk.
    pub answer: JournalAnswer,
    /// To append.
    pub rows: Vec<HeldRow>,
    /// For the list that a person sees.
    pub reviews: Vec<Review>,
}

/// Reads 64 hexadecimal digits.
#[must_use]
pub fn read_hash(text: &str) -> Option<Hash> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = NOTHING;
    for (place, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *place = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// What the form alone must hold. The error says what does not, without quoting.
pub fn check_form(upload: &JournalUpload) -> Result<(), String> {
    if !(1..=200).contains(&upload.entries.len()) {
        return Err("entries has 1 to 200 items".to_owned());
    }
    if read_hash(&upload.before).is_none() || upload.entries.iter().any(|e| read_hash(&e.hash).is_none()) {
        return Err("a hash is 64 hexadecimal digits in lower case".to_owned());
    }
    let first = upload.entries.first().map_or(0, |e| e.seq);
    let fits = |seq: u64| i64::try_from(seq).is_ok();
    if first == 0 || !upload.entries.iter().all(|e| fits(e.seq)) {
        return Err("seq is from 1".to_owned());
    }
    if (first..).zip(&upload.entries).any(|(expected, entry)| entry.seq != expected) {
        return Err("seq grows by one".to_owned());
    }
    let versions = |e: &JournalEntry| match e.fact {
        JournalFact::Stands { version, .. } => fits(version),
        JournalFact::Named { .. } | JournalFact::Ended => true,
    };
    if !upload.entries.iter().all(versions) {
        return Err("version is an int64".to_owned());
    }
    Ok(())
}

/// Judges an upload whose form holds.
#[must_use]
pub fn judge(kiosk: &str, upload: &JournalUpload, held: &Held, now: Moment) -> Judged {
    let mut head = held.head.unwrap_or((0, NOTHING));
    let mut told = read_hash(&upload.before).unwrap_or(NOTHING);
    let mut judged = Judged {
        answer: JournalAnswer { acked_through: head.0, refused: Vec::new() },
        rows: Vec::new(),
        reviews: Vec::new(),
    };
    let book = upload.book;
    if held.replaces_a_book {
        judged.reviews.push(new_book(kiosk, book));
    }
    for entry in &upload.entries {
        let Some(stated) = read_hash(&entry.hash) else { break };
        if entry.seq > head.0 + 1 && entry.seq - 1 <= upload.pruned_through {
            // Asking for the rows between would be asking for ever: a person hears of it, and the chain goes on.
            judged.reviews.push(gone(kiosk, book, head.0 + 1, entry.seq - 1));
            head = (entry.seq - 1, told);
        }
        let code = if entry.seq <= head.0 {
            repeated(entry, stated, told, held)
        } else if entry.seq == head.0 + 1 {
            let code = fresh(kiosk, entry, stated, told, head.1, held);
            judged.rows.push(HeldRow {
                seq: entry.seq,
                order_id: entry.order_id,
                fact: entry.fact,
                kiosk_at: entry.at,
                hash: stated,
                refused: code.clone(),
                at: now,
            });
            // The chain goes on from what the row says of itself, so that one break is one refusal.
            head = (entry.seq, stated);
            code
        } else {
            // Rows between are missing; the kiosk learns from where to begin.
            break;
        };
        told = stated;
        if let Some(code) = code {
            judged.reviews.push(Review {
                key: format!("journal:{kiosk}:{book}:{}:{code}", entry.seq),
                reason: format!("a row of the kiosk's journal was refused: {code}"),
                amount: amount(&entry.fact),
            });
            judged.answer.refused.push(JournalRefusal { seq: entry.seq, code });
        }
    }
    judged.answer.acked_through = head.0;
    judged
}

fn repeated(entry: &JournalEntry, stated: Hash, told: Hash, held: &Held) -> Option<String> {
    let known = held.rows.get(&entry.seq)?;
    let before = match entry.seq {
        1 => NOTHING,
        // The row before may be one that the kiosk had forgotten: then its own word must fit what we hold.
        seq => held.rows.get(&(seq - 1)).map_or(told, |row| row.hash),
    };
    // A refused row is refused again with the same word, whatever it says now.
    if known.refused.is_some() {
        return known.refused.clone();
    }
    (stated != known.hash || entry.chained(&before) != known.hash).then(|| "changed".to_owned())
}

fn fresh(
    kiosk: &str,
    entry: &JournalEntry,
    stated: Hash,
    told: Hash,
    before: Hash,
    held: &Held,
) -> Option<String> {
    if told != before || entry.chained(&before) != stated {
        return Some("chain_broken".to_owned());
    }
    let others = held.owners.get(&entry.order_id).is_some_and(|owner| owner != kiosk);
    others.then(|| "other_kiosks_order".to_owned())
}

fn amount(fact: &JournalFact) -> Fen {
    match fact {
        JournalFact::Named { amount_fen } => *amount_fen,
        JournalFact::Stands { .. } | JournalFact::Ended => Fen::ZERO,
    }
}

/// What a check-in's head is compared with.
#[derive(Clone, Debug, Default)]
pub struct HeadFacts {
    /// The newest row that is held, and when it was taken in.
    pub held: Option<(u64, Hash, Moment)>,
    /// The hash that is held at the told row's number.
    pub at_told: Option<Hash>,
    /// Whether the book is new, and the kiosk had another before.
    pub replaces_a_book: bool,
}

/// What a check-in's head gives rise to. One review a loss, however often the kiosk checks in.
#[must_use]
pub fn judge_head(kiosk: &str, told: &JournalHead, facts: &HeadFacts, now: Moment) -> Vec<Review> {
    let mut reviews = Vec::new();
    if facts.replaces_a_book {
        reviews.push(new_book(kiosk, told.book));
    }
    let Some((seq, _, taken_at)) = facts.held else { return reviews };
    let forked = told.seq > 0 && facts.at_told.is_some_and(|held| read_hash(&told.hash) != Some(held));
    let lost = told.seq < seq && now.ms_since(taken_at) >= OVERTAKING_MS;
    if forked || lost {
        let what = if forked { "is another than the one that we hold" } else { "has lost rows that we hold" };
        reviews.push(Review {
            key: format!("journal-tail:{kiosk}:{}:{seq}", told.book),
            reason: format!("the end of the kiosk's journal {what}"),
            amount: Fen::ZERO,
        });
    }
    reviews
}

/// Whether everything that the kiosk has written is held: then its journal names every order, or something is lost.
#[must_use]
pub fn is_complete(told: &JournalHead, facts: &HeadFacts) -> bool {
    facts.held.is_some_and(|(seq, hash, _)| told.seq == seq && read_hash(&told.hash) == Some(hash))
}

/// An order that its kiosk's complete journal does not name.
#[must_use]
pub fn unnamed(order: Uuid, amount: Fen) -> Review {
    Review {
        key: format!("journal-unnamed:{order}"),
        reason: "the kiosk's journal does not name this order".to_owned(),
        amount,
    }
}

fn gone(kiosk: &str, book: Uuid, first: u64, last: u64) -> Review {
    Review {
        key: format!("journal-gap:{kiosk}:{book}:{first}-{last}"),
        reason: format!(
            "rows {first} to {last} of the kiosk's journal are missing here and the kiosk has forgotten them: \
             what they said of their orders cannot be compared"
        ),
        amount: Fen::ZERO,
    }
}

fn new_book(kiosk: &str, book: Uuid) -> Review {
    Review {
        key: format!("journal-book:{kiosk}:{book}"),
        reason: "the kiosk began a new journal; the former one was set aside".to_owned(),
        amount: Fen::ZERO,
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
