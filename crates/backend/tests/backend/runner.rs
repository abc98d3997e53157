//! The runner of the jobs by itself: how often it looks, and what it asks of a channel and in which order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use powerhall_api::Collect;
use powerhall_backend::backend::{Backend, Settings};
use powerhall_backend::board::Board;
use powerhall_backend::channels::Channels;
use powerhall_backend::clock::Clock;
use powerhall_backend::jobs;
use powerhall_backend::store::{InstantDisk, MemoryStore};
use powerhall_money::Moment;
use tokio::sync::watch;

use crate::fake_billing::FakeBilling;
use crate::fake_channel::Fault;
use crate::world::World;

/// More looks than any load can explain.
const TOO_MANY: u32 = 1_000;

/// Counts how often somebody asks: the runner does so at each look.
#[derive(Default)]
struct Counted(AtomicU32);

impl Clock for Counted {
    fn now(&self) -> Moment {
        let looks = self.0.fetch_add(1, Ordering::SeqCst);
        assert!(looks < TOO_MANY, "the runner does not rest");
        Moment(0)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_with_nothing_to_do_rests_a_tick_between_two_looks() {
    let clock = Arc::new(Counted::default());
    let backend = Backend::new(
        Arc::new(MemoryStore::new(Arc::new(InstantDisk))),
        Arc::new(FakeBilling::default()),
        Channels::new(Vec::new()),
        Arc::<Counted>::clone(&clock),
        Board::empty(),
        Settings { tick: Duration::from_millis(20), ..Settings::default() },
    );
    let (stop, stopped) = watch::channel(false);
    let runner = tokio::spawn(jobs::run(Arc::new(backend), stopped));
    tokio::time::sleep(Duration::from_millis(400)).await;
    let looks = clock.0.load(Ordering::SeqCst);
    assert!((2..=30).contains(&looks), "{looks} looks in twenty ticks");
    stop.send(true).expect("it runs");
    tokio::time::timeout(Duration::from_secs(10), runner).await.expect("it stops").expect("ends well");
}

/// Leaving is query, close, query: a trade that is paid or closed already is not asked to be closed, and one whose close
/// proved nothing is asked about once more.
#[tokio::test]
async fn leaving_is_query_close_query_and_no_more_than_is_needed() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    assert!(world.channel.pay(&number));
    world.cancel("kiosk-1", id).await;
    world.until_collect("kiosk-1", id, Collect::Paid).await;
    assert_eq!(world.channel.number_of_calls("close"), 0, "the query has shown the payment");

    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    let before = world.channel.number_of_calls("query");
    world.channel.fault("close", [Fault::AnswerLost]);
    world.cancel("kiosk-1", id).await;
    // The clock stands still, so it is the same job that asks again.
    world.until_collect("kiosk-1", id, Collect::Closed).await;
    assert!(world.channel.is_closed(&number));
    assert_eq!(world.channel.number_of_calls("close"), 1);
    assert!(world.channel.number_of_calls("query") >= before + 2);
}
