//! Refunds: idempotent by their number, never more in sum than was paid. A refund is done when its time has come;
//! that is a matter of reading, so no job can be lost.

use jiff::Timestamp;
use powerhall_money::Fen;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

use super::{Book, TradeRow, TradeState, time};
use crate::port::NewRefund;

/// A refund as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct RefundRow {
    pub(in crate::sandbox) number: String,
    pub(in crate::sandbox) refund_number: String,
    pub(in crate::sandbox) amount: Fen,
    pub(in crate::sandbox) total: Fen,
    pub(in crate::sandbox) reason: String,
    pub(in crate::sandbox) transaction: String,
    pub(in crate::sandbox) accepted_at: Timestamp,
    pub(in crate::sandbox) done_at: Timestamp,
}

/// The end of asking for a refund.
#[derive(Debug)]
pub(in crate::sandbox) enum Refunding {
    /// New, or the same as before.
    Refund(RefundRow),
    /// No such trade.
    NoTrade,
    /// The trade was not paid.
    NotPaid,
    /// The number has a refund of other content.
    Differs,
    /// Not above zero, not the trade's total, or more than is left.
    Amount,
}

impl Book {
    /// Accepts the refund, or finds the one that the same request made before.
    pub(in crate::sandbox) async fn refund(
        &self,
        new: &NewRefund,
        transaction: &str,
        now: Timestamp,
        done_at: Timestamp,
    ) -> Result<Refunding, sqlx::Error> {
        let mut tx = self.begin().await?;
        let old: Option<RefundRow> = sqlx::query_as("SELECT * FROM refund WHERE refund_number = ?")
            .bind(&new.refund_number)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(old) = old {
            let same = old.number == new.number
                && old.amount == new.amount
                && old.total == new.total
                && old.reason == new.reason;
            return Ok(if same { Refunding::Refund(old) } else { Refunding::Differs });
        }
        let trade: Option<TradeRow> = sqlx::query_as("SELECT * FROM trade WHERE number = ?")
            .bind(&new.number)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(trade) = trade else { return Ok(Refunding::NoTrade) };
        let paid = match trade.state {
            TradeState::Paid { amount, .. } => amount,
            TradeState::Pending | TradeState::Closed | TradeState::Expired => return Ok(Refunding::NotPaid),
        };
        let given: i64 =
            sqlx::query_scalar("SELECT COALESCE(SUM(amount_fen), 0) FROM refund WHERE number = ?")
                .bind(&new.number)
                .fetch_one(&mut *tx)
                .await?;
        let fits = Fen::new(given).plus(new.amount).is_ok_and(|sum| sum <= paid);
        if !new.amount.is_positive() || new.total != paid || !fits {
            return Ok(Refunding::Amount);
        }
        let refund = RefundRow {
            number: new.number.clone(),
            refund_number: new.refund_number.clone(),
            amount: new.amount,
            total: new.total,
            reason: new.reason.clone(),
            transaction: transaction.to_owned(),
            accepted_at: now,
            done_at,
        };
        sqlx::query(
            "INSERT INTO refund (refund_number, number, amount_fen, total_fen, reason, transaction_no, \
             accepted_at, done_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&refund.refund_number)
        .bind(&refund.number)
        .bind(refund.amount.get())
        .bind(refund.total.get())
        .bind(&refund.reason)
        .bind(&refund.transaction)
        .bind(refund.accepted_at.as_millisecond())
        .bind(refund.done_at.as_millisecond())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Refunding::Refund(refund))
    }

    /// The refund of this number on this trade.
    pub(in crate::sandbox) async fn find_refund(
        &self,
        number: &str,
        refund_number: &str,
    ) -> Result<Option<RefundRow>, sqlx::Error> {
        sqlx::query_as("SELECT * FROM refund WHERE refund_number = ? AND number = ?")
            .bind(refund_number)
            .bind(number)
            .fetch_optional(&self.read)
            .await
    }

    /// Everything accepted from `start` up to, not including, `end`, in order of time.
    pub(in crate::sandbox) async fn refunded_between(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> Result<Vec<RefundRow>, sqlx::Error> {
        sqlx::query_as(
            "SELECT * FROM refund WHERE accepted_at >= ? AND accepted_at < ? ORDER BY accepted_at, refund_number",
        )
        .bind(start.as_millisecond())
        .bind(end.as_millisecond())
        .fetch_all(&self.read)
        .await
    }
}

impl FromRow<'_, SqliteRow> for RefundRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            refund_number: row.try_get("refund_number")?,
            amount: Fen::new(row.try_get("amount_fen")?),
            total: Fen::new(row.try_get("total_fen")?),
            reason: row.try_get("reason")?,
            transaction: row.try_get("transaction_no")?,
            accepted_at: time(row.try_get("accepted_at")?)?,
            done_at: time(row.try_get("done_at")?)?,
        })
    }
}
