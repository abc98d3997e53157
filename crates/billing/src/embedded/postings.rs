//! Posting, asking, fencing, and the day file. One call is one transaction; a refusal is as durable as a posting.

use jiff::civil::Date;
use powerhall_hall::Month;
use powerhall_money::{Cause, Fen, Outcome};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble,
    accounts::{account_row, open_bills},
    day,
    settle::{self, OpenBill, Settlement},
    supply,
};
use crate::port::{AccountId, DayLine, Fence, NewPosting, Posted, Target};

/// The code of a key that was fenced before it was posted.
const FENCED: &str = "fenced";
/// The longest key.
const LONGEST_KEY: usize = 64;

impl EmbeddedBilling {
    pub(super) async fn write_posting(&self, posting: &NewPosting) -> Result<Outcome<Posted>, Trouble> {
        if !is_key(&posting.key) {
            return Ok(Outcome::Rejected("bad_key".to_owned()));
        }
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if let Some((posted, same)) = find_posting(&mut tx, &posting.key, Some(posting)).await? {
            return Ok(if same {
                Outcome::Definite(posted)
            } else {
                // Something is posted under this key: whoever takes it for a refusal pays twice.
                Outcome::Unknown(Cause::UnknownCode("key_reused".to_owned()))
            });
        }
        if let Some(code) = find_refusal(&mut tx, &posting.key).await? {
            return Ok(Outcome::Rejected(code));
        }
        let outcome = match self.apply(&mut tx, posting).await? {
            Ok(posted) => Outcome::Definite(posted),
            Err(code) => {
                refuse(&mut tx, &posting.key, code).await?;
                Outcome::Rejected(code.to_owned())
            }
        };
        tx.commit().await?;
        Ok(outcome)
    }

    /// Decides and writes a posting; the inner error is the code of a refusal, before which nothing was written.
    async fn apply(
        &self,
        tx: &mut SqliteConnection,
        posting: &NewPosting,
    ) -> Result<Result<Posted, &'static str>, Trouble> {
        if !posting.amount.is_positive() {
            return Ok(Err("bad_amount"));
        }
        match &posting.to {
            Target::Account(account) => self.pay_account(tx, posting, account).await,
            Target::Recharge(account) => self.recharge(tx, posting, account).await,
            Target::Fee(fee) => self.pay_fee(tx, posting, fee).await,
        }
    }

    async fn pay_account(
        &self,
        tx: &mut SqliteConnection,
        posting: &NewPosting,
        account: &AccountId,
    ) -> Result<Result<Posted, &'static str>, Trouble> {
        let Some(account) = account_row(tx, &account.0).await? else {
            return Ok(Err("account_unknown"));
        };
        if account.closed {
            return Ok(Err("account_closed"));
        }
        let Ok(chosen) =
            posting.periods.iter().map(|period| period.parse()).collect::<Result<Vec<Month>, _>>()
        else {
            return Ok(Err("bad_period"));
        };
        let on = day::in_beijing(posting.paid_at);
        let fees_to = fees_to(posting, on);
        let rules = self.rules(&account.class)?;
        let mut bills = open_bills(tx, account.id).await?;
        if posting.exact && settle::already_paid(&bills, &chosen, posting.amount, rules, fees_to)? {
            return Ok(Err("already_paid"));
        }
        let (settlements, surplus) = settle::settle(&mut bills, &chosen, posting.amount, rules, fees_to)?;
        let Ok(credit) = account.credit.plus(surplus) else { return Ok(Err("bad_amount")) };
        let arrears = settle::owed(&bills, rules, on)?;
        let place = Place::Account { account: account.id };
        let (id, posted) = book(tx, posting, Booked { place, surplus, arrears, credit }).await?;
        for settlement in &settlements {
            write_settlement(tx, id, account.id, settlement, &bills).await?;
        }
        sqlx::query("UPDATE accounts SET credit_fen = ? WHERE id = ?")
            .bind(credit.get())
            .bind(account.id)
            .execute(&mut *tx)
            .await?;
        supply::after_posting(tx, account.id, id, &bills, rules, on).await?;
        Ok(Ok(posted))
    }

    pub(super) async fn read_posting(&self, key: &str) -> Result<Option<Posted>, Trouble> {
        let mut connection = self.reader.acquire().await?;
        Ok(find_posting(&mut connection, key, None).await?.map(|(posted, _)| posted))
    }

    pub(super) async fn write_fence(&self, key: &str) -> Result<Outcome<Fence>, Trouble> {
        if !is_key(key) {
            // It can never be posted either, but a caller that sends it has a mistake to see.
            return Ok(Outcome::Rejected("bad_key".to_owned()));
        }
        let mut tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        if let Some((posted, _)) = find_posting(&mut tx, key, None).await? {
            return Ok(Outcome::Definite(Fence::Posted(posted)));
        }
        if find_refusal(&mut tx, key).await?.is_none() {
            refuse(&mut tx, key, FENCED).await?;
            tx.commit().await?;
        }
        Ok(Outcome::Definite(Fence::Fenced))
    }

    /// A posting belongs to the Beijing day on which the customer paid, so that the file balances against the
    /// channels' statements; one that comes late joins the file of that day.
    pub(super) async fn read_day(&self, of: Date) -> Result<Vec<DayLine>, Trouble> {
        let rows = sqlx::query("SELECT key, amount_fen, number FROM postings WHERE day = ? ORDER BY id")
            .bind(day::number(of))
            .fetch_all(&self.reader)
            .await?;
        let line = |row: &SqliteRow| {
            Ok(DayLine {
                key: row.try_get("key")?,
                amount: Fen::new(row.try_get("amount_fen")?),
                number: row.try_get("number")?,
            })
        };
        rows.iter().map(line).collect()
    }
}

/// Where a posting is written down.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Account { account: i64 },
    Recharge { account: i64 },
    Fee { application: i64, item: i64 },
}

/// What a posting comes to.
pub(super) struct Booked {
    pub place: Place,
    pub surplus: Fen,
    pub arrears: Fen,
    pub credit: Fen,
}

/// Writes the row of a posting and gives its id.
pub(super) async fn book(
    tx: &mut SqliteConnection,
    posting: &NewPosting,
    booked: Booked,
) -> Result<(i64, Posted), Trouble> {
    let on = day::in_beijing(posting.paid_at);
    let id: i64 =
        sqlx::query_scalar("SELECT coalesce(max(id), 0) + 1 FROM postings").fetch_one(&mut *tx).await?;
    let posted = Posted {
        number: format!("{}{id:08}", day::number(on)),
        amount: posting.amount,
        arrears: booked.arrears,
        credit: booked.credit,
    };
    let (kind, account, fee) = match booked.place {
        Place::Account { account } => ("account", Some(account), None),
        Place::Recharge { account } => ("recharge", Some(account), None),
        Place::Fee { application, item } => ("fee", None, Some((application, item))),
    };
    sqlx::query(
        "INSERT INTO postings (id, key, number, kind, account_id, application_id, item, amount_fen, periods, exact, \
         paid_at, day, surplus_fen, arrears_fen, credit_fen, quoted_on) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(&posting.key)
    .bind(&posted.number)
    .bind(kind)
    .bind(account)
    .bind(fee.map(|(application, _)| application))
    .bind(fee.map(|(_, item)| item))
    .bind(posted.amount.get())
    .bind(posting.periods.join(" "))
    .bind(posting.exact)
    .bind(posting.paid_at.to_string())
    .bind(day::number(on))
    .bind(booked.surplus.get())
    .bind(posted.arrears.get())
    .bind(posted.credit.get())
    .bind(posting.quoted_on.map(day::number))
    .execute(tx)
    .await?;
    Ok((id, posted))
}

/// The day up to which late fees are computed: the quote's, when midnight fell between an exact quote and its payment.
fn fees_to(posting: &NewPosting, on: Date) -> Date {
    match posting.quoted_on {
        Some(quoted) if posting.exact && on.yesterday().is_ok_and(|eve| eve == quoted) => quoted,
        Some(_) | None => on,
    }
}

fn is_key(key: &str) -> bool {
    (1..=LONGEST_KEY).contains(&key.chars().count())
}

/// The posting with this key, and whether it has the content of `other`.
async fn find_posting(
    connection: &mut SqliteConnection,
    key: &str,
    other: Option<&NewPosting>,
) -> Result<Option<(Posted, bool)>, Trouble> {
    let row = sqlx::query(
        "SELECT p.number, p.amount_fen, p.arrears_fen, p.credit_fen, p.periods, p.exact, p.paid_at, p.quoted_on, \
         p.kind, p.item, a.number AS account, f.number AS application FROM postings p \
         LEFT JOIN accounts a ON a.id = p.account_id LEFT JOIN applications f ON f.id = p.application_id \
         WHERE p.key = ?",
    )
    .bind(key)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let posted = Posted {
        number: row.try_get("number")?,
        amount: Fen::new(row.try_get("amount_fen")?),
        arrears: Fen::new(row.try_get("arrears_fen")?),
        credit: Fen::new(row.try_get("credit_fen")?),
    };
    let same = match other {
        None => true,
        Some(other) => {
            same_target(&row, &other.to)?
                && posted.amount == other.amount
                && row.try_get::<&str, _>("periods")? == other.periods.join(" ")
                && row.try_get::<bool, _>("exact")? == other.exact
                && row.try_get::<&str, _>("paid_at")? == other.paid_at.to_string()
                && row.try_get::<Option<i64>, _>("quoted_on")? == other.quoted_on.map(day::number)
        }
    };
    Ok(Some((posted, same)))
}

fn same_target(row: &SqliteRow, target: &Target) -> Result<bool, Trouble> {
    let kind: &str = row.try_get("kind")?;
    let account: Option<&str> = row.try_get("account")?;
    Ok(match target {
        Target::Account(wanted) => kind == "account" && account == Some(wanted.0.as_str()),
        Target::Recharge(wanted) => kind == "recharge" && account == Some(wanted.0.as_str()),
        Target::Fee(fee) => {
            row.try_get::<Option<&str>, _>("application")? == Some(fee.application.0.as_str())
                && row.try_get::<Option<i64>, _>("item")? == Some(i64::from(fee.item))
        }
    })
}

async fn find_refusal(connection: &mut SqliteConnection, key: &str) -> Result<Option<String>, Trouble> {
    let code = sqlx::query_scalar("SELECT code FROM refused_keys WHERE key = ?")
        .bind(key)
        .fetch_optional(connection)
        .await?;
    Ok(code)
}

async fn refuse(connection: &mut SqliteConnection, key: &str, code: &str) -> Result<(), Trouble> {
    sqlx::query("INSERT INTO refused_keys (key, code) VALUES (?, ?)")
        .bind(key)
        .bind(code)
        .execute(connection)
        .await?;
    Ok(())
}

async fn write_settlement(
    tx: &mut SqliteConnection,
    posting: i64,
    account: i64,
    settlement: &Settlement,
    bills: &[OpenBill],
) -> Result<(), Trouble> {
    let period = settlement.period.number();
    let bill = bills.iter().find(|bill| bill.period == settlement.period);
    let bill = bill.ok_or(Trouble::Strange("a settlement without its bill"))?;
    sqlx::query("INSERT INTO settlements (posting_id, period, principal_fen, late_fen) VALUES (?, ?, ?, ?)")
        .bind(posting)
        .bind(period)
        .bind(settlement.principal.get())
        .bind(settlement.late.get())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE bills SET paid_fen = ?, late_paid_fen = ?, accrued = ?, accrued_to = ? \
         WHERE account_id = ? AND period = ?",
    )
    .bind(bill.paid.get())
    .bind(bill.late_paid.get())
    .bind(bill.accrued.0)
    .bind(day::number(bill.accrued_to))
    .bind(account)
    .bind(period)
    .execute(tx)
    .await?;
    Ok(())
}
