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
    /// On the list that a person sees.
    pub listed: i64,
    /// Second payments of one code that a channel told nobody of: only its statement shows them, at night.
    pub left_for_the_night: i64,
    /// Messages of the channels that nobody has answered yet.
    pub untold: i64,
}

impl Sums {
    /// Promise 2: every fen that a channel took is posted, refunded, or on the list, but for what nobody could know yet.
    pub const fn agree(self) -> bool {
        self.taken == self.posted + self.refunded + self.listed + self.left_for_the_night
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
            listed: number(&self.backend, "SELECT coalesce(sum(amount_fen), 0) FROM reviews").await,
            left_for_the_night: self
                .over_channels(
                    "SELECT coalesce(sum(amount_fen), 0) FROM paid_again p \
                     WHERE NOT EXISTS (SELECT 1 FROM outbox o WHERE instr(o.body, p.transaction_no) > 0)",
                )
                .await,
            untold: self.over_channels("SELECT count(*) FROM outbox WHERE delivered_at IS NULL").await,
        }
    }

    /// Open accounts that owe what a kiosk takes.
    pub async fn debtors(&self) -> Vec<String> {
        let options = SqliteConnectOptions::new().filename(&self.billing).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await.expect("a book opens");
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

async fn number(file: &Path, sql: &str) -> i64 {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a book opens");
    let value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut connection)
        .await
        .expect("a book reads");
    connection.close().await.expect("a book closes");
    value
}
