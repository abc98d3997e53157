//! Telling the backend: signed, again and again until heard, even over a restart.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use powerhall_channel::port::{Channel, Trade};
use powerhall_channel::sandbox::{NONCE_HEADER, SIGNATURE_HEADER, Sandbox, SandboxConfig, TIMESTAMP_HEADER};
use powerhall_money::Outcome;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use crate::bench::{NOBODY, Received, SECRET, bench, receiver};

async fn next(told: &mut UnboundedReceiver<Received>) -> Received {
    timeout(Duration::from_secs(10), told.recv()).await.expect("no notification").unwrap()
}

#[tokio::test]
async fn tells_of_a_payment_once_it_is_durable() {
    let (url, mut told) = receiver(&[]).await;
    let b = bench(&url).await;
    let notifier = b.sandbox.spawn_notifier().unwrap();
    let link = b.link("A00001").await;
    b.press(&link, "decline").await;
    b.press(&link, "pay").await;
    b.press(&link, "pay").await;
    let received = next(&mut told).await;
    let read = b.sandbox.parse_notification(&received.headers, &received.body, b.hands.now()).unwrap();
    assert_eq!(read.number, "A00001");
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Paid(read.payment)));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(told.try_recv().is_err(), "told twice");
    notifier.abort();
}

#[tokio::test]
async fn tries_again_until_heard_with_a_fresh_signature() {
    let (url, mut told) = receiver(&[500, 302, 404]).await;
    let b = bench(&url).await;
    // A clock that runs, because the waits are measured by it.
    let sandbox = Sandbox::open(b.config.clone()).await.unwrap();
    let notifier = sandbox.spawn_notifier().unwrap();
    let mut trade = b.trade("A00001");
    trade.expires_at = Timestamp::now().checked_add(SignedDuration::from_secs(60)).unwrap();
    let Outcome::Definite(code) = sandbox.create(&trade).await else { panic!("no code") };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link =
        code.0.replace(&b.config.public_base_url, &format!("http://{}", listener.local_addr().unwrap()));
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    b.press(&link, "pay").await;

    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(next(&mut told).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(told.try_recv().is_err(), "told after it was heard");
    let mut nonces = std::collections::HashSet::new();
    for received in &all {
        let read = sandbox.parse_notification(&received.headers, &received.body, Timestamp::now()).unwrap();
        assert_eq!(read.number, "A00001");
        assert_eq!(received.body, all[0].body, "the same event");
        nonces.insert(received.header(NONCE_HEADER).to_owned());
    }
    assert_eq!(nonces.len(), 4);
    notifier.abort();
}

#[tokio::test]
async fn a_power_cut_does_not_silence_it() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    b.press(&link, "pay").await;
    let elsewhere = TempDir::new().unwrap();
    b.cut_power(elsewhere.path());
    drop(b.sandbox);

    let (url, mut told) = receiver(&[]).await;
    let mut config = b.config.clone();
    config.data_file = elsewhere.path().join("book.db");
    config.notify_url = url;
    let again = Sandbox::open_with_clock(config, b.hands.clock()).await.unwrap();
    let notifier = again.spawn_notifier().unwrap();
    let received = next(&mut told).await;
    assert_eq!(
        again.parse_notification(&received.headers, &received.body, b.hands.now()).unwrap().number,
        "A00001"
    );
    notifier.abort();
}

#[tokio::test]
async fn many_payments_are_all_told_once() {
    let (url, mut told) = receiver(&[]).await;
    let b = bench(&url).await;
    let notifier = b.sandbox.spawn_notifier().unwrap();
    let mut expected = std::collections::BTreeSet::new();
    for i in 0..40 {
        let number = format!("MANY{i:03}");
        let link = b.link(&number).await;
        b.press(&link, "pay").await;
        expected.insert(number);
    }
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let received = next(&mut told).await;
        let read = b.sandbox.parse_notification(&received.headers, &received.body, b.hands.now()).unwrap();
        assert!(numbers.insert(read.number), "told twice");
    }
    assert_eq!(numbers, expected);
    notifier.abort();
}

#[tokio::test]
async fn believes_only_its_own_fresh_signature() {
    let (url, mut told) = receiver(&[]).await;
    let b = bench(&url).await;
    let notifier = b.sandbox.spawn_notifier().unwrap();
    let link = b.link("A00001").await;
    b.press(&link, "pay").await;
    let good = next(&mut told).await;
    notifier.abort();
    let now = b.hands.now();
    let believes = |received: &Received, at: Timestamp| {
        b.sandbox.parse_notification(&received.headers, &received.body, at).is_ok()
    };
    let after = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    assert!(believes(&good, now) && believes(&good, after(299)) && believes(&good, after(-299)));
    assert!(!believes(&good, after(300)), "too old");
    assert!(!believes(&good, after(-300)), "from the future");

    let set = |name: &str, value: &str| {
        let mut changed = good.clone();
        for (key, old) in &mut changed.headers {
            if key == name {
                *old = value.to_owned();
            }
        }
        changed
    };
    assert!(!believes(&set(TIMESTAMP_HEADER, &after(1).as_second().to_string()), now), "time changed");
    assert!(!believes(&set(NONCE_HEADER, "other"), now), "nonce changed");
    assert!(!believes(&set(SIGNATURE_HEADER, &"0".repeat(64)), now), "signature changed");
    assert!(!believes(&set(SIGNATURE_HEADER, ""), now), "signature empty");
    assert!(!believes(&set(SIGNATURE_HEADER, &good.header(SIGNATURE_HEADER)[..32]), now), "cut in half");

    let mut altered = good.clone();
    let text = String::from_utf8(altered.body).unwrap();
    altered.body = text.replace("30954", "30955").into_bytes();
    assert_ne!(altered.body, good.body);
    assert!(!believes(&altered, now), "amount changed");

    for name in [TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER] {
        let mut without = good.clone();
        without.headers.retain(|(key, _)| key != name);
        assert!(!believes(&without, now), "{name} is missing");
        let mut twice = good.clone();
        twice.headers.push((name.to_uppercase(), good.header(name).to_owned()));
        assert!(!believes(&twice, now), "{name} is there twice");
    }

    let dir = TempDir::new().unwrap();
    let open = async |id: &str, secret: &str| {
        let mut config =
            SandboxConfig::new(dir.path().join(id), &b.config.public_base_url, &url, "M-7", secret);
        config.id = id.to_owned();
        Sandbox::open(config).await.unwrap()
    };
    let other_key = open("sandbox", "another secret, also long enough").await;
    assert!(other_key.parse_notification(&good.headers, &good.body, now).is_err(), "another key");
    let other_channel = open("sandbox-b", SECRET).await;
    assert!(other_channel.parse_notification(&good.headers, &good.body, now).is_err(), "another channel's");
}
