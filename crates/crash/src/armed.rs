//! What a point does in the build of `powerhall-kills`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};

use crate::{LAST_WORDS, Point, VARIABLE};

/// Where this process is to end, and how often it has to come there.
static AIM: OnceLock<Option<(String, u32)>> = OnceLock::new();
static PASSED: AtomicU32 = AtomicU32::new(0);

pub(crate) fn here(point: Point) {
    let Some((name, passing)) = AIM.get_or_init(read) else { return };
    if point.name() != name || PASSED.fetch_add(1, Ordering::SeqCst) + 1 != *passing {
        return;
    }
    eprintln!("{LAST_WORDS}{name}");
    // To itself: no thread of this process runs on behind it.
    let killed = kill_process(getpid(), Signal::KILL);
    unreachable!("a process survived its own SIGKILL: {killed:?}");
}

fn read() -> Option<(String, u32)> {
    let aim = std::env::var(VARIABLE).ok()?;
    let (name, passing) = aim.split_once(':').unwrap_or((&aim, "1"));
    let known = Point::ALL.iter().any(|point| point.name() == name);
    let passing = passing.parse().ok().filter(|passing| known && *passing > 0);
    assert!(
        passing.is_some(),
        "{VARIABLE} = \"{aim}\": expected a point and its passing, such as order-committed:1"
    );
    Some((name.to_owned(), passing?))
}
