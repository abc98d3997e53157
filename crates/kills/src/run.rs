//! One run: start everything, kill by chance, restart, settle, compare the books.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::hall::{self, KIOSKS};
use crate::{Failed, books};

/// How long everything may take to come to its end after the last kill.
const SETTLE: Duration = Duration::from_secs(120);

pub fn run(kills: u32, seed: u64, keep: bool) -> Result<(), Failed> {
    println!("seed {seed}");
    let dir = tempfile::Builder::new().prefix("powerhall-kills-").tempdir()?;
    let folder = dir.path().to_owned();
    let outcome = play(&folder, kills, seed);
    if keep || outcome.is_err() {
        println!("everything is kept in {}", dir.keep().display());
    }
    outcome
}

fn play(folder: &Path, kills: u32, seed: u64) -> Result<(), Failed> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    hall::furnish(folder)?;
    let began = Instant::now();
    let mut crew = Crew { folder: folder.to_owned(), running: Vec::new() };
    crew.start(0, &mut dice, false)?;
    for kiosk in 1..=KIOSKS.len() {
        crew.start(kiosk, &mut dice, false)?;
    }
    let mut killed = [0_u32; KIOSKS.len() + 1];
    while killed.iter().sum::<u32>() < kills {
        std::thread::sleep(Duration::from_millis(dice.random_range(20..700)));
        // The backend as often as all kiosks together.
        let who = if dice.random_ratio(1, 2) { 0 } else { dice.random_range(1..=KIOSKS.len()) };
        crew.kill(who)?;
        killed[who] += 1;
        std::thread::sleep(Duration::from_millis(dice.random_range(0..150)));
        crew.start(who, &mut dice, false)?;
    }
    // No customers any more: everything comes to its end.
    for kiosk in 1..=KIOSKS.len() {
        crew.kill(kiosk)?;
        crew.start(kiosk, &mut dice, true)?;
    }
    let deadline = Instant::now() + SETTLE;
    while !crew.settled()? || books::open_orders(folder)? > 0 {
        if Instant::now() > deadline {
            return Err(format!("not settled after {} s", SETTLE.as_secs()).into());
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    crew.kill(0)?;
    let sums = books::compare(folder)?;
    println!("{sums}");
    let (backend, kiosks) = (killed[0], killed[1..].iter().sum::<u32>());
    println!(
        "kills {} (backend {backend}, kiosks {kiosks}) in {} s, violations 0",
        backend + kiosks,
        began.elapsed().as_secs()
    );
    Ok(())
}

/// The processes: 0 is the backend, then the kiosks.
struct Crew {
    folder: PathBuf,
    running: Vec<(usize, Child)>,
}

impl Crew {
    fn start(&mut self, who: usize, dice: &mut ChaCha8Rng, settle: bool) -> Result<(), Failed> {
        let name = if who == 0 { "backend" } else { KIOSKS[who - 1] };
        let log = File::options().create(true).append(true).open(self.folder.join(format!("{name}.log")))?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(if who == 0 { "backend" } else { "kiosk" }).arg(self.folder.join(format!("{name}.toml")));
        if who > 0 {
            command.args(["--seed", &dice.random::<u64>().to_string()]);
        }
        if settle {
            command.arg("--settle");
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        self.running.push((who, child));
        Ok(())
    }

    /// SIGKILL; a process that has ended by itself is a failure of its own.
    fn kill(&mut self, who: usize) -> Result<(), Failed> {
        let place = self.running.iter().position(|(id, _)| *id == who).ok_or("not running")?;
        let (_, mut child) = self.running.remove(place);
        if let Some(status) = child.try_wait()? {
            return Err(format!("process {who} ended by itself: {status}").into());
        }
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Whether every kiosk has come to rest and ended well.
    fn settled(&mut self) -> Result<bool, Failed> {
        let mut all = true;
        for (who, child) in &mut self.running {
            match child.try_wait()? {
                None if *who > 0 => all = false,
                Some(status) if *who == 0 || !status.success() => {
                    return Err(format!("process {who} ended: {status}").into());
                }
                None | Some(_) => {}
            }
        }
        Ok(all)
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
