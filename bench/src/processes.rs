//! A program with all its children as the kernel counts them in `/proc`: proportional set size, processor time,
//! wake-ups. A child that made itself a session of its own still counts, as long as it stayed in the family.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

/// `utime` and `stime` count in ticks of USER_HZ, which Linux fixes at 100 for every architecture that Debian has.
const TICK: Duration = Duration::from_millis(10);

/// A program and its children, by the first one's number.
#[derive(Clone, Copy, Debug)]
pub struct Family(pub u32);

/// What a family used over a while.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Processor time in percent of one core.
    pub cpu_percent: f64,
    /// Times that a thread which had gone to sleep was woken, a second.
    pub wakeups: f64,
}

struct Stat {
    parent: u32,
    group: u32,
    ticks: u32,
}

impl Family {
    /// The numbers of all its processes: everything below the first one, and everything in its process group.
    #[must_use]
    pub fn members(&self) -> Vec<u32> {
        let all: HashMap<u32, Stat> = all();
        let belongs = |mut pid: u32| {
            // As deep as a tree of processes may reasonably be.
            for _ in 0..64 {
                if pid == self.0 {
                    return true;
                }
                match all.get(&pid) {
                    Some(stat) if stat.group == self.0 => return true,
                    Some(stat) => pid = stat.parent,
                    None => return false,
                }
            }
            false
        };
        let mut members: Vec<u32> = all.keys().copied().filter(|&pid| belongs(pid)).collect();
        members.sort_unstable();
        members
    }

    /// The sum of the proportional set sizes, in KiB. Pages that several processes share count in parts.
    #[must_use]
    pub fn pss_kib(&self) -> u64 {
        let pss = |pid: u32| {
            let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
            field(&text, "Pss:")
        };
        self.members().into_iter().filter_map(pss).sum()
    }

    /// Watches it for a while.
    #[must_use]
    pub fn watch(&self, span: Duration) -> Used {
        let (began, before) = (Instant::now(), self.count());
        std::thread::sleep(span);
        let (after, took) = (self.count(), began.elapsed().as_secs_f64());
        let cpu = grown(&before.ticks, &after.ticks);
        let cpu_percent = TICK.as_secs_f64() * count(cpu) / took * 100.0;
        Used { cpu_percent, wakeups: count(grown(&before.switches, &after.switches)) / took }
    }

    fn count(&self) -> Counts {
        let (all, mut counts) = (all(), Counts::default());
        for pid in self.members() {
            if let Some(stat) = all.get(&pid) {
                counts.ticks.insert(pid, stat.ticks.into());
            }
            let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { continue };
            for task in tasks.flatten() {
                let Some(tid) = task.file_name().to_str().and_then(|name| name.parse().ok()) else {
                    continue;
                };
                let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
                counts.switches.insert(tid, field(&status, "voluntary_ctxt_switches:").unwrap_or(0));
            }
        }
        counts
    }
}

#[derive(Default)]
struct Counts {
    ticks: HashMap<u32, u64>,
    switches: HashMap<u32, u64>,
}

/// What was added, by those who were there at the end. Who came in between counts from nothing.
fn grown(before: &HashMap<u32, u64>, after: &HashMap<u32, u64>) -> u64 {
    after.iter().map(|(id, now)| now.saturating_sub(before.get(id).copied().unwrap_or(0))).sum()
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

fn all() -> HashMap<u32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
    let pids = entries.flatten().filter_map(number);
    pids.filter_map(|pid| Some((pid, stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// proc_pid_stat(5). The name may hold anything, so the fields count from the last parenthesis.
fn stat(line: &str) -> Option<Stat> {
    let (_, rest) = line.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // The first of these is field 3.
    let at = |field: usize| fields.get(field - 3)?.parse::<u32>().ok();
    Some(Stat { parent: at(4)?, group: at(5)?, ticks: at(14)?.checked_add(at(15)?)? })
}

fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.split_ascii_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn a_name_with_a_parenthesis_does_not_shift_the_fields() {
        let line = "42 (a) b) S 7 42 42 0 -1 4194304 1 2 3 4 500 60 0 0 20 0 1 0 1 1 1";
        let stat = stat(line).expect("reads");
        assert_eq!((stat.parent, stat.group, stat.ticks), (7, 42, 560));
    }

    #[test]
    fn a_family_is_found_and_weighed_and_seen_to_work() {
        let busy = "sleep 30 & while :; do :; done";
        let mut child = Command::new("sh").args(["-c", busy]).stdout(Stdio::null()).spawn().expect("a shell");
        std::thread::sleep(Duration::from_millis(50));
        let family = Family(child.id());
        let (members, pss) = (family.members().len(), family.pss_kib());
        let used = family.watch(Duration::from_millis(300));
        for pid in family.members() {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
        let _ = child.wait();
        assert_eq!(members, 2);
        assert!(pss > 50, "{pss} KiB");
        assert!(used.cpu_percent > 5.0, "{used:?}");
    }
}
