//! The back office on SQLite: journals and decisions.

use std::collections::BTreeMap;

use async_trait::async_trait;
use powerhall_api::{JournalAnswer, JournalHead, JournalUpload};
use powerhall_money::{Command, Context, Event, Fen, Moment, Review};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::apply::signed;
use super::office::{
    Batch, Choice, DayQuery, DayWrite, DayWritten, DecideOutcome, Decided, HistoryRow, Office, ReviewSheet,
};
use super::rows::{hash, json, read};
use super::sqlite::{SqliteStore, decide_in, load};
use super::{ReviewRow, StoreError, sqlite_days};
use crate::journal::{self, HeadFacts, Held, HeldRow};
use crate::reconcile::Records;

const REVIEWS: &str =
    "SELECT reviews.key, reviews.order_id, orders.reference, reviews.reason, reviews.amount_fen,
        reviews.at, decided.verdict, decided.reason AS because, decided.who, decided.at AS decided_at
    FROM reviews LEFT JOIN orders ON orders.id = reviews.order_id
    LEFT JOIN review_decisions AS decided ON decided.key = reviews.key";

#[async_trait]
impl Office for SqliteStore {
    async fn journal(
        &self,
        kiosk: &str,
        upload: &JournalUpload,
        now: Moment,
    ) -> Result<JournalAnswer, StoreError> {
        let mut tx = self.begin().await?;
        let held = Held {
            head: newest(&mut tx, kiosk, upload.book).await?.map(|(seq, hash, _)| (seq, hash)),
            rows: rows(&mut tx, kiosk, upload).await?,
            owners: owners(&mut tx, upload).await?,
            replaces_a_book: first_heard(&mut tx, kiosk, upload.book, now).await?,
        };
        let judged = journal::judge(kiosk, upload, &held, now);
        for row in &judged.rows {
            sqlx::query(
                "INSERT INTO journal (kiosk, book, seq, order_id, fact, kiosk_at, hash, refused, at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(kiosk)
            .bind(upload.book.to_string())
            .bind(signed(row.seq))
            .bind(row.order_id.to_string())
            .bind(json(&row.fact)?)
            .bind(row.kiosk_at)
            .bind(row.hash.as_slice())
            .bind(&row.refused)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        }
        add_reviews(&mut tx, &judged.reviews, now).await?;
        tx.commit().await?;
        Ok(judged.answer)
    }

    async fn journal_head(
        &self,
        kiosk: &str,
        head: &JournalHead,
        now: Moment,
    ) -> Result<Vec<Review>, StoreError> {
        let mut tx = self.begin().await?;
        let at_told: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT hash FROM journal WHERE kiosk = ? AND book = ? AND seq = ?")
                .bind(kiosk)
                .bind(head.book.to_string())
                .bind(signed(head.seq))
                .fetch_optional(&mut *tx)
                .await?;
        let facts = HeadFacts {
            held: newest(&mut tx, kiosk, head.book).await?,
            at_told: at_told.map(|bytes| hash(&bytes)).transpose()?,
            replaces_a_book: first_heard(&mut tx, kiosk, head.book, now).await?,
        };
        let mut reviews = journal::judge_head(kiosk, head, &facts, now);
        if journal::is_complete(head, &facts) {
            reviews.extend(unnamed(&mut tx, kiosk, now).await?);
        }
        let new = add_reviews(&mut tx, &reviews, now).await?;
        tx.commit().await?;
        Ok(new)
    }

    async fn review_list(&self, open: bool) -> Result<Vec<(ReviewRow, Option<Decided>)>, StoreError> {
        let only = if open { "WHERE decided.key IS NULL" } else { "" };
        let sql = format!("{REVIEWS} {only} ORDER BY reviews.at, reviews.key");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|row| Ok((review_row(row)?, decided(row)?)))
            .collect()
    }

    async fn review(&self, key: &str) -> Result<Option<ReviewSheet>, StoreError> {
        let mut db = self.readers.acquire().await?;
        let Some(row) = find(&mut db, key).await? else { return Ok(None) };
        let id = order_id(&row)?;
        let (order, history) = match id {
            Some(id) => (load(&mut db, id).await?, history(&mut db, id).await?),
            None => (None, Vec::new()),
        };
        Ok(Some(ReviewSheet { row: review_row(&row)?, order, history, decided: decided(&row)? }))
    }

    async fn decide_review(
        &self,
        key: &str,
        choice: &Choice,
        reason: &str,
        ctx: Context<'_>,
    ) -> Result<DecideOutcome, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = find(&mut tx, key).await? else { return Ok(DecideOutcome::NoSuchReview) };
        if let Some(before) = decided(&row)? {
            return Ok(DecideOutcome::Before(before));
        }
        let stored = match order_id(&row)? {
            Some(id) => load(&mut tx, id).await?,
            None => None,
        };
        let part = stored.as_ref().and_then(|stored| stored.order.review_part(key));
        let changed = match (stored, part, choice) {
            (Some(stored), Some(part), Choice::Money(verdict)) => {
                let (verdict, reason) = (verdict.clone(), reason.to_owned());
                let command = Command::Decide { part, verdict, reason };
                Some(Box::new(decide_in(&mut tx, stored.order.id, command, ctx).await?))
            }
            (_, None, Choice::Noted) => None,
            (_, Some(_), Choice::Noted) | (_, None, Choice::Money(_)) | (None, Some(_), Choice::Money(_)) => {
                return Ok(DecideOutcome::Unfit);
            }
        };
        sqlx::query("INSERT INTO review_decisions (key, verdict, reason, who, at) VALUES (?, ?, ?, ?, ?)")
            .bind(key)
            .bind(choice.to_string())
            .bind(reason)
            .bind(ctx.who.to_string())
            .bind(ctx.now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(DecideOutcome::Done(changed))
    }

    async fn take_statements(&self, batches: &[Batch], who: &str, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlite_days::take(&mut tx, batches, who, now).await?;
        Ok(tx.commit().await?)
    }

    async fn day_records(&self, query: &DayQuery) -> Result<Records, StoreError> {
        // One view of all tables, while others write.
        let mut tx = self.readers.begin().await?;
        sqlite_days::records(&mut tx, query).await
    }

    async fn write_day(&self, write: &DayWrite) -> Result<DayWritten, StoreError> {
        let mut tx = self.begin().await?;
        let written = sqlite_days::write(&mut tx, write).await?;
        tx.commit().await?;
        Ok(written)
    }
}

/// The newest row of a book: its number, its hash and when it was taken in.
async fn newest(
    db: &mut SqliteConnection,
    kiosk: &str,
    book: Uuid,
) -> Result<Option<(u64, journal::Hash, Moment)>, StoreError> {
    sqlx::query("SELECT seq, hash, at FROM journal WHERE kiosk = ? AND book = ? ORDER BY seq DESC LIMIT 1")
        .bind(kiosk)
        .bind(book.to_string())
        .fetch_optional(db)
        .await?
        .map(|row| Ok((seq(&row)?, hash(row.try_get("hash")?)?, Moment(row.try_get("at")?))))
        .transpose()
}

fn seq(row: &SqliteRow) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>("seq")?).map_err(|_| StoreError::Damaged("a journal row".to_owned()))
}

/// The rows that an upload repeats, and the one before them.
async fn rows(
    db: &mut SqliteConnection,
    kiosk: &str,
    upload: &JournalUpload,
) -> Result<BTreeMap<u64, HeldRow>, StoreError> {
    let (Some(first), Some(last)) = (upload.entries.first(), upload.entries.last()) else {
        return Ok(BTreeMap::new());
    };
    sqlx::query(
        "SELECT seq, order_id, fact, kiosk_at, hash, refused, at FROM journal
         WHERE kiosk = ? AND book = ? AND seq BETWEEN ? AND ?",
    )
    .bind(kiosk)
    .bind(upload.book.to_string())
    .bind(signed(first.seq.saturating_sub(1)))
    .bind(signed(last.seq))
    .fetch_all(db)
    .await?
    .iter()
    .map(|row| held_row(row).map(|held| (held.seq, held)))
    .collect()
}

fn held_row(row: &SqliteRow) -> Result<HeldRow, StoreError> {
    Ok(HeldRow {
        seq: seq(row)?,
        order_id: uuid(row.try_get("order_id")?)?,
        fact: read(row.try_get("fact")?)?,
        kiosk_at: row.try_get("kiosk_at")?,
        hash: hash(row.try_get("hash")?)?,
        refused: row.try_get("refused")?,
        at: Moment(row.try_get("at")?),
    })
}

pub(super) fn uuid(text: &str) -> Result<Uuid, StoreError> {
    Uuid::parse_str(text).map_err(|_| StoreError::Damaged("an order's id".to_owned()))
}

async fn owners(
    db: &mut SqliteConnection,
    upload: &JournalUpload,
) -> Result<BTreeMap<Uuid, String>, StoreError> {
    let mut owners = BTreeMap::new();
    for entry in &upload.entries {
        if owners.contains_key(&entry.order_id) {
            continue;
        }
        let owner: Option<String> = sqlx::query_scalar("SELECT kiosk FROM orders WHERE id = ?")
            .bind(entry.order_id.to_string())
            .fetch_optional(&mut *db)
            .await?;
        if let Some(owner) = owner {
            owners.insert(entry.order_id, owner);
        }
    }
    Ok(owners)
}

/// Notes a book when it is first heard of. True when it takes another's place.
async fn first_heard(
    db: &mut SqliteConnection,
    kiosk: &str,
    book: Uuid,
    now: Moment,
) -> Result<bool, StoreError> {
    let new =
        sqlx::query("INSERT INTO journal_books (kiosk, book, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(kiosk)
            .bind(book.to_string())
            .bind(now.0)
            .execute(&mut *db)
            .await?
            .rows_affected()
            > 0;
    if !new {
        return Ok(false);
    }
    let books: i64 = sqlx::query_scalar("SELECT count(*) FROM journal_books WHERE kiosk = ?")
        .bind(kiosk)
        .fetch_one(db)
        .await?;
    Ok(books > 1)
}

/// Orders that a complete journal should name and does not.
async fn unnamed(db: &mut SqliteConnection, kiosk: &str, now: Moment) -> Result<Vec<Review>, StoreError> {
    sqlx::query(
        "SELECT id, amount_fen FROM orders
         WHERE kiosk = ?1 AND created_at <= ?2 AND created_at >= ?3
           AND created_at >= (SELECT min(at) FROM journal_books WHERE kiosk = ?1)
           AND NOT EXISTS (SELECT 1 FROM journal WHERE order_id = orders.id AND kiosk = ?1)
         ORDER BY id",
    )
    .bind(kiosk)
    .bind(now.plus_ms(-journal::OVERTAKING_MS).0)
    .bind(now.plus_ms(-journal::LOOK_BACK_MS).0)
    .fetch_all(db)
    .await?
    .iter()
    .map(|row| Ok(journal::unnamed(uuid(row.try_get("id")?)?, Fen::new(row.try_get("amount_fen")?))))
    .collect()
}

/// Adds reviews that are about no order's machine; gives those that were not there.
pub(super) async fn add_reviews(
    db: &mut SqliteConnection,
    reviews: &[Review],
    now: Moment,
) -> Result<Vec<Review>, StoreError> {
    let mut new = Vec::new();
    for review in reviews {
        let added = sqlx::query(
            "INSERT INTO reviews (key, reason, amount_fen, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&review.key)
        .bind(&review.reason)
        .bind(review.amount.get())
        .bind(now.0)
        .execute(&mut *db)
        .await?;
        if added.rows_affected() > 0 {
            new.push(review.clone());
        }
    }
    Ok(new)
}

async fn find(db: &mut SqliteConnection, key: &str) -> Result<Option<SqliteRow>, StoreError> {
    let sql = format!("{REVIEWS} WHERE reviews.key = ?");
    Ok(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(key).fetch_optional(db).await?)
}

fn order_id(row: &SqliteRow) -> Result<Option<Uuid>, StoreError> {
    row.try_get::<Option<&str>, _>("order_id")?.map(uuid).transpose()
}

fn review_row(row: &SqliteRow) -> Result<ReviewRow, StoreError> {
    Ok(ReviewRow {
        key: row.try_get("key")?,
        reference: row.try_get("reference")?,
        reason: row.try_get("reason")?,
        amount: Fen::new(row.try_get("amount_fen")?),
        at: Moment(row.try_get("at")?),
    })
}

fn decided(row: &SqliteRow) -> Result<Option<Decided>, StoreError> {
    let Some(verdict) = row.try_get::<Option<String>, _>("verdict")? else { return Ok(None) };
    Ok(Some(Decided {
        verdict,
        reason: row.try_get("because")?,
        who: row.try_get("who")?,
        at: Moment(row.try_get("decided_at")?),
    }))
}

async fn history(db: &mut SqliteConnection, id: Uuid) -> Result<Vec<HistoryRow>, StoreError> {
    sqlx::query(
        "SELECT version, at, kind, part, was, became, detail, who, why, evidence FROM events
         WHERE order_id = ? ORDER BY seq",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?
    .iter()
    .map(|row| {
        Ok(HistoryRow {
            version: u64::try_from(row.try_get::<i64, _>("version")?).unwrap_or(0),
            at: Moment(row.try_get("at")?),
            event: Event {
                kind: row.try_get("kind")?,
                part: row.try_get("part")?,
                from: row.try_get("was")?,
                to: row.try_get("became")?,
                detail: row.try_get("detail")?,
                who: row.try_get("who")?,
                why: row.try_get("why")?,
                evidence: row.try_get("evidence")?,
            },
        })
    })
    .collect()
}
