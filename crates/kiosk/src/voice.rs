//! The voice: what the screen says is spoken by an engine that is a process of its own (espeak-ng). A new sentence
//! interrupts the old one; a machine without the engine is silent, says so once in the log, and works on.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

/// How the voice is made; from `config/kiosk.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceConfig {
    /// The engine: `espeak-ng`, or a path to it. Empty: this machine does not speak.
    pub program: String,
    /// Words a minute, 80 to 300.
    pub words_a_minute: u16,
    /// The sound goes to a headset alone, so that private numbers may be spoken.
    pub headset: bool,
}

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// These words instead of whatever is being said.
    Words {
        /// The words.
        text: String,
        /// The engine's name of the language: `cmn`, `en`.
        voice: String,
        /// How loud, 1 to 5.
        volume: u8,
    },
    /// Nothing more.
    Silence,
}

/// A sentence takes no longer than this; an engine that hangs is ended.
const LONGEST: Duration = Duration::from_secs(120);

/// Speaks what comes until nobody sends any more. Runs beside the session and decides nothing.
pub async fn run(config: VoiceConfig, mut said: mpsc::Receiver<Said>) {
    let mut speaking: Option<Child> = None;
    let mut missing = config.program.is_empty();
    loop {
        let next = tokio::select! {
            next = said.recv() => next,
            () = ended(&mut speaking) => continue,
        };
        if let Some(mut child) = speaking.take() {
            // It may have ended by itself.
            let _ = child.kill().await;
        }
        let Some(next) = next else { return };
        // What was said meanwhile is old: only the last is of use.
        let next = std::iter::from_fn(|| said.try_recv().ok()).last().unwrap_or(next);
        let Said::Words { text, voice, volume } = next else { continue };
        if missing {
            continue;
        }
        match speak(&config, &text, &voice, volume).await {
            Ok(child) => speaking = Some(child),
            Err(error) => {
                missing = error.kind() == std::io::ErrorKind::NotFound;
                tracing::warn!(program = config.program, %error, "the machine cannot speak");
            }
        }
    }
}

/// Waits for the end of what is being said; for ever where nothing is.
async fn ended(speaking: &mut Option<Child>) {
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

/// Starts the engine. The words go through a pipe: what is on a command line is seen by every process.
async fn speak(config: &VoiceConfig, text: &str, voice: &str, volume: u8) -> std::io::Result<Child> {
    let mut child = Command::new(&config.program)
        .args(["-v", voice, "-s", &config.words_a_minute.to_string(), "-a", &amplitude(volume).to_string()])
        .args(["-b", "1", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(text.as_bytes()).await?;
    }
    Ok(child)
}

/// espeak-ng's amplitude, 0 to 200: each step is about 3 dB more than the one before.
const fn amplitude(volume: u8) -> u8 {
    match volume {
        0 => 0,
        1 => 50,
        2 => 70,
        3 => 100,
        4 => 141,
        _ => 200,
    }
}
