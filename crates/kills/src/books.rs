//! The promises, checked from the books of all sides: the sandbox channel's, billing's, the backend's, the kiosks'
//! journals, and what the customers were told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;

use powerhall_api::JournalFact;
use powerhall_kiosk::journal;
use rusqlite::{Connection, OpenFlags};

use crate::Failed;
use crate::hall::KIOSKS;

fn open(path: &Path) -> Result<Connection, Failed> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    file.busy_timeout(std::time::Duration::from_secs(5))?;
    Ok(file)
}

/// Orders that the backend has not brought to their end, and jobs that are still due.
pub fn open_orders(folder: &Path) -> Result<i64, Failed> {
    let file = open(&folder.join("backend.db"))?;
    Ok(file.query_row("SELECT COUNT(*) FROM orders WHERE is_open = 1", [], |row| row.get(0))?)
}

/// Everything about one order, from every side.
#[derive(Debug, Default)]
struct Story {
    collect: Option<String>,
    amount: i64,
    /// Taken by the channel, and given back by it.
    paid: i64,
    refunded: i64,
    /// Posted by billing, by how many postings.
    posted: i64,
    postings: usize,
    lines: usize,
    reviews: usize,
    /// Codes that can still be paid.
    live: usize,
}

/// Compares; an error names every order that breaks a promise.
pub fn compare(folder: &Path) -> Result<String, Failed> {
    let mut wrong: Vec<String> = Vec::new();
    for name in ["backend.db", "billing.db", "sandbox.db"] {
        let health: String =
            open(&folder.join(name))?.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if health != "ok" {
            wrong.push(format!("{name}: {health}"));
        }
    }
    let stories = stories(folder, &mut wrong)?;
    for (order, story) in &stories {
        wrong.extend(broken(story).map(|why| format!("order {order}: {why}: {story:?}")));
    }
    let facts = journals(folder, &stories, &mut wrong)?;
    let told = told(folder, &stories, &mut wrong)?;
    let paid = stories.values().filter(|story| story.paid > 0).count();
    let refunded = stories.values().filter(|story| story.refunded > 0).count();
    if paid == 0 {
        wrong.push("nobody has paid: this run shows nothing".to_owned());
    }
    if wrong.is_empty() {
        let orders = stories.len();
        Ok(format!(
            "orders {orders}, paid {paid}, refunded {refunded}, journal facts {facts}, screens remembered {told}"
        ))
    } else {
        Err(format!("{} violations:\n  {}", wrong.len(), wrong.join("\n  ")).into())
    }
}

fn broken(story: &Story) -> Option<&'static str> {
    let collected = story.collect.as_deref() == Some("paid");
    if story.live > 0 {
        Some("a live code is left behind")
    } else if story.paid != story.posted + story.refunded && story.reviews == 0 {
        Some("what was taken is neither posted nor refunded nor with a person")
    } else if story.postings > story.lines {
        Some("a line was posted twice")
    } else if story.refunded > story.paid {
        Some("more was refunded than taken")
    } else if story.posted > story.amount {
        Some("more was posted than was to be paid")
    } else if collected != (story.paid > 0) && story.reviews == 0 {
        Some("paid here and not there")
    } else {
        None
    }
}

fn stories(folder: &Path, wrong: &mut Vec<String>) -> Result<BTreeMap<String, Story>, Failed> {
    let backend = open(&folder.join("backend.db"))?;
    let (sandbox, billing) = (open(&folder.join("sandbox.db"))?, open(&folder.join("billing.db"))?);
    let mut stories: BTreeMap<String, Story> = BTreeMap::new();
    each(&backend, "SELECT id, collect, amount_fen FROM orders", |row| {
        let (collect, amount) = (Some(row.get(1)?), row.get(2)?);
        stories.insert(row.get(0)?, Story { collect, amount, ..Story::default() });
        Ok(())
    })?;
    let mut attempts: BTreeMap<String, String> = BTreeMap::new();
    each(&backend, "SELECT number, order_id FROM attempts", |row| {
        attempts.insert(row.get(0)?, row.get(1)?);
        Ok(())
    })?;
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    each(&backend, "SELECT key, order_id FROM postings", |row| {
        keys.insert(row.get(0)?, row.get(1)?);
        Ok(())
    })?;
    each(&backend, "SELECT order_id FROM reviews WHERE order_id IS NOT NULL", |row| {
        let order: String = row.get(0)?;
        stories.entry(order).or_default().reviews += 1;
        Ok(())
    })?;
    // One line each: what the customers of this run order.
    stories.values_mut().for_each(|story| story.lines = 1);
    each(
        &backend,
        "SELECT entry, SUM(amount_fen) FROM ledger GROUP BY entry HAVING SUM(amount_fen) <> 0",
        |row| {
            let entry: String = row.get(0)?;
            wrong.push(format!("ledger entry {entry} does not sum to zero"));
            Ok(())
        },
    )?;
    each(&sandbox, "SELECT number, state, amount_fen FROM trade", |row| {
        let (number, state, amount): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(order) = attempts.get(&number) else {
            wrong.push(format!("the channel knows the number {number}, the backend does not"));
            return Ok(());
        };
        let story = stories.entry(order.clone()).or_default();
        match state.as_str() {
            "paid" => story.paid += amount,
            "pending" => story.live += 1,
            _ => {}
        }
        Ok(())
    })?;
    each(
        &sandbox,
        "SELECT number, amount_fen FROM paid_again UNION ALL SELECT number, -amount_fen FROM refund",
        |row| {
            let (number, amount): (String, i64) = (row.get(0)?, row.get(1)?);
            if let Some(story) = attempts.get(&number).and_then(|order| stories.get_mut(order)) {
                if amount > 0 { story.paid += amount } else { story.refunded -= amount }
            }
            Ok(())
        },
    )?;
    each(&billing, "SELECT key, amount_fen FROM postings", |row| {
        let (key, amount): (String, i64) = (row.get(0)?, row.get(1)?);
        match keys.get(&key).and_then(|order| stories.get_mut(order)) {
            Some(story) => {
                story.posted += amount;
                story.postings += 1;
            }
            None => wrong.push(format!("billing knows the posting {key}, the backend does not")),
        }
        Ok(())
    })?;
    Ok(stories)
}

fn each(
    file: &Connection,
    sql: &str,
    mut take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> Result<(), Failed> {
    let mut query = file.prepare(sql)?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// The kiosks' journals: whole, every order named before the backend knew it, every order ended, and the same rows at
/// the backend.
fn journals(
    folder: &Path,
    stories: &BTreeMap<String, Story>,
    wrong: &mut Vec<String>,
) -> Result<usize, Failed> {
    let (mut named, mut facts) = (BTreeMap::new(), 0);
    let backend = open(&folder.join("backend.db"))?;
    for kiosk in KIOSKS {
        let contents = journal::read(&folder.join(kiosk).join("journal.db"))?;
        let mut open = BTreeSet::new();
        facts += contents.entries.len();
        for entry in &contents.entries {
            let order = entry.order_id.to_string();
            match entry.fact {
                JournalFact::Named { amount_fen } => {
                    named.insert(order.clone(), amount_fen.get());
                    open.insert(order);
                }
                JournalFact::Stands { .. } => {}
                JournalFact::Ended => drop(open.remove(&order)),
            }
        }
        let mut complain = |why: &dyn Display| wrong.push(format!("{kiosk}: {why}"));
        if !open.is_empty() {
            complain(&format!("{} orders have not ended in the journal: {open:?}", open.len()));
        }
        if !contents.quarantine.is_empty() {
            complain(&format!("{} rows were refused: {:?}", contents.quarantine.len(), contents.quarantine));
        }
        let held: i64 = backend.query_row(
            "SELECT COUNT(*) FROM journal WHERE kiosk = ?1 AND book = ?2 AND refused IS NULL",
            [kiosk, &contents.book.to_string()],
            |row| row.get(0),
        )?;
        let acked = i64::try_from(contents.acked_through)?;
        if held < acked {
            complain(&format!("{acked} rows were acknowledged, the backend holds {held}"));
        }
        if contents.acked_through < contents.entries.last().map_or(0, |entry| entry.seq) {
            complain(&format!("only {acked} rows have gone up"));
        }
    }
    for (order, story) in stories {
        match named.get(order) {
            None => wrong.push(format!("order {order} is in no journal")),
            Some(amount) if *amount != story.amount => wrong.push(format!("order {order}: amounts differ")),
            Some(_) => {}
        }
    }
    Ok(facts)
}

/// Whoever read “paid” has paid; whoever read “nothing was taken” has everything back.
fn told(folder: &Path, stories: &BTreeMap<String, Story>, wrong: &mut Vec<String>) -> Result<usize, Failed> {
    let told = std::fs::read_to_string(folder.join("told.log"))?;
    for line in told.lines() {
        let (word, order) = line.split_once(' ').ok_or("a torn line")?;
        let story = stories.get(order);
        let kept = match word {
            "paid" => story.is_some_and(|story| story.paid > 0 && story.collect.as_deref() == Some("paid")),
            // Paid late, after the proof: then it counts, or it was given back; `broken` has looked at both.
            _ => true,
        };
        if !kept {
            wrong.push(format!("the customer read “{line}”: {story:?}"));
        }
    }
    Ok(told.lines().count())
}
