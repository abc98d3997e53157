//! The file of invoices on SQLite.

use async_trait::async_trait;
use powerhall_invoice::port::Issued;
use powerhall_money::{Moment, Outcome};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use super::invoices::InvoiceFile;
use super::sqlite::{SqliteStore, load};
use super::{StoreError, StoredOrder};
use crate::invoicing::{InvoiceRow, Next, Stand};

#[async_trait]
impl InvoiceFile for SqliteStore {
    async fn ask_invoice(&self, payment: &str, now: Moment) -> Result<Next, StoreError> {
        let mut tx = self.begin().await?;
        let (row, next) = held(&mut tx, payment).await?.ask(now);
        if next == Next::Try {
            write(&mut tx, &row).await?;
            tx.commit().await?;
        }
        Ok(next)
    }

    async fn invoice_answered(
        &self,
        payment: &str,
        outcome: &Outcome<Issued>,
        now: Moment,
    ) -> Result<InvoiceRow, StoreError> {
        let mut tx = self.begin().await?;
        let row = held(&mut tx, payment).await?.answered(outcome, now);
        write(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    async fn invoices_of(&self, payments: &[String]) -> Result<Vec<InvoiceRow>, StoreError> {
        let mut db = self.readers.acquire().await?;
        let mut rows = Vec::new();
        for payment in payments {
            rows.extend(find(&mut db, payment).await?);
        }
        Ok(rows)
    }

    async fn orders_of(&self, keys: &[String]) -> Result<Vec<(String, StoredOrder)>, StoreError> {
        let mut db = self.readers.acquire().await?;
        let mut orders = Vec::new();
        for key in keys {
            let id: Option<String> = sqlx::query_scalar("SELECT order_id FROM postings WHERE key = ?")
                .bind(key)
                .fetch_optional(&mut *db)
                .await?;
            let Some(id) = id else { continue };
            let id =
                Uuid::parse_str(&id).map_err(|_| StoreError::Damaged("a posting's order id".to_owned()))?;
            orders.extend(load(&mut db, id).await?.map(|order| (key.clone(), order)));
        }
        Ok(orders)
    }
}

/// The row of a payment, or the one that it begins with.
async fn held(db: &mut SqliteConnection, payment: &str) -> Result<InvoiceRow, StoreError> {
    Ok(find(db, payment).await?.unwrap_or_else(|| InvoiceRow::new(payment)))
}

async fn find(db: &mut SqliteConnection, payment: &str) -> Result<Option<InvoiceRow>, StoreError> {
    let row = sqlx::query(
        "SELECT payment, request, state, detail, at, tries, next_try FROM invoices WHERE payment = ?",
    )
    .bind(payment)
    .fetch_optional(db)
    .await?;
    row.map(|row| invoice(&row)).transpose()
}

fn invoice(row: &SqliteRow) -> Result<InvoiceRow, StoreError> {
    let damaged = || StoreError::Damaged("an invoice".to_owned());
    let detail: Option<String> = row.try_get("detail")?;
    let at: Option<i64> = row.try_get("at")?;
    let stand = match (row.try_get("state")?, detail, at) {
        ("asked", None, None) => Stand::Asked,
        ("issued", Some(number), Some(at)) => Stand::Issued { number, at: Moment(at) },
        ("refused", Some(code), None) => Stand::Refused { code },
        _ => return Err(damaged()),
    };
    Ok(InvoiceRow {
        payment: row.try_get("payment")?,
        request: row.try_get("request")?,
        stand,
        tries: u32::try_from(row.try_get::<i64, _>("tries")?).map_err(|_| damaged())?,
        next_try: Moment(row.try_get("next_try")?),
    })
}

async fn write(db: &mut SqliteConnection, row: &InvoiceRow) -> Result<(), StoreError> {
    let (state, detail, at) = match &row.stand {
        Stand::Asked => ("asked", None, None),
        Stand::Issued { number, at } => ("issued", Some(number), Some(at.0)),
        Stand::Refused { code } => ("refused", Some(code), None),
    };
    sqlx::query(
        "INSERT INTO invoices (payment, request, state, detail, at, tries, next_try) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (payment) DO UPDATE SET state = excluded.state, detail = excluded.detail, at = excluded.at, \
         tries = excluded.tries, next_try = excluded.next_try",
    )
    .bind(&row.payment)
    .bind(&row.request)
    .bind(state)
    .bind(detail)
    .bind(at)
    .bind(i64::from(row.tries))
    .bind(row.next_try.0)
    .execute(db)
    .await?;
    Ok(())
}
