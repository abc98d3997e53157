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
