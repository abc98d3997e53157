//! The journal's thread: one command after the other, so that facts are durable in the order in which they were told.
//! It opens the file, sets a damaged one aside, and opens again what could not be opened before.

use std::sync::mpsc;
use std::time::Instant;

use powerhall_api::{JournalAnswer, JournalUpload};
use powerhall_flow::{Fact, JournalTrouble, Remembered};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::book::Book;
use super::{Checked, JournalConfig, JournalError, aside};
use crate::repeats::Repeats;

/// What a handle asks for.
#[derive(Debug)]
pub(super) enum Command {
    Record { order: Uuid, fact: Fact, done: oneshot::Sender<Result<(), JournalTrouble>> },
    Check { done: oneshot::Sender<Result<Checked, JournalTrouble>> },
    Unacknowledged { done: oneshot::Sender<Option<JournalUpload>> },
    Acknowledge { book: Uuid, answer: JournalAnswer, done: oneshot::Sender<bool> },
}

/// Opens, reports, then serves until all handles are gone.
pub(super) fn serve(
    config: JournalConfig,
    opened: oneshot::Sender<Result<Remembered, JournalError>>,
    todo: &mpsc::Receiver<Command>,
) {
    let mut keeper = Keeper { config, book: None, untold: None, repeats: Repeats::default() };
    let _ = opened.send(keeper.open());
    for command in todo {
        match command {
            Command::Record { order, fact, done } => {
                let _ = done.send(keeper.record(order, &fact));
            }
            Command::Check { done } => keeper.check(done),
            Command::Unacknowledged { done } => {
                let upload = keeper.with_book(|open| open.unacknowledged());
                let _ = done.send(upload.flatten());
            }
            Command::Acknowledge { book, answer, done } => {
                let on = keeper
                    .with_book(|open| if open.id() == book { open.acknowledge(&answer) } else { Ok(false) });
                let _ = done.send(on.unwrap_or(false));
            }
        }
    }
}

struct Keeper {
    config: JournalConfig,
    /// `None` while it cannot be used.
    book: Option<Book>,
    /// What was remembered when it was opened again, until somebody has heard it.
    untold: Option<Remembered>,
    /// What the log was told lately.
    repeats: Repeats<&'static str>,
}

impl Keeper {
    fn open(&mut self) -> Result<Remembered, JournalError> {
        let opened = match Book::open(&self.config) {
            Err(error) if error.trouble() == JournalTrouble::Corrupt => {
                let place = aside::set_aside(&self.config.path)?;
                tracing::error!(
                    %error,
                    place = %place.display(),
                    "the journal was damaged: it is set aside, a new one begins, and the backend is asked for open orders"
                );
                Book::open(&self.config)
            }
            opened => opened,
        };
        let found = opened.and_then(|book| Ok((book.remembered()?, book)));
        match found {
            Ok((remembered, book)) => {
                self.book = Some(book);
                let orders = remembered.open_orders.len();
                tracing::info!(orders, "the journal is open; so many of its orders have not ended");
                Ok(remembered)
            }
            Err(error) => {
                self.tell("the journal cannot be used: payment stays closed", &error);
                Err(error)
            }
        }
    }

    fn record(&mut self, order: Uuid, fact: &Fact) -> Result<(), JournalTrouble> {
        let Some(book) = &mut self.book else { return Err(JournalTrouble::Unwritable) };
        book.append(order, fact).map_err(|error| {
            tracing::error!(%order, %error, "a fact could not be written to the journal");
            self.failed(&error)
        })
    }

    fn check(&mut self, done: oneshot::Sender<Result<Checked, JournalTrouble>>) {
        let checked = self.checked();
        // Whoever asked may have lost patience; what was remembered is told to the next who asks.
        if let Err(Ok(Checked { opened, .. })) = done.send(checked) {
            self.untold = opened;
        }
    }

    fn checked(&mut self) -> Result<Checked, JournalTrouble> {
        if let Some(book) = &mut self.book {
            match book.check() {
                Ok(head) => return Ok(Checked { head, opened: self.untold.take() }),
                Err(error) if error.trouble() == JournalTrouble::Full => {
                    self.tell("no new payment", &error);
                    return Err(JournalTrouble::Full);
                }
                Err(error) => {
                    self.tell("the journal cannot be written: it is opened again", &error);
                    self.book = None;
                }
            }
        }
        self.untold = Some(self.open().map_err(|error| error.trouble())?);
        match self.book.as_mut().map(Book::check) {
            Some(Ok(head)) => Ok(Checked { head, opened: self.untold.take() }),
            Some(Err(error)) => Err(self.failed(&error)),
            None => Err(JournalTrouble::Unwritable),
        }
    }

    fn with_book<T>(&mut self, work: impl FnOnce(&mut Book) -> Result<T, JournalError>) -> Option<T> {
        match work(self.book.as_mut()?) {
            Ok(outcome) => Some(outcome),
            Err(error) => {
                self.tell("the journal cannot be uploaded now", &error);
                self.failed(&error);
                None
            }
        }
    }

    /// Tells the log what is asked for again and again; not each time.
    fn tell(&mut self, what: &'static str, error: &JournalError) {
        if let Some(silent) = self.repeats.tell(what, Instant::now()) {
            tracing::error!(%error, silent, "{what}");
        }
    }

    /// A file that turned out to be damaged is not written any more; the next check opens it and sees.
    fn failed(&mut self, error: &JournalError) -> JournalTrouble {
        let trouble = error.trouble();
        if trouble == JournalTrouble::Corrupt {
            self.book = None;
        }
        trouble
    }
}
