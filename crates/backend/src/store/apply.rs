//! Writing a decision: the order by its expected version, and everything that goes with it, in the caller's transaction.

use powerhall_money::{Decision, JobChange, Moment, Order};
use sqlx::SqliteConnection;

use super::StoreError;
use super::rows::{json, word};

/// Writes a decision on an order that had version `expected`.
pub(super) async fn apply(
    db: &mut SqliteConnection,
    expected: u64,
    decision: &Decision,
    now: Moment,
) -> Result<(), StoreError> {
    let order = &decision.order;
    if order.version != expected {
        let done = sqlx::query(
            "UPDATE orders SET version = ?, is_open = ?, collect = ?, body = ? WHERE id = ? AND version = ?",
        )
        .bind(signed(order.version))
        .bind(order.is_open())
        .bind(word(&order.collect)?)
        .bind(json(order)?)
        .bind(order.id.to_string())
        .bind(signed(expected))
        .execute(&mut *db)
        .await?;
        if done.rows_affected() != 1 {
            return Err(StoreError::Busy);
        }
        numbers(db, order).await?;
    }
    history(db, decision, now).await
}

/// The numbers that are out in the world, with their states. A number belongs to one order for ever: the unique keys
/// refuse a second number of the same part, `owned` the number of another order.
pub(super) async fn numbers(db: &mut SqliteConnection, order: &Order) -> Result<(), StoreError> {
    let id = order.id.to_string();
    for attempt in &order.attempts {
        let done = sqlx::query(
            "INSERT INTO attempts (number, order_id, no, channel, state) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (number) DO UPDATE SET state = excluded.state WHERE order_id = excluded.order_id",
        )
        .bind(&attempt.number)
        .bind(&id)
        .bind(i64::from(attempt.no))
        .bind(&attempt.channel)
        .bind(word(&attempt.state)?)
        .execute(&mut *db)
        .await?;
        owned(done.rows_affected(), &attempt.number)?;
    }
    for line in &order.lines {
        let done = sqlx::query(
            "INSERT INTO postings (key, order_id, line, amount_fen, state) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (key) DO UPDATE SET state = excluded.state WHERE order_id = excluded.order_id",
        )
        .bind(&line.key)
        .bind(&id)
        .bind(i64::from(line.line))
        .bind(line.amount.get())
        .bind(word(&line.deliver)?)
        .execute(&mut *db)
        .await?;
        owned(done.rows_affected(), &line.key)?;
    }
    for refund in &order.refunds {
        let done = sqlx::query(
            "INSERT INTO refunds (number, order_id, attempt, line, amount_fen, state) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (number) DO UPDATE SET state = excluded.state WHERE order_id = excluded.order_id",
        )
        .bind(&refund.number)
        .bind(&id)
        .bind(i64::from(refund.attempt))
        .bind(refund.line.map_or(-1, i64::from))
        .bind(refund.amount.get())
        .bind(word(&refund.state)?)
        .execute(&mut *db)
        .await?;
        owned(done.rows_affected(), &refund.number)?;
    }
    Ok(())
}

/// The row was written: an update that meets another order's row touches none.
fn owned(rows: u64, number: &str) -> Result<(), StoreError> {
    match rows {
        1 => Ok(()),
        _ => Err(StoreError::Damaged(format!("the number {number} is another order's"))),
    }
}

/// Events, jobs, ledger entries and the list for people.
pub(super) async fn history(
    db: &mut SqliteConnection,
    decision: &Decision,
    now: Moment,
) -> Result<(), StoreError> {
    let id = decision.order.id.to_string();
    for event in &decision.events {
        sqlx::query(
            "INSERT INTO events (order_id, version, at, kind, part, was, became, detail, who, why, evidence)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(signed(decision.order.version))
        .bind(now.0)
        .bind(&event.kind)
        .bind(&event.part)
        .bind(&event.from)
        .bind(&event.to)
        .bind(&event.detail)
        .bind(&event.who)
        .bind(&event.why)
        .bind(&event.evidence)
        .execute(&mut *db)
        .await?;
    }
    for job in &decision.jobs {
        change_job(db, &id, job).await?;
    }
    for entry in &decision.entries {
        let sides = entry.sides().map_err(|e| StoreError::Damaged(e.to_string()))?;
        for (account, amount) in sides {
            sqlx::query(
                "INSERT INTO ledger (entry, account, amount_fen, order_id, at) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(&entry.key)
            .bind(account.to_string())
            .bind(amount.get())
            .bind(&id)
            .bind(now.0)
            .execute(&mut *db)
            .await?;
        }
        balanced(db, &entry.key).await?;
    }
    for review in &decision.reviews {
        sqlx::query(
            "INSERT INTO reviews (key, order_id, reason, amount_fen, at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (key) DO NOTHING",
        )
        .bind(&review.key)
        .bind(&id)
        .bind(&review.reason)
        .bind(review.amount.get())
        .bind(now.0)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// The sides of an entry, as they stand in the table, sum to zero; or the whole transaction is undone.
async fn balanced(db: &mut SqliteConnection, entry: &str) -> Result<(), StoreError> {
    let (sides, sum): (i64, i64) =
        sqlx::query_as("SELECT count(*), coalesce(sum(amount_fen), 0) FROM ledger WHERE entry = ?")
            .bind(entry)
            .fetch_one(db)
            .await?;
    if (sides, sum) == (2, 0) {
        Ok(())
    } else {
        Err(StoreError::Damaged(format!("the entry {entry} does not sum to zero")))
    }
}

async fn change_job(db: &mut SqliteConnection, order_id: &str, job: &JobChange) -> Result<(), StoreError> {
    match job {
        JobChange::Set { task, due, tries } => {
            sqlx::query(
                "INSERT INTO jobs (order_id, part, task, due_at, tries) VALUES (?, ?, ?, ?, ?)
                 ON CONFLICT (order_id, part) DO UPDATE SET
                     task = excluded.task, due_at = excluded.due_at, tries = excluded.tries, claims = 0, lease_until = 0",
            )
            .bind(order_id)
            .bind(task.part())
            .bind(json(task)?)
            .bind(due.0)
            .bind(i64::from(*tries))
            .execute(&mut *db)
            .await?;
        }
        JobChange::Done { part } => {
            sqlx::query("DELETE FROM jobs WHERE order_id = ? AND part = ?")
                .bind(order_id)
                .bind(part)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}

/// SQLite's integers are signed; versions are small.
pub(super) fn signed(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}
