//! The embedded billing system with a plan of faults before it: what a refusal means, and wrong day files. The rest is
//! played against a real backend, in `crates/backend/tests/backend/misbehaving`.

use std::{sync::Arc, time::Duration};

use powerhall_billing::{
    BillingFault, Faulty,
    demo::Situation,
    port::{Billing, DayLine},
};
use powerhall_faults::{Plan, Rule};
use powerhall_money::{Cause, Outcome};

use crate::both::Both;
use crate::{TODAY, Town, definite, posting, rejected};

fn faulty(town: &Town, rules: Vec<Rule<BillingFault>>) -> Faulty<Both> {
    let plan = Plan::new(1, Duration::from_millis(50), rules, &[]);
    Faulty::new(Arc::new(town.billing.clone()), plan)
}

fn rule(fault: BillingFault, number: &str) -> Rule<BillingFault> {
    Rule { number: Some(number.to_owned()), ..Rule::new(fault) }
}

#[tokio::test]
async fn the_day_file_may_be_wrong() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    for key in ["missing", "extra", "altered", "right"] {
        definite(town.billing.post(&posting(key, &account, 1000)).await);
    }
    let truth = definite(town.billing.day_file(TODAY).await);
    let rules = vec![
        rule(BillingFault::DayFileMissingLine, "missing"),
        rule(BillingFault::DayFileExtraLine, "extra"),
        rule(BillingFault::DayFileAlteredLine, "altered"),
    ];
    let billing = faulty(&town, rules);
    let told = definite(billing.day_file(TODAY).await);
    assert_eq!(told, definite(billing.day_file(TODAY).await), "it reads the same each time");
    let amount = |lines: &[DayLine], key: &str| {
        lines.iter().find(|line| line.key == key).map(|line| line.amount.get())
    };
    assert_eq!(amount(&told, "missing"), None);
    assert_eq!(amount(&told, "altered"), Some(1001));
    assert_eq!(amount(&told, "right"), Some(1000));
    let unknown = told.iter().filter(|line| !truth.iter().any(|known| known.key == line.key)).count();
    assert_eq!((unknown, told.len()), (1, 4));
}

#[tokio::test]
async fn what_somebody_else_paid_is_not_in_our_day_file() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let billing = faulty(&town, vec![rule(BillingFault::BillPaidElsewhere, "k1")]);
    definite(billing.post(&posting("k1", &account, 1000)).await);
    assert_eq!(definite(town.billing.day_file(TODAY).await).len(), 2, "both are on the account");
    let ours = definite(billing.day_file(TODAY).await);
    assert_eq!(ours.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["k1"]);
}

#[tokio::test]
async fn a_refusal_by_the_plan_is_as_final_as_any() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let billing = faulty(&town, vec![rule(BillingFault::PostingRefused, "k1")]);
    let wanted = posting("k1", &account, 1000);
    assert_eq!(rejected(billing.post(&wanted).await), "account_closed");
    // Whoever refunds now may rely on it: neither the wrapper nor what is behind it posts this key any more.
    rejected(billing.post(&wanted).await);
    rejected(town.billing.post(&wanted).await);
    assert_eq!(definite(billing.query_post("k1").await), None);
}

#[tokio::test]
async fn a_posting_on_its_way_is_not_there_and_then_is() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let billing = faulty(&town, vec![rule(BillingFault::PostOnItsWay, "k1")]);
    assert_eq!(billing.post(&posting("k1", &account, 1000)).await, Outcome::Unknown(Cause::Timeout));
    assert_eq!(definite(billing.query_post("k1").await), None);
    let arrived = async {
        while definite(billing.query_post("k1").await).is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrived).await.expect("it arrives");
}
