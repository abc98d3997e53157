//! The same journey with nothing faked: the real sandbox with its pay page, and the real embedded billing with demo data.

use std::path::Path;
use std::time::Duration;

use powerhall_api::{
    Aftermath, Applications, BillDetail, BillState, Bills, Blocked, Collect, Deliver, Duty, FeeRefundState,
    Lookup, Order, Quote, RechargeState, ReconnectionState,
};
use powerhall_backend::assemble::{StartError, assemble, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_backend::kiosks::write_secret;
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
    write_secret(&folder.join("k.secret"), &secret("kiosk-1")).expect("writes");
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
        self.quote_of(&[self.reference(situation).await], "arrears").await
    }

    async fn quote_of(&self, references: &[String], duty: &str) -> Quote {
        let wanted = json!({"references": references, "duty": duty});
        let asked = self.ask(Method::POST, "/v1/quotes").json(&wanted).send().await.expect("answered");
        asked.json().await.expect("a quote")
    }

    /// The look-up of an application by its number.
    async fn application(&self, number: &str) -> String {
        let body = json!({"by": "application", "application": number});
        let asked = self.ask(Method::POST, "/v1/lookups").json(&body).send().await.expect("answered");
        let found: Lookup = asked.json().await.expect("found");
        found.reference
    }

    async fn aftermath(&self, order: &str) -> Aftermath {
        let asked = self.ask(Method::GET, &format!("{order}/aftermath")).send().await.expect("answered");
        assert_eq!(asked.status(), StatusCode::OK);
        asked.json().await.expect("an aftermath")
    }

    async fn until_over(&self, order: &str) -> Aftermath {
        for _ in 0..600 {
            let aftermath = self.aftermath(order).await;
            if aftermath.is_over() {
                return aftermath;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never comes to its end");
    }

    /// Orders an amount and pays it as a phone would; gives the order's path and what the phone showed.
    async fn pay(&self, quote: &Quote, fen: i64) -> (String, String) {
        let path = format!("/v1/orders/{}", Uuid::now_v7());
        self.pay_lines(quote, &[fen], &path).await
    }

    /// The same with an amount for each line.
    async fn pay_lines(&self, quote: &Quote, amounts: &[i64], path: &str) -> (String, String) {
        let lines: Vec<_> = (0..)
            .zip(amounts)
            .map(|(line, fen): (u32, _)| json!({"line": line, "amount_fen": fen}))
            .collect();
        let body = json!({"quote_id": quote.quote_id, "channel": "sandbox", "lines": lines});
        let created = self.ask(Method::PUT, path).json(&body).send().await.expect("answered");
        assert_eq!(created.status(), StatusCode::CREATED);
        let awaiting = self.until(path, "awaiting", |o| o.collect == Collect::Awaiting).await;
        let page = awaiting.attempt.and_then(|a| a.code).expect("a code");
        let shown = self.client.get(&page).send().await.expect("opens").text().await.expect("a page");
        self.client.post(&page).form(&[("action", "pay")]).send().await.expect("the phone pays");
        (path.to_owned(), shown)
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

#[tokio::test(flavor = "multi_thread")]
async fn a_prepaid_meter_is_recharged_and_says_so() {
    let real = Real::start().await;
    // Whichever was asked for: the line says what the account is.
    let owed = real.quote(Situation::Prepaid).await;
    let line = &owed.lines[0];
    assert_eq!((line.duty, line.total_fen.get(), line.min_fen.get()), (Duty::Prepaid, 0, 1_000));
    let prepaid = line.prepaid.as_ref().expect("a meter");
    let before = prepaid.at_meter.as_ref().expect("heard").balance_fen;
    let (order, _) = real.pay(&owed, 5_000).await;
    let posted = real.until(&order, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(posted.receipt.expect("a receipt").lines[0].duty, Duty::Prepaid);
    let way = real.aftermath(&order).await;
    assert!(!way.is_over(), "it takes seconds: {way:?}");
    let busy = real.quote_of(&[real.reference(Situation::Prepaid).await], "prepaid").await;
    let blocked = busy.lines[0].prepaid.as_ref().and_then(|prepaid| prepaid.blocked);
    assert_eq!((blocked, busy.lines[0].is_payable()), (Some(Blocked::EarlierUnfinished), false));

    let over = real.until_over(&order).await;
    assert_eq!(over.lines[0].recharge.as_ref().map(|r| r.state), Some(RechargeState::AtMeter));
    let after = real.quote(Situation::Prepaid).await;
    let there = after.lines[0].prepaid.clone().and_then(|p| p.at_meter).expect("heard").balance_fen;
    assert_eq!(there, before.plus(Fen::new(5_000)).expect("fits"));
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_off_and_prepaid_are_paid_together_and_each_says_what_follows() {
    let real = Real::start().await;
    let references = [real.reference(Situation::CutOff).await, real.reference(Situation::PrepaidFails).await];
    let quote = real.quote_of(&references, "arrears").await;
    let duties: Vec<_> = quote.lines.iter().map(|line| line.duty).collect();
    assert_eq!(duties, [Duty::Arrears, Duty::Prepaid]);
    let least = quote.lines[0].cut_off.as_ref().expect("it is cut off").reconnect_fen;
    assert!(least.is_positive() && least <= quote.lines[0].total_fen);
    let path = format!("/v1/orders/{}", Uuid::now_v7());
    let (order, _) = real.pay_lines(&quote, &[least.get(), 2_000], &path).await;
    real.until(&order, "posted", |o| o.lines.iter().all(|line| line.deliver == Deliver::Posted)).await;
    let over = real.until_over(&order).await;
    let reconnection = over.lines[0].reconnection.as_ref().map(|r| r.state);
    let recharge = over.lines[1].recharge.as_ref().expect("a recharge");
    assert_eq!((reconnection, recharge.state), (Some(ReconnectionState::Done), RechargeState::Failed));
    assert!(recharge.what_now.is_some(), "what now");
    assert_eq!(real.quote(Situation::CutOff).await.lines[0].cut_off, None);
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_that_is_busy_takes_no_money() {
    let real = Real::start().await;
    let quote = real.quote(Situation::PrepaidBlocked).await;
    let blocked = quote.lines[0].prepaid.as_ref().and_then(|prepaid| prepaid.blocked);
    assert_eq!(blocked, Some(Blocked::EarlierUnfinished));
    let body = json!({"quote_id": quote.quote_id, "channel": "sandbox",
                      "lines": [{"line": 0, "amount_fen": 5_000}]});
    let path = format!("/v1/orders/{}", Uuid::now_v7());
    let refused = real.ask(Method::PUT, &path).json(&body).send().await.expect("answered");
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_recharges_of_one_meter_at_once_are_one_and_a_refund() {
    let real = Real::start().await;
    let first = real.quote(Situation::Prepaid).await;
    let second = real.quote(Situation::Prepaid).await;
    let (first, _) = real.pay(&first, 5_000).await;
    let (second, _) = real.pay(&second, 7_000).await;
    let ended = |o: &Order| matches!(o.lines[0].deliver, Deliver::Posted | Deliver::Refunded);
    let (first, second) =
        (real.until(&first, "ended", ended).await, real.until(&second, "ended", ended).await);
    let mut delivers = [first.lines[0].deliver, second.lines[0].deliver];
    delivers.sort_by_key(|deliver| *deliver as u8);
    assert_eq!(delivers, [Deliver::Posted, Deliver::Refunded]);
    real.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_paid_by_the_applications_number() {
    let real = Real::start().await;
    let shown = real.showcase.fee_due().expect("one has a fee").clone();
    let reference = real.application(&shown.number).await;
    let quote = real.quote_of(std::slice::from_ref(&reference), "fees").await;
    let [line] = &quote.lines[..] else { panic!("{:?}", quote.lines) };
    assert_eq!((line.duty, line.total_fen.get(), line.is_fixed()), (Duty::Fees, shown.fee_fen, true));
    let fee = line.fee.as_ref().expect("a fee");
    assert!(!fee.rows.is_empty() && fee.basis["zh_CN"].contains('号'), "its computation and its basis");
    assert!(line.account.is_none() && line.number_masked() == fee.application_masked);
    for part in [shown.fee_fen - 1, shown.fee_fen + 1] {
        let body = json!({"quote_id": quote.quote_id, "channel": "sandbox",
                          "lines": [{"line": 0, "amount_fen": part}]});
        let path = format!("/v1/orders/{}", Uuid::now_v7());
        let refused = real.ask(Method::PUT, &path).json(&body).send().await.expect("answered");
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{part}");
    }
    let (order, _) = real.pay(&quote, shown.fee_fen).await;
    let posted = real.until(&order, "posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    let receipt = posted.receipt.expect("a receipt");
    assert_eq!((receipt.lines[0].duty, receipt.lines[0].name.as_ref()), (Duty::Fees, Some(&fee.name)));
    assert_eq!(real.aftermath(&order).await, Aftermath::default());
    assert!(real.quote_of(&[reference], "fees").await.lines.is_empty(), "nothing is due any more");

    let refund = real.showcase.refund().expect("one goes back").clone();
    let reference = real.application(&refund.number).await;
    assert!(
        real.quote_of(std::slice::from_ref(&reference), "fees").await.lines.is_empty(),
        "an abolished fee is never due"
    );
    let path = format!("/v1/lookups/{reference}/applications");
    let asked = real.ask(Method::GET, &path).send().await.expect("answered");
    let found: Applications = asked.json().await.expect("applications");
    assert_eq!(found.applications[0].refunds[0].state, FeeRefundState::Granted);
    real.stop().await;
}
