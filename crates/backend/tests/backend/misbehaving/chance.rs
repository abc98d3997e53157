//! Everything at once, by chance: many customers, and the books must agree all the same. One code paid twice is left to
//! its own test: when the channel tells of one transaction only, nobody can know of the other before the statement.

use std::time::{Duration, Instant};

use powerhall_api::{Collect, Deliver, Order};

use super::hall::{Hall, Ordered, quick};

/// How long all of them may take.
const PATIENCE: Duration = Duration::from_secs(60);
const CUSTOMERS: usize = 18;
/// The seed that is told every day; another one comes by `FAULTS_SEED`. The orders' numbers are new each time and are in
/// the dice too, so a seed chooses the shares of a story, not its words.
const EVERY_DAY: u64 = 7;

fn plan(seed: u64) -> String {
    format!(
        "[billing.faults]\nseed = {seed}\nms = 300\n[billing.faults.per_mille]\nslow = 60\nlost_request = 100\n\
         lost_answer = 100\nerror_after_success = 100\nposting_refused = 150\nposting_window_shut = 100\n\
         post_on_its_way = 100\nbill_paid_elsewhere = 80\n\
         [channel.sandbox.faults]\nseed = {seed}\nms = 300\n[channel.sandbox.faults.per_mille]\nslow = 40\n\
         lost_request = 80\nlost_answer = 80\nerror_after_success = 80\nnotified_before_answer = 60\n\
         forged_notification = 100\nduplicated_notification = 200\ndelayed_notification = 200\n\
         reordered_notification = 100\nlost_notification = 200\nreplayed_notification = 200\nwrong_amount = 100\n\
         two_payers = 300\npaid_after_close = 200\npaid_after_close_silently = 200\n\
         busy_while_typing = 150\n"
    )
}

/// Whether the order stands where it can stay.
fn ended(order: &Order) -> bool {
    match order.collect {
        Collect::Closed | Collect::ManualReview => true,
        Collect::Paid => order
            .lines
            .iter()
            .all(|line| matches!(line.deliver, Deliver::Posted | Deliver::Refunded | Deliver::ManualReview)),
        Collect::Created | Collect::Preparing | Collect::Awaiting | Collect::Closing | Collect::Unknown => {
            false
        }
    }
}

async fn customer(hall: &Hall, account: &str, habit: usize) -> Ordered {
    let order = hall.order(account, "sandbox").await;
    let shown = |o: &Order| ended(o) || o.collect == Collect::Awaiting || o.collect == Collect::Paid;
    let code = |o: Order| o.attempt.and_then(|attempt| attempt.code);
    if let Some(link) = code(hall.until(order, "shown", shown).await) {
        match habit {
            0 => hall.pay(&link).await,
            _ => {
                hall.scan(&link).await;
                hall.cancel(order).await;
                let left = hall.until(order, "left", |o| ended(o) || o.collect == Collect::Paid).await;
                if habit == 1
                    && left.collect == Collect::Closed
                    && hall.again(order, 2, "sandbox").await
                    && let Some(link) = code(hall.until(order, "shown again", shown).await)
                {
                    hall.pay(&link).await;
                }
            }
        }
    }
    order
}

async fn story(seed: u64) {
    println!("seed {seed}");
    let hall = Hall::open_with(&plan(seed), quick(), 80).await;
    let debtors = hall.books.debtors().await;
    assert!(debtors.len() >= CUSTOMERS, "{} accounts owe something", debtors.len());
    let mut orders = Vec::new();
    for (turn, few) in debtors[..CUSTOMERS].chunks(3).enumerate() {
        let [a, b, c] = few else { continue };
        let (a, b, c) =
            tokio::join!(customer(&hall, a, 0), customer(&hall, b, 1), customer(&hall, c, 2 - turn % 2));
        orders.extend([a, b, c]);
    }
    let end = Instant::now() + PATIENCE;
    let mut calm_since = None;
    loop {
        let sums = hall.books.sums().await;
        let mut open = 0;
        for order in &orders {
            open += usize::from(!ended(&hall.see(*order).await));
        }
        if sums.agree() && sums.untold == 0 && open == 0 {
            // Long enough for the last look at a closed code.
            let since = *calm_since.get_or_insert_with(Instant::now);
            if since.elapsed() > Duration::from_secs(3) {
                assert!(sums.taken > 0 && sums.posted > 0, "{sums:?}");
                break;
            }
        } else {
            calm_since = None;
        }
        let played = hall.played.list();
        assert!(Instant::now() < end, "seed {seed}: {open} open, {sums:?}; played {played:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(hall.played.list().len() > 3 * orders.len(), "few faults: {}", hall.played.list().len());
    hall.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a story by chance, with new order numbers each time: for the hunt, not for the gate"]
async fn the_books_agree_whatever_goes_wrong() {
    let seed = std::env::var("FAULTS_SEED").ok().and_then(|seed| seed.parse().ok());
    story(seed.unwrap_or(EVERY_DAY)).await;
}
