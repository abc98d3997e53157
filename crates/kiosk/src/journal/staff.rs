//! What staff may see of a journal while the kiosk runs. The kiosk is the file's only owner, so a copy is read.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use powerhall_api::JournalEntry;
use uuid::Uuid;

use super::book::Book;
use super::{JournalConfig, JournalError, folder};

/// How often a copy is taken when the file moves under it.
const TRIES: u32 = 5;

/// A journal as it stands. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Names the book.
    pub book: Uuid,
    /// The last row that the backend holds or has refused for good.
    pub acked_through: u64,
    /// The rows, oldest first.
    pub entries: Vec<JournalEntry>,
    /// What the backend refused, with its word for the reason.
    pub quarantine: Vec<(JournalEntry, String)>,
}

/// Reads the journal at `path` without disturbing the kiosk that owns it; checks its chain of hashes.
///
/// # Errors
/// When there is none, it is damaged, or no copy can be made.
pub fn read(path: &Path) -> Result<Contents, JournalError> {
    let place = std::env::temp_dir().join(format!("powerhall-journal-{}", Uuid::now_v7()));
    let cannot = |source| JournalError::File { path: place.clone(), source };
    std::fs::DirBuilder::new().mode(0o700).create(&place).map_err(cannot)?;
    let mut found = Err(JournalError::Gone);
    for _ in 0..TRIES {
        found = read_copy(path, &place);
        match found {
            // A checkpoint may have run between the two copies.
            Err(JournalError::Damaged(_) | JournalError::Sqlite(_)) => {
                std::thread::sleep(Duration::from_millis(50))
            }
            Ok(_) | Err(_) => break,
        }
    }
    // A copy that stays behind is untidy, and nothing personal is in it.
    let _ = std::fs::remove_dir_all(&place);
    found
}

fn read_copy(path: &Path, place: &Path) -> Result<Contents, JournalError> {
    let log = |path: &Path| -> PathBuf {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        folder(path).join(format!("{name}-wal"))
    };
    let copy = place.join("journal.db");
    let cannot = |source| JournalError::File { path: path.to_owned(), source };
    // The log first: what a checkpoint moves meanwhile is then in both, and never in neither.
    match std::fs::copy(log(path), log(&copy)) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(cannot(source)),
    }
    std::fs::copy(path, &copy).map_err(cannot)?;
    Book::open(&JournalConfig { path: copy, keep: Duration::MAX, max_rows: u64::MAX })?.contents()
}
