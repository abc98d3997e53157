//! Writes demo rows in bulk: many rows a statement, many statements a transaction, so that a million accounts take
//! minutes and little memory.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{
    account::{self, AccountRow, BillRow, PaymentRow, ReadingRow, Rows},
    application::Made,
};
use crate::embedded::day;

/// Rows a statement. Full statements have one text, which SQLite prepares once.
const ROWS: usize = 200;

type Insert = QueryBuilder<Sqlite>;

pub(super) async fn rows(tx: &mut SqliteConnection, rows: &Rows) -> Result<(), sqlx::Error> {
    for chunk in rows.accounts.chunks(ROWS) {
        accounts(chunk).build().execute(&mut *tx).await?;
    }
    for chunk in rows.readings.chunks(ROWS) {
        readings(chunk).build().execute(&mut *tx).await?;
    }
    for chunk in rows.bills.chunks(ROWS) {
        bills(chunk).build().execute(&mut *tx).await?;
    }
    for chunk in rows.payments.chunks(ROWS) {
        payments(chunk).build().execute(&mut *tx).await?;
    }
    Ok(())
}

fn accounts(rows: &[AccountRow]) -> Insert {
    let mut insert = QueryBuilder::new(
        "INSERT INTO accounts (id, number, name, address, phone, id_number, taxpayer, class, capacity_kva, by_demand, \
         multiplier, closed_on, credit_fen) ",
    );
    insert.push_values(rows, |mut row, account| {
        row.push_bind(account.id)
            .push_bind(account.number.clone())
            .push_bind(account.name.clone())
            .push_bind(account.address.clone())
            .push_bind(account.phone.clone())
            .push_bind(account.id_number.clone())
            .push_bind(account.taxpayer.clone())
            .push_bind(account.class.tariff())
            .push_bind(account.capacity)
            .push_bind(account.by_demand)
            .push_bind(account.multiplier)
            .push_bind(account.closed_on.map(day::number))
            .push_bind(account.credit_fen);
    });
    insert
}

fn readings(rows: &[ReadingRow]) -> Insert {
    let mut insert = QueryBuilder::new(
        "INSERT INTO readings (account_id, period, sharp, peak, flat, valley, reactive, demand, read_on) ",
    );
    insert.push_values(rows, |mut row, reading| {
        row.push_bind(reading.account)
            .push_bind(reading.period.number())
            .push_bind(reading.registers.sharp)
            .push_bind(reading.registers.peak)
            .push_bind(reading.registers.flat)
            .push_bind(reading.registers.valley)
            .push_bind(reading.registers.reactive)
            .push_bind(reading.demand)
            .push_bind(day::number(reading.read_on));
    });
    insert
}

fn bills(rows: &[BillRow]) -> Insert {
    let mut insert = QueryBuilder::new(
        "INSERT INTO bills (account_id, period, kwh, amount_fen, due, paid_fen, accrued_to) ",
    );
    insert.push_values(rows, |mut row, bill| {
        let due = day::number(bill.due);
        row.push_bind(bill.account)
            .push_bind(bill.period.number())
            .push_bind(bill.kwh)
            .push_bind(bill.amount_fen)
            .push_bind(due)
            .push_bind(bill.paid_fen)
            .push_bind(due);
    });
    insert
}

fn payments(rows: &[PaymentRow]) -> Insert {
    let mut insert = QueryBuilder::new(
        "INSERT INTO paid_elsewhere (account_id, day, number, period, paid_at, way, amount_fen) ",
    );
    insert.push_values(rows, |mut row, payment| {
        row.push_bind(payment.account)
            .push_bind(day::number(payment.paid.date()))
            .push_bind(payment.number.clone())
            .push_bind(payment.period.number())
            .push_bind(format!("{}+08:00", payment.paid))
            .push_bind(payment.way)
            .push_bind(payment.amount_fen);
    });
    insert
}

/// Writes applications whose first has the row number `first`.
pub(super) async fn applications(
    tx: &mut SqliteConnection,
    seed: u64,
    first: i64,
    made: &[Made],
) -> Result<(), sqlx::Error> {
    let numbered: Vec<(i64, &Made)> = (first..).zip(made).collect();
    let mut events = Vec::new();
    for chunk in numbered.chunks(ROWS) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO applications (id, number, account_id, service, applicant, capacity, accepted, phone) ",
        );
        insert.push_values(chunk, |mut row, (id, made)| {
            let owner = account::owner(seed, made.account);
            row.push_bind(*id)
                .push_bind(made.number.clone())
                .push_bind(i64::from(made.account) + 1)
                .push_bind(made.wish.service.clone())
                .push_bind(owner.name)
                .push_bind(made.capacity)
                .push_bind(day::number(made.accepted))
                .push_bind(owner.phone);
        });
        insert.build().execute(&mut *tx).await?;
    }
    for (id, made) in &numbered {
        for (seq, (on, state)) in (1_i64..).zip(&made.events) {
            events.push((*id, seq, day::number(*on), state.clone()));
        }
    }
    for (id, made) in &numbered {
        for (seq, paper) in (1_i64..).zip(&made.missing) {
            sqlx::query("INSERT INTO missing_papers (application_id, state, seq, paper) VALUES (?, ?, ?, ?)")
                .bind(id)
                .bind(&made.wish.state)
                .bind(seq)
                .bind(paper)
                .execute(&mut *tx)
                .await?;
        }
    }
    for chunk in events.chunks(ROWS) {
        let mut insert =
            QueryBuilder::<Sqlite>::new("INSERT INTO application_events (application_id, seq, day, state) ");
        insert.push_values(chunk, |mut row, (id, seq, on, state)| {
            row.push_bind(*id).push_bind(*seq).push_bind(*on).push_bind(state.clone());
        });
        insert.build().execute(&mut *tx).await?;
    }
    Ok(())
}
