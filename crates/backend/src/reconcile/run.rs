//! One run over a day: fetch the books, settle by the statement when told to, compare, write down what is new, close when
//! told to and nothing is left to explain.

use std::collections::BTreeSet;
use std::future::Future;

use jiff::civil::Date;
use powerhall_money::{Fen, Moment, Outcome, Payment, Review, Who};
use sha2::{Digest, Sha256};

use super::report::{Report, Row};
use super::{Books, Class, Close, DAY_MS, Difference, Line, Posting, Statement, Sums, compare};
use crate::backend::Backend;
use crate::clock::{day_start, moment};
use crate::store::{Batch, DayQuery, DayWrite, Noticed, StoreError};

/// What is wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The day in Beijing.
    pub day: Date,
    /// Take in payments that only the statement knows.
    pub settle: bool,
    /// Close the day.
    pub close: bool,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The report.
    pub report: Report,
    /// How many payments were settled by the statement.
    pub settled: u64,
    /// Whether the close was wished for and refused.
    pub close_refused: bool,
}

/// Why a day was not compared, or not to the end. What was taken in until then stays, and a further run begins with it.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The day is not over in Beijing.
    #[error("the day {0} is not over")]
    NotOver(Date),
    /// A book cannot be had.
    #[error("{book} cannot be had now: {why}")]
    NoBook {
        /// Which.
        book: String,
        /// Why.
        why: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs over a day. `who` asks for it.
pub async fn run(backend: &Backend, wish: Wish, who: Who<'_>) -> Result<Ran, ReconcileError> {
    let from = day_start(wish.day);
    let to = from.plus_ms(DAY_MS);
    if backend.now() < to {
        return Err(ReconcileError::NotOver(wish.day));
    }
    let day = wish.day.to_string();
    let mut statements = Vec::new();
    let mut batches = Vec::new();
    for entry in backend.channels.iter() {
        let channel = entry.port.id();
        // The day before decides about its own last minutes.
        if let Ok(before) = wish.day.yesterday()
            && let Some(stated) = statement(backend, channel, before).await?
        {
            batches.push(batch(channel, &before.to_string(), stated.lines));
        }
        let today = statement(backend, channel, wish.day).await?;
        let today =
            today.unwrap_or(Statement { channel: channel.to_owned(), lines: Vec::new(), declared: None });
        batches.push(batch(channel, &day, today.lines.clone()));
        statements.push(today);
    }
    let postings: Vec<Posting> = book(backend, "billing's day file", backend.billing.day_file(wish.day))
        .await?
        .unwrap_or_default()
        .into_iter()
        .map(|line| Posting { key: line.key, amount: line.amount, number: line.number })
        .collect();
    let query = DayQuery::new(&day, from, to, &statements, &postings);
    // Statements first: what they say of the day before is looked up below.
    backend.store.take_statements(&batches, &who.to_string(), backend.now()).await?;
    let records = backend.store.day_records(&query).await?;
    let mut books = Books { from, to, statements, postings, records };
    let mut outcome = compare(&books);
    let mut settled = 0;
    if wish.settle {
        for difference in outcome.differences.iter().filter(|d| d.class == Class::PaidUnheard) {
            settled += u64::from(settle(backend, &day, difference).await?);
        }
        if settled > 0 {
            books.records = backend.store.day_records(&query).await?;
            outcome = compare(&books);
        }
    }
    let content = content(&books);
    let write = DayWrite {
        day: day.clone(),
        reviews: outcome
            .differences
            .iter()
            .filter(|d| !d.class.is_harmless())
            .map(|d| Review {
                key: d.key(&day),
                reason: format!("the day's books differ: {}", d.class.word()),
                amount: d.theirs.or(d.ours).unwrap_or(Fen::ZERO),
            })
            .collect(),
        close: wish.close.then(|| Close {
            at: backend.now(),
            who: who.to_string(),
            content: content.clone(),
        }),
        now: backend.now(),
    };
    let written = backend.store.write_day(&write).await?;
    let rows: Vec<Row> = outcome
        .differences
        .into_iter()
        .map(|difference| {
            let key = difference.key(&day);
            let explained = if difference.class.is_harmless() {
                Some("harmless".to_owned())
            } else {
                written.explained.get(&key).cloned()
            };
            Row { key, action: difference.class.action().to_owned(), explained, difference }
        })
        .collect();
    let unexplained = rows.iter().filter(|row| row.explained.is_none()).count() as u64;
    let report = Report {
        day,
        content,
        channels: outcome.channels,
        postings: outcome.postings,
        journals_matched: outcome.journals_matched,
        differences: rows,
        unexplained,
        closed: written.closed,
    };
    let close_refused = wish.close && report.closed.is_none();
    Ok(Ran { report, settled, close_refused })
}

/// A payment that only the statement knows goes the way of a notification: once, and to the same end. True when an order
/// has taken it.
async fn settle(backend: &Backend, day: &str, difference: &Difference) -> Result<bool, ReconcileError> {
    let (Some(channel), Some(amount), Some(transaction), Some(at)) =
        (&difference.channel, difference.theirs, &difference.transaction, difference.at)
    else {
        return Ok(false);
    };
    let Some(entry) = backend.channels.get(channel) else { return Ok(false) };
    let payment = Payment {
        transaction: transaction.clone(),
        amount,
        currency: "CNY".to_owned(),
        // A statement is the merchant's own; it lists nobody else's money.
        merchant: entry.merchant.clone(),
        at,
    };
    let event = format!("statement:{day}:{transaction}");
    // Our numbers are letters and digits; behind the colon is the transaction.
    let number = difference.name.split(':').next().unwrap_or_default();
    match backend.notified(channel, &event, number, payment).await? {
        Noticed::Taken(_) => Ok(true),
        Noticed::Duplicate | Noticed::NoSuchAttempt => Ok(false),
    }
}

/// A channel's statement of a day, its lines in a fixed order. None: the channel says for good that it has none.
async fn statement(backend: &Backend, channel: &str, day: Date) -> Result<Option<Statement>, ReconcileError> {
    let Some(entry) = backend.channels.get(channel) else { return Ok(None) };
    let name = format!("the statement of {channel} for {day}");
    let Some(stated) = book(backend, &name, entry.port.statement(day)).await? else { return Ok(None) };
    let mut lines: Vec<Line> = stated
        .lines
        .into_iter()
        .map(|line| Line {
            number: line.number,
            refund: line.refund_number,
            amount: line.amount,
            transaction: line.transaction,
            at: moment(line.at),
        })
        .collect();
    lines.sort();
    let declared = stated.sums.map(|sums| Sums { total: sums.total, lines: sums.lines });
    Ok(Some(Statement { channel: channel.to_owned(), lines, declared }))
}

async fn book<T>(
    backend: &Backend,
    name: &str,
    call: impl Future<Output = Outcome<T>>,
) -> Result<Option<T>, ReconcileError> {
    let no_book = |why: String| ReconcileError::NoBook { book: name.to_owned(), why };
    // Statements are files: they may take longer than a call.
    match tokio::time::timeout(backend.settings.call_timeout * 6, call).await {
        Ok(Outcome::Definite(book)) => Ok(Some(book)),
        Ok(Outcome::Rejected(code)) => {
            tracing::warn!(book = name, code, "there is no such book");
            Ok(None)
        }
        Ok(Outcome::Unknown(cause)) => Err(no_book(cause.to_string())),
        Err(_) => Err(no_book("timeout".to_owned())),
    }
}

fn batch(channel: &str, day: &str, lines: Vec<Line>) -> Batch {
    let content = sha256(&[serde_json::to_string(&lines).unwrap_or_default()]);
    Batch { channel: channel.to_owned(), day: day.to_owned(), content, lines }
}

/// What a close closes: the foreign books. Ours only ever grow.
fn content(books: &Books) -> String {
    let statements = books.statements.iter().map(|s| {
        let lines = serde_json::to_string(&s.lines).unwrap_or_default();
        let sums = s.declared.map(|sums| format!("{} {}", sums.total.get(), sums.lines)).unwrap_or_default();
        format!("{}\n{sums}\n{lines}", s.channel)
    });
    let mut postings: Vec<String> =
        books.postings.iter().map(|p| format!("{} {} {}", p.key, p.amount.get(), p.number)).collect();
    postings.sort();
    sha256(&statements.chain(postings).collect::<Vec<_>>())
}

fn sha256(parts: &[String]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl DayQuery {
    fn new(day: &str, from: Moment, to: Moment, statements: &[Statement], postings: &[Posting]) -> Self {
        let lines = || statements.iter().flat_map(|s| &s.lines);
        let numbers: BTreeSet<String> =
            lines().map(|l| l.number.clone()).chain(lines().filter_map(|l| l.refund.clone())).collect();
        Self {
            day: day.to_owned(),
            from,
            to,
            numbers: numbers.into_iter().collect(),
            keys: postings.iter().map(|p| p.key.clone()).collect(),
        }
    }
}
