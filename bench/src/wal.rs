//! How many transactions a SQLite file takes: the commit frames in its write-ahead log
//! (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>). Counted from outside, so that nothing is counted by
//! whom it flatters.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// Counts the commits in one log from now on.
#[derive(Debug)]
pub struct Counter {
    log: File,
    /// The log's salts: others when it begins anew after a checkpoint.
    generation: u64,
    /// The next frame to look at.
    next: u64,
    commits: u64,
}

impl Counter {
    /// Begins to count; what is in the log already does not.
    pub fn open(log: &Path) -> std::io::Result<Self> {
        let mut counter = Self { log: File::open(log)?, generation: 0, next: 0, commits: 0 };
        counter.count();
        counter.commits = 0;
        Ok(counter)
    }

    /// The commits so far. Called often enough, it misses none: when a log begins anew, the end of the old one stands
    /// behind the new frames until these have grown over it.
    pub fn count(&mut self) -> u64 {
        let Some((page, generation)) = self.header() else { return self.commits };
        self.walk(page);
        if generation != self.generation {
            self.generation = generation;
            self.next = 0;
            self.walk(page);
        }
        self.commits
    }

    /// Goes on over the frames of this generation.
    fn walk(&mut self, page: u64) {
        loop {
            let at = HEADER + self.next * (FRAME_HEADER + page);
            let mut frame = [0; 24];
            if self.log.read_exact_at(&mut frame, at).is_err() || long(&frame, 8) != self.generation {
                return;
            }
            // Only the last frame of a transaction says how many pages the file has after it.
            self.commits += u64::from(frame[4..8] != [0; 4]);
            self.next += 1;
        }
    }

    /// The size of a page, and the generation.
    fn header(&self) -> Option<(u64, u64)> {
        let mut header = [0; 32];
        self.log.read_exact_at(&mut header, 0).ok()?;
        Some((long(&header, 8) >> 32, long(&header, 16)))
    }
}

/// Eight bytes, the highest first.
fn long(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_transaction_counts_once_and_rows_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.db");
        let db = rusqlite::Connection::open(&file).expect("opens");
        db.pragma_update(None, "journal_mode", "WAL").expect("a log");
        db.execute_batch("CREATE TABLE t (x BLOB)").expect("a table");
        let mut counter = Counter::open(&folder.path().join("a.db-wal")).expect("a log");
        assert_eq!(counter.count(), 0);
        let write = "BEGIN; INSERT INTO t VALUES (zeroblob(9000)); INSERT INTO t VALUES (1); COMMIT";
        for _ in 0..7 {
            db.execute_batch(write).expect("written");
        }
        let _: i64 = db.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("read");
        assert_eq!(counter.count(), 7);
        // Two that nobody looked at before the log began anew.
        for _ in 0..2 {
            db.execute_batch(write).expect("written");
        }
        db.execute_batch("PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (2)").expect("begun anew");
        assert_eq!(counter.count(), 10);
        db.execute_batch("INSERT INTO t VALUES (3)").expect("written");
        assert_eq!(counter.count(), 11);
    }
}
