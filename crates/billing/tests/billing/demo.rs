//! Demo data: the same for ever, computed by the tariffs, and as the showcase says.

use std::collections::BTreeMap;

use powerhall_billing::{
    EmbeddedBilling,
    demo::{self as data, DemoError, Situation},
    port::{AccountId, Billing},
};
use powerhall_hall::{Month, Usage};
use powerhall_money::Fen;
use sqlx::{Row, SqliteConnection};

use crate::{HALL, TODAY, Town, definite, total};

/// Everything about the first accounts as text.
async fn dump(sql: &mut SqliteConnection, accounts: i64) -> Vec<String> {
    let mut dump = Vec::new();
    for query in [
        "SELECT concat_ws('|', id, number, name, address, phone, id_number, class, capacity_kva, closed_on, credit_fen) \
         FROM accounts WHERE id <= ? ORDER BY id",
        "SELECT concat_ws('|', account_id, period, sharp, peak, flat, valley, reactive) FROM readings \
         WHERE account_id <= ? ORDER BY account_id, period",
        "SELECT concat_ws('|', account_id, period, kwh, amount_fen, due, paid_fen) FROM bills \
         WHERE account_id <= ? ORDER BY account_id, period",
    ] {
        dump.extend(
            sqlx::query_scalar::<_, String>(query).bind(accounts).fetch_all(&mut *sql).await.unwrap(),
        );
    }
    dump
}

#[tokio::test]
async fn the_same_seed_makes_the_same_town_of_any_size() {
    let small = Town::new(100, 7).await;
    let large = Town::new(300, 7).await;
    let other = Town::new(100, 8).await;
    let small_dump = dump(&mut small.sql().await, 100).await;
    assert!(small_dump.len() > 100 * 49);
    assert_eq!(small_dump, dump(&mut large.sql().await, 100).await);
    assert_ne!(small_dump, dump(&mut other.sql().await, 100).await);
    assert_eq!(Town::new(100, 7).await.show, small.show);
    assert_eq!(data::showcase(&small.billing).await.unwrap().as_ref(), Some(&small.show));
    // Numbers of the fixed situations do not depend on the seed.
    let numbers =
        |town: &Town| town.show.accounts.iter().map(|shown| shown.number.clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&small), numbers(&other));
    assert_eq!(numbers(&small)[0], data::account_number(0));
}

#[tokio::test]
async fn every_bill_follows_from_the_readings_by_the_tariff() {
    let town = Town::new(400, 3).await;
    let mut sql = town.sql().await;
    let accounts = sqlx::query("SELECT id, class, capacity_kva, multiplier FROM accounts")
        .fetch_all(&mut sql)
        .await
        .unwrap();
    let mut classes: BTreeMap<String, u32> = BTreeMap::new();
    let mut checked = 0;
    for account in accounts {
        let (id, class, capacity): (i64, String, i64) = (account.get(0), account.get(1), account.get(2));
        let multiplier: i64 = account.get(3);
        *classes.entry(class.clone()).or_default() += 1;
        let readings = sqlx::query("SELECT period, sharp, peak, flat, valley, reactive FROM readings WHERE account_id = ? ORDER BY period")
            .bind(id).fetch_all(&mut sql).await.unwrap();
        let mut used = 0;
        for pair in readings.windows(2) {
            let difference = |i: usize| (pair[1].get::<i64, _>(i) - pair[0].get::<i64, _>(i)) * multiplier;
            let usage = Usage {
                sharp: difference(1),
                peak: difference(2),
                flat: difference(3),
                valley: difference(4),
                reactive: difference(5),
            };
            let month = Month::from_number(pair[1].get(0)).unwrap();
            if month.month() == 1 {
                used = 0;
            }
            let charge = HALL.charge(&class, month, &usage, used, capacity).unwrap();
            used += charge.kwh;
            let bill: (i64, i64) =
                sqlx::query_as("SELECT kwh, amount_fen FROM bills WHERE account_id = ? AND period = ?")
                    .bind(id)
                    .bind(month.number())
                    .fetch_one(&mut sql)
                    .await
                    .unwrap();
            assert_eq!(bill, (charge.kwh, charge.total.get()), "account {id}, {month}");
            checked += 1;
        }
    }
    assert!(checked > 400 * 24);
    assert_eq!(classes.len(), 4, "{classes:?}");
}

#[tokio::test]
async fn the_showcase_says_what_is_there() {
    let town = Town::new(200, 1).await;
    for shown in &town.show.accounts {
        let account = definite(town.billing.find_account(&shown.number).await).unwrap();
        let arrears = town.arrears(&account.id).await;
        assert_eq!(arrears.bills.len(), usize::try_from(shown.months_owed).unwrap(), "{:?}", shown.situation);
        assert_eq!(account.public.name_masked.reveal().chars().count(), 2);
        assert!(!account.public.address_masked.reveal().contains(|c: char| c.is_ascii_digit()));
        assert_eq!(
            account.public.account_masked.reveal().as_str(),
            format!("{}*******{}", &shown.number[..3], &shown.number[10..])
        );
        let late = arrears.bills.iter().filter(|bill| bill.late_fee_fen.is_positive()).count();
        // The last month is due on the 25th; everything older is late.
        assert_eq!(late, arrears.bills.len().saturating_sub(1), "{:?}", shown.situation);
        assert!(arrears.bills.is_sorted_by(|a, b| a.period < b.period));
    }
    let arrears = |situation| {
        let account = town.account(situation);
        let billing = town.billing.clone();
        async move { definite(billing.arrears(&account, TODAY).await) }
    };
    assert_eq!(arrears(Situation::HasCredit).await.credit, Fen::new(12_850));
    let months = arrears(Situation::OwesThreeMonths).await;
    let periods: Vec<_> = months.bills.iter().map(|bill| bill.period.as_str()).collect();
    assert_eq!(periods, ["2026-08", "2026-09", "2026-10"]);
    assert_eq!(months.bills[0].due_date, "2026-09-25");
    assert_eq!(
        Ok(months.bills[0].late_fee_fen),
        HALL.late_fee("resident_step", months.bills[0].amount_fen, "2026-09-25".parse().unwrap(), TODAY)
    );
    let sharing = town.show.account(Situation::SharesPhone).unwrap();
    assert_eq!(sharing.phone_last4, town.show.account(Situation::RareCharacter).unwrap().phone_last4);
    assert_eq!(definite(town.billing.find_account("5109999999999").await), None);
}

#[tokio::test]
async fn a_town_has_all_kinds_of_people_and_debts() {
    let town = Town::new(2000, 1).await;
    let mut sql = town.sql().await;
    let mut count =
        async |query: &'static str| sqlx::query_scalar::<_, i64>(query).fetch_one(&mut sql).await.unwrap();
    assert!(count("SELECT count(*) FROM accounts WHERE credit_fen > 0").await > 50);
    assert!(count("SELECT count(*) FROM accounts WHERE closed_on IS NOT NULL").await > 5);
    assert!(
        count("SELECT count(*) FROM (SELECT 1 FROM accounts GROUP BY phone HAVING count(*) > 1)").await > 100
    );
    assert!(count("SELECT count(*) FROM accounts WHERE name GLOB '*[𬱖㛃䶮]*'").await > 1);
    assert!(count("SELECT count(*) FROM accounts WHERE length(name) > 12").await > 3);
    assert_eq!(
        count("SELECT count(*) FROM accounts WHERE phone NOT GLOB '154*' OR length(phone) != 11").await,
        0
    );
    assert!(
        count("SELECT count(*) FROM (SELECT 1 FROM accounts GROUP BY id_number HAVING count(*) > 2)").await
            > 5,
        "people with several accounts"
    );
    assert!(count("SELECT count(*) FROM accounts WHERE id_number IS NULL").await > 10, "companies");
    assert_eq!(count("SELECT count(*) FROM accounts WHERE id_number NOT GLOB '99*'").await, 0);
    assert_eq!(
        count("SELECT count(*) FROM accounts a JOIN accounts b USING (id_number) WHERE a.name != b.name")
            .await,
        0,
        "one person, one name"
    );
    for months in ["= 1", "= 3", "BETWEEN 4 AND 20", "= 30"] {
        let debtors = format!(
            "SELECT count(*) FROM (SELECT 1 FROM bills WHERE paid_fen < amount_fen \
             GROUP BY account_id HAVING count(*) {months})"
        );
        let found: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(debtors)).fetch_one(&mut town.sql().await).await.unwrap();
        assert!(found > 0, "{months}");
    }
    assert!(count("SELECT count(*) FROM bills WHERE paid_fen > 0 AND paid_fen < amount_fen").await > 0);
    assert_eq!(
        count(
            "SELECT count(*) FROM accounts a WHERE credit_fen > 0 AND EXISTS (SELECT 1 FROM bills b \
               WHERE b.account_id = a.id AND b.paid_fen < b.amount_fen)"
        )
        .await,
        0,
        "credit beside arrears"
    );
}

#[tokio::test]
async fn never_mixes_with_what_is_there() {
    let town = Town::new(20, 1).await;
    assert!(matches!(data::fill(&town.billing, 20, 1, TODAY).await, Err(DemoError::NotEmpty)));
    let folder = tempfile::tempdir().unwrap();
    let empty = EmbeddedBilling::open(&folder.path().join("b.db"), HALL.clone()).await.unwrap();
    assert!(matches!(data::fill(&empty, 12, 1, TODAY).await, Err(DemoError::Accounts { least: 20 })));
    assert_eq!(data::showcase(&empty).await.unwrap(), None);
    let nobody = AccountId(data::account_number(0));
    assert!(matches!(empty.arrears(&nobody, TODAY).await, powerhall_money::Outcome::Rejected(_)));
    assert_eq!(total(&town.arrears(&town.account(Situation::OwesNothing)).await), 0);
}
