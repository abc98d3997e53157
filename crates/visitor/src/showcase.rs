//! What the demo data says about itself, read from the embedded billing system's file: which accounts and applications
//! are worth a visit, and what of a person must never turn up anywhere else.

use std::path::Path;

use powerhall_billing::demo::Showcase;
use rusqlite::{Connection, OpenFlags};

use crate::{Result, Trouble};

/// The showcase of a billing file that demo data was written to.
pub fn showcase(billing: &Path) -> Result<Showcase> {
    let wrong = |why: String| Trouble::file(billing, why);
    let kept: String = open(billing)?
        .query_row("SELECT showcase FROM demo_data WHERE id = 1", [], |row| row.get(0))
        .map_err(|e| wrong(e.to_string()))?;
    serde_json::from_str(&kept).map_err(|e| wrong(e.to_string()))
}

/// The name, the address and the phone of an account: what is personal about it besides its number.
pub fn personal(billing: &Path, account: &str) -> Result<[String; 3]> {
    open(billing)?
        .query_row("SELECT name, address, phone FROM accounts WHERE number = ?", [account], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?])
        })
        .map_err(|e| Trouble::file(billing, e))
}

/// Opens a file that another process writes, to read only.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| Trouble::file(path, e))
}
