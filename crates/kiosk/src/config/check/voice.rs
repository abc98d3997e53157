//! The checks of `[voice]`.

use super::Check;
use crate::config::raw::Voice;
use crate::voice::VoiceConfig;

impl Check<'_> {
    pub(super) fn voice(&mut self, raw: Voice) -> VoiceConfig {
        let speed = self.range("voice.words_a_minute", raw.words_a_minute, 80, 300, "words a minute");
        VoiceConfig {
            program: raw.program,
            words_a_minute: u16::try_from(speed).unwrap_or(u16::MAX),
            headset: raw.headset,
        }
    }
}
