//! The journal's file: SQLite with `synchronous = FULL`, one owner, rows that are only ever appended. Opening
//! checks all of it; pruning takes whole orders away from the old end once the backend holds them, and remembers
//! where the chain goes on.

use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use powerhall_api::{JournalAnswer, JournalEntry, JournalFact, JournalHead, JournalUpload};
use powerhall_crash::make_folder;
use powerhall_flow::{Fact, Remembered};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use super::row::{self, COLUMNS, Hash};
use super::{JournalConfig, JournalError, folder};

/// The scripts that lead from nothing to the newest version, one for each version.
const MIGRATIONS: &[&str] = &[include_str!("schema_1.sql"), include_str!("schema_2.sql")];
/// The newest version of the file.
const VERSION: u32 = MIGRATIONS.len() as u32;
/// Prune after so many new rows.
const PRUNE_EVERY: u32 = 256;
/// The most rows of one upload, as the API allows.
const BATCH: u32 = 200;

pub(super) struct Book {
    file: Connection,
    id: Uuid,
    keep: Duration,
    max_rows: u64,
    /// The newest row's number and hash.
    last: (u64, Hash),
    /// Rows of the journal and of the quarantine.
    rows: u64,
    since_pruning: u32,
}

impl Book {
    pub(super) fn open(config: &JournalConfig) -> Result<Self, JournalError> {
        let path = &config.path;
        let cannot = |source| JournalError::File { path: path.clone(), source };
        make_folder(folder(path), 0o700).map_err(cannot)?;
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(cannot)?;
        let mut file = Connection::open(path)?;
        // A kiosk that has just ended may hold the file for a moment longer.
        file.busy_timeout(Duration::from_secs(1))?;
        // One owner: a second kiosk on the same file is refused, not merged.
        file.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let mode: String = file.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(JournalError::Damaged(format!("journal_mode is {mode}, not wal")));
        }
        file.pragma_update(None, "synchronous", "FULL")?;
        let health: String = file.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        if health != "ok" {
            return Err(JournalError::Damaged(health));
        }
        migrate(&mut file)?;
        let last = verify(&file)?;
        let id: String = file.query_row("SELECT id FROM book", [], |row| row.get(0))?;
        let id =
            Uuid::parse_str(&id).map_err(|_| JournalError::Damaged("the book has no name".to_owned()))?;
        let (keep, max_rows) = (config.keep, config.max_rows);
        let mut book = Self { file, id, keep, max_rows, last, rows: 0, since_pruning: 0 };
        book.prune(Some(keep))?;
        // So that a disk that is full or read-only shows now and not at the first payment.
        book.touch()?;
        Ok(book)
    }

    pub(super) const fn id(&self) -> Uuid {
        self.id
    }

    /// What this book knows of earlier sessions.
    pub(super) fn remembered(&self) -> Result<Remembered, JournalError> {
        // A fact about an order that another book has named counts too: the backend told of it.
        let mut query = self.file.prepare(
            "SELECT order_id FROM entry GROUP BY order_id HAVING SUM(kind = 'ended') = 0 ORDER BY MIN(seq)",
        )?;
        let ids: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let read = |id: &String| {
            Uuid::parse_str(id).map_err(|_| JournalError::Damaged("an order's id cannot be read".to_owned()))
        };
        let open_orders = ids.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Remembered { open_orders, begun_anew: self.last.0 == 0 })
    }

    /// Appends a fact durably. A fact that is written already (the same name, an end) is not written twice.
    pub(super) fn append(&mut self, order: Uuid, fact: &Fact) -> Result<(), JournalError> {
        let (entry, hash) = row::new(self.last.0 + 1, order, fact, now(), &self.last.1);
        if self.is_written(&entry)? {
            return Ok(());
        }
        // Only a new order is refused: one that was let in must be able to come to its end.
        if matches!(fact, Fact::Named { .. }) {
            self.make_room()?;
        }
        let (amount, version, collect) = match entry.fact {
            JournalFact::Named { amount_fen } => (Some(amount_fen.get()), None, None),
            JournalFact::Stands { version, collect } => (None, Some(number(version)?), Some(collect.name())),
            JournalFact::Ended => (None, None, None),
        };
        self.file.prepare("INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            number(entry.seq)?,
            order.to_string(),
            row::kind(&entry.fact),
            amount,
            version,
            collect,
            entry.at,
            hash
        ])?;
        self.last = (entry.seq, hash);
        self.rows += 1;
        self.since_pruning += 1;
        if self.since_pruning >= PRUNE_EVERY
            && let Err(error) = self.prune(Some(self.keep))
        {
            // The fact itself is durable; the next check will say what is wrong with the file.
            tracing::warn!(%error, "the journal could not be pruned");
        }
        Ok(())
    }

    fn is_written(&self, entry: &JournalEntry) -> Result<bool, JournalError> {
        match entry.fact {
            JournalFact::Named { .. } | JournalFact::Ended => {}
            JournalFact::Stands { .. } => return Ok(false),
        }
        let found: Option<Option<i64>> = self
            .file
            .prepare("SELECT amount_fen FROM entry WHERE order_id = ?1 AND kind = ?2")?
            .query_row(params![entry.order_id.to_string(), row::kind(&entry.fact)], |row| row.get(0))
            .optional()?;
        match (found, entry.fact) {
            (None, _) => Ok(false),
            (Some(written), JournalFact::Named { amount_fen }) if written != Some(amount_fen.get()) => {
                let order = entry.order_id;
                Err(JournalError::Damaged(format!("order {order} was named with another amount")))
            }
            (Some(_), _) => Ok(true),
        }
    }

    /// Proves that a new order could be written: there is room, and the disk takes a write.
    pub(super) fn check(&mut self) -> Result<JournalHead, JournalError> {
        self.make_room()?;
        self.touch()?;
        Ok(JournalHead { book: self.id, seq: self.last.0, hash: row::hex(&self.last.1) })
    }

    /// Writes a page in every case. SQLite leaves out an `UPDATE` that changes nothing, but never the file's header.
    fn touch(&self) -> Result<(), JournalError> {
        Ok(self.file.pragma_update(None, "user_version", VERSION)?)
    }

    /// A journal that is full forgets what it may, however young.
    fn make_room(&mut self) -> Result<(), JournalError> {
        if self.rows >= self.max_rows {
            self.prune(None)?;
        }
        if self.rows >= self.max_rows { Err(JournalError::Full { rows: self.rows }) } else { Ok(()) }
    }

    /// The oldest rows that the backend has not acknowledged.
    pub(super) fn unacknowledged(&self) -> Result<Option<JournalUpload>, JournalError> {
        let acked: i64 = self.file.query_row("SELECT acked_through FROM book", [], |row| row.get(0))?;
        let (before, pruned): (Hash, i64) = self.file.query_row(
            "SELECT COALESCE((SELECT hash FROM entry WHERE seq = ?1), hash), seq FROM anchor",
            [acked],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let entries = self.entries(&format!("FROM entry WHERE seq > {acked} ORDER BY seq LIMIT {BATCH}"))?;
        let pruned_through = u64::try_from(pruned).unwrap_or_default();
        let upload = JournalUpload { book: self.id, before: row::hex(&before), pruned_through, entries };
        Ok((!upload.entries.is_empty()).then_some(upload))
    }

    /// Takes note of what the backend holds and puts what it refused into the quarantine, in one step. Gives
    /// whether the next upload will be another.
    pub(super) fn acknowledge(&mut self, answer: &JournalAnswer) -> Result<bool, JournalError> {
        let tx = self.file.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (before, anchor): (i64, i64) =
            tx.query_row("SELECT acked_through, (SELECT seq FROM anchor) FROM book", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        // A backend that was restored from a backup asks for rows again; what is pruned cannot be sent.
        let acked = number(answer.acked_through.min(self.last.0))?.max(anchor);
        for refusal in &answer.refused {
            tx.execute(
                "INSERT OR IGNORE INTO quarantine SELECT seq, order_id, kind, amount_fen, version, collect, \
                 at, hash, ?2, ?3 FROM entry WHERE seq = ?1",
                params![number(refusal.seq)?, refusal.code, now()],
            )?;
            tracing::error!(seq = refusal.seq, code = refusal.code, "the backend refused a row");
        }
        tx.execute("UPDATE book SET acked_through = ?1", [acked])?;
        let rows = count(&tx)?;
        tx.commit()?;
        self.rows = rows;
        Ok(acked != before)
    }

    /// What staff may see: the book, what the backend holds of it, its rows, and the refused ones with the reason.
    pub(super) fn contents(&self) -> Result<super::Contents, JournalError> {
        let acked: i64 = self.file.query_row("SELECT acked_through FROM book", [], |row| row.get(0))?;
        let codes = {
            let mut query = self.file.prepare("SELECT code FROM quarantine ORDER BY seq")?;
            let codes = query.query_map([], |row| row.get(0))?;
            codes.collect::<Result<Vec<String>, _>>()?
        };
        Ok(super::Contents {
            book: self.id,
            acked_through: u64::try_from(acked).unwrap_or_default(),
            entries: self.entries("FROM entry ORDER BY seq")?,
            quarantine: self.entries("FROM quarantine ORDER BY seq")?.into_iter().zip(codes).collect(),
        })
    }

    fn entries(&self, from: &str) -> Result<Vec<JournalEntry>, JournalError> {
        let mut query = self.file.prepare(&format!("SELECT {COLUMNS} {from}"))?;
        let mut rows = query.query([])?;
        let mut entries = Vec::new();
        while let Some(found) = rows.next()? {
            entries.push(row::read(found)?.0);
        }
        Ok(entries)
    }

    /// Takes away the rows before the first that is younger than `keep` (where that counts), not acknowledged, or
    /// of an open order.
    fn prune(&mut self, keep: Option<Duration>) -> Result<(), JournalError> {
        let old = keep.map_or(i64::MAX, |keep| {
            now().saturating_sub(i64::try_from(keep.as_millis()).unwrap_or(i64::MAX))
        });
        let last = number(self.last.0)?;
        let tx = self.file.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let first: Option<i64> = tx.query_row(
            "SELECT MIN(seq) FROM entry AS e WHERE at > ?1 OR seq > (SELECT acked_through FROM book) \
             OR NOT EXISTS (SELECT 1 FROM entry WHERE order_id = e.order_id AND kind = 'ended')",
            [old],
            |row| row.get(0),
        )?;
        let gone = first.map_or(last, |first| first - 1);
        tx.execute(
            "UPDATE anchor SET seq = ?1, hash = COALESCE((SELECT hash FROM entry WHERE seq = ?1), hash)",
            [gone],
        )?;
        tx.execute("DELETE FROM entry WHERE seq <= ?1", [gone])?;
        let rows = count(&tx)?;
        tx.commit()?;
        self.rows = rows;
        self.since_pruning = 0;
        Ok(())
    }
}

fn count(tx: &Transaction<'_>) -> Result<u64, JournalError> {
    let rows: i64 =
        tx.query_row("SELECT (SELECT COUNT(*) FROM entry) + (SELECT COUNT(*) FROM quarantine)", [], |row| {
            row.get(0)
        })?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

fn migrate(file: &mut Connection) -> Result<(), JournalError> {
    let found: u32 = file.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(JournalError::Newer { found, known: VERSION });
    }
    for (script, version) in MIGRATIONS.iter().zip(1..).skip(found as usize) {
        let tx = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(script)?;
        if version == 2 {
            // What version 1 has pruned was never uploaded and cannot be: the backend's book begins behind it.
            let id = Uuid::now_v7().to_string();
            tx.execute("INSERT INTO book SELECT 1, ?1, seq FROM anchor", [id])?;
        }
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}

/// Walks the whole chain; gives the newest row's number and hash.
fn verify(file: &Connection) -> Result<(u64, Hash), JournalError> {
    let anchor: (i64, Hash) =
        file.query_row("SELECT seq, hash FROM anchor", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut last = (u64::try_from(anchor.0).unwrap_or_default(), anchor.1);
    let mut query = file.prepare(&format!("SELECT {COLUMNS} FROM entry ORDER BY seq"))?;
    let mut rows = query.query([])?;
    while let Some(found) = rows.next()? {
        let (entry, stored) = row::read(found)?;
        if entry.seq != last.0 + 1 || entry.chained(&last.1) != stored {
            let seq = entry.seq;
            return Err(JournalError::Damaged(format!("the chain of hashes breaks at row {seq}")));
        }
        last = (entry.seq, stored);
    }
    Ok(last)
}

/// As SQLite keeps it.
fn number(value: u64) -> Result<i64, JournalError> {
    i64::try_from(value).map_err(|_| JournalError::Damaged("a number beyond i64".to_owned()))
}

/// Unix milliseconds by the wall clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
