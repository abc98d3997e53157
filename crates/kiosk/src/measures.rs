//! Anonymous measures on their way to the backend: gathered for some seconds, sent in batches beside everything else, never
//! waited for. They live in memory alone, so many and no more; what does not fit while the backend is away is dropped.

use std::time::Duration;

use powerhall_api::{MEASURES_MOST, Measure, MeasureBatch};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};
use uuid::Uuid;

use crate::client::Client;

/// So many wait at most: some hours of a busy kiosk.
const KEPT: usize = 2_000;
/// So long a batch is gathered after its first measure.
const GATHERED: Duration = Duration::from_secs(10);
/// After a try that failed.
const TRIED_AGAIN: Duration = Duration::from_secs(60);
/// So often one batch is tried before it is dropped: a day.
const TRIES: u32 = 24 * 60;

/// Where measures are put.
#[derive(Clone, Debug)]
pub struct Gatherer(mpsc::Sender<Measure>);

/// The measures that were put there.
#[derive(Debug)]
pub struct Gathered(mpsc::Receiver<Measure>);

/// A place to put measures, and its other end.
#[must_use]
pub fn gather() -> (Gatherer, Gathered) {
    let (put, take) = mpsc::channel(KEPT);
    (Gatherer(put), Gathered(take))
}

impl Gatherer {
    /// Puts a measure to the others. Never waits: where there is no room it is dropped.
    pub fn add(&self, measure: Measure) {
        if self.0.try_send(measure).is_err() {
            tracing::debug!("a measure is dropped: too many wait");
        }
    }
}

/// Sends batches until nobody gathers any more.
pub async fn run(backend: Client, mut gathered: Gathered) {
    while let Some(batch) = next(&mut gathered.0).await {
        for _ in 0..TRIES {
            match backend.send_measures(&batch).await {
                Ok(_) => break,
                Err(trouble) if trouble.is_unknown() => sleep_until(Instant::now() + TRIED_AGAIN).await,
                Err(trouble) => {
                    tracing::warn!(
                        ?trouble,
                        measures = batch.measures.len(),
                        "measures are refused and dropped"
                    );
                    break;
                }
            }
        }
    }
}

/// The next batch: what comes within some seconds of its first measure, as much as one may hold.
async fn next(gathered: &mut mpsc::Receiver<Measure>) -> Option<MeasureBatch> {
    let mut measures = vec![gathered.recv().await?];
    let end = Instant::now() + GATHERED;
    while measures.len() < MEASURES_MOST
        && let Ok(Some(measure)) = timeout_at(end, gathered.recv()).await
    {
        measures.push(measure);
    }
    Some(MeasureBatch { id: Uuid::now_v7(), measures })
}

#[cfg(test)]
mod tests {
    use powerhall_api::{Left, Place};

    use super::*;

    fn stay(ms: u32) -> Measure {
        Measure::Stay { place: Place::Pay, left: Left::Next, ms }
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_is_what_comes_within_some_seconds_and_never_too_much() {
        let (put, mut take) = gather();
        let began = Instant::now();
        (0..3).for_each(|ms| put.add(stay(ms)));
        let batch = next(&mut take.0).await.expect("a batch");
        assert_eq!(batch.measures, [stay(0), stay(1), stay(2)]);
        assert_eq!(began.elapsed(), GATHERED);
        (0..u32::try_from(KEPT).expect("small") + 50).for_each(|ms| put.add(stay(ms)));
        let mut sizes = Vec::new();
        drop(put);
        while let Some(batch) = next(&mut take.0).await {
            sizes.push(batch.measures.len());
        }
        assert_eq!(
            sizes,
            [MEASURES_MOST; KEPT / MEASURES_MOST],
            "what found no room is gone, the rest is not"
        );
    }
}
