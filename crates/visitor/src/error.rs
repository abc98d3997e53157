//! What can go wrong for a visitor. Every message says what was wanted and, where there is one, names the picture.

use std::path::PathBuf;

/// Why a step did not come off.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A program could not be started, or ended too soon.
    #[error("{program}: {why}")]
    Program {
        /// Which.
        program: String,
        /// What happened, with the end of its log where there is one.
        why: String,
    },
    /// The X server does not do what was asked.
    #[error("the display does not answer: {0}")]
    Display(String),
    /// A file cannot be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// Something did not appear on the screen in time.
    #[error("waited {seconds} s for {what}; {instead}{}", picture.as_ref().map(|p| format!("; the screen is kept in {}", p.display())).unwrap_or_default())]
    NotSeen {
        /// What.
        what: String,
        /// How long.
        seconds: u64,
        /// What was seen instead.
        instead: String,
        /// The screen at that moment.
        picture: Option<PathBuf>,
    },
    /// The map of the controls has no such entry.
    #[error("the map of controls knows no {0}")]
    NotOnTheMap(String),
    /// The phone could not read the code, or the pay page is not as expected.
    #[error("the phone: {0}")]
    Phone(String),
    /// The backend answered otherwise than expected.
    #[error("the backend: {0}")]
    Backend(String),
    /// What was found is not what should be.
    #[error("{0}")]
    Wrong(String),
}

impl Trouble {
    pub(crate) fn file(path: impl Into<PathBuf>, why: impl ToString) -> Self {
        Self::File { path: path.into(), why: why.to_string() }
    }

    pub(crate) fn program(program: impl Into<String>, why: impl ToString) -> Self {
        Self::Program { program: program.into(), why: why.to_string() }
    }
}
