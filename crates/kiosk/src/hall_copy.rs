//! The last good copy of what the hall publishes, and the suspensions that it has told, beside the journal: a kiosk that
//! starts without its backend still has something to read from. Nothing personal is in it, and a copy that cannot be read
//! is as good as none.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use powerhall_api::{Hall, Suspension};
use serde::{Serialize, de::DeserializeOwned};
use tokio::io::AsyncWriteExt;

/// The files of the copy.
#[derive(Clone, Debug)]
pub struct HallCopy {
    hall: PathBuf,
    suspensions: PathBuf,
}

impl HallCopy {
    /// The copy of the kiosk that keeps this journal, whether there is one yet or not.
    #[must_use]
    pub fn beside(journal: &Path) -> Self {
        let file = |ending: &str| journal.with_extension(ending);
        Self { hall: file("hall.json"), suspensions: file("suspensions.json") }
    }

    /// What the hall publishes, if there is a good copy.
    pub async fn read(&self) -> Option<Hall> {
        read(&self.hall).await
    }

    /// Keeps another copy in place of the last.
    pub async fn keep(&self, hall: &Hall) {
        keep(&self.hall, hall).await;
    }

    /// The suspensions that are not over at `now`. Only here the wall clock says how long they still last: nothing else
    /// is known yet, and the first check-in sets it right.
    pub async fn read_suspensions(&self, now: Timestamp) -> Vec<Suspension> {
        let kept: Vec<Suspension> = read(&self.suspensions).await.unwrap_or_default();
        kept.into_iter().filter_map(|one| still(one, now)).collect()
    }

    /// Keeps these in place of the last.
    pub async fn keep_suspensions(&self, suspensions: &[Suspension]) {
        keep(&self.suspensions, &suspensions).await;
    }
}

/// The suspension as it stands at `now`; none when it is over.
fn still(one: Suspension, now: Timestamp) -> Option<Suspension> {
    let seconds = |time: &str| {
        let at: Timestamp = time.parse().ok()?;
        u32::try_from(at.as_second().saturating_sub(now.as_second()).max(0)).ok()
    };
    let (begins_in, ends_in) = (seconds(&one.from)?, seconds(&one.until)?);
    (ends_in > 0).then_some(Suspension { begins_in, ends_in, ..one })
}

async fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    let bytes = match tokio::fs::read(path).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::debug!(path = %path.display(), %error, "no copy of what the hall publishes");
            return None;
        }
    };
    match serde_json::from_slice(&bytes) {
        Ok(copy) => Some(copy),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the copy of what the hall publishes is damaged");
            None
        }
    }
}

/// Whole or not at all: a kiosk that loses power keeps the last one, so the bytes are on the disk before the name is. A disk
/// that takes none costs a reader nothing before the next start.
async fn keep<T: Serialize + Sync>(path: &Path, copy: &T) {
    let write = async {
        let bytes = serde_json::to_vec(copy)?;
        let beside = path.with_extension("new");
        let mut file = tokio::fs::File::create(&beside).await?;
        file.write_all(&bytes).await?;
        file.sync_all().await?;
        tokio::fs::rename(&beside, path).await
    };
    if let Err(error) = write.await {
        tracing::warn!(path = %path.display(), %error, "what the hall publishes is not kept");
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

    #[tokio::test]
    async fn a_suspension_lasts_as_long_as_the_clock_on_the_wall_says() {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = HallCopy::beside(&folder.path().join("journal.sqlite"));
        let one = Suspension {
            id: uuid::Uuid::from_u128(1),
            scope: powerhall_api::Scope::All,
            reason: powerhall_api::Text::new(),
            from: "2026-12-01T18:00:00+08:00".to_owned(),
            until: "2026-12-01T20:00:00+08:00".to_owned(),
            begins_in: 60,
            ends_in: 7_260,
        };
        let at = |time: &str| time.parse::<Timestamp>().expect("a time");
        assert_eq!(copy.read_suspensions(at("2026-12-01T17:00:00+08:00")).await, []);
        copy.keep_suspensions(&[one]).await;
        for (now, expected) in [
            ("2026-12-01T17:00:00+08:00", Some((3_600, 10_800))),
            ("2026-12-01T19:00:00+08:00", Some((0, 3_600))),
            ("2026-12-01T20:00:00+08:00", None),
        ] {
            let kept = copy.read_suspensions(at(now)).await;
            assert_eq!(kept.first().map(|one| (one.begins_in, one.ends_in)), expected, "{now}");
        }
    }
}
