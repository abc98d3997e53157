//! The voice: what a new sentence does to the old one, and a machine that has no engine.

use std::path::{Path, PathBuf};
use std::time::Duration;

use powerhall_kiosk::voice::{Said, Tongue, VoiceConfig, run};
use tokio::sync::mpsc;

/// An engine that writes down what it was given, and takes its time.
fn engine(folder: &Path, seconds: &str) -> VoiceConfig {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(folder).unwrap();
    let program = folder.join("engine");
    let log = folder.join("log");
    let script =
        format!("#!/bin/sh\necho \"$*: $(cat)\" >> {0}\nsleep {seconds}\necho end >> {0}\n", log.display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    voice(&program)
}

fn voice(program: &Path) -> VoiceConfig {
    VoiceConfig {
        program: program.to_str().unwrap().into(),
        player: "aplay".into(),
        words_a_minute: 160,
        headset: false,
        tongues: vec![Tongue { voice: "cmn".into(), ..Tongue::default() }],
    }
}

fn words(text: &str) -> Said {
    Said::Words { text: text.into(), language: 0, volume: 3 }
}

async fn log(folder: &Path, wanted: &str) -> String {
    let mut seen = String::new();
    for _ in 0..400 {
        seen = String::from_utf8_lossy(&std::fs::read(folder.join("log")).unwrap_or_default()).into_owned();
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
    let voice = tokio::spawn(run(voice(Path::new("/nonexistent/engine")), said));
    for _ in 0..20 {
        say.send(words("一")).await.unwrap();
    }
    drop(say);
    tokio::time::timeout(Duration::from_secs(10), voice).await.unwrap().unwrap();
}

/// A program whose sound ALSA writes to a file instead of a loudspeaker; and the file.
fn recorded(folder: &Path, program: &str, name: &str) -> (String, PathBuf) {
    use std::os::unix::fs::PermissionsExt;
    let place = |kind: &str| folder.join(format!("{name}-{program}.{kind}"));
    let sound = place("raw");
    let alsa = format!(
        "pcm.!default {{ type plug slave.pcm tofile }}\npcm.nothing {{ type null }}\n\
         pcm.tofile {{ type file slave.pcm nothing file \"|cat >> {}\" format raw }}\n",
        sound.display()
    );
    std::fs::write(place("conf"), alsa).unwrap();
    let script = format!("#!/bin/sh\nALSA_CONFIG_PATH={} exec {program} \"$@\"\n", place("conf").display());
    std::fs::write(place("sh"), script).unwrap();
    std::fs::set_permissions(place("sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    (place("sh").to_str().unwrap().to_owned(), sound)
}

/// What really comes out of the sound system when a sentence is said.
async fn heard(config: VoiceConfig, text: &str, volume: u8, sound: &Path) -> Vec<i16> {
    let (say, said) = mpsc::channel(8);
    let voice = tokio::spawn(run(config, said));
    say.send(Said::Words { text: text.into(), language: 0, volume }).await.unwrap();
    // Over when nothing has come for a while; a busy machine may stop in between.
    let (mut before, mut still) = (0, 0);
    for _ in 0..150 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = std::fs::metadata(sound).map(|about| about.len()).unwrap_or_default();
        still = if now > 0 && now == before { still + 1 } else { 0 };
        if still == 5 {
            break;
        }
        before = now;
    }
    drop(say);
    voice.await.unwrap();
    samples(&std::fs::read(sound).unwrap())
}

/// Raw PCM, 16 bits, one channel.
fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// What the engine itself makes of the same words: its WAV file, without the head.
fn of_the_engine(folder: &Path, text: &str, amplitude: &str) -> Vec<i16> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let file = folder.join("engine.wav");
    let mut engine = Command::new("espeak-ng")
        .args(["-v", "cmn", "-s", "160", "-a", amplitude, "-b", "1", "--stdin", "-w"])
        .arg(&file)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    engine.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(engine.wait().unwrap().success());
    let bytes = std::fs::read(&file).unwrap();
    let data = bytes.windows(4).position(|name| name == b"data").unwrap();
    // The name and the length of the samples stand before them.
    samples(&bytes[data + 8..])
}

/// The mean square of what is not silence, in whole steps of the sample.
fn level(samples: &[i16]) -> u64 {
    let loud = samples.iter().map(|s| i64::from(*s).unsigned_abs()).filter(|s| *s > 50);
    let (sum, count) = loud.fold((0, 0), |(sum, count), s| (sum + s * s, count + 1));
    (sum / u64::max(count, 1)).isqrt()
}

/// As much as the other, within a tenth.
const fn is_near(one: u64, other: u64) -> bool {
    one.abs_diff(other) * 10 <= other
}

/// What the paying customer hears: how much it is, that a number is wrong, and that it is over.
const HEARD: [&str; 3] = [
    "请核对，然后付款。未交电费 3 个月。本次付款。309.54元。含违约金 5.58元",
    "没有找到这个户号，请核对。",
    "缴费成功，谢谢。309.54元。已记入您的户号。付款编号。3F7K-9Q2M-X",
];

#[tokio::test]
async fn a_sentence_is_a_real_sound_of_its_length_and_level() {
    let folder = tempfile::tempdir().unwrap();
    for (at, text) in HEARD.into_iter().enumerate() {
        let mut levels = Vec::new();
        for (volume, amplitude) in [(1, "50"), (5, "200")] {
            let (engine, sound) = recorded(folder.path(), "espeak-ng", &format!("{at}-{volume}"));
            let played = heard(voice(Path::new(&engine)), text, volume, &sound).await;
            let wanted = of_the_engine(folder.path(), text, amplitude);
            // 22,050 a second: more than a click.
            assert!(wanted.len() > 22_050, "“{text}”: {} samples", wanted.len());
            let [length, wanted_length] = [&played, &wanted].map(|sound| u64::try_from(sound.len()).unwrap());
            assert!(
                is_near(length, wanted_length),
                "“{text}” at volume {volume}: {length} samples, not {wanted_length}"
            );
            let (found, wanted) = (level(&played), level(&wanted));
            assert!(is_near(found, wanted), "“{text}” at volume {volume}: level {found}, not {wanted}");
            levels.push(found);
        }
        // Four steps of 3 dB are a factor of four; half of it would already be heard.
        assert!(levels[0] > 200 && levels[1] > 2 * levels[0], "levels {levels:?}");
    }
}

/// A WAV file of a second of a tone, 8,000 samples.
pub fn tone(path: &Path) {
    let samples = (0..8_000).flat_map(|at| if at / 20 % 2 == 0 { 8_000_i16 } else { -8_000 }.to_le_bytes());
    let head: [&[u8]; 13] = [
        b"RIFF",
        &16_036_u32.to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &8_000_u32.to_le_bytes(),
        &16_000_u32.to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &16_000_u32.to_le_bytes(),
        b"",
    ];
    std::fs::write(path, head.concat().into_iter().chain(samples).collect::<Vec<u8>>()).unwrap();
}

/// A voice that has `您好，要办什么？` recorded, as a tone.
fn with_a_clip(folder: &Path, engine: VoiceConfig, player: &str) -> VoiceConfig {
    tone(&folder.join("hello.wav"));
    let mut config = VoiceConfig { player: player.into(), ..engine };
    assert!(config.tongues[0].clips.add("您好，要办什么？", folder.join("hello.wav")));
    config
}

#[tokio::test]
async fn a_recorded_sentence_is_a_real_sound_of_its_length_and_level() {
    let folder = tempfile::tempdir().unwrap();
    let said = async |volume: u8| {
        let (player, sound) = recorded(folder.path(), "aplay", &volume.to_string());
        let config = with_a_clip(folder.path(), voice(Path::new("/nonexistent/engine")), &player);
        heard(config, "您好，要办什么？", volume, &sound).await
    };
    let (soft, loud) = tokio::join!(said(1), said(5));
    for (samples, wanted) in [(soft, 2_000), (loud, 8_000)] {
        assert!((8_000..8_800).contains(&samples.len()), "{} samples of a second", samples.len());
        let tone: Vec<_> = samples.iter().filter(|sample| sample.unsigned_abs() == wanted).collect();
        assert_eq!((tone.len(), level(&samples)), (8_000, u64::from(wanted)), "at the level of its volume");
    }
}

/// The engine goes on where the recording ends.
#[tokio::test]
async fn what_is_not_recorded_is_said_by_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let (player, sound) = recorded(folder.path(), "aplay", "both");
    let config = with_a_clip(folder.path(), engine(folder.path(), "0"), &player);
    let samples = heard(config.clone(), "您好，要办什么？交电费。手机扫码", 5, &sound).await;
    assert!(samples.len() >= 8_000);
    let seen = log(folder.path(), "end").await;
    assert!(seen.contains("--stdin: 交电费。手机扫码\n") && !seen.contains("您好"), "{seen}");
    // Without a player the engine says all of it.
    let (say, said) = mpsc::channel(8);
    let voice = tokio::spawn(run(VoiceConfig { player: "/nonexistent/player".into(), ..config }, said));
    say.send(words("您好，要办什么？交电费")).await.unwrap();
    log(folder.path(), "--stdin: 您好，要办什么？\nend\n-v cmn -s 160 -a 100 -b 1 --stdin: 交电费\nend\n")
        .await;
    drop(say);
    voice.await.unwrap();
}

#[tokio::test]
async fn a_new_sentence_interrupts_a_recorded_one_and_what_would_follow() {
    let folder = tempfile::tempdir().unwrap();
    // The player takes its time; the engine is at once ready.
    let player = engine(&folder.path().join("player"), "30").program;
    let config = with_a_clip(folder.path(), engine(folder.path(), "0"), &player);
    let (say, said) = mpsc::channel(8);
    let voice = tokio::spawn(run(config, said));
    say.send(words("您好，要办什么？交电费")).await.unwrap();
    log(&folder.path().join("player"), "-: ").await;
    say.send(words("查办理进度")).await.unwrap();
    let seen = log(folder.path(), "end").await;
    assert!(seen.contains("查办理进度") && !seen.contains("交电费"), "{seen}");
    drop(say);
    tokio::time::timeout(Duration::from_secs(10), voice).await.unwrap().unwrap();
    assert!(!log(&folder.path().join("player"), "-: ").await.contains("end"), "the player was ended");
}
