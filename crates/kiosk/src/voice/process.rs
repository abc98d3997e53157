//! The engine and the player as processes: what they are given comes through a pipe, because a command line is seen by
//! every other process.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// A sentence takes no longer than this; a process that hangs is ended.
const LONGEST: Duration = Duration::from_secs(120);

/// Starts a program and gives it `bytes`, at its own pace.
pub(super) fn start(program: &str, arguments: &[&str], bytes: Vec<u8>) -> std::io::Result<Child> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // Fails when the process ends before it has heard everything: it was interrupted, or says why by its status.
        tokio::spawn(async move { pipe.write_all(&bytes).await });
    }
    Ok(child)
}

/// Waits for the end of what is being said; for ever where nothing is.
pub(super) async fn ended(speaking: &mut Option<Child>) {
    match speaking {
        None => std::future::pending().await,
        Some(child) => {
            match tokio::time::timeout(LONGEST, child.wait()).await {
                Ok(Ok(status)) if status.success() => {}
                Ok(Ok(status)) => tracing::warn!(%status, "the voice failed"),
                Ok(Err(error)) => tracing::warn!(%error, "the voice failed"),
                Err(_) => {
                    tracing::warn!("the voice hangs and is ended");
                    let _ = child.kill().await;
                }
            }
            *speaking = None;
        }
    }
}
