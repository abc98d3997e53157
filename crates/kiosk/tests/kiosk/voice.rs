//! The voice: what a new sentence does to the old one, and a machine that has no engine.

use std::time::Duration;

use powerhall_kiosk::voice::{Said, VoiceConfig, run};
use tokio::sync::mpsc;

/// An engine that writes down what it was given, and takes its time.
fn engine(folder: &std::path::Path, seconds: &str) -> VoiceConfig {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("engine");
    let log = folder.join("log");
    let script =
        format!("#!/bin/sh\necho \"$*: $(cat)\" >> {0}\nsleep {seconds}\necho end >> {0}\n", log.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    VoiceConfig { program: program.to_str().unwrap().into(), words_a_minute: 160, headset: false }
}

fn words(text: &str) -> Said {
    Said::Words { text: text.into(), voice: "cmn".into(), volume: 3 }
}

async fn log(folder: &std::path::Path, wanted: &str) -> String {
    let mut seen = String::new();
    for _ in 0..400 {
        seen = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        if seen.contains(wanted) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no “{wanted}” in “{seen}”");
}

#[tokio::test]
async fn a_new_sentence_interrupts_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let (say, said) = mpsc::channel(8);
    let voice = tokio::spawn(run(engine(folder.path(), "30"), said));
    say.send(words("一")).await.unwrap();
    log(folder.path(), "一").await;
    say.send(words("二")).await.unwrap();
    let seen = log(folder.path(), "二").await;
    assert!(seen.contains("-v cmn -s 160 -a 100 -b 1 --stdin: 一"), "{seen}");
    say.send(Said::Silence).await.unwrap();
    drop(say);
    tokio::time::timeout(Duration::from_secs(10), voice).await.unwrap().unwrap();
    assert!(!seen.contains("end"), "the first was not heard to its end: {seen}");
}

#[tokio::test]
async fn without_an_engine_the_machine_is_silent_and_works_on() {
    let (say, said) = mpsc::channel(8);
    let config = VoiceConfig { program: "/nonexistent/engine".into(), words_a_minute: 160, headset: false };
    let voice = tokio::spawn(run(config, said));
    for _ in 0..20 {
        say.send(words("一")).await.unwrap();
    }
    drop(say);
    tokio::time::timeout(Duration::from_secs(10), voice).await.unwrap().unwrap();
}

/// What really comes out of the sound system: ALSA writes to a file instead of a loudspeaker.
async fn heard(folder: &std::path::Path, volume: u8) -> Vec<i16> {
    use std::os::unix::fs::PermissionsExt;
    let place = |name: &str| folder.join(format!("{name}-{volume}"));
    let sound = place("sound.raw");
    let alsa = format!(
        "pcm.!default {{ type plug slave.pcm tofile }}\npcm.nothing {{ type null }}\n\
         pcm.tofile {{ type file slave.pcm nothing file \"|cat >> {}\" format raw }}\n",
        sound.display()
    );
    std::fs::write(place("alsa.conf"), alsa).unwrap();
    let script =
        format!("#!/bin/sh\nALSA_CONFIG_PATH={} exec espeak-ng \"$@\"\n", place("alsa.conf").display());
    std::fs::write(place("engine"), script).unwrap();
    std::fs::set_permissions(place("engine"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = place("engine").to_str().unwrap().to_owned();
    let (say, said) = mpsc::channel(8);
    let voice = tokio::spawn(run(VoiceConfig { program, words_a_minute: 160, headset: false }, said));
    let text = "请核对，然后付款。309.54元".into();
    say.send(Said::Words { text, voice: "cmn".into(), volume }).await.unwrap();
    let mut before = 0;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = std::fs::metadata(&sound).map(|about| about.len()).unwrap_or_default();
        if now > 0 && now == before {
            break;
        }
        before = now;
    }
    drop(say);
    voice.await.unwrap();
    let bytes = std::fs::read(&sound).unwrap();
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// The mean square of what is not silence, in whole steps of the sample.
fn level(samples: &[i16]) -> u64 {
    let loud = samples.iter().map(|s| i64::from(*s).unsigned_abs()).filter(|s| *s > 50);
    let (sum, count) = loud.fold((0, 0), |(sum, count), s| (sum + s * s, count + 1));
    (sum / u64::max(count, 1)).isqrt()
}

#[tokio::test]
async fn a_sentence_is_a_real_sound_of_its_length_and_level() {
    let folder = tempfile::tempdir().unwrap();
    let (soft, loud) = tokio::join!(heard(folder.path(), 1), heard(folder.path(), 5));
    for samples in [&soft, &loud] {
        // 22,050 a second: a sentence of a dozen words takes some seconds, neither a click nor a minute.
        let seconds = samples.len() / 22_050;
        assert!((2..=12).contains(&seconds), "{seconds} s");
    }
    let (soft, loud) = (level(&soft), level(&loud));
    // Four steps of 3 dB are a factor of four; half of it would already be heard.
    assert!(soft > 200 && loud > 2 * soft, "levels {soft} and {loud}");
}
