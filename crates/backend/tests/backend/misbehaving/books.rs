//! The books of all sides, read from their files: what the channels took and gave back, what billing posted, what stands on
//! the list. The backend's own view counts for nothing here but the list.

use std::path::{Path, PathBuf};

use powerhall_billing::ELSEWHERE;
use powerhall_money::Fen;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

#[derive(Clone, Debug)]
pub struct Books {
    channels: Vec<PathBuf>,
    billing: PathBuf,
    backend: PathBuf,
}

/// The sums of all sides, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Taken by the channels.
    pub taken: i64,
    /// Given back by the channels.
    pub refunded: i64,
    /// Posted by billing for us.
    pub posted: i64,
    /// On the list that a person sees, or settled by a person outside.
    pub listed: i64,
    /// Whose end is not decided, by the backend's ledger.

    /// Payments that a channel told nobody of and nobody will ask for: only its statement shows them, at night.
    pub left_for_the_night: i64,
    /// Messages of the channels that nobody has answered yet.
    pub untold: i64,
    /// What the backend still means to do.
    pub jobs: i64,
}

impl Sums {
    /// Promise 2: every fen that a channel took is posted, refunded, or on the list, but for what nobody could know yet.
    pub const fn agree(self) -> bool {
        self.taken == self.posted + self.refunded + self.listed + self.left_for_the_night
    }

    /// The same once the statements are read.
    pub const fn agree_after_the_night(self) -> bool {
        self.taken == self.posted + self.refunded + self.listed
    }
}

impl Books {
    pub fn of(folder: &Path, channels: Vec<PathBuf>) -> Self {
        Self { channels, billing: folder.join("billing.db"), backend: folder.join("backend.db") }
    }

    pub async fn channels_took(&self) -> Fen {
        let sql = "SELECT (SELECT coalesce(sum(coalesce(paid_fen, amount_fen)), 0) FROM trade WHERE state = 'paid') \
                   + (SELECT coalesce(sum(amount_fen), 0) FROM paid_again)";
        Fen::new(self.over_channels(sql).await)
    }

    pub async fn sums(&self) -> Sums {
        let posted =
            format!("SELECT coalesce(sum(amount_fen), 0) FROM postings WHERE key NOT LIKE '{ELSEWHERE}%'");
        Sums {
            taken: self.channels_took().await.get(),
            refunded: self.over_channels("SELECT coalesce(sum(amount_fen), 0) FROM refund").await,
            posted: number(&self.billing, &posted).await,
            listed: number(
                &self.backend,
                "SELECT coalesce(sum(amount_fen), 0) FROM reviews r WHERE key NOT LIKE 'recon:%' AND NOT EXISTS \
                 (SELECT 1 FROM review_decisions d WHERE d.key = r.key AND d.verdict NOT LIKE 'outside %')",
            )
            .await,
            left_for_the_night: self.left_for_the_night().await,
            untold: self.over_channels("SELECT count(*) FROM outbox WHERE delivered_at IS NULL").await,
            jobs: number(&self.backend, "SELECT count(*) FROM jobs").await,
        }
    }

    /// Payments of which there is no message, that stand in none of the backend's orders, and that no job asks for.
    async fn left_for_the_night(&self) -> i64 {
        let sql = "SELECT number, transaction_no, coalesce(paid_fen, amount_fen) FROM trade p WHERE state = 'paid' \
                     AND NOT EXISTS (SELECT 1 FROM outbox o WHERE instr(o.body, p.transaction_no) > 0) \
                   UNION ALL SELECT number, transaction_no, amount_fen FROM paid_again p \
                     WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE instr(o.body, p.transaction_no) > 0)";
        let mut backend = open(&self.backend).await;
        let mut left = 0;
        for file in &self.channels {
            let mut channel = open(file).await;
            let untold: Vec<(String, String, i64)> =
                sqlx::query_as(sql).fetch_all(&mut channel).await.expect("a book reads");
            for (number, transaction, fen) in untold {
                let known: bool = sqlx::query_scalar(
                    "SELECT EXISTS (SELECT 1 FROM attempts a JOIN orders o ON o.id = a.order_id WHERE a.number = ?1 \
                       AND (instr(o.body, ?2) > 0 OR EXISTS (SELECT 1 FROM jobs j WHERE j.order_id = o.id)))",
                )
                .bind(number)
                .bind(transaction)
                .fetch_one(&mut backend)
                .await
                .expect("a book reads");
                left += if known { 0 } else { fen };
            }
            channel.close().await.expect("a book closes");
        }
        backend.close().await.expect("a book closes");
        left
    }

    /// Open accounts that owe what a kiosk takes.
    pub async fn debtors(&self) -> Vec<String> {
        let mut connection = open(&self.billing).await;
        sqlx::query_scalar(
            "SELECT number FROM accounts a JOIN bills b ON b.account_id = a.id \
             WHERE closed_on IS NULL AND credit_fen = 0 AND paid_fen < amount_fen \
             GROUP BY number HAVING sum(amount_fen) BETWEEN 1000 AND 2000000 ORDER BY number",
        )
        .fetch_all(&mut connection)
        .await
        .expect("a book reads")
    }

    async fn over_channels(&self, sql: &str) -> i64 {
        let mut sum = 0;
        for file in &self.channels {
            sum += number(file, sql).await;
        }
        sum
    }
}

async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    SqliteConnection::connect_with(&options).await.expect("a book opens")
}

async fn number(file: &Path, sql: &str) -> i64 {
    let mut connection = open(file).await;
    let value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut connection)
        .await
        .expect("a book reads");
    connection.close().await.expect("a book closes");
    value
}
