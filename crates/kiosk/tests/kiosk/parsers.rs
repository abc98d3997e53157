//! What comes from outside, bent: a configuration is read or every mistake is named; an answer is about the order that
//! was asked for or is a trouble; a journal is either every row that was written, or set aside and kept; never a panic,
//! never a row less in silence.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use powerhall_api::{Duty, Problem, ProblemCode, QuoteRequest};
use powerhall_flow::{Fact, Question};
use powerhall_kiosk::client::Client;
use powerhall_kiosk::config::{ConfigError, KioskConfig};
use powerhall_kiosk::journal::{Journal, Opened, read};
use powerhall_money::Fen;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::client::{backend_config, lookup};
use crate::fake::order;
use crate::journal::{at, open};

const SAMPLE: &str = include_str!("sample.toml");

#[test]
fn a_configuration_is_read_or_its_mistakes_are_named() {
    let dir = TempDir::new().unwrap();
    let (config, secrets) = (dir.path().join("config"), dir.path().join("target/run"));
    std::fs::create_dir_all(&config).unwrap();
    std::fs::create_dir_all(&secrets).unwrap();
    let secret = secrets.join("kiosk.secret");
    std::fs::write(&secret, "a-secret-of-the-tests").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    let path = config.join("kiosk.toml");
    let strategy = prop_oneof![powerhall_mangle::lines(SAMPLE), powerhall_mangle::text(SAMPLE)];
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let good = Cell::new(0);
    let all = runner.run(&strategy, |bent| {
        std::fs::write(&path, &bent).unwrap();
        match KioskConfig::load(&path) {
            Ok(config) => {
                good.set(good.get() + 1);
                prop_assert!((1..=30).contains(&config.backend.connect.as_secs()));
                prop_assert!((1.0..=20.0).contains(&config.screen.pixels_per_mm));
                prop_assert!(!config.languages.is_empty());
                let words = &config.hall.name;
                prop_assert!(words.contains_key("zh_CN"));
            }
            Err(ConfigError::Mistakes { mistakes, .. }) => {
                prop_assert!(!mistakes.is_empty());
                let named = mistakes.iter().all(|m| !m.key.is_empty() && !m.allowed.is_empty());
                prop_assert!(named, "{mistakes:?}");
            }
            Err(ConfigError::Parse { message, .. }) => prop_assert!(!message.is_empty()),
            Err(ConfigError::Read { source, .. }) => prop_assert!(false, "{source}"),
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    assert!((40..400).contains(&good.get()), "{} of 400 were read", good.get());
}

/// Draws from proptest's own generator, where a runner of its own cannot wait for an answer.
fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("no filters").current()
}

/// Status, media type and body of the next answer.
type Next = Arc<Mutex<(u16, String, Vec<u8>)>>;

/// A backend that answers everything with what stands in `next`.
async fn answering(next: &Next) -> Client {
    let next = Arc::clone(next);
    let router = Router::new().fallback(move || {
        let (status, media, body) = next.lock().unwrap().clone();
        let answer = Response::builder().status(status).header("content-type", media).body(Body::from(body));
        async move { answer.unwrap() }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Client::new(backend_config(&url)).unwrap()
}

/// Whatever the backend or something in between answers: an order is believed only when it is the one that was asked for,
/// and everything else is a trouble, never a fact and never a panic.
#[tokio::test]
async fn a_bent_answer_is_about_this_order_or_a_trouble() {
    let id = Uuid::now_v7();
    let good = serde_json::to_value(order(id, 7)).unwrap();
    let refusal = serde_json::to_value(Problem::new(ProblemCode::OrderState, "not now")).unwrap();
    let next = Next::default();
    let client = answering(&next).await;
    let mut runner = TestRunner::default();
    let answers = prop_oneof![
        6 => (Just(200_u16), Just("application/json"), powerhall_mangle::body(good)),
        2 => (Just(409_u16), Just("application/problem+json"), powerhall_mangle::body(refusal)),
        1 => (
            prop::sample::select(vec![200_u16, 204, 301, 304, 400, 401, 404, 413, 429, 500, 503]),
            prop::sample::select(vec!["application/json", "application/problem+json", "text/html", "", "?;?"]),
            prop::collection::vec(any::<u8>(), 0..60),
        ),
    ];
    let (mut believed, mut troubles) = (0, 0);
    for _ in 0..300 {
        let (status, media, body) = draw(&mut runner, &answers);
        let said = String::from_utf8_lossy(&body).into_owned();
        *next.lock().unwrap() = (status, media.to_owned(), body);
        match client.extend(id).await {
            Ok(order) => {
                believed += 1;
                assert!(
                    status == 200 && media == "application/json" && order.order_id == id,
                    "{status} {said}"
                );
                let told: serde_json::Value = serde_json::from_str(&said).expect("only JSON is believed");
                assert_eq!(told["amount_fen"].as_i64(), Some(order.amount_fen.get()), "{said}");
                assert_eq!(told["version"].as_u64(), Some(order.version), "{said}");
            }
            Err(_) => troubles += 1,
        }
        // What is read of the other answers has no order to be about: it must only not fall over.
        let _ = (
            client.ask(Question::Quote(QuoteRequest::of("r".into(), Duty::Arrears))).await,
            client.ask(lookup()).await,
        );
    }
    assert!(believed > 20 && troubles > 50, "{believed} believed, {troubles} troubles");
}

/// The bytes of a journal that was closed in an orderly way, and the orders that it names as open.
async fn journal_file(dir: &Path) -> (Vec<u8>, BTreeSet<Uuid>) {
    let path = dir.join("good.db");
    let journal = open(&path).await.journal;
    let mut named = BTreeSet::new();
    for order in (1..=40).map(Uuid::from_u128) {
        journal.record(order, Fact::Named { amount: Fen::new(30_954) }).await.unwrap();
        if order.as_u128() % 3 == 0 {
            journal.record(order, Fact::Ended).await.unwrap();
        } else {
            named.insert(order);
        }
    }
    drop(journal);
    // Closing moves the write-ahead log into the file and takes it away.
    while path.with_file_name("good.db-wal").exists() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    (std::fs::read(&path).unwrap(), named)
}

fn set_aside(dir: &Path) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    let damaged = files.filter(|file| {
        let name = file.file_name().into_string().unwrap();
        name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    damaged.map(|file| std::fs::read(file.path()).unwrap()).collect()
}

#[test]
fn a_bent_journal_is_whole_or_set_aside() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let dir = TempDir::new().unwrap();
    let (good, named) = runtime.block_on(journal_file(dir.path()));
    let some = |place: prop::sample::Index, byte: u8, length: usize| {
        let mut bytes = good.clone();
        let at = place.index(bytes.len());
        let end = (at + length).min(bytes.len());
        bytes[at..end].fill(byte);
        bytes
    };
    // A few changed bytes, a page of another age, a file cut short, or anything.
    let strategy = prop_oneof![
        4 => (any::<prop::sample::Index>(), any::<u8>(), 1..4_usize).prop_map(move |(at, byte, n)| some(at, byte, n)),
        4 => powerhall_mangle::bytes(good.clone()),
        1 => {
            let good = good.clone();
            (any::<prop::sample::Index>(), any::<prop::sample::Index>()).prop_map(move |(from, to)| {
                let pages = good.len() / 4096;
                let (from, to) = (from.index(pages) * 4096, to.index(pages) * 4096);
                let mut bytes = good.clone();
                bytes.copy_within(from..from + 4096, to);
                bytes
            })
        },
    ];
    let (whole, damaged, case) = (Cell::new(0), Cell::new(0), Cell::new(0_u32));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(120));
    let all = runner.run(&strategy, |bytes| {
        case.set(case.get() + 1);
        let place = dir.path().join(format!("case-{}", case.get()));
        std::fs::create_dir_all(&place).unwrap();
        let path = place.join("journal.db");
        std::fs::write(&path, &bytes).unwrap();
        // Staff may look at any file; it takes a while, because a copy that does not hold is taken again.
        let seen = case.get().is_multiple_of(10).then(|| read(&path));
        let Opened { journal, found } = runtime.block_on(Journal::open(at(&path)));
        let kept = set_aside(&place);
        match found {
            Ok(found) if kept.is_empty() && !bytes.is_empty() => {
                whole.set(whole.get() + 1);
                let open: BTreeSet<Uuid> = found.open_orders.into_iter().collect();
                prop_assert_eq!(&open, &named, "a row is lost in silence");
                prop_assert!(!found.begun_anew);
                prop_assert!(seen.is_none_or(|seen| seen.is_ok_and(|seen| seen.acked_through == 0)));
            }
            // An empty file is a new book: then the backend is asked for the open orders.
            Ok(found) => {
                damaged.set(damaged.get() + 1);
                prop_assert!(found.begun_anew && found.open_orders.is_empty());
                prop_assert_eq!(kept.len(), usize::from(!bytes.is_empty()), "what was damaged is kept");
            }
            // Unwritable: payment stays closed, and the file is where it was.
            Err(_) => prop_assert!(path.exists() && kept.is_empty()),
        }
        drop(journal);
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    let (whole, damaged) = (whole.get(), damaged.get());
    assert!(whole > 0 && damaged > 20, "{whole} whole, {damaged} damaged");
}
