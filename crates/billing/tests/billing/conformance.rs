//! The conformance suite against the stand-in: it passes, again and again and also on a newer version; and each fault fails it.

use std::sync::Arc;

use powerhall_billing::conformance::{CHECKS, Report, Sheet, Suite, Verdict};
use powerhall_billing::{BillingFault, EmbeddedBilling, Faulty};
use powerhall_billing_contract::Route;
use powerhall_faults::{Fault, Mishap, Plan, Rule};
use powerhall_standin::{StandIn, StandInConfig, WireFault, sheet};

use crate::both::{SECRET, adapter};
use crate::{Town, now};

async fn run(town: &Town, config: StandInConfig, name: &str) -> (Report, StandIn) {
    let standin = StandIn::start(config, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let sheet = sheet(&town.show).unwrap();
    let suite = Suite::new(adapter(&standin), sheet, now(), name);
    (suite.run(|_| {}).await, standin)
}

fn embedded(town: &Town) -> Arc<EmbeddedBilling> {
    Arc::new((*town.billing).clone())
}

#[test]
fn every_operation_has_a_check() {
    for route in Route::ALL {
        assert!(CHECKS.iter().any(|(operation, _)| *operation == route.name), "{} has no check", route.name);
    }
    for (operation, what) in CHECKS {
        assert!(Route::ALL.iter().any(|route| route.name == *operation), "{operation}: {what}");
    }
}

#[tokio::test]
async fn the_stand_in_passes_again_and_again_and_from_a_newer_version_too() {
    let town = Town::new(100, 1).await;
    for (name, newer) in [("first", false), ("second", false), ("newer", true)] {
        let config = StandInConfig { newer, ..StandInConfig::new(embedded(&town), SECRET) };
        let (report, _standin) = run(&town, config, name).await;
        assert!(report.passed(), "{name}: {:#?}", report.failures());
        assert_eq!(report.lines.len(), CHECKS.len());
    }
}

#[tokio::test]
async fn the_sheet_is_read_back_as_it_was_written() {
    let town = Town::new(100, 1).await;
    let sheet = sheet(&town.show).unwrap();
    assert_eq!(Sheet::read(&sheet.to_toml()).unwrap(), sheet);
    Sheet::read(&format!("{}\nextra = 1\n", sheet.to_toml())).expect_err("an unknown key");
}

#[tokio::test]
async fn a_sheet_that_does_not_fit_is_said_and_does_not_pass() {
    let town = Town::new(100, 1).await;
    let standin = StandIn::start(StandInConfig::new(embedded(&town), SECRET), ([127, 0, 0, 1], 0).into())
        .await
        .unwrap();
    let mut wrong = sheet(&town.show).unwrap();
    wrong.accounts.owes = wrong.accounts.owes_nothing.clone();
    wrong.holder.accounts.clear();
    let report = Suite::new(adapter(&standin), wrong, now(), "wrong").run(|_| {}).await;
    assert!(!report.passed());
    let not_run = report.lines.iter().filter(|line| matches!(line.verdict, Verdict::NotRun(_))).count();
    assert!(not_run >= 3, "{report}");
    assert!(report.to_string().contains("not run"), "{report}");
}

/// All the time, at every call that it can be played at.
fn always<F: Fault>(fault: F) -> Plan<F> {
    Plan::new(
        0,
        std::time::Duration::from_millis(30),
        vec![Rule { times: u32::MAX, ..Rule::new(fault) }],
        &[],
    )
}

#[tokio::test]
async fn each_fault_of_the_wire_fails_it() {
    let town = Town::new(100, 1).await;
    for fault in WireFault::ALL {
        // Late is not wrong, and the suite waits: what the adapter makes of no answer is tested beside this.
        if matches!(fault, WireFault::Slow | WireFault::NoAnswer) {
            continue;
        }
        let config = StandInConfig { faults: always(*fault), ..StandInConfig::new(embedded(&town), SECRET) };
        let (report, standin) = run(&town, config, fault.name()).await;
        assert!(!report.failures().is_empty(), "{} passes", fault.name());
        assert!(standin.played.times(fault.name()) > 0, "{} was not played", fault.name());
    }
}

#[tokio::test]
async fn each_fault_of_a_billing_system_fails_it() {
    let town = Town::new(100, 1).await;
    for fault in BillingFault::ALL {
        if *fault == BillingFault::OnTheWay(Mishap::Slow) {
            continue;
        }
        let billing = Arc::new(Faulty::new(embedded(&town), always(*fault)));
        let (report, _standin) = run(&town, StandInConfig::new(billing, SECRET), fault.name()).await;
        assert!(!report.failures().is_empty(), "{} passes", fault.name());
    }
}
