//! The embedded billing system on real SQLite files, and beside it, at every call, the REST adapter to a stand-in over the
//! same file.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

#[path = "billing/applications.rs"]
mod applications;
#[path = "billing/bills.rs"]
mod bills;
#[path = "billing/both.rs"]
mod both;
#[path = "billing/conformance.rs"]
mod conformance;
#[path = "billing/demo.rs"]
mod demo;
#[path = "billing/duties.rs"]
mod duties;
#[path = "billing/faulty.rs"]
mod faulty;
#[path = "billing/holdings.rs"]
mod holdings;
#[path = "billing/liar.rs"]
mod liar;
#[path = "billing/older.rs"]
mod older;
#[path = "billing/outages.rs"]
mod outages;
#[path = "billing/payments.rs"]
mod payments;
#[path = "billing/postings.rs"]
mod postings;
#[path = "billing/wire.rs"]
mod wire;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use jiff::{Timestamp, civil::Date};
use powerhall_billing::{
    EmbeddedBilling,
    demo::{self as data, Showcase, Situation},
    port::{AccountId, Arrears, Billing, NewPosting, Target},
};
use powerhall_hall::Hall;
use powerhall_money::{Fen, Outcome};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use both::Both;

const TODAY: Date = Date::constant(2026, 11, 23);

static HALL: LazyLock<Arc<Hall>> = LazyLock::new(|| hall(&hall_folder()));

fn hall_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/hall")
}

fn hall(folder: &Path) -> Arc<Hall> {
    Arc::new(Hall::load(folder).unwrap_or_else(|errors| panic!("{errors}")))
}

/// A file of its own for a test; it goes when the test ends.
struct Town {
    folder: TempDir,
    billing: Both,
    show: Showcase,
}

impl Town {
    async fn new(accounts: u32, seed: u64) -> Self {
        Self::of(HALL.clone(), accounts, seed).await
    }

    async fn of(hall: Arc<Hall>, accounts: u32, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let billing = EmbeddedBilling::open(&folder.path().join("billing.db"), hall).await.unwrap();
        let show = data::fill(&billing, accounts, seed, TODAY).await.unwrap();
        Self { folder, billing: Both::over(billing).await, show }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("billing.db")
    }

    fn account(&self, situation: Situation) -> AccountId {
        AccountId(self.show.account(situation).unwrap().number.clone())
    }

    async fn arrears(&self, account: &AccountId) -> Arrears {
        definite(self.billing.arrears(account, TODAY).await)
    }

    /// A second, independent look into the file.
    async fn sql(&self) -> SqliteConnection {
        connect(&self.path()).await
    }
}

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap()
}

fn definite<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Definite(value) => value,
        Outcome::Rejected(code) => panic!("rejected: {code}"),
        Outcome::Unknown(cause) => panic!("unknown: {cause}"),
    }
}

fn rejected<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Rejected(code) => code,
        Outcome::Definite(value) => panic!("not rejected: {value:?}"),
        Outcome::Unknown(cause) => panic!("unknown: {cause}"),
    }
}

/// 10:42 in Beijing on the day of the tests.
fn now() -> Timestamp {
    "2026-11-23T10:42:00+08:00".parse().unwrap()
}

fn posting(key: &str, account: &AccountId, fen: i64) -> NewPosting {
    NewPosting {
        key: key.to_owned(),
        to: Target::Account(account.clone()),
        amount: Fen::new(fen),
        periods: Vec::new(),
        exact: false,
        paid_at: now(),
        quoted_on: None,
    }
}

fn total(arrears: &Arrears) -> i64 {
    arrears.bills.iter().map(|bill| bill.amount_fen.get() + bill.late_fee_fen.get()).sum()
}
