//! `powerhall-sim --orders N [--seed S] [--story]`: runs worlds from seeds and says what came of them.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use powerhall_sim::chance::Fault;
use powerhall_sim::coverage::Coverage;
use powerhall_sim::sim::lock;
use powerhall_sim::world::{Plan, Report, run};

/// Money truth by simulation: the real flow, machines, routes and jobs against a world in which everything fails.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Orders to run, over as many worlds as it takes.
    #[arg(long, default_value_t = 10_000)]
    orders: u64,
    /// The first world's seed; each further world has the next. Without it, one is drawn and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Runs only the world of the seed and tells what happened in it.
    #[arg(long)]
    story: bool,
    /// Faults for ever; nothing has to come to rest.
    #[arg(long)]
    safety: bool,
    /// Switches a wrong design on and runs until it is caught (needs `--features mutants`).
    #[cfg(feature = "mutants")]
    #[arg(long)]
    mutant: Option<String>,
    /// Does that with every wrong design.
    #[cfg(feature = "mutants")]
    #[arg(long)]
    mutants: bool,
    /// Threads, each with worlds of its own.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Default)]
struct Total {
    orders: u64,
    several: u64,
    worlds: u64,
    faults: Vec<u64>,
    cells: BTreeMap<powerhall_money::Cell, u64>,
    failed: Vec<(u64, Vec<String>)>,
    ms: u64,
}

impl Total {
    fn add(&mut self, seed: u64, report: Report) {
        self.orders += report.orders;
        self.several += report.several;
        self.worlds += 1;
        self.ms += report.ms;
        self.faults.resize(Fault::ALL.len(), 0);
        self.faults.iter_mut().zip(&report.faults).for_each(|(sum, n)| *sum += n);
        report.cells.into_iter().for_each(|(cell, n)| *self.cells.entry(cell).or_default() += n);
        if !report.violations.is_empty() {
            self.failed.push((seed, report.violations));
        }
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        now.as_nanos() as u64 % 1_000_000_000
    });
    #[cfg(feature = "mutants")]
    if args.mutants || args.mutant.is_some() {
        return mutants(&args, seed);
    }
    let plan = Plan { liveness: !args.safety, ..Plan::default() };
    let total = if args.story {
        let report = run(seed, Plan { tell: true, ..plan });
        report.story.iter().for_each(|line| println!("{line}"));
        let mut total = Total::default();
        total.add(seed, report);
        total
    } else {
        shards(seed, args.orders, args.threads, plan)
    };
    report(seed, &total)
}

/// Runs worlds on threads until there are enough orders, or one has failed.
fn shards(seed: u64, orders: u64, threads: usize, plan: Plan) -> Total {
    let began = Instant::now();
    let total = Mutex::new(Total::default());
    let next = AtomicU64::new(seed);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                loop {
                    {
                        let total = lock(&total);
                        if total.orders >= orders || total.failed.len() >= 10 {
                            return;
                        }
                    }
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let report = run(seed, plan);
                    lock(&total).add(seed, report);
                }
            });
        }
    });
    let total = total.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = began.elapsed().as_millis().max(1);
    println!(
        "{} worlds, {} orders ({} with several lines), {} virtual hours, {}.{} s: {} orders a second",
        total.worlds,
        total.orders,
        total.several,
        total.ms / 3_600_000,
        seconds / 1000,
        seconds % 1000 / 100,
        u128::from(total.orders) * 1000 / seconds
    );
    total
}

fn report(seed: u64, total: &Total) -> ExitCode {
    println!("first seed {seed}\n\nfaults by kind:");
    for (fault, n) in Fault::ALL.iter().zip(&total.faults) {
        println!("{n:>10}  {}", fault.words());
    }
    let coverage = Coverage::of(&total.cells);
    println!("\nedges of the tables, how often:");
    for (cell, n) in &coverage.edges {
        println!("{n:>10}  {cell:?}{}", if *n == 0 { "   NEVER TAKEN" } else { "" });
    }
    println!("\nignored for a reason, how often:");
    for (cell, n) in coverage.ignored.iter().filter(|(_, n)| *n > 0) {
        println!("{n:>10}  {cell:?}");
    }
    let mut violations = 0;
    for (seed, words) in &total.failed {
        violations += words.len();
        println!("\nseed {seed} failed; `--seed {seed} --story` tells how:");
        words.iter().for_each(|words| println!("  {words}"));
    }
    let (taken, all) = coverage.edges_taken();
    let faults: u64 = total.faults.iter().sum();
    println!("\norders {} faults {faults} edges {taken}/{all} violations {violations}", total.orders);
    if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Hunts wrong designs; every one but those with an excuse must be caught.
#[cfg(feature = "mutants")]
fn mutants(args: &Args, seed: u64) -> ExitCode {
    use powerhall_money::Mutant;
    use powerhall_sim::mutants::{excuse, hunt};

    let wanted: Vec<Mutant> = Mutant::ALL
        .into_iter()
        .filter(|m| args.mutants || args.mutant.as_deref() == Some(m.name()))
        .collect();
    let mut missed = u32::from(wanted.is_empty());
    for mutant in wanted {
        let caught = hunt(mutant, seed, args.orders);
        match (caught.by, excuse(mutant)) {
            (Some(by), None) => {
                println!(
                    "{}: caught by seed {} after {} steps: {}",
                    mutant.name(),
                    by.seed,
                    by.steps,
                    by.words
                );
            }
            (Some(by), Some(_)) => {
                missed += 1;
                println!(
                    "{}: caught by seed {}, which is not expected: {}",
                    mutant.name(),
                    by.seed,
                    by.words
                );
            }
            (None, Some(why)) => {
                println!("{}: survives {} orders, as expected: {why}", mutant.name(), caught.orders);
            }
            (None, None) => {
                missed += 1;
                println!("{}: NOT CAUGHT in {} orders", mutant.name(), caught.orders);
            }
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
