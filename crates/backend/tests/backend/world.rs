//! A running backend for tests, its kiosks, and the clock in the test's hand.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::Duration;

use powerhall_api::{Collect, Order};
use powerhall_backend::backend::{Backend, Settings};
use powerhall_backend::board::Board;
use powerhall_backend::channels::{ChannelEntry, Channels};
use powerhall_backend::clock::{ManualClock, moment};
use powerhall_backend::invoicing::Invoicing;
use powerhall_backend::kiosks::hash;
use powerhall_backend::proof::ProofSettings;
use powerhall_backend::server;
use powerhall_backend::store::{SqliteStore, Store};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::fake_billing::{ACCOUNT, FakeBilling};
use crate::fake_channel::{FakeChannel, MERCHANT, SEAL};
use crate::fake_invoices::{self, FakeInvoices};
use crate::fake_sms::FakeSms;

/// The kiosks that every world knows; the secret of each is its name, long enough.
pub const KIOSKS: [&str; 2] = ["kiosk-1", "kiosk-2"];

pub fn secret(kiosk: &str) -> String {
    format!("secret-of-{kiosk}")
}

/// One client each test: connections belong to the test's runtime.
pub fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder().timeout(Duration::from_secs(40)).build().expect("a client")
}

pub struct World {
    pub channel: Arc<FakeChannel>,
    /// The second configured channel; it cannot close.
    pub fenceless: Arc<FakeChannel>,
    pub billing: Arc<FakeBilling>,
    pub sms: Arc<FakeSms>,
    pub invoices: Arc<FakeInvoices>,
    pub clock: Arc<ManualClock>,
    pub store: SqliteStore,
    pub client: reqwest::Client,
    pub base: String,
    pub settings: Settings,
    file: PathBuf,
    _folder: tempfile::TempDir,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backend.db");
        let store = SqliteStore::open(&file).await.expect("opens");
        let mut settings = Settings {
            tick: Duration::from_millis(5),
            call_timeout: Duration::from_secs(2),
            lookups_per_minute: 1000,
            proof: ProofSettings { answer: Duration::from_millis(5), ..ProofSettings::default() },
            ..Settings::default()
        };
        change(&mut settings);
        let start = moment("2026-11-23T10:00:00+08:00".parse().expect("a time"));
        let mut world = Self {
            channel: Arc::new(FakeChannel::new("fake", true)),
            fenceless: Arc::new(FakeChannel::new("fenceless", false)),
            billing: Arc::default(),
            sms: Arc::default(),
            invoices: Arc::default(),
            clock: Arc::new(ManualClock::new(start)),
            store,
            client: client(),
            base: String::new(),
            settings,
            file,
            _folder: folder,
            stop: watch::channel(false).0,
            server: None,
        };
        for kiosk in KIOSKS {
            world.store.put_kiosk(kiosk, hash(&secret(kiosk)), start).await.expect("known");
        }
        world.start().await;
        world
    }

    /// The ports and the store, put together once more.
    pub fn backend(&self) -> Backend {
        let entry = |port: &Arc<FakeChannel>| ChannelEntry {
            port: Arc::<FakeChannel>::clone(port),
            merchant: MERCHANT.to_owned(),
            name: [("zh_CN".to_owned(), "测试".to_owned())].into(),
            wallets: Vec::new(),
        };
        Backend::new(
            Arc::new(self.store.clone()),
            Arc::<FakeBilling>::clone(&self.billing),
            Channels::new(vec![entry(&self.channel), entry(&self.fenceless)]),
            Arc::<ManualClock>::clone(&self.clock),
            Board::empty().with_reasons(reasons()),
            self.settings.clone(),
        )
        .with_sms(Arc::<FakeSms>::clone(&self.sms))
        .with_invoicing(Invoicing {
            port: Arc::<FakeInvoices>::clone(&self.invoices),
            public_url: self.base.clone(),
            ..fake_invoices::invoicing()
        })
    }

    async fn start(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        self.base = format!("http://{}", listener.local_addr().expect("bound"));
        let (stop, stopped) = watch::channel(false);
        self.stop = stop;
        let serving = server::serve(listener, Arc::new(self.backend()), stopped);
        self.server = Some(tokio::spawn(async move { serving.await.expect("serves") }));
    }

    /// Stops the backend in an orderly way.
    pub async fn stop(&mut self) {
        self.stop.send(true).expect("it runs");
        if let Some(server) = self.server.take() {
            server.await.expect("ends well");
        }
    }

    /// Stops it in an orderly way, lets somebody have the closed file, and starts another on it.
    pub async fn reopen_after(&mut self, change: impl AsyncFnOnce(&Path)) {
        self.stop().await;
        self.store.close().await;
        change(&self.file).await;
        self.store = SqliteStore::open(&self.file).await.expect("opens again");
        self.start().await;
    }

    /// Kills the backend in the middle of whatever it does, and starts another on the same file.
    pub async fn kill_and_restart(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
        // The runner is a task of its own; it must not live on beside the new one.
        let _ = self.stop.send(true);
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.store.close().await;
        self.store = SqliteStore::open(&self.file).await.expect("opens again");
        self.start().await;
    }

    pub fn request(&self, kiosk: &str, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {kiosk}:{}", secret(kiosk)))
    }

    pub async fn post(&self, kiosk: &str, path: &str, body: Value) -> Response {
        self.request(kiosk, Method::POST, path).json(&body).send().await.expect("answered")
    }

    pub async fn lookup(&self, kiosk: &str) -> String {
        let answer = self.post(kiosk, "/v1/lookups", json!({"by": "account", "account": ACCOUNT})).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        text(&answer.json().await.expect("JSON"), "reference")
    }

    /// A look-up of somebody who has to prove who they are.
    pub async fn person(&self, kiosk: &str, request: Value) -> String {
        let answer = self.post(kiosk, "/v1/lookups", request).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        text(&answer.json().await.expect("JSON"), "reference")
    }

    pub async fn quote(&self, kiosk: &str) -> String {
        let reference = self.lookup(kiosk).await;
        let answer = self.ask_quote(kiosk, &[&reference], "arrears").await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        text(&answer.json().await.expect("JSON"), "quote_id")
    }

    pub async fn ask_quote(&self, kiosk: &str, references: &[&str], duty: &str) -> Response {
        self.post(kiosk, "/v1/quotes", json!({"references": references, "duty": duty})).await
    }

    pub async fn put(&self, kiosk: &str, id: Uuid, body: &Value) -> Response {
        let path = format!("/v1/orders/{id}");
        self.request(kiosk, Method::PUT, &path).json(body).send().await.expect("answered")
    }

    /// A kiosk looks up the account and orders `fen` (15000 is all that is owed) by a channel.
    pub async fn order_by(&self, kiosk: &str, channel: &str, fen: i64) -> Uuid {
        let quote = self.quote(kiosk).await;
        let id = Uuid::now_v7();
        let body = json!({"quote_id": quote, "channel": channel, "lines": [{"line": 0, "amount_fen": fen}]});
        let answer = self.put(kiosk, id, &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{:?}", answer.text().await);
        id
    }

    pub async fn order(&self, kiosk: &str, fen: i64) -> Uuid {
        self.order_by(kiosk, "fake", fen).await
    }

    pub async fn get(&self, kiosk: &str, id: Uuid) -> Order {
        let path = format!("/v1/orders/{id}");
        let answer = self.request(kiosk, Method::GET, &path).send().await.expect("answered");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("an order")
    }

    /// Waits (in real time) until the order is as wanted, while the clock stands.
    pub async fn until(&self, kiosk: &str, id: Uuid, what: &str, holds: impl Fn(&Order) -> bool) -> Order {
        self.look_until(kiosk, id, what, 0, holds).await
    }

    /// The same, while time passes for the backend: half a second between two looks.
    pub async fn in_time(&self, kiosk: &str, id: Uuid, what: &str, holds: impl Fn(&Order) -> bool) -> Order {
        self.look_until(kiosk, id, what, 500, holds).await
    }

    async fn look_until(
        &self,
        kiosk: &str,
        id: Uuid,
        what: &str,
        step_ms: i64,
        holds: impl Fn(&Order) -> bool,
    ) -> Order {
        let mut last = None;
        for _ in 0..1000 {
            let order = self.get(kiosk, id).await;
            if holds(&order) {
                return order;
            }
            last = Some(order);
            self.clock.advance_ms(step_ms);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never {what}: {last:?}");
    }

    pub async fn until_collect(&self, kiosk: &str, id: Uuid, collect: Collect) -> Order {
        self.until(kiosk, id, "in this state", |order| order.collect == collect).await
    }

    /// Our number of an attempt, out of the code that the kiosk draws.
    pub async fn shown(&self, kiosk: &str, id: Uuid) -> String {
        let order = self.until_collect(kiosk, id, Collect::Awaiting).await;
        let code = order.attempt.and_then(|a| a.code).expect("a code is shown");
        code.trim_start_matches("fake://").to_owned()
    }

    /// The channel tells the backend of a payment.
    pub async fn notify(&self, body: String) -> StatusCode {
        self.client
            .post(format!("{}/v1/notifications/fake", self.base))
            .header(SEAL.0, SEAL.1)
            .body(body)
            .send()
            .await
            .expect("answered")
            .status()
    }

    pub async fn cancel(&self, kiosk: &str, id: Uuid) {
        let path = format!("/v1/orders/{id}/cancel");
        let answer = self.post(kiosk, &path, json!({"reason": "customer"})).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }

    /// Waits until no fen is left undecided in the books.
    pub async fn until_settled(&self) {
        for _ in 0..1000 {
            let balances = self.store.balances().await.expect("reads");
            if balances.iter().all(|(account, fen)| {
                !matches!(account.as_str(), "suspense" | "refund_in_transit") || fen.get() == 0
            }) {
                return;
            }
            self.clock.advance_ms(100);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("money is left over: {:?}", self.store.balances().await);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The runner and the server end by themselves.
        let _ = self.stop.send(true);
    }
}

/// Why kiosks may be suspended.
fn reasons() -> std::collections::BTreeMap<String, powerhall_api::Text> {
    let text = |words: &str| [("zh_CN".to_owned(), words.to_owned())].into();
    [("upgrade", "系统升级"), ("maintenance", "设备检修")]
        .map(|(key, words)| (key.to_owned(), text(words)))
        .into()
}

pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("{key} in {value}")).to_owned()
}
