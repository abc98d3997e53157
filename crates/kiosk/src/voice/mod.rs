//! The voice: what the screen says is spoken by an engine that is a process of its own (espeak-ng), and what the hall has
//! recorded is played by a player that is one too (aplay). A new sentence interrupts the old one; a machine without the
//! engine is silent, says so once in the log, and works on.

pub mod clips;
mod process;

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::PathBuf;

use tokio::process::Child;
use tokio::sync::mpsc;

use clips::{Clip, Clips, Part};

/// How the voice is made; from `config/kiosk.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceConfig {
    /// The engine: `espeak-ng`, or a path to it. Empty: this machine does not speak.
    pub program: String,
    /// What plays recorded sentences, as WAV from its standard input: `aplay`, or a path.
    pub player: String,
    /// Words a minute, 80 to 300.
    pub words_a_minute: u16,
    /// The sound goes to a headset alone, so that private numbers may be spoken.
    pub headset: bool,
    /// How each language is spoken, by its number.
    pub tongues: Vec<Tongue>,
}

/// How a language is spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tongue {
    /// The engine's name of the language: `cmn`, `en`.
    pub voice: String,
    /// The sentences that the hall has recorded.
    pub clips: Clips,
}

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// These words instead of whatever is being said.
    Words {
        /// The words.
        text: String,
        /// The number of their language.
        language: usize,
        /// How loud, 1 to 5.
        volume: u8,
    },
    /// Nothing more.
    Silence,
}

/// Speaks what comes until nobody sends any more. Runs beside the session and decides nothing.
pub async fn run(config: VoiceConfig, mut said: mpsc::Receiver<Said>) {
    let engine_missing = config.program.is_empty();
    let mut mouth =
        Mouth { config, parts: VecDeque::new(), speaking: None, engine_missing, player_missing: false };
    loop {
        let next = tokio::select! {
            next = said.recv() => next,
            () = process::ended(&mut mouth.speaking) => {
                mouth.go_on().await;
                continue;
            }
        };
        mouth.stop().await;
        let Some(next) = next else { return };
        // What was said meanwhile is old: only the last is of use.
        let next = std::iter::from_fn(|| said.try_recv().ok()).last().unwrap_or(next);
        match next {
            Said::Words { text, language, volume } => mouth.begin(&text, language, volume).await,
            Said::Silence => {}
        }
    }
}

/// What is being said, and what comes after it.
struct Mouth {
    config: VoiceConfig,
    parts: VecDeque<Saying>,
    speaking: Option<Child>,
    engine_missing: bool,
    player_missing: bool,
}

/// A part of what is to be said, as it was asked for.
struct Saying {
    part: Part,
    voice: String,
    volume: u8,
}

impl Mouth {
    async fn begin(&mut self, text: &str, language: usize, volume: u8) {
        let Some(Tongue { voice, clips }) = self.config.tongues.get(language) else { return };
        let saying = |part| Saying { part, voice: voice.clone(), volume };
        self.parts = clips.parts(text).into_iter().map(saying).collect();
        self.go_on().await;
    }

    async fn stop(&mut self) {
        self.parts.clear();
        if let Some(mut child) = self.speaking.take() {
            // It may have ended by itself.
            let _ = child.kill().await;
        }
    }

    /// Says the next part that can be said.
    async fn go_on(&mut self) {
        while self.speaking.is_none() {
            let Some(Saying { part, voice, volume }) = self.parts.pop_front() else { return };
            self.speaking = match part {
                Part::Words(words) => self.say(&words, &voice, volume),
                Part::Recorded { clip, words } => {
                    self.play(clip, volume).await.or_else(|| self.say(&words, &voice, volume))
                }
            };
        }
    }

    fn say(&mut self, words: &str, voice: &str, volume: u8) -> Option<Child> {
        if self.engine_missing {
            return None;
        }
        let speed = self.config.words_a_minute.to_string();
        let loudness = amplitude(volume).to_string();
        let arguments = ["-v", voice, "-s", &speed, "-a", &loudness, "-b", "1", "--stdin"];
        match process::start(&self.config.program, &arguments, words.as_bytes().to_vec()) {
            Ok(child) => Some(child),
            Err(error) => {
                self.engine_missing = error.kind() == ErrorKind::NotFound;
                tracing::warn!(program = self.config.program, %error, "the machine cannot speak");
                None
            }
        }
    }

    async fn play(&mut self, clip: PathBuf, volume: u8) -> Option<Child> {
        if self.player_missing {
            return None;
        }
        let read =
            move || Clip::read(&clip).map(|clip| clip.at(amplitude(volume))).map_err(|error| (clip, error));
        let sound = match tokio::task::spawn_blocking(read).await.ok()? {
            Ok(sound) => sound,
            Err((clip, error)) => {
                tracing::warn!(clip = %clip.display(), %error, "a recorded sentence cannot be played");
                return None;
            }
        };
        match process::start(&self.config.player, &["-"], sound) {
            Ok(child) => Some(child),
            Err(error) => {
                self.player_missing = error.kind() == ErrorKind::NotFound;
                tracing::warn!(player = self.config.player, %error, "recorded sentences cannot be played");
                None
            }
        }
    }
}

/// The loudness of a volume, 0 to 200 as espeak-ng counts it: each step is about 3 dB more than the one before.
const fn amplitude(volume: u8) -> u8 {
    match volume {
        0 => 0,
        1 => 50,
        2 => 70,
        3 => 100,
        4 => 141,
        _ => clips::FULL,
    }
}
