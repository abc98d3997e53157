//! `powerhall-kills --kills N --seed S`: a whole hall of real processes with real SQLite files, killed (SIGKILL) at
//! random moments while customers pay; afterwards everything restarts and settles, and the books of all sides are
//! compared. The same program is its own kiosk (the session without its face) and backend, as subcommands.

mod books;
mod customer;
mod hall;
mod kiosk;
mod run;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Anything that makes a run worthless, in words.
type Failed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Arguments {
    /// How many processes to kill.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// Where all chance starts from; drawn and printed when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Keep the folder with all books and logs.
    #[arg(long)]
    keep: bool,
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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Fails only when another provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match arguments.role {
        Some(Role::Backend { config }) => hall::serve(&config),
        Some(Role::Kiosk { config, seed, settle }) => kiosk::run(&config, seed, settle),
        None => run::run(arguments.kills, arguments.seed.unwrap_or_else(rand::random), arguments.keep),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("powerhall-kills: {error}");
            ExitCode::FAILURE
        }
    }
}
