//! A backend that misbehaves as configured, with short times, and a customer with a kiosk and a phone.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use powerhall_api::{Collect, Lookup, Order, Quote};
use powerhall_backend::assemble::{assemble_with_clock, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_backend::kiosks::write_secret;
use powerhall_billing::demo::{self, Showcase, Situation};
use powerhall_billing::{BillingFault, Faulty};
use powerhall_faults::{Plan, Record};
use powerhall_money::{Fen, Policy};
use powerhall_standin::{StandIn, StandInConfig, WireFault};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::books::Books;
use super::night::NightClock;
use crate::world::{client, secret};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Hall {
    pub books: Books,
    pub played: Record,
    pub clock: Arc<NightClock>,
    /// Where staff asks.
    pub socket: PathBuf,
    /// The orders' ids follow from it and the account, so that the dice of the faults fall the same again.
    seed: u64,
    /// The utility's own billing system, where the backend posts to one.
    pub standin: Option<StandIn>,
    showcase: Showcase,
    client: reqwest::Client,
    base: String,
    stop: watch::Sender<bool>,
    serving: Option<JoinHandle<()>>,
    _folder: TempDir,
}

/// What was ordered.
#[derive(Clone, Copy, Debug)]
pub struct Ordered {
    pub id: Uuid,
    pub amount: Fen,
}

/// Short times, so that an order comes to its end within seconds.
pub fn quick() -> Policy {
    Policy {
        prepare_ms: 20_000,
        qr_ms: 60_000,
        extensions_max: 1,
        margin_ms: 10_000,
        poll_ms: 60,
        backoff_min_ms: 30,
        backoff_max_ms: 120,
        request_life_ms: 2_000,
        recheck_ms: vec![0, 300, 600, 1200],
    }
}

impl Hall {
    /// Opens one whose configuration ends with `plan`.
    pub async fn open(plan: &str, policy: Policy) -> Self {
        Self::open_with(plan, policy, 20, 0).await
    }

    /// The same with so many made-up accounts, at least 20, and a seed for the orders' ids.
    pub async fn open_with(plan: &str, policy: Policy, accounts: u32, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = configure(folder.path(), EMBEDDED, plan);
        let showcase = fill(&config, accounts).await;
        Self::start(folder, config, policy, showcase, seed, None).await
    }

    /// One whose billing system is the utility's own: a stand-in over the same file, with plans for what goes wrong in it
    /// and on the wire.
    pub async fn open_behind(inside: Plan<BillingFault>, wire: Plan<WireFault>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let showcase = fill(&configure(folder.path(), EMBEDDED, ""), 20).await;
        let (_, billing) = open_billing(&configure(folder.path(), EMBEDDED, "")).await.expect("opens");
        let billing = Arc::new(Faulty::new(Arc::new(billing), inside));
        let standin = StandInConfig { faults: wire, ..StandInConfig::new(billing, BILLING_SECRET) };
        let standin = StandIn::start(standin, ([127, 0, 0, 1], 0).into()).await.expect("listens");
        let file = folder.path().join("billing.secret");
        std::fs::write(&file, BILLING_SECRET).expect("writes");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("changes");
        let rest = format!(
            "kind = \"rest\"\nurl = \"{}\"\nsecret_file = \"billing.secret\"\nanswer_milliseconds = 300\n",
            standin.url()
        );
        let config = configure(folder.path(), &rest, "");
        Self::start(folder, config, quick(), showcase, 0, Some(standin)).await
    }

    async fn start(
        folder: TempDir,
        mut config: BackendConfig,
        policy: Policy,
        showcase: Showcase,
        seed: u64,
        standin: Option<StandIn>,
    ) -> Self {
        config.settings.policy = policy;
        config.settings.call_timeout = Duration::from_millis(400);
        config.settings.lease = Duration::from_secs(5);
        config.settings.tick = Duration::from_millis(20);
        config.settings.lookups_per_minute = 10_000;
        let clock = Arc::new(NightClock::default());
        let assembled = assemble_with_clock(&config, Arc::<NightClock>::clone(&clock)).await.expect("starts");
        let base = format!("http://{}", assembled.address);
        let played = assembled.played.clone();
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(async move { assembled.serve(stopped).await.expect("ends well") });
        let books = Books::of(folder.path(), config.sandboxes.iter().map(|s| s.file.clone()).collect());
        Self {
            books,
            played,
            clock,
            socket: config.review.socket,
            seed,
            standin,
            showcase,
            client: client(),
            base,
            stop,
            serving: Some(serving),
            _folder: folder,
        }
    }

    /// Stops it in an orderly way.
    pub async fn close(mut self) {
        self.stop.send(true).expect("it runs");
        if let Some(serving) = self.serving.take() {
            serving.await.expect("no panic");
        }
    }

    /// The day in Beijing by the hall's clock.
    pub fn today(&self) -> Date {
        day(self.clock.now())
    }

    fn order_id(&self, account: &str) -> Uuid {
        let random = Sha256::digest(format!("{} {account}", self.seed));
        let mut bytes = [0; 10];
        bytes.copy_from_slice(&random[..10]);
        uuid::Builder::from_unix_timestamp_millis(1_795_363_200_000, &bytes).into_uuid()
    }

    pub fn account(&self, situation: Situation) -> String {
        self.showcase.account(situation).expect("in every showcase").number.clone()
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("Bearer kiosk-1:{}", secret("kiosk-1")))
    }

    /// Orders all that an account owes; each account once.
    pub async fn order(&self, account: &str, channel: &str) -> Ordered {
        let found: Lookup = self
            .ask(Method::POST, "/v1/lookups")
            .json(&json!({"by": "account", "account": account}))
            .send()
            .await
            .expect("answered")
            .json()
            .await
            .expect("found");
        let wanted = json!({"references": [found.reference], "duty": "arrears"});
        let quote: Quote = self
            .ask(Method::POST, "/v1/quotes")
            .json(&wanted)
            .send()
            .await
            .expect("answered")
            .json()
            .await
            .expect("a quote");
        let amount = quote.lines[0].total_fen;
        assert!(amount.is_positive(), "the account owes something");
        let id = self.order_id(account);
        let lines = json!([{"line": 0, "amount_fen": amount}]);
        let body = json!({"quote_id": quote.quote_id, "channel": channel, "lines": lines});
        let path = format!("/v1/orders/{id}");
        let created = self.ask(Method::PUT, &path).json(&body).send().await.expect("answered");
        assert_eq!(created.status(), StatusCode::CREATED);
        Ordered { id, amount }
    }

    /// The order as the customer's screen has it. Whatever it claims must be so in the books already.
    pub async fn see(&self, order: Ordered) -> Order {
        let path = format!("/v1/orders/{}", order.id);
        let seen: Order =
            self.ask(Method::GET, &path).send().await.expect("answered").json().await.expect("an order");
        if seen.collect == Collect::Paid {
            assert!(self.books.channels_took().await.is_positive(), "“paid” before anybody paid: {seen:?}");
        }
        seen
    }

    pub async fn until(&self, order: Ordered, what: &str, holds: impl Fn(&Order) -> bool) -> Order {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = self.see(order).await;
            if holds(&seen) {
                return seen;
            }
            let played = self.played.list();
            assert!(Instant::now() < end, "never {what}: {seen:?}; played {played:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The link in the code on the screen.
    pub async fn link(&self, order: Ordered) -> String {
        let shown = self.until(order, "shown", |o| o.collect == Collect::Awaiting).await;
        shown.attempt.and_then(|attempt| attempt.code).expect("a code")
    }

    pub async fn cancel(&self, order: Ordered) {
        let path = format!("/v1/orders/{}/cancel", order.id);
        let answer = self.ask(Method::POST, &path).json(&json!({"reason": "customer"})).send().await;
        assert_eq!(answer.expect("answered").status(), StatusCode::ACCEPTED);
    }

    /// Another code for the same order; false when it was paid meanwhile.
    pub async fn again(&self, order: Ordered, no: u32, channel: &str) -> bool {
        let path = format!("/v1/orders/{}/attempts", order.id);
        let body = json!({"no": no, "channel": channel});
        let answer = self.ask(Method::POST, &path).json(&body).send().await.expect("answered");
        let status = answer.status();
        assert!(matches!(status, StatusCode::CREATED | StatusCode::CONFLICT), "{:?}", answer.text().await);
        status == StatusCode::CREATED
    }

    /// The phone opens the page behind a code.
    pub async fn scan(&self, link: &str) -> String {
        self.client.get(link).send().await.expect("the page opens").text().await.expect("HTML")
    }

    /// The phone opens the page and presses pay.
    pub async fn pay(&self, link: &str) {
        self.scan(link).await;
        let answer = self.client.post(link).form(&[("action", "pay")]).send().await.expect("answered");
        assert!(answer.status().is_success(), "the phone was told {}", answer.status());
    }
}

const EMBEDDED: &str = "file = \"billing.db\"\n";
const BILLING_SECRET: &str = "a-secret-of-the-tests";

async fn fill(config: &BackendConfig, accounts: u32) -> Showcase {
    let (_, billing) = open_billing(config).await.expect("opens");
    let showcase = demo::fill(&billing, accounts, 7, day(SystemClock.now())).await.expect("fills");
    billing.close().await;
    showcase
}

fn configure(folder: &Path, billing: &str, plan: &str) -> BackendConfig {
    let hall = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/hall");
    write_secret(&folder.join("k.secret"), &secret("kiosk-1")).expect("writes");
    let file = folder.join("backend.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[store]\nfile = \"backend.db\"\n[billing]\n{billing}\
         [hall]\nfolder = {hall:?}\n[[kiosk]]\nid = \"kiosk-1\"\nsecret_file = \"k.secret\"\n\
         [channel.sandbox]\nlisten = \"127.0.0.1:0\"\nfile = \"sandbox.db\"\n\
         [channel.sandbox-b]\nlisten = \"127.0.0.1:0\"\nfile = \"sandbox-b.db\"\nmode = \"alipay_like\"\n{plan}"
    );
    std::fs::write(&file, text).expect("writes");
    BackendConfig::load(&file).expect("a right configuration")
}
