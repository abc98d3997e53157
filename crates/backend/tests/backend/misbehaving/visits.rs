//! What customers do at a hall that misbehaves, and what must have become of their money.

use std::time::{Duration, Instant};

use powerhall_api::{Collect, Deliver};
use powerhall_billing::demo::Situation;
use powerhall_money::Policy;

use super::books::Sums;
use super::hall::{Hall, Ordered, quick};

/// What the customer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Scans and pays.
    Pay,
    /// The same by the channel that is like Alipay.
    PayLikeAlipay,
    /// Looks at the code for a while, then pays.
    LookThenPay,
    /// Orders and waits; somebody else pays.
    Wait,
    /// Scans and leaves the page.
    Leave,
    /// Leaves, and pays by another code of the same order.
    LeaveAndPayAgain,
    /// Leaves, and pays by the other channel.
    LeaveForOtherChannel,
    /// Leaves the page of the channel that cannot close, without a scan.
    LeaveUnscanned,
    /// Leaves the page of the channel that cannot close, and pays all the same.
    LeaveAndPayAllTheSame,
    /// Two customers, one after the other.
    Two,
}

/// What must have become of the money, in multiples of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// On the account.
    Credited,
    /// Back with the payer.
    Refunded,
    /// Paid twice: once on the account, once back with the payer.
    CreditedAndRefunded,
    /// Paid twice: once on the account, once on the list.
    CreditedAndListed,
    /// One fen less than asked: on the list, all of it.
    ListedOneFenLess,
    /// Nobody paid.
    NothingTaken,
}

/// How the backend hears of payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    /// By asking and by being told, as always.
    Both,
    /// Asking comes far too late, so that only notifications count.
    ToldOnly,
}

/// How long the books may take to come to their end, and how long they must then stay there.
const PATIENCE: Duration = Duration::from_secs(30);
pub const CALM: Duration = Duration::from_millis(700);

/// Plays one fault and checks the end. `fault` is the word that must have been played; none where a channel's mode is the
/// trouble.
pub async fn play(fault: &str, plan: &str, visit: Visit, hears: Hears, end: End) {
    let mut policy = quick();
    if hears == Hears::ToldOnly {
        policy.poll_ms = 3_600_000;
    }
    if visit == Visit::LeaveUnscanned {
        // The expiry is the fence: let it come soon.
        policy = Policy { prepare_ms: 1_500, qr_ms: 1_500, margin_ms: 100, ..policy };
    }
    let hall = Hall::open(plan, policy).await;
    let orders = customer(&hall, visit).await;
    let amount: i64 = orders.iter().map(|order| order.amount.get()).sum();
    let wanted = sums(end, amount);
    until_books(&hall, wanted).await;
    for order in &orders {
        hall.until(*order, "told the truth", |seen| {
            let (collect, deliver) = (seen.collect, seen.lines[0].deliver);
            match end {
                End::Credited | End::CreditedAndRefunded | End::CreditedAndListed => {
                    collect == Collect::Paid && deliver == Deliver::Posted && seen.receipt.is_some()
                }
                End::Refunded => collect == Collect::Paid && deliver == Deliver::Refunded,
                End::ListedOneFenLess => collect == Collect::ManualReview && seen.receipt.is_none(),
                End::NothingTaken => collect == Collect::Closed && seen.receipt.is_none(),
            }
        })
        .await;
    }
    // Nothing comes after the end: no second posting, no second refund.
    tokio::time::sleep(CALM).await;
    assert_eq!(hall.books.sums().await, wanted);
    assert!(
        fault.is_empty() || hall.played.times(fault) > 0,
        "{fault} was not played: {:?}",
        hall.played.list()
    );
    hall.close().await;
}

pub fn sums(end: End, amount: i64) -> Sums {
    let sums = |taken, posted, refunded, listed| Sums {
        taken,
        refunded,
        posted,
        listed,
        left_for_the_night: 0,
        untold: 0,
        jobs: 0,
    };
    match end {
        End::Credited => sums(amount, amount, 0, 0),
        End::Refunded => sums(amount, 0, amount, 0),
        End::CreditedAndRefunded => sums(2 * amount, amount, amount, 0),
        End::CreditedAndListed => sums(2 * amount, amount, 0, amount),
        End::ListedOneFenLess => sums(amount - 1, 0, 0, amount - 1),
        End::NothingTaken => sums(0, 0, 0, 0),
    }
}

pub async fn until_books(hall: &Hall, wanted: Sums) {
    let end = Instant::now() + PATIENCE;
    loop {
        let sums = hall.books.sums().await;
        if sums == wanted {
            return;
        }
        let played = hall.played.list();
        assert!(Instant::now() < end, "{sums:?} instead of {wanted:?}; played {played:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn customer(hall: &Hall, visit: Visit) -> Vec<Ordered> {
    let account = hall.account(Situation::OwesThreeMonths);
    let like_alipay =
        matches!(visit, Visit::PayLikeAlipay | Visit::LeaveUnscanned | Visit::LeaveAndPayAllTheSame);
    let order = hall.order(&account, if like_alipay { "sandbox-b" } else { "sandbox" }).await;
    match visit {
        Visit::Pay | Visit::PayLikeAlipay => hall.pay(&hall.link(order).await).await,
        Visit::LookThenPay => {
            let link = hall.link(order).await;
            tokio::time::sleep(Duration::from_millis(800)).await;
            assert_eq!(hall.see(order).await.collect, Collect::Awaiting, "nobody has paid");
            hall.pay(&link).await;
        }
        Visit::Wait => {}
        Visit::Leave => {
            hall.scan(&hall.link(order).await).await;
            hall.cancel(order).await;
        }
        Visit::LeaveUnscanned => {
            hall.link(order).await;
            hall.cancel(order).await;
            // Before the expiry nothing proves that nobody will scan.
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_eq!(hall.see(order).await.collect, Collect::Closing);
        }
        Visit::LeaveAndPayAllTheSame => {
            let link = hall.link(order).await;
            hall.cancel(order).await;
            hall.pay(&link).await;
        }
        Visit::LeaveAndPayAgain | Visit::LeaveForOtherChannel => {
            hall.scan(&hall.link(order).await).await;
            hall.cancel(order).await;
            hall.until(order, "closed", |o| o.collect == Collect::Closed).await;
            let other = visit == Visit::LeaveForOtherChannel;
            let channel = if other { "sandbox-b" } else { "sandbox" };
            assert!(hall.again(order, 2, channel).await, "nobody has paid so far");
            hall.pay(&hall.link(order).await).await;
        }
        Visit::Two => {
            hall.pay(&hall.link(order).await).await;
            let second = hall.order(&hall.account(Situation::OwesOneMonth), "sandbox").await;
            hall.pay(&hall.link(second).await).await;
            return vec![order, second];
        }
    }
    vec![order]
}
