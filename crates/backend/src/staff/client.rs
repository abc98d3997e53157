//! The door from outside: one question, one answer.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::words::{Answer, Ask};

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody answers: the backend does not run, or this user may not come in.
    #[error("{path}: {error}; is the backend running, and may this user use its socket?")]
    NoDoor {
        /// Where.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The answer broke off or cannot be read.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}

/// Asks the running backend.
pub async fn ask(socket: &Path, ask: &Ask) -> Result<Answer, AskError> {
    let no_door = |error| AskError::NoDoor { path: socket.to_owned(), error };
    let unreadable = |error: &dyn std::fmt::Display| AskError::Unreadable(error.to_string());
    let mut stream = UnixStream::connect(socket).await.map_err(no_door)?;
    let mut text = serde_json::to_string(ask).map_err(|e| unreadable(&e))?;
    text.push('\n');
    stream.write_all(text.as_bytes()).await.map_err(no_door)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.map_err(|e| unreadable(&e))?;
    serde_json::from_str(&answer).map_err(|e| unreadable(&e))
}
