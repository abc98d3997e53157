//! Uploading the journal: beside the customer, never before them. Rows go in order, a batch at a time; trouble is
//! answered by waiting for the next new row or check-in, so nothing is asked of a backend that is not there.

use std::sync::Arc;
use std::time::Duration;

use powerhall_crash::{Point, here};
use tokio::sync::Notify;

use crate::client::Client;
use crate::journal::Journal;

/// A moment for the rows that belong together, and for the customer's own requests to go first.
const SETTLE: Duration = Duration::from_secs(1);

/// Uploads whenever `wake` is notified, for ever.
pub(crate) async fn run(journal: Journal, backend: Client, wake: Arc<Notify>) {
    loop {
        wake.notified().await;
        tokio::time::sleep(SETTLE).await;
        while let Some(upload) = journal.unacknowledged().await {
            let Ok(answer) = backend.upload_journal(&upload).await else { break };
            here(Point::UploadAcknowledged);
            let refused = answer.refused.len();
            if !journal.acknowledge(upload.book, answer).await {
                tracing::warn!("the backend's answer about the journal leads no further");
                break;
            }
            tracing::debug!(rows = upload.entries.len(), refused, "journal uploaded");
        }
    }
}
