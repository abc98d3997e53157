//! The backend's store after a power cut. What was promised: every order as it was last answered, every notification
//! that was answered “taken”, every row of a journal that was acknowledged. And whatever is there is whole.

use std::path::Path;

use powerhall_backend::store::{SqliteStore, Store};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::trace::Call;
use super::wire::{Exchange, exchanges};
use crate::Failed;

/// Something that others rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// An order was answered in this version.
    Order { id: String, version: i64, paid: bool },
    /// The channel was told that its notification is taken.
    Notification { event: String, number: String },
    /// The kiosk was told that these rows are held.
    Journal { book: String, through: i64 },
}

/// The promises of a traced backend, with their moments.
pub(super) fn promises(calls: &[Call]) -> Result<Vec<(usize, Promise)>, Failed> {
    let mut promises = Vec::new();
    let is_answer = |exchange: &&Exchange| exchange.serves && (200..300).contains(&exchange.status);
    for exchange in exchanges(calls)?.iter().filter(is_answer) {
        let question = exchange.question.as_str();
        let mut push = |promise: Option<Promise>| -> Result<(), Failed> {
            let promise = promise.ok_or_else(|| format!("{question}: cannot be read: {exchange:?}"))?;
            promises.push((exchange.left, promise));
            Ok(())
        };
        if question == "GET /v1/orders?state=open" {
            for one in exchange.answered["orders"].as_array().into_iter().flatten() {
                push(order(one))?;
            }
        } else if question.ends_with("/aftermath") {
            // What follows from a payment is billing's to say: our store promises nothing of it.
        } else if question.contains(" /v1/orders/") {
            push(order(&exchange.answered))?;
        } else if question.starts_with("POST /v1/notifications/") {
            let word = |name: &str| exchange.asked[name].as_str().map(str::to_owned);
            push(
                word("event_id")
                    .zip(word("number"))
                    .map(|(event, number)| Promise::Notification { event, number }),
            )?;
        } else if question == "POST /v1/journal" {
            let book = exchange.asked["book"].as_str().map(str::to_owned);
            let through = exchange.answered["acked_through"].as_i64();
            push(book.zip(through).map(|(book, through)| Promise::Journal { book, through }))?;
        }
    }
    Ok(promises)
}

fn order(answer: &Value) -> Option<Promise> {
    Some(Promise::Order {
        id: answer["order_id"].as_str()?.to_owned(),
        version: answer["version"].as_i64()?,
        paid: answer["collect"].as_str()? == "paid",
    })
}

/// The store on a rebuilt disk.
pub(super) struct Found {
    file: Connection,
}

/// What must never be seen, whatever the cut.
const NEVER: &[(&str, &str)] = &[
    ("a broken reference", "SELECT 'x' FROM pragma_foreign_key_check"),
    ("an entry that is not two sides of one amount",
        "SELECT entry FROM ledger GROUP BY entry HAVING COUNT(*) <> 2 OR SUM(amount_fen) <> 0"),
    ("an order that moved without its events",
        "SELECT id FROM orders WHERE version IS NOT (SELECT MAX(version) FROM events WHERE order_id = orders.id)"),
    ("an order that is not what its row says",
        "SELECT id FROM orders WHERE version IS NOT json_extract(body, '$.version')
             OR collect IS NOT json_extract(body, '$.collect') OR amount_fen IS NOT json_extract(body, '$.amount')"),
    ("a hole in the history",
        "SELECT seq FROM sqlite_sequence WHERE name = 'events' AND seq <> (SELECT COUNT(*) FROM events)"),
    ("an open order with nothing to do",
        "SELECT id FROM orders WHERE is_open = 1 AND NOT EXISTS (SELECT 1 FROM jobs WHERE order_id = orders.id)"),
    ("an attempt that is not what its order says",
        "SELECT number FROM attempts WHERE state IS NOT (
             SELECT json_extract(one.value, '$.state') FROM orders, json_each(orders.body, '$.attempts') AS one
             WHERE orders.id = attempts.order_id AND json_extract(one.value, '$.number') = attempts.number)"),
    ("a payment without its entry",
        "SELECT number FROM attempts WHERE state = 'paid'
             AND NOT EXISTS (SELECT 1 FROM ledger WHERE entry = 'paid:' || attempts.number)"),
    ("a posting without its entry",
        "SELECT key FROM postings WHERE state = 'posted'
             AND NOT EXISTS (SELECT 1 FROM ledger WHERE entry = 'posted:' || postings.key)"),
    ("a refund without its entry",
        "SELECT number FROM refunds WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE entry = 'refund:' || refunds.number)"),
    ("a notification without its payment",
        "SELECT event_id FROM inbox
             WHERE NOT EXISTS (SELECT 1 FROM attempts WHERE number = inbox.number AND state = 'paid')"),
    ("a hole in a journal",
        "SELECT book FROM journal GROUP BY kiosk, book HAVING MIN(seq) <> 1 OR MAX(seq) <> COUNT(*)"),
];

/// Opens the store at `path` as a backend does after the cut, and looks at all of it. The error says what is not whole.
pub(super) fn reopen(runtime: &Runtime, path: &Path) -> Result<Found, Failed> {
    runtime.block_on(async {
        let store = SqliteStore::open(path).await?;
        let ready = store.ready().await;
        store.close().await;
        if ready { Ok::<_, Failed>(()) } else { Err("the store cannot be written".into()) }
    })?;
    let file = Connection::open(path)?;
    let health: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if health != "ok" {
        return Err(health.into());
    }
    for (what, sql) in NEVER {
        let seen: Option<String> = file.query_row(sql, [], |row| row.get(0)).optional()?;
        if let Some(seen) = seen {
            return Err(format!("{what}: {seen}").into());
        }
    }
    Ok(Found { file })
}

impl Found {
    /// Whether a promise is kept; the error says what is missing.
    pub(super) fn keeps(&self, promise: &Promise) -> Result<(), String> {
        let one = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<bool, String> {
            let found = self.file.query_row(sql, values, |_| Ok(())).optional();
            Ok(found.map_err(|error| error.to_string())?.is_some())
        };
        let kept = match promise {
            Promise::Order { id, version, paid } => one(
                "SELECT 1 FROM orders WHERE id = ?1 AND version >= ?2 AND (collect = 'paid' OR NOT ?3)",
                &[id, version, paid],
            )?,
            Promise::Notification { event, number } => {
                one("SELECT 1 FROM inbox WHERE event_id = ?1 AND number = ?2", &[event, number])?
            }
            Promise::Journal { book, through } => {
                one("SELECT 1 FROM journal WHERE book = ?1 AND seq = ?2", &[book, through])?
            }
        };
        if kept { Ok(()) } else { Err(format!("{promise:?} is lost")) }
    }
}
