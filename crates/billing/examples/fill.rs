//! Measures demo data at scale: `cargo run --release -p powerhall-billing --example fill -- FILE ACCOUNTS`.
//! Prints the time to fill, the file's size, the most memory used, and how long look-ups take.

use std::{env, error::Error, fs, path::Path, sync::Arc, time::Instant};

use jiff::civil::date;
use powerhall_billing::{EmbeddedBilling, demo, port::Billing};
use powerhall_hall::Hall;
use powerhall_money::Outcome;

/// Look-ups to time.
const LOOK_UPS: u32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let (Some(file), Some(accounts)) = (words.next(), words.next()) else {
        return Err("usage: fill FILE ACCOUNTS".into());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(Path::new(&file), accounts.parse()?))
}

async fn measure(file: &Path, accounts: u32) -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/hall");
    let billing = EmbeddedBilling::open(file, Arc::new(Hall::load(&folder)?)).await?;
    let today = date(2026, 11, 23);
    let start = Instant::now();
    demo::fill(&billing, accounts, 1, today).await?;
    println!(
        "filled {accounts} accounts in {:?}, {} MB",
        start.elapsed(),
        fs::metadata(file)?.len() / 1_000_000
    );
    if let Some(line) =
        fs::read_to_string("/proc/self/status")?.lines().find(|line| line.starts_with("VmHWM"))
    {
        println!("most memory: {line}");
    }
    let mut times = Vec::new();
    for i in 0..LOOK_UPS {
        // Steps through the file in an order that has nothing to do with its pages.
        let index = u32::try_from(u64::from(i) * 7_919_317 % u64::from(accounts))?;
        let start = Instant::now();
        let Outcome::Definite(Some(account)) = billing.find_account(&demo::account_number(index)).await
        else {
            return Err("an account is missing".into());
        };
        let Outcome::Definite(_) = billing.arrears(&account.id, today).await else {
            return Err("arrears are missing".into());
        };
        times.push(start.elapsed());
    }
    times.sort();
    println!(
        "find_account + arrears, one after the other: p50 {:?}, p99 {:?}, most {:?}",
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1]
    );
    Ok(())
}
