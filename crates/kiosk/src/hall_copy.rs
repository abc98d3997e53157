//! The last good copy of what the hall publishes, beside the journal: a kiosk that starts without its backend still has
//! something to read from. Nothing personal is in it, and a copy that cannot be read is as good as none.

use std::path::{Path, PathBuf};

use powerhall_api::Hall;

/// The file of the copy.
#[derive(Clone, Debug)]
pub struct HallCopy {
    path: PathBuf,
}

impl HallCopy {
    /// The copy of the kiosk that keeps this journal, whether there is one yet or not.
    #[must_use]
    pub fn beside(journal: &Path) -> Self {
        Self { path: journal.with_extension("hall.json") }
    }

    /// The copy, if there is a good one.
    pub async fn read(&self) -> Option<Hall> {
        let bytes = match tokio::fs::read(&self.path).await {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(path = %self.path.display(), %error, "no copy of what the hall publishes");
                return None;
            }
        };
        match serde_json::from_slice(&bytes) {
            Ok(hall) => Some(hall),
            Err(error) => {
                tracing::warn!(path = %self.path.display(), %error, "the copy of what the hall publishes is damaged");
                None
            }
        }
    }

    /// Keeps another copy in place of the last, whole or not at all: a kiosk that loses power keeps the last one. A disk
    /// that takes none costs a reader nothing before the next start.
    pub async fn keep(&self, hall: &Hall) {
        let write = async {
            let bytes = serde_json::to_vec(hall)?;
            let beside = self.path.with_extension("new");
            tokio::fs::write(&beside, bytes).await?;
            tokio::fs::rename(&beside, &self.path).await
        };
        if let Err(error) = write.await {
            tracing::warn!(path = %self.path.display(), %error, "what the hall publishes is not kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_kept_is_read_and_what_is_damaged_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = HallCopy::beside(&folder.path().join("journal.sqlite"));
        assert_eq!(copy.read().await, None);
        let hall = Hall { edition: "1".to_owned(), tiles: vec!["pay".to_owned()], ..Hall::default() };
        copy.keep(&hall).await;
        assert_eq!(copy.read().await, Some(hall.clone()));
        copy.keep(&Hall { edition: "2".to_owned(), ..hall.clone() }).await;
        assert_eq!(copy.read().await.map(|hall| hall.edition).as_deref(), Some("2"));
        tokio::fs::write(folder.path().join("journal.hall.json"), b"{\"edition\":").await.expect("written");
        assert_eq!(copy.read().await, None, "a damaged copy is none");
        HallCopy::beside(&folder.path().join("nowhere/journal.sqlite")).keep(&hall).await;
    }
}
