//! The sandbox as the backend calls it.

use std::os::unix::fs::PermissionsExt;

use powerhall_channel::port::{Channel, NewRefund, RefundState, StatementSums, Trade};
use powerhall_channel::sandbox::{Sandbox, SandboxError};
use powerhall_money::{Cause, Fen, Outcome};
use tempfile::TempDir;

use crate::bench::{Bench, NOBODY, bench};

fn code<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    match outcome {
        Outcome::Rejected(code) => code,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_same_number_is_the_same_trade() {
    let b = bench(NOBODY).await;
    let trade = b.trade("A00001");
    let first = b.sandbox.create(&trade).await;
    assert!(matches!(&first, Outcome::Definite(code) if code.0.starts_with(&b.config.public_base_url)));
    assert_eq!(b.sandbox.create(&trade).await, first);
    let mut other = trade.clone();
    other.amount = Fen::new(1);
    assert_eq!(code(b.sandbox.create(&other).await), "NUMBER_REUSED");
    let mut other = trade.clone();
    other.expires_at = b.hands.now();
    assert_eq!(code(b.sandbox.create(&other).await), "NUMBER_REUSED");
    assert_ne!(b.link("A00002").await, b.link("A00001").await);
}

#[tokio::test]
async fn refuses_what_cannot_be_a_trade() {
    let b = bench(NOBODY).await;
    for number in ["", "A0001", &"A".repeat(33), "A-0001", "A0000１"] {
        assert_eq!(code(b.sandbox.create(&b.trade(number)).await), "BAD_NUMBER", "{number}");
    }
    for amount in [0, -1] {
        let mut trade = b.trade("A00001");
        trade.amount = Fen::new(amount);
        assert_eq!(code(b.sandbox.create(&trade).await), "AMOUNT");
    }
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::NotFound));
    assert_eq!(b.sandbox.close("A00001").await, Outcome::Definite(Trade::NotFound));
}

#[tokio::test]
async fn closing_and_paying_exclude_each_other() {
    let b = bench(NOBODY).await;
    let link = b.link("PAID01").await;
    b.press(&link, "pay").await;
    let Outcome::Definite(Trade::Paid(payment)) = b.sandbox.close("PAID01").await else { panic!("lost it") };
    assert_eq!(payment.amount, Fen::new(30_954));
    assert_eq!(code(b.sandbox.create(&b.trade("PAID01")).await), "TRADE_PAID");

    b.link("SHUT01").await;
    for _ in 0..2 {
        assert_eq!(b.sandbox.close("SHUT01").await, Outcome::Definite(Trade::Closed));
    }
    assert_eq!(code(b.sandbox.create(&b.trade("SHUT01")).await), "TRADE_CLOSED");
}

/// A phone that pays at the very moment at which the backend closes: one of them wins, and both are told the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_and_closing_at_once_has_one_winner() {
    let b = bench(NOBODY).await;
    for round in 0..40 {
        let number = format!("RACE{round:02}");
        let link = b.link(&number).await;
        let close = async {
            // Sooner and later, so that both win now and then.
            for _ in 0..round * 4 {
                tokio::task::yield_now().await;
            }
            b.sandbox.close(&number).await
        };
        let ((_, page), told) = tokio::join!(b.press(&link, "pay"), close);
        let Outcome::Definite(told) = told else { panic!("{told:?}") };
        assert!(matches!(told, Trade::Closed | Trade::Paid(_)), "{told:?}");
        assert_eq!(page.contains("付款成功"), matches!(told, Trade::Paid(_)), "{page}");
        assert_eq!(b.sandbox.query(&number).await, Outcome::Definite(told));
    }
}

fn refund(number: &str, refund_number: &str, amount: i64) -> NewRefund {
    NewRefund {
        number: number.to_owned(),
        refund_number: refund_number.to_owned(),
        amount: Fen::new(amount),
        total: Fen::new(30_954),
        reason: "posting refused".to_owned(),
    }
}

async fn paid(b: &Bench, number: &str) {
    let link = b.link(number).await;
    b.press(&link, "pay").await;
}

#[tokio::test]
async fn refunds_once_for_a_number_and_never_too_much() {
    let b = bench(NOBODY).await;
    paid(&b, "A00001").await;
    b.link("OPEN01").await;
    let s = &b.sandbox;
    assert_eq!(s.query_refund("A00001", "R1").await, Outcome::Definite(RefundState::NotFound));
    assert_eq!(code(s.refund(&refund("NOBODY", "R1", 1)).await), "TRADE_NOT_FOUND");
    assert_eq!(code(s.refund(&refund("OPEN01", "R1", 1)).await), "TRADE_NOT_PAID");
    for amount in [0, -1, 30_955, i64::MAX] {
        assert_eq!(code(s.refund(&refund("A00001", "R1", amount)).await), "AMOUNT", "{amount}");
    }
    let part = refund("A00001", "R1", 30_000);
    assert_eq!(s.refund(&part).await, Outcome::Definite(RefundState::Accepted));
    assert_eq!(s.refund(&part).await, Outcome::Definite(RefundState::Accepted));
    assert_eq!(code(s.refund(&refund("A00001", "R1", 29_999)).await), "NUMBER_REUSED");
    assert_eq!(code(s.refund(&refund("A00001", "R2", 955)).await), "AMOUNT");
    b.hands.turn(2);
    assert_eq!(s.query_refund("A00001", "R1").await, Outcome::Definite(RefundState::Done));
    assert_eq!(s.refund(&part).await, Outcome::Definite(RefundState::Done));
    assert_eq!(s.query_refund("OPEN01", "R1").await, Outcome::Definite(RefundState::NotFound));
    assert_eq!(s.refund(&refund("A00001", "R2", 954)).await, Outcome::Definite(RefundState::Accepted));
}

#[tokio::test]
async fn the_statement_is_the_beijing_day_once_it_is_over() {
    let b = bench(NOBODY).await;
    let today = "2026-11-23".parse().unwrap();
    paid(&b, "A00001").await;
    b.hands.turn(60);
    b.sandbox.refund(&refund("A00001", "R1", 54)).await;
    b.hands.turn(12 * 3600 - 61);
    paid(&b, "A00002").await;
    assert_eq!(b.sandbox.statement(today).await, Outcome::Unknown(Cause::Busy), "23:59:59");
    b.hands.turn(1);
    paid(&b, "A00003").await;
    let Outcome::Definite(told) = b.sandbox.statement(today).await else { panic!("no statement") };
    let sums = StatementSums { total: Fen::new(2 * 30_954 - 54), lines: 3 };
    assert_eq!(told.sums, Some(sums));
    let told: Vec<_> =
        told.lines.iter().map(|l| (l.number.as_str(), l.refund_number.as_deref(), l.amount.get())).collect();
    assert_eq!(told, [("A00001", None, 30_954), ("A00002", None, 30_954), ("A00001", Some("R1"), -54)]);
}

#[tokio::test]
async fn remembers_everything_after_a_power_cut() {
    let b = bench(NOBODY).await;
    paid(&b, "PAID01").await;
    let open = b.link("OPEN01").await;
    b.sandbox.close("SHUT01").await;
    b.link("SHUT02").await;
    b.sandbox.close("SHUT02").await;
    b.sandbox.refund(&refund("PAID01", "R1", 54)).await;
    let before = b.sandbox.query("PAID01").await;

    let elsewhere = TempDir::new().unwrap();
    b.cut_power(elsewhere.path());
    let mut config = b.config.clone();
    config.data_file = elsewhere.path().join("book.db");
    let again = Sandbox::open_with_clock(config, b.hands.clock()).await.unwrap();
    assert_eq!(again.query("PAID01").await, before);
    assert_eq!(again.query("OPEN01").await, Outcome::Definite(Trade::Pending));
    assert!(matches!(again.create(&b.trade("OPEN01")).await, Outcome::Definite(code) if code.0 == open));
    assert_eq!(again.query("SHUT02").await, Outcome::Definite(Trade::Closed));
    assert_eq!(again.query_refund("PAID01", "R1").await, Outcome::Definite(RefundState::Accepted));
}

#[tokio::test]
async fn a_book_belongs_to_one_channel_and_one_user() {
    let b = bench(NOBODY).await;
    let mode = std::fs::metadata(&b.config.data_file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut other = b.config.clone();
    other.id = "sandbox-b".to_owned();
    assert!(matches!(Sandbox::open(other).await, Err(SandboxError::OtherBook { .. })));
    assert!(b.sandbox.may_listen("127.0.0.1:80".parse().unwrap()).is_ok());
    assert!(b.sandbox.may_listen("0.0.0.0:80".parse().unwrap()).is_err());
}

#[tokio::test]
async fn is_not_ready_without_its_book() {
    let b = bench(NOBODY).await;
    assert!(b.sandbox.ready().await);
    let other = sqlx::sqlite::SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(sqlx::sqlite::SqliteConnectOptions::new().filename(&b.config.data_file))
        .await
        .unwrap();
    sqlx::query("DROP TABLE outbox").execute(&other).await.unwrap();
    let link = b.link("A00001").await;
    let (status, page) = b.press(&link, "pay").await;
    assert_eq!(status, 500);
    assert!(page.contains("暂时无法处理"), "{page}");
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Pending), "all or nothing");
}
