//! The backend program: `serve`, `demo-data`, `check-config`, `kiosk add`, `review`, `reconcile`, `calls`, `callbacks`, `suspend`,
//! `report`, `billing-contract`, `billing-conformance`.

mod billing_commands;
mod call_back_commands;
mod staff_commands;
mod suspend_commands;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use powerhall_backend::assemble::{StartError, assemble, open_billing, open_store};
use powerhall_backend::clock::{Clock, SystemClock, day};
use powerhall_backend::config::{BackendConfig, ConfigError};
use powerhall_backend::kiosks;
use powerhall_backend::panics;
use powerhall_backend::store::{Store, StoreError};
use powerhall_billing::demo::{self, DemoError};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use billing_commands::BillingFailed;
use call_back_commands::CallBacksCommand;
use staff_commands::{CallsCommand, ReviewCommand, StaffFailed};
use suspend_commands::SuspendCommand;

/// The backend of an electricity company's business halls.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The backend's configuration.
    #[arg(long, global = true, default_value = "config/backend.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve kiosks and payment channels until told to stop.
    Serve,
    /// Fill the embedded billing system with made-up customers, the same from the same seed.
    DemoData {
        /// How many accounts.
        #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
        accounts: u32,
        /// Where the made-up numbers start from.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Print every known account and application as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Check the configuration and the hall's data, and end.
    CheckConfig,
    /// Print the contract that a utility's own billing system serves, as OpenAPI 3.1. Needs no configuration.
    BillingContract,
    /// Test the billing server of the configuration against the contract. Posts single fen to its test accounts.
    BillingConformance {
        /// The sheet of test accounts, a TOML file: see docs/billing-contract.md.
        #[arg(long)]
        sheet: PathBuf,
    },
    /// Make kiosks known.
    Kiosk {
        #[command(subcommand)]
        command: KioskCommand,
    },
    /// What a person must look at, and decide on. Asks the running backend at its socket.
    Review {
        #[command(subcommand)]
        command: ReviewCommand,
    },
    /// Calls for the guide: see them, take one, end one. Asks the running backend at its socket.
    Calls {
        #[command(subcommand)]
        command: Option<CallsCommand>,
    },
    /// Customers who have asked to be rung about an application: see them, note that it was done. Asks the running backend.
    #[command(name = "callbacks")]
    CallBacks {
        #[command(subcommand)]
        command: Option<CallBacksCommand>,
    },
    /// Close the kiosks, or their payments, for a while that is known beforehand. Asks the running backend at its socket.
    Suspend {
        #[command(subcommand)]
        command: Option<SuspendCommand>,
    },
    /// What the kiosks have measured, anonymously. Asks the running backend at its socket.
    Report {
        #[command(subcommand)]
        command: ReportCommand,
    },
    /// Compare a day's books: statements, orders, postings, journals. Asks the running backend at its socket.
    Reconcile {
        /// The day in Beijing, yyyy-mm-dd.
        #[arg(long)]
        day: String,
        /// Take in payments that only the channel's statement knows, as if it had notified us.
        #[arg(long)]
        settle: bool,
        /// Close the day; refused while a difference is not explained.
        #[arg(long)]
        close: bool,
    },
}

#[derive(Subcommand)]
enum ReportCommand {
    /// Which step loses customers: how often each was opened, how it was left, how long it took; the worst first.
    Steps {
        /// The first day in Beijing, yyyy-mm-dd.
        #[arg(long)]
        from: String,
        /// The last.
        #[arg(long)]
        to: String,
    },
}

#[derive(Subcommand)]
enum KioskCommand {
    /// Add a kiosk, or give it a new secret. The secret is told once.
    Add {
        /// Its name.
        id: String,
        /// Write the secret to this file (mode 0600) instead of printing it.
        #[arg(long)]
        secret_file: Option<PathBuf>,
    },
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("demo data: {0}")]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Staff(#[from] StaffFailed),
    #[error(transparent)]
    Billing(#[from] BillingFailed),
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("kiosk = \"{0}\" is not allowed: expected {allowed}", allowed = kiosks::KIOSK_ID)]
    KioskId(String),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    panics::tell_places_only();
    // Fails only when another provider was installed before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failed::Io("starting the runtime".to_owned(), error))
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("powerhall-backend: {error}");
            // 2 for what a person has to change, 1 for what failed.
            ExitCode::from(if matches!(error, Failed::Config(_) | Failed::KioskId(_)) { 2 } else { 1 })
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failed> {
    if matches!(arguments.command, What::BillingContract) {
        billing_commands::contract();
        return Ok(());
    }
    let config = BackendConfig::load(&arguments.config)?;
    match arguments.command {
        // Told above, without a configuration.
        What::BillingContract => Ok(()),
        What::BillingConformance { sheet } => Ok(billing_commands::conformance(&config, &sheet).await?),
        What::Serve => serve(&config).await,
        What::DemoData { accounts, seed, json } => demo_data(&config, accounts, seed, json).await,
        What::CheckConfig => {
            powerhall_hall::Hall::load(&config.hall_folder).map_err(StartError::Hall)?;
            println!("{} is complete", arguments.config.display());
            Ok(())
        }
        What::Kiosk { command: KioskCommand::Add { id, secret_file } } => {
            add_kiosk(&config, id, secret_file).await
        }
        What::Review { command } => Ok(staff_commands::review(&config.review.socket, command).await?),
        What::Calls { command } => {
            let command = command.unwrap_or(CallsCommand::List);
            Ok(staff_commands::calls(&config.review.socket, command).await?)
        }
        What::CallBacks { command } => {
            let command = command.unwrap_or(CallBacksCommand::List);
            Ok(call_back_commands::call_backs(&config.review.socket, command).await?)
        }
        What::Suspend { command } => {
            let command = command.unwrap_or(SuspendCommand::List);
            Ok(suspend_commands::suspend(&config.review.socket, command).await?)
        }
        What::Report { command: ReportCommand::Steps { from, to } } => {
            Ok(staff_commands::steps(&config.review.socket, from, to).await?)
        }
        What::Reconcile { day, settle, close } => {
            Ok(staff_commands::reconcile(&config.review.socket, day, settle, close).await?)
        }
    }
}

async fn serve(config: &BackendConfig) -> Result<(), Failed> {
    let assembled = assemble(config).await?;
    let (stop, stopped) = watch::channel(false);
    let signals = |kind, name: &str| signal(kind).map_err(|e| Failed::Io(format!("listening for {name}"), e));
    let mut interrupt = signals(SignalKind::interrupt(), "SIGINT")?;
    let mut terminate = signals(SignalKind::terminate(), "SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
        // Nobody listening means that it has stopped already.
        let _ = stop.send(true);
    });
    println!("powerhall-backend serves http://{}", assembled.address);
    for page in &assembled.pay_pages {
        println!("pay as a phone would at {page}/ (a sandbox: no money moves)");
    }
    assembled.serve(stopped).await?;
    Ok(())
}

async fn demo_data(config: &BackendConfig, accounts: u32, seed: u64, json: bool) -> Result<(), Failed> {
    let (_, billing) = open_billing(config).await?;
    let began = Instant::now();
    // A second run is quick: what is there stays, because demo data never mixes with anything.
    let (showcase, made) = match demo::showcase(&billing).await? {
        Some(kept) => (kept, false),
        None => (demo::fill(&billing, accounts, seed, day(SystemClock.now())).await?, true),
    };
    billing.close().await;
    if json {
        println!("{}", serde_json::to_string_pretty(&showcase).map_err(DemoError::from)?);
        return Ok(());
    }
    if made {
        println!("{accounts} made-up accounts in {} ms; to try:", began.elapsed().as_millis());
    } else {
        println!("the made-up accounts are there already; to try:");
    }
    for account in &showcase.accounts {
        println!(
            "  account {}  {:?}, {} months owed, phone ends in {}",
            account.number, account.situation, account.months_owed, account.phone_last4
        );
    }
    let applications = [("a fee is due", showcase.fee_due()), ("a fee goes back", showcase.refund())];
    for (what, application) in applications {
        if let Some(application) = application {
            println!("  application {}  {what}", application.number);
        }
    }
    Ok(())
}

async fn add_kiosk(config: &BackendConfig, id: String, secret_file: Option<PathBuf>) -> Result<(), Failed> {
    if !kiosks::is_kiosk_id(&id) {
        return Err(Failed::KioskId(id));
    }
    let store = open_store(config).await?;
    let secret = kiosks::new_secret();
    // The file first: a secret that nobody has is worse than a file that does not work yet.
    if let Some(path) = &secret_file {
        kiosks::write_secret(path, &secret).map_err(|e| Failed::Io(path.display().to_string(), e))?;
    }
    store.put_kiosk(&id, kiosks::hash(&secret), SystemClock.now()).await?;
    store.close().await;
    match secret_file {
        Some(path) => println!("kiosk {id} is known; its secret is in {}", path.display()),
        None => println!("kiosk {id} is known; its secret, told this once:\n{secret}"),
    }
    Ok(())
}
