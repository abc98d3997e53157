//! The journal's file: SQLite with `synchronous = FULL`, one owner, rows that are only ever appended. Opening
//! checks all of it; pruning takes whole orders away from the old end, and remembers where the chain goes on.

use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use powerhall_flow::Fact;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use uuid::Uuid;

use super::chain::{self, Hash, Row};
use super::{JournalError, folder};

/// The scripts that lead from nothing to the newest version, one for each version.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];
/// Prune after so many new rows.
const PRUNE_EVERY: u32 = 256;

pub(super) struct Book {
    file: Connection,
    keep: Duration,
    /// The newest row's number and hash.
    last: (i64, Hash),
    since_pruning: u32,
}

impl Book {
    pub(super) fn open(path: &Path, keep: Duration) -> Result<Self, JournalError> {
        let cannot = |source| JournalError::File { path: path.to_owned(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder(path)).map_err(cannot)?;
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
        let mut book = Self { file, keep, last, since_pruning: 0 };
        // Writes in every case, so that a disk that is full or read-only shows now and not at the first payment.
        book.prune()?;
        Ok(book)
    }

    /// Orders that were named and have not ended, oldest first.
    pub(super) fn open_orders(&self) -> Result<Vec<Uuid>, JournalError> {
        let mut query = self.file.prepare(
            "SELECT order_id FROM entry AS named WHERE kind = 'named' AND NOT EXISTS \
             (SELECT 1 FROM entry WHERE order_id = named.order_id AND kind = 'ended') ORDER BY seq",
        )?;
        let ids: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ids.iter().map(|id| parse(id)).collect()
    }

    /// Appends a fact durably. A fact that is written already (the same name, an end) is not written twice.
    pub(super) fn append(&mut self, order: Uuid, fact: &Fact) -> Result<(), JournalError> {
        if self.is_written(order, fact)? {
            return Ok(());
        }
        let row = Row { seq: self.last.0 + 1, order, fact: fact.clone(), at: now() };
        let hash = row.hash(&self.last.1);
        let (amount, version, collect) = match fact {
            Fact::Named { amount } => (Some(amount.get()), None, None),
            Fact::Stands { version, collect } => {
                let version = i64::try_from(*version)
                    .map_err(|_| JournalError::Damaged("a version beyond i64".to_owned()))?;
                (None, Some(version), Some(chain::collect_name(*collect)))
            }
            Fact::Ended => (None, None, None),
        };
        self.file.prepare("INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?.execute(params![
            row.seq,
            order.to_string(),
            chain::kind(fact),
            amount,
            version,
            collect,
            row.at,
            hash
        ])?;
        self.last = (row.seq, hash);
        self.since_pruning += 1;
        if self.since_pruning >= PRUNE_EVERY
            && let Err(error) = self.prune()
        {
            // The fact itself is durable; the next opening will say what is wrong with the file.
            tracing::warn!(%error, "the journal could not be pruned");
        }
        Ok(())
    }

    fn is_written(&self, order: Uuid, fact: &Fact) -> Result<bool, JournalError> {
        let kind = match fact {
            Fact::Named { .. } | Fact::Ended => chain::kind(fact),
            Fact::Stands { .. } => return Ok(false),
        };
        let found: Option<Option<i64>> = self
            .file
            .prepare("SELECT amount_fen FROM entry WHERE order_id = ?1 AND kind = ?2")?
            .query_row(params![order.to_string(), kind], |row| row.get(0))
            .optional()?;
        match (found, fact) {
            (None, _) => Ok(false),
            (Some(written), Fact::Named { amount }) if written != Some(amount.get()) => {
                Err(JournalError::Damaged(format!("order {order} was named with another amount")))
            }
            (Some(_), _) => Ok(true),
        }
    }

    /// Takes away the rows before the first that is young or belongs to an open order.
    fn prune(&mut self) -> Result<(), JournalError> {
        let keep = i64::try_from(self.keep.as_millis()).unwrap_or(i64::MAX);
        let tx = self.file.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let first: Option<i64> = tx.query_row(
            "SELECT MIN(seq) FROM entry AS e WHERE at > ?1 OR NOT EXISTS \
             (SELECT 1 FROM entry WHERE order_id = e.order_id AND kind = 'ended')",
            [now().saturating_sub(keep)],
            |row| row.get(0),
        )?;
        let gone = first.map_or(self.last.0, |first| first - 1);
        tx.execute(
            "UPDATE anchor SET seq = ?1, hash = COALESCE((SELECT hash FROM entry WHERE seq = ?1), hash)",
            [gone],
        )?;
        tx.execute("DELETE FROM entry WHERE seq <= ?1", [gone])?;
        tx.commit()?;
        self.since_pruning = 0;
        Ok(())
    }
}

fn migrate(file: &mut Connection) -> Result<(), JournalError> {
    let found: u32 = file.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(JournalError::Newer { found, known });
    }
    for (script, version) in MIGRATIONS.iter().zip(1..).skip(found as usize) {
        let tx = file.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(script)?;
        tx.pragma_update(None, "user_version", version)?;
        tx.commit()?;
    }
    Ok(())
}

/// Walks the whole chain; gives the newest row's number and hash.
fn verify(file: &Connection) -> Result<(i64, Hash), JournalError> {
    let mut last: (i64, Hash) =
        file.query_row("SELECT seq, hash FROM anchor", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut query = file.prepare(
        "SELECT seq, order_id, kind, amount_fen, version, collect, at, hash FROM entry ORDER BY seq",
    )?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, id, kind, collect): (i64, String, String, Option<String>) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(5)?);
        let fact = chain::fact(&kind, row.get(3)?, row.get(4)?, collect.as_deref())?;
        let stored: Hash = row.get(7)?;
        let expected = Row { seq, order: parse(&id)?, fact, at: row.get(6)? };
        if seq != last.0 + 1 || expected.hash(&last.1) != stored {
            return Err(JournalError::Damaged(format!("the chain of hashes breaks at row {seq}")));
        }
        last = (seq, stored);
    }
    Ok(last)
}

fn parse(id: &str) -> Result<Uuid, JournalError> {
    Uuid::parse_str(id).map_err(|_| JournalError::Damaged("an order's id cannot be read".to_owned()))
}

/// Unix milliseconds by the wall clock.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use powerhall_money::Fen;

    use super::*;

    const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

    fn book(dir: &Path, keep: Duration) -> Book {
        Book::open(&dir.join("journal.db"), keep).expect("opens")
    }

    fn rows(book: &Book) -> i64 {
        book.file.query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0)).expect("counts")
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    const NAMED: Fact = Fact::Named { amount: Fen::new(30_954) };

    #[test]
    fn writes_nothing_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut book = book(dir.path(), WEEK);
        for _ in 0..2 {
            book.append(id(1), &NAMED).expect("writes");
            book.append(id(1), &Fact::Ended).expect("writes");
        }
        assert_eq!(rows(&book), 2);
        let other = Fact::Named { amount: Fen::new(1) };
        assert!(matches!(book.append(id(1), &other), Err(JournalError::Damaged(_))));
    }

    #[test]
    fn prunes_the_old_end_and_keeps_the_chain() {
        let dir = tempfile::tempdir().expect("a folder");
        {
            let mut book = book(dir.path(), WEEK);
            for n in 0..5 {
                book.append(id(n), &NAMED).expect("writes");
                book.append(id(n), &Fact::Ended).expect("writes");
            }
            book.append(id(9), &NAMED).expect("writes");
            book.append(id(10), &NAMED).expect("writes");
            book.append(id(10), &Fact::Ended).expect("writes");
        }
        {
            let book = book(dir.path(), Duration::ZERO);
            assert_eq!(rows(&book), 3, "the open order and what came after it stay");
            assert_eq!(book.open_orders().expect("reads"), [id(9)]);
        }
        {
            let mut book = book(dir.path(), Duration::ZERO);
            book.append(id(9), &Fact::Ended).expect("writes");
        }
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(rows(&book(dir.path(), Duration::ZERO)), 0);
        let mut again = book(dir.path(), WEEK);
        assert_eq!(again.last.0, 14, "numbers go on");
        again.append(id(11), &NAMED).expect("writes");
        drop(again);
        assert_eq!(book(dir.path(), WEEK).open_orders().expect("reads"), [id(11)]);
    }

    #[test]
    fn stays_small_without_a_restart() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut book = book(dir.path(), Duration::ZERO);
        for n in 0..400 {
            book.append(id(n), &NAMED).expect("writes");
            book.append(id(n), &Fact::Ended).expect("writes");
        }
        assert!(rows(&book) <= i64::from(PRUNE_EVERY) + 2, "{}", rows(&book));
    }

    #[test]
    fn rows_cannot_be_changed_or_taken_away() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut book = book(dir.path(), WEEK);
        book.append(id(1), &NAMED).expect("writes");
        for sql in ["UPDATE entry SET amount_fen = 1", "DELETE FROM entry"] {
            let refused = book.file.execute(sql, []).expect_err(sql).to_string();
            assert!(refused.contains("append-only"), "{refused}");
        }
    }

    #[test]
    fn notices_what_was_changed_behind_its_back() {
        for damage in [
            "UPDATE entry SET amount_fen = 1 WHERE seq = 1",
            "UPDATE entry SET at = at + 1 WHERE seq = 2",
            "DELETE FROM entry WHERE seq = 2",
            "DELETE FROM entry WHERE seq = 1",
            "UPDATE anchor SET hash = randomblob(32)",
        ] {
            let dir = tempfile::tempdir().expect("a folder");
            {
                let mut book = book(dir.path(), WEEK);
                for n in 1..=3 {
                    book.append(id(n), &NAMED).expect("writes");
                }
                book.file
                    .execute_batch("DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_only_pruned")
                    .expect("drops");
                book.file.execute(damage, []).expect(damage);
            }
            let opened = Book::open(&dir.path().join("journal.db"), WEEK);
            assert!(matches!(opened, Err(JournalError::Damaged(_))), "{damage}");
        }
    }

    #[test]
    fn refuses_a_file_from_the_future() {
        let dir = tempfile::tempdir().expect("a folder");
        book(dir.path(), WEEK).file.pragma_update(None, "user_version", 99).expect("writes");
        let opened = Book::open(&dir.path().join("journal.db"), WEEK);
        assert!(matches!(opened, Err(JournalError::Newer { found: 99, known: 1 })));
    }
}
