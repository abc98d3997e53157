//! The night after a day at the hall: the books of the day are compared, what the statement alone knows is taken in, a
//! person decides on all that is listed, and the days are closed.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use powerhall_backend::clock::{Clock, SystemClock};
use powerhall_backend::reconcile::{Class, DAY_MS, Report};
use powerhall_backend::staff::{Answer, Ask, Choose, ask};
use powerhall_money::{Fen, Moment};

use super::hall::Hall;

/// How long the jobs may take to carry out what was decided.
const PATIENCE: Duration = Duration::from_secs(20);

/// The machine's clock, some nights later: both of its hands, as if the time had passed.
#[derive(Debug, Default)]
pub struct NightClock(AtomicI64);

impl NightClock {
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for NightClock {
    fn now(&self) -> Moment {
        SystemClock.now().plus_ms(self.0.load(Ordering::SeqCst))
    }

    fn monotonic_ms(&self) -> i64 {
        SystemClock.monotonic_ms() + self.0.load(Ordering::SeqCst)
    }
}

async fn say(hall: &Hall, question: Ask) -> Answer {
    ask(&hall.socket, &question).await.expect("the backend runs")
}

async fn reconcile(hall: &Hall, day: Date, close: bool) -> (Report, bool) {
    match say(hall, Ask::Reconcile { day: day.to_string(), settle: true, close }).await {
        Answer::Reconciled { report, close_refused, .. } => (*report, close_refused),
        other => panic!("{day}: {other:?}"),
    }
}

/// Decides on everything that is about money, each time in another way; a way that is not open is refused by name.
async fn decide_all(hall: &Hall) {
    let Answer::Listed { slips } = say(hall, Ask::List { all: false }).await else { panic!("no list") };
    let of_money: Vec<_> = slips.into_iter().filter(|slip| !slip.key.starts_with("recon:")).collect();
    for (turn, slip) in of_money.iter().enumerate() {
        let mut ways = [Choose::Credit, Choose::Refund, Choose::Outside(format!("R-{turn}"))];
        ways.rotate_left(turn % 3);
        let mut decided = false;
        for choice in ways {
            let reason = "seen in the morning".to_owned();
            match say(hall, Ask::Decide { key: slip.key.clone(), choice, reason }).await {
                Answer::Decided => {
                    decided = true;
                    break;
                }
                Answer::Refused { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(decided, "nothing can be decided about {slip:?}");
    }
}

/// Closes the days from `first` to today, which pass; gives the sum of what only the statements knew, in fen.
pub async fn close_the_books(hall: &Hall, first: Date) -> i64 {
    let last = hall.today();
    hall.clock.pass(DAY_MS);
    let mut days = vec![first];
    days.extend((first != last).then_some(last));
    let mut unheard = 0;
    for day in &days {
        // First as it stands, without taking anything in.
        let looked = say(hall, Ask::Reconcile { day: day.to_string(), settle: false, close: false }).await;
        let Answer::Reconciled { report, .. } = looked else { panic!("{looked:?}") };
        for row in &report.differences {
            // No statement and no day file is wrong in these stories: all that may be left is what nobody told us, and
            // what waits for a person.
            let class = row.difference.class;
            assert!(matches!(class, Class::PaidUnheard | Class::Unfinished), "{row:?}");
            if class == Class::PaidUnheard {
                unheard += row.difference.theirs.map_or(0, Fen::get);
            }
        }
        reconcile(hall, *day, false).await;
    }
    let end = Instant::now() + PATIENCE;
    loop {
        decide_all(hall).await;
        let mut open = Vec::new();
        for day in &days {
            let (report, close_refused) = reconcile(hall, *day, true).await;
            assert_eq!(close_refused, report.unexplained > 0, "closed when, and only when, all is explained");
            open.extend(report.differences);
        }
        if open.is_empty() {
            break;
        }
        assert!(Instant::now() < end, "the day is not closed: {open:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    unheard
}
