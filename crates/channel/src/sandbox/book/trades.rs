//! Trades: made once for a number, then paid, closed or expired, each for ever.

use jiff::Timestamp;
use powerhall_money::Fen;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, Sqlite, Transaction};

use super::outbox::{Message, put};
use super::{Book, time};
use crate::port::{NewTrade, Payment};
use crate::sandbox::paying::amiss;

/// A trade as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct TradeRow {
    pub(in crate::sandbox) number: String,
    /// What the code's link ends in.
    pub(in crate::sandbox) token: String,
    pub(in crate::sandbox) amount: Fen,
    pub(in crate::sandbox) subject: String,
    /// To the millisecond.
    pub(in crate::sandbox) expires_at: Timestamp,
    /// Whether a phone has opened its page.
    pub(in crate::sandbox) scanned: bool,
    pub(in crate::sandbox) state: TradeState,
}

/// Where it stands. Only `Pending` can still change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum TradeState {
    Pending,
    Paid {
        transaction: String,
        at: Timestamp,
        /// What was paid.
        amount: Fen,
    },
    /// By the merchant.
    Closed,
    /// By its time. Written down the first time that somebody asks, so that no later clock can take it back.
    Expired,
}

/// The end of asking for a trade.
#[derive(Debug)]
pub(in crate::sandbox) enum Creating {
    /// New, or the same as before.
    Trade(TradeRow),
    /// The number has a trade of other content.
    Differs,
}

/// The end of the payer's pressing pay.
#[derive(Debug)]
pub(in crate::sandbox) enum Paying {
    /// Paid by this very press.
    Paid,
    /// Nothing changed: paid before, closed or expired.
    Unchanged,
    /// No such token.
    NotFound,
}

/// How a trade is paid.
#[derive(Clone, Copy, Debug)]
pub(in crate::sandbox) struct How<'a> {
    pub(in crate::sandbox) now: Timestamp,
    pub(in crate::sandbox) transaction: &'a str,
    /// Another amount than asked.
    pub(in crate::sandbox) amiss: bool,
    /// A close does not keep it off.
    pub(in crate::sandbox) although_closed: bool,
}

const BY_NUMBER: &str = "SELECT * FROM trade WHERE number = ?";
const BY_TOKEN: &str = "SELECT * FROM trade WHERE token = ?";

impl Book {
    /// Makes the trade, or finds the one that the same request made before.
    pub(in crate::sandbox) async fn create(
        &self,
        new: &NewTrade,
        token: &str,
        now: Timestamp,
    ) -> Result<Creating, sqlx::Error> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO trade (number, token, amount_fen, subject, created_at, expires_at, state) \
             VALUES (?, ?, ?, ?, ?, ?, 'pending') ON CONFLICT (number) DO NOTHING",
        )
        .bind(&new.number)
        .bind(token)
        .bind(new.amount.get())
        .bind(&new.subject)
        .bind(now.as_millisecond())
        .bind(new.expires_at.as_millisecond())
        .execute(&mut *tx)
        .await?;
        let trade = load(&mut tx, BY_NUMBER, &new.number, now).await?.ok_or(sqlx::Error::RowNotFound)?;
        tx.commit().await?;
        let same = trade.amount == new.amount
            && trade.subject == new.subject
            && trade.expires_at.as_millisecond() == new.expires_at.as_millisecond();
        Ok(if same { Creating::Trade(trade) } else { Creating::Differs })
    }

    /// The trade of a number.
    pub(in crate::sandbox) async fn by_number(
        &self,
        number: &str,
        now: Timestamp,
    ) -> Result<Option<TradeRow>, sqlx::Error> {
        self.look(BY_NUMBER, number, now).await
    }

    /// The trade of a code.
    pub(in crate::sandbox) async fn by_token(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<TradeRow>, sqlx::Error> {
        self.look(BY_TOKEN, token, now).await
    }

    /// The trades that can be paid now, newest first, at most `limit`.
    pub(in crate::sandbox) async fn payable(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<TradeRow>, sqlx::Error> {
        let pending: Vec<TradeRow> =
            sqlx::query_as("SELECT * FROM trade WHERE state = 'pending' ORDER BY created_at DESC LIMIT ?")
                .bind(limit)
                .fetch_all(&self.read)
                .await?;
        Ok(pending.into_iter().filter(|trade| now <= trade.expires_at).collect())
    }

    /// Reads without the write lock, unless the answer is that the trade has expired: that is written down first.
    async fn look(
        &self,
        sql: &'static str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<TradeRow>, sqlx::Error> {
        let row: Option<TradeRow> = sqlx::query_as(sql).bind(key).fetch_optional(&self.read).await?;
        match row {
            Some(trade) if trade.state == TradeState::Pending && now > trade.expires_at => {
                let mut tx = self.begin().await?;
                let trade = load(&mut tx, sql, key, now).await?;
                tx.commit().await?;
                Ok(trade)
            }
            unchanged => Ok(unchanged),
        }
    }

    /// A phone has opened the page: from now on even an Alipay-like channel knows the trade.
    pub(in crate::sandbox) async fn scanned(&self, token: &str, now: Timestamp) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE trade SET scanned_at = ? WHERE token = ? AND scanned_at IS NULL AND state = 'pending'",
        )
        .bind(now.as_millisecond())
        .bind(token)
        .execute(&self.write)
        .await
        .map(drop)
    }

    /// Takes the payment once, and with it the duty to tell: `tell` writes the messages.
    pub(in crate::sandbox) async fn pay(
        &self,
        number: &str,
        how: How<'_>,
        tell: impl FnOnce(&TradeRow) -> Result<Vec<Message>, sqlx::Error> + Send,
    ) -> Result<Paying, sqlx::Error> {
        let now = how.now;
        let mut tx = self.begin().await?;
        let Some(before) = load(&mut tx, BY_NUMBER, number, now).await? else {
            return Ok(Paying::NotFound);
        };
        match before.state {
            TradeState::Pending => {}
            TradeState::Closed if how.although_closed => {}
            TradeState::Paid { .. } | TradeState::Closed | TradeState::Expired => {
                tx.commit().await?;
                return Ok(Paying::Unchanged);
            }
        }
        sqlx::query(
            "UPDATE trade SET state = 'paid', transaction_no = ?, paid_at = ?, paid_fen = ? WHERE number = ?",
        )
        .bind(how.transaction)
        .bind(now.as_millisecond())
        .bind(how.amiss.then(|| amiss(before.amount).get()))
        .bind(number)
        .execute(&mut *tx)
        .await?;
        let after = load(&mut tx, BY_NUMBER, number, now).await?.ok_or(sqlx::Error::RowNotFound)?;
        put(&mut tx, number, now, &tell(&after)?).await?;
        tx.commit().await?;
        Ok(Paying::Paid)
    }

    /// Takes a second payment of a trade that is paid.
    pub(in crate::sandbox) async fn pay_again(
        &self,
        number: &str,
        payment: &Payment,
        messages: &[Message],
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO paid_again (transaction_no, number, amount_fen, paid_at) VALUES (?, ?, ?, ?)",
        )
        .bind(&payment.transaction)
        .bind(number)
        .bind(payment.amount.get())
        .bind(payment.at.as_millisecond())
        .execute(&mut *tx)
        .await?;
        put(&mut tx, number, payment.at, messages).await?;
        tx.commit().await
    }

    /// The closed trades whose numbers begin so.
    pub(in crate::sandbox) async fn closed_of(&self, order: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT number FROM trade WHERE state = 'closed' AND substr(number, 1, ?) = ? ORDER BY number",
        )
        .bind(i64::try_from(order.len()).unwrap_or(0))
        .bind(order)
        .fetch_all(&self.read)
        .await
    }

    /// Closes a pending trade for ever and says how it stands: closed, or paid before.
    pub(in crate::sandbox) async fn close(
        &self,
        number: &str,
        now: Timestamp,
    ) -> Result<Option<TradeRow>, sqlx::Error> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE trade SET state = 'closed' WHERE number = ? AND state = 'pending'")
            .bind(number)
            .execute(&mut *tx)
            .await?;
        let trade = load(&mut tx, BY_NUMBER, number, now).await?;
        tx.commit().await?;
        Ok(trade)
    }

    /// Second payments from `start` up to, not including, `end`: number, transaction, amount, time.
    pub(in crate::sandbox) async fn paid_again_between(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<(String, String, Fen, Timestamp)>, sqlx::Error> {
        let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
            "SELECT number, transaction_no, amount_fen, paid_at FROM paid_again \
             WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, transaction_no",
        )
        .bind(start.as_millisecond())
        .bind(end.as_millisecond())
        .fetch_all(&self.read)
        .await?;
        rows.into_iter().map(|(number, paid, fen, at)| Ok((number, paid, Fen::new(fen), time(at)?))).collect()
    }

    /// Everything paid from `start` up to, not including, `end`, in order of time.
    pub(in crate::sandbox) async fn paid_between(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<TradeRow>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM trade WHERE paid_at >= ? AND paid_at < ? ORDER BY paid_at, number")
            .bind(start.as_millisecond())
            .bind(end.as_millisecond())
            .fetch_all(&self.read)
            .await
    }
}

/// Reads a trade inside a write transaction; if its time is over, writes that down.
async fn load(
    tx: &mut Transaction<'static, Sqlite>,
    sql: &'static str,
    key: &str,
    now: Timestamp,
) -> Result<Option<TradeRow>, sqlx::Error> {
    let row: Option<TradeRow> = sqlx::query_as(sql).bind(key).fetch_optional(&mut **tx).await?;
    let Some(mut trade) = row else { return Ok(None) };
    if trade.state == TradeState::Pending && now > trade.expires_at {
        sqlx::query("UPDATE trade SET state = 'expired' WHERE number = ?")
            .bind(&trade.number)
            .execute(&mut **tx)
            .await?;
        trade.state = TradeState::Expired;
    }
    Ok(Some(trade))
}

impl FromRow<'_, SqliteRow> for TradeRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let amount = Fen::new(row.try_get("amount_fen")?);
        let paid: Option<i64> = row.try_get("paid_fen")?;
        let state = match row.try_get("state")? {
            "pending" => TradeState::Pending,
            "paid" => TradeState::Paid {
                transaction: row.try_get("transaction_no")?,
                at: time(row.try_get("paid_at")?)?,
                amount: paid.map_or(amount, Fen::new),
            },
            "closed" => TradeState::Closed,
            "expired" => TradeState::Expired,
            other => return Err(sqlx::Error::Decode(format!("trade state {other}").into())),
        };
        Ok(Self {
            number: row.try_get("number")?,
            token: row.try_get("token")?,
            amount,
            subject: row.try_get("subject")?,
            expires_at: time(row.try_get("expires_at")?)?,
            scanned: row.try_get::<Option<i64>, _>("scanned_at")?.is_some(),
            state,
        })
    }
}
