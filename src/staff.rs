//! What staff asks a kiosk's program at a terminal: what its journal holds, also while the kiosk runs. It reads only,
//! from a copy, and shows nothing personal, because nothing personal is there.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::Path;

use powerhall_api::{JournalEntry, JournalFact};
use powerhall_kiosk::journal::{self, Contents, JournalError};

/// What stands beside a journal that was set aside.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// The journal at `path` in words; with every refused row when `quarantine` is set.
///
/// # Errors
/// When there is no journal, when it is damaged (the row is named), or when its folder cannot be read.
pub fn journal(path: &Path, quarantine: bool) -> Result<String, JournalError> {
    let contents = journal::read(path)?;
    let cannot = |source| JournalError::File { path: path.to_owned(), source };
    let aside = set_aside(path).map_err(cannot)?;
    Ok(told(path, &contents, &aside, quarantine))
}

/// The names of the damaged files that were set aside, oldest first.
fn set_aside(path: &Path) -> io::Result<Vec<String>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?.file_name().to_string_lossy().into_owned();
        let is_aside = file.strip_prefix(&name).is_some_and(|rest| rest.starts_with(".damaged-"));
        if is_aside && !BESIDE.iter().any(|beside| file.ends_with(beside)) {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

fn told(path: &Path, contents: &Contents, aside: &[String], quarantine: bool) -> String {
    let Contents { book, acked_through, entries, quarantine: refused } = contents;
    let last = entries.last().map_or(*acked_through, |entry| entry.seq);
    let mut text = format!("journal {}\nbook {book}\n", path.display());
    // Writing to a String cannot fail.
    let _ = match entries.first() {
        Some(first) => {
            writeln!(text, "rows {} to {last}; the chain of hashes holds over all of them", first.seq)
        }
        None => writeln!(text, "no rows"),
    };
    let waiting = entries.iter().filter(|entry| entry.seq > *acked_through).count();
    let _ = writeln!(text, "acked_through {acked_through}: {waiting} rows are not with the backend yet");
    let open = open_orders(entries);
    let _ = writeln!(text, "open orders: {}", open.len());
    for row in open {
        let _ = writeln!(text, "  {}", line(row));
    }
    let _ = writeln!(text, "refused rows: {}", refused.len());
    if quarantine {
        for (row, code) in refused {
            let _ = writeln!(text, "  {code}: {}", line(row));
        }
    } else if !refused.is_empty() {
        text.push_str("  --quarantine lists them with their reasons\n");
    }
    let _ = writeln!(text, "damaged files that were set aside: {}", aside.len());
    for file in aside {
        let _ = writeln!(text, "  {file}");
    }
    text
}

/// The newest row of each order that has not come to its end, in the order of their first rows.
fn open_orders(entries: &[JournalEntry]) -> Vec<&JournalEntry> {
    let mut orders = BTreeMap::new();
    for entry in entries {
        let (_, newest, ended) = orders.entry(entry.order_id).or_insert((entry.seq, entry, false));
        *newest = entry;
        *ended |= entry.fact == JournalFact::Ended;
    }
    let mut open: Vec<_> = orders.into_values().filter(|(_, _, ended)| !ended).collect();
    open.sort_by_key(|(first, _, _)| *first);
    open.into_iter().map(|(_, newest, _)| newest).collect()
}

fn line(row: &JournalEntry) -> String {
    // A clock that was far off is no reason to show nothing.
    let at = jiff::Timestamp::from_millisecond(row.at).unwrap_or(jiff::Timestamp::MIN);
    let at = at.to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let fact = match row.fact {
        JournalFact::Named { amount_fen } => format!("named, {amount_fen} yuan"),
        JournalFact::Stands { version, collect } => {
            format!("stands at {}, version {version}", collect.name())
        }
        JournalFact::Ended => "ended".to_owned(),
    };
    format!("row {}, {}, order {}: {fact}", row.seq, at.strftime("%Y-%m-%d %H:%M:%S"), row.order_id)
}
