//! What everything in a world shares: the virtual time, chance, the outside world's books, the oracle, the story, and
//! the backend process that lives now.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use powerhall_backend::backend::Settings;
use powerhall_backend::clock::Clock;
use powerhall_backend::store::MemoryStore;
use powerhall_money::{Moment, Policy};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::books::Books;
use crate::chance::{Chance, Fault};
use crate::oracle::Oracle;
use crate::process::Process;
use crate::reconcile::Papers;

/// Moves that a world may take: requests, calls to the outside and events of kiosks. A world of forty customers takes
/// some tens of thousands; one that goes round in circles would take them for ever.
const MOVES: u64 = 1_000_000;

/// The true time at which every world begins: 2026-11-23T01:00:00Z.
pub const BEGIN: i64 = 1_795_395_600_000;

/// Everything that is changed by whoever acts.
pub struct Inner {
    /// Chance.
    pub chance: Chance,
    /// The channels' and billing's own books.
    pub books: Books,
    /// The judge.
    pub oracle: Oracle,
    /// What happened, in plain words, when somebody wants to read it.
    pub story: Option<Vec<String>>,
    /// What every backend is started with.
    pub settings: Settings,
    /// How many job runners each backend has.
    pub workers: usize,
    /// What every kiosk is started with.
    pub kiosk: powerhall_flow::Settings,
    /// The shortest that a kiosk sleeps between two looks at the clock.
    pub nap: Duration,
    /// Orders that customers may still begin.
    pub customers: u64,
    /// The day's papers, once they can be had.
    pub papers: Option<Papers>,
    /// Quotes with several lines, by their ids.
    pub quotes: HashMap<String, powerhall_api::Quote>,
}

/// A world.
pub struct Sim {
    inner: Mutex<Inner>,
    began: Instant,
    /// How wrong the machine's clock is, in milliseconds.
    pub skew: AtomicI64,
    /// The backend that lives now.
    pub process: Mutex<Option<Arc<Process>>>,
    /// The store as whoever opened it last has it.
    pub store: Mutex<Option<Arc<MemoryStore>>>,
    /// The world is over: nothing is restarted any more.
    pub over: AtomicBool,
    moves: AtomicU64,
    /// Told when the world has taken more moves than any world should.
    pub stuck: Notify,
}

/// A mutex that a panic elsewhere does not close.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a world's backend and kiosks are configured: each draws from what operators may set. Most worlds look at the clock
/// and ask channels less often than the defaults say, and let codes live for less long: that is where the time of a
/// simulation goes, and where the fewest things happen.
fn temper(chance: &mut Chance) -> (Policy, powerhall_flow::Settings, Duration) {
    let (policy, kiosk) = (Policy::default(), powerhall_flow::Settings::default());
    if chance.percent(10) {
        return (policy, kiosk, Duration::from_millis(10));
    }
    let policy = Policy {
        extensions_max: chance.between(0, 3) as u32,
        poll_ms: chance.between(2_500, 10_000) as i64,
        backoff_max_ms: chance.between(60_000, 240_000) as i64,
        ..policy
    };
    let kiosk = powerhall_flow::Settings { check_in_every: chance.between(60_000, 600_000), ..kiosk };
    (policy, kiosk, Duration::from_millis(chance.between(1_000, 10_000)))
}

impl Sim {
    /// A world from a seed.
    #[must_use]
    pub fn new(seed: u64, tell: bool) -> Arc<Self> {
        let mut chance = Chance::new(seed);
        let books = Books::new(&mut chance);
        let workers = if chance.percent(25) { 2 } else { 1 };
        let (policy, kiosk, nap) = temper(&mut chance);
        Arc::new(Self {
            inner: Mutex::new(Inner {
                chance,
                books,
                oracle: Oracle::default(),
                story: tell.then(Vec::new),
                settings: Settings {
                    lookups_per_minute: 1_000_000,
                    tick: Duration::from_secs(120),
                    policy,
                    ..Settings::default()
                },
                workers,
                kiosk,
                nap,
                customers: 0,
                papers: None,
                quotes: HashMap::new(),
            }),
            began: Instant::now(),
            skew: AtomicI64::new(0),
            process: Mutex::new(None),
            store: Mutex::new(None),
            over: AtomicBool::new(false),
            moves: AtomicU64::new(0),
            stuck: Notify::new(),
        })
    }

    /// Milliseconds since the world began.
    #[must_use]
    pub fn ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The true time.
    #[must_use]
    pub fn truth(&self) -> i64 {
        BEGIN + i64::try_from(self.ms()).unwrap_or(i64::MAX)
    }

    /// Does something with everything that is shared. Not to be nested.
    pub fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut lock(&self.inner))
    }

    /// Whether a fault happens here.
    pub fn hit(&self, fault: Fault) -> bool {
        let ms = self.ms();
        self.with(|inner| {
            let hit = inner.chance.hit(fault);
            if hit {
                inner.tell(ms, || format!("fault: {}", fault.words()));
            }
            hit
        })
    }

    /// Adds a line to the story.
    pub fn tell(&self, words: impl FnOnce() -> String) {
        let ms = self.ms();
        self.with(|inner| inner.tell(ms, words));
    }

    /// A number from `from` to `to`.
    pub fn between(&self, from: u64, to: u64) -> u64 {
        self.with(|inner| inner.chance.between(from, to))
    }

    /// True `percent` times in a hundred.
    pub fn percent(&self, percent: u64) -> bool {
        self.with(|inner| inner.chance.percent(percent))
    }

    /// Lets `from` to `to` milliseconds pass.
    pub async fn pass(&self, from: u64, to: u64) {
        let ms = self.between(from, to);
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    /// The backend that lives now.
    pub fn current(&self) -> Option<Arc<Process>> {
        lock(&self.process).clone()
    }

    /// Somebody does something. Whoever goes round in circles is found by the number of moves, so that no world hangs
    /// without a word.
    pub fn moved(&self) {
        if self.moves.fetch_add(1, Ordering::Relaxed) == MOVES {
            self.violation(format!("the world goes round in circles: more than {MOVES} moves"));
            self.stuck.notify_one();
        }
    }

    /// Moves so far.
    pub fn moves(&self) -> u64 {
        self.moves.load(Ordering::Relaxed)
    }

    /// The store of the backend that lives now. What a dead backend's store is asked, nobody ever answers.
    pub fn living_store(&self) -> Option<Arc<MemoryStore>> {
        self.current()?;
        lock(&self.store).clone()
    }

    /// Promise 5: what a kiosk was told is still there.
    pub fn survived(&self, store: &MemoryStore) {
        let ms = self.ms();
        self.with(|inner| inner.survived(ms, store));
    }

    /// Something is wrong with powerhall.
    pub fn violation(&self, words: String) {
        let ms = self.ms();
        self.with(|inner| inner.violation(ms, words));
    }
}

impl Inner {
    /// Adds a line to the story.
    pub fn tell(&mut self, ms: u64, words: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(format!("{:>9}.{:03}s  {}", ms / 1000, ms % 1000, words()));
        }
    }

    /// Something is wrong with powerhall.
    pub fn violation(&mut self, ms: u64, words: String) {
        self.tell(ms, || format!("VIOLATION: {words}"));
        self.oracle.wrong_at.get_or_insert(self.oracle.steps);
        self.oracle.violations.push(words);
    }
}

/// The machine's clock as the backend reads it.
pub struct SimClock(pub Arc<Sim>);

impl Clock for SimClock {
    fn now(&self) -> Moment {
        Moment(self.0.truth() + self.0.skew.load(Ordering::SeqCst))
    }

    fn monotonic_ms(&self) -> i64 {
        i64::try_from(self.0.ms()).unwrap_or(i64::MAX)
    }
}
