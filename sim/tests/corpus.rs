//! A fixed corpus of seeds, and some fresh ones. A failing seed is printed; `--seed N --story` tells what happened, and it
//! joins `corpus.txt`.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use powerhall_sim::world::{Plan, Report, run};

fn holds(seed: u64) -> Report {
    let report = run(seed, Plan::default());
    assert!(report.violations.is_empty(), "seed {seed}: {:?}", report.violations);
    assert!(report.orders > 0, "seed {seed} is a world without orders");
    report
}

#[test]
fn every_seed_of_the_corpus_holds() {
    let seeds = include_str!("../corpus.txt")
        .lines()
        .filter_map(|line| line.split('#').next())
        .filter_map(|line| line.trim().parse().ok());
    let (mut orders, mut several, mut faults) = (0, 0, 0);
    for seed in seeds {
        let report = holds(seed);
        orders += report.orders;
        several += report.several;
        faults += report.faults.iter().sum::<u64>();
    }
    assert!(several * 10 >= orders, "{several} of {orders} orders have several lines");
    assert!(faults >= 5 * orders, "{faults} faults in {orders} orders are too few to prove anything");
}

/// Other seeds at every run: what nobody has thought of yet. Stops early on a slow machine.
#[test]
fn fresh_seeds_hold() {
    let (began, most) = (Instant::now(), Duration::from_secs(15));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
    for seed in (0..16).map(|n| now % 1_000_000_000 + n).take_while(|_| began.elapsed() < most) {
        println!("seed {seed}");
        holds(seed);
    }
}

#[test]
fn a_seed_replays_exactly() {
    for seed in [7, 8] {
        let plan = Plan { tell: true, ..Plan::default() };
        let (first, second) = (run(seed, plan), run(seed, plan));
        assert!(first.story.len() > 100);
        assert_eq!(first, second);
        // Telling changes nothing.
        assert_eq!(run(seed, Plan::default()), Report { story: Vec::new(), ..first });
    }
}
