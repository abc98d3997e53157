//! The hall's floor on SQLite: calls for the guide, calls back, measures, and suspensions.

use std::collections::BTreeMap;

use async_trait::async_trait;
use powerhall_api::{CallRequest, CallState};
use powerhall_money::Moment;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};
use uuid::Uuid;

use super::StoreError;
use super::floor::Floor;
use super::rows::{json, moment, read};
use super::sqlite::SqliteStore;
use crate::call_backs::{self, CallBackRow};
use crate::calls::{Attend, CallRow, KEPT_MS};
use crate::measures::{Counted, REMEMBERED_MS};
use crate::suspensions::SuspensionRow;

const CALL: &str = "SELECT id, kiosk, place, reference, at, taken_at, taken_by, ended_at FROM calls";

const CALL_BACK: &str = "SELECT application, kiosk, asked_at, ring_by, done_at, done_by FROM call_backs";

#[async_trait]
impl Floor for SqliteStore {
    async fn call(
        &self,
        kiosk: &str,
        request: &CallRequest,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(known) = by_id(&mut tx, request.id).await? {
            return Ok(known.is(kiosk, request).then_some(known));
        }
        sqlx::query("UPDATE calls SET ended_at = ? WHERE kiosk = ? AND ended_at IS NULL")
            .bind(now.0)
            .bind(kiosk)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM calls WHERE at < ?").bind(now.plus_ms(-KEPT_MS).0).execute(&mut *tx).await?;
        let new = CallRow::new(kiosk, request, now);
        sqlx::query("INSERT INTO calls (id, kiosk, place, reference, at) VALUES (?, ?, ?, ?, ?)")
            .bind(new.id.to_string())
            .bind(kiosk)
            .bind(json(&new.place)?)
            .bind(&new.reference)
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(new))
    }

    async fn call_of(&self, kiosk: &str, id: Uuid) -> Result<Option<CallRow>, StoreError> {
        let found = by_id(&mut *self.readers.acquire().await?, id).await?;
        Ok(found.filter(|call| call.kiosk == kiosk))
    }

    async fn end_call(&self, kiosk: &str, id: Uuid, now: Moment) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE calls SET ended_at = ? WHERE id = ? AND kiosk = ? AND ended_at IS NULL")
            .bind(now.0)
            .bind(id.to_string())
            .bind(kiosk)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn calls(&self, now: Moment) -> Result<Vec<CallRow>, StoreError> {
        live(&mut *self.readers.acquire().await?, None, now).await
    }

    async fn attend(
        &self,
        kiosk: &str,
        attend: Attend,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallRow>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(mut call) = live(&mut tx, Some(kiosk), now).await?.pop() else { return Ok(None) };
        match attend {
            Attend::Take if call.taken.is_some() => return Ok(Some(call)),
            Attend::Take => call.taken = Some((now, who.to_owned())),
            Attend::End => call.ended = Some(now),
        }
        sqlx::query("UPDATE calls SET taken_at = ?, taken_by = ?, ended_at = ? WHERE id = ?")
            .bind(call.taken.as_ref().map(|(at, _)| at.0))
            .bind(call.taken.as_ref().map(|(_, who)| who))
            .bind(call.ended.map(|at| at.0))
            .bind(call.id.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(call))
    }

    async fn ask_call_back(&self, new: &CallBackRow) -> Result<CallBackRow, StoreError> {
        let mut tx = self.begin().await?;
        if let Some(known) = standing(&mut tx, new.application.reveal()).await? {
            return Ok(known);
        }
        sqlx::query("DELETE FROM call_backs WHERE done_at < ? OR application = ?")
            .bind(new.asked.plus_ms(-call_backs::KEPT_MS).0)
            .bind(new.application.reveal())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO call_backs (application, kiosk, asked_at, ring_by) VALUES (?, ?, ?, ?)")
            .bind(new.application.reveal())
            .bind(&new.kiosk)
            .bind(new.asked.0)
            .bind(&new.ring_by)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(new.clone())
    }

    async fn call_back(&self, application: &str) -> Result<Option<CallBackRow>, StoreError> {
        standing(&mut *self.readers.acquire().await?, application).await
    }

    async fn call_backs(&self) -> Result<Vec<CallBackRow>, StoreError> {
        let open = format!("{CALL_BACK} WHERE done_at IS NULL ORDER BY asked_at, application");
        let rows = sqlx::query(AssertSqlSafe(open)).fetch_all(&self.readers).await?;
        rows.iter().map(call_back).collect()
    }

    async fn called_back(
        &self,
        application: &str,
        who: &str,
        now: Moment,
    ) -> Result<Option<CallBackRow>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = standing(&mut tx, application).await? else { return Ok(None) };
        sqlx::query("UPDATE call_backs SET done_at = ?, done_by = ? WHERE application = ?")
            .bind(now.0)
            .bind(who)
            .bind(application)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(CallBackRow { done: Some((now, who.to_owned())), ..row }))
    }

    async fn measure(
        &self,
        batch: Uuid,
        day: &str,
        counts: &BTreeMap<Counted, u32>,
        now: Moment,
    ) -> Result<u32, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM measure_batches WHERE at < ?")
            .bind(now.plus_ms(-REMEMBERED_MS).0)
            .execute(&mut *tx)
            .await?;
        let fresh = sqlx::query("INSERT INTO measure_batches (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(batch.to_string())
            .bind(now.0)
            .execute(&mut *tx)
            .await?;
        if fresh.rows_affected() == 0 {
            return Ok(0);
        }
        for (counted, count) in counts {
            sqlx::query(
                "INSERT INTO measures (day, counted, count) VALUES (?, ?, ?)
                 ON CONFLICT DO UPDATE SET count = count + excluded.count",
            )
            .bind(day)
            .bind(json(counted)?)
            .bind(i64::from(*count))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(counts.values().sum())
    }

    async fn measured(&self, from: &str, to: &str) -> Result<Vec<(Counted, u64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT counted, sum(count) AS count FROM measures WHERE day BETWEEN ? AND ? GROUP BY counted",
        )
        .bind(from)
        .bind(to)
        .fetch_all(&self.readers)
        .await?;
        let row = |row: &SqliteRow| {
            let count: i64 = row.try_get("count")?;
            Ok((read(row.try_get("counted")?)?, count.unsigned_abs()))
        };
        let mut counts = rows.iter().map(row).collect::<Result<Vec<_>, StoreError>>()?;
        counts.sort_unstable();
        Ok(counts)
    }

    async fn suspend(&self, suspension: &SuspensionRow) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let (made_at, made_by) = &suspension.made;
        sqlx::query(
            "INSERT INTO suspensions (id, scope, reason, begins, ends, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(suspension.id.to_string())
        .bind(json(&suspension.scope)?)
        .bind(json(&suspension.reason)?)
        .bind(suspension.from.0)
        .bind(suspension.until.0)
        .bind(made_at.0)
        .bind(made_by)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn resume(&self, id: Uuid, now: Moment) -> Result<Option<SuspensionRow>, StoreError> {
        let mut tx = self.begin().await?;
        let live = suspended(&mut tx, now).await?;
        let Some(found) = live.into_iter().find(|suspension| suspension.id == id) else { return Ok(None) };
        sqlx::query("UPDATE suspensions SET ended_at = ? WHERE id = ?")
            .bind(now.0)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(SuspensionRow { ended: Some(now), ..found }))
    }

    async fn suspensions(&self, now: Moment) -> Result<Vec<SuspensionRow>, StoreError> {
        suspended(&mut *self.readers.acquire().await?, now).await
    }
}

async fn suspended(db: &mut SqliteConnection, now: Moment) -> Result<Vec<SuspensionRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, scope, reason, begins, ends, made_at, made_by FROM suspensions \
         WHERE ended_at IS NULL AND ends > ? ORDER BY begins, id",
    )
    .bind(now.0)
    .fetch_all(db)
    .await?;
    let row = |row: &SqliteRow| {
        let id: &str = row.try_get("id")?;
        Ok(SuspensionRow {
            id: Uuid::parse_str(id).map_err(|_| StoreError::Damaged("a suspension's id".to_owned()))?,
            scope: read(row.try_get("scope")?)?,
            reason: read(row.try_get("reason")?)?,
            from: Moment(row.try_get("begins")?),
            until: Moment(row.try_get("ends")?),
            made: (Moment(row.try_get("made_at")?), row.try_get("made_by")?),
            ended: None,
        })
    };
    rows.iter().map(row).collect()
}

async fn by_id(db: &mut SqliteConnection, id: Uuid) -> Result<Option<CallRow>, StoreError> {
    let found = sqlx::query(AssertSqlSafe(format!("{CALL} WHERE id = ?")));
    found.bind(id.to_string()).fetch_optional(db).await?.map(|row| call(&row)).transpose()
}

/// The calls that are not over, of one kiosk or of all, oldest first.
async fn live(
    db: &mut SqliteConnection,
    kiosk: Option<&str>,
    now: Moment,
) -> Result<Vec<CallRow>, StoreError> {
    let all = sqlx::query(AssertSqlSafe(format!(
        "{CALL} WHERE ended_at IS NULL AND kiosk = coalesce(?, kiosk) ORDER BY at, id"
    )));
    let rows = all.bind(kiosk).fetch_all(db).await?;
    let calls = rows.iter().map(call).collect::<Result<Vec<_>, _>>()?;
    Ok(calls.into_iter().filter(|call| call.state(now) != CallState::Done).collect())
}

/// The call back of an application that is not done.
async fn standing(db: &mut SqliteConnection, application: &str) -> Result<Option<CallBackRow>, StoreError> {
    let one = format!("{CALL_BACK} WHERE application = ? AND done_at IS NULL");
    let row = sqlx::query(AssertSqlSafe(one)).bind(application).fetch_optional(db).await?;
    row.map(|row| call_back(&row)).transpose()
}

fn call_back(row: &SqliteRow) -> Result<CallBackRow, StoreError> {
    Ok(CallBackRow {
        application: row.try_get::<String, _>("application")?.into(),
        kiosk: row.try_get("kiosk")?,
        asked: Moment(row.try_get("asked_at")?),
        ring_by: row.try_get("ring_by")?,
        done: moment(row.try_get("done_at")?).zip(row.try_get::<Option<String>, _>("done_by")?),
    })
}

fn call(row: &SqliteRow) -> Result<CallRow, StoreError> {
    let id: &str = row.try_get("id")?;
    let taken = moment(row.try_get("taken_at")?).zip(row.try_get::<Option<String>, _>("taken_by")?);
    Ok(CallRow {
        id: Uuid::parse_str(id).map_err(|_| StoreError::Damaged("a call's id".to_owned()))?,
        kiosk: row.try_get("kiosk")?,
        place: read(row.try_get("place")?)?,
        reference: row.try_get("reference")?,
        at: Moment(row.try_get("at")?),
        taken,
        ended: moment(row.try_get("ended_at")?),
    })
}
