//! The ports to channels and billing: the real job code calls these. Each call may be lost, late, doubled, answered
//! with an error before or after its effect, or be the last thing that the backend did.

mod billing;
mod channel;

use std::sync::Arc;

use powerhall_money::{Cause, Outcome};

use crate::chance::Fault;
use crate::process;
use crate::sim::{Inner, Sim};

pub use billing::SimBilling;
pub use channel::{SimChannel, Told};

/// The faults of one side's calls.
struct Faults {
    lost: Fault,
    before: Fault,
    after: Fault,
    answer_lost: Fault,
    slow: Fault,
    delayed: Fault,
    doubled: Fault,
}

const CHANNEL: Faults = Faults {
    lost: Fault::ChannelLost,
    before: Fault::ChannelErrorBefore,
    after: Fault::ChannelErrorAfter,
    answer_lost: Fault::ChannelAnswerLost,
    slow: Fault::ChannelSlow,
    delayed: Fault::ChannelDelayed,
    doubled: Fault::ChannelDoubled,
};
const BILLING: Faults = Faults {
    lost: Fault::BillingLost,
    before: Fault::BillingErrorBefore,
    after: Fault::BillingErrorAfter,
    answer_lost: Fault::BillingAnswerLost,
    slow: Fault::BillingSlow,
    delayed: Fault::BillingDelayed,
    doubled: Fault::BillingDoubled,
};

/// A call to the outside: `effect` happens there, not at all, late, or twice.
async fn call<T: Send + 'static>(
    sim: &Arc<Sim>,
    faults: &Faults,
    name: &'static str,
    effect: impl Fn(&mut Inner, i64) -> Outcome<T> + Send + Sync + 'static,
) -> Outcome<T> {
    sim.moved();
    process::maybe_crash(sim, Fault::CrashBeforeCall).await;
    if sim.hit(faults.lost) {
        std::future::pending::<()>().await;
    }
    if sim.hit(Fault::ChannelRefusedConnection) {
        return Outcome::Unknown(Cause::Network);
    }
    if sim.hit(faults.before) {
        sim.pass(5, 200).await;
        return Outcome::Unknown(Cause::Server(500));
    }
    let effect = Arc::new(effect);
    if sim.hit(faults.delayed) {
        later(sim, 12_000, 150_000, name, effect);
        std::future::pending::<()>().await;
        return Outcome::Unknown(Cause::Timeout);
    }
    if sim.hit(faults.slow) {
        sim.pass(500, 9_000).await;
    } else {
        sim.pass(2, 60).await;
    }
    let truth = sim.truth();
    let outcome = sim.with(|inner| effect(inner, truth));
    sim.tell(|| format!("{name}: {}", brief(&outcome)));
    if sim.hit(faults.doubled) {
        later(sim, 50, 60_000, name, effect);
    }
    process::maybe_crash(sim, Fault::CrashAfterCall).await;
    if sim.hit(faults.answer_lost) {
        std::future::pending::<()>().await;
    }
    if sim.hit(faults.after) {
        return Outcome::Unknown(Cause::Server(502));
    }
    if sim.hit(Fault::ChannelUnverified) {
        return Outcome::Unknown(Cause::Unverified);
    }
    if sim.hit(Fault::ChannelUnknownCode) {
        return Outcome::Unknown(Cause::UnknownCode("NEW_CODE".to_owned()));
    }
    sim.pass(2, 60).await;
    outcome
}

/// The request arrives although nobody waits for it any more.
fn later<T: Send + 'static>(
    sim: &Arc<Sim>,
    from: u64,
    to: u64,
    name: &'static str,
    effect: Arc<impl Fn(&mut Inner, i64) -> Outcome<T> + Send + Sync + 'static>,
) {
    let sim = Arc::clone(sim);
    tokio::spawn(async move {
        sim.pass(from, to).await;
        let truth = sim.truth();
        let outcome = sim.with(|inner| effect(inner, truth));
        sim.tell(|| format!("{name} arrives late: {}", brief(&outcome)));
    });
}

fn brief<T>(outcome: &Outcome<T>) -> String {
    match outcome {
        Outcome::Definite(_) => "done".to_owned(),
        Outcome::Rejected(code) => format!("refused ({code})"),
        Outcome::Unknown(cause) => format!("not known ({cause})"),
    }
}
