//! What measures become: daily counts, and a report that says which step loses customers. Pure; the store loads and writes.
//! How long a page was open is counted by stretches of time, so that no single visit is kept.

use std::collections::BTreeMap;
use std::fmt::Write;

use powerhall_api::{Left, MEASURES_MOST, Measure, MeasureBatch, Opinion, Place, STAY_MOST};
use serde::{Deserialize, Serialize};

/// Where the stretches of time end, in seconds; the last has no end.
const ENDS: [u32; 25] =
    [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 180, 240, 300, 420, 600];
/// A batch that comes again after so long is counted again; none is on its way for so long.
pub const REMEMBERED_MS: i64 = 2 * 24 * 3_600_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// A page was left in this way, after a time within the stretch of this number.
    Stay(Place, Left, u8),
    /// An opinion was given on a page.
    Opinion(Place, Opinion),
}

/// What the form alone must hold.
pub fn check_form(batch: &MeasureBatch) -> Result<(), String> {
    if !(1..=MEASURES_MOST).contains(&batch.measures.len()) {
        return Err(format!("measures has 1 to {MEASURES_MOST} items"));
    }
    let too_long = |measure: &Measure| matches!(measure, Measure::Stay { ms, .. } if *ms > STAY_MOST);
    if batch.measures.iter().any(too_long) {
        return Err(format!("ms is at most {STAY_MOST}"));
    }
    Ok(())
}

/// What a batch adds to its day.
#[must_use]
pub fn counts(batch: &MeasureBatch) -> BTreeMap<Counted, u32> {
    let mut counts = BTreeMap::new();
    for measure in &batch.measures {
        let counted = match *measure {
            Measure::Stay { place, left, ms } => Counted::Stay(place, left, stretch(ms)),
            Measure::Opinion { place, opinion } => Counted::Opinion(place, opinion),
            Measure::Unknown => continue,
        };
        *counts.entry(counted).or_default() += 1;
    }
    counts
}

/// The number of the stretch that a time lies in.
fn stretch(ms: u32) -> u8 {
    let number = ENDS.iter().position(|end| ms < end * 1_000).unwrap_or(ENDS.len());
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// A page in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which: `pay`.
    pub place: String,
    /// How often it was opened and left.
    pub entered: u64,
    /// How often by each way, in the order of [`Left::ALL`].
    pub left: Vec<u64>,
    /// Half of those who did something there were quicker, in seconds. Who had gone is not counted; none if nobody did.
    pub median_seconds: Option<u64>,
    /// How many of a thousand who came did not go on: home, given up, timed out.
    pub lost_per_mille: u64,
}

/// Which step loses customers, and what was thought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The first day, Beijing.
    pub from: String,
    /// The last.
    pub to: String,
    /// The worst first.
    pub steps: Vec<Step>,
    /// Opinions by page, in the order of [`Opinion::ALL`].
    pub opinions: BTreeMap<String, Vec<u64>>,
}

const fn is_lost(left: Left) -> bool {
    match left {
        Left::Home | Left::GaveUp | Left::TimeOut => true,
        Left::Next | Left::Back | Left::Done | Left::Other => false,
    }
}

/// Makes the report of some days' counts.
#[must_use]
pub fn report(from: &str, to: &str, counts: &[(Counted, u64)]) -> Report {
    let mut stays: BTreeMap<Place, Vec<(Left, u8, u64)>> = BTreeMap::new();
    let mut opinions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for &(counted, count) in counts {
        match counted {
            Counted::Stay(place, left, stretch) => {
                stays.entry(place).or_default().push((left, stretch, count));
            }
            Counted::Opinion(place, opinion) => {
                let row =
                    opinions.entry(place.name().to_owned()).or_insert_with(|| vec![0; Opinion::ALL.len()]);
                for (sum, _) in row.iter_mut().zip(Opinion::ALL).filter(|(_, known)| **known == opinion) {
                    *sum += count;
                }
            }
        }
    }
    let mut steps: Vec<Step> = stays.into_iter().map(|(place, rows)| step(place, &rows)).collect();
    steps.sort_by(|a, b| {
        (b.lost_per_mille, b.entered).cmp(&(a.lost_per_mille, a.entered)).then(a.place.cmp(&b.place))
    });
    Report { from: from.to_owned(), to: to.to_owned(), steps, opinions }
}

fn step(place: Place, rows: &[(Left, u8, u64)]) -> Step {
    let sum = |wanted: &dyn Fn(Left) -> bool| -> u64 {
        rows.iter().filter(|(left, ..)| wanted(*left)).map(|(.., count)| count).sum()
    };
    let entered = sum(&|_| true);
    let mut times = vec![0; ENDS.len() + 1];
    for (left, stretch, count) in rows {
        if *left != Left::TimeOut
            && let Some(time) = times.get_mut(usize::from(*stretch))
        {
            *time += count;
        }
    }
    Step {
        place: place.name().to_owned(),
        entered,
        left: Left::ALL.iter().map(|way| sum(&|left| left == *way)).collect(),
        median_seconds: median(&times),
        lost_per_mille: (sum(&is_lost) * 1_000).checked_div(entered).unwrap_or(0),
    }
}

/// The middle of the times, as if they lay evenly within their stretch.
fn median(times: &[u64]) -> Option<u64> {
    let all: u64 = times.iter().sum();
    let half = all.div_ceil(2);
    let mut before = 0;
    for (number, &count) in times.iter().enumerate() {
        if count > 0 && before + count >= half {
            let begin =
                u64::from(number.checked_sub(1).and_then(|last| ENDS.get(last)).copied().unwrap_or(0));
            let end = ENDS.get(number).map_or(begin, |end| u64::from(*end));
            return Some(begin + ((end - begin) * (half - before)).div_ceil(count));
        }
        before += count;
    }
    None
}

/// The report as a table for a terminal.
#[must_use]
pub fn table(report: &Report) -> String {
    let mut text = format!("{} to {}, the step that loses most first\n", report.from, report.to);
    let known = || Left::ALL.iter().zip(0..).filter(|(left, _)| **left != Left::Other);
    // Writing to a String cannot fail.
    let _ = write!(text, "{:<18}{:>9}", "step", "entered");
    for (left, _) in known() {
        let _ = write!(text, "{:>9}", left.name());
    }
    let _ = writeln!(text, "{:>9}{:>8}", "median", "lost");
    for step in &report.steps {
        let _ = write!(text, "{:<18}{:>9}", step.place, step.entered);
        for (_, at) in known() {
            let _ = write!(text, "{:>9}", step.left.get::<usize>(at).copied().unwrap_or(0));
        }
        let median = step.median_seconds.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds} s"));
        let lost = format!("{}.{} %", step.lost_per_mille / 10, step.lost_per_mille % 10);
        let _ = writeln!(text, "{median:>9}{lost:>8}");
    }
    if report.steps.is_empty() {
        text.push_str("nothing was measured\n");
    }
    for (place, opinions) in &report.opinions {
        let words = Opinion::ALL.iter().zip(opinions).filter(|(opinion, _)| **opinion != Opinion::Other);
        let words: Vec<String> =
            words.map(|(opinion, count)| format!("{} {count}", opinion.name())).collect();
        let _ = writeln!(text, "opinions on {place}: {}", words.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_that_loses_most_comes_first_with_the_time_of_those_who_stayed() {
        let stay = |place, left, seconds: u32| Counted::Stay(place, left, stretch(seconds * 1_000));
        let report = report(
            "2026-11-01",
            "2026-11-30",
            &[
                (stay(Place::FindAccount, Left::Next, 9), 8),
                (stay(Place::FindAccount, Left::Home, 3), 2),
                (stay(Place::Pay, Left::Next, 22), 3),
                (stay(Place::Pay, Left::GaveUp, 70), 1),
                // Half a minute of nobody would be no customer's time.
                (stay(Place::Pay, Left::TimeOut, 500), 4),
                (stay(Place::Finished, Left::Done, 5), 3),
                (Counted::Opinion(Place::Finished, Opinion::Good), 2),
                (Counted::Opinion(Place::Finished, Opinion::Poor), 1),
            ],
        );
        let told: Vec<_> = report
            .steps
            .iter()
            .map(|step| (step.place.as_str(), step.entered, step.lost_per_mille, step.median_seconds))
            .collect();
        assert_eq!(
            told,
            [("pay", 8, 625, Some(24)), ("find_account", 10, 200, Some(9)), ("finished", 3, 0, Some(6))]
        );
        assert_eq!(report.opinions["finished"], [2, 0, 1, 0]);
        let table = table(&report);
        let pay = table.lines().nth(2).expect("a row").split_whitespace().collect::<Vec<_>>();
        assert_eq!(pay, ["pay", "8", "3", "0", "0", "0", "1", "4", "24", "s", "62.5", "%"]);
        assert!(table.contains("opinions on finished: good 2, so_so 0, poor 1"), "{table}");
    }

    #[test]
    fn a_median_lies_within_its_stretch() {
        for ms in [0, 999, 1_000, 7_999, 59_999, 60_000, 600_000, STAY_MOST] {
            let mut times = vec![0; ENDS.len() + 1];
            times[usize::from(stretch(ms))] = 7;
            let median = median(&times).expect("a median");
            let number = usize::from(stretch(ms));
            let begin = number.checked_sub(1).map_or(0, |before| u64::from(ENDS[before]));
            // The last stretch has no end: what lies in it counts as its begin.
            let end = ENDS.get(number).map_or(begin, |end| u64::from(*end));
            assert!((begin..=end).contains(&median), "{ms}: {median} of {begin} to {end}");
        }
        assert_eq!(median(&[0; ENDS.len() + 1]), None);
    }
}
