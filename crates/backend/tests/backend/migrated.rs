//! A store of an older version, with orders in the middle of their lives: it is migrated in place when it is opened, and
//! every order comes to its end as if nothing had happened.

use std::path::Path;

use powerhall_api::{Collect, Deliver};
use reqwest::StatusCode;
use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::fake_channel::Fault;
use crate::world::World;

/// What orders and quotes did not have at first.
const LATER: [&str; 6] = ["further", "in_doubt", "reviews", "extra", "quoted_on", "use_as"];

/// The scripts that lead to a version.
fn migrations() -> Vec<std::path::PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("there").map(|file| file.expect("reads").path()).collect();
    files.sort();
    files
}

/// Takes away what was added later.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !LATER.contains(&name.as_str()));
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Turns the store's file into what a program of that version would have left: its tables, columns and bodies.
async fn as_of(file: &Path, version: usize) {
    let scripts = tempfile::tempdir().expect("a folder");
    for script in &migrations()[..version] {
        std::fs::copy(script, scripts.path().join(script.file_name().expect("a name"))).expect("copies");
    }
    let old = file.with_extension("old");
    let options = SqliteConnectOptions::new().filename(&old).create_if_missing(true).foreign_keys(false);
    let mut db = SqliteConnection::connect_with(&options).await.expect("opens");
    Migrator::new(scripts.path()).await.expect("reads").run(&mut db).await.expect("an older store");
    sqlx::query("ATTACH ? AS newer")
        .bind(file.to_string_lossy().into_owned())
        .execute(&mut db)
        .await
        .expect("attaches");
    sqlx::query("CREATE TEMP TABLE stripped (id TEXT PRIMARY KEY, body TEXT, quote TEXT)")
        .execute(&mut db)
        .await
        .expect("makes");
    let orders: Vec<(String, String, String)> =
        sqlx::query_as("SELECT id, body, quote FROM newer.orders").fetch_all(&mut db).await.expect("reads");
    assert!(!orders.is_empty());
    for (id, body, quote) in orders {
        let [body, quote] = [body, quote].map(|text| {
            let mut value: Value = serde_json::from_str(&text).expect("JSON");
            strip(&mut value);
            value.to_string()
        });
        let insert = sqlx::query("INSERT INTO stripped VALUES (?, ?, ?)").bind(id).bind(body).bind(quote);
        insert.execute(&mut db).await.expect("writes");
    }
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%'",
    )
    .fetch_all(&mut db)
    .await
    .expect("reads");
    for table in &tables {
        let columns: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT name FROM pragma_table_info('{table}', 'main')"
        )))
        .fetch_all(&mut db)
        .await
        .expect("reads");
        let values: Vec<String> = columns
            .iter()
            .map(|column| match (table.as_str(), column.as_str()) {
                ("orders", "body" | "quote") => {
                    format!("(SELECT s.{column} FROM stripped s WHERE s.id = n.id)")
                }
                _ => format!("n.\"{column}\""),
            })
            .collect();
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let copy = format!(
            "INSERT INTO main.\"{table}\" ({}) SELECT {} FROM newer.\"{table}\" n",
            quoted.join(", "),
            values.join(", ")
        );
        sqlx::query(AssertSqlSafe(copy)).execute(&mut db).await.expect("copies");
    }
    db.close().await.expect("closes");
    for beside in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(file.with_extension(beside));
    }
    std::fs::rename(&old, file).expect("renames");
}

#[tokio::test]
async fn orders_of_an_older_store_come_to_their_end() {
    let newest = migrations().len();
    for version in 1..newest {
        let mut world = World::new().await;
        let shown = world.order("kiosk-1", 12_000).await;
        let number = world.shown("kiosk-1", shown).await;
        // Paid, and whether it is posted nobody knows.
        world.billing.fault("post", [Fault::AnswerLost]);
        let paid = world.order("kiosk-2", 3_000).await;
        let paid_number = world.shown("kiosk-2", paid).await;
        assert!(world.channel.pay(&paid_number));
        world.notify(world.channel.notification(&paid_number)).await;
        world.until("kiosk-2", paid, "being posted", |o| o.lines[0].deliver == Deliver::Posting).await;
        // Left, and whether the code is closed nobody knows.
        world.channel.fault("close", [Fault::Lost]);
        let left = world.order("kiosk-2", 2_000).await;
        world.shown("kiosk-2", left).await;
        world.cancel("kiosk-2", left).await;
        world.until_collect("kiosk-2", left, Collect::Closing).await;

        world.reopen_after(async |file| as_of(file, version).await).await;

        assert_eq!(world.get("kiosk-1", shown).await.collect, Collect::Awaiting, "from version {version}");
        assert!(world.channel.pay(&number));
        assert_eq!(world.notify(world.channel.notification(&number)).await, StatusCode::NO_CONTENT);
        let posted = |deliver| deliver == Deliver::Posted;
        world.in_time("kiosk-1", shown, "posted", |o| posted(o.lines[0].deliver)).await;
        world.in_time("kiosk-2", paid, "posted", |o| posted(o.lines[0].deliver)).await;
        world.in_time("kiosk-2", left, "closed", |o| o.collect == Collect::Closed).await;
        world.until_settled().await;
        assert_eq!((world.billing.posted(), world.channel.refunded()), (15_000, 0), "from version {version}");
    }
}
