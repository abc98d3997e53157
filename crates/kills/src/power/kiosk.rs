//! The kiosk's journal after a power cut. What was promised: an order's id before its request left, every fact before
//! the customer was told, and every row before it went up.

use std::path::Path;
use std::time::Duration;

use powerhall_api::{Collect, JournalFact};
use powerhall_flow::Fact;
use powerhall_kiosk::journal::{self, Contents, Journal, JournalConfig};
use powerhall_money::Fen;
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::trace::Call;
use super::wire::exchanges;
use crate::Failed;

/// Something that others rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// The request about this order has left.
    Named(Uuid),
    /// The customer has read that this order is paid.
    ToldPaid(Uuid),
    /// This row has gone up.
    Sent { seq: u64, hash: String },
    /// Of the journal that is written by itself ([`write`]): so many facts were acknowledged.
    Written(u64),
}

/// The promises of a traced kiosk, with their moments.
pub(super) fn promises(calls: &[Call]) -> Result<Vec<(usize, Promise)>, Failed> {
    let mut promises = Vec::new();
    for exchange in exchanges(calls)?.iter().filter(|exchange| !exchange.serves) {
        if let Some(id) = exchange.question.strip_prefix("PUT /v1/orders/") {
            promises.push((exchange.left, Promise::Named(Uuid::parse_str(id)?)));
        }
        if exchange.question == "POST /v1/journal" {
            for row in exchange.asked["entries"].as_array().into_iter().flatten() {
                let seq = row["seq"].as_u64().ok_or("a row without a number")?;
                let hash = row["hash"].as_str().ok_or("a row without a hash")?.to_owned();
                promises.push((exchange.left, Promise::Sent { seq, hash }));
            }
        }
    }
    for call in calls.iter().filter(|call| call.name == "write" && call.result.is_some()) {
        let Some(file) = call.file() else { continue };
        let text = String::from_utf8_lossy(&call.bytes()?).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        match (file.file_name().and_then(|name| name.to_str()), &words[..]) {
            (Some("told.log"), [_, "paid", id]) => {
                promises.push((call.begin, Promise::ToldPaid(Uuid::parse_str(id)?)));
            }
            (Some("written.log"), ["written", count]) => {
                promises.push((call.begin, Promise::Written(count.parse()?)));
            }
            _ => {}
        }
    }
    promises.sort_by_key(|(at, _)| *at);
    Ok(promises)
}

/// What a rebuilt disk holds.
pub(super) struct Found {
    contents: Contents,
    /// Whether the journal had to be set aside.
    pub(super) set_aside: bool,
}

/// Opens the journal at `path` as a kiosk does after the cut, and goes on with it.
pub(super) fn reopen(runtime: &Runtime, path: &Path, keep: Duration) -> Result<Found, Failed> {
    let contents = runtime.block_on(async {
        let opened = Journal::open(config(path, keep)).await;
        opened.found?;
        // It must be able to go on.
        let order = Uuid::now_v7();
        let recorded = opened.journal.record(order, Fact::Named { amount: Fen::new(1) }).await;
        recorded.map_err(|trouble| format!("the journal cannot go on: {trouble:?}"))?;
        Ok::<_, Failed>(journal::read(path)?)
    })?;
    let folder = path.parent().ok_or("no folder")?;
    let aside = |name: &str| name.contains(".damaged-");
    let set_aside =
        std::fs::read_dir(folder)?.flatten().any(|file| aside(&file.file_name().to_string_lossy()));
    Ok(Found { contents, set_aside })
}

impl Found {
    /// Whether a promise is kept; the error says what is missing.
    pub(super) fn keeps(&self, promise: &Promise) -> Result<(), String> {
        let entries = &self.contents.entries;
        // Pruned rows were acknowledged before; all that is behind them must be there.
        let pruned = entries.first().map_or(0, |entry| entry.seq - 1);
        let kept = match promise {
            Promise::Named(order) => entries
                .iter()
                .any(|entry| entry.order_id == *order && matches!(entry.fact, JournalFact::Named { .. })),
            Promise::ToldPaid(order) => entries.iter().any(|entry| {
                entry.order_id == *order
                    && matches!(entry.fact, JournalFact::Stands { collect: Collect::Paid, .. })
            }),
            Promise::Sent { seq, hash } => {
                *seq <= pruned || entries.iter().any(|entry| entry.seq == *seq && entry.hash == *hash)
            }
            Promise::Written(count) => {
                let last = entries.iter().rev().nth(1).map_or(pruned, |entry| entry.seq);
                let right = entries.iter().rev().skip(1).all(|entry| {
                    let (order, fact) = written(entry.seq);
                    entry.order_id == order && same(&entry.fact, &fact)
                });
                last >= *count && right
            }
        };
        if kept { Ok(()) } else { Err(format!("{promise:?} is lost")) }
    }
}

fn config(path: &Path, keep: Duration) -> JournalConfig {
    JournalConfig { path: path.to_owned(), keep, max_rows: 100_000 }
}

/// The n-th fact of a journal that is written by itself, from 1.
fn written(n: u64) -> (Uuid, Fact) {
    let order = Uuid::from_u128(u128::from((n - 1) / 4) + 1);
    let fact = match (n - 1) % 4 {
        0 => Fact::Named { amount: Fen::new(i64::try_from(n).unwrap_or(1)) },
        1 => Fact::Stands { version: n, collect: Collect::Awaiting },
        2 => Fact::Stands { version: n, collect: Collect::Paid },
        _ => Fact::Ended,
    };
    (order, fact)
}

fn same(entry: &JournalFact, fact: &Fact) -> bool {
    match (entry, fact) {
        (JournalFact::Named { amount_fen }, Fact::Named { amount }) => amount_fen == amount,
        (JournalFact::Stands { version: a, collect: b }, Fact::Stands { version, collect }) => {
            (a, b) == (version, collect)
        }
        (JournalFact::Ended, Fact::Ended) => true,
        (JournalFact::Named { .. } | JournalFact::Stands { .. } | JournalFact::Ended, _) => false,
    }
}

/// A process that writes `facts` facts to a journal as fast as they become durable, lets the backend's part be
/// acknowledged now and then, and says on standard output what it knows to be durable. It comes to what a kiosk does
/// rarely: checkpoints and pruning.
///
/// # Errors
/// When the journal cannot be written.
pub fn write(path: &Path, facts: u64) -> Result<(), Failed> {
    use std::io::Write;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let opened = Journal::open(config(path, Duration::ZERO)).await;
        opened.found?;
        let journal = opened.journal;
        for n in 1..=facts {
            let (order, fact) = written(n);
            journal.record(order, fact).await.map_err(|trouble| format!("{trouble:?}"))?;
            // One write, straight to the kernel, so that the trace has it in its place.
            let mut out = std::io::stdout().lock();
            out.write_all(format!("written {n}\n").as_bytes())?;
            out.flush()?;
            if n % 100 == 0
                && let Some(upload) = journal.unacknowledged().await
            {
                let acked_through = upload.entries.last().map_or(0, |entry| entry.seq);
                let answer = powerhall_api::JournalAnswer { acked_through, refused: Vec::new() };
                journal.acknowledge(upload.book, answer).await;
            }
        }
        Ok(())
    })
}
