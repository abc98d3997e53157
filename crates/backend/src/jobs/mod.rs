//! Durable jobs: what must be done next is a row before it is tried. The runner claims due rows for a while and carries
//! them out; a job that was claimed and not finished is claimed again, and may so run twice, which the numbers that
//! stay the same make harmless.

mod work;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::backend::Backend;
use crate::store::{Job, StoreError};

/// How many jobs are under way at once.
const AT_ONCE: usize = 64;

/// Runs jobs until `stop` says so, then waits for those under way.
pub async fn run(backend: Arc<Backend>, mut stop: watch::Receiver<bool>) {
    let mut under_way = JoinSet::new();
    while !*stop.borrow() {
        while let Some(ended) = under_way.try_join_next() {
            look_at(&ended);
        }
        let room = AT_ONCE.saturating_sub(under_way.len());
        if room == 0 {
            // Somebody must finish first.
            if let Some(ended) = under_way.join_next().await {
                look_at(&ended);
            }
            continue;
        }
        let wait = match claim(&backend, room).await {
            Ok(jobs) if jobs.is_empty() => pause(&backend).await,
            Ok(jobs) => {
                for job in jobs {
                    under_way.spawn(carry_out(Arc::clone(&backend), job));
                }
                Duration::ZERO
            }
            Err(error) => {
                tracing::error!(%error, "jobs cannot be claimed");
                backend.settings.tick
            }
        };
        if wait.is_zero() {
            continue;
        }
        tokio::select! {
            () = backend.work_or(wait) => {}
            // An error means that whoever could stop us is gone.
            changed = stop.changed() => if changed.is_err() { break },
        }
    }
    while let Some(ended) = under_way.join_next().await {
        look_at(&ended);
    }
}

/// A job that panicked is a programming error: the hook has told where. Its message may hold anything and is not told.
fn look_at(ended: &Result<(), JoinError>) {
    if ended.is_err() {
        tracing::error!("a job was broken off; when its lease runs out, it comes again");
    }
}

async fn claim(backend: &Backend, room: usize) -> Result<Vec<Job>, StoreError> {
    let now = backend.now();
    // Reading first: a claim is a write, and most looks find nothing.
    if backend.store.next_due().await?.is_none_or(|due| due > now) {
        return Ok(Vec::new());
    }
    let lease = i64::try_from(backend.settings.lease.as_millis()).unwrap_or(i64::MAX);
    backend.store.claim(now, now.plus_ms(lease), u32::try_from(room).unwrap_or(u32::MAX)).await
}

/// How long there is nothing to do, at least a millisecond and at most a tick.
async fn pause(backend: &Backend) -> Duration {
    let tick = backend.settings.tick;
    match backend.store.next_due().await {
        Ok(Some(due)) => {
            let ms = due.ms_since(backend.now()).max(1);
            Duration::from_millis(u64::try_from(ms).unwrap_or(1)).min(tick)
        }
        Ok(None) | Err(_) => tick,
    }
}

async fn carry_out(backend: Arc<Backend>, job: Job) {
    if let Err(error) = work::carry_out(&backend, &job).await {
        // The lease runs out and the job comes again.
        tracing::error!(order = %job.order_id, task = job.task.name(), %error, "a job was not finished");
    }
}
