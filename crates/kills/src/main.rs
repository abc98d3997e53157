//! `powerhall-kills --kills N --seed S`: halls of real processes with real SQLite files, killed (`SIGKILL`) at random
//! moments and at every named crash point while customers pay; afterwards everything restarts and settles, and the
//! books of all sides are compared. The same program is its own kiosk (the session without its face) and backend.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};
use powerhall_kills::{Failed, books, hall, kiosk, power, run};

#[derive(Parser)]
struct Arguments {
    /// How many processes to kill.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// How many halls at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    halls: u32,
    /// Where all chance starts from; drawn when left out, and printed.
    #[arg(long)]
    seed: Option<u64>,
    /// Cut the power instead: how many disks to rebuild and open.
    #[arg(long)]
    power: Option<usize>,
    /// Keep the folders with all books and logs here.
    #[arg(long)]
    keep: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// The backend: what `powerhall-backend serve` runs.
    Backend { config: PathBuf },
    /// A kiosk without its face, with customers by chance; `settle` has none and ends when nothing is open.
    Kiosk {
        config: PathBuf,
        #[arg(long)]
        seed: u64,
        #[arg(long)]
        settle: bool,
    },
    /// Writes facts to a journal and says which are durable, to be traced.
    Journal { path: PathBuf, facts: u64 },
    /// Compare the books of a hall that was kept.
    Compare { folder: PathBuf },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Fails only when another provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match perform(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("powerhall-kills: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Thousands of disks are written and read: memory is quick, and nothing of them has to last. What was not said where
/// is started again with the folder for temporary files in memory.
fn in_memory(work: impl FnOnce() -> Result<(), Failed>) -> Result<(), Failed> {
    const TEMPORARY: &str = "TMPDIR";
    let memory = Path::new("/dev/shm");
    if std::env::var_os(TEMPORARY).is_some() || tempfile::tempdir_in(memory).is_err() {
        return work();
    }
    let again = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(TEMPORARY, memory)
        .status()?;
    if again.success() { Ok(()) } else { Err("the power cuts have ended so".into()) }
}

fn perform(arguments: Arguments) -> Result<(), Failed> {
    let Arguments { kills, halls, seed, power, keep, role } = arguments;
    match role {
        Some(Role::Backend { config }) => hall::serve(&config),
        Some(Role::Kiosk { config, seed, settle }) => kiosk::run(&config, seed, settle),
        Some(Role::Journal { path, facts }) => power::write(&path, facts),
        Some(Role::Compare { folder }) => {
            println!("{}", books::compare(&folder)?);
            Ok(())
        }
        None => {
            let seed = seed.unwrap_or_else(rand::random);
            match power {
                Some(disks) => in_memory(|| power::run(power::Order { disks, seed })),
                None => run::run(&run::Order { kills, halls, seed, keep }),
            }
        }
    }
}
