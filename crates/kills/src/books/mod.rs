//! The promises, checked from the books of all sides: the sandbox channel's, billing's, the backend's, the kiosks'
//! journals, and what the customers were told. What was taken, given back and posted is the channel's and billing's
//! word, never ours.

mod kiosks;
mod story;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::Failed;
use story::Story;

/// What a hall's books have in common, when they agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Orders that the backend holds.
    pub orders: usize,
    /// Orders for which the channel took money.
    pub paid: usize,
    /// Orders of which the channel gave something back.
    pub refunded: usize,
    /// Orders of which something is with a person.
    pub listed: usize,
    /// Rows of the kiosks' journals.
    pub facts: usize,
    /// Things that customers read about their money.
    pub told: usize,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.orders += other.orders;
        self.paid += other.paid;
        self.refunded += other.refunded;
        self.listed += other.listed;
        self.facts += other.facts;
        self.told += other.told;
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { orders, paid, refunded, listed, facts, told } = self;
        write!(
            f,
            "orders {orders}, paid {paid}, refunded {refunded}, on the list {listed}, journal facts {facts}, screens remembered {told}"
        )
    }
}

/// How much is still to be done: open orders, due jobs, notifications that were not heard.
///
/// # Errors
/// When a book cannot be read.
pub fn under_way(folder: &Path) -> Result<i64, Failed> {
    let backend = open(&folder.join("backend.db"))?;
    let ours = "SELECT (SELECT COUNT(*) FROM orders WHERE is_open = 1) + (SELECT COUNT(*) FROM jobs)";
    let ours: i64 = backend.query_row(ours, [], |row| row.get(0))?;
    let theirs = "SELECT COUNT(*) FROM outbox WHERE delivered_at IS NULL";
    let theirs: i64 = open(&folder.join("sandbox.db"))?.query_row(theirs, [], |row| row.get(0))?;
    Ok(ours + theirs)
}

/// Compares the books of a hall that has come to rest.
///
/// # Errors
/// Names everything that breaks a promise, by order.
pub fn compare(folder: &Path) -> Result<Sums, Failed> {
    let mut wrong: Vec<String> = Vec::new();
    for name in ["backend.db", "billing.db", "sandbox.db"] {
        let health: String =
            open(&folder.join(name))?.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if health != "ok" {
            wrong.push(format!("{name}: {health}"));
        }
    }
    let stories = story::gather(folder, &mut wrong)?;
    for (order, story) in &stories {
        wrong.extend(broken(story).map(|why| format!("order {order}: {why}: {story:?}")));
    }
    let facts = kiosks::journals(folder, &stories, &mut wrong)?;
    let told = kiosks::told(folder, &stories, &mut wrong)?;
    kiosks::secrets(folder, &mut wrong)?;
    let count = |of: fn(&Story) -> i64| stories.values().filter(|story| of(story) > 0).count();
    let sums = Sums {
        orders: stories.len(),
        paid: count(|story| story.paid),
        refunded: count(|story| story.refunded),
        listed: count(|story| story.listed),
        facts,
        told,
    };
    if wrong.is_empty() {
        Ok(sums)
    } else {
        Err(format!("violations {}:\n  {}", wrong.len(), wrong.join("\n  ")).into())
    }
}

/// The first promise that an order breaks.
fn broken(story: &Story) -> Option<&'static str> {
    let collected = story.collect.as_deref() == Some("paid");
    if story.live > 0 {
        Some("a live code is left behind")
    } else if story.paid != story.posted + story.refunded + story.listed {
        Some("what was taken is not what was posted, given back or put on the list")
    } else if story.postings > story.lines {
        Some("a line was posted twice")
    } else if story.posted > story.amount {
        Some("more was posted than was to be paid")
    } else if collected != (story.paid > 0) && story.listed == 0 {
        Some("paid here and not there")
    } else if story.cleared != story.paid - story.refunded - story.listed {
        Some("the ledger knows another sum of the channel")
    } else if story.payable != story.posted {
        Some("the ledger knows another sum of the account")
    } else if story.astray > 0 {
        Some("posted to an account that was not ordered")
    } else if story.version != story.events {
        Some("a change without an event, or an event without its change")
    } else {
        None
    }
}

fn open(path: &Path) -> Result<Connection, Failed> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    file.busy_timeout(Duration::from_secs(5))?;
    Ok(file)
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

/// By the order's id.
type Stories = BTreeMap<String, Story>;
