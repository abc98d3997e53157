//! The backend under as many customers as it can serve: look-ups among a million accounts, and orders from their first
//! word to the posting, against what the disk can make durable in the same run.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use powerhall_bench::numbers::{Samples, median, ms};
use powerhall_bench::report::Section;
use powerhall_bench::{Result, Trouble, disk, wal};
use tokio::task::JoinSet;

use crate::customers::{Customer, Paid};
use crate::hall::Hall;

/// Customers at once who only look.
const LOOKERS: usize = 32;
/// Customers at once who pay.
const PAYERS: usize = 32;
/// How long each measurement of the bare disk lasts; there are two before the orders and two after.
const BARE: Duration = Duration::from_secs(2);
/// Orders that are paid one after another, to count their commits.
const COUNTED: usize = 12;
/// The backend's database files.
const FILES: usize = 3;
/// Between two looks into their logs; a log begins anew every thousand pages or so.
const GLANCE: Duration = Duration::from_millis(20);
/// What an order still writes after its posting, such as the answer to the channel's notification.
const AFTER: Duration = Duration::from_millis(400);
/// Accounts that are looked up, and that can be paid.
const LOOKED: u32 = 50_000;
const DEBTORS: u32 = 20_000;

/// Measures both loads.
pub fn measure(hall: &Hall, span: Duration) -> Result<Vec<Section>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|e| Trouble::Backend(e.to_string()))?;
    eprintln!("backend: look-ups for {} s", span.as_secs());
    let accounts = hall.any_accounts(LOOKED)?;
    let looked = runtime.block_on(look_ups(hall, accounts, span))?;
    let mut debtors = hall.debtors(DEBTORS)?;
    if debtors.len() <= COUNTED {
        return Err(Trouble::Wrong("too few accounts owe anything; remove target/bench".to_owned()));
    }
    let counted = debtors.split_off(debtors.len() - COUNTED);
    eprintln!("backend: the commits of {COUNTED} orders");
    let alone = runtime.block_on(commits_alone(hall, &counted))?;
    let mut bare = Bare::default();
    bare.measure(hall)?;
    eprintln!("backend: orders for {} s", span.as_secs());
    let paid = runtime.block_on(orders(hall, debtors, span))?;
    bare.measure(hall)?;
    Ok(vec![looked_section(hall, &looked), paid_section(&paid, alone, &bare)])
}

/// What the disk can do: commits a second with one file, and with as many as the backend has.
#[derive(Default)]
struct Bare {
    one: Vec<f64>,
    side_by_side: Vec<f64>,
}

impl Bare {
    fn measure(&mut self, hall: &Hall) -> Result<()> {
        for _ in 0..2 {
            self.one.push(disk::commits_per_second(&hall.folder, 1, BARE)?);
            self.side_by_side.push(disk::commits_per_second(&hall.folder, FILES, BARE)?);
        }
        Ok(())
    }
}

struct Looked {
    took: Duration,
    lookups: Samples,
    quotes: Samples,
}

async fn look_ups(hall: &Hall, accounts: Vec<String>, span: Duration) -> Result<Looked> {
    let accounts: Arc<[String]> = accounts.into();
    let mut customers = JoinSet::new();
    let began = Instant::now();
    for first in 0..LOOKERS {
        let customer = Customer::new(&hall.base, &hall.bearer)?;
        let accounts = Arc::clone(&accounts);
        customers.spawn(async move {
            let (mut lookups, mut quotes) = (Samples::default(), Samples::default());
            // A stride that is prime to the number of customers, so that no two walk the same way.
            let mut at = first * 1_009;
            while began.elapsed() < span {
                at = (at + 7_919) % accounts.len();
                let asked = Instant::now();
                let lookup = customer.look_up(&accounts[at]).await?;
                lookups.add(asked.elapsed());
                let asked = Instant::now();
                customer.quote(&lookup).await?;
                quotes.add(asked.elapsed());
            }
            Ok::<_, Trouble>((lookups, quotes))
        });
    }
    let (mut lookups, mut quotes) = (Samples::default(), Samples::default());
    while let Some(done) = customers.join_next().await {
        let (looked, quoted) = done.map_err(|e| Trouble::Backend(e.to_string()))??;
        lookups.extend(&looked);
        quotes.extend(&quoted);
    }
    Ok(Looked { took: began.elapsed(), lookups, quotes })
}

struct Orders {
    took: Duration,
    commits: u64,
    codes: Samples,
    posted: Samples,
}

async fn orders(hall: &Hall, debtors: Vec<String>, span: Duration) -> Result<Orders> {
    let debtors: Arc<[String]> = debtors.into();
    let next = Arc::new(AtomicUsize::new(0));
    let mut logs = Logs::open(hall)?;
    let mut customers = JoinSet::new();
    let began = Instant::now();
    for _ in 0..PAYERS {
        let customer = Customer::new(&hall.base, &hall.bearer)?;
        let (debtors, next) = (Arc::clone(&debtors), Arc::clone(&next));
        customers.spawn(async move {
            let mut all: Vec<Paid> = Vec::new();
            while began.elapsed() < span {
                let Some(account) = debtors.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                all.extend(pay(&customer, account).await?);
            }
            Ok::<_, Trouble>(all)
        });
    }
    let (mut codes, mut posted) = (Samples::default(), Samples::default());
    let mut glance = tokio::time::interval(GLANCE);
    loop {
        let done = tokio::select! {
            done = customers.join_next() => done,
            _ = glance.tick() => {
                logs.count();
                continue;
            }
        };
        let Some(done) = done else { break };
        for paid in done.map_err(|e| Trouble::Backend(e.to_string()))?? {
            codes.add(paid.code);
            posted.add(paid.posted);
        }
    }
    let took = began.elapsed();
    // What follows the last postings belongs to them.
    tokio::time::sleep(AFTER).await;
    Ok(Orders { took, commits: logs.count(), codes, posted })
}

/// Pays all that an account owes; `None` when that is nothing.
async fn pay(customer: &Customer, account: &str) -> Result<Option<Paid>> {
    let quote = customer.quote(&customer.look_up(account).await?).await?;
    if quote.lines.first().is_none_or(|line| !line.total_fen.is_positive()) {
        return Ok(None);
    }
    customer.pay_all(&quote).await.map(Some)
}

/// How many transactions the backend's files take for one order that is alone.
async fn commits_alone(hall: &Hall, accounts: &[String]) -> Result<f64> {
    let customer = Customer::new(&hall.base, &hall.bearer)?;
    let mut logs = Logs::open(hall)?;
    let mut counts = Vec::new();
    for account in accounts {
        let before = logs.count();
        if pay(&customer, account).await?.is_some() {
            tokio::time::sleep(AFTER).await;
            counts.push(float(logs.count() - before));
        }
    }
    median(counts).ok_or_else(|| Trouble::Wrong("no order could be paid".to_owned()))
}

/// The write-ahead logs of the backend's files.
struct Logs(Vec<wal::Counter>);

impl Logs {
    fn open(hall: &Hall) -> Result<Self> {
        let open = |file: &PathBuf| {
            let mut log = file.clone().into_os_string();
            log.push("-wal");
            wal::Counter::open(log.as_ref()).map_err(|e| Trouble::file(log, e))
        };
        Ok(Self(hall.databases.iter().map(open).collect::<Result<_>>()?))
    }

    /// All commits since they were opened.
    fn count(&mut self) -> u64 {
        self.0.iter_mut().map(wal::Counter::count).sum()
    }
}

fn looked_section(hall: &Hall, looked: &Looked) -> Section {
    let title =
        format!("Backend: look-ups among {} accounts, {LOOKERS} customers at once", grouped(hall.accounts));
    let mut section = Section::new(&title, &["query", "a second", "p50", "p99", "most"]);
    for (name, samples) in [("find the account", &looked.lookups), ("what is owed", &looked.quotes)] {
        let rate = per_second(samples.count(), looked.took);
        section.row([
            name.to_owned(),
            format!("{rate:.0}"),
            ms(samples.median()),
            ms(samples.rank(99)),
            ms(samples.rank(100)),
        ]);
    }
    let both = per_second(looked.lookups.count() + looked.quotes.count(), looked.took);
    section.remark(format!(
        "Both together: {both:.0} queries a second over HTTP, the customers on the same cores."
    ));
    if let Some(made) = hall.made_in {
        section.remark(format!("The accounts with 24 months each were made in {} s.", made.as_secs()));
    }
    section
}

fn paid_section(paid: &Orders, alone: f64, bare: &Bare) -> Section {
    let title = format!("Backend: orders from the first word to the posting, {PAYERS} customers at once");
    let mut section = Section::new(&title, &["figure", "value"]);
    let count = paid.posted.count();
    let rate = per_second(count, paid.took);
    let commits = float(paid.commits) / paid.took.as_secs_f64();
    let of = |figures: &Vec<f64>| median(figures.clone()).unwrap_or_default().max(1.0);
    let (one, side_by_side) = (of(&bare.one), of(&bare.side_by_side));
    let both = |samples: &Samples| format!("{} / {}", ms(samples.median()), ms(samples.rank(99)));
    let mut row = |name: String, value: String| section.row([name, value]);
    row("orders paid and posted".to_owned(), count.to_string());
    row("orders a second".to_owned(), format!("{rate:.1}"));
    row("order to code, p50 / p99".to_owned(), both(&paid.codes));
    row("paid on the phone to posted, p50 / p99".to_owned(), both(&paid.posted));
    row("durable commits an order, alone / under this load".to_owned(), {
        format!("{alone:.0} / {:.1}", commits / rate.max(f64::EPSILON))
    });
    row("durable commits a second".to_owned(), format!("{commits:.0}"));
    row("bare SQLite commits a second: one file".to_owned(), format!("{one:.0}"));
    row(format!("bare SQLite commits a second: {FILES} files side by side"), format!("{side_by_side:.0}"));
    row("the orders' commits ÷ bare commits: one file".to_owned(), format!("{:.2}", commits / one));
    row(
        format!("the orders' commits ÷ bare commits: {FILES} files"),
        format!("{:.2}", commits / side_by_side),
    );
    section.remark(
        "Bare: one writer a file, one row a transaction, WAL, synchronous = FULL, the same disk. The backend writes three \
         files: orders, billing, and the sandbox's book (a real channel and a real billing system keep their own).",
    );
    section
}

fn per_second(count: usize, took: Duration) -> f64 {
    float(u64::try_from(count).unwrap_or(u64::MAX)) / took.as_secs_f64()
}

fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// 1,000,000.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
