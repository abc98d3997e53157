//! Recorded sentences: which there are, where they stand in what is said, and their sound in the volume that was asked
//! for. A player has no volume, so the samples are made softer here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The amplitude at which a clip sounds as it was recorded.
pub const FULL: u8 = 200;
/// A sentence for a customer is not longer, in seconds.
const LONGEST: u32 = 60;

/// The recorded sentences of one language, and their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clips(BTreeMap<String, PathBuf>);

/// A part of what is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// For the engine.
    Words(String),
    /// For the player; the words are for the engine should it fail.
    Recorded {
        /// The file.
        clip: PathBuf,
        /// What it says.
        words: String,
    },
}

impl Clips {
    /// Takes a recorded sentence in; false when it is none, is more than one, or is there already.
    pub fn add(&mut self, sentence: &str, file: PathBuf) -> bool {
        let one = !bare(sentence).is_empty() && sentences(sentence).len() == 1;
        one && self.0.insert(bare(sentence).to_owned(), file).is_none()
    }

    /// What is recorded of a text, and what is not, in its order.
    #[must_use]
    pub fn parts(&self, text: &str) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for sentence in sentences(text) {
            match (self.0.get(bare(sentence)), parts.last_mut()) {
                (Some(clip), _) => {
                    parts.push(Part::Recorded { clip: clip.clone(), words: sentence.to_owned() });
                }
                // One breath for the engine.
                (None, Some(Part::Words(words))) => words.push_str(sentence),
                (None, Some(Part::Recorded { .. }) | None) => parts.push(Part::Words(sentence.to_owned())),
            }
        }
        parts
    }
}

/// A sentence as it is looked up: a full stop is put or left out where sentences are joined.
fn bare(sentence: &str) -> &str {
    sentence.trim().trim_end_matches(['。', '.'])
}

/// The sentences of a text with all that stands between them. The point of `309.54` ends none.
fn sentences(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut from = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let ends = match letter {
            '。' | '？' | '！' | '…' => !matches!(next, Some('。' | '？' | '！' | '…')),
            '.' | '?' | '!' => next.is_some_and(char::is_whitespace),
            _ => false,
        };
        if ends {
            let end = at + letter.len_utf8();
            all.push(&text[from..end]);
            from = end;
        }
    }
    if !text[from..].trim().is_empty() {
        all.push(&text[from..]);
    }
    all
}

/// A recorded sentence: 16-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    channels: u16,
    /// Samples a second and channel.
    rate: u32,
    /// Little-endian, channel by channel.
    samples: Vec<u8>,
}

/// Why a file cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// It cannot be read.
    #[error("a file that can be read ({0})")]
    Read(#[from] std::io::Error),
    /// It is no sound as we know it.
    #[error("a WAV file with 16-bit PCM samples, one or two channels, 8,000 to 48,000 samples a second")]
    NotWav,
    /// It breaks off, or is longer than a sentence.
    #[error("a whole WAV file of at most {LONGEST} seconds")]
    Length,
}

impl Clip {
    /// Reads a WAV file.
    ///
    /// # Errors
    /// Says what it should be and is not.
    pub fn read(path: &Path) -> Result<Self, ClipError> {
        Self::parse(&std::fs::read(path)?)
    }

    fn parse(bytes: &[u8]) -> Result<Self, ClipError> {
        let body = bytes.strip_prefix(b"RIFF").and_then(|rest| rest.get(4..)?.strip_prefix(b"WAVE"));
        let mut rest = body.ok_or(ClipError::NotWav)?;
        let mut format = None;
        while let Some((name, length, after)) = chunk(rest) {
            match name {
                b"fmt " => format = Some(form(after).ok_or(ClipError::NotWav)?),
                b"data" => {
                    let (channels, rate) = format.ok_or(ClipError::NotWav)?;
                    let samples = after.get(..length).ok_or(ClipError::Length)?;
                    let frame = usize::from(channels) * 2;
                    let seconds = samples.len() / frame / rate as usize;
                    if samples.is_empty() || samples.len() % frame != 0 || seconds >= LONGEST as usize {
                        return Err(ClipError::Length);
                    }
                    return Ok(Self { channels, rate, samples: samples.to_vec() });
                }
                _ => {}
            }
            // Chunks begin at even places.
            rest = after.get(length + length % 2..).ok_or(ClipError::Length)?;
        }
        Err(ClipError::NotWav)
    }

    /// As a WAV file, `amplitude` of [`FULL`] as loud as it was recorded.
    #[must_use]
    pub fn at(&self, amplitude: u8) -> Vec<u8> {
        let length = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        let frame = self.channels * 2;
        let mut file = Vec::with_capacity(self.samples.len() + 44);
        file.extend(b"RIFF");
        file.extend(length.saturating_add(36).to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend(PCM.to_le_bytes());
        file.extend(self.channels.to_le_bytes());
        file.extend(self.rate.to_le_bytes());
        file.extend((self.rate * u32::from(frame)).to_le_bytes());
        file.extend(frame.to_le_bytes());
        file.extend(BITS.to_le_bytes());
        file.extend(b"data");
        file.extend(length.to_le_bytes());
        let (share, full) = (i32::from(amplitude.min(FULL)), i32::from(FULL));
        for pair in self.samples.chunks_exact(2) {
            let sample = i32::from(i16::from_le_bytes([pair[0], pair[1]])) * share / full;
            file.extend(i16::try_from(sample).unwrap_or_default().to_le_bytes());
        }
        file
    }
}

const PCM: u16 = 1;
const BITS: u16 = 16;

/// The name and the length of the chunk that the bytes begin with, and what follows its head.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], usize, &[u8])> {
    let (name, rest) = bytes.split_first_chunk::<4>()?;
    let (length, after) = rest.split_first_chunk::<4>()?;
    Some((name, usize::try_from(u32::from_le_bytes(*length)).ok()?, after))
}

/// Channels and samples a second, where we can play them.
fn form(bytes: &[u8]) -> Option<(u16, u32)> {
    let two = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let rate = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    let (kind, channels, bits) = (two(0)?, two(2)?, two(14)?);
    let plays = kind == PCM && bits == BITS && matches!(channels, 1 | 2) && (8_000..=48_000).contains(&rate);
    plays.then_some((channels, rate))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clips(sentences: &[&str]) -> Clips {
        let mut clips = Clips::default();
        for sentence in sentences {
            assert!(clips.add(sentence, format!("{sentence}.wav").into()));
        }
        clips
    }

    /// Recorded parts in brackets.
    fn told(parts: &[Part]) -> String {
        let one = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Recorded { words, .. } => format!("[{words}]"),
        };
        parts.iter().map(one).collect()
    }

    #[test]
    fn what_is_recorded_is_found_sentence_by_sentence() {
        let chinese = clips(&["请核对，然后付款", "您好，要办什么？", "本次付款"]);
        let english = clips(&["You pay", "Hello, what would you like to do?"]);
        for (clips, text, wanted) in [
            (&chinese, "您好，要办什么？交电费。约一分钟", "[您好，要办什么？]交电费。约一分钟"),
            (
                &chinese,
                "请核对，然后付款。未交 3 个月。本次付款。309.54元",
                "[请核对，然后付款。]未交 3 个月。[本次付款。]309.54元",
            ),
            (&chinese, "请核对", "请核对"),
            (&chinese, "", ""),
            (&english, "You pay. 309.54 yuan. You pay more", "[You pay.] 309.54 yuan. You pay more"),
            (
                &english,
                "Hello, what would you like to do? Pay a bill",
                "[Hello, what would you like to do?] Pay a bill",
            ),
            (&Clips::default(), "一。二", "一。二"),
        ] {
            assert_eq!(told(&clips.parts(text)), wanted);
        }
        assert_eq!(chinese.parts("一。二。三").len(), 1, "one breath for the engine");
    }

    #[test]
    fn a_clip_is_one_sentence_and_there_once() {
        let mut all = clips(&["好"]);
        for wrong in ["", "。", "好。", "一。二", "One. Two"] {
            assert!(!all.add(wrong, "x.wav".into()), "{wrong}");
        }
    }

    #[test]
    fn softer_is_smaller_and_full_is_as_recorded() {
        let samples = [0, 1_000, -1_000, i16::MAX, i16::MIN];
        let clip = Clip {
            channels: 1,
            rate: 8_000,
            samples: samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        };
        assert!(Clip::parse(&clip.at(FULL)).is_ok_and(|read| read == clip));
        let quarter = Clip::parse(&clip.at(50)).map(|read| read.samples).unwrap_or_default();
        let read: Vec<_> =
            quarter.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        assert_eq!(read, [0, 250, -250, 8_191, -8_192]);
    }

    #[test]
    fn only_whole_files_of_the_known_kind_are_read() {
        let clip = Clip { channels: 2, rate: 44_100, samples: vec![1; 400] };
        let file = clip.at(FULL);
        // Other chunks may stand before the sound; one of odd length is followed by an idle byte.
        let mut with_more = file[..12].to_vec();
        with_more.extend(b"LIST\x03\0\0\0abc\0");
        with_more.extend(&file[12..]);
        assert!(Clip::parse(&with_more).is_ok_and(|read| read == clip));
        for end in 0..file.len() {
            assert!(Clip::parse(&file[..end]).is_err(), "cut at {end}");
        }
        for (at, byte) in [(0, b'X'), (8, b'X'), (20, 3), (22, 3), (25, 0), (34, 8)] {
            let mut other = file.clone();
            other[at] = byte;
            assert!(Clip::parse(&other).is_err(), "byte {at} is {byte}");
        }
        let long = Clip { channels: 1, rate: 8_000, samples: vec![0; 8_000 * 2 * LONGEST as usize] };
        assert!(matches!(Clip::parse(&long.at(FULL)), Err(ClipError::Length)));
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[ab。？. ]{0,20}") {
            let clips = clips(&["a", "b？"]);
            let said: String = clips.parts(&text).iter().map(|part| match part {
                Part::Words(words) | Part::Recorded { words, .. } => words.as_str(),
            }).collect();
            prop_assert_eq!(said.trim_end(), text.trim_end());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Clip::parse(&[b"RIFF____WAVE".as_slice(), &bytes].concat());
        }
    }
}
