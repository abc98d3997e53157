//! The person who works through the list: reads it and decides, not always wisely. Whatever is decided, the books must
//! agree afterwards.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use powerhall_backend::store::{Choice, DecideOutcome, Office};
use powerhall_money::{Context, Moment, Verdict, Who};

use crate::sim::Sim;

/// Decides on one open entry of the list, if there is one.
pub async fn work(sim: &Arc<Sim>) {
    let Some(store) = sim.living_store() else { return };
    let Ok(list) = store.review_list(true).await else { return };
    if list.is_empty() {
        return;
    }
    let (row, _) = &list[sim.between(0, list.len() as u64 - 1) as usize];
    let choice = match sim.between(0, 5) {
        _ if row.reference.is_none() => Choice::Noted,
        0 => Choice::Money(Verdict::Post),
        1 => Choice::Money(Verdict::Credit),
        2 => Choice::Money(Verdict::Refund),
        3 | 4 => Choice::Money(Verdict::Retry),
        _ => Choice::Money(Verdict::Outside { reference: "desk-7".to_owned() }),
    };
    let policy = sim.with(|inner| inner.settings.policy.clone());
    let now = Moment(sim.truth() + sim.skew.load(Ordering::SeqCst));
    let ctx = Context {
        now,
        tries: 0,
        interrupted: false,
        steady_since: now,
        policy: &policy,
        who: Who::Person("clerk"),
    };
    let decided = store.decide_review(&row.key, &choice, "looked at", ctx).await;
    if let Ok(DecideOutcome::Done(_)) = decided {
        sim.tell(|| format!("the clerk decides: {choice}"));
    }
}
