//! Setting a damaged journal aside: renamed with the time and kept, so that what it still shows is not lost.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{JournalError, folder};

/// Renames the file and what SQLite keeps beside it; gives its new place.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, JournalError> {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ").to_string();
    let place = with(path, &format!(".damaged-{time}"));
    // The file goes first: cut off here, the next start finds no file and begins a new book, and SQLite does not
    // apply a log to an empty file.
    for beside in ["", "-wal", "-shm"] {
        let (from, to) = (with(path, beside), with(&place, beside));
        match std::fs::rename(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(JournalError::File { path: to, source }),
        }
    }
    let synced = std::fs::File::open(folder(path)).and_then(|folder| folder.sync_all());
    synced.map_err(|source| JournalError::File { path: folder(path).to_owned(), source })?;
    Ok(place)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}
