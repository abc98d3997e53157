//! Supplies that are cut off for what is owed (欠费停电): how much at least brings them back, and their reconnection, which
//! this system plays by its clock.

use jiff::{Timestamp, civil::Date};
use powerhall_api::{CutOff, Reconnection, ReconnectionState};
use powerhall_money::Fen;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble, day,
    settle::{self, OpenBill, Rules},
};
use crate::port::AccountId;

impl EmbeddedBilling {
    /// `None` while the supply is on. What was due before `today` is the least that brings it back.
    pub(super) async fn read_cut_off(
        &self,
        account: &AccountId,
        open: &[OpenBill],
        rules: Rules<'_>,
        today: Date,
    ) -> Result<Option<CutOff>, Trouble> {
        let row = sqlx::query(
            "SELECT c.since, c.begun_ms, c.ended_ms, c.works, r.enough, r.asked_at FROM accounts a \
             JOIN cut_offs c ON c.account_id = a.id \
             LEFT JOIN reconnections r ON r.account_id = c.account_id AND r.enough = 1 WHERE a.number = ?",
        )
        .bind(&account.0)
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let since = day::from_number(row.try_get("since")?).ok_or(Trouble::Strange("a day"))?.to_string();
        let asked = row.try_get::<Option<i64>, _>("asked_at")?.is_some();
        if !asked {
            return Ok(Some(CutOff { since, reconnect_fen: past_due(open, rules, today)? }));
        }
        let (state, _) = state(&row, Timestamp::now().as_millisecond())?;
        let back = state == ReconnectionState::Done;
        Ok((!back).then_some(CutOff { since, reconnect_fen: Fen::ZERO }))
    }

    /// How far the reconnection that a posting asked for is; `None` when it asked for none.
    pub(super) async fn read_reconnection(&self, key: &str) -> Result<Option<Reconnection>, Trouble> {
        let row = sqlx::query(
            "SELECT c.begun_ms, c.ended_ms, c.works, r.enough, r.asked_at FROM postings p \
             JOIN reconnections r ON r.posting_id = p.id JOIN cut_offs c ON c.account_id = r.account_id \
             WHERE p.key = ?",
        )
        .bind(key)
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (state, since) = state(&row, Timestamp::now().as_millisecond())?;
        let what_now = match state {
            ReconnectionState::NotEnough => Some(self.hall.reconnection_not_enough()),
            ReconnectionState::Failed => Some(self.hall.reconnection_failed()),
            ReconnectionState::Asked
            | ReconnectionState::OnItsWay
            | ReconnectionState::Done
            | ReconnectionState::Unknown => None,
        };
        Ok(Some(Reconnection { state, since: day::rfc3339(since)?, what_now }))
    }
}

/// After a posting to an account: asks for its reconnection when it is cut off and nothing is past due any more.
pub(super) async fn after_posting(
    tx: &mut SqliteConnection,
    account: i64,
    posting: i64,
    open: &[OpenBill],
    rules: Rules<'_>,
    on: Date,
) -> Result<(), Trouble> {
    let waits: Option<i64> = sqlx::query_scalar(
        "SELECT c.account_id FROM cut_offs c WHERE c.account_id = ? AND NOT EXISTS \
         (SELECT 1 FROM reconnections r WHERE r.account_id = c.account_id AND r.enough = 1)",
    )
    .bind(account)
    .fetch_optional(&mut *tx)
    .await?;
    if waits.is_some() {
        sqlx::query(
            "INSERT INTO reconnections (posting_id, account_id, enough, asked_at) VALUES (?, ?, ?, ?)",
        )
        .bind(posting)
        .bind(account)
        .bind(past_due(open, rules, on)? == Fen::ZERO)
        .bind(Timestamp::now().as_millisecond())
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// What was due before a day, late fees included.
fn past_due(open: &[OpenBill], rules: Rules<'_>, day: Date) -> Result<Fen, Trouble> {
    let late: Vec<_> = open.iter().filter(|bill| bill.due < day).cloned().collect();
    Ok(settle::owed(&late, rules, day)?)
}

/// Where a reconnection stands, and since when.
fn state(row: &SqliteRow, now: i64) -> Result<(ReconnectionState, i64), Trouble> {
    let asked_at: i64 = row.try_get("asked_at")?;
    if !row.try_get::<bool, _>("enough")? {
        return Ok((ReconnectionState::NotEnough, asked_at));
    }
    let at = |ms: i64| asked_at.saturating_add(ms);
    let (begun, ended) = (at(row.try_get("begun_ms")?), at(row.try_get("ended_ms")?));
    let end = if row.try_get("works")? { ReconnectionState::Done } else { ReconnectionState::Failed };
    Ok(if now >= ended {
        (end, ended)
    } else if now >= begun {
        (ReconnectionState::OnItsWay, begun)
    } else {
        (ReconnectionState::Asked, asked_at)
    })
}
