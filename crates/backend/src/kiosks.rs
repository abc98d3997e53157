//! Making a kiosk known: a new secret, told once, of which the backend keeps only the hash.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

pub use crate::config::{KIOSK_ID, is_kiosk_id};
use crate::desk::opaque;

/// A new secret: 256 random bits in 64 hexadecimal digits.
#[must_use]
pub fn new_secret() -> String {
    format!("{}{}", opaque(), opaque())
}

/// What the backend keeps of a secret.
#[must_use]
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Writes a secret to a file that only its owner can read. An existing file is replaced.
pub fn write_secret(path: &Path, secret: &str) -> io::Result<()> {
    // A new file, so that an old one's wider mode or a link is not inherited.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{secret}")?;
    file.sync_all()
}
