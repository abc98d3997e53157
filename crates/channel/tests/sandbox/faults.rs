//! What only the sandbox itself can show of its faults: statements, disguises, and the modes. The rest is played against
//! a real backend, in `crates/backend/tests/backend/misbehaving`.

use std::time::Duration;

use powerhall_channel::faults::ChannelFault;
use powerhall_channel::port::{Channel, Statement, StatementLine, StatementSums, Trade};
use powerhall_channel::sandbox::{Mode, Sandbox};
use powerhall_faults::{Plan, Rule};
use powerhall_money::{Cause, Fen, Outcome};

use crate::bench::{Bench, NOBODY, bench, receiver};

/// The same book and pages as the bench's, with a plan and a mode.
async fn faulty(b: &Bench, rules: Vec<Rule<ChannelFault>>, mode: Mode) -> Sandbox {
    let mut config = b.config.clone();
    config.faults = Plan::new(1, Duration::from_millis(30), rules, &[]);
    config.mode = mode;
    Sandbox::open_with_clock(config, b.hands.clock()).await.unwrap()
}

async fn statement(sandbox: &Sandbox) -> Statement {
    match sandbox.statement("2026-11-23".parse().unwrap()).await {
        Outcome::Definite(statement) => statement,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_statement_may_be_wrong() {
    let b = bench(NOBODY).await;
    for number in ["MISSING1", "EXTRA001", "ALTERED1", "RIGHT001"] {
        b.press(&b.link(number).await, "pay").await;
    }
    b.hands.turn(86_400);
    let truth = statement(&b.sandbox).await;
    let total = Fen::sum(truth.lines.iter().map(|line| line.amount)).unwrap();
    assert_eq!((truth.lines.len(), truth.sums), (4, Some(StatementSums { total, lines: 4 })));
    let rule = |fault, number: &str| Rule { number: Some(number.to_owned()), ..Rule::new(fault) };
    let rules = vec![
        rule(ChannelFault::StatementMissingLine, "MISSING1"),
        rule(ChannelFault::StatementExtraLine, "EXTRA001"),
        rule(ChannelFault::StatementAlteredLine, "ALTERED1"),
    ];
    let sandbox = faulty(&b, rules, Mode::WechatLike).await;
    let told = statement(&sandbox).await;
    assert_eq!(told, statement(&sandbox).await, "it reads the same each time");
    assert_eq!(told.sums, truth.sums, "the sums are the book's, so that wrong lines show");
    let (told, truth) = (told.lines, truth.lines);
    assert!(!told.iter().any(|line| line.number == "MISSING1"));
    let unknown: Vec<_> = told.iter().filter(|line| !truth.iter().any(|t| t.number == line.number)).collect();
    assert_eq!(unknown.len(), 1, "one line that nobody knows: {unknown:?}");
    let amount = |lines: &[StatementLine], number: &str| {
        lines.iter().find(|line| line.number == number).map(|line| line.amount.get()).unwrap()
    };
    assert_eq!(amount(&told, "ALTERED1"), amount(&truth, "ALTERED1") + 1);
    assert_eq!(amount(&told, "RIGHT001"), amount(&truth, "RIGHT001"));
    assert_eq!(told.len(), 4);
}

#[tokio::test]
async fn like_alipay_a_trade_begins_with_its_scan_and_cannot_be_closed() {
    let b = bench(NOBODY).await;
    let sandbox = faulty(&b, Vec::new(), Mode::AlipayLike).await;
    assert!(!sandbox.can_close());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut links = Vec::new();
    for number in ["SCANNED1", "IGNORED1"] {
        let Outcome::Definite(code) = sandbox.create(&b.trade(number)).await else { panic!("no code") };
        links.push(code.0.replace(&b.config.public_base_url, &address));
        assert_eq!(sandbox.query(number).await, Outcome::Definite(Trade::NotFound));
        assert_eq!(sandbox.close(number).await, Outcome::Definite(Trade::NotFound));
    }
    b.look(&links[0]).await;
    assert_eq!(sandbox.query("SCANNED1").await, Outcome::Definite(Trade::Pending));
    assert_eq!(sandbox.close("SCANNED1").await, Outcome::Definite(Trade::Pending), "no effect");
    b.press(&links[0], "pay").await;
    assert!(matches!(sandbox.query("SCANNED1").await, Outcome::Definite(Trade::Paid(_))));
    b.hands.turn(121);
    assert_eq!(sandbox.query("IGNORED1").await, Outcome::Definite(Trade::NotFound), "never known");
    b.press(&links[1], "pay").await;
    assert_eq!(sandbox.query("IGNORED1").await, Outcome::Definite(Trade::NotFound), "and never paid");
}

#[tokio::test]
async fn a_disguise_is_seen_through_and_sent_once() {
    let (url, mut told) = receiver(&[401]).await;
    let b = bench(&url).await;
    let sandbox = faulty(&b, vec![Rule::new(ChannelFault::ForgedNotification)], Mode::WechatLike).await;
    let notifier = sandbox.spawn_notifier().unwrap();
    sandbox.create(&b.trade("FORGED01")).await;
    let forged = tokio::time::timeout(Duration::from_secs(10), told.recv()).await.unwrap().unwrap();
    let refused = sandbox.parse_notification(&forged.headers, &forged.body, b.hands.now()).unwrap_err();
    assert!(refused.0.contains("signature"), "{refused}");
    assert_eq!(sandbox.query("FORGED01").await, Outcome::Definite(Trade::Pending));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(told.try_recv().is_err(), "a forger does not insist");
    notifier.abort();
}

#[tokio::test]
async fn while_the_payer_types_every_close_is_refused_for_now() {
    let b = bench(NOBODY).await;
    let sandbox = faulty(&b, vec![Rule::new(ChannelFault::BusyWhileTyping)], Mode::WechatLike).await;
    sandbox.create(&b.trade("TYPING01")).await;
    for _ in 0..3 {
        assert_eq!(sandbox.close("TYPING01").await, Outcome::Unknown(Cause::Busy));
    }
    let paid = async {
        while !matches!(sandbox.query("TYPING01").await, Outcome::Definite(Trade::Paid(_))) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), paid).await.expect("the password was right");
}
