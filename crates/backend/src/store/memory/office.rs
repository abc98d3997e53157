//! The back office in memory: journals and decisions, by the same pure judgements as on SQL.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use powerhall_api::{JournalAnswer, JournalHead, JournalUpload};
use powerhall_money::{Command, Context, Decision, Moment, Review};
use uuid::Uuid;

use super::data::{Data, Staged};
use super::{MemoryStore, decide_on};
use crate::journal::{self, HeadFacts, Held, HeldRow};
use crate::reconcile::{Close, HEARD_MS, JournalFacts, Records, STRADDLE_MS};
use crate::store::office::{AGREED, AGREED_BY};
use crate::store::{
    Batch, Choice, DayQuery, DayWrite, DayWritten, DecideOutcome, Decided, HistoryRow, Office, ReviewRow,
    ReviewSheet, StoreError,
};

/// The tables of the back office.
#[derive(Debug, Default)]
pub(super) struct Cabinet {
    books: BTreeMap<(String, Uuid), Moment>,
    rows: BTreeMap<(String, Uuid, u64), HeldRow>,
    /// Which kiosk's journals name an order.
    named: BTreeSet<(Uuid, String)>,
    decided: BTreeMap<String, Decided>,
    /// Names in statements, with channel, day and transaction.
    stated: BTreeSet<(String, String, String, String)>,
    closes: BTreeMap<String, Close>,
    /// Orders by the moments of their ledger entries.
    pub(super) booked: BTreeSet<(Moment, Uuid)>,
    /// The orders of reviews that are about one.
    pub(super) orders_of_reviews: HashMap<String, Uuid>,
}

/// What one transaction of the back office writes.
#[derive(Debug, Default)]
pub(super) struct Papers {
    book: Option<(String, Uuid)>,
    rows: Vec<(String, Uuid, HeldRow)>,
    pub(super) reviews: Vec<Review>,
    decided: Vec<(String, Decided)>,
    batches: Vec<Batch>,
    close: Option<(String, Close)>,
    pub(super) decision: Option<Box<Decision>>,
    pub(super) now: Option<Moment>,
}

impl Cabinet {
    pub(super) fn write(&mut self, papers: &mut Papers) {
        if let Some((kiosk, book)) = papers.book.take() {
            self.books.entry((kiosk, book)).or_insert(papers.now.unwrap_or(Moment(0)));
        }
        for (kiosk, book, row) in papers.rows.drain(..) {
            self.named.insert((row.order_id, kiosk.clone()));
            self.rows.insert((kiosk, book, row.seq), row);
        }
        self.decided.extend(papers.decided.drain(..));
        for batch in papers.batches.drain(..) {
            for line in batch.lines {
                let name = line.refund.unwrap_or(line.number);
                self.stated.insert((name, batch.channel.clone(), batch.day.clone(), line.transaction));
            }
        }
        if let Some((day, close)) = papers.close.take() {
            self.closes.entry(day).or_insert(close);
        }
    }

    fn newest(&self, kiosk: &str, book: Uuid) -> Option<&HeldRow> {
        let (from, to) = ((kiosk.to_owned(), book, 0), (kiosk.to_owned(), book, u64::MAX));
        self.rows.range(from..=to).next_back().map(|(_, row)| row)
    }

    fn replaces_a_book(&self, kiosk: &str, book: Uuid) -> bool {
        !self.books.contains_key(&(kiosk.to_owned(), book)) && self.books.keys().any(|(k, _)| k == kiosk)
    }
}

#[async_trait]
impl Office for MemoryStore {
    async fn journal(
        &self,
        kiosk: &str,
        upload: &JournalUpload,
        now: Moment,
    ) -> Result<JournalAnswer, StoreError> {
        self.transact(|data| {
            let book = upload.book;
            let held = Held {
                head: data.cabinet.newest(kiosk, book).map(|row| (row.seq, row.hash)),
                rows: held_rows(data, kiosk, upload),
                owners: upload
                    .entries
                    .iter()
                    .filter_map(|e| Some((e.order_id, data.orders.get(&e.order_id)?.stored.kiosk.clone())))
                    .collect(),
                replaces_a_book: data.cabinet.replaces_a_book(kiosk, book),
            };
            let judged = journal::judge(kiosk, upload, &held, now);
            let papers = Papers {
                book: Some((kiosk.to_owned(), book)),
                rows: judged.rows.into_iter().map(|row| (kiosk.to_owned(), book, row)).collect(),
                reviews: judged.reviews,
                now: Some(now),
                ..Papers::default()
            };
            Ok((Some(Staged::Office(Box::new(papers))), judged.answer))
        })
        .await
    }

    async fn journal_head(
        &self,
        kiosk: &str,
        head: &JournalHead,
        now: Moment,
    ) -> Result<Vec<Review>, StoreError> {
        self.transact(|data| {
            let cabinet = &data.cabinet;
            let facts = HeadFacts {
                held: cabinet.newest(kiosk, head.book).map(|row| (row.seq, row.hash, row.at)),
                at_told: cabinet.rows.get(&(kiosk.to_owned(), head.book, head.seq)).map(|row| row.hash),
                replaces_a_book: cabinet.replaces_a_book(kiosk, head.book),
            };
            let mut reviews = journal::judge_head(kiosk, head, &facts, now);
            if journal::is_complete(head, &facts) {
                reviews.extend(unnamed(data, kiosk, now));
            }
            reviews.retain(|review| !data.has_review(&review.key));
            let papers = Papers {
                book: Some((kiosk.to_owned(), head.book)),
                reviews: reviews.clone(),
                now: Some(now),
                ..Papers::default()
            };
            Ok((Some(Staged::Office(Box::new(papers))), reviews))
        })
        .await
    }

    async fn review_list(&self, open: bool) -> Result<Vec<(ReviewRow, Option<Decided>)>, StoreError> {
        Ok(self
            .read(|data| {
                let decided = |key: &str| data.cabinet.decided.get(key).cloned();
                let rows = data.reviews().into_iter().map(|row| {
                    let decided = decided(&row.key);
                    (row, decided)
                });
                rows.filter(|(_, decided)| !open || decided.is_none()).collect()
            })
            .await)
    }

    async fn review(&self, key: &str) -> Result<Option<ReviewSheet>, StoreError> {
        Ok(self
            .read(|data| {
                let row = data.reviews().into_iter().find(|row| row.key == key)?;
                let id = data.cabinet.orders_of_reviews.get(key).copied();
                Some(ReviewSheet {
                    row,
                    order: id.and_then(|id| data.orders.get(&id)).map(|row| row.stored.clone()),
                    history: id.map(|id| history(data, id)).unwrap_or_default(),
                    decided: data.cabinet.decided.get(key).cloned(),
                })
            })
            .await)
    }

    async fn decide_review(
        &self,
        key: &str,
        choice: &Choice,
        reason: &str,
        ctx: Context<'_>,
    ) -> Result<DecideOutcome, StoreError> {
        self.transact(|data| {
            if !data.has_review(key) {
                return Ok((None, DecideOutcome::NoSuchReview));
            }
            if let Some(before) = data.cabinet.decided.get(key) {
                return Ok((None, DecideOutcome::Before(before.clone())));
            }
            let order = data.cabinet.orders_of_reviews.get(key).and_then(|id| data.orders.get(id));
            let part = order.and_then(|row| row.stored.order.review_part(key));
            let (decision, changed) = match (order, part, choice) {
                (Some(row), Some(part), Choice::Money(verdict)) => {
                    let (verdict, reason) = (verdict.clone(), reason.to_owned());
                    let command = Command::Decide { part, verdict, reason };
                    let (decision, changed) = decide_on(data, row.stored.order.id, command, ctx)?;
                    (Some(Box::new(decision)), Some(Box::new(changed)))
                }
                (_, None, Choice::Noted) => (None, None),
                (_, Some(_), Choice::Noted)
                | (_, None, Choice::Money(_))
                | (None, Some(_), Choice::Money(_)) => return Ok((None, DecideOutcome::Unfit)),
            };
            let decided = Decided {
                verdict: choice.to_string(),
                reason: reason.to_owned(),
                who: ctx.who.to_string(),
                at: ctx.now,
            };
            let papers = Papers {
                decided: vec![(key.to_owned(), decided)],
                decision,
                now: Some(ctx.now),
                ..Papers::default()
            };
            Ok((Some(Staged::Office(Box::new(papers))), DecideOutcome::Done(changed)))
        })
        .await
    }

    async fn take_statements(&self, batches: &[Batch], _who: &str, now: Moment) -> Result<(), StoreError> {
        self.transact(|_| {
            let papers = Papers { batches: batches.to_vec(), now: Some(now), ..Papers::default() };
            Ok((Some(Staged::Office(Box::new(papers))), ()))
        })
        .await
    }

    async fn day_records(&self, query: &DayQuery) -> Result<Records, StoreError> {
        Ok(self.read(|data| day_records(data, query)).await)
    }

    async fn write_day(&self, write: &DayWrite) -> Result<DayWritten, StoreError> {
        self.transact(|data| {
            let listed: BTreeSet<&str> = write.reviews.iter().map(|r| r.key.as_str()).collect();
            let known = day_reviews(data, &write.day);
            let gone = known.iter().filter(|(key, why)| why.is_none() && !listed.contains(key.as_str()));
            let agreed = Decided {
                verdict: AGREED.0.to_owned(),
                reason: AGREED.1.to_owned(),
                who: AGREED_BY.to_owned(),
                at: write.now,
            };
            let decided = gone.map(|(key, _)| (key.clone(), agreed.clone())).collect();
            let explained: BTreeMap<String, String> = known
                .iter()
                .filter(|(key, _)| listed.contains(key.as_str()))
                .filter_map(|(key, why)| Some((key.clone(), why.clone()?)))
                .collect();
            let before = data.cabinet.closes.get(&write.day).cloned();
            let close = write.close.clone().filter(|_| explained.len() == listed.len());
            let closed = before.or(close);
            let papers = Papers {
                reviews: write.reviews.clone(),
                decided,
                close: closed.clone().map(|close| (write.day.clone(), close)),
                now: Some(write.now),
                ..Papers::default()
            };
            Ok((Some(Staged::Office(Box::new(papers))), DayWritten { explained, closed }))
        })
        .await
    }
}

/// A day's records, as `sqlite_days` gathers them.
fn day_records(data: &Data, query: &DayQuery) -> Records {
    let mut ids: BTreeSet<Uuid> = BTreeSet::new();
    let (from, to) = (query.from.plus_ms(-STRADDLE_MS), query.to.plus_ms(HEARD_MS));
    ids.extend(data.cabinet.booked.range((from, Uuid::nil())..(to, Uuid::nil())).map(|(_, id)| *id));
    ids.extend(query.numbers.iter().chain(&query.keys).filter_map(|name| data.numbers.get(name)));
    let day = query.from..query.to;
    let opened = data.orders.values().map(|row| &row.stored.order).filter(|o| day.contains(&o.created_at));
    ids.extend(opened.map(|order| order.id));
    let mut facts: BTreeMap<Uuid, JournalFacts> = BTreeMap::new();
    let mut heard_today = BTreeSet::new();
    let mut rows: Vec<_> = data.cabinet.rows.iter().filter(|(_, row)| row.refused.is_none()).collect();
    rows.sort_by_key(|((_, book, seq), row)| (row.at, *book, *seq));
    for ((kiosk, _, _), row) in rows {
        facts
            .entry(row.order_id)
            .or_insert_with(|| JournalFacts::new(kiosk.clone(), row.order_id))
            .add(row.fact);
        if day.contains(&row.at) {
            heard_today.insert(row.order_id);
        }
    }
    let mut records = Records {
        reviews: day_reviews(data, &query.day),
        closed: data.cabinet.closes.get(&query.day).cloned(),
        ..Records::default()
    };
    for id in ids {
        let Some(row) = data.orders.get(&id) else { continue };
        let order = row.stored.order.clone();
        for (_, _, at, event) in data.events.iter().filter(|(of, ..)| *of == id) {
            if let Some(number) = event.part.strip_prefix("refund-")
                && matches!(event.to.as_deref(), Some("refunding" | "refunded"))
            {
                records.refunds_heard.entry(number.to_owned()).or_insert(*at);
            }
        }
        let ours = order.attempts.iter().map(|a| &a.number).chain(order.refunds.iter().map(|r| &r.number));
        for name in ours {
            let from = (name.clone(), String::new(), String::new(), String::new());
            let stated = data.cabinet.stated.range(from..).take_while(|(n, ..)| n == name);
            for (_, channel, day, transaction) in stated {
                if *day != query.day {
                    let stated = (channel.clone(), name.clone(), transaction.clone());
                    records.stated_elsewhere.insert(stated);
                }
            }
        }
        records.journals.extend(facts.remove(&id));
        records.orders.push((row.stored.kiosk.clone(), order));
    }
    for (kiosk, _) in &records.orders {
        let rows = data.cabinet.rows.iter().filter(|((of, _, _), _)| of == kiosk);
        if let Some(until) = rows.map(|(_, row)| row.at).max() {
            records.journal_until.insert(kiosk.clone(), until);
        }
    }
    let unknown = |id: &Uuid| heard_today.contains(id) && !data.orders.contains_key(id);
    records.journals.extend(facts.into_iter().filter(|(id, _)| unknown(id)).map(|(_, facts)| facts));
    records
}

fn day_reviews(data: &Data, day: &str) -> BTreeMap<String, Option<String>> {
    let begin = format!("recon:{day}:");
    data.reviews()
        .into_iter()
        .filter(|row| row.key.starts_with(&begin))
        .map(|row| {
            let decided = data.cabinet.decided.get(&row.key);
            let explained = decided.map(|d| format!("{}: {}: {}", d.who, d.verdict, d.reason));
            (row.key, explained)
        })
        .collect()
}

fn held_rows(data: &Data, kiosk: &str, upload: &JournalUpload) -> BTreeMap<u64, HeldRow> {
    let (Some(first), Some(last)) = (upload.entries.first(), upload.entries.last()) else {
        return BTreeMap::new();
    };
    let from = (kiosk.to_owned(), upload.book, first.seq.saturating_sub(1));
    let to = (kiosk.to_owned(), upload.book, last.seq);
    data.cabinet.rows.range(from..=to).map(|((_, _, seq), row)| (*seq, row.clone())).collect()
}

fn unnamed(data: &Data, kiosk: &str, now: Moment) -> Vec<Review> {
    let since = data.cabinet.books.iter().filter(|((k, _), _)| k == kiosk).map(|(_, at)| *at).min();
    let from = since.unwrap_or(now).max(now.plus_ms(-journal::LOOK_BACK_MS));
    let to = now.plus_ms(-journal::OVERTAKING_MS);
    let mut orders: Vec<_> = data
        .orders
        .values()
        .filter(|row| row.stored.kiosk == kiosk)
        .map(|row| &row.stored.order)
        .filter(|order| order.created_at >= from && order.created_at <= to)
        .filter(|order| !data.cabinet.named.contains(&(order.id, kiosk.to_owned())))
        .map(|order| journal::unnamed(order.id, order.amount))
        .collect();
    orders.sort_by(|a, b| a.key.cmp(&b.key));
    orders
}

fn history(data: &Data, id: Uuid) -> Vec<HistoryRow> {
    data.events
        .iter()
        .filter(|(order, ..)| *order == id)
        .map(|(_, version, at, event)| HistoryRow { version: *version, at: *at, event: event.clone() })
        .collect()
}
