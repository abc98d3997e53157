//! The same journey with nothing faked: the real sandbox with its pay page, and the real embedded billing with demo data.

use std::path::Path;
use std::time::Duration;

use powerhall_api::{Collect, Deliver, Lookup, Order, Quote};
use powerhall_backend::assemble::{assemble, open_billing};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_billing::demo::{self, Situation};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::sync::watch;
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
         [channel.sandbox]\nlisten = \"127.0.0.1:0\"\nfile = \"sandbox.db\"\n"
    );
    std::fs::write(&file, text).expect("writes");
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_customer_pays_at_the_sandbox_and_owes_nothing() {
    let client = client();
    let folder = tempfile::tempdir().expect("a folder");
    let config = BackendConfig::load(&config_in(folder.path())).expect("complete");
    let (_, billing) = open_billing(&config).await.expect("opens");
    let showcase = demo::fill(&billing, 100, 1, day(SystemClock.now())).await.expect("fills");
    billing.close().await;
    let debtor = showcase.account(Situation::OwesThreeMonths).expect("in every showcase");

    let assembled = assemble(&config).await.expect("starts");
    let base = format!("http://{}", assembled.address);
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(assembled.serve(stopped));
    let ask = |method: Method, path: &str| {
        client
            .request(method, format!("{base}{path}"))
            .header("authorization", format!("Bearer kiosk-1:{}", secret("kiosk-1")))
    };
    let quote = async || {
        let body = json!({"by": "account", "account": debtor.number});
        let found: Lookup = ask(Method::POST, "/v1/lookups")
            .json(&body)
            .send()
            .await
            .expect("answered")
            .json()
            .await
            .expect("found");
        let path = format!("/v1/lookups/{}/quotes", found.reference);
        ask(Method::POST, &path).send().await.expect("answered").json::<Quote>().await.expect("a quote")
    };

    let owed = quote().await;
    assert!(owed.lines[0].total_fen.is_positive() && owed.lines[0].bills.len() == 3);
    let path = format!("/v1/orders/{}", Uuid::now_v7());
    let lines = json!([{"line": 0, "amount_fen": owed.lines[0].total_fen}]);
    let body = json!({"quote_id": owed.quote_id, "channel": "sandbox", "lines": lines});
    let created = ask(Method::PUT, &path).json(&body).send().await.expect("answered");
    assert_eq!(created.status(), StatusCode::CREATED);

    let until = async |what: &str, holds: fn(&Order) -> bool| {
        for _ in 0..500 {
            let order: Order =
                ask(Method::GET, &path).send().await.expect("answered").json().await.expect("an order");
            if holds(&order) {
                return order;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {what}");
    };
    let awaiting = until("awaiting", |o| o.collect == Collect::Awaiting).await;
    let page = awaiting.attempt.and_then(|a| a.code).expect("a code");
    let shown = client.get(&page).send().await.expect("the phone opens it").text().await.expect("a page");
    assert!(shown.contains(&owed.lines[0].total_fen.to_string()), "the phone shows the amount");
    client.post(&page).form(&[("action", "pay")]).send().await.expect("the phone pays");
    let posted = until("posted", |o| o.lines[0].deliver == Deliver::Posted).await;
    assert_eq!(posted.lines[0].arrears_fen.map(|f| f.get()), Some(0));
    assert!(posted.receipt.is_some());
    let after = quote().await;
    assert!(after.lines[0].bills.is_empty() && !after.lines[0].total_fen.is_positive());

    stop.send(true).expect("it runs");
    serving.await.expect("no panic").expect("ends well");
}
