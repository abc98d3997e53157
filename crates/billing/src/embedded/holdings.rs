//! The accounts of a person, by phone or by identity number.

use powerhall_api::Personal;
use sqlx::{Row, sqlite::SqliteRow};

use super::{EmbeddedBilling, Trouble};
use crate::port::{AccountId, Holder, Holding, Holdings};

/// The most accounts that are told.
const MOST: usize = 100;

impl EmbeddedBilling {
    pub(super) async fn read_holdings(&self, of: &Holder) -> Result<Holdings, Trouble> {
        let (sql, value) = match of {
            Holder::Phone(phone) => (
                "SELECT number, name, address, class, phone, substr(id_number, -4) AS id_last4 FROM accounts \
                 WHERE phone = ? AND closed_on IS NULL ORDER BY number LIMIT ?",
                phone,
            ),
            Holder::IdNumber(id_number) => (
                "SELECT number, name, address, class, phone, substr(id_number, -4) AS id_last4 FROM accounts \
                 WHERE id_number = ? AND closed_on IS NULL ORDER BY number LIMIT ?",
                id_number,
            ),
        };
        let mut rows = sqlx::query(sql)
            .bind(value.reveal())
            .bind(i64::try_from(MOST + 1).unwrap_or(i64::MAX))
            .fetch_all(&self.reader)
            .await?;
        let more = rows.len() > MOST;
        rows.truncate(MOST);
        let accounts = rows.iter().map(|row| self.to_holding(row)).collect::<Result<_, _>>()?;
        Ok(Holdings { accounts, more })
    }

    pub(super) async fn read_holding(&self, account: &AccountId) -> Result<Option<Holding>, Trouble> {
        let row = sqlx::query(
            "SELECT number, name, address, class, phone, substr(id_number, -4) AS id_last4 FROM accounts \
             WHERE number = ?",
        )
        .bind(&account.0)
        .fetch_optional(&self.reader)
        .await?;
        row.map(|row| self.to_holding(&row)).transpose()
    }

    fn to_holding(&self, row: &SqliteRow) -> Result<Holding, Trouble> {
        Ok(Holding {
            account: self.record(row.try_get("number")?, row)?,
            phone: Personal::new(row.try_get("phone")?),
            id_last4: row.try_get::<Option<String>, _>("id_last4")?.map(Personal::new),
        })
    }
}
