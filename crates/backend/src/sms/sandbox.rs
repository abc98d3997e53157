//! Text messages that go nowhere but into a file of their own: for trying out, and for tests. A line of JSON each, with
//! the phone masked; the log only says that there was one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use powerhall_money::{Cause, Outcome};
use serde::Serialize;

use super::{CodeMessage, Sms, masked};
use crate::clock::{Clock, rfc3339};

/// The file in place of an operator.
pub struct SandboxSms {
    file: Mutex<File>,
    clock: Arc<dyn Clock>,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    at: &'a str,
    phone: &'a str,
    code: &'a str,
    seconds: u32,
}

impl SandboxSms {
    /// Opens the file to write behind what is there, and makes it when it is missing, for its user only.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
        Ok(Self { file: Mutex::new(file), clock })
    }
}

#[async_trait]
impl Sms for SandboxSms {
    async fn send_code(&self, message: &CodeMessage) -> Outcome<()> {
        let phone = masked(&message.phone);
        let line = Line {
            at: &rfc3339(self.clock.now()),
            phone: &phone,
            code: message.code.reveal(),
            seconds: message.seconds,
        };
        let Ok(mut line) = serde_json::to_vec(&line) else { return Outcome::Unknown(Cause::Unverified) };
        line.push(b'\n');
        // One write for a line: whoever reads the file meanwhile sees all of it or nothing.
        match self.file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line) {
            Ok(()) => {
                tracing::info!(phone, "the sandbox has written a code to its file; no phone gets it");
                Outcome::Definite(())
            }
            Err(error) => {
                tracing::error!(%error, "the sandbox cannot write a code to its file");
                Outcome::Unknown(Cause::Server(500))
            }
        }
    }

    async fn ready(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use powerhall_money::Moment;

    use super::*;
    use crate::clock::ManualClock;

    #[tokio::test]
    async fn writes_a_line_for_its_user_only_and_keeps_what_was_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sms.log");
        let clock = Arc::new(ManualClock::new(Moment(0)));
        for code in ["000042", "912345"] {
            let sms = SandboxSms::open(&path, Arc::<ManualClock>::clone(&clock)).expect("opens");
            let message = CodeMessage { phone: "15400000001".into(), code: code.into(), seconds: 300 };
            assert_eq!(sms.send_code(&message).await, Outcome::Definite(()));
        }
        let text = std::fs::read_to_string(&path).expect("reads");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "{\"at\":\"1970-01-01T08:00:00+08:00\",\"phone\":\"154****0001\",\"code\":\"000042\",\"seconds\":300}"
        );
        assert!(lines.len() == 2 && lines[1].contains("912345"), "{text}");
        let mode = std::fs::metadata(&path).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
