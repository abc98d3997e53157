//! The door from inside: binds the socket for its owner (or group) alone, learns from the kernel who asks, answers.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use powerhall_api::Scope;
use powerhall_money::Who;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use uuid::Uuid;

use super::words::{Answer, Ask, Sheet, Slip};
use crate::backend::Backend;
use crate::calls::Attend;
use crate::measures;
use crate::reconcile::{self, Ran, ReconcileError, Wish};
use crate::store::{DecideOutcome, StoreError};
use crate::suspensions::{self, SuspensionRow};

/// The longest question.
const ASK_MAX: u64 = 64 * 1024;
/// The longest reason, in characters.
const REASON_MAX: usize = 500;
/// How long a caller may take to ask.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no door.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The socket cannot be had.
    #[error("review.socket {path}: {error}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process answers there.
    #[error("review.socket {0} is served by another backend")]
    Taken(PathBuf),
    /// Something else lies there, and is left alone.
    #[error("review.socket {0} is not a socket; move it away, or name another place")]
    NotASocket(PathBuf),
}

/// The bound socket.
#[derive(Debug)]
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
    reports: PathBuf,
}

impl Door {
    /// Binds the socket with a mode (`0o600`, `0o660`). A socket that nobody answers at is a dead backend's and replaced.
    pub async fn open(path: &Path, mode: u32, reports: &Path) -> Result<Self, DoorError> {
        let failed = |error| DoorError::Io { path: path.to_owned(), error };
        match std::fs::symlink_metadata(path) {
            Ok(there) if there.file_type().is_socket() => match UnixStream::connect(path).await {
                Ok(_) => return Err(DoorError::Taken(path.to_owned())),
                // Nobody answers: the renaming below puts ours in its place.
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => {
                }
                Err(error) => return Err(failed(error)),
            },
            Ok(_) => return Err(DoorError::NotASocket(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        // Bound under another name first: nobody can come in before the mode is right.
        let hidden = path.with_extension(format!("new-{}", std::process::id()));
        let _ = std::fs::remove_file(&hidden);
        let listener = UnixListener::bind(&hidden).map_err(failed)?;
        std::fs::set_permissions(&hidden, std::fs::Permissions::from_mode(mode)).map_err(failed)?;
        std::fs::rename(&hidden, path).map_err(failed)?;
        Ok(Self { listener, path: path.to_owned(), reports: reports.to_owned() })
    }

    /// Answers until `stop` turns true.
    pub async fn serve(self, backend: Arc<Backend>, mut stop: watch::Receiver<bool>) {
        let reports = Arc::new(self.reports);
        loop {
            let stream = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::error!(%error, "nobody can come in at the staff's door");
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        continue;
                    }
                },
                // An error means that whoever could stop us is gone.
                () = stopped(&mut stop) => break,
            };
            let (backend, reports) = (Arc::clone(&backend), Arc::clone(&reports));
            tokio::spawn(async move {
                if let Err(error) = attend(&backend, &reports, stream).await {
                    tracing::warn!(%error, "a caller at the staff's door was lost");
                }
            });
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The operating system's name of the caller.
fn caller(stream: &UnixStream) -> io::Result<String> {
    let uid = stream.peer_cred()?.uid();
    let known = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok().flatten();
    Ok(known.map_or_else(|| format!("uid-{uid}"), |user| user.name))
}

async fn attend(backend: &Backend, reports: &Path, stream: UnixStream) -> io::Result<()> {
    let name = caller(&stream)?;
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut read = BufReader::new(read.take(ASK_MAX));
    let answer = match tokio::time::timeout(PATIENCE, read.read_line(&mut line)).await {
        Err(_) => return Ok(()),
        // A look whether somebody is there.
        Ok(Ok(0)) => return Ok(()),
        Ok(Err(error)) => return Err(error),
        Ok(Ok(_)) => match serde_json::from_str(&line) {
            Ok(ask) => answer(backend, reports, &name, ask).await,
            Err(_) => refused("the question is not understood; the versions may differ"),
        },
    };
    let mut text = serde_json::to_string(&answer)?;
    text.push('\n');
    write.write_all(text.as_bytes()).await?;
    write.shutdown().await
}

fn refused(why: impl Into<String>) -> Answer {
    Answer::Refused { why: why.into() }
}

fn failed(error: &StoreError) -> Answer {
    tracing::error!(%error, "the store failed");
    refused(format!("the store failed: {error}"))
}

async fn answer(backend: &Backend, reports: &Path, name: &str, ask: Ask) -> Answer {
    match ask {
        Ask::List { all } => match backend.store.review_list(!all).await {
            Ok(rows) => {
                let slips = rows.into_iter().map(|(row, decided)| Slip::new(row, decided.as_ref()));
                Answer::Listed { slips: slips.collect() }
            }
            Err(error) => failed(&error),
        },
        Ask::Show { key } => match backend.store.review(&key).await {
            Ok(Some(sheet)) => Answer::Shown { sheet: Box::new(Sheet::new(sheet)) },
            Ok(None) => refused("no such review"),
            Err(error) => failed(&error),
        },
        Ask::Decide { key, choice, reason } => {
            let reason = reason.trim();
            if reason.is_empty() || reason.chars().count() > REASON_MAX {
                return refused(format!("a reason is 1 to {REASON_MAX} characters"));
            }
            let choice = choice.into();
            match backend.decide_review(&key, &choice, reason, Who::Person(name)).await {
                Ok(DecideOutcome::Done(_)) => {
                    tracing::info!(key, %choice, who = name, "a person has decided");
                    Answer::Decided
                }
                Ok(DecideOutcome::NoSuchReview) => refused("no such review"),
                Ok(DecideOutcome::Before(before)) => {
                    refused(format!("decided before: {} by {}", before.verdict, before.who))
                }
                Ok(DecideOutcome::Unfit) => {
                    refused("money of an order wants a decision on the money; everything else is noted")
                }
                Err(StoreError::Refused(refusal)) => refused(format!("not possible: {refusal}")),
                Err(error) => failed(&error),
            }
        }
        Ask::Calls => match backend.store.calls(backend.now()).await {
            Ok(rows) => Answer::Calls { calls: rows.into_iter().map(Into::into).collect() },
            Err(error) => failed(&error),
        },
        Ask::Attend { kiosk, done } => {
            let attend = if done { Attend::End } else { Attend::Take };
            match backend.store.attend(&kiosk, attend, name, backend.now()).await {
                Ok(Some(call)) => {
                    tracing::info!(kiosk, ?attend, who = name, "a call for the guide is attended to");
                    Answer::Attended { call: call.into() }
                }
                Ok(None) => refused("nobody calls from this kiosk"),
                Err(error) => failed(&error),
            }
        }
        Ask::CallBacks => match backend.store.call_backs().await {
            Ok(rows) => Answer::CallBacks { call_backs: rows.into_iter().map(Into::into).collect() },
            Err(error) => failed(&error),
        },
        Ask::CalledBack { application } => {
            match backend.store.called_back(application.reveal(), name, backend.now()).await {
                Ok(Some(row)) => {
                    tracing::info!(kiosk = row.kiosk, who = name, "a customer was rung");
                    Answer::CalledBack { call_back: row.into() }
                }
                Ok(None) => refused("nobody has asked to be rung about this application, or it is done"),
                Err(error) => failed(&error),
            }
        }
        Ask::Suspend { from, until, reason, payment_only } => {
            suspend(backend, name, from.as_deref(), &until, &reason, payment_only).await
        }
        Ask::Resume { id } => match backend.store.resume(id, backend.now()).await {
            Ok(Some(ended)) => {
                tracing::info!(%id, who = name, "a suspension is ended");
                Answer::Suspensions { suspensions: vec![ended.into()] }
            }
            Ok(None) => refused("no such suspension, or it is over"),
            Err(error) => failed(&error),
        },
        Ask::Suspensions => match backend.store.suspensions(backend.now()).await {
            Ok(rows) => Answer::Suspensions { suspensions: rows.into_iter().map(Into::into).collect() },
            Err(error) => failed(&error),
        },
        Ask::Steps { from, to } => {
            let (Ok(first), Ok(last)) = (from.parse::<Date>(), to.parse::<Date>()) else {
                return refused("a day is yyyy-mm-dd");
            };
            if first > last {
                return refused("the first day is after the last");
            }
            let [first, last] = [first, last].map(|day| day.to_string());
            match backend.store.measured(&first, &last).await {
                Ok(counts) => Answer::Steps { report: measures::report(&first, &last, &counts) },
                Err(error) => failed(&error),
            }
        }
        Ask::Reconcile { day, settle, close } => {
            let Ok(day) = day.parse::<Date>() else { return refused("a day is yyyy-mm-dd") };
            match reconcile::run(backend, Wish { day, settle, close }, Who::Person(name)).await {
                Ok(ran) => written(reports, ran),
                Err(ReconcileError::Store(error)) => failed(&error),
                Err(error @ (ReconcileError::NotOver(_) | ReconcileError::NoBook { .. })) => {
                    refused(error.to_string())
                }
            }
        }
    }
}

async fn suspend(
    backend: &Backend,
    name: &str,
    from: Option<&str>,
    until: &str,
    reason: &str,
    payment_only: bool,
) -> Answer {
    let now = backend.now();
    let read = |text: &str| suspensions::read_time(text);
    let (Some(from), Some(until)) = (from.map_or(Some(now), read), read(until)) else {
        return refused("a time is yyyy-mm-dd hh:mm, Beijing time");
    };
    if let Some(mistake) = suspensions::mistake(from, until, now) {
        return refused(mistake);
    }
    let reasons = backend.board.reasons();
    let Some(reason) = reasons.get(reason) else {
        let known: Vec<_> = reasons.keys().map(String::as_str).collect();
        return refused(format!("--reason is one of {} (texts suspension.* of the hall)", known.join(", ")));
    };
    let row = SuspensionRow {
        id: Uuid::now_v7(),
        scope: if payment_only { Scope::Payment } else { Scope::All },
        reason: reason.clone(),
        from,
        until,
        made: (now, name.to_owned()),
        ended: None,
    };
    match backend.store.suspend(&row).await {
        Ok(()) => {
            tracing::info!(id = %row.id, who = name, payment_only, "the kiosks are suspended for a while");
            Answer::Suspensions { suspensions: vec![row.into()] }
        }
        Err(error) => failed(&error),
    }
}

/// Writes the report's files; the same books write the same bytes.
fn written(folder: &Path, ran: Ran) -> Answer {
    let report = Box::new(ran.report);
    let write = || -> io::Result<()> {
        let json = serde_json::to_string_pretty(&report)?;
        let files = [("csv", reconcile::csv(&report)), ("json", json)];
        std::fs::create_dir_all(folder)?;
        for (kind, text) in files {
            let hidden = folder.join(format!(".{}.{kind}", report.day));
            std::fs::write(&hidden, text)?;
            std::fs::rename(&hidden, folder.join(format!("{}.{kind}", report.day)))?;
        }
        Ok(())
    };
    match write() {
        Ok(()) => Answer::Reconciled {
            folder: folder.display().to_string(),
            settled: ran.settled,
            close_refused: ran.close_refused,
            report,
        },
        Err(error) => refused(format!("the report cannot be written to {}: {error}", folder.display())),
    }
}
