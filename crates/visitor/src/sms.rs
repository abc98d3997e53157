//! The text message that a customer waits for: the sandbox sends none, it writes each code to a file.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{Result, SOON, Trouble};

/// The last code in the sandbox's file, as soon as there is one.
pub fn last_code(sent: &Path) -> Result<String> {
    let end = Instant::now() + SOON;
    while Instant::now() < end {
        let text = std::fs::read_to_string(sent).unwrap_or_default();
        let line = text.lines().last().and_then(|line| line.split_once("\"code\":\""));
        if let Some((code, _)) = line.and_then(|(_, rest)| rest.split_once('"')) {
            return Ok(code.to_owned());
        }
        sleep(Duration::from_millis(50));
    }
    Err(Trouble::Wrong("no code was sent".to_owned()))
}
