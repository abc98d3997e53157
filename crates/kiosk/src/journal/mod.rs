//! The journal: a durable file in which an order's id stands before its first request goes out, so that a kiosk
//! that was cut off knows afterwards what to ask about. It lives on a thread of its own, because a disk can be slow.

mod book;
mod chain;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use powerhall_flow::{Fact, JournalTrouble};
use tokio::sync::oneshot;
use uuid::Uuid;

use book::Book;

/// Where the journal is, and how long it keeps what is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalConfig {
    /// The SQLite file; it and its folder are made when missing. One kiosk each.
    pub path: PathBuf,
    /// How long facts about orders that have ended are kept.
    pub keep: Duration,
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
            Self::File { .. } | Self::Newer { .. } | Self::Gone => JournalTrouble::Unwritable,
        }
    }
}

/// A handle to the journal's thread. Cheap to clone; the file is closed when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Journal {
    commands: mpsc::Sender<Command>,
}

struct Command {
    order: Uuid,
    fact: Fact,
    done: oneshot::Sender<Result<(), JournalTrouble>>,
}

/// A journal that was opened, and what it remembers.
#[derive(Debug)]
pub struct Opened {
    /// The handle.
    pub journal: Journal,
    /// Orders that were named and have not ended, oldest first.
    pub open_orders: Vec<Uuid>,
}

impl Journal {
    /// Opens the journal on a thread of its own, checks every page and the chain of hashes, and proves that it can
    /// be written.
    ///
    /// # Errors
    /// When it cannot be opened or written, or is damaged: then no payment may be started.
    pub async fn open(config: JournalConfig) -> Result<Opened, JournalError> {
        let (opened, told) = oneshot::channel();
        let (commands, todo) = mpsc::channel();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || serve(&config, opened, &todo))
            .map_err(|source| JournalError::File { path: "journal thread".into(), source })?;
        let open_orders = told.await.map_err(|_| JournalError::Gone)??;
        Ok(Opened { journal: Self { commands }, open_orders })
    }

    /// Writes a fact. It is on its way to the disk in the order of the calls, not of the awaits; the future ends
    /// when it is durable.
    pub fn record(
        &self,
        order: Uuid,
        fact: Fact,
    ) -> impl Future<Output = Result<(), JournalTrouble>> + Send + use<> {
        let (done, told) = oneshot::channel();
        let sent = self.commands.send(Command { order, fact, done });
        async move {
            sent.map_err(|_| JournalTrouble::Unwritable)?;
            told.await.unwrap_or(Err(JournalTrouble::Unwritable))
        }
    }
}

/// The thread: opens, reports, then writes one fact after the other until all handles are gone.
fn serve(
    config: &JournalConfig,
    opened: oneshot::Sender<Result<Vec<Uuid>, JournalError>>,
    todo: &mpsc::Receiver<Command>,
) {
    let open = Book::open(&config.path, config.keep).and_then(|book| Ok((book.open_orders()?, book)));
    let mut book = match open {
        Ok((orders, book)) => {
            let _ = opened.send(Ok(orders));
            book
        }
        Err(error) => {
            tracing::error!(%error, "the journal cannot be used: payment stays closed");
            let _ = opened.send(Err(error));
            return;
        }
    };
    for Command { order, fact, done } in todo {
        let written = book.append(order, &fact).map_err(|error| {
            tracing::error!(%order, %error, "a fact could not be written to the journal");
            error.trouble()
        });
        let _ = done.send(written);
    }
}

/// The folder of `path`, or here.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
