//! The journal: a durable file in which an order's id stands before its first request goes out, so that a kiosk
//! that was cut off knows afterwards what to ask about. It lives on a thread of its own, because a disk can be slow.

mod aside;
mod book;
mod row;
mod staff;
mod thread;

pub use staff::{Contents, read};

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use powerhall_api::{JournalAnswer, JournalHead, JournalUpload};
use powerhall_flow::{Fact, JournalTrouble, Remembered};
use tokio::sync::oneshot;
use uuid::Uuid;

use thread::Command;

/// Where the journal is, and how long it keeps what is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalConfig {
    /// The SQLite file; it and its folder are made when missing. One kiosk each.
    pub path: PathBuf,
    /// How long facts about orders that have ended are kept.
    pub keep: Duration,
    /// At most so many facts; when they are reached and none can be forgotten, no new order is taken.
    pub max_rows: u64,
}

/// Why the journal cannot be used. The session only needs [`JournalError::trouble`]; the rest is for the log.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The folder or file cannot be made.
    #[error("cannot make {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite says no.
    #[error("the journal's file fails: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The content is not what was written.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
    /// Written by a newer version of this program.
    #[error("the journal has version {found}; this program knows up to {known}")]
    Newer {
        /// The file's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// As many rows as it may hold, and none that could be forgotten.
    #[error("the journal is full: {rows} rows, none of which may be forgotten")]
    Full {
        /// How many.
        rows: u64,
    },
    /// The journal's thread has ended.
    #[error("the journal's thread has ended")]
    Gone,
}

impl JournalError {
    /// What the flow is told.
    #[must_use]
    pub fn trouble(&self) -> JournalTrouble {
        match self {
            Self::Damaged(_) => JournalTrouble::Corrupt,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(
                    rusqlite::ErrorCode::DatabaseCorrupt
                    | rusqlite::ErrorCode::NotADatabase
                    | rusqlite::ErrorCode::ConstraintViolation,
                ) => JournalTrouble::Corrupt,
                _ => JournalTrouble::Unwritable,
            },
            Self::Full { .. } => JournalTrouble::Full,
            Self::File { .. } | Self::Newer { .. } | Self::Gone => JournalTrouble::Unwritable,
        }
    }
}

/// A handle to the journal's thread. Cheap to clone; the file is closed when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Journal {
    commands: mpsc::Sender<Command>,
}

/// A journal, and what it remembers.
#[derive(Debug)]
pub struct Opened {
    /// The handle; it heals when the file can be opened later.
    pub journal: Journal,
    /// What it remembers, or why it could not be opened.
    pub found: Result<Remembered, JournalError>,
}

/// A journal that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its newest row.
    pub head: JournalHead,
    /// What it remembers, when it had to be opened for this.
    pub opened: Option<Remembered>,
}

impl Journal {
    /// Opens the journal on a thread of its own, checks every page and the chain of hashes, and proves that it can
    /// be written. A damaged file is set aside, renamed with the time, and a new book is begun. What cannot be
    /// opened now is tried again by [`Journal::check`].
    pub async fn open(config: JournalConfig) -> Opened {
        let (opened, told) = oneshot::channel();
        let (commands, todo) = mpsc::channel();
        let spawned = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || thread::serve(config, opened, &todo));
        let found = match spawned {
            Ok(_) => told.await.unwrap_or(Err(JournalError::Gone)),
            Err(source) => Err(JournalError::File { path: "journal thread".into(), source }),
        };
        Opened { journal: Self { commands }, found }
    }

    /// Writes a fact. It is on its way to the disk in the order of the calls, not of the awaits; the future ends
    /// when it is durable.
    pub fn record(
        &self,
        order: Uuid,
        fact: Fact,
    ) -> impl Future<Output = Result<(), JournalTrouble>> + Send + use<> {
        let told = self.send(|done| Command::Record { order, fact, done });
        async move { told.await.unwrap_or(Err(JournalTrouble::Unwritable)) }
    }

    /// Tries whether a new order could be written, opening the file again where that is needed.
    ///
    /// # Errors
    /// Why no payment may be started.
    pub async fn check(&self) -> Result<Checked, JournalTrouble> {
        self.send(|done| Command::Check { done }).await.unwrap_or(Err(JournalTrouble::Unwritable))
    }

    /// The oldest rows that the backend has not acknowledged, at most a batch; `None` when it has all, or when the
    /// journal cannot be read now.
    pub async fn unacknowledged(&self) -> Option<JournalUpload> {
        self.send(|done| Command::Unacknowledged { done }).await.ok().flatten()
    }

    /// Takes note of what the backend holds of this book. `false` when that leads no further: then the next upload
    /// waits.
    pub async fn acknowledge(&self, book: Uuid, answer: JournalAnswer) -> bool {
        self.send(|done| Command::Acknowledge { book, answer, done }).await.unwrap_or(false)
    }

    fn send<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> oneshot::Receiver<T> {
        let (done, told) = oneshot::channel();
        // A thread that has ended drops the sender, and the receiver says so.
        let _ = self.commands.send(command(done));
        told
    }
}

/// The folder of `path`, or here.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
