//! Demo data: computed from a seed by the hall's own tariffs, calendar and services, and the same for ever. The first
//! accounts are fixed situations ([`Situation`]); their numbers depend on nothing but their place.

mod account;
mod application;
mod dice;
mod duty;
mod outages;
mod people;
mod plan;
mod showcase;
mod write;

use jiff::civil::Date;
use powerhall_hall::{ChargeError, Hall, NotAMonth};

pub use people::account_number;
pub use plan::Situation;
pub use showcase::{ShowAccount, ShowApplication, Showcase};

use crate::EmbeddedBilling;

/// Accounts a transaction.
const BATCH: u32 = 2_000;
/// Beside the ones in every state, one application for so many accounts.
const ACCOUNTS_PER_APPLICATION: u32 = 20;

/// Why there is no demo data.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The file has accounts already; demo data never mixes with anything.
    #[error("the billing file is not empty; give demo data a new file")]
    NotEmpty,
    /// Not even the fixed situations would fit.
    #[error("too few accounts: at least {least}, at most 9,999,999")]
    Accounts {
        /// The least.
        least: usize,
    },
    /// The day is outside what billing months allow.
    #[error("demo data needs a day between 2003 and 2199")]
    Today,
    /// A tariff in the hall's data is missing or does not reach back far enough.
    #[error("the hall's tariffs do not cover the demo data: {0}")]
    Charge(#[from] ChargeError),
    /// The file cannot be written.
    #[error("the billing file cannot be written: {0}")]
    Database(#[from] sqlx::Error),
    /// The showcase cannot be kept.
    #[error("the showcase cannot be written or read: {0}")]
    Showcase(#[from] serde_json::Error),
}

impl From<NotAMonth> for DemoError {
    fn from(_: NotAMonth) -> Self {
        Self::Today
    }
}

/// Fills an empty billing file with `accounts` accounts, bills up to the month before `today`, and applications.
pub async fn fill(
    billing: &EmbeddedBilling,
    accounts: u32,
    seed: u64,
    today: Date,
) -> Result<Showcase, DemoError> {
    let least = Situation::ALL.len();
    if usize::try_from(accounts).is_ok_and(|accounts| accounts < least) || accounts > 9_999_999 {
        return Err(DemoError::Accounts { least });
    }
    let any: Option<i64> =
        sqlx::query_scalar("SELECT id FROM accounts LIMIT 1").fetch_optional(&billing.writer).await?;
    if any.is_some() {
        return Err(DemoError::NotEmpty);
    }
    let hall = &billing.hall;
    let mut rows = account::Rows::default();
    for first in (0..accounts).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        rows.accounts.clear();
        rows.readings.clear();
        rows.bills.clear();
        rows.payments.clear();
        for index in first..accounts.min(first + BATCH) {
            account::make(hall, seed, index, today, &mut rows)?;
        }
        let mut tx = billing.writer.begin_with("BEGIN IMMEDIATE").await?;
        write::rows(&mut tx, &rows).await?;
        tx.commit().await?;
    }
    let mut tx = billing.writer.begin_with("BEGIN IMMEDIATE").await?;
    duty::accounts(&mut tx, today).await?;
    tx.commit().await?;
    let applications = fill_applications(billing, accounts, seed, today).await?;
    let mut tx = billing.writer.begin_with("BEGIN IMMEDIATE").await?;
    outages::write(&mut tx, today).await?;
    tx.commit().await?;
    let mut showcase = Showcase { accounts: show_accounts(seed), applications };
    for account in &mut showcase.accounts {
        account.outages = sqlx::query_scalar(
            "SELECT count(*) FROM outage_accounts x JOIN accounts a ON a.id = x.account_id WHERE a.number = ?",
        )
        .bind(&account.number)
        .fetch_one(&billing.writer)
        .await?;
    }
    sqlx::query("INSERT INTO demo_data (id, showcase) VALUES (1, ?)")
        .bind(serde_json::to_string(&showcase)?)
        .execute(&billing.writer)
        .await?;
    Ok(showcase)
}

/// The showcase of a file that [`fill`] finished; `None` for any other file.
pub async fn showcase(billing: &EmbeddedBilling) -> Result<Option<Showcase>, DemoError> {
    let kept: Option<String> = sqlx::query_scalar("SELECT showcase FROM demo_data WHERE id = 1")
        .fetch_optional(&billing.reader)
        .await?;
    Ok(kept.map(|kept| serde_json::from_str(&kept)).transpose()?)
}

fn show_accounts(seed: u64) -> Vec<ShowAccount> {
    let show = |(index, situation): (u32, &Situation)| {
        let owner = account::owner(seed, index);
        ShowAccount {
            situation: *situation,
            number: account_number(index),
            phone_last4: last4(&owner.phone),
            phone: owner.phone,
            id_number: owner.id_number,
            months_owed: plan::plan(seed, index).unpaid,
            outages: 0,
        }
    };
    (0..).zip(&Situation::ALL).map(show).collect()
}

/// Writes all applications; gives those in known states.
async fn fill_applications(
    billing: &EmbeddedBilling,
    accounts: u32,
    seed: u64,
    today: Date,
) -> Result<Vec<ShowApplication>, DemoError> {
    let hall: &Hall = &billing.hall;
    let known = application::wishes(hall);
    let chance = accounts / ACCOUNTS_PER_APPLICATION;
    let mut shown = Vec::with_capacity(known.len());
    let mut wishes = known.into_iter().map(Some).chain((0..chance).map(|_| None));
    let mut serial = 0_u32;
    let mut first = 1_i64;
    loop {
        let mut made = Vec::new();
        for wish in wishes.by_ref().take(usize::try_from(BATCH).unwrap_or(1)) {
            serial += 1;
            let show = wish.is_some();
            let Some(wish) = wish.or_else(|| application::by_chance(hall, seed, serial)) else { continue };
            let Some(application) = application::make(hall, seed, serial, accounts, today, wish) else {
                continue;
            };
            if show {
                shown.push(show_application(hall, seed, &application));
            }
            made.push(application);
        }
        if made.is_empty() {
            return Ok(shown);
        }
        let mut tx = billing.writer.begin_with("BEGIN IMMEDIATE").await?;
        write::applications(&mut tx, seed, first, &made).await?;
        duty::applications(&mut tx, first, &made).await?;
        tx.commit().await?;
        first += i64::try_from(made.len()).unwrap_or_default();
    }
}

fn show_application(hall: &Hall, seed: u64, made: &application::Made) -> ShowApplication {
    ShowApplication {
        number: made.number.clone(),
        account: account_number(made.account),
        phone_last4: last4(&account::owner(seed, made.account).phone),
        service: made.wish.service.clone(),
        state: made.wish.state.clone(),
        waiting_for: made.waiting_for,
        overdue: made.wish.overdue,
        plan: made.wish.plan,
        fee_fen: duty::fee_fen(hall, made),
        refund: made.wish.refund,
        missing: made.missing.clone(),
    }
}

fn last4(phone: &str) -> String {
    phone.get(phone.len().saturating_sub(4)..).unwrap_or_default().to_owned()
}
