//! Accounts that are paid for in advance (预购电): what the meter has, what is on its way to it, and recharges, which this
//! system plays by its clock.

use jiff::Timestamp;
use powerhall_api::{Blocked, MeterBalance, Prepaid, Recharge, RechargeState};
use powerhall_money::Fen;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble,
    accounts::account_row,
    day,
    postings::{Booked, Place},
};
use crate::port::{AccountId, NewPosting, Posted, Prepay};

/// A meter as it stands on file.
struct Meter {
    closed: bool,
    balance: Fen,
    said_at: Option<i64>,
    is_online: bool,
    least: Fen,
    recharges: Vec<OnItsWay>,
}

/// Money that was sent to a meter, and how far it is.
struct OnItsWay {
    amount: Fen,
    state: RechargeState,
    /// In milliseconds since 1970.
    since: i64,
}

impl EmbeddedBilling {
    /// `None` for an account that is billed after use.
    pub(super) async fn read_prepay(&self, account: &AccountId) -> Result<Option<Prepay>, Trouble> {
        let mut connection = self.reader.acquire().await?;
        let now = Timestamp::now().as_millisecond();
        meter(&mut connection, &account.0, now).await?.map(|meter| meter.prepay()).transpose()
    }

    /// Sends money to a meter; the inner error is the code of a refusal, before which nothing was written.
    pub(super) async fn recharge(
        &self,
        tx: &mut SqliteConnection,
        posting: &NewPosting,
        account: &AccountId,
    ) -> Result<Result<Posted, &'static str>, Trouble> {
        let Some(row) = account_row(tx, &account.0).await? else { return Ok(Err("account_unknown")) };
        let now = Timestamp::now().as_millisecond();
        let Some(meter) = meter(tx, &account.0, now).await? else { return Ok(Err("not_prepaid")) };
        if let Some(code) = meter.blocked().map(refusal) {
            return Ok(Err(code));
        }
        if posting.amount < meter.least {
            return Ok(Err("below_least"));
        }
        let place = Place::Recharge { account: row.id };
        // Like credit, it settles no month.
        let booked = Booked { place, surplus: posting.amount, arrears: Fen::ZERO, credit: row.credit };
        let (id, posted) = super::postings::book(tx, posting, booked).await?;
        sqlx::query(
            "INSERT INTO recharges (account_id, posting_id, amount_fen, asked_at) VALUES (?, ?, ?, ?)",
        )
        .bind(row.id)
        .bind(id)
        .bind(posting.amount.get())
        .bind(now)
        .execute(tx)
        .await?;
        Ok(Ok(posted))
    }

    /// How far the recharge of a posting is; `None` when it was none.
    pub(super) async fn read_recharge(&self, key: &str) -> Result<Option<Recharge>, Trouble> {
        let row = sqlx::query(
            "SELECT r.amount_fen, r.asked_at, m.sent_ms, m.answered_ms, m.takes_it FROM postings p \
             JOIN recharges r ON r.posting_id = p.id JOIN meters m ON m.account_id = r.account_id WHERE p.key = ?",
        )
        .bind(key)
        .fetch_optional(&self.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let far = on_its_way(&row, Timestamp::now().as_millisecond())?;
        let failed = far.state == RechargeState::Failed;
        Ok(Some(Recharge {
            state: far.state,
            since: day::rfc3339(far.since)?,
            what_now: failed.then(|| self.hall.recharge_failed()),
        }))
    }
}

impl Meter {
    /// What is at the meter now, and since when.
    fn at_meter(&self) -> Result<Option<(Fen, i64)>, Trouble> {
        let Some(said_at) = self.said_at else { return Ok(None) };
        let arrived = self.recharges.iter().filter(|r| r.state == RechargeState::AtMeter);
        let mut standing = (self.balance, said_at);
        for recharge in arrived {
            let balance = standing.0.plus(recharge.amount).map_err(|_| Trouble::Strange("a balance"))?;
            standing = (balance, standing.1.max(recharge.since));
        }
        Ok(Some(standing))
    }

    fn not_arrived(&self) -> impl Iterator<Item = &OnItsWay> {
        self.recharges.iter().filter(|recharge| recharge.state != RechargeState::AtMeter)
    }

    /// The pre-check of a recharge from afar.
    fn blocked(&self) -> Option<Blocked> {
        if self.closed {
            Some(Blocked::AccountClosed)
        } else if self.not_arrived().next().is_some() {
            Some(Blocked::EarlierUnfinished)
        } else if !self.is_online {
            Some(Blocked::MeterOffline)
        } else {
            None
        }
    }

    fn prepay(&self) -> Result<Prepay, Trouble> {
        let at_meter = self.at_meter()?.map(|(balance_fen, as_of)| {
            Ok::<_, Trouble>(MeterBalance { balance_fen, as_of: day::rfc3339(as_of)? })
        });
        let in_system_fen =
            Fen::sum(self.not_arrived().map(|r| r.amount)).map_err(|_| Trouble::Strange("a balance"))?;
        let public = Prepaid { at_meter: at_meter.transpose()?, in_system_fen, blocked: self.blocked() };
        Ok(Prepay { public, least: self.least })
    }
}

/// The code of the refusal that a block leads to.
const fn refusal(blocked: Blocked) -> &'static str {
    match blocked {
        Blocked::AccountClosed => "account_closed",
        Blocked::EarlierUnfinished => "recharge_unfinished",
        Blocked::MeterOffline | Blocked::Unknown => "meter_offline",
    }
}

async fn meter(connection: &mut SqliteConnection, number: &str, now: i64) -> Result<Option<Meter>, Trouble> {
    let row = sqlx::query(
        "SELECT a.id, a.closed_on, m.balance_fen, m.said_at, m.is_online, m.least_fen FROM accounts a \
         JOIN meters m ON m.account_id = a.id WHERE a.number = ?",
    )
    .bind(number)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let recharges = sqlx::query(
        "SELECT r.amount_fen, r.asked_at, m.sent_ms, m.answered_ms, m.takes_it FROM recharges r \
         JOIN meters m ON m.account_id = r.account_id WHERE r.account_id = ? ORDER BY r.id",
    )
    .bind(row.try_get::<i64, _>("id")?)
    .fetch_all(connection)
    .await?;
    let recharges = recharges.iter().map(|row| on_its_way(row, now)).collect::<Result<_, _>>()?;
    Ok(Some(Meter {
        closed: row.try_get::<Option<i64>, _>("closed_on")?.is_some(),
        balance: Fen::new(row.try_get("balance_fen")?),
        said_at: row.try_get("said_at")?,
        is_online: row.try_get("is_online")?,
        least: Fen::new(row.try_get("least_fen")?),
        recharges,
    }))
}

fn on_its_way(row: &SqliteRow, now: i64) -> Result<OnItsWay, Trouble> {
    let asked_at: i64 = row.try_get("asked_at")?;
    let at = |ms: i64| asked_at.saturating_add(ms);
    let (sent, answered) = (at(row.try_get("sent_ms")?), at(row.try_get("answered_ms")?));
    let end = if row.try_get("takes_it")? { RechargeState::AtMeter } else { RechargeState::Failed };
    let (state, since) = if now >= answered {
        (end, answered)
    } else if now >= sent {
        (RechargeState::Sent, sent)
    } else {
        (RechargeState::Asked, asked_at)
    };
    Ok(OnItsWay { amount: Fen::new(row.try_get("amount_fen")?), state, since })
}
