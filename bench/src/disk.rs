//! The machine's own limit: how many times a second SQLite can make one row durable on this disk, one row a
//! transaction, in the mode in which the backend keeps its files; with one file, and with several side by side.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::{Result, Trouble};

/// A row of about the size of an event.
const ROW: [u8; 200] = [0x5a; 200];

/// Commits for a while in `files` files of their own in `folder`, one writer each; all commits a second.
pub fn commits_per_second(folder: &Path, files: usize, span: Duration) -> Result<f64> {
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..files)
            .map(|number| scope.spawn(move || commit(&folder.join(format!("bare-{number}.db")), span)))
            .collect();
        let join = |writer: std::thread::ScopedJoinHandle<'_, Result<f64>>| {
            writer
                .join()
                .map_err(|_| Trouble::Wrong("a writer of the bare disk ended in a panic".to_owned()))?
        };
        writers.into_iter().map(join).sum()
    })
}

fn commit(file: &Path, span: Duration) -> Result<f64> {
    remove(file);
    let db = Connection::open(file)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")?;
    // A log that still grows makes the file system write its own journal at every commit. A file in use has grown.
    db.execute_batch(
        "INSERT INTO rows (body) VALUES (zeroblob(8000000)); DELETE FROM rows; PRAGMA wal_checkpoint(RESTART)",
    )?;
    let mut insert = db.prepare("INSERT INTO rows (body) VALUES (?1)")?;
    let began = Instant::now();
    let mut commits = 0_u32;
    while began.elapsed() < span {
        insert.execute([&ROW[..]])?;
        commits += 1;
    }
    let rate = f64::from(commits) / began.elapsed().as_secs_f64();
    drop(insert);
    drop(db);
    remove(file);
    Ok(rate)
}

fn remove(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        // Not being there is what is wanted.
        let _ = std::fs::remove_file(name);
    }
}
