//! What the adapter makes of a server that misbehaves: every fault is `Unknown`, and what was done is found afterwards.
//! And of any bytes at all: never a panic, never a posting that was not told.

use std::sync::Arc;
use std::time::Duration;

use powerhall_billing::demo::Situation;
use powerhall_billing::port::{AccountId, ApplicationId, Billing, Fence};
use powerhall_billing::rest::answer::{About, Raw, read};
use powerhall_billing::rest::{RestBilling, RestConfig};
use powerhall_billing_contract::operations::{
    AskReady, FencePosting, FindAccount, FindApplication, FindHoldings, GetAftermath, GetBill, GetHolding,
    GetTaxable, ListApplications, ListArrears, ListBills, ListDay, ListFees, ListOutages, ListOutagesOf,
    ListPayments, Post, QueryPosting,
};
use powerhall_billing_contract::{JSON, Operation, PROBLEM_JSON, Target};
use powerhall_faults::{Call, Fault, Plan, Rule};
use powerhall_money::{Cause, Fen, Outcome};
use powerhall_standin::{StandIn, StandInConfig, WireFault};
use proptest::prelude::*;
use serde_json::Value;
use sqlx::Executor as _;

use crate::both::SECRET;
use crate::{TODAY, Town, definite, now, posting, total};

/// Longer than the adapter waits here.
const LATE: Duration = Duration::from_millis(1500);
const PATIENCE: Duration = Duration::from_millis(500);

async fn server(town: &Town, rules: Vec<Rule<WireFault>>) -> (RestBilling, StandIn) {
    let faults = Plan::new(0, LATE, rules, &[]);
    let config = StandInConfig { faults, ..StandInConfig::new(Arc::new((*town.billing).clone()), SECRET) };
    let standin = StandIn::start(config, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let billing = RestBilling::new(RestConfig {
        url: standin.url().parse().unwrap(),
        secret: SECRET.into(),
        root_ca: None,
        connect: PATIENCE,
        answer: PATIENCE,
    });
    (billing.unwrap(), standin)
}

fn unknown<T: std::fmt::Debug>(outcome: Outcome<T>) -> Cause {
    match outcome {
        Outcome::Unknown(cause) => cause,
        Outcome::Definite(value) => panic!("definite: {value:?}"),
        Outcome::Rejected(code) => panic!("rejected: {code}"),
    }
}

#[tokio::test]
async fn every_fault_at_a_posting_is_unknown_and_the_posting_is_found_afterwards() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let mut owed = total(&town.arrears(&account).await);
    for fault in WireFault::ALL {
        let (billing, standin) =
            server(&town, vec![Rule { at: Some(Call::Post), ..Rule::new(*fault) }]).await;
        let paying = posting(fault.name(), &account, 1);
        unknown(billing.post(&paying).await);
        assert_eq!(standin.played.times(fault.name()), 1, "{}", fault.name());
        let there = definite(billing.query_post(&paying.key).await).expect("it was done");
        assert_eq!(there.amount, Fen::new(1));
        assert_eq!(definite(billing.fence(&paying.key).await), Fence::Posted(there.clone()));
        assert_eq!(definite(billing.post(&paying).await), there, "the same again is answered");
        owed -= 1;
        assert_eq!(total(&town.arrears(&account).await), owed, "{}: posted once", fault.name());
    }
}

#[tokio::test]
async fn no_fault_turns_a_refusal_or_a_fence_into_something_else() {
    let town = Town::new(20, 1).await;
    let (account, closed) = (town.account(Situation::OwesOneMonth), town.account(Situation::Closed));
    for fault in WireFault::ALL {
        for call in [Call::Post, Call::QueryPost, Call::Fence] {
            if !fault.calls().contains(&call) {
                continue;
            }
            let (billing, _standin) = server(&town, vec![Rule { at: Some(call), ..Rule::new(*fault) }]).await;
            let key = format!("{}-{}", fault.name(), call.name());
            match call {
                Call::Post => drop(unknown(billing.post(&posting(&key, &closed, 1)).await)),
                Call::QueryPost => drop(unknown(billing.query_post(&key).await)),
                _ => drop(unknown(billing.fence(&key).await)),
            }
            assert_eq!(definite(billing.fence(&key).await), Fence::Fenced, "{key}");
            let late = billing.post(&posting(&key, &account, 1)).await;
            assert!(matches!(late, Outcome::Rejected(_)), "{key}: {late:?}");
        }
    }
}

#[tokio::test]
async fn look_ups_that_are_spoilt_are_no_answers() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let show = town.show.account(Situation::HasApplications).unwrap();
    for fault in WireFault::ALL {
        // To the adapter, late is the same as never.
        if !fault.calls().contains(&Call::LookUp) || *fault == WireFault::Slow {
            continue;
        }
        let (billing, _standin) = server(&town, vec![Rule { times: 99, ..Rule::new(*fault) }]).await;
        let month = "2026-10".parse().unwrap();
        let name = fault.name();
        let all = [
            ("find", billing.find_account(&account.0).await.is_unknown()),
            ("arrears", billing.arrears(&account, TODAY).await.is_unknown()),
            ("bills", billing.bills(&account, TODAY).await.is_unknown()),
            ("bill", billing.bill(&account, month, TODAY).await.is_unknown()),
            (
                "held",
                billing
                    .holdings(&powerhall_billing::port::Holder::Phone(show.phone.as_str().into()))
                    .await
                    .is_unknown(),
            ),
            ("application", billing.application(&town.show.applications[0].number, TODAY).await.is_unknown()),
            (
                "applications",
                billing.applications_of(&show.number, &show.phone_last4, TODAY).await.is_unknown(),
            ),
            ("holding", billing.holding(&account).await.is_unknown()),
            ("payments", billing.payments(&account, TODAY).await.is_unknown()),
            ("taxable", billing.taxable(&account, "2026112300000001").await.is_unknown()),
            ("fees", billing.fees(&ApplicationId(show.number.clone())).await.is_unknown()),
            ("outages of", billing.outages_of(&account, now()).await.is_unknown()),
            // A key, a day, an instant and readiness name no account.
            ("outages", *fault == WireFault::OtherAccount || billing.outages(now()).await.is_unknown()),
            ("aftermath", *fault == WireFault::OtherAccount || billing.aftermath("k1").await.is_unknown()),
            ("day", *fault == WireFault::OtherAccount || billing.day_file(TODAY).await.is_unknown()),
            ("ready", *fault == WireFault::OtherAccount || !billing.ready().await),
        ];
        for (what, spoilt) in all {
            assert!(spoilt, "{name}: {what} was believed");
        }
    }
}

trait IsUnknown {
    fn is_unknown(&self) -> bool;
}

impl<T> IsUnknown for Outcome<T> {
    fn is_unknown(&self) -> bool {
        matches!(self, Outcome::Unknown(_))
    }
}

#[tokio::test]
async fn outages_that_make_no_sense_are_not_believed() {
    let town = Town::new(20, 1).await;
    let (billing, _standin) = server(&town, Vec::new()).await;
    let shown = town.show.accounts.iter().find(|account| account.outages > 0).unwrap();
    let account = AccountId(shown.number.clone());
    assert!(!definite(billing.outages(now()).await).is_empty());
    assert!(!definite(billing.outages_of(&account, now()).await).is_empty());
    for nonsense in [
        "PRAGMA ignore_check_constraints = 1; UPDATE outages SET starts = ends + 60",
        "UPDATE outages SET area = '{}'",
        r#"UPDATE outages SET reason = '{"en": "Works"}'"#,
    ] {
        let town = Town::new(20, 1).await;
        town.sql().await.execute(nonsense).await.unwrap();
        let (billing, _standin) = server(&town, Vec::new()).await;
        assert_eq!(unknown(billing.outages(now()).await), Cause::Unverified, "{nonsense}");
        assert_eq!(unknown(billing.outages_of(&account, now()).await), Cause::Unverified, "{nonsense}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_lets_us_not_in() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    let (billing, standin) = server(&town, Vec::new()).await;
    assert!(billing.ready().await);
    let stranger = RestBilling::new(RestConfig {
        url: standin.url().parse().unwrap(),
        secret: "another-secret-of-16".into(),
        root_ca: None,
        connect: PATIENCE,
        answer: PATIENCE,
    })
    .unwrap();
    let cause = unknown(stranger.post(&posting("k1", &account, 1)).await);
    assert_eq!(cause, Cause::UnknownCode("unauthenticated".to_owned()));
    assert!(!stranger.ready().await);
    drop(standin);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(unknown(billing.post(&posting("k1", &account, 1)).await), Cause::Network);
    assert!(!billing.ready().await);
    assert_eq!(definite(town.billing.query_post("k1").await), None);
}

#[tokio::test]
async fn a_long_day_comes_page_by_page() {
    let town = Town::new(20, 1).await;
    let many = "INSERT INTO postings (id, key, number, kind, account_id, amount_fen, periods, exact, paid_at, day, surplus_fen, \
                arrears_fen, credit_fen) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2003) \
                SELECT i, 'k' || i, 'N' || i, 'account', 1, 1, '', 0, '2026-11-23T02:42:00Z', 20261123, 1, 0, 0 FROM n";
    sqlx::query(many).execute(&mut town.sql().await).await.unwrap();
    assert_eq!(definite(town.billing.day_file(TODAY).await).len(), 2003);
}

const POSTED: &str = r#"{"key":"k1","to":{"kind":"account","account":"5101000000019"},"posting":{"number":"2026112300000001","amount_fen":15000,"arrears_fen":0,"credit_fen":250}}"#;
const FENCED: &str = r#"{"key":"k1","state":"fenced","posting":null}"#;
const REFUSED: &str = r#"{"type":"about:blank","title":"closed","status":422,"code":"account_closed","key":"k1","to":{"kind":"account","account":"5101000000019"}}"#;
const ACCOUNT: &str = "5101000000019";

fn to() -> Target {
    Target::Account { account: ACCOUNT.into() }
}

fn raw<'a>(status: u16, media: &'static str, body: &'a [u8]) -> Raw<'a> {
    Raw { status, media: Some(media), body }
}

/// Read by other means: whether a JSON text has a text at a place.
fn says(body: &[u8], pointer: &str, text: &str) -> bool {
    let value: Result<Value, _> = serde_json::from_slice(body);
    value.is_ok_and(|value| value.pointer(pointer).and_then(Value::as_str) == Some(text))
}

proptest! {
    #[test]
    fn any_bytes_are_never_a_posting_nor_a_refusal(
        body in proptest::collection::vec(any::<u8>(), 0..400),
        status in any::<u16>(),
        media in prop::sample::select(vec![JSON, PROBLEM_JSON, "text/html", ""]),
    ) {
        for status in [status, 200, 422] {
            prop_assert!(matches!(read::<Post>(raw(status, media, &body), About::Posting("k1", &to())), Outcome::Unknown(_)));
            prop_assert!(matches!(read::<FencePosting>(raw(status, media, &body), About::Key("k1")), Outcome::Unknown(_)));
            prop_assert!(matches!(read::<QueryPosting>(raw(status, media, &body), About::Key("k1")), Outcome::Unknown(_)));
            prop_assert!(matches!(read::<ListArrears>(raw(status, media, &body), About::Account("1")), Outcome::Unknown(_)));
        }
    }

    #[test]
    fn what_is_bent_counts_only_when_it_still_says_so(
        posted in powerhall_mangle::bytes(POSTED.into()),
        fenced in powerhall_mangle::bytes(FENCED.into()),
        refused in powerhall_mangle::bytes(REFUSED.into()),
    ) {
        if let Outcome::Definite(made) = read::<Post>(raw(200, JSON, &posted), About::Posting("k1", &to())) {
            prop_assert!(says(&posted, "/key", &made.key) && says(&posted, "/posting/number", &made.posting.number));
        }
        if let Outcome::Definite(told) = read::<FencePosting>(raw(200, JSON, &fenced), About::Key("k1")) {
            prop_assert!(says(&fenced, "/key", &told.key));
            prop_assert!(says(&fenced, "/state", "fenced") || says(&fenced, "/state", "posted"));
        }
        if let Outcome::Rejected(code) = read::<Post>(raw(422, PROBLEM_JSON, &refused), About::Posting("k1", &to())) {
            prop_assert!(says(&refused, "/code", &code) && says(&refused, "/key", "k1") && says(&refused, "/to/account", ACCOUNT));
        }
        // Whatever it is, no operation panics at it.
        for body in [&posted, &fenced, &refused] {
            for status in [200, 422] {
                never_panics::<AskReady>(status, body);
                never_panics::<FindAccount>(status, body);
                never_panics::<FindHoldings>(status, body);
                never_panics::<ListArrears>(status, body);
                never_panics::<ListBills>(status, body);
                never_panics::<GetBill>(status, body);
                never_panics::<QueryPosting>(status, body);
                never_panics::<ListDay>(status, body);
                never_panics::<GetHolding>(status, body);
                never_panics::<ListPayments>(status, body);
                never_panics::<GetTaxable>(status, body);
                never_panics::<ListFees>(status, body);
                never_panics::<GetAftermath>(status, body);
                never_panics::<FindApplication>(status, body);
                never_panics::<ListApplications>(status, body);
                never_panics::<ListOutages>(status, body);
                never_panics::<ListOutagesOf>(status, body);
            }
        }
    }
}

fn never_panics<O: Operation>(status: u16, body: &[u8]) {
    let media = if status == 200 { JSON } else { PROBLEM_JSON };
    drop(read::<O>(raw(status, media, body), About::Key("k1")));
}
