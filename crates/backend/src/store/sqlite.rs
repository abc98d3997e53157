//! The embedded store: one SQLite file in WAL mode, every commit synced. One connection writes (`BEGIN IMMEDIATE`),
//! others read, so that a writer never waits for a lock in the middle of a transaction.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use powerhall_money::{Command, Context, Fen, Moment, Payment, decide, numbers, open};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, Transaction};
use uuid::Uuid;

use super::apply::{apply, history, numbers as write_numbers, signed};
use super::rows::{ORDER, hash, job, json, moment, stored_order, word};
use super::{
    Changed, Job, Noticed, OpenOrder, Opened, SALTS, Store, StoreError, StoredOrder, UNCLAIMED, unclaimed,
};

/// The store in one SQLite file.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: SqlitePool,
    pub(super) readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the file, creates it if it is not there, and brings its schema to this version.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // NORMAL may lose the last commits at a power cut; what we have told a kiosk must stay.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        sqlx::migrate!().run(&writer).await?;
        let readers =
            SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Closes the file; what was begun is finished or undone.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(super) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

pub(super) async fn load(db: &mut SqliteConnection, id: Uuid) -> Result<Option<StoredOrder>, StoreError> {
    sqlx::query(AssertSqlSafe(format!("{ORDER} WHERE id = ?")))
        .bind(id.to_string())
        .fetch_optional(db)
        .await?
        .map(|row| stored_order(&row))
        .transpose()
}

/// Load → decide → apply, in the caller's transaction.
pub(super) async fn decide_in(
    db: &mut SqliteConnection,
    id: Uuid,
    command: Command,
    ctx: Context<'_>,
) -> Result<Changed, StoreError> {
    let stored = load(db, id).await?.ok_or(StoreError::NoSuchOrder)?;
    let before = stored.order.version;
    let decision = decide(&stored.order, command, ctx)?;
    apply(db, before, &decision, ctx.now).await?;
    let moved = decision.order.version != before;
    Ok(Changed { stored: StoredOrder { order: decision.order, ..stored }, moved })
}

async fn replay_in(
    db: &mut SqliteConnection,
    id: Uuid,
    kiosk: &str,
    fingerprint: [u8; 32],
) -> Result<Option<Opened>, StoreError> {
    let row = sqlx::query("SELECT kiosk, fingerprint, body, quote FROM orders WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let stored = stored_order(&row)?;
    let same = stored.kiosk == kiosk && hash(row.try_get("fingerprint")?)? == fingerprint;
    Ok(Some(if same { Opened::Replayed(stored) } else { Opened::Conflict }))
}

/// The first reference of the order that no other order has.
async fn free_reference(db: &mut SqliteConnection, id: Uuid) -> Result<String, StoreError> {
    for salt in 0..SALTS {
        let reference = numbers::reference(id, salt);
        let taken = sqlx::query("SELECT 1 FROM orders WHERE reference = ?")
            .bind(&reference)
            .fetch_optional(&mut *db)
            .await?;
        if taken.is_none() {
            return Ok(reference);
        }
    }
    Err(StoreError::Busy)
}

#[async_trait]
impl Store for SqliteStore {
    async fn put_kiosk(&self, id: &str, secret_sha256: [u8; 32], now: Moment) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO kiosks (id, secret_sha256, added_at) VALUES (?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET secret_sha256 = excluded.secret_sha256",
        )
        .bind(id)
        .bind(secret_sha256.as_slice())
        .bind(now.0)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn kiosk_secret(&self, id: &str) -> Result<Option<[u8; 32]>, StoreError> {
        sqlx::query("SELECT secret_sha256 FROM kiosks WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.readers)
            .await?
            .map(|row| hash(row.try_get("secret_sha256")?))
            .transpose()
    }

    async fn kiosk_seen(&self, id: &str, version: &str, now: Moment) -> Result<(), StoreError> {
        sqlx::query("UPDATE kiosks SET seen_at = ?, version = ? WHERE id = ?")
            .bind(now.0)
            .bind(version)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn replay(
        &self,
        id: Uuid,
        kiosk: &str,
        fingerprint: [u8; 32],
    ) -> Result<Option<Opened>, StoreError> {
        replay_in(&mut *self.readers.acquire().await?, id, kiosk, fingerprint).await
    }

    async fn open_order(&self, mut new: OpenOrder, ctx: Context<'_>) -> Result<Opened, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(known) = replay_in(&mut tx, new.new.id, &new.kiosk, new.fingerprint).await? {
            return Ok(known);
        }
        new.new.reference = free_reference(&mut tx, new.new.id).await?;
        let decision = open(new.new, ctx)?;
        let order = &decision.order;
        sqlx::query(
            "INSERT INTO orders (id, kiosk, version, reference, fingerprint, is_open, collect, amount_fen, body, quote,
                                 created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(order.id.to_string())
        .bind(&new.kiosk)
        .bind(signed(order.version))
        .bind(&order.reference)
        .bind(new.fingerprint.as_slice())
        .bind(order.is_open())
        .bind(word(&order.collect)?)
        .bind(order.amount.get())
        .bind(json(order)?)
        .bind(json(&new.quote)?)
        .bind(ctx.now.0)
        .execute(&mut *tx)
        .await?;
        write_numbers(&mut tx, order).await?;
        history(&mut tx, &decision, ctx.now).await?;
        tx.commit().await?;
        Ok(Opened::Created(StoredOrder { kiosk: new.kiosk, order: decision.order, quote: new.quote }))
    }

    async fn order(&self, id: Uuid) -> Result<Option<StoredOrder>, StoreError> {
        load(&mut *self.readers.acquire().await?, id).await
    }

    async fn open_orders(&self, kiosk: &str) -> Result<Vec<StoredOrder>, StoreError> {
        sqlx::query(AssertSqlSafe(format!(
            "{ORDER} WHERE kiosk = ? AND is_open = 1 ORDER BY created_at, id LIMIT 100"
        )))
        .bind(kiosk)
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(stored_order)
        .collect()
    }

    async fn change(&self, id: Uuid, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError> {
        let mut tx = self.begin().await?;
        let changed = decide_in(&mut tx, id, command, ctx).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn finish(&self, job: &Job, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError> {
        let mut tx = self.begin().await?;
        let claims: Option<i64> =
            sqlx::query_scalar("SELECT claims FROM jobs WHERE order_id = ? AND part = ? AND task = ?")
                .bind(job.order_id.to_string())
                .bind(job.task.part())
                .bind(json(&job.task)?)
                .fetch_optional(&mut *tx)
                .await?;
        let alone = claims == Some(i64::from(job.claims));
        let ctx = Context { interrupted: ctx.interrupted || !alone, ..ctx };
        let changed = decide_in(&mut tx, job.order_id, command, ctx).await?;
        tx.commit().await?;
        Ok(changed)
    }

    async fn notified(
        &self,
        channel: &str,
        event_id: &str,
        number: &str,
        payment: Payment,
        ctx: Context<'_>,
    ) -> Result<Noticed, StoreError> {
        let mut tx = self.begin().await?;
        let fresh = sqlx::query(
            "INSERT INTO inbox (channel, event_id, number, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(channel)
        .bind(event_id)
        .bind(number)
        .bind(ctx.now.0)
        .execute(&mut *tx)
        .await?;
        if fresh.rows_affected() == 0 {
            return Ok(Noticed::Duplicate);
        }
        let owner = sqlx::query("SELECT order_id FROM attempts WHERE number = ? AND channel = ?")
            .bind(number)
            .bind(channel)
            .fetch_optional(&mut *tx)
            .await?;
        let noticed = match owner {
            Some(row) => {
                let id = Uuid::parse_str(row.try_get("order_id")?)
                    .map_err(|_| StoreError::Damaged("an attempt's order id".to_owned()))?;
                let command = Command::Notified { number: number.to_owned(), payment };
                Noticed::Taken(Box::new(decide_in(&mut tx, id, command, ctx).await?))
            }
            None => {
                sqlx::query("INSERT INTO reviews (key, reason, amount_fen, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
                    .bind(unclaimed(channel, number, &payment))
                    .bind(UNCLAIMED)
                    .bind(payment.amount.get())
                    .bind(ctx.now.0)
                    .execute(&mut *tx)
                    .await?;
                Noticed::NoSuchAttempt
            }
        };
        tx.commit().await?;
        Ok(noticed)
    }

    async fn claim(&self, now: Moment, lease_until: Moment, limit: u32) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.begin().await?;
        let rows = sqlx::query(
            "UPDATE jobs SET lease_until = ?, claims = claims + 1
             WHERE (order_id, part) IN (
                 SELECT order_id, part FROM jobs WHERE due_at <= ? AND lease_until <= ? ORDER BY due_at LIMIT ?)
             RETURNING order_id, task, tries, claims",
        )
        .bind(lease_until.0)
        .bind(now.0)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(&mut *tx)
        .await?;
        let jobs = rows.iter().map(job).collect::<Result<_, _>>()?;
        tx.commit().await?;
        Ok(jobs)
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        let row =
            sqlx::query("SELECT min(max(due_at, lease_until)) FROM jobs").fetch_one(&self.readers).await?;
        Ok(moment(row.try_get(0)?))
    }

    async fn balances(&self) -> Result<Vec<(String, Fen)>, StoreError> {
        sqlx::query(
            "SELECT account, sum(amount_fen) AS balance FROM ledger GROUP BY account ORDER BY account",
        )
        .fetch_all(&self.readers)
        .await?
        .iter()
        .map(|row| Ok((row.try_get("account")?, Fen::new(row.try_get("balance")?))))
        .collect()
    }

    async fn ready(&self) -> bool {
        match self.begin().await {
            Ok(tx) => tx.rollback().await.is_ok(),
            Err(_) => false,
        }
    }
}
