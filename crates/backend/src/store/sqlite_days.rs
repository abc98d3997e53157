//! The days' books on SQLite: statements taken in, a day's records gathered, differences listed, days closed.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_api::JournalFact;
use powerhall_money::{Fen, Moment, Order};
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::StoreError;
use super::office::{AGREED, AGREED_BY, Batch, DayQuery, DayWrite, DayWritten};
use super::rows::{json, read};
use super::sqlite::load;
use super::sqlite_office::{add_reviews, uuid};
use crate::reconcile::{Close, HEARD_MS, JournalFacts, Records, STRADDLE_MS};

/// How many values one question names.
const CHUNK: usize = 500;

pub(super) async fn take(
    db: &mut SqliteConnection,
    batches: &[Batch],
    who: &str,
    now: Moment,
) -> Result<(), StoreError> {
    for batch in batches {
        let sum =
            Fen::sum(batch.lines.iter().map(|l| l.amount)).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let new = sqlx::query(
            "INSERT INTO recon_batches (channel, day, content, lines, sum_fen, who, at)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&batch.channel)
        .bind(&batch.day)
        .bind(&batch.content)
        .bind(i64::try_from(batch.lines.len()).unwrap_or(i64::MAX))
        .bind(sum.get())
        .bind(who)
        .bind(now.0)
        .execute(&mut *db)
        .await?;
        if new.rows_affected() == 0 {
            continue;
        }
        for (place, line) in (0_i64..).zip(&batch.lines) {
            sqlx::query(
                "INSERT INTO recon_lines (channel, day, content, place, name, line) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(&batch.channel)
            .bind(&batch.day)
            .bind(&batch.content)
            .bind(place)
            .bind(line.refund.as_ref().unwrap_or(&line.number))
            .bind(json(line)?)
            .execute(&mut *db)
            .await?;
        }
    }
    Ok(())
}

pub(super) async fn records(db: &mut SqliteConnection, query: &DayQuery) -> Result<Records, StoreError> {
    let mut records = Records {
        reviews: reviews(db, &query.day).await?,
        closed: closed(db, &query.day).await?,
        ..Records::default()
    };
    for id in orders(db, query).await? {
        let Some(stored) = load(db, id).await? else { continue };
        heard(db, &stored.order, &mut records.refunds_heard).await?;
        if let Some(facts) = journal_facts(db, id).await? {
            records.journals.push(facts);
        }
        records.orders.push((stored.kiosk, stored.order));
    }
    records.stated_elsewhere = stated(db, query, &records.orders).await?;
    let kiosks: BTreeSet<String> = records.orders.iter().map(|(kiosk, _)| kiosk.clone()).collect();
    for kiosk in kiosks {
        let until: Option<i64> = sqlx::query_scalar("SELECT max(at) FROM journal WHERE kiosk = ?")
            .bind(&kiosk)
            .fetch_one(&mut *db)
            .await?;
        if let Some(until) = until {
            records.journal_until.insert(kiosk, Moment(until));
        }
    }
    let unknown: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT order_id FROM journal WHERE at >= ? AND at < ? AND refused IS NULL
           AND NOT EXISTS (SELECT 1 FROM orders WHERE id = order_id) ORDER BY order_id",
    )
    .bind(query.from.0)
    .bind(query.to.0)
    .fetch_all(&mut *db)
    .await?;
    for id in unknown {
        records.journals.extend(journal_facts(db, uuid(&id)?).await?);
    }
    Ok(records)
}

/// Orders that have to do with the day, in the order of their ids.
async fn orders(db: &mut SqliteConnection, query: &DayQuery) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut found = BTreeSet::new();
    let mut add = |ids: Vec<String>| -> Result<(), StoreError> {
        for id in ids {
            found.insert(uuid(&id)?);
        }
        Ok(())
    };
    let booked = sqlx::query_scalar("SELECT DISTINCT order_id FROM ledger WHERE at >= ? AND at < ?")
        .bind(query.from.plus_ms(-STRADDLE_MS).0)
        .bind(query.to.plus_ms(HEARD_MS).0)
        .fetch_all(&mut *db);
    add(booked.await?)?;
    let opened = sqlx::query_scalar("SELECT id FROM orders WHERE created_at >= ? AND created_at < ?")
        .bind(query.from.0)
        .bind(query.to.0)
        .fetch_all(&mut *db);
    add(opened.await?)?;
    for (table, column, names) in [
        ("attempts", "number", &query.numbers),
        ("refunds", "number", &query.numbers),
        ("postings", "key", &query.keys),
    ] {
        for chunk in names.chunks(CHUNK) {
            let sql = format!("SELECT order_id FROM {table} WHERE {column} IN ({})", marks(chunk.len()));
            let mut asked = sqlx::query_scalar(AssertSqlSafe(sql));
            for name in chunk {
                asked = asked.bind(name);
            }
            add(asked.fetch_all(&mut *db).await?)?;
        }
    }
    Ok(found)
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// When the channel first accepted each refund of an order, as we heard it.
async fn heard(
    db: &mut SqliteConnection,
    order: &Order,
    times: &mut BTreeMap<String, Moment>,
) -> Result<(), StoreError> {
    for refund in &order.refunds {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT min(at) FROM events WHERE order_id = ? AND part = ? AND became IN ('refunding', 'refunded')",
        )
        .bind(order.id.to_string())
        .bind(format!("refund-{}", refund.number))
        .fetch_one(&mut *db)
        .await?;
        if let Some(at) = at {
            times.insert(refund.number.clone(), Moment(at));
        }
    }
    Ok(())
}

async fn journal_facts(db: &mut SqliteConnection, id: Uuid) -> Result<Option<JournalFacts>, StoreError> {
    let rows = sqlx::query(
        "SELECT kiosk, fact FROM journal WHERE order_id = ? AND refused IS NULL ORDER BY at, book, seq",
    )
    .bind(id.to_string())
    .fetch_all(db)
    .await?;
    let mut facts: Option<JournalFacts> = None;
    for row in rows {
        let kiosk: String = row.try_get("kiosk")?;
        let fact: JournalFact = read(row.try_get("fact")?)?;
        facts.get_or_insert_with(|| JournalFacts::new(kiosk, id)).add(fact);
    }
    Ok(facts)
}

/// Which of our numbers stand in statements of other days, and under which transactions.
async fn stated(
    db: &mut SqliteConnection,
    query: &DayQuery,
    orders: &[(String, Order)],
) -> Result<BTreeSet<(String, String, String)>, StoreError> {
    let names: Vec<&String> = orders
        .iter()
        .flat_map(|(_, o)| {
            o.attempts.iter().map(|a| &a.number).chain(o.refunds.iter().map(|refund| &refund.number))
        })
        .collect();
    let mut stated = BTreeSet::new();
    for chunk in names.chunks(CHUNK) {
        let marks = marks(chunk.len());
        let sql = format!(
            "SELECT channel, name, json_extract(line, '$.transaction') FROM recon_lines
             WHERE day <> ? AND name IN ({marks})"
        );
        let mut asked = sqlx::query_as(AssertSqlSafe(sql)).bind(&query.day);
        for name in chunk {
            asked = asked.bind(*name);
        }
        stated.extend(asked.fetch_all(&mut *db).await?);
    }
    Ok(stated)
}

/// A review's key, and who decided what about it and why.
type DecidedReview = (String, Option<String>, Option<String>, Option<String>);

/// The reviews of a day's differences: with who explained them and why.
async fn reviews(
    db: &mut SqliteConnection,
    day: &str,
) -> Result<BTreeMap<String, Option<String>>, StoreError> {
    // `;` is the letter after `:`.
    let rows: Vec<DecidedReview> = sqlx::query_as(
        "SELECT reviews.key, decided.who, decided.verdict, decided.reason FROM reviews
         LEFT JOIN review_decisions AS decided ON decided.key = reviews.key
         WHERE reviews.key >= ? AND reviews.key < ?",
    )
    .bind(format!("recon:{day}:"))
    .bind(format!("recon:{day};"))
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(key, who, verdict, reason)| {
            let explained = who.zip(verdict).zip(reason).map(|((w, v), r)| format!("{w}: {v}: {r}"));
            (key, explained)
        })
        .collect())
}

async fn closed(db: &mut SqliteConnection, day: &str) -> Result<Option<Close>, StoreError> {
    sqlx::query("SELECT at, who, content FROM recon_closes WHERE day = ?")
        .bind(day)
        .fetch_optional(db)
        .await?
        .map(|row| {
            Ok(Close {
                at: Moment(row.try_get("at")?),
                who: row.try_get("who")?,
                content: row.try_get("content")?,
            })
        })
        .transpose()
}

pub(super) async fn write(db: &mut SqliteConnection, write: &DayWrite) -> Result<DayWritten, StoreError> {
    add_reviews(db, &write.reviews, write.now).await?;
    let listed: BTreeSet<&str> = write.reviews.iter().map(|r| r.key.as_str()).collect();
    for (key, explained) in reviews(db, &write.day).await? {
        if explained.is_none() && !listed.contains(key.as_str()) {
            sqlx::query(
                "INSERT INTO review_decisions (key, verdict, reason, who, at) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(&key)
            .bind(AGREED.0)
            .bind(AGREED.1)
            .bind(AGREED_BY)
            .bind(write.now.0)
            .execute(&mut *db)
            .await?;
        }
    }
    let explained: BTreeMap<String, String> = reviews(db, &write.day)
        .await?
        .into_iter()
        .filter(|(key, _)| listed.contains(key.as_str()))
        .filter_map(|(key, explained)| Some((key, explained?)))
        .collect();
    if let Some(close) = &write.close
        && explained.len() == listed.len()
    {
        sqlx::query(
            "INSERT INTO recon_closes (day, content, who, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(&write.day)
        .bind(&close.content)
        .bind(&close.who)
        .bind(close.at.0)
        .execute(&mut *db)
        .await?;
    }
    Ok(DayWritten { explained, closed: closed(db, &write.day).await? })
}
