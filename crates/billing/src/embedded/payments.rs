//! What was paid for an account: through the port, with what each posting settled, and by other ways.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use powerhall_api::{PaidBy, PaidPart, Payments, Personal};
use powerhall_hall::{ChargeError, Month};
use powerhall_money::{Fen, Outcome};
use sqlx::{Row, sqlite::SqliteRow};

use super::{EmbeddedBilling, Trouble, day};
use crate::port::{AccountId, Payment, Taxable};

/// Through the port: a row for each month settled, and one without a month when nothing was. By other ways: a row for each
/// month. `?` is the account's number, then the day from which, each twice.
const PAYMENTS: &str = "\
    SELECT p.number, p.key, p.paid_at, p.amount_fen AS whole_fen, 'kiosk' AS way, p.surplus_fen, \
           s.period, s.principal_fen, s.late_fen \
    FROM accounts a JOIN postings p ON p.account_id = a.id LEFT JOIN settlements s ON s.posting_id = p.id \
    WHERE a.number = ? AND p.day >= ? \
    UNION ALL \
    SELECT e.number, NULL, e.paid_at, NULL, e.way, 0, e.period, e.amount_fen, 0 \
    FROM accounts a JOIN paid_elsewhere e ON e.account_id = a.id \
    WHERE a.number = ? AND e.day >= ? \
    ORDER BY 7";

impl EmbeddedBilling {
    pub(super) async fn read_payments(
        &self,
        account: &AccountId,
        since: Date,
    ) -> Result<Outcome<Vec<Payment>>, Trouble> {
        let known: Option<i64> = sqlx::query_scalar("SELECT id FROM accounts WHERE number = ?")
            .bind(&account.0)
            .fetch_optional(&self.reader)
            .await?;
        if known.is_none() {
            return Ok(Outcome::Rejected("account_unknown".to_owned()));
        }
        let mut payments = self.paid(account, day::number(since)).await?;
        payments.truncate(Payments::MOST);
        Ok(Outcome::Definite(payments))
    }

    pub(super) async fn read_taxable(
        &self,
        account: &AccountId,
        number: &str,
    ) -> Result<Option<Taxable>, Trouble> {
        let payments = self.paid(account, 0).await?;
        let Some(payment) = payments.into_iter().find(|payment| payment.number == number) else {
            return Ok(None);
        };
        let rows = sqlx::query(
            "SELECT a.name, a.address, a.taxpayer, b.period, b.kwh, b.amount_fen FROM accounts a \
             LEFT JOIN bills b ON b.account_id = a.id WHERE a.number = ?",
        )
        .bind(&account.0)
        .fetch_all(&self.reader)
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut bills = BTreeMap::new();
        for row in &rows {
            let Some(period) = row.try_get::<Option<i64>, _>("period")? else { continue };
            bills.insert(month(period)?.to_string(), (row.try_get("kwh")?, row.try_get("amount_fen")?));
        }
        let whole = payment.parts.iter().map(|part| {
            let (kwh, amount): (i64, i64) = bills.get(&part.period).copied()?;
            (part.amount_fen.get() == amount).then_some(kwh)
        });
        let whole = whole.collect::<Option<Vec<i64>>>().filter(|months| !months.is_empty());
        let kwh = whole.map(|months| months.into_iter().try_fold(0_i64, i64::checked_add));
        Ok(Some(Taxable {
            name: Personal::new(first.try_get("name")?),
            taxpayer: first.try_get::<Option<String>, _>("taxpayer")?.map(Personal::new),
            address: Personal::new(first.try_get("address")?),
            kwh: kwh.map(|kwh| kwh.ok_or(ChargeError::Overflow)).transpose()?,
            payment,
        }))
    }

    /// All payments from a day (yyyymmdd) on, newest first.
    async fn paid(&self, account: &AccountId, since: i64) -> Result<Vec<Payment>, Trouble> {
        let rows = sqlx::query(PAYMENTS)
            .bind(&account.0)
            .bind(since)
            .bind(&account.0)
            .bind(since)
            .fetch_all(&self.reader)
            .await?;
        let mut payments: BTreeMap<String, Payment> = BTreeMap::new();
        for row in &rows {
            let number: String = row.try_get("number")?;
            let part = part(row)?;
            let payment = match payments.get_mut(&number) {
                Some(payment) => payment,
                None => payments.entry(number.clone()).or_insert(empty(number, row)?),
            };
            if let Some(part) = part {
                // What was paid elsewhere has no sum of its own.
                if payment.key.is_none() {
                    payment.amount =
                        payment.amount.plus(part.amount_fen).map_err(|_| ChargeError::Overflow)?;
                }
                payment.parts.push(part);
            }
        }
        let mut payments: Vec<Payment> = payments.into_values().collect();
        payments.sort_by(|a, b| (b.paid_at, &b.number).cmp(&(a.paid_at, &a.number)));
        Ok(payments)
    }
}

fn month(period: i64) -> Result<Month, Trouble> {
    Month::from_number(period).map_err(|_| Trouble::Strange("a month"))
}

/// A payment of which nothing is told yet.
fn empty(number: String, row: &SqliteRow) -> Result<Payment, Trouble> {
    let paid_at: &str = row.try_get("paid_at")?;
    Ok(Payment {
        number,
        key: row.try_get("key")?,
        paid_at: paid_at.parse::<Timestamp>().map_err(|_| Trouble::Strange("a time"))?,
        amount: Fen::new(row.try_get::<Option<i64>, _>("whole_fen")?.unwrap_or(0)),
        way: way(row.try_get("way")?),
        parts: Vec::new(),
        credit: Fen::new(row.try_get("surplus_fen")?),
    })
}

fn part(row: &SqliteRow) -> Result<Option<PaidPart>, Trouble> {
    let Some(period) = row.try_get::<Option<i64>, _>("period")? else { return Ok(None) };
    Ok(Some(PaidPart {
        period: month(period)?.to_string(),
        amount_fen: Fen::new(row.try_get("principal_fen")?),
        late_fee_fen: Fen::new(row.try_get("late_fen")?),
    }))
}

fn way(word: &str) -> PaidBy {
    match word {
        "kiosk" => PaidBy::Kiosk,
        "counter" => PaidBy::Counter,
        "online" => PaidBy::Online,
        "debit" => PaidBy::Debit,
        "bank" => PaidBy::Bank,
        _ => PaidBy::Other,
    }
}
