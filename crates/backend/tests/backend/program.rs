//! The program as an administrator meets it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::real::config_in;
use crate::world::{client, secret};

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

/// Everything that it logs at the most talkative level, while a customer is looked up and pays.
#[tokio::test]
async fn serve_says_where_logs_nothing_personal_and_ends_by_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_in(folder.path());
    let demo = run(folder.path(), &["demo-data", "--accounts", "50", "--seed", "3"]);
    assert!(demo.status.success(), "{}", said(&demo));
    let again = run(folder.path(), &["demo-data", "--json"]);
    let showcase: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    let account = showcase["accounts"][0]["number"].as_str().expect("a number").to_owned();

    let log = folder.path().join("log");
    let mut serving = Command::new(env!("CARGO_BIN_EXE_powerhall-backend"))
        .args(["serve", "--config"])
        .arg(config)
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(&log).expect("a log"))
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(serving.stdout.take().expect("piped")).lines();
    let mut address = || {
        let line = lines.next().expect("a line").expect("text");
        let start = line.find("http://127.0.0.1:").expect("an address");
        line[start..].split([' ', '/']).filter(|p| !p.is_empty()).take(2).collect::<Vec<_>>().join("//")
    };
    let (base, pay_page) = (address(), address());
    assert_ne!(base, pay_page);

    let client = client();
    let bearer = format!("Bearer kiosk-1:{}", secret("kiosk-1"));
    let post = async |path: String, body: Value| {
        let request = client.post(format!("{base}{path}")).header("authorization", &bearer).json(&body);
        request.send().await.expect("answered").json::<Value>().await.expect("JSON")
    };
    let found = post("/v1/lookups".to_owned(), json!({"by": "account", "account": account})).await;
    let reference = found["reference"].as_str().expect("found").to_owned();
    let quote = post(format!("/v1/lookups/{reference}/quotes"), Value::Null).await;
    let body = json!({"quote_id": quote["quote_id"], "channel": "sandbox", "lines": [{"line": 0, "amount_fen": 1_000}]});
    let order = format!("{base}/v1/orders/{}", uuid::Uuid::now_v7());
    let put = client.put(order).header("authorization", &bearer).json(&body).send().await.expect("answered");
    assert_eq!(put.status(), reqwest::StatusCode::CREATED);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    let stopped = Command::new("kill").arg(serving.id().to_string()).status().expect("kill is there");
    assert!(stopped.success());
    assert!(serving.wait().expect("ends").success());
    let log = std::fs::read_to_string(log).expect("reads");
    assert!(log.contains("/v1/lookups"), "the log does say what was asked");
    let name = quote["lines"][0]["account"]["name_masked"].as_str().expect("a name").to_owned();
    for personal in [account, name, secret("kiosk-1")] {
        assert!(!log.contains(&personal), "{personal} stands in the log");
    }
}
