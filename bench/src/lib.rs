//! The instruments: numbers, processes as the kernel counts them, the screen as the X server holds it, and the disk.
//! Nothing here links the interface. What is measured with them is in `main.rs` and the files beside it.
// Rates and shares are for people to read; no money is near.
#![allow(clippy::float_arithmetic)]

pub mod disk;
pub mod numbers;
pub mod processes;
pub mod report;
pub mod screen;
pub mod wal;

/// What goes wrong while measuring; the run ends with it, because half a table misleads.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A file or folder.
    #[error("{0}: {1}")]
    File(std::path::PathBuf, String),
    /// The visitor before the kiosk.
    #[error(transparent)]
    Visitor(#[from] powerhall_visitor::Trouble),
    /// The database.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The X server.
    #[error("the display: {0}")]
    Display(String),
    /// The backend over HTTP.
    #[error("the backend: {0}")]
    Backend(String),
    /// The interface.
    #[error("the interface: {0}")]
    Interface(String),
    /// Something was not as it must be for the figures to mean anything.
    #[error("{0}")]
    Wrong(String),
}

impl Trouble {
    /// A trouble with a file.
    pub fn file(path: impl Into<std::path::PathBuf>, why: impl ToString) -> Self {
        Self::File(path.into(), why.to_string())
    }
}

/// What everything here answers.
pub type Result<T, E = Trouble> = std::result::Result<T, E>;
