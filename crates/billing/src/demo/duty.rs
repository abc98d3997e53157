//! What demo accounts and applications have besides bills: prepaid meters, a supply that is cut off, fees that are due, and
//! one that goes back. How meters and switches behave is data: everything moves within seconds.

use jiff::{Timestamp, ToSpan, civil::Date};
use powerhall_hall::{Feeder, Hall, Laying, Voltage};
use sqlx::SqliteConnection;

use super::{DemoError, application::Made, plan::Situation};
use crate::embedded::day;

/// Milliseconds until a recharge is sent, and until the meter has answered.
const RECHARGE: (i64, i64) = (2_000, 6_000);
/// Milliseconds until a reconnection begins, and until it has ended.
const RECONNECTION: (i64, i64) = (3_000, 8_000);
/// The least recharge: 10 yuan.
const LEAST: i64 = 1_000;
/// A recharge that never ends: ten years.
const NEVER: i64 = 10 * 366 * 86_400_000;
/// The fee that nobody pays any more.
const ABOLISHED: &str = "temporary_connection";
/// The state of an application that waits for its fee, and the fee.
const FEE_STATE: (&str, &str) = ("reliability_fee", "high_reliability");

/// The day on which the application was accepted whose temporary connection fee goes back.
pub(super) fn before_the_end(hall: &Hall) -> Option<Date> {
    let abolished = hall.fees.get(ABOLISHED)?.abolished.as_ref()?;
    abolished.origin.effective.checked_sub(200.days()).ok()
}

/// Meters and supplies of the fixed situations.
pub(super) async fn accounts(tx: &mut SqliteConnection, today: Date) -> Result<(), DemoError> {
    for (id, situation) in (1_i64..).zip(&Situation::ALL) {
        match situation {
            Situation::CutOff => cut_off(tx, id, today).await?,
            Situation::Prepaid => meter(tx, id, 3_640, RECHARGE, true).await?,
            Situation::PrepaidFails => meter(tx, id, 1_275, RECHARGE, false).await?,
            Situation::PrepaidBlocked => {
                meter(tx, id, 820, (RECHARGE.0, NEVER), true).await?;
                on_its_way(tx, id, 5_000).await?;
            }
            Situation::OwesThreeMonths
            | Situation::OwesNothing
            | Situation::HasCredit
            | Situation::OwesOneMonth
            | Situation::OwesThirtyMonths
            | Situation::PeakValley
            | Situation::SmallBusiness
            | Situation::Industry
            | Situation::Closed
            | Situation::LongName
            | Situation::RareCharacter
            | Situation::SharesPhone
            | Situation::HasApplications
            | Situation::FirstOfThree
            | Situation::SecondOfThree
            | Situation::ThirdOfThree => {}
        }
    }
    Ok(())
}

async fn cut_off(tx: &mut SqliteConnection, account: i64, today: Date) -> Result<(), DemoError> {
    let since = today.saturating_sub(2.days());
    sqlx::query("INSERT INTO cut_offs (account_id, since, begun_ms, ended_ms, works) VALUES (?, ?, ?, ?, 1)")
        .bind(account)
        .bind(day::number(since))
        .bind(RECONNECTION.0)
        .bind(RECONNECTION.1)
        .execute(tx)
        .await?;
    Ok(())
}

async fn meter(
    tx: &mut SqliteConnection,
    account: i64,
    balance: i64,
    (sent, answered): (i64, i64),
    takes_it: bool,
) -> Result<(), DemoError> {
    sqlx::query(
        "INSERT INTO meters (account_id, balance_fen, said_at, is_online, least_fen, sent_ms, answered_ms, takes_it) \
         VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
    )
    .bind(account)
    .bind(balance)
    .bind(hours_ago(4))
    .bind(LEAST)
    .bind(sent)
    .bind(answered)
    .bind(takes_it)
    .execute(tx)
    .await?;
    Ok(())
}

async fn on_its_way(tx: &mut SqliteConnection, account: i64, amount: i64) -> Result<(), DemoError> {
    sqlx::query("INSERT INTO recharges (account_id, amount_fen, asked_at) VALUES (?, ?, ?)")
        .bind(account)
        .bind(amount)
        .bind(hours_ago(2))
        .execute(tx)
        .await?;
    Ok(())
}

fn hours_ago(hours: i64) -> i64 {
    Timestamp::now().as_millisecond() - hours * 3_600_000
}

/// What the fee of an application comes to, in fen; zero when none is due.
pub(super) fn fee_fen(hall: &Hall, made: &Made) -> i64 {
    let Some(feeder) = feeder(made) else { return 0 };
    let charge = hall.fee(FEE_STATE.1).and_then(|fee| fee.for_feeders(decided(made), &[feeder]));
    charge.map_or(0, |charge| charge.total.get())
}

/// One further feeder with the capacity that was applied for, when the application waits for its fee.
fn feeder(made: &Made) -> Option<Feeder> {
    let voltage = match made.capacity {
        ..200 => Voltage::Low,
        200..2_000 => Voltage::Kv10,
        2_000.. => Voltage::Kv35,
    };
    let (laying, own_line) = (Laying::Overhead, made.capacity % 4 == 0);
    let due = made.wish.state == FEE_STATE.0;
    due.then_some(Feeder { voltage, laying, own_line, capacity: made.capacity })
}

/// The day on which a fee was decided: when the application came to wait for it.
fn decided(made: &Made) -> Date {
    made.events.last().map_or(made.accepted, |(day, _)| *day)
}

/// Fees that are due, and those that go back, of applications whose first has the row number `first`.
pub(super) async fn applications(
    tx: &mut SqliteConnection,
    first: i64,
    made: &[Made],
) -> Result<(), DemoError> {
    for (id, made) in (first..).zip(made) {
        if let Some(feeder) = feeder(made) {
            fee(tx, id, decided(made), feeder).await?;
        }
        if made.wish.refund {
            sqlx::query(
                "INSERT INTO fee_refunds (application_id, fee, amount_fen, state, since) VALUES (?, ?, 240000, 'granted', ?)",
            )
            .bind(id)
            .bind(ABOLISHED)
            .bind(day::number(made.accepted))
            .execute(&mut *tx)
            .await?;
        }
    }
    Ok(())
}

async fn fee(
    tx: &mut SqliteConnection,
    application: i64,
    decided: Date,
    feeder: Feeder,
) -> Result<(), DemoError> {
    sqlx::query("INSERT INTO fee_items (application_id, item, fee, decided) VALUES (?, 1, ?, ?)")
        .bind(application)
        .bind(FEE_STATE.1)
        .bind(day::number(decided))
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO fee_feeders (application_id, item, feeder, voltage, laying, own_line, capacity) \
         VALUES (?, 1, 1, ?, ?, ?, ?)",
    )
    .bind(application)
    .bind(feeder.voltage.name())
    .bind(feeder.laying.name())
    .bind(feeder.own_line)
    .bind(feeder.capacity)
    .execute(tx)
    .await?;
    Ok(())
}
