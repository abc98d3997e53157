//! From rows to values and back. A row that cannot be read is an error, never a guess.

use powerhall_money::{Moment, Task};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Job, StoreError, StoredOrder};

/// The columns that [`stored_order`] reads.
pub(super) const ORDER: &str = "SELECT id, kiosk, version, body, quote FROM orders";

pub(super) fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Damaged(e.to_string()))
}

/// The name of a state as it stands in JSON and in the books: `manual_review`.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    Ok(json(value)?.trim_matches('"').to_owned())
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    // The position says enough; the text itself may hold personal data.
    serde_json::from_str(text)
        .map_err(|e| StoreError::Damaged(format!("line {} column {}", e.line(), e.column())))
}

pub(super) fn stored_order(row: &SqliteRow) -> Result<StoredOrder, StoreError> {
    Ok(StoredOrder {
        kiosk: row.try_get("kiosk")?,
        order: read(row.try_get("body")?)?,
        quote: read(row.try_get("quote")?)?,
    })
}

pub(super) fn job(row: &SqliteRow) -> Result<Job, StoreError> {
    let id: &str = row.try_get("order_id")?;
    let task: Task = read(row.try_get("task")?)?;
    let claims: i64 = row.try_get("claims")?;
    Ok(Job {
        order_id: Uuid::parse_str(id).map_err(|_| StoreError::Damaged("a job's order id".to_owned()))?,
        task,
        tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
        interrupted: claims > 1,
        claims: u32::try_from(claims).unwrap_or(u32::MAX),
    })
}

pub(super) fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a hash of another length".to_owned()))
}

pub(super) fn moment(ms: Option<i64>) -> Option<Moment> {
    ms.map(Moment)
}
