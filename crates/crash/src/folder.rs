//! Folders that survive a power cut.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes a folder and those above it, each with `mode` (less the umask), and makes their names durable. SQLite syncs the
/// names of its files in their folder; a folder whose own name is lost takes them all with it.
///
/// # Errors
/// When a folder cannot be made or synced.
pub fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(above, mode)?;
    match std::fs::DirBuilder::new().mode(mode).create(path) {
        // Somebody was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    std::fs::File::open(above)?.sync_all()
}
