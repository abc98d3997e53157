//! `powerhall journal` as staff runs it: beside a kiosk that holds the file, on a damaged file, and without one.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use powerhall_api::{Collect, JournalAnswer, JournalRefusal};
use powerhall_flow::Fact;
use powerhall_kiosk::journal::{Journal, JournalConfig};
use powerhall_money::Fen;
use uuid::Uuid;

/// A configuration whose journal is `journal.db` in the folder.
fn configured(folder: &Path) -> std::path::PathBuf {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/kiosk/tests/kiosk/sample.toml");
    let text = std::fs::read_to_string(sample).expect("the sample is there");
    let text = text.replace("../target/run/", "");
    assert!(text.contains("path = \"journal.db\"") && text.contains("secret_file = \"kiosk.secret\""));
    let secret = folder.join("kiosk.secret");
    std::fs::write(&secret, "a-secret-of-the-tests").expect("writes");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("its owner's");
    let file = folder.join("kiosk.toml");
    std::fs::write(&file, text).expect("writes");
    file
}

/// Whether it went well, and all that was said.
fn ask(config: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_powerhall"));
    // Without a display: nothing of this needs a window.
    command.arg("journal").args(arguments).arg("--config").arg(config).env_remove("DISPLAY");
    let out = command.output().expect("runs");
    let said = [out.stdout, out.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (out.status.success(), said)
}

#[test]
fn staff_sees_what_a_running_kiosk_has_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = configured(folder.path());
    let (ok, said) = ask(&config, &[]);
    assert!(!ok && said.contains("journal.db"), "{said}");
    assert!(!folder.path().join("journal.db").exists(), "looking makes no journal");

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let path = folder.path().join("journal.db");
    let journal = JournalConfig { path: path.clone(), keep: Duration::from_secs(86_400), max_rows: 1_000 };
    let [paid, open] = [1, 2].map(Uuid::from_u128);
    // The journal stays open: this process is the kiosk that runs.
    let running = runtime.block_on(async {
        let opened = Journal::open(journal).await;
        opened.found.expect("opens");
        let journal = opened.journal;
        journal.record(paid, Fact::Named { amount: Fen::new(30_954) }).await.expect("written");
        journal.record(paid, Fact::Stands { version: 3, collect: Collect::Paid }).await.expect("written");
        journal.record(paid, Fact::Ended).await.expect("written");
        let book = journal.unacknowledged().await.expect("rows").book;
        let refused = vec![JournalRefusal { seq: 2, code: "changed".to_owned() }];
        journal.acknowledge(book, JournalAnswer { acked_through: 3, refused }).await;
        journal.record(open, Fact::Named { amount: Fen::new(500) }).await.expect("written");
        journal.record(open, Fact::Stands { version: 2, collect: Collect::Awaiting }).await.expect("written");
        journal
    });
    std::fs::write(folder.path().join("journal.db.damaged-20261122T010203004Z"), "torn").expect("writes");
    std::fs::write(folder.path().join("journal.db.damaged-20261122T010203004Z-wal"), "torn").expect("writes");

    let (ok, said) = ask(&config, &[]);
    assert!(ok, "{said}");
    for wanted in [
        "rows 1 to 5; the chain of hashes holds",
        "acked_through 3: 2 rows are not with the backend yet",
        "open orders: 1\n  row 5, ",
        &format!("order {open}: stands at awaiting, version 2\n"),
        "refused rows: 1\n  --quarantine lists them",
        "set aside: 1\n  journal.db.damaged-20261122T010203004Z\n",
    ] {
        assert!(said.contains(wanted), "{wanted:?} is not in\n{said}");
    }
    let (ok, said) = ask(&config, &["--quarantine"]);
    assert!(ok && said.contains("\n  changed: row 2, "), "{said}");
    assert!(said.contains(&format!("order {paid}: stands at paid, version 3")), "{said}");
    // The kiosk writes on as if nobody had looked.
    runtime.block_on(running.record(open, Fact::Ended)).expect("written");
    let (ok, said) = ask(&config, &[]);
    assert!(ok && said.contains("open orders: 0\n"), "{said}");
    drop(running);

    // A row that was edited by hand: said, by its number, and the program ends with an error.
    while path.with_file_name("journal.db-wal").exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let bytes = std::fs::read(&path).expect("there");
    let word = bytes.windows(8).position(|window| window == b"awaiting").expect("in the file");
    let mut bent = bytes;
    bent[word..word + 8].copy_from_slice(b"awaitinG");
    std::fs::write(&path, bent).expect("writes");
    let (ok, said) = ask(&config, &[]);
    assert!(!ok && said.contains("damaged"), "{said}");
    assert!(path.exists(), "looking sets nothing aside");
}
