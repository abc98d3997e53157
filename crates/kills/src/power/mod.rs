//! Power cuts. A kill never loses what the kernel still holds. So the processes are traced while they work, the disk is
//! rebuilt as a cut at any moment may leave it, and the real code opens it: whatever somebody was told must be there.
//!
//! Followed are the backend's store and the kiosk's journal. The sandbox's and billing's books are the other side of
//! the wire: a payment company and a utility that we cannot pull the plug of.

mod backend;
mod disk;
mod kiosk;
mod record;
mod trace;
mod wire;

pub use kiosk::write;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::runtime::Runtime;

use crate::Failed;
use crate::crew::{Birth, Crew, Who};
use crate::hall::{self, KIOSKS};
use disk::{Disk, Loss, Syncs};
use record::Traced;

/// Facts of the journal that is written by itself: enough for checkpoints and pruning.
const FACTS: u64 = 1_200;
/// What customers must have read before the first power cut, and before the end.
const TOLD: [usize; 2] = [8, 16];
/// Where the backend keeps its store here.
const STORE: &str = "books/store/backend.db";
/// Disks of each program with fewer syncs than it asked for.
const WEAKENED: usize = 40;
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(90);
const A_DAY: Duration = Duration::from_secs(24 * 3600);

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// Disks to rebuild and open, over all.
    pub disks: usize,
    /// Where all chance starts from.
    pub seed: u64,
}

/// Traces, cuts, reopens, and prints what was found.
///
/// # Errors
/// When tracing is not possible, the traces show too little, or a disk breaks a promise.
pub fn run(order: Order) -> Result<(), Failed> {
    println!("seed {}", order.seed);
    let dir = tempfile::Builder::new().prefix("powerhall-power-").tempdir()?;
    let outcome = cut(order, dir.path());
    if outcome.is_err() {
        println!("traces and books are kept in {}", dir.keep().display());
    }
    outcome
}

fn cut(order: Order, dir: &Path) -> Result<(), Failed> {
    let began = Instant::now();
    let hall = dir.join("hall");
    let traces = dir.join("traces");
    for folder in [&hall, &traces] {
        std::fs::create_dir(folder)?;
    }
    let (store, of_kiosk) = trace_hall(&hall, &traces, order.seed)?;
    let alone = dir.join("alone");
    let of_journal = trace_journal(&alone, &traces)?;
    let recorded = began.elapsed();
    let mut trials = vec![
        Trial::backend(&hall, &store)?,
        Trial::kiosk("kiosk", &hall, &of_kiosk, "kiosk-1/journal.db", A_DAY)?,
        Trial::kiosk("journal", &alone, &of_journal, "data/journal.db", Duration::ZERO)?,
    ];
    for trial in [&trials[0], &trials[2]] {
        if trial.disk.checkpointed() < 10 {
            return Err(format!("{}: the trace shows no checkpoint", trial.name).into());
        }
    }
    let mut tried = 0;
    let mut broken = Vec::new();
    for (number, trial) in trials.iter_mut().enumerate() {
        let disks = order.disks / 3 + usize::from(number < order.disks % 3);
        let outcome = trial.run(dir, order.seed ^ number as u64, disks)?;
        let (writes, syncs) = trial.disk.counts();
        println!(
            "  {:8} writes {writes}, of them checkpoints' {}, syncs {syncs}, promises {}, disks {disks}, begun anew before the first promise {}, violations {}",
            trial.name,
            trial.disk.checkpointed(),
            trial.moments_of_promises.len(),
            outcome.begun_anew,
            outcome.violations,
        );
        tried += disks;
        broken.extend(outcome.first);
    }
    println!(
        "  recorded in {} s, looked at in {} s",
        recorded.as_secs(),
        (began.elapsed() - recorded).as_secs()
    );
    if !broken.is_empty() {
        return Err(format!("power cuts {tried}, violations:\n  {}", broken.join("\n  ")).into());
    }
    // Does the net hold? The same disks with fewer syncs must lose what was promised, in each of the programs.
    for syncs in [Syncs::Normal, Syncs::Off] {
        let mut lost = Vec::new();
        for trial in &mut trials {
            trial.disk.weaken(syncs);
            let outcome = trial.run(dir, order.seed, WEAKENED)?;
            if outcome.violations == 0 {
                return Err(format!("{}: nothing is missed with the syncs of {syncs:?}", trial.name).into());
            }
            lost.push(format!("{} {}/{WEAKENED}", trial.name, outcome.violations));
        }
        println!("  as if synchronous were {syncs:?}, losses are found: {}", lost.join(", "));
    }
    println!("power cuts {tried}, violations 0 in {} s", began.elapsed().as_secs());
    Ok(())
}

/// A hall at work: backend and one kiosk traced, both killed once in between, the backend ended in order at last.
/// Gives the traces of the backend's lives and of the kiosk's.
fn trace_hall(hall: &Path, traces: &Path, seed: u64) -> Result<(Vec<String>, Vec<String>), Failed> {
    hall::furnish(hall)?;
    // In folders that do not exist yet: their names must survive too. One of them holds nothing else, so that nobody
    // else makes its content durable.
    let config = std::fs::read_to_string(hall.join("backend.toml"))?;
    std::fs::write(
        hall.join("backend.toml"),
        config.replace("file = \"backend.db\"", &format!("file = \"{STORE}\"")),
    )?;
    let mut crew = Crew::new(hall)?;
    let mut seeds = ChaCha8Rng::seed_from_u64(seed);
    for place in 1..KIOSKS.len() {
        crew.start(Who::Kiosk(place), Birth { seed: seeds.random(), ..Birth::default() })?;
    }
    let (mut backends, mut kiosks) = (Vec::new(), Vec::new());
    let config = |name: &str| hall.join(format!("{name}.toml")).display().to_string();
    for (life, wanted) in TOLD.into_iter().enumerate() {
        hall::reseed(hall, seeds.random())?;
        let trace = |name: &str| traces.join(format!("{name}-{life}.trace"));
        let backend = Traced::start(&["backend", &config("backend")], &trace("backend"), None)?;
        let seed = seeds.random::<u32>().to_string();
        let kiosk = Traced::start(&["kiosk", &config(KIOSKS[0]), "--seed", &seed], &trace("kiosk"), None)?;
        let deadline = Instant::now() + PATIENCE;
        while told(hall) < wanted {
            if Instant::now() > deadline {
                return Err(format!("customers have read too little: {} of {wanted}", told(hall)).into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        kiosks.push(kiosk.kill()?);
        let last = life + 1 == TOLD.len();
        backends.push(if last { backend.stop()? } else { backend.kill()? });
    }
    Ok((backends, kiosks))
}

/// What customers at the traced kiosk and the others have read.
fn told(hall: &Path) -> usize {
    std::fs::read_to_string(hall.join("told.log")).map_or(0, |told| told.lines().count())
}

fn trace_journal(alone: &Path, traces: &Path) -> Result<Vec<String>, Failed> {
    std::fs::create_dir(alone)?;
    let journal = alone.join("data/journal.db").display().to_string();
    let said = alone.join("written.log");
    let traced = Traced::start(
        &["journal", &journal, &FACTS.to_string()],
        &traces.join("journal.trace"),
        Some(&said),
    )?;
    Ok(vec![traced.finish()?])
}

/// Opens a rebuilt disk and looks at the promises that were made before the cut: whether it had to begin anew, and what
/// is lost.
type Look = Box<dyn Fn(&Runtime, &Path, usize) -> Result<bool, Failed> + Sync>;

/// One traced program.
struct Trial {
    name: &'static str,
    disk: Disk,
    moments_of_promises: Vec<usize>,
    look: Look,
}

#[derive(Default)]
struct Outcome {
    begun_anew: usize,
    violations: usize,
    first: Option<String>,
}

impl Trial {
    fn backend(hall: &Path, lives: &[String]) -> Result<Self, Failed> {
        let calls = trace::parse(lives)?;
        let is_store = |path: &Path| is_file_of(path, &hall.join(STORE));
        let disk = Disk::follow(hall, &calls, is_store)?;
        let promises = backend::promises(&calls)?;
        let notified = promises
            .iter()
            .filter(|(_, promise)| matches!(promise, backend::Promise::Notification { .. }))
            .count();
        if promises.len() < 50 || notified < 3 {
            return Err(format!(
                "the trace shows too little: {} promises, {notified} notifications",
                promises.len()
            )
            .into());
        }
        let moments_of_promises = promises.iter().map(|(at, _)| *at).collect();
        let look: Look = Box::new(move |runtime, place, cut| {
            // The log's index may be there, and is anything but right.
            let store = place.join(STORE);
            std::fs::create_dir_all(store.parent().ok_or("no folder")?)?;
            std::fs::write(place.join(format!("{STORE}-shm")), cut.to_le_bytes().repeat(4096))?;
            let found = backend::reopen(runtime, &store)?;
            for (_, promise) in promises.iter().filter(|(at, _)| *at < cut) {
                found.keeps(promise)?;
            }
            Ok(false)
        });
        Ok(Self { name: "backend", disk, moments_of_promises, look })
    }

    fn kiosk(
        name: &'static str,
        root: &Path,
        lives: &[String],
        file: &'static str,
        keep: Duration,
    ) -> Result<Self, Failed> {
        let calls = trace::parse(lives)?;
        let disk = Disk::follow(root, &calls, |path| is_file_of(path, &root.join(file)))?;
        let mut promises = kiosk::promises(&calls)?;
        forget_impatience(&disk, &mut promises, root, file, keep)?;
        if promises.len() < 8 {
            return Err(format!("{name}: the trace shows too little: {} promises", promises.len()).into());
        }
        let moments_of_promises = promises.iter().map(|(at, _)| *at).collect();
        let look: Look = Box::new(move |runtime, place, cut| {
            let found = kiosk::reopen(runtime, &place.join(file), keep)?;
            let made: Vec<_> = promises.iter().filter(|(at, _)| *at < cut).collect();
            if found.set_aside && !made.is_empty() {
                return Err("the journal is damaged and was set aside".into());
            }
            for (_, promise) in made {
                found.keeps(promise)?;
            }
            Ok(found.set_aside)
        });
        Ok(Self { name, disk, moments_of_promises, look })
    }

    /// Half of the cuts lie right behind a promise, where least may be lost; the others anywhere.
    fn run(&self, dir: &Path, seed: u64, disks: usize) -> Result<Outcome, Failed> {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let moments = self.disk.moments();
        let cuts: Vec<(usize, Loss)> = (0..disks)
            .map(|_| {
                let of = if dice.random_ratio(1, 2) { &self.moments_of_promises } else { &moments };
                // The cut lies behind the moment itself.
                let cut = of[dice.random_range(0..of.len())] + 1;
                let loss = match dice.random_range(0..8) {
                    0 | 1 => Loss::All,
                    2 => Loss::Nothing,
                    _ => Loss::Chance(dice.random()),
                };
                (cut, loss)
            })
            .collect();
        let next = AtomicUsize::new(0);
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let parts: Vec<Result<Outcome, Failed>> = std::thread::scope(|scope| {
            let worker = |number: usize| {
                let (next, cuts) = (&next, &cuts);
                scope.spawn(move || self.work(&dir.join(format!("{}-{number}", self.name)), cuts, next))
            };
            let workers: Vec<_> = (0..workers).map(worker).collect();
            workers
                .into_iter()
                .map(|part| part.join().unwrap_or_else(|_| Err("a worker panicked".into())))
                .collect()
        });
        let mut outcome = Outcome::default();
        for part in parts {
            let part = part?;
            outcome.begun_anew += part.begun_anew;
            outcome.violations += part.violations;
            outcome.first = outcome.first.or(part.first);
        }
        Ok(outcome)
    }

    fn work(&self, place: &Path, cuts: &[(usize, Loss)], next: &AtomicUsize) -> Result<Outcome, Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut outcome = Outcome::default();
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            let Some((cut, loss)) = cuts.get(number) else { return Ok(outcome) };
            // A place of its own: the journal that was looked at before may still be closing its file, and takes the log
            // of that name away.
            let disk = place.join(number.to_string());
            self.disk.rebuild(*cut, *loss, &disk)?;
            match (self.look)(&runtime, &disk, *cut) {
                Ok(begun_anew) => outcome.begun_anew += usize::from(begun_anew),
                Err(error) => {
                    outcome.violations += 1;
                    let name = self.name;
                    outcome
                        .first
                        .get_or_insert_with(|| format!("{name}: cut before line {cut}, {loss:?}: {error}"));
                }
            }
            std::fs::remove_dir_all(&disk)?;
        }
    }
}

/// A journal that takes longer than the session's patience is not waited for: the customer has paid, the backend holds the
/// evidence, and the screen says so. Such a sentence is no promise of the journal's. It must stay an exception.
fn forget_impatience(
    disk: &Disk,
    promises: &mut Vec<(usize, kiosk::Promise)>,
    root: &Path,
    file: &str,
    keep: Duration,
) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let is_told = |promise: &kiosk::Promise| matches!(promise, kiosk::Promise::ToldPaid(_));
    let told = promises.iter().filter(|(_, promise)| is_told(promise)).count();
    let mut impatient = Vec::new();
    for (at, promise) in promises.iter().filter(|(_, promise)| is_told(promise)) {
        let place = root.with_extension(format!("told-{at}"));
        disk.rebuild(*at, Loss::All, &place)?;
        if kiosk::reopen(&runtime, &place.join(file), keep)?.keeps(promise).is_err() {
            impatient.push(promise.clone());
        }
        std::fs::remove_dir_all(&place)?;
    }
    if impatient.len() * 4 > told {
        return Err(
            format!("customers were told before the journal knew: {} of {told}", impatient.len()).into()
        );
    }
    if !impatient.is_empty() {
        println!("  the journal was too slow to be waited for: {} of {told}", impatient.len());
    }
    promises.retain(|(_, promise)| !impatient.contains(promise));
    Ok(())
}

/// The database itself, its log, or its rollback journal. The index of the log (`-shm`) is memory, not disk: SQLite
/// makes it anew when it is the first to open the file.
fn is_file_of(path: &Path, file: &Path) -> bool {
    let end = |end: &str| PathBuf::from(format!("{}{end}", file.display()));
    path == file || ["-wal", "-journal"].into_iter().any(|one| path == end(one))
}
