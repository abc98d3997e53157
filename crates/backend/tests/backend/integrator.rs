//! The program as an integrator meets it: the contract to read, and the suite to run against one's own server.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use powerhall_backend::assemble::open_billing;
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::BackendConfig;
use powerhall_billing::demo;
use powerhall_faults::{Plan, Rule};
use powerhall_standin::{StandIn, StandInConfig, WireFault, sheet};

use crate::program::{run, said};
use crate::real::config_in;

const SECRET: &str = "a-secret-of-the-tests";

/// A folder whose backend is configured for a stand-in with made-up customers, and its sheet beside it.
async fn stand_in(folder: &Path, faults: Plan<WireFault>) -> StandIn {
    let file = config_in(folder);
    let config = BackendConfig::load(&file).expect("complete");
    let (_, billing) = open_billing(&config).await.expect("opens");
    let show = demo::fill(&billing, 50, 1, day(SystemClock.now())).await.expect("fills");
    let standin = StandInConfig { faults, ..StandInConfig::new(Arc::new(billing), SECRET) };
    let standin = StandIn::start(standin, ([127, 0, 0, 1], 0).into()).await.expect("listens");
    let secret = folder.join("billing.secret");
    std::fs::write(&secret, SECRET).expect("writes");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("changes");
    std::fs::write(folder.join("sheet.toml"), sheet(&show).expect("a sheet").to_toml()).expect("writes");
    let rest = format!("kind = \"rest\"\nurl = \"{}\"\nsecret_file = \"billing.secret\"", standin.url());
    let text = std::fs::read_to_string(&file).expect("reads").replace("file = \"billing.db\"", &rest);
    std::fs::write(&file, text).expect("writes");
    standin
}

fn conformance(folder: &Path) -> std::process::Output {
    let sheet = folder.join("sheet.toml");
    run(folder, &["billing-conformance", "--sheet", sheet.to_str().expect("UTF-8")])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_is_printed_and_the_suite_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = run(folder.path(), &["billing-contract"]);
    assert!(printed.status.success(), "without a configuration: {}", said(&printed));
    let committed = include_str!("../../../../docs/billing-contract.json");
    assert!(String::from_utf8_lossy(&printed.stdout) == committed, "the document of docs/");

    let standin = stand_in(folder.path(), Plan::default()).await;
    let checked = run(folder.path(), &["check-config"]);
    assert!(checked.status.success(), "{}", said(&checked));
    let passed = conformance(folder.path());
    assert!(passed.status.success(), "{}", said(&passed));
    assert!(said(&passed).contains("failed 0 not run 0"), "{}", said(&passed));
    let demo = run(folder.path(), &["demo-data"]);
    assert!(!demo.status.success() && said(&demo).contains("billing.kind"), "{}", said(&demo));

    drop(standin);
    let nobody = conformance(folder.path());
    assert_eq!(nobody.status.code(), Some(1));
    assert!(
        said(&nobody).contains("FAIL") && said(&nobody).contains("does not conform"),
        "{}",
        said(&nobody)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_conform_is_named_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let rule = Rule { times: u32::MAX, ..Rule::new(WireFault::OtherKey) };
    let _standin = stand_in(folder.path(), Plan::new(0, Plan::<WireFault>::WAIT, vec![rule], &[])).await;
    let failed = conformance(folder.path());
    assert_eq!(failed.status.code(), Some(1));
    let text = said(&failed);
    assert!(text.contains("FAIL  fencePosting") && text.contains("unverified answer"), "{text}");
    assert!(text.contains("pass  findAccount"), "what it does right passes: {text}");
}
