//! Finding an account, and what it owes.

use jiff::civil::Date;
use powerhall_api::{Account, Bill};
use powerhall_hall::{Accrued, Month};
use powerhall_money::{Fen, Outcome};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble, day,
    settle::{OpenBill, Rules},
};
use crate::{
    mask,
    port::{AccountId, AccountRecord, Arrears},
};

/// What posting and arrears need of an account.
pub(super) struct AccountRow {
    pub id: i64,
    pub class: String,
    pub closed: bool,
    pub credit: Fen,
}

impl EmbeddedBilling {
    pub(super) async fn read_account(&self, number: &str) -> Result<Option<AccountRecord>, Trouble> {
        let row = sqlx::query("SELECT name, address, class FROM accounts WHERE number = ?")
            .bind(number)
            .fetch_optional(&self.reader)
            .await?;
        row.map(|row| self.record(number.to_owned(), &row)).transpose()
    }

    /// The account of a row with its name, address and class.
    pub(super) fn record(&self, number: String, row: &SqliteRow) -> Result<AccountRecord, Trouble> {
        let class: String = row.try_get("class")?;
        let public = Account {
            name_masked: mask::name(row.try_get("name")?),
            address_masked: mask::address(row.try_get("address")?),
            account_masked: mask::account(&number),
            category: self.hall.text(&format!("class.{class}")),
        };
        Ok(AccountRecord { id: AccountId(number), public })
    }

    pub(super) async fn read_arrears(
        &self,
        account: &AccountId,
        today: Date,
    ) -> Result<Outcome<Arrears>, Trouble> {
        // One statement, so that bills and credit are of the same instant. An account that owes nothing is one row
        // without a bill.
        let rows = sqlx::query(
            "SELECT a.class, a.credit_fen, b.period, b.kwh, b.amount_fen, b.due, b.paid_fen, b.late_paid_fen, \
             b.accrued, b.accrued_to FROM accounts a \
             LEFT JOIN bills b ON b.account_id = a.id AND b.paid_fen < b.amount_fen \
             WHERE a.number = ? ORDER BY b.period",
        )
        .bind(&account.0)
        .fetch_all(&self.reader)
        .await?;
        let Some(first) = rows.first() else {
            return Ok(Outcome::Rejected("account_unknown".to_owned()));
        };
        let credit = Fen::new(first.try_get("credit_fen")?);
        let owes = first.try_get::<Option<i64>, _>("period")?.is_some();
        let open = if owes { rows.iter().map(open_bill).collect::<Result<Vec<_>, _>>()? } else { Vec::new() };
        let rules = self.rules(first.try_get("class")?)?;
        let bills = open.iter().map(|bill| {
            Ok(Bill {
                period: bill.period.to_string(),
                kwh: bill.kwh,
                amount_fen: bill.principal()?,
                late_fee_fen: bill.late(rules, today)?,
                due_date: bill.due.to_string(),
            })
        });
        let bills = bills.collect::<Result<Vec<_>, Trouble>>()?;
        let cut_off = self.read_cut_off(account, &open, rules, today).await?;
        let prepay = self.read_prepay(account).await?;
        Ok(Outcome::Definite(Arrears { bills, credit, cut_off, prepay }))
    }

    /// Closes an account (销户) on a day: from now on it takes no money. False when there is no such open account.
    pub async fn close_account(&self, account: &AccountId, on: Date) -> Result<bool, sqlx::Error> {
        let done = sqlx::query("UPDATE accounts SET closed_on = ? WHERE number = ? AND closed_on IS NULL")
            .bind(day::number(on))
            .bind(&account.0)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) fn rules(&self, class: &str) -> Result<Rules<'_>, Trouble> {
        Ok(Rules { fees: &self.hall.late_fees, customer: self.hall.tariff(class)?.customer })
    }
}

pub(super) async fn account_row(
    connection: &mut SqliteConnection,
    number: &str,
) -> Result<Option<AccountRow>, Trouble> {
    let row = sqlx::query("SELECT id, class, closed_on, credit_fen FROM accounts WHERE number = ?")
        .bind(number)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(AccountRow {
            id: row.try_get("id")?,
            class: row.try_get("class")?,
            closed: row.try_get::<Option<i64>, _>("closed_on")?.is_some(),
            credit: Fen::new(row.try_get("credit_fen")?),
        })
    })
    .transpose()
}

/// The bills with something left to pay, oldest first.
pub(super) async fn open_bills(
    connection: &mut SqliteConnection,
    account: i64,
) -> Result<Vec<OpenBill>, Trouble> {
    let rows = sqlx::query(
        "SELECT period, kwh, amount_fen, due, paid_fen, late_paid_fen, accrued, accrued_to \
         FROM bills WHERE account_id = ? AND paid_fen < amount_fen ORDER BY period",
    )
    .bind(account)
    .fetch_all(connection)
    .await?;
    rows.iter().map(open_bill).collect()
}

pub(super) fn open_bill(row: &SqliteRow) -> Result<OpenBill, Trouble> {
    let date = |name| {
        let number: i64 = row.try_get(name)?;
        day::from_number(number).ok_or(Trouble::Strange("a day"))
    };
    Ok(OpenBill {
        period: Month::from_number(row.try_get("period")?).map_err(|_| Trouble::Strange("a month"))?,
        kwh: row.try_get("kwh")?,
        amount: Fen::new(row.try_get("amount_fen")?),
        due: date("due")?,
        paid: Fen::new(row.try_get("paid_fen")?),
        late_paid: Fen::new(row.try_get("late_paid_fen")?),
        accrued: Accrued(row.try_get("accrued")?),
        accrued_to: date("accrued_to")?,
    })
}
