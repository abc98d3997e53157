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

/// The name, the address, the phone and, of a person, the identity number: what is personal about an account besides its
/// number.
pub fn personal(billing: &Path, account: &str) -> Result<Vec<String>> {
    open(billing)?
        .query_row(
            "SELECT name, address, phone, id_number FROM accounts WHERE number = ?",
            [account],
            |row| {
                let mut all = vec![row.get(0)?, row.get(1)?, row.get(2)?];
                all.extend(row.get::<_, Option<String>>(3)?);
                Ok(all)
            },
        )
        .map_err(|e| Trouble::file(billing, e))
}

/// Opens a file that another process writes, to read only.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|e| Trouble::file(path, e))
}
