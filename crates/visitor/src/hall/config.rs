//! The configuration files of a hall that lives in one folder, in the shape of `config/backend.toml` and
//! `config/kiosk.toml`.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::{Result, Trouble};

/// The kiosk's name at the backend.
pub const KIOSK: &str = "kiosk-1";
/// The name of a second one beside it.
pub const SECOND: &str = "kiosk-2";
/// The name in which the books are asked, so that the kiosk's own look-ups are not used up.
pub const CLERK: &str = "clerk";

/// How long things last in a hall, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// A code: 30 to 900.
    pub code: u32,
    /// What is left of a code when its end is asked about: 20 to 120.
    pub code_warning: u32,
    /// Without a touch, until “are you still there?”: 20 to 600.
    pub idle: u32,
    /// “Are you still there?”: 20 to 120.
    pub warning: u32,
    /// Until what the hall shows while nobody is there; 0: never.
    pub attract: u32,
}

impl Default for Times {
    fn default() -> Self {
        Self { code: 120, code_warning: 30, idle: 60, warning: 20, attract: 0 }
    }
}

/// Where a backend and its sandbox listen.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// The API.
    pub backend: u16,
    /// The sandbox's pay page.
    pub sandbox: u16,
}

impl Ports {
    /// Two ports of loopback that are free now.
    pub fn free() -> Result<Self> {
        let taken = [bind()?, bind()?];
        let port =
            |at: &TcpListener| at.local_addr().map(|a| a.port()).map_err(|e| Trouble::program("ports", e));
        Ok(Self { backend: port(&taken[0])?, sandbox: port(&taken[1])? })
    }
}

fn bind() -> Result<TcpListener> {
    TcpListener::bind("127.0.0.1:0").map_err(|e| Trouble::program("ports", e))
}

/// Writes the backend's file, one for each kiosk, and everybody's secret. `published` is the folder `config/hall`.
pub fn write(dir: &Path, published: &Path, ports: Ports, times: Times) -> Result<()> {
    for name in [KIOSK, SECOND, CLERK] {
        write_secret(&dir.join(format!("{name}.secret")))?;
    }
    let published = published.canonicalize().map_err(|e| Trouble::file(published, e))?;
    let published = published.display();
    let Ports { backend, sandbox } = ports;
    let code = times.code;
    let text = format!(
        r#"[server]
listen = "127.0.0.1:{backend}"

[store]
file = "backend.db"

[billing]
file = "billing.db"

[hall]
folder = "{published}"

[timings]
qr_seconds = {code}

[sms]
file = "sms.log"

[invoices]
file = "invoices.db"
seller_name = "城南供电公司"
seller_taxpayer = "91000000MA0000000X"

[channel.sandbox]
listen = "127.0.0.1:{sandbox}"
file = "sandbox.db"

[[kiosk]]
id = "{KIOSK}"
secret_file = "{KIOSK}.secret"

[[kiosk]]
id = "{SECOND}"
secret_file = "{SECOND}.secret"

[[kiosk]]
id = "{CLERK}"
secret_file = "{CLERK}.secret"
"#
    );
    write_file(&dir.join("backend.toml"), &text)?;
    let voice = voice(dir)?;
    write_kiosk(dir, KIOSK, backend, times, &voice)?;
    write_kiosk(dir, SECOND, backend, times, &voice)
}

/// The file of one kiosk, and the folder of its journal.
fn write_kiosk(dir: &Path, name: &str, backend: u16, times: Times, voice: &str) -> Result<()> {
    let Times { code_warning, idle, warning, attract, .. } = times;
    let text = format!(
        r#"[backend]
url = "http://127.0.0.1:{backend}"
kiosk_id = "{name}"
secret_file = "{name}.secret"

[hall]
hotline = "95598"
kiosk_no = "01"

[hall.name]
zh_CN = "城南供电营业厅"
en = "Chengnan Electricity Hall"

[hall.payee]
zh_CN = "城南供电公司"
en = "Chengnan Power Supply Company"

[hall.opening_hours]
zh_CN = "8:30–17:30"
en = "8:30–17:30"

[hall.cash_counter]
zh_CN = "1 号柜台"
en = "counter 1"

[[languages]]
tag = "zh_CN"
name = "中文"

[[languages]]
tag = "en"
name = "English"

[screen]
pixels_per_mm = 4.0
width = 1080
height = 1920

[voice]
program = "{voice}"

[numbers]
account_prefix = "510"
scanner = true

[times]
idle_seconds = {idle}
warning_seconds = {warning}
attract_seconds = {attract}
code_warning_seconds = {code_warning}
check_in_seconds = 5
retry_seconds = 1

[journal]
path = "{name}/journal.db"
"#
    );
    let journal = dir.join(name);
    fs::create_dir_all(&journal).map_err(|e| Trouble::file(&journal, e))?;
    write_file(&dir.join(format!("{name}.toml")), &text)
}

/// A voice that writes each sentence down as a line of `heard.log`, and gives the path of its program.
fn voice(dir: &Path) -> Result<String> {
    let program = dir.join("voice");
    let script = format!("#!/bin/sh\nwords=$(cat)\necho \"$words\" >> {}/heard.log\n", dir.display());
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o755).open(&program);
    file.and_then(|mut file| file.write_all(script.as_bytes())).map_err(|e| Trouble::file(&program, e))?;
    Ok(program.display().to_string())
}

fn write_file(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| Trouble::file(path, e))
}

/// A secret that only its owner can read. It guards a backend on loopback that lives for a minute.
fn write_secret(path: &Path) -> Result<()> {
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let secret = format!("{}{}", uuid::Uuid::now_v7().simple(), uuid::Uuid::now_v7().simple());
    file.and_then(|mut file| writeln!(file, "{secret}")).map_err(|e| Trouble::file(path, e))
}
