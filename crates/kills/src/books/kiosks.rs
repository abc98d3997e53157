//! The kiosks' side: their journals, what their customers read, and what must not be on their disks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use powerhall_api::JournalFact;
use powerhall_kiosk::journal;

use super::{Stories, each, open};
use crate::Failed;
use crate::hall::KIOSKS;

/// The journals: whole, every order named before the backend knew it, every order ended, and the same rows at the
/// backend.
pub(super) fn journals(folder: &Path, stories: &Stories, wrong: &mut Vec<String>) -> Result<usize, Failed> {
    let (mut named, mut facts) = (BTreeMap::new(), 0);
    let backend = open(&folder.join("backend.db"))?;
    for kiosk in KIOSKS {
        let contents = match journal::read(&folder.join(kiosk).join("journal.db")) {
            Ok(contents) => contents,
            Err(error) => {
                wrong.push(format!("{kiosk}: {error}"));
                continue;
            }
        };
        let mut open = BTreeSet::new();
        facts += contents.entries.len();
        for entry in &contents.entries {
            let order = entry.order_id.to_string();
            match entry.fact {
                JournalFact::Named { amount_fen } => {
                    named.insert(order.clone(), amount_fen.get());
                    open.insert(order);
                }
                JournalFact::Stands { .. } => {}
                JournalFact::Ended => drop(open.remove(&order)),
            }
        }
        if !open.is_empty() {
            wrong.push(format!("{kiosk}: orders have not ended in the journal: {open:?}"));
        }
        if !contents.quarantine.is_empty() {
            wrong.push(format!("{kiosk}: rows were refused: {:?}", contents.quarantine));
        }
        let mut held = BTreeMap::new();
        let sql = "SELECT seq, lower(hex(hash)), refused FROM journal WHERE kiosk = ?1 AND book = ?2";
        let mut query = backend.prepare(sql)?;
        let mut rows = query.query([kiosk, &contents.book.to_string()])?;
        while let Some(row) = rows.next()? {
            let refused: Option<String> = row.get(2)?;
            if refused.is_none() {
                held.insert(u64::try_from(row.get::<_, i64>(0)?)?, row.get::<_, String>(1)?);
            }
        }
        if contents.entries.iter().any(|entry| held.remove(&entry.seq).as_ref() != Some(&entry.hash)) {
            wrong.push(format!("{kiosk}: the backend holds other rows of the journal than the kiosk"));
        }
        if let Some(row) = held.keys().next() {
            wrong.push(format!("{kiosk}: the backend holds row {row}, the kiosk does not"));
        }
    }
    for (order, story) in stories {
        match named.get(order) {
            None => wrong.push(format!("order {order} is in no journal")),
            Some(amount) if *amount != story.amount => wrong.push(format!("order {order}: amounts differ")),
            Some(_) => {}
        }
    }
    Ok(facts)
}

/// Whoever read “paid” has paid, and the backend held the evidence; whoever read “nothing was taken” read the truth of
/// that moment.
pub(super) fn told(folder: &Path, stories: &Stories, wrong: &mut Vec<String>) -> Result<usize, Failed> {
    let told = std::fs::read_to_string(folder.join("told.log"))?;
    for line in told.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [at, word, order] = words[..] else { return Err(format!("a torn line: {line}").into()) };
        let at: i64 = at.parse()?;
        let story = stories.get(order);
        let paid = story.and_then(|story| story.paid_at);
        let kept = match word {
            "paid" => {
                paid.is_some_and(|paid| paid <= at)
                    && story.is_some_and(|story| story.collect.as_deref() == Some("paid"))
            }
            "nothing-taken" => story.is_some() && paid.is_none_or(|paid| paid > at),
            _ => false,
        };
        if !kept {
            wrong.push(format!("the customer read “{line}”: {story:?}"));
        }
    }
    Ok(told.lines().count())
}

/// Nothing that names a customer lies on a kiosk's disk, or in any log.
pub(super) fn secrets(folder: &Path, wrong: &mut Vec<String>) -> Result<(), Failed> {
    let mut personal: Vec<String> = Vec::new();
    each(&open(&folder.join("billing.db"))?, "SELECT number, name, address, phone FROM accounts", |row| {
        for column in 0..4 {
            personal.push(row.get(column)?);
        }
        Ok(())
    })?;
    let mut files: Vec<PathBuf> = vec![folder.join("backend.log"), folder.join("told.log")];
    for kiosk in KIOSKS {
        files.push(folder.join(format!("{kiosk}.log")));
        for file in std::fs::read_dir(folder.join(kiosk))? {
            files.push(file?.path());
        }
    }
    for path in files {
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        if let Some(place) = personal.iter().position(|words| text.contains(words)) {
            let column = ["number", "name", "address", "phone"][place % 4];
            wrong.push(format!("a customer's {column} lies in {}", path.display()));
        }
    }
    Ok(())
}
