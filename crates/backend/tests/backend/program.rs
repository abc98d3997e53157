//! The program as an administrator meets it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::real::config_in;
use crate::world::{client, secret, text};

pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_powerhall-backend"))
        .args(arguments)
        .arg("--config")
        .arg(folder.join("backend.toml"))
        .output()
        .expect("runs")
}

pub fn said(output: &Output) -> String {
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

/// The program, serving, and talkative as it can be.
pub struct Serving {
    pub base: String,
    client: reqwest::Client,
    child: Child,
    log: PathBuf,
}

impl Serving {
    /// Fills the folder with demo data and serves; gives the showcase too.
    pub fn start(folder: &Path) -> (Self, Value) {
        let config = config_in(folder);
        let demo = run(folder, &["demo-data", "--accounts", "50", "--seed", "3"]);
        assert!(demo.status.success(), "{}", said(&demo));
        let again = run(folder, &["demo-data", "--json"]);
        let showcase: Value = serde_json::from_slice(&again.stdout).expect("JSON");
        let log = folder.join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_powerhall-backend"))
            .args(["serve", "--config"])
            .arg(config)
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).expect("a log"))
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut address = || {
            let line = lines.next().expect("a line").expect("text");
            let start = line.find("http://127.0.0.1:").expect("an address");
            line[start..].split([' ', '/']).filter(|p| !p.is_empty()).take(2).collect::<Vec<_>>().join("//")
        };
        let (base, pay_page) = (address(), address());
        assert_ne!(base, pay_page);
        (Self { base, client: client(), child, log }, showcase)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let bearer = format!("Bearer kiosk-1:{}", secret("kiosk-1"));
        self.client.request(method, format!("{}{path}", self.base)).header("authorization", bearer)
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.request(Method::POST, path).json(&body).send().await.expect("answered");
        answer.json().await.expect("JSON")
    }

    /// Ends it by a signal; gives what it has logged.
    pub fn stop(mut self) -> String {
        let stopped = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(stopped.success());
        assert!(self.child.wait().expect("ends").success());
        std::fs::read_to_string(&self.log).expect("reads")
    }
}

/// Everything that it logs at the most talkative level, while a customer is looked up and pays.
#[tokio::test]
async fn serve_says_where_logs_nothing_personal_and_ends_by_a_signal() {
    let folder = tempfile::tempdir().expect("a folder");
    let (serving, showcase) = Serving::start(folder.path());
    let account = text(&showcase["accounts"][0], "number");
    let found = serving.post("/v1/lookups", json!({"by": "account", "account": account})).await;
    let quote =
        serving.post("/v1/quotes", json!({"references": [found["reference"]], "duty": "arrears"})).await;
    let body = json!({"quote_id": quote["quote_id"], "channel": "sandbox", "lines": [{"line": 0, "amount_fen": 1_000}]});
    let order = format!("/v1/orders/{}", uuid::Uuid::now_v7());
    let put = serving.request(Method::PUT, &order).json(&body).send().await.expect("answered");
    assert_eq!(put.status(), reqwest::StatusCode::CREATED);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;

    let log = serving.stop();
    assert!(log.contains("/v1/lookups"), "the log does say what was asked");
    let name = text(&quote["lines"][0]["account"], "name_masked");
    for personal in [account, name, secret("kiosk-1")] {
        assert!(!log.contains(&personal), "{personal} stands in the log");
    }
}

/// The first code in the sandbox's file; it is written after the answer.
async fn written(file: &Path) -> Value {
    for _ in 0..200 {
        let text = std::fs::read_to_string(file).expect("the sandbox's file");
        if let Some(line) = text.lines().next() {
            return serde_json::from_str(line).expect("JSON");
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no code was written");
}

/// By phone and by identity number, with a code that the sandbox wrote down: neither the log nor any file but billing's own
/// knows the numbers afterwards, and the log does not know the code.
#[tokio::test]
async fn whoever_was_found_by_phone_or_identity_number_leaves_no_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let (serving, showcase) = Serving::start(folder.path());
    let shown = |situation: &str| {
        let all = showcase["accounts"].as_array().expect("a list").iter();
        all.into_iter().find(|shown| shown["situation"] == situation).expect("in every showcase")
    };
    let first = shown("first_of_three");
    let (phone, id_number) = (text(first, "phone"), text(first, "id_number"));
    let unknown = "15499999999".to_owned();

    let by_id = serving.post("/v1/lookups", json!({"by": "id_number", "id_number": id_number})).await;
    let reference = text(&by_id, "reference");
    assert_eq!(
        (text(&by_id, "kind").as_str(), &by_id["proofs"]),
        ("person", &json!(["phone_last4", "code"]))
    );
    serving.post(&format!("/v1/lookups/{reference}/codes"), Value::Null).await;
    let line = written(&folder.path().join("sms.log")).await;
    assert_eq!(text(&line, "phone"), format!("{}****{}", &phone[..3], &phone[7..]));
    let code = text(&line, "code");
    let proofs = format!("/v1/lookups/{reference}/proofs");
    let found = serving.post(&proofs, json!({"by": "code", "code": code})).await;
    let accounts = found["accounts"].as_array().expect("accounts");
    assert_eq!(accounts.len(), 3, "{found}");
    for (account, shown) in
        accounts.iter().zip(["first_of_three", "second_of_three", "third_of_three"].map(shown))
    {
        let number = text(shown, "number");
        assert!(text(&account["account"], "account_masked").ends_with(&number[10..]));
        let quote = serving
            .post("/v1/quotes", json!({"references": [account["reference"]], "duty": "arrears"}))
            .await;
        let months = quote["lines"][0]["bills"].as_array().expect("bills").len();
        assert_eq!(json!(months), shown["months_owed"]);
    }
    for phone in [&phone, &unknown] {
        let by_phone = serving.post("/v1/lookups", json!({"by": "phone", "phone": phone})).await;
        let reference = text(&by_phone, "reference");
        serving.post(&format!("/v1/lookups/{reference}/codes"), Value::Null).await;
        let proof = json!({"by": "id_last4", "id_last4": &id_number[14..]});
        let found = serving.post(&format!("/v1/lookups/{reference}/proofs"), proof).await;
        assert_eq!(found["accounts"].as_array().map(Vec::len), (*phone != unknown).then_some(3), "{found}");
    }

    let log = serving.stop();
    assert!(log.contains("/v1/lookups/{reference}/codes"), "the log does say what was asked");
    assert!(
        !log.contains(&format!("\"{code}\"")) && !log.contains(&format!("={code} ")),
        "the log knows the code"
    );
    let mut looked_at = 0;
    for file in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = file.expect("reads").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("billing.db") || !path.is_file() {
            continue;
        }
        looked_at += 1;
        let bytes = std::fs::read(&path).expect("reads");
        for number in [&phone, &id_number, &unknown] {
            assert!(!bytes.windows(number.len()).any(|w| w == number.as_bytes()), "{name} knows {number}");
        }
    }
    assert!(looked_at >= 4, "the log, the store, the sandboxes: {looked_at}");
}
