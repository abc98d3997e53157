//! The stand-in as a program: a billing system with made-up customers behind the contract, on loopback only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use powerhall_billing::demo::{self, DemoError};
use powerhall_billing::{EmbeddedBilling, OpenError};
use powerhall_hall::{Hall, HallErrors};
use powerhall_standin::{StandIn, StandInConfig, sheet};

/// Stands in for a utility's own billing system: serves the billing contract with made-up customers, on this machine only.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port on loopback; 0 lets the system choose.
    #[arg(long, default_value_t = 8490)]
    port: u16,
    /// The file with the made-up customers, made when missing.
    #[arg(long)]
    file: PathBuf,
    /// What the hall publishes.
    #[arg(long, default_value = "config/hall")]
    hall: PathBuf,
    /// The file with the secret that it lets in.
    #[arg(long)]
    secret_file: PathBuf,
    /// Write the sheet of test accounts for the conformance suite to this file.
    #[arg(long)]
    sheet: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("hall: {0}")]
    Hall(#[from] HallErrors),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("demo data: {0}")]
    Demo(#[from] DemoError),
    #[error("the file has no made-up customers")]
    NoShowcase,
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("powerhall-standin: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failed> {
    let io = |what: &PathBuf| {
        let what = what.display().to_string();
        move |error| Failed::Io(what, error)
    };
    let secret = std::fs::read_to_string(&arguments.secret_file).map_err(io(&arguments.secret_file))?;
    let hall = Arc::new(Hall::load(&arguments.hall)?);
    let billing = EmbeddedBilling::open(&arguments.file, hall).await?;
    let today = TimeZone::fixed(jiff::tz::offset(8)).to_datetime(Timestamp::now()).date();
    let show = match demo::showcase(&billing).await? {
        Some(kept) => kept,
        None => demo::fill(&billing, 200, 1, today).await?,
    };
    if let Some(file) = &arguments.sheet {
        let sheet = sheet(&show).ok_or(Failed::NoShowcase)?;
        std::fs::write(file, sheet.to_toml()).map_err(io(file))?;
    }
    let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), arguments.port);
    let standin = StandIn::start(StandInConfig::new(Arc::new(billing), secret.trim_end()), listen)
        .await
        .map_err(|error| Failed::Io(listen.to_string(), error))?;
    println!("the stand-in serves {}", standin.url());
    standin.serve().await;
    Ok(())
}
