//! One run: some halls at once, each started, killed by chance and at the crash points, restarted, settled; then the
//! books are compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use powerhall_crash::Point;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::Failed;
use crate::books::{self, Sums};
use crate::crew::{Birth, Crew, Who};
use crate::hall::{self, KIOSKS};

/// How long everything may take to come to its end after the last kill.
const SETTLE: Duration = Duration::from_secs(150);
/// How long a process has to reach its crash point before it may be killed elsewhere.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a run may go without reaching a crash point that is still to be reached.
const LOST: Duration = Duration::from_secs(120);

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Order {
    /// Processes to kill, by chance and at crash points together.
    pub kills: u32,
    /// Halls at once.
    pub halls: u32,
    /// Where all chance starts from.
    pub seed: u64,
    /// Where the halls' folders are kept; none: only a hall whose books do not agree is kept.
    pub keep: Option<PathBuf>,
}

/// What all halls have done together.
struct Tally {
    by_chance: BTreeMap<&'static str, u32>,
    /// How often each crash point was reached.
    at: BTreeMap<Point, u32>,
    last_new: Instant,
}

impl Tally {
    fn kills(&self) -> u32 {
        self.by_chance.values().chain(self.at.values()).sum()
    }

    fn missing(&self) -> Vec<Point> {
        Point::ALL.iter().copied().filter(|point| !self.at.contains_key(point)).collect()
    }

    fn note(&mut self, who: Who, point: Option<Point>) {
        match (point, who) {
            (Some(point), _) => {
                if !self.at.contains_key(&point) {
                    self.last_new = Instant::now();
                }
                *self.at.entry(point).or_default() += 1;
            }
            (None, Who::Backend) => *self.by_chance.entry("backend").or_default() += 1,
            (None, Who::Kiosk(_)) => *self.by_chance.entry("kiosks").or_default() += 1,
        }
    }

    /// Whether the halls may settle.
    fn is_enough(&self, kills: u32) -> Result<bool, Failed> {
        let missing = self.missing();
        if self.kills() >= kills && missing.is_empty() {
            return Ok(true);
        }
        if self.kills() >= kills && self.last_new.elapsed() > LOST {
            return Err(format!("these crash points are never reached: {missing:?}").into());
        }
        Ok(false)
    }
}

/// Kills, and prints what was found.
///
/// # Errors
/// When a process ends by itself, something does not settle, a crash point is not reached, or the books do not agree.
pub fn run(order: &Order) -> Result<(), Failed> {
    let Order { halls, seed, .. } = *order;
    println!("seed {seed}");
    let began = Instant::now();
    let tally = Mutex::new(Tally { by_chance: BTreeMap::new(), at: BTreeMap::new(), last_new: began });
    let outcomes: Vec<Result<Sums, Failed>> = std::thread::scope(|scope| {
        let halls: Vec<_> = (0..halls)
            .map(|number| {
                let tally = &tally;
                scope.spawn(move || one_hall(order, number, tally))
            })
            .collect();
        halls.into_iter().map(|hall| hall.join().unwrap_or_else(|_| Err("a hall panicked".into()))).collect()
    });
    let mut sums = Sums::default();
    let mut wrong = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(found) => sums += found,
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    println!("{sums}");
    let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
    for point in Point::ALL {
        println!("  {:24}{}", point.name(), tally.at.get(point).copied().unwrap_or_default());
    }
    let by_chance = |who| tally.by_chance.get(who).copied().unwrap_or_default();
    println!(
        "kills {} (by chance: backend {}, kiosks {}; at crash points {}) points {}/{} in {} s, violations 0",
        tally.kills(),
        by_chance("backend"),
        by_chance("kiosks"),
        tally.at.values().sum::<u32>(),
        tally.at.len(),
        Point::ALL.len(),
        began.elapsed().as_secs()
    );
    if sums.paid == 0 || sums.refunded == 0 {
        return Err("nobody has paid, or nothing was refunded: this run shows nothing".into());
    }
    Ok(())
}

fn one_hall(order: &Order, number: u32, tally: &Mutex<Tally>) -> Result<Sums, Failed> {
    let dir = tempfile::Builder::new().prefix("powerhall-kills-").tempdir()?;
    let folder = dir.path().to_owned();
    let outcome = play(&folder, order, number, tally);
    if outcome.is_err() {
        println!("hall {number} is kept in {}", dir.keep().display());
    } else if let Some(place) = &order.keep {
        std::fs::create_dir_all(place)?;
        let place = place.join(format!("hall-{number}"));
        copy(&folder, &place)?;
    }
    outcome.map_err(|error| format!("hall {number}: {error}").into())
}

fn play(folder: &Path, order: &Order, number: u32, tally: &Mutex<Tally>) -> Result<Sums, Failed> {
    let mut dice = ChaCha8Rng::seed_from_u64(order.seed);
    dice.set_stream(number.into());
    hall::furnish(folder)?;
    let lock = || tally.lock().unwrap_or_else(PoisonError::into_inner);
    let mut crew = Crew::new(folder)?;
    let everybody: Vec<Who> =
        std::iter::once(Who::Backend).chain((0..KIOSKS.len()).map(Who::Kiosk)).collect();
    for who in &everybody {
        crew.start(*who, Birth { seed: dice.random(), ..Birth::default() })?;
    }
    while !lock().is_enough(order.kills)? {
        std::thread::sleep(Duration::from_millis(dice.random_range(20..300)));
        let mut dead = Vec::new();
        for (who, point) in crew.fallen()? {
            lock().note(who, Some(point));
            dead.push(who);
        }
        let killable = crew.killable(PATIENCE);
        if !killable.is_empty() && dice.random_ratio(1, 2) {
            // The backend as often as all kiosks together.
            let backend = killable.contains(&Who::Backend) && dice.random_ratio(1, 2);
            let who = if backend { Who::Backend } else { killable[dice.random_range(0..killable.len())] };
            let point = crew.kill(who)?;
            lock().note(who, point);
            dead.push(who);
        }
        if !dead.is_empty() {
            std::thread::sleep(Duration::from_millis(dice.random_range(0..100)));
        }
        for who in dead {
            let aim = aim(&mut dice, who, &lock().missing());
            crew.start(who, Birth { aim, seed: dice.random(), settle: false })?;
        }
    }
    // No customers and no aims any more: everything comes to its end.
    for who in everybody {
        let point = crew.kill(who)?;
        lock().note(who, point);
        crew.start(who, Birth { aim: None, seed: 0, settle: true })?;
    }
    let deadline = Instant::now() + SETTLE;
    while !crew.settled()? || books::under_way(folder)? > 0 {
        if Instant::now() > deadline {
            return Err(format!("not settled after {} s", SETTLE.as_secs()).into());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    crew.kill(Who::Backend)?;
    books::compare(folder)
}

/// Two processes of three are to die at a crash point, one that was not reached yet as long as there is one.
fn aim(dice: &mut ChaCha8Rng, who: Who, missing: &[Point]) -> Option<(Point, u32)> {
    if dice.random_ratio(1, 3) {
        return None;
    }
    let in_kiosk = who != Who::Backend;
    let of_mine = |points: &[Point]| -> Vec<Point> {
        points.iter().copied().filter(|point| point.is_in_kiosk() == in_kiosk).collect()
    };
    let missing = of_mine(missing);
    if missing.is_empty() {
        let all = of_mine(Point::ALL);
        return Some((all[dice.random_range(0..all.len())], dice.random_range(1..=3)));
    }
    Some((missing[dice.random_range(0..missing.len())], 1))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
