//! The store on a real SQLite file: what is written together, what the unique keys refuse, and jobs.

use std::path::Path;

use powerhall_api::Personal;
use powerhall_backend::store::{
    Noticed, OpenOrder, Opened, OrderedLine, OrderedQuote, SqliteStore, Store, StoreError, Use,
};
use powerhall_money::{
    ChannelFacts, Command, Context, Fen, Moment, NewOrder, Outcome, Payment, Policy, Refusal, Task, Who,
    numbers,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use uuid::Uuid;

struct Shelf {
    store: SqliteStore,
    folder: tempfile::TempDir,
    policy: Policy,
}

impl Shelf {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqliteStore::open(&folder.path().join("s.db")).await.expect("opens");
        Self { store, folder, policy: Policy::default() }
    }

    fn at(&self, ms: i64) -> Context<'_> {
        Context {
            now: Moment(ms),
            tries: 0,
            interrupted: false,
            steady_since: Moment(0),
            policy: &self.policy,
            who: Who::Kiosk("k"),
        }
    }

    async fn sql(&self) -> SqlitePool {
        raw(&self.folder.path().join("s.db")).await
    }

    async fn open(&self, id: Uuid) -> Result<Opened, StoreError> {
        self.store.open_order(new_order(id, 500), self.at(1_000)).await
    }
}

async fn raw(path: &Path) -> SqlitePool {
    SqlitePool::connect_with(SqliteConnectOptions::new().filename(path)).await.expect("opens")
}

fn new_order(id: Uuid, fen: i64) -> OpenOrder {
    OpenOrder {
        kiosk: "k".to_owned(),
        fingerprint: [fen as u8; 32],
        new: NewOrder {
            id,
            reference: String::new(),
            lines: vec![(0, Fen::new(fen))],
            channel: ChannelFacts { id: "fake".to_owned(), merchant: "m".to_owned(), can_close: true },
        },
        quote: OrderedQuote {
            quote_id: "q".to_owned(),
            lines: vec![OrderedLine {
                line: 0,
                account: Personal::from("5101234567127"),
                account_masked: Personal::from("510*******127"),
                use_as: Use::default(),
                periods: Vec::new(),
                exact: false,
                quoted_on: None,
            }],
        },
    }
}

fn payment(fen: i64) -> Payment {
    Payment {
        transaction: "T".to_owned(),
        amount: Fen::new(fen),
        currency: "CNY".to_owned(),
        merchant: "m".to_owned(),
        at: Moment(1_500),
    }
}

#[tokio::test]
async fn an_order_is_there_after_reopening_with_its_first_job() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    let Opened::Created(created) = shelf.open(id).await.expect("writes") else { panic!("new") };
    assert!(numbers::reference_is_plausible(&created.order.reference));
    assert!(matches!(shelf.open(id).await, Ok(Opened::Replayed(stored)) if stored == created));
    assert!(matches!(
        shelf.store.open_order(new_order(id, 501), shelf.at(2_000)).await,
        Ok(Opened::Conflict)
    ));
    shelf.store.close().await;
    let again = SqliteStore::open(&shelf.folder.path().join("s.db")).await.expect("opens again");
    assert_eq!(again.order(id).await.expect("reads"), Some(created));
    let jobs = again.claim(Moment(1_000), Moment(61_000), 10).await.expect("claims");
    assert_eq!(jobs.iter().map(|j| &j.task).collect::<Vec<_>>(), [&Task::Create(1)]);
}

#[tokio::test]
async fn a_claimed_job_is_left_alone_until_its_lease_is_over_and_then_known_as_interrupted() {
    let shelf = Shelf::new().await;
    shelf.open(Uuid::now_v7()).await.expect("writes");
    let first = shelf.store.claim(Moment(1_000), Moment(2_000), 10).await.expect("claims");
    assert!(!first[0].interrupted);
    assert!(shelf.store.claim(Moment(1_999), Moment(3_000), 10).await.expect("claims").is_empty());
    assert_eq!(shelf.store.next_due().await.expect("reads"), Some(Moment(2_000)));
    let second = shelf.store.claim(Moment(2_000), Moment(3_000), 10).await.expect("claims");
    assert!(second[0].interrupted);
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_behind() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    shelf.open(id).await.expect("writes");
    let before = shelf.store.order(id).await.expect("reads");
    assert!(matches!(
        shelf.store.change(id, Command::Extend, shelf.at(2_000)).await,
        Err(StoreError::Refused(Refusal::State))
    ));
    assert!(matches!(
        shelf.store.change(Uuid::now_v7(), Command::Extend, shelf.at(2_000)).await,
        Err(StoreError::NoSuchOrder)
    ));
    assert_eq!(shelf.store.order(id).await.expect("reads"), before);
}

#[tokio::test]
async fn a_notification_is_taken_in_once_with_everything_that_follows() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    shelf.open(id).await.expect("writes");
    let number = numbers::attempt_number(id, 1);
    let tell = async |event: &str, number: &str| {
        shelf.store.notified("fake", event, number, payment(500), shelf.at(3_000)).await.expect("writes")
    };
    let Noticed::Taken(taken) = tell("E1", &number).await else { panic!("taken") };
    assert!(taken.moved);
    assert_eq!(tell("E1", &number).await, Noticed::Duplicate);
    assert!(matches!(tell("E2", &number).await, Noticed::Taken(changed) if !changed.moved));
    assert_eq!(tell("E3", "NOBODYS").await, Noticed::NoSuchAttempt);
    let balances = shelf.store.balances().await.expect("reads");
    assert_eq!(
        balances,
        [("channel_clearing:fake".to_owned(), Fen::new(500)), ("suspense".to_owned(), Fen::new(-500))]
    );
    let jobs = shelf.store.claim(Moment(3_000), Moment(9_000), 10).await.expect("claims");
    assert_eq!(jobs.iter().map(|j| &j.task).collect::<Vec<_>>(), [&Task::Post(0)], "the create job is gone");
}

#[tokio::test]
async fn commands_at_the_same_time_are_one_after_the_other() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    shelf.open(id).await.expect("writes");
    let answer = || Command::CodeAnswered { attempt: 1, outcome: Outcome::Definite("code".to_owned()) };
    let leave = || Command::Leave("left".to_owned());
    let (a, b, c, d) = tokio::join!(
        shelf.store.change(id, answer(), shelf.at(2_000)),
        shelf.store.change(id, leave(), shelf.at(2_000)),
        shelf.store.change(id, answer(), shelf.at(2_000)),
        shelf.store.change(id, leave(), shelf.at(2_000))
    );
    let moved = [a, b, c, d].into_iter().filter(|r| r.as_ref().is_ok_and(|c| c.moved)).count();
    let order = shelf.store.order(id).await.expect("reads").expect("there").order;
    assert_eq!(order.version, 1 + moved as u64, "every move is one version");
    let events: i64 = sqlx::query_scalar("SELECT count(DISTINCT version) FROM events")
        .fetch_one(&shelf.sql().await)
        .await
        .expect("reads");
    assert_eq!(events as u64, order.version, "every version has its history");
}

#[tokio::test]
async fn the_database_itself_refuses_doubles_and_rewriting_history() {
    let shelf = Shelf::new().await;
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    shelf.open(a).await.expect("writes");
    shelf.open(b).await.expect("writes");
    shelf
        .store
        .notified("fake", "E", &numbers::attempt_number(a, 1), payment(500), shelf.at(3_000))
        .await
        .expect("writes");
    let sql = shelf.sql().await;
    let (number, key) = (numbers::attempt_number(a, 1), numbers::posting_key(a, 0));
    for statement in [
        format!("INSERT INTO attempts VALUES ('{number}', '{b}', 2, 'fake', 'preparing')"),
        format!("INSERT INTO attempts VALUES ('OTHER', '{a}', 1, 'fake', 'preparing')"),
        format!("INSERT INTO postings VALUES ('{key}', '{b}', 7, 1, 'none')"),
        format!("INSERT INTO postings VALUES ('OTHER', '{a}', 0, 1, 'none')"),
        format!("INSERT INTO ledger VALUES ('paid:{number}', 'suspense', 1, '{a}', 0)"),
        "INSERT INTO inbox VALUES ('fake', 'E', 'x', 0)".to_owned(),
        "UPDATE ledger SET amount_fen = 1".to_owned(),
        "DELETE FROM ledger".to_owned(),
        "UPDATE orders SET kiosk = 'x', version = version + 1".to_owned(),
        "UPDATE orders SET collect = 'paid'".to_owned(),
        "UPDATE orders SET version = version - 1".to_owned(),
        "DELETE FROM orders".to_owned(),
        "DELETE FROM inbox".to_owned(),
        "UPDATE events SET kind = 'x'".to_owned(),
        "DELETE FROM events".to_owned(),
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&sql).await;
        assert!(refused.is_err(), "{statement}");
    }
    let uneven: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT entry FROM ledger GROUP BY entry HAVING sum(amount_fen) <> 0)",
    )
    .fetch_one(&sql)
    .await
    .expect("reads");
    assert_eq!(uneven, 0);
}

/// No code of ours gets there: the numbers are made of the orders' ids. A damaged file does.
#[tokio::test]
async fn a_number_that_is_another_orders_stops_the_whole_transaction() {
    let shelf = Shelf::new().await;
    let (a, b) = (Uuid::now_v7(), Uuid::now_v7());
    shelf.open(a).await.expect("writes");
    let key = numbers::posting_key(b, 0);
    let statement = format!("INSERT INTO postings VALUES ('{key}', '{a}', 7, 1, 'none')");
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&shelf.sql().await).await.expect("writes");
    assert!(matches!(shelf.open(b).await, Err(StoreError::Damaged(_))));
    assert_eq!(shelf.store.order(b).await.expect("reads"), None);
}

#[tokio::test]
async fn personal_numbers_stand_only_beside_the_order() {
    let shelf = Shelf::new().await;
    shelf.open(Uuid::now_v7()).await.expect("writes");
    let body: String =
        sqlx::query_scalar("SELECT body FROM orders").fetch_one(&shelf.sql().await).await.expect("reads");
    assert!(!body.contains("5101234567127"), "{body}");
}

#[tokio::test]
async fn an_answer_that_another_worker_has_overtaken_is_known_to_be_in_doubt() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    shelf.open(id).await.expect("writes");
    let number = numbers::attempt_number(id, 1);
    shelf.store.notified("fake", "E", &number, payment(500), shelf.at(3_000)).await.expect("writes");
    let mine = shelf.store.claim(Moment(3_000), Moment(4_000), 10).await.expect("claims").remove(0);
    assert_eq!(mine.task, Task::Post(0));
    // The lease ran out while this worker slept; the other one has the job now, and its post is under way.
    let theirs = shelf.store.claim(Moment(4_000), Moment(9_000), 10).await.expect("claims").remove(0);
    assert!(theirs.interrupted && !mine.interrupted);
    let refused =
        || Command::PostAnswered { line: 0, outcome: Outcome::Rejected("account_closed".to_owned()) };
    let changed = shelf.store.finish(&mine, refused(), shelf.at(4_500)).await.expect("writes");
    assert!(changed.stored.order.refunds.is_empty(), "the other's post may still arrive: fence first");
    let next = shelf.store.claim(Moment(4_500), Moment(9_000), 10).await.expect("claims");
    assert_eq!(next.iter().map(|j| &j.task).collect::<Vec<_>>(), [&Task::Fence(0)]);
}

#[tokio::test]
async fn every_event_says_who_and_why() {
    let shelf = Shelf::new().await;
    let id = Uuid::now_v7();
    shelf.open(id).await.expect("writes");
    let number = numbers::attempt_number(id, 1);
    shelf.store.notified("fake", "E", &number, payment(500), shelf.at(3_000)).await.expect("writes");
    let rows: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT who, why, evidence FROM events ORDER BY seq")
            .fetch_all(&shelf.sql().await)
            .await
            .expect("reads");
    assert!(rows.iter().all(|(who, why, _)| !who.is_empty() && !why.is_empty()), "{rows:?}");
    assert_eq!(rows.last().and_then(|(_, _, e)| e.as_deref()), Some("paid T 500 CNY"));
}
