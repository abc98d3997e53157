//! Planned outages: all that are not over, and those that an account is in.

use jiff::{Timestamp, tz};
use powerhall_api::{Outage, Text};
use powerhall_money::Outcome;
use sqlx::{Row, sqlite::SqliteRow};

use super::{EmbeddedBilling, Trouble};
use crate::port::AccountId;

impl EmbeddedBilling {
    pub(super) async fn read_outages(&self, now: Timestamp) -> Result<Vec<Outage>, Trouble> {
        let rows = sqlx::query(
            "SELECT area, streets, reason, starts, ends FROM outages WHERE ends > ? ORDER BY starts, id LIMIT ?",
        )
        .bind(now.as_second())
        .bind(most())
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(outage).collect()
    }

    pub(super) async fn read_outages_of(
        &self,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Outcome<Vec<Outage>>, Trouble> {
        // An account without one is one row without it.
        let rows = sqlx::query(
            "SELECT o.area, o.streets, o.reason, o.starts, o.ends FROM accounts a \
             LEFT JOIN outage_accounts x ON x.account_id = a.id \
             LEFT JOIN outages o ON o.id = x.outage_id AND o.ends > ? \
             WHERE a.number = ? ORDER BY o.starts, o.id LIMIT ?",
        )
        .bind(now.as_second())
        .bind(&account.0)
        .bind(most())
        .fetch_all(&self.reader)
        .await?;
        if rows.is_empty() {
            return Ok(Outcome::Rejected("account_unknown".to_owned()));
        }
        let mut outages = Vec::new();
        for row in &rows {
            if row.try_get::<Option<i64>, _>("starts")?.is_some() {
                outages.push(outage(row)?);
            }
        }
        Ok(Outcome::Definite(outages))
    }
}

/// As a limit of SQL.
fn most() -> i64 {
    i64::try_from(Outage::MOST).unwrap_or(i64::MAX)
}

fn outage(row: &SqliteRow) -> Result<Outage, Trouble> {
    let text = |name| -> Result<Text, Trouble> {
        serde_json::from_str(row.try_get(name)?).map_err(|_| Trouble::Strange("an outage's text"))
    };
    let time = |name| -> Result<String, Trouble> {
        let at =
            Timestamp::from_second(row.try_get(name)?).map_err(|_| Trouble::Strange("an outage's time"))?;
        Ok(at
            .to_zoned_datetime(tz::TimeZone::fixed(tz::offset(8)))
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string())
    };
    Ok(Outage {
        area: text("area")?,
        streets: text("streets")?,
        reason: text("reason")?,
        from: time("starts")?,
        until: time("ends")?,
    })
}
