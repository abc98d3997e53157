//! One world: a hall with some kiosks, a backend, two channels and billing, from one seed. First faults for ever
//! (safety), then none, until everything has come to rest and the books must agree (liveness).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use powerhall_backend::kiosks::hash;
use powerhall_backend::store::{Office, Store};
use powerhall_money::{Cell, Command, Context, Deliver, Fen, Moment, Outcome, Posted, Who};
use uuid::Uuid;

use crate::chance::Fault;
use crate::clerk;
use crate::kiosk::Kiosk;
use crate::network::secret;
use crate::process;
use crate::reconcile;
use crate::sim::{Sim, lock};

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Customers that come to the hall.
    pub customers: u64,
    /// Whether faults stop in the end and everything must come to rest.
    pub liveness: bool,
    /// Whether to keep the story.
    pub tell: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { customers: 40, liveness: true, tell: false }
    }
}

/// What came of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Orders that were opened.
    pub orders: u64,
    /// Those of them with several lines.
    pub several: u64,
    /// How often each kind of fault happened, in the order of [`Fault::ALL`].
    pub faults: Vec<u64>,
    /// Cells of the tables.
    pub cells: BTreeMap<Cell, u64>,
    /// What was found wrong.
    pub violations: Vec<String>,
    /// The story, if it was kept.
    pub story: Vec<String>,
    /// Virtual milliseconds that passed.
    pub ms: u64,
    /// Requests, calls to the outside and events of kiosks.
    pub moves: u64,
    /// Durable decisions and answers to kiosks until the first violation, or in all.
    pub steps: u64,
}

/// Virtual time in which everything must have come to rest after the last fault.
const REST: u64 = 6 * 3_600_000;
/// How long whoever works beside the backend waits for it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Virtual time after which a world's customers are sent home.
const DAY: u64 = 5 * 3_600_000;

/// Runs a world to its end.
///
/// # Panics
/// When no runtime can be made.
#[must_use]
pub fn run(seed: u64, plan: Plan) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => panic!("no runtime: {error}"),
    };
    runtime.block_on(live(seed, plan))
}

async fn live(seed: u64, plan: Plan) -> Report {
    let sim = Sim::new(seed, plan.tell);
    tokio::select! {
        () = days(&sim, plan) => {}
        () = sim.stuck.notified() => {}
    }
    sim.over.store(true, Ordering::SeqCst);
    *lock(&sim.process) = None;
    *lock(&sim.store) = None;
    let (ms, moves) = (sim.ms(), sim.moves());
    sim.with(|inner| Report {
        orders: inner.oracle.opened,
        several: inner.oracle.several,
        faults: inner.chance.counts.clone(),
        cells: std::mem::take(&mut inner.oracle.cells),
        violations: std::mem::take(&mut inner.oracle.violations),
        story: inner.story.take().unwrap_or_default(),
        ms,
        moves,
        steps: inner.oracle.wrong_at.unwrap_or(inner.oracle.steps),
    })
}

/// From the first customer to the books at the end.
async fn days(sim: &Arc<Sim>, plan: Plan) {
    let kiosks: Vec<_> = (0..sim.between(1, 4)).map(|n| Kiosk::new(sim, &format!("k{n}"))).collect();
    let (settings, workers) = sim.with(|inner| {
        inner.customers = plan.customers;
        (inner.settings.clone(), inner.workers)
    });
    sim.with(|inner| inner.chance.active = false);
    process::start(sim, &settings, workers);
    let store = lock(&sim.store).clone();
    if let Some(store) = store {
        for n in 0..kiosks.len() {
            let name = format!("k{n}");
            if let Err(error) = store.put_kiosk(&name, hash(&secret(&name)), Moment(0)).await {
                sim.violation(format!("a kiosk cannot be added: {error}"));
            }
        }
    }
    sim.with(|inner| inner.chance.active = true);
    kiosks.iter().for_each(Kiosk::start);
    let storm = tokio::spawn(weather(Arc::clone(sim), kiosks.clone()));
    loop {
        tokio::time::sleep(Duration::from_secs(20)).await;
        let (customers, wrong) = sim.with(|inner| (inner.customers, !inner.oracle.violations.is_empty()));
        if wrong || sim.ms() > DAY || customers == 0 && kiosks.iter().all(|kiosk| kiosk.is_at_rest()) {
            break;
        }
    }
    // Some worlds wait for the latest of late payers.
    if sim.percent(25) {
        kiosks.iter().for_each(|kiosk| kiosk.stop());
        sim.pass(600_000, 3 * 3_600_000).await;
    }
    storm.abort();
    if plan.liveness && sim.with(|inner| inner.oracle.violations.is_empty()) {
        rest(sim, &kiosks).await;
    }
    kiosks.iter().for_each(|kiosk| kiosk.stop());
}

/// Faults that come by themselves.
async fn weather(sim: Arc<Sim>, kiosks: Vec<Arc<Kiosk>>) {
    loop {
        sim.pass(2_000, 18_000).await;
        if sim.hit(Fault::BackendCrash) {
            process::crash(&sim);
        }
        if sim.hit(Fault::KioskCrash) {
            let kiosk = &kiosks[sim.between(0, kiosks.len() as u64 - 1) as usize];
            Arc::clone(kiosk).power_cut().await;
        }
        if sim.hit(Fault::ClockJump) {
            let ms = sim.between(0, 1_200_000) as i64 - 600_000;
            sim.skew.store(ms, Ordering::SeqCst);
            sim.tell(|| format!("the backend's clock is {} s wrong", ms / 1000));
        } else if sim.percent(20) && sim.skew.swap(0, Ordering::SeqCst) != 0 {
            sim.tell(|| "the backend's clock is set right".to_owned());
        }
        if sim.percent(20) {
            // The backend may die under the clerk's hands.
            let _ = tokio::time::timeout(PATIENCE, clerk::work(&sim)).await;
        }
        if sim.percent(20) {
            let _ = tokio::time::timeout(PATIENCE, contradict(&sim)).await;
        }
        sim.with(|inner| {
            let (which, ms) = (inner.chance.below(2) as usize, sim.ms());
            if let Some(number) = inner.books.channels[which].newest_open()
                && inner.chance.hit(Fault::TradeClosedElsewhere)
            {
                inner.tell(ms, || format!("fault: {}", Fault::TradeClosedElsewhere.words()));
                inner.books.channels[which].close_by_hand(&number);
            }
            let Some(account) = inner.books.billing.accounts.values_mut().next_back() else { return };
            let (owes, open) = (!account.owed.is_empty(), !account.closed);
            if open && inner.chance.hit(Fault::AccountClosed) {
                account.closed = true;
            }
            if owes && inner.chance.hit(Fault::PaidElsewhere) {
                let paid = std::mem::take(&mut account.owed);
                account.settled.extend(paid.into_keys());
            }
        });
    }
}

/// Billing says “posted” about a line that it has refused, by a worker that was believed dead.
async fn contradict(sim: &Arc<Sim>) {
    let Some(store) = sim.living_store() else { return };
    let mut refused = Vec::new();
    store.for_each_order(|order| {
        let gone = |d| matches!(d, Deliver::Rejected | Deliver::Refunding | Deliver::Refunded);
        refused.extend(order.lines.iter().filter(|l| gone(l.deliver)).map(|l| (order.id, l.line, l.amount)));
    });
    refused.sort();
    if refused.is_empty() || !sim.hit(Fault::BillingContradicts) {
        return;
    }
    let (id, line, amount) = refused[sim.between(0, refused.len() as u64 - 1) as usize];
    let amount = Fen::new(amount.get() + i64::from(sim.percent(50)));
    let posted = Posted { number: "B-LATE".to_owned(), amount, arrears: Fen::ZERO, credit: Fen::ZERO };
    let command = Command::PostAnswered { line, outcome: Outcome::Definite(posted) };
    let policy = sim.with(|inner| inner.settings.policy.clone());
    let now = Moment(sim.truth());
    let who = Who::Job("post");
    let ctx = Context { now, tries: 0, interrupted: true, steady_since: now, policy: &policy, who };
    // Whether it is refused does not matter here.
    let _ = store.change(id, command, ctx).await;
}

/// No faults any more: everything must come to its end, and the books must agree.
async fn rest(sim: &Arc<Sim>, kiosks: &[Arc<Kiosk>]) {
    sim.tell(|| "from here on nothing goes wrong".to_owned());
    sim.with(|inner| {
        inner.chance.active = false;
        inner.customers = 0;
    });
    sim.skew.store(0, Ordering::SeqCst);
    let began = sim.ms();
    for kiosk in kiosks {
        // A journal that failed stays closed until somebody starts the kiosk again.
        kiosk.stop();
        kiosk.start();
    }
    let mut standing = true;
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        if standing && kiosks.iter().all(|kiosk| kiosk.is_at_rest()) && sim.ms() > began + 70_000 {
            standing = false;
            for kiosk in kiosks.iter().filter(|kiosk| kiosk.open_orders() > 0) {
                sim.violation(format!("a kiosk's journal has {} orders without an end", kiosk.open_orders()));
            }
            kiosks.iter().for_each(|kiosk| kiosk.stop());
        }
        if !standing && is_idle(sim).await {
            break;
        }
        if sim.ms() > began + REST {
            sim.violation("I4: not everything came to rest".to_owned());
            return;
        }
    }
    // What is on its way outside of us arrives: channels repeat their notifications for hours.
    tokio::time::sleep(Duration::from_secs(3 * 3600)).await;
    loop {
        if is_idle(sim).await {
            break;
        }
        tokio::time::sleep(Duration::from_secs(30)).await;
        if sim.ms() > began + 3 * REST {
            sim.violation("I4: not everything came to rest".to_owned());
            return;
        }
    }
    books_agree(sim).await;
    if sim.with(|inner| inner.oracle.violations.is_empty()) {
        reconcile::close(sim, kiosks).await;
    }
}

/// Whether a backend lives and has nothing to do.
pub(crate) async fn is_idle(sim: &Sim) -> bool {
    match sim.living_store() {
        Some(store) => matches!(store.next_due().await, Ok(None)),
        None => false,
    }
}

async fn books_agree(sim: &Arc<Sim>) {
    let Some(store) = sim.living_store() else { return };
    let mut references: HashMap<String, Uuid> = HashMap::new();
    let mut open = 0;
    store.for_each_order(|order| {
        references.insert(order.reference.clone(), order.id);
        open += usize::from(order.is_open());
    });
    if open > 0 {
        sim.violation(format!("I4: {open} orders have no end"));
    }
    let mut listed: HashMap<Uuid, i64> = HashMap::new();
    match store.review_list(false).await {
        Ok(rows) => {
            for (row, decided) in rows {
                // What was decided goes on in the machines, unless it was settled outside.
                let open = decided.is_none_or(|decided| decided.verdict.starts_with("outside"));
                let order = row.reference.as_ref().and_then(|reference| references.get(reference));
                if let (true, Some(id)) = (open, order) {
                    *listed.entry(*id).or_default() += row.amount.get();
                }
            }
        }
        Err(error) => sim.violation(format!("the list cannot be read: {error}")),
    }
    let ms = sim.ms();
    sim.with(|inner| inner.settled(ms, &listed));
    ledger_agrees(sim, false).await;
}

/// I1: the ledger sums to zero and says what the channels hold; to the fen once the day's statement was `settled`.
pub(crate) async fn ledger_agrees(sim: &Sim, settled: bool) {
    let Some(store) = sim.living_store() else { return };
    let balances: HashMap<String, i64> = match store.balances().await {
        Ok(rows) => rows.into_iter().map(|(account, fen)| (account, fen.get())).collect(),
        Err(error) => return sim.violation(format!("the ledger cannot be read: {error}")),
    };
    if balances.values().sum::<i64>() != 0 {
        sim.violation("I1: the ledger does not sum to zero".to_owned());
    }
    let truth = sim.truth();
    for (id, held, untold) in sim.with(|inner| inner.clearing(truth)) {
        let booked = balances.get(&format!("channel_clearing:{id}")).copied().unwrap_or(0);
        let least = if settled { held } else { held - untold };
        if !(least..=held).contains(&booked) {
            sim.violation(format!("I1: the ledger says {booked} fen at {id}, the channel holds {held}"));
        }
    }
}
