//! The program as an administrator meets it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use crate::real::config_in;

fn run(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_powerhall-backend"))
        .args(arguments)
        .arg("--config")
        .arg(folder.join("backend.toml"))
        .output()
        .expect("runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn kiosks_are_added_with_a_secret_that_is_told_once() {
    let folder = tempfile::tempdir().expect("a folder");
    config_in(folder.path());
    let printed = run(folder.path(), &["kiosk", "add", "kiosk-7"]);
    assert!(printed.status.success(), "{}", said(&printed));
    let secret = String::from_utf8(printed.stdout).expect("text").lines().last().expect("a line").to_owned();
    assert_eq!(secret.len(), 64);
    let database = std::fs::read(folder.path().join("backend.db")).expect("there");
    assert!(!database.windows(64).any(|w| w == secret.as_bytes()), "only the hash is kept");

    let file = folder.path().join("new.secret");
    let path = file.to_str().expect("UTF-8");
    let written = run(folder.path(), &["kiosk", "add", "kiosk-8", "--secret-file", path]);
    assert!(written.status.success(), "{}", said(&written));
    let mode = std::fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let secret = std::fs::read_to_string(&file).expect("reads");
    assert!(!said(&written).contains(secret.trim()));

    let refused = run(folder.path(), &["kiosk", "add", "kiosk 9"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_wrong_configuration_is_explained_and_nothing_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = config_in(folder.path());
    let right = std::fs::read_to_string(&file).expect("reads");
    assert!(run(folder.path(), &["check-config"]).status.success());
    std::fs::write(&file, right.replace("127.0.0.1:0", "0.0.0.0:0")).expect("writes");
    for command in ["check-config", "serve"] {
        let refused = run(folder.path(), &[command]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(said(&refused).contains("channel.sandbox.listen"), "{}", said(&refused));
    }
}

#[test]
fn serve_says_where_and_ends_by_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_in(folder.path());
    let demo = run(folder.path(), &["demo-data", "--accounts", "50", "--seed", "3"]);
    assert!(demo.status.success(), "{}", said(&demo));
    let again = run(folder.path(), &["demo-data", "--accounts", "50", "--seed", "3"]);
    assert!(again.status.success() && said(&again).contains("already"), "{}", said(&again));
    let mut serving = Command::new(env!("CARGO_BIN_EXE_powerhall-backend"))
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(serving.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert!(first.contains("http://127.0.0.1:"), "{first}");
    let stopped = Command::new("kill").arg(serving.id().to_string()).status().expect("kill is there");
    assert!(stopped.success());
    assert!(serving.wait().expect("ends").success());
}
