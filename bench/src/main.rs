//! Measures, in one run: this kiosk beside a browser in kiosk mode, frames from inside the program, and the backend
//! against what the disk can do. `bench/run` builds everything and starts it.
// Rates and shares are for people to read; no money is near.
#![allow(clippy::float_arithmetic)]

mod backend;
mod customers;
#[path = "../../tests/stage/fixtures/mod.rs"]
#[allow(dead_code)] // the scenes of the headless tests; not every one is a page change
mod fixtures;
mod frames;
mod hall;
mod panel;
mod screens;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use powerhall_bench::report::{self, Section};
use powerhall_bench::{Result, Trouble};

/// Measures the kiosk and the backend.
#[derive(Parser)]
struct Arguments {
    /// What to measure; everything when nothing is named.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// The repository.
    #[arg(long, default_value = ".")]
    repository: PathBuf,
    /// Where the build put `powerhall` and `powerhall-backend`.
    #[arg(long, default_value = "target/installed")]
    programs: PathBuf,
    /// The browser itself, not a script that starts it: a script's time is not the browser's.
    #[arg(long, default_value = "/usr/lib/chromium/chromium")]
    browser: PathBuf,
    /// Where data and results are kept.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// A checkout of an earlier commit, built in the profile `installed`: the kiosk is measured beside that one too.
    #[arg(long)]
    earlier: Option<PathBuf>,
    /// Measure little, to see that the bench works.
    #[arg(long)]
    quick: bool,
    /// Accounts of the made-up hall.
    #[arg(long, default_value_t = 1_000_000)]
    accounts: u32,
}

/// How much of everything is measured.
struct Plan {
    /// Starts of kiosk and browser, each.
    starts: usize,
    /// Rests of kiosk and browser, each.
    rests: usize,
    /// The length of a rest.
    rest: Duration,
    /// Samples of every change.
    rounds: usize,
    /// The length of each load on the backend.
    load: Duration,
}

/// A rest is long enough for one check-in of the kiosk at the backend.
const FULL: Plan =
    Plan { starts: 9, rests: 3, rest: Duration::from_secs(30), rounds: 300, load: Duration::from_secs(20) };
/// Enough to see that the bench works, too little to believe a figure.
const QUICK: Plan =
    Plan { starts: 3, rests: 1, rest: Duration::from_secs(10), rounds: 30, load: Duration::from_secs(5) };

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The kiosk beside the browser.
    Screens,
    /// Touch to drawn frame, from inside.
    Frames,
    /// Look-ups and orders.
    Backend,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("powerhall-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    // Fails only when another provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plan = if arguments.quick { &QUICK } else { &FULL };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let mut sections: Vec<Section> = Vec::new();
    // First from inside: nothing else runs yet.
    let panel = panel::Panel::new()?;
    if wanted(Part::Frames) {
        sections.extend(frames::measure(&panel, plan.rounds)?);
    }
    if wanted(Part::Screens) || wanted(Part::Backend) {
        let hall = hall::Hall::open(arguments)?;
        if wanted(Part::Screens) {
            let bench = screens::Bench::open(arguments, plan, &hall, &panel)?;
            // What a customer sees comes first.
            sections.splice(0..0, screens::measure(&bench)?);
            if let Some(checkout) = &arguments.earlier {
                sections.push(screens::beside_earlier(&bench, checkout)?);
            }
        }
        if wanted(Part::Backend) {
            sections.extend(backend::measure(&hall, plan.load)?);
        }
    }
    let text = report::write(&sections);
    let file = arguments.out.join("results.md");
    std::fs::create_dir_all(&arguments.out).map_err(|e| Trouble::file(&arguments.out, e))?;
    std::fs::write(&file, &text).map_err(|e| Trouble::file(&file, e))?;
    println!("\n{text}");
    println!("kept in {}", file.display());
    Ok(())
}
