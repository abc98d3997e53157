//! Applications as they are on file; what their customers see of them is computed in `progress`.

use jiff::civil::Date;
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble, day,
    progress::{self, Event, Filed},
};
use crate::port::{ApplicationId, ApplicationRecord};

impl EmbeddedBilling {
    pub(super) async fn read_application(
        &self,
        number: &str,
        today: Date,
    ) -> Result<Vec<ApplicationRecord>, Trouble> {
        let rows = sqlx::query(
            "SELECT id, number, service, applicant, capacity, accepted, phone, plan_until FROM applications \
             WHERE number = ?",
        )
        .bind(number)
        .fetch_all(&self.reader)
        .await?;
        self.present(&rows, today).await
    }

    pub(super) async fn read_applications(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Result<Vec<ApplicationRecord>, Trouble> {
        let rows = sqlx::query(
            "SELECT p.id, p.number, p.service, p.applicant, p.capacity, p.accepted, p.phone, p.plan_until \
             FROM accounts a \
             JOIN applications p ON p.account_id = a.id \
             WHERE a.number = ? AND length(a.phone) >= 4 AND substr(a.phone, -4) = ? \
             ORDER BY p.accepted DESC, p.id DESC",
        )
        .bind(account)
        .bind(phone_last4)
        .fetch_all(&self.reader)
        .await?;
        self.present(&rows, today).await
    }

    async fn present(&self, rows: &[SqliteRow], today: Date) -> Result<Vec<ApplicationRecord>, Trouble> {
        let mut applications = Vec::with_capacity(rows.len());
        for row in rows {
            let events = sqlx::query(
                "SELECT day, state FROM application_events WHERE application_id = ? ORDER BY seq",
            )
            .bind(row.try_get::<i64, _>("id")?)
            .fetch_all(&self.reader)
            .await?;
            let events = events.iter().map(event).collect::<Result<Vec<_>, _>>()?;
            // What was missing in an earlier state is not asked for any more.
            let missing: Vec<String> = sqlx::query_scalar(
                "SELECT paper FROM missing_papers WHERE application_id = ? AND state = ? ORDER BY seq",
            )
            .bind(row.try_get::<i64, _>("id")?)
            .bind(events.last().map(|event| event.state.as_str()))
            .fetch_all(&self.reader)
            .await?;
            let filed = Filed {
                number: row.try_get("number")?,
                service: row.try_get("service")?,
                applicant: row.try_get("applicant")?,
                capacity: row.try_get("capacity")?,
                accepted: date(row.try_get("accepted")?)?,
                phone: row.try_get("phone")?,
                plan_until: row.try_get::<Option<i64>, _>("plan_until")?.map(date).transpose()?,
                events,
                missing,
            };
            let mut public = progress::present(&self.hall, &filed, today)?;
            public.refunds = self.read_refunds(row.try_get("id")?).await?;
            applications.push(ApplicationRecord { id: ApplicationId(filed.number), public });
        }
        Ok(applications)
    }
}

fn event(row: &SqliteRow) -> Result<Event, Trouble> {
    Ok(Event { day: date(row.try_get("day")?)?, state: row.try_get("state")? })
}

fn date(number: i64) -> Result<Date, Trouble> {
    day::from_number(number).ok_or(Trouble::Strange("a day"))
}
