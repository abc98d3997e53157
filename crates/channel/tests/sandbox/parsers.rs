//! Notifications from outside, bent: what is not exactly what was signed is refused, and what is signed and nonsense is
//! refused too, never a panic.

use hmac::{Hmac, KeyInit, Mac};
use powerhall_channel::port::Channel;
use powerhall_channel::sandbox::{Mode, NONCE_HEADER, SIGNATURE_HEADER, Sandbox, TIMESTAMP_HEADER};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::bench::{Bench, NOBODY, SECRET, bench};

const CASES: u32 = 400;

fn paid(b: &Bench) -> Value {
    json!({
        "event_id": "E1", "event": "payment.paid", "channel": b.config.id, "merchant": "M-7",
        "number": "A00001", "transaction": "SBX1", "amount_fen": 30_954, "currency": "CNY",
        "paid_at": "2026-11-23T04:00:00Z",
    })
}

fn sign(timestamp: &str, nonce: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    for part in [timestamp.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn headers(timestamp: &str, nonce: &str, signature: &str) -> Vec<(String, String)> {
    [(TIMESTAMP_HEADER, timestamp), (NONCE_HEADER, nonce), (SIGNATURE_HEADER, signature)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[tokio::test]
async fn what_was_not_signed_is_refused_however_little_it_differs() {
    let b = bench(NOBODY).await;
    let now = b.hands.now();
    let (time, nonce) = (now.as_second().to_string(), "a-nonce");
    let body = paid(&b).to_string().into_bytes();
    let seal = sign(&time, nonce, &body);
    b.sandbox.parse_notification(&headers(&time, nonce, &seal), &body, now).expect("the sample is believed");
    let strategy = (
        powerhall_mangle::bytes(body.clone()),
        powerhall_mangle::text(&time),
        powerhall_mangle::text(nonce),
        powerhall_mangle::text(&seal),
    );
    let mut runner = TestRunner::new(ProptestConfig::with_cases(CASES));
    let all = runner.run(&strategy, |(bent, bent_time, bent_nonce, bent_seal)| {
        for (body, time, nonce, seal) in [
            (&bent, &time, nonce, &seal),
            (&body, &bent_time, nonce, &seal),
            (&body, &time, &*bent_nonce, &seal),
            (&body, &time, nonce, &bent_seal),
            (&bent, &bent_time, &bent_nonce, &bent_seal),
        ] {
            let believed = b.sandbox.parse_notification(&headers(time, nonce, seal), body, now).is_ok();
            let same = sign(time, nonce, body).eq_ignore_ascii_case(seal);
            prop_assert!(!believed || same, "{seal} {body:?}");
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
}

/// A sandbox of the other mode, on a book of its own.
async fn like_alipay(b: &Bench) -> Sandbox {
    let mut config = b.config.clone();
    (config.id, config.mode) = ("sandbox-b".to_owned(), Mode::AlipayLike);
    config.data_file = b.dir.path().join("other.db");
    Sandbox::open_with_clock(config, b.hands.clock()).await.unwrap()
}

/// Both ways of being a channel speak one dialect, each under its own name and with its own key.
#[tokio::test]
async fn one_channels_notification_is_not_anothers() {
    let b = bench(NOBODY).await;
    let (now, other) = (b.hands.now(), like_alipay(&b).await);
    let time = now.as_second().to_string();
    let body = paid(&b).to_string();
    let theirs = body.replace(&format!("\"{}\"", b.config.id), "\"sandbox-b\"");
    assert_ne!(body, theirs);
    for (sandbox, own, foreign) in [(&b.sandbox, &body, &theirs), (&other, &theirs, &body)] {
        let sealed = |body: &str| headers(&time, "n", &sign(&time, "n", body.as_bytes()));
        assert!(sandbox.parse_notification(&sealed(own), own.as_bytes(), now).is_ok());
        assert!(sandbox.parse_notification(&sealed(foreign), foreign.as_bytes(), now).is_err());
    }
}

#[tokio::test]
async fn what_is_signed_and_nonsense_is_refused_or_read_as_it_stands() {
    let b = bench(NOBODY).await;
    let now = b.hands.now();
    let time = now.as_second().to_string();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(CASES));
    let read = std::cell::Cell::new(0);
    let all = runner.run(&powerhall_mangle::body(paid(&b)), |body| {
        let sealed = headers(&time, "n", &sign(&time, "n", &body));
        if let Ok(told) = b.sandbox.parse_notification(&sealed, &body, now) {
            read.set(read.get() + 1);
            let said: Value = serde_json::from_slice(&body).expect("JSON");
            prop_assert_eq!(said["event"].as_str(), Some("payment.paid"));
            prop_assert_eq!(said["number"].as_str(), Some(told.number.as_str()));
            prop_assert_eq!(said["event_id"].as_str(), Some(told.event_id.as_str()));
            prop_assert_eq!(said["amount_fen"].as_i64(), Some(told.payment.amount.get()));
            prop_assert_eq!(said["currency"].as_str(), Some(told.payment.currency.as_str()));
            prop_assert_eq!(said["merchant"].as_str(), Some(told.payment.merchant.as_str()));
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    assert!(read.get() > 20, "only {} were read", read.get());
}
