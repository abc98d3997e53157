//! The conformance suite against the stand-in: it passes, again and again and also on a newer version; and each fault fails it.

use std::sync::Arc;

use powerhall_billing::conformance::{CHECKS, Report, Sheet, Suite, Verdict};
use powerhall_billing::{BillingFault, EmbeddedBilling, Faulty};
use powerhall_billing_contract::Route;
use powerhall_faults::{Fault, Mishap, Plan, Rule};
use powerhall_standin::{StandIn, StandInConfig, WireFault, sheet};

use crate::both::{SECRET, adapter};
use crate::liar::{Liar, Lie};
use crate::{Town, now};

async fn run(town: &Town, config: StandInConfig, name: &str) -> (Report, StandIn) {
    // What its meters and switches do is done soon, and seen on its way now and then.
    town.moves_in(300).await;
    run_with(sheet(&town.show).unwrap(), config, name).await
}

async fn run_with(sheet: Sheet, config: StandInConfig, name: &str) -> (Report, StandIn) {
    let standin = StandIn::start(config, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let suite = Suite::new(adapter(&standin), sheet, now(), name);
    (suite.run(|_| {}).await, standin)
}

/// Why checks were not run.
fn not_run(report: &Report) -> Vec<&'static str> {
    let why = |verdict: &Verdict| if let Verdict::NotRun(why) = verdict { Some(*why) } else { None };
    report.lines.iter().filter_map(|line| why(&line.verdict)).collect()
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
    let (report, _standin) = run(&town, StandInConfig::new(embedded(&town), SECRET), "first").await;
    assert!(report.passed(), "{:#?} {:?}", report.failures(), not_run(&report));
    assert_eq!(report.lines.len(), CHECKS.len());
    // A supply is brought back and a fee is paid once; all the rest is the same again.
    let (report, _standin) = run(&town, StandInConfig::new(embedded(&town), SECRET), "second").await;
    assert_eq!(report.failures(), Vec::<String>::new());
    let over = not_run(&report);
    assert!(over.len() == 2 && over.iter().all(|why| why.ends_with("give another")), "{over:?}");

    let town = Town::new(100, 1).await;
    let config = StandInConfig { newer: true, ..StandInConfig::new(embedded(&town), SECRET) };
    let (report, _standin) = run(&town, config, "newer").await;
    assert!(report.passed(), "{:#?} {:?}", report.failures(), not_run(&report));
}

#[tokio::test]
async fn the_sheet_is_read_back_as_it_was_written() {
    let town = Town::new(100, 1).await;
    let mut sheet = sheet(&town.show).unwrap();
    assert!(sheet.accounts.prepaid.is_some() && sheet.accounts.cut_off.is_some());
    assert!(sheet.application.fee_due.is_some());
    assert_eq!(Sheet::read(&sheet.to_toml()).unwrap(), sheet);
    leave_out(&mut sheet);
    assert_eq!(Sheet::read(&sheet.to_toml()).unwrap(), sheet, "what is optional may be left out");
    Sheet::read(&format!("{}\nextra = 1\n", sheet.to_toml())).expect_err("an unknown key");
}

#[tokio::test]
async fn a_sheet_that_does_not_fit_is_said_and_does_not_pass() {
    let town = Town::new(100, 1).await;
    let mut wrong = sheet(&town.show).unwrap();
    wrong.accounts.owes = wrong.accounts.owes_nothing.clone();
    wrong.holder.accounts.clear();
    leave_out(&mut wrong);
    let config = StandInConfig::new(embedded(&town), SECRET);
    let (report, _standin) = run_with(wrong, config, "wrong").await;
    assert!(!report.passed());
    let why = not_run(&report);
    assert!(why.len() >= 6, "{why:?}");
    assert_eq!(why.iter().filter(|why| why.ends_with("is not given")).count(), 3, "{why:?}");
    assert!(report.to_string().contains("not run"), "{report}");
}

fn leave_out(sheet: &mut Sheet) {
    (sheet.accounts.prepaid, sheet.accounts.cut_off) = (None, None);
    sheet.application.fee_due = None;
}

#[tokio::test]
async fn whatever_is_wrong_about_a_recharge_a_reconnection_or_a_fee_fails_the_check_of_it() {
    for lie in Lie::ALL {
        let town = Town::new(100, 1).await;
        // So slow that all of it is on its way.
        town.moves_in(3_600_000).await;
        let mut sheet = sheet(&town.show).unwrap();
        let words = lie.narrow(&mut sheet);
        let liar = Arc::new(Liar::new(embedded(&town), lie));
        let (report, _standin) = run_with(sheet, StandInConfig::new(liar, SECRET), "liar").await;
        let failures = report.failures();
        assert!(failures.len() == 1 && failures[0].contains(words), "{lie:?}: {failures:#?}");
        assert_eq!(not_run(&report).len(), 2, "{lie:?}: the others, which the sheet leaves out");
    }
}

#[tokio::test]
async fn an_account_that_is_not_prepaid_does_not_pass_for_one() {
    let town = Town::new(100, 1).await;
    let mut sheet = sheet(&town.show).unwrap();
    leave_out(&mut sheet);
    sheet.accounts.prepaid = Some(sheet.accounts.owes_nothing.clone());
    let (report, _standin) =
        run_with(sheet, StandInConfig::new(embedded(&town), SECRET), "not_prepaid").await;
    let failures = report.failures();
    assert!(failures.len() == 1 && failures[0].contains("paid for in advance"), "{failures:#?}");
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
