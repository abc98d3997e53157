//! The same journey with nothing faked: the real sandbox with its pay page, and the real embedded billing with demo data.

use std::path::Path;
use std::time::Duration;

use powerhall_api::{BillDetail, BillState, Bills, Collect, Deliver, Lookup, Order, Quote};
use powerhall_backend::assemble::{StartError, assemble, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_billing::demo::{self, Showcase, Situation};
use powerhall_money::Fen;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::world::{client, secret};

/// A configuration of its own in a folder, on ports of the system's choice.
pub fn config_in(folder: &Path) -> std::path::PathBuf {
    let hall = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/hall");
    std::fs::write(folder.join("k.secret"), secret("kiosk-1")).expect("writes");
    let file = folder.join("backend.toml");
    let text = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\n[store]\nfile = \"backend.db\"\n[billing]\nfile = \"billing.db\"\n\
         [hall]\nfolder = {hall:?}\n[timings]\npoll_milliseconds = 500\n\
         [[kiosk]]\nid = \"kiosk-1\"\nsecret_file = \"k.secret\"\n\
         [channel.sandbox]\nlisten = \"127.0.0.1:0\"\nfile = \"sandbox.db\"\n[sms]\nfile = \"sms.log\"\n"
    );
    std::fs::write(&file, text).expect("writes");
    file
}

/// A backend with nothing faked, on a folder of its own.
struct Real {
    client: reqwest::Client,
    base: String,
    showcase: Showcase,
    stop: watch::Sender<bool>,
    serving: JoinHandle<Result<(), StartError>>,
    _folder: tempfile::TempDir,
}

impl Real {
    async fn start() -> Self {
        let client = client();
        let folder = tempfile::tempdir().expect("a folder");
        let config = BackendConfig::load(&config_in(folder.path())).expect("complete");
        let (_, billing) = open_billing(&config).await.expect("opens");
        let showcase = demo::fill(&billing, 100, 1, day(SystemClock.now())).await.expect("fills");
        billing.close().await;
        let assembled = assemble(&config).await.expect("starts");
        let base = format!("http://{}", assembled.address);
        let (stop, stopped) = watch::channel(false);
        let serving = tokio::spawn(assembled.serve(stopped));
        Self { client, base, showcase, stop, serving, _folder: folder }
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.base))
            .header("authorization", format!("Bearer kiosk-1:{}", secret("kiosk-1")))
    }

    async fn reference(&self, situation: Situation) -> String {
        let account = &self.showcase.account(situation).expect("in every showcase").number;
        let body = json!({"by": "account", "account": account});
        let asked = self.ask(Method::POST, "/v1/lookups").json(&body).send().await.expect("answered");
        let found: Lookup = asked.json().await.expect("found");
        found.reference
    }

    async fn quote(&self, situation: Situation) -> Quote {
        let wanted = json!({"references": [self.reference(situation).await], "duty": "arrears"});
        self.ask(Method::POST, "/v1/quotes")
            .json(&wanted)
            .send()
            .await
            .expect("answered")
            .json()
            .await
            .expect("a quote")
    }

    /// Orders an amount and pays it as a phone would; gives the order's path and what the phone showed.
    async fn pay(&self, quote: &Quote, fen: i64) -> (String, String) {
        let path = format!("/v1/orders/{}", Uuid::now_v7());
        let lines = json!([{"line": 0, "amount_fen": fen}]);
        let body = json!({"quote_id": quote.quote_id, "channel": "sandbox", "lines": lines});
        let created = self.ask(Method::PUT, &path).json(&body).send().await.expect("answered");
        assert_eq!(created.status(), StatusCode::CREATED);
        let awaiting = self.until(&path, "awaiting", |o| o.collect == Collect::Awaiting).await;
        let page = awaiting.attempt.and_then(|a| a.code).expect("a code");
        let shown = self.client.get(&page).send().await.expect("opens").text().await.expect("a page");
        self.client.post(&page).form(&[("action", "pay")]).send().await.expect("the phone pays");
        (path, shown)
    }

    async fn until(&self, path: &str, what: &str, holds: fn(&Order) -> bool) -> Order {
        for _ in 0..1500 {
            let answer = self.ask(Method::GET, path).send().await.expect("answered");
            let order: Order = answer.json().await.expect("an order");
            if holds(&order) {
                return order;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {what}");
    }

    async fn stop(self) {
        self.stop.send(true).expect("it runs");
        self.serving.await.expect("no panic").expect("ends well");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_customer_pays_at_the_sandbox_and_owes_nothing() {
    let real = Real::start().await;
    let owed = real.quote(Situation::OwesThreeMonths).await;
    let line = &owed.lines[0];
    assert!(line.total_fen.is_positive() && line.bills.len() == 3);
    let (order, shown) = real.pay(&owed, line.total_fen.get()).await;
    assert!(shown.contains(&line.total_fen.to_string()), "the phone shows the amount");
    let posted = real.until(&order, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(posted.lines[0].arrears_fen.map(|f| f.get()), Some(0));
    assert!(posted.receipt.is_some());
    let after = real.quote(Situation::OwesThreeMonths).await;
    assert!(after.lines[0].bills.is_empty() && !after.lines[0].total_fen.is_positive());
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_reads_every_bill_and_sees_what_the_payment_did() {
    let real = Real::start().await;
    let owed = real.quote(Situation::OwesThreeMonths).await;
    let reference = real.reference(Situation::OwesThreeMonths).await;
    let get = async |path: String| {
        let asked = real.ask(Method::GET, &format!("/v1/lookups/{reference}/{path}"));
        asked.send().await.expect("answered")
    };
    let states = async || {
        let list: Bills = get("bills".to_owned()).await.json().await.expect("a list");
        assert_eq!((list.months.len(), list.tier.is_some()), (Bills::MOST, true));
        for month in &list.months {
            let path = format!("bills/{}", month.period);
            let bill: BillDetail = get(path).await.json().await.expect("a bill");
            assert_eq!((&bill.period, bill.state), (&month.period, month.state));
            assert_eq!(Fen::sum(bill.lines.iter().map(|line| line.amount_fen)), Ok(month.amount_fen));
        }
        list.months.iter().filter(|month| month.state != BillState::Paid).count()
    };
    assert_eq!(states().await, 3);
    let (order, _) = real.pay(&owed, owed.lines[0].total_fen.get()).await;
    real.until(&order, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(states().await, 0);
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_closed_account_goes_back_to_the_payer() {
    let real = Real::start().await;
    let owed = real.quote(Situation::Closed).await;
    let (order, _) = real.pay(&owed, 1_000).await;
    real.until(&order, "refunded", |o| o.lines[0].deliver == Deliver::Refunded).await;
    real.stop().await;
}
