//! The checks of `[voice]` and of the recorded sentences that it names.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Check, shown};
use crate::config::Language;
use crate::config::raw::Voice;
use crate::voice::clips::Clip;
use crate::voice::{Tongue, VoiceConfig};

const CLIPS: &str = "voice.clips";

impl Check<'_> {
    pub(super) fn voice(
        &mut self,
        raw: Voice,
        languages: &[Language],
        mut tongues: Vec<Tongue>,
    ) -> VoiceConfig {
        let speed = self.range("voice.words_a_minute", raw.words_a_minute, 80, 300, "words a minute");
        let player = !raw.player.trim().is_empty();
        self.that("voice.player", &raw.player, "a program that plays a WAV file from its input", player);
        if let Some(folder) = &raw.clips {
            self.clips(&self.folder.join(folder), languages, &mut tongues);
        }
        VoiceConfig {
            program: raw.program,
            player: raw.player,
            words_a_minute: u16::try_from(speed).unwrap_or(u16::MAX),
            headset: raw.headset,
            tongues,
        }
    }

    /// Every `<tag>.toml` of the folder, and every file that it names.
    fn clips(&mut self, folder: &Path, languages: &[Language], tongues: &mut [Tongue]) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries.flatten(),
            Err(error) => return self.mistake(CLIPS, shown(folder), format!("a folder ({error})")),
        };
        let mut lists: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|kind| kind == "toml"))
            .collect();
        lists.sort();
        if lists.is_empty() {
            self.mistake(CLIPS, shown(folder), "at least one <language>.toml in it");
        }
        for list in lists {
            let tag = list.file_stem().unwrap_or_default();
            match languages.iter().zip(&mut *tongues).find(|(language, _)| *language.tag == *tag) {
                Some((_, tongue)) => self.list(folder, &list, tongue),
                None => self.mistake(CLIPS, shown(&list), "only the tags that stand in languages"),
            }
        }
    }

    /// `"sentence" = "file.wav"`, line by line.
    fn list(&mut self, folder: &Path, list: &Path, tongue: &mut Tongue) {
        let text = std::fs::read_to_string(list).map_err(|error| error.to_string());
        let read = text.and_then(|text| toml::from_str(&text).map_err(|error| error.message().to_owned()));
        let files: BTreeMap<String, String> = match read {
            Ok(files) => files,
            Err(error) => {
                return self.mistake(
                    CLIPS,
                    shown(list),
                    format!("lines like \"…\" = \"file.wav\" ({error})"),
                );
            }
        };
        for (sentence, file) in files {
            let value = format!("{}: \"{sentence}\" = \"{file}\"", shown(list));
            let path = folder.join(file);
            if let Err(error) = Clip::read(&path) {
                self.mistake(CLIPS, &value, error.to_string());
            }
            if !tongue.clips.add(&sentence, path) {
                self.mistake(CLIPS, &value, "one sentence, and each once");
            }
        }
    }
}
