//! The folder of a hall: configuration, secrets, demo data; and the backend as a process.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use powerhall_backend::assemble::{assemble, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_billing::demo;

use crate::Failed;

/// Kiosks that pay at the same time.
pub const KIOSKS: [&str; 3] = ["kiosk-1", "kiosk-2", "kiosk-3"];
const ACCOUNTS: u32 = 20;

/// Serves until it is killed or asked to end.
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

pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}

/// Writes everything that the processes need; gives the address of the backend.
pub fn furnish(dir: &Path) -> Result<String, Failed> {
    let taken = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [backend, sandbox] = [taken[0].local_addr()?.port(), taken[1].local_addr()?.port()];
    drop(taken);
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
recheck_seconds = [5, 20]
[limits]
lookups_per_minute = 1000
[channel.sandbox]
listen = "127.0.0.1:{sandbox}"
file = "sandbox.db"
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
    Ok(format!("http://127.0.0.1:{backend}"))
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
check_in_seconds = 5
retry_seconds = 1
[journal]
path = "{kiosk}/journal.db"
"#
    )
}
