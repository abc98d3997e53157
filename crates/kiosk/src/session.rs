//! The session loop: one task that takes events, lets the flow decide, shows the state and carries the effects out.
//! It knows no rule of its own; at rest it sleeps until the flow wants to be woken.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use powerhall_api::CheckIn;
use powerhall_crash::{Point, here};
use powerhall_flow::{
    Asked, Effect, Event, Fact, JournalTrouble, Millis, Now, Origin, Screen, Settings, State, next_wake, step,
};
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::client::Client;
use crate::hall_copy::HallCopy;
use crate::journal::{Checked, Journal, Opened};
use crate::measures::{self, Gatherer};
use crate::upload;

/// How long the screen waits for the journal before it shows what the backend said, and a check-in for the journal to
/// show that it can be written. A disk that takes longer is in trouble itself: the next check-in closes payment, and a
/// customer who has paid, of which the backend holds the evidence, is told so all the same.
pub const JOURNAL_PATIENCE: Duration = Duration::from_secs(3);
/// The loop never wakes itself more often than this.
const SHORTEST_SLEEP: Duration = Duration::from_millis(10);

/// What the session works with.
#[derive(Debug)]
pub struct Ports {
    /// The backend.
    pub backend: Client,
    /// The journal. While it cannot be used payment stays closed, and everything else works.
    pub journal: Opened,
    /// The last good copy of what the hall publishes.
    pub copy: HallCopy,
}

/// Milliseconds since it was started, by the monotonic clock that tests can set.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    start: Instant,
}

impl MonotonicClock {
    /// Starts at zero.
    #[must_use]
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// How much time has passed.
    #[must_use]
    pub fn now(&self) -> Millis {
        Millis::try_from(self.start.elapsed().as_millis()).unwrap_or(Millis::MAX)
    }

    fn instant(&self, at: Millis) -> Instant {
        self.start + Duration::from_millis(at)
    }
}

/// Runs the kiosk until nobody sends events any more. `publish` is told the state after each event and the time
/// that it holds for; it must not block. Facts that the customer is about to be told are durable before.
pub async fn run(
    settings: Settings,
    ports: Ports,
    clock: MonotonicClock,
    mut touches: mpsc::Receiver<Event>,
    publish: impl Fn(&State, Millis),
) {
    let (tell, mut outcomes) = mpsc::channel(64);
    let Opened { journal, found } = ports.journal;
    let kept = ports.copy.read().await;
    let suspensions = ports.copy.read_suspensions(jiff::Timestamp::now()).await;
    let (gatherer, gathered) = measures::gather();
    let mut hands = Hands {
        backend: ports.backend,
        copy: ports.copy,
        journal,
        tell,
        tasks: JoinSet::new(),
        watches: HashMap::new(),
        upload: Arc::default(),
        measures: gatherer,
    };
    hands.tasks.spawn(upload::run(hands.journal.clone(), hands.backend.clone(), hands.upload.clone()));
    hands.tasks.spawn(measures::run(hands.backend.clone(), gathered));
    let mut state = State::new();
    if let Some(hall) = kept {
        let now = Now { at: clock.now(), fresh: Uuid::now_v7() };
        state = step(&settings, state, Event::HallRead(Ok(hall)), now).state;
    }
    if !suspensions.is_empty() {
        let now = Now { at: clock.now(), fresh: Uuid::now_v7() };
        state = step(&settings, state, Event::SuspensionsKept(suspensions), now).state;
    }
    let mut event = Event::Started(found.map_err(|error| error.trouble()));
    loop {
        let at = clock.now();
        if let Event::CheckedIn(Ok(_)) = event {
            // The backend is there: what could not be uploaded is tried again.
            hands.upload.notify_one();
        }
        let before = resumed(&state);
        let stepped = step(&settings, state, event, Now { at, fresh: Uuid::now_v7() });
        state = stepped.state;
        if let (None, Some(order)) = (before, resumed(&state)) {
            tracing::info!(%order, "a payment is resumed after the restart");
        }
        if let Some(why) = stepped.ignored {
            tracing::debug!(?why, "an event meant nothing");
        }
        hands.carry_out(stepped.effects).await;
        publish(&state, at);

        let wake = clock.instant(next_wake(&settings, &state, at)).max(Instant::now() + SHORTEST_SLEEP);
        event = tokio::select! {
            touch = touches.recv() => match touch {
                Some(touch) => touch,
                None => return,
            },
            Some(outcome) = outcomes.recv() => outcome,
            () = tokio::time::sleep_until(wake) => Event::Tick,
        };
    }
}

/// The order of a page that was resumed.
fn resumed(state: &State) -> Option<Uuid> {
    match &state.screen {
        Screen::Pay(pay) if pay.origin == Origin::Resumed => pay.order,
        _ => None,
    }
}

/// Carries effects out. Everything that takes time runs in a task of its own and comes back as an event; when the
/// session ends, what is still under way ends with it.
struct Hands {
    backend: Client,
    copy: HallCopy,
    journal: Journal,
    tell: mpsc::Sender<Event>,
    tasks: JoinSet<()>,
    /// The watch under way of each order.
    watches: HashMap<Uuid, AbortHandle>,
    /// Wakes the journal's upload.
    upload: Arc<Notify>,
    measures: Gatherer,
}

impl Hands {
    async fn carry_out(&mut self, effects: Vec<Effect>) {
        while let Some(ended) = self.tasks.try_join_next() {
            if let Err(error) = ended
                && error.is_panic()
            {
                tracing::error!(%error, "an effect has panicked");
            }
        }
        self.watches.retain(|_, watch| !watch.is_finished());
        let mut writing = Vec::new();
        for effect in effects {
            writing.extend(self.begin(effect));
        }
        let deadline = Instant::now() + JOURNAL_PATIENCE;
        for written in writing {
            // A write that is slower goes on, and says so when it fails.
            let _ = tokio::time::timeout_at(deadline, written).await;
        }
    }

    /// Starts an effect. A fact that must be durable before the customer is told gives its end to wait for.
    fn begin(&mut self, effect: Effect) -> Option<tokio::sync::oneshot::Receiver<()>> {
        let backend = self.backend.clone();
        match effect {
            Effect::CheckIn { open_orders, call } => self.check_in(backend, open_orders, call),
            Effect::Measure(measure) => self.measures.add(measure),
            Effect::CallGuide(request) => {
                self.spawn(async move { Event::Called(request.id, backend.call_guide(&request).await) });
            }
            Effect::EndCall(call) => {
                // What is not heard ends by itself.
                self.tasks.spawn(async move {
                    let _ = backend.end_call(call).await;
                });
            }
            Effect::KeepSuspensions(suspensions) => {
                let copy = self.copy.clone();
                self.tasks.spawn(async move { copy.keep_suspensions(&suspensions).await });
            }
            Effect::ReadHall => {
                let copy = self.copy.clone();
                self.spawn(async move {
                    let answer = backend.hall().await;
                    if let Ok(hall) = &answer {
                        copy.keep(hall).await;
                    }
                    Event::HallRead(answer)
                });
            }
            Effect::AskOpenOrders => {
                self.spawn(async move { Event::OpenOrders(backend.open_orders().await) });
            }
            Effect::Ask(ticket, question) => {
                self.spawn(async move { Event::Answered(ticket, backend.ask(question).await) });
            }
            Effect::Record(order, fact) => return self.record(order, fact),
            Effect::PutOrder { order, request, after } => {
                self.spawn(async move {
                    pause(after).await;
                    let answer = backend.put_order(order, &request).await;
                    here(Point::OrderAnswered);
                    Event::OrderAnswered(order, Asked::Put, answer.map(Some))
                });
            }
            Effect::Watch { order, version, after } => {
                let watch = self.spawn(async move {
                    pause(after).await;
                    Event::OrderAnswered(order, Asked::Watch, backend.watch(order, version).await)
                });
                if let Some(replaced) = self.watches.insert(order, watch) {
                    replaced.abort();
                }
            }
            Effect::Cancel { order, reason, after } => {
                if after == 0 {
                    tracing::info!(%order, ?reason, "an order is to be closed");
                }
                self.spawn(async move {
                    pause(after).await;
                    let answer = backend.cancel(order, reason).await;
                    Event::OrderAnswered(order, Asked::Cancel, answer.map(Some))
                });
            }
            Effect::Extend(order) => {
                self.spawn(async move {
                    Event::OrderAnswered(order, Asked::Extend, backend.extend(order).await.map(Some))
                });
            }
            Effect::NewAttempt { order, request, after } => {
                self.spawn(async move {
                    pause(after).await;
                    let answer = backend.new_attempt(order, &request).await;
                    Event::OrderAnswered(order, Asked::NewAttempt, answer.map(Some))
                });
            }
        }
        None
    }

    /// The journal's health goes with each check-in, and back to the flow before its answer.
    fn check_in(&mut self, backend: Client, open_orders: u32, call: Option<Uuid>) {
        let (journal, tell) = (self.journal.clone(), self.tell.clone());
        self.spawn(async move {
            let checked = tokio::time::timeout(JOURNAL_PATIENCE, journal.check()).await;
            let (head, health) = match checked.unwrap_or(Err(JournalTrouble::Unwritable)) {
                Ok(Checked { head, opened }) => (Some(head), Ok(opened)),
                Err(trouble) => (None, Err(trouble)),
            };
            let version = env!("CARGO_PKG_VERSION").to_owned();
            let check_in = CheckIn { version, journal_ok: head.is_some(), open_orders, journal: head, call };
            // The session has ended: nobody waits for it.
            let _ = tell.send(Event::JournalChecked(health)).await;
            Event::CheckedIn(backend.check_in(&check_in).await)
        });
    }

    /// Facts go to the journal in the order of the effects, whatever the tasks do.
    fn record(&mut self, order: Uuid, fact: Fact) -> Option<tokio::sync::oneshot::Receiver<()>> {
        let named = matches!(fact, Fact::Named { .. });
        let write = self.journal.record(order, fact);
        self.upload.notify_one();
        if named {
            self.spawn(async move {
                let written = write.await;
                here(Point::OrderNamed);
                Event::Recorded(order, written)
            });
            return None;
        }
        let (done, written) = tokio::sync::oneshot::channel();
        let tell = self.tell.clone();
        self.tasks.spawn(async move {
            let outcome = write.await;
            here(Point::FactRecorded);
            let _ = done.send(());
            if let Err(trouble) = outcome {
                let _ = tell.send(Event::JournalFailed(trouble)).await;
            }
        });
        Some(written)
    }

    fn spawn(&mut self, outcome: impl Future<Output = Event> + Send + 'static) -> AbortHandle {
        let tell = self.tell.clone();
        self.tasks.spawn(async move {
            let event = outcome.await;
            // The session has ended: nobody waits for it.
            let _ = tell.send(event).await;
        })
    }
}

async fn pause(after: Millis) {
    if after > 0 {
        tokio::time::sleep(Duration::from_millis(after)).await;
    }
}
