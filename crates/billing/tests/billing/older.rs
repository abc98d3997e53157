//! A billing file from before an application could be paid for: it is brought to this version with everything in it.

use sqlx::{Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use powerhall_billing::{
    EmbeddedBilling,
    port::{AccountId, Billing},
};
use powerhall_money::Fen;

use crate::{HALL, TODAY, definite, now, posting, rejected, total};

const OLD: &str = "
    INSERT INTO accounts (id, number, name, address, phone, class) VALUES
        (1, '5101000000019', '张伟', '解放路1号', '15400000001', 'resident_step');
    INSERT INTO bills (account_id, period, kwh, amount_fen, due, paid_fen, accrued_to) VALUES
        (1, 202609, 100, 5000, 20261025, 5000, 20261025), (1, 202610, 100, 6000, 20261125, 1000, 20261125);
    INSERT INTO postings (id, key, number, account_id, amount_fen, periods, exact, paid_at, day, surplus_fen, arrears_fen,
                          credit_fen)
        VALUES (7, 'k1', '2026112300000007', 1, 6000, '', 0, '2026-11-23T02:42:00Z', 20261123, 0, 5000, 0);
    INSERT INTO settlements VALUES (7, 202609, 5000, 0), (7, 202610, 1000, 0);
    INSERT INTO refused_keys VALUES ('k0', 'fenced');
";

/// The file as the fourth version left it.
async fn old_file(file: &std::path::Path) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let scripts = tempfile::tempdir().unwrap();
    for number in 1..=4 {
        let begins = format!("{number:04}_");
        let script = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&begins))
            .unwrap();
        std::fs::copy(&script, scripts.path().join(script.file_name().unwrap())).unwrap();
    }
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
    let mut sql = SqliteConnection::connect_with(&options).await.unwrap();
    Migrator::new(scripts.path()).await.unwrap().run(&mut sql).await.unwrap();
    sqlx::raw_sql(OLD).execute(&mut sql).await.unwrap();
    sql.close().await.unwrap();
}

#[tokio::test]
async fn postings_and_what_they_settled_are_carried_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("billing.db");
    old_file(&file).await;
    let billing = EmbeddedBilling::open(&file, HALL.clone()).await.unwrap();
    let account = AccountId("5101000000019".to_owned());

    let known = definite(billing.query_post("k1").await).unwrap();
    assert_eq!((known.number.as_str(), known.amount), ("2026112300000007", Fen::new(6_000)));
    let mut again = posting("k1", &account, 6_000);
    again.paid_at = now();
    assert_eq!(definite(billing.post(&again).await), known, "the same key is the same posting");
    assert_eq!(definite(billing.day_file(TODAY).await).len(), 1);
    assert_eq!(rejected(billing.post(&posting("k0", &account, 100)).await), "fenced");
    let owed = total(&definite(billing.arrears(&account, TODAY).await));
    assert_eq!(owed, 5_000);
    let next = definite(billing.post(&posting("k2", &account, owed)).await);
    assert_eq!((next.number.as_str(), next.arrears), ("2026112300000008", Fen::ZERO));

    let mut sql = crate::connect(&file).await;
    let settled: i64 = sqlx::query_scalar(
        "SELECT sum(principal_fen + late_fen) FROM settlements s JOIN postings p ON p.id = s.posting_id",
    )
    .fetch_one(&mut sql)
    .await
    .unwrap();
    assert_eq!(settled, 11_000);
    let broken: Vec<(String,)> =
        sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(&mut sql).await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
}
