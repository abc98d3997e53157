//! The folder of a hall: configuration, secrets, demo data; and the backend as a process.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

use powerhall_backend::assemble::{assemble, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_billing::demo;

use crate::Failed;

/// Kiosks that pay at the same time.
pub const KIOSKS: [&str; 3] = ["kiosk-1", "kiosk-2", "kiosk-3"];
const ACCOUNTS: u32 = 20;

/// Serves until it is killed or asked to end.
///
/// # Errors
/// When it does not start.
pub fn serve(config: &Path) -> Result<(), Failed> {
    log();
    let config = BackendConfig::load(config)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let assembled = assemble(&config).await?;
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::spawn(async move {
            terminate.recv().await;
            let _ = stop.send(true);
        });
        assembled.serve(stopped).await?;
        Ok(())
    })
}

/// Logs to standard error.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

/// Writes everything that the processes need; gives the address of the backend.
///
/// # Errors
/// When the folder cannot be written or no port is free.
pub fn furnish(dir: &Path) -> Result<(), Failed> {
    let [backend, sandbox] = [free_port()?, free_port()?];
    let published = published()?;
    let published = published.display();
    let mut text = format!(
        r#"[server]
listen = "127.0.0.1:{backend}"
[store]
file = "backend.db"
[billing]
file = "billing.db"
[hall]
folder = "{published}"
[timings]
qr_seconds = 30
prepare_seconds = 5
margin_seconds = 10
poll_milliseconds = 500
call_seconds = 2
recheck_seconds = [1, 3]
[limits]
lookups_per_minute = 1000
[channel.sandbox]
listen = "127.0.0.1:{sandbox}"
file = "sandbox.db"
[channel.sandbox.faults]
seed = 1
[channel.sandbox.faults.per_mille]
lost_request = 20
lost_answer = 40
error_after_success = 20
duplicated_notification = 60
lost_notification = 60
two_payers = 200
[billing.faults]
seed = 1
[billing.faults.per_mille]
lost_request = 30
lost_answer = 60
posting_refused = 80
"#
    );
    for kiosk in KIOSKS {
        text += &format!("[[kiosk]]\nid = \"{kiosk}\"\nsecret_file = \"{kiosk}.secret\"\n");
        let secret = format!("{}{}", uuid::Uuid::now_v7().simple(), uuid::Uuid::now_v7().simple());
        let file = dir.join(format!("{kiosk}.secret"));
        let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        opened.and_then(|mut file| std::io::Write::write_all(&mut file, secret.as_bytes()))?;
        fs::write(dir.join(format!("{kiosk}.toml")), kiosk_config(kiosk, backend))?;
    }
    let path = dir.join("backend.toml");
    fs::write(&path, text)?;
    let config = BackendConfig::load(&path)?;
    let accounts = tokio::runtime::Runtime::new()?.block_on(async {
        let (_, billing) = open_billing(&config).await?;
        let showcase = demo::fill(&billing, ACCOUNTS, 7, day(SystemClock.now())).await?;
        billing.close().await;
        Ok::<_, Failed>(showcase.accounts.into_iter().map(|account| account.number).collect::<Vec<_>>())
    })?;
    fs::write(dir.join("accounts.json"), serde_json::to_string(&accounts)?)?;
    Ok(())
}

/// Gives the faults other dice. A fault's dice are the same after every restart, so that a call which a process makes
/// once in its short life would otherwise meet the same fault for ever.
///
/// # Errors
/// When the configuration cannot be rewritten.
pub fn reseed(dir: &Path, seed: u32) -> Result<(), Failed> {
    let path = dir.join("backend.toml");
    let text: String = fs::read_to_string(&path)?
        .lines()
        .map(
            |line| if line.starts_with("seed = ") { format!("seed = {seed}\n") } else { format!("{line}\n") },
        )
        .collect();
    Ok(fs::write(&path, text)?)
}

/// A port that the kernel gives to nobody who calls out, so that it stays free while its server is dead.
fn free_port() -> Result<u16, Failed> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 10_000)?;
    for _ in 0..10_000 {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::SeqCst)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err("no port is free from 20000 to 29999".into())
}

/// `config/hall` of this repository.
fn published() -> Result<PathBuf, Failed> {
    Ok(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/hall").canonicalize()?)
}

fn kiosk_config(kiosk: &str, backend: u16) -> String {
    let text = |key: &str| format!("[hall.{key}]\nzh_CN = \"一\"\n");
    let texts: String = ["name", "payee", "opening_hours", "cash_counter"].map(text).concat();
    format!(
        r#"[backend]
url = "http://127.0.0.1:{backend}"
kiosk_id = "{kiosk}"
secret_file = "{kiosk}.secret"
connect_seconds = 1
answer_seconds = 3
wait_seconds = 2
[hall]
hotline = "95598"
kiosk_no = "01"
{texts}
[[languages]]
tag = "zh_CN"
name = "中文"
[screen]
pixels_per_mm = 4.0
width = 1080
height = 1920
[times]
settle_milliseconds = 0
check_in_seconds = 5
retry_seconds = 1
[journal]
path = "{kiosk}/journal.db"
"#
    )
}
