//! The fees of applications: which are due, what they come to and on what basis, paying one, and those that go back.

use powerhall_api::{Fee, FeeRefund, FeeRefundState};
use powerhall_hall::{FeeCharge, FeeError, Feeder, Laying, Voltage};
use powerhall_money::Fen;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    EmbeddedBilling, Trouble, day,
    postings::{Booked, Place},
};
use crate::{
    mask,
    port::{ApplicationId, DueFee, FeeId, NewPosting, Posted},
};

/// The fees of an application that nobody has paid.
const DUE: &str = "SELECT p.id, p.number, p.applicant, p.service, i.item, i.fee, i.decided, i.cases FROM fee_items i \
                   JOIN applications p ON p.id = i.application_id WHERE p.number = ? AND NOT EXISTS \
                   (SELECT 1 FROM postings x WHERE x.application_id = i.application_id AND x.item = i.item) \
                   ORDER BY i.item";

impl EmbeddedBilling {
    pub(super) async fn read_fees(&self, of: &ApplicationId) -> Result<Vec<DueFee>, Trouble> {
        let mut connection = self.reader.acquire().await?;
        let rows = sqlx::query(DUE).bind(&of.0).fetch_all(&mut *connection).await?;
        let mut fees = Vec::with_capacity(rows.len());
        for row in &rows {
            let charge = self.fee_charge(&mut connection, row).await?;
            let (number, key): (String, &str) = (row.try_get("number")?, row.try_get("fee")?);
            let service: &str = row.try_get("service")?;
            fees.push(DueFee {
                amount: charge.total,
                public: Fee {
                    application_masked: mask::application(&number),
                    applicant_masked: mask::name(row.try_get("applicant")?),
                    service: self.hall.text(&format!("service.{service}")),
                    name: self.hall.text(&format!("fee.{key}")),
                    rows: self.hall.fee_rows(&charge),
                    basis: self.hall.fee_basis(&charge),
                },
                id: FeeId {
                    application: ApplicationId(number),
                    item: u32::try_from(row.try_get::<i64, _>("item")?)
                        .map_err(|_| Trouble::Strange("a fee's number"))?,
                },
            });
        }
        Ok(fees)
    }

    /// What a fee comes to by the prices of the day on which it was decided.
    async fn fee_charge(
        &self,
        connection: &mut SqliteConnection,
        row: &SqliteRow,
    ) -> Result<FeeCharge, Trouble> {
        let fee = self.hall.fee(row.try_get("fee")?)?;
        let decided = day::from_number(row.try_get("decided")?).ok_or(Trouble::Strange("a day"))?;
        if let Some(cases) = row.try_get("cases")? {
            return Ok(fee.for_cases(decided, cases)?);
        }
        let feeders = sqlx::query(
            "SELECT voltage, laying, own_line, capacity FROM fee_feeders \
             WHERE application_id = ? AND item = ? ORDER BY feeder",
        )
        .bind(row.try_get::<i64, _>("id")?)
        .bind(row.try_get::<i64, _>("item")?)
        .fetch_all(connection)
        .await?;
        let feeders = feeders.iter().map(feeder).collect::<Result<Vec<_>, _>>()?;
        Ok(fee.for_feeders(decided, &feeders)?)
    }

    /// Pays a fee, whole and once; the inner error is the code of a refusal, before which nothing was written.
    pub(super) async fn pay_fee(
        &self,
        tx: &mut SqliteConnection,
        posting: &NewPosting,
        fee: &FeeId,
    ) -> Result<Result<Posted, &'static str>, Trouble> {
        let rows = sqlx::query(DUE).bind(&fee.application.0).fetch_all(&mut *tx).await?;
        let (mut wanted, mut left) = (None, Fen::ZERO);
        for row in &rows {
            let total = self.fee_charge(tx, row).await?.total;
            if row.try_get::<i64, _>("item")? == i64::from(fee.item) {
                wanted = Some((row.try_get("id")?, total));
            } else {
                left = left.plus(total).map_err(|_| Trouble::Strange("a fee"))?;
            }
        }
        // Paid by somebody else, or withdrawn by the company.
        let Some((application, total)) = wanted else { return Ok(Err("already_paid")) };
        if posting.amount != total {
            return Ok(Err("bad_amount"));
        }
        let place = Place::Fee { application, item: i64::from(fee.item) };
        let booked = Booked { place, surplus: Fen::ZERO, arrears: left, credit: Fen::ZERO };
        let (_, posted) = super::postings::book(tx, posting, booked).await?;
        Ok(Ok(posted))
    }

    /// The fees of an application that go back.
    pub(super) async fn read_refunds(&self, application: i64) -> Result<Vec<FeeRefund>, Trouble> {
        let rows = sqlx::query(
            "SELECT fee, amount_fen, state, since FROM fee_refunds WHERE application_id = ? ORDER BY fee",
        )
        .bind(application)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(|row| self.refund(row)).collect()
    }

    fn refund(&self, row: &SqliteRow) -> Result<FeeRefund, Trouble> {
        let key: &str = row.try_get("fee")?;
        let since = day::from_number(row.try_get("since")?).ok_or(Trouble::Strange("a day"))?;
        let state = match row.try_get("state")? {
            "open" => FeeRefundState::Open,
            "asked" => FeeRefundState::Asked,
            "granted" => FeeRefundState::Granted,
            "done" => FeeRefundState::Done,
            _ => return Err(Trouble::Strange("the state of a refund")),
        };
        // What is asked for is with the company; what is done is done.
        let customers = matches!(state, FeeRefundState::Open | FeeRefundState::Granted);
        let bring = ["fee_receipt", "bank_account", "applicant_id"];
        Ok(FeeRefund {
            name: self.hall.text(&format!("fee.{key}")),
            amount_fen: Fen::new(row.try_get("amount_fen")?),
            state,
            since: Some(since.to_string()),
            why: self.hall.refund_reason(self.hall.fee(key)?),
            bring: if customers {
                bring.iter().map(|key| self.hall.text(&format!("bring.{key}"))).collect()
            } else {
                Vec::new()
            },
            place: customers.then(|| self.hall.text("place.counter_payment")),
        })
    }
}

fn feeder(row: &SqliteRow) -> Result<Feeder, Trouble> {
    let (voltage, laying): (&str, &str) = (row.try_get("voltage")?, row.try_get("laying")?);
    Ok(Feeder {
        voltage: *Voltage::ALL.iter().find(|v| v.name() == voltage).ok_or(Trouble::Strange("a voltage"))?,
        laying: *Laying::ALL
            .iter()
            .find(|l| l.name() == laying)
            .ok_or(Trouble::Strange("a way of laying"))?,
        own_line: row.try_get("own_line")?,
        capacity: row.try_get("capacity")?,
    })
}

impl From<FeeError> for Trouble {
    fn from(_: FeeError) -> Self {
        Self::Strange("a fee that the hall's data cannot price")
    }
}
