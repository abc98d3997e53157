//! A kiosk: the real `step` in a session loop like the real one, on a simulated network and a simulated disk. It
//! crashes with everything under way; what its journal had synced stays.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use powerhall_api::CheckIn;
use powerhall_flow::{
    Answer, Asked, Effect, Event, Fact, JournalTrouble, Millis, Notice, Now, PayStage, Question, Remembered,
    Screen, State, next_wake, step,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;
use uuid::Uuid;

use crate::chance::Fault;
use crate::customer::Customer;
use crate::network::Client;
use crate::payers;
use crate::sim::{Sim, lock};

/// As in the real session.
const JOURNAL_PATIENCE: Duration = Duration::from_secs(3);

/// The journal's file.
#[derive(Debug, Default)]
struct Journal {
    durable: Vec<(Uuid, Fact)>,
    /// Written and not yet synced, in order.
    unsynced: Vec<(Uuid, Fact)>,
}

impl Journal {
    fn open_orders(&self) -> Vec<Uuid> {
        let ended = |id: &Uuid| self.durable.iter().any(|(other, fact)| other == id && *fact == Fact::Ended);
        self.durable
            .iter()
            .filter(|(id, fact)| matches!(fact, Fact::Named { .. }) && !ended(id))
            .map(|(id, _)| *id)
            .collect()
    }

    fn is_named(&self, order: Uuid) -> bool {
        self.durable.iter().any(|(id, fact)| *id == order && matches!(fact, Fact::Named { .. }))
    }
}

/// A kiosk as the world sees it.
pub struct Kiosk {
    sim: Arc<Sim>,
    name: Arc<str>,
    journal: Arc<Mutex<Journal>>,
    /// At home, nobody there, nothing followed.
    at_rest: Arc<Mutex<bool>>,
    session: Mutex<Option<AbortHandle>>,
    /// How often it was switched on or off: whoever wants to switch it on again looks whether somebody else has.
    switched: AtomicU64,
}

impl Kiosk {
    /// A kiosk that is switched off.
    #[must_use]
    pub fn new(sim: &Arc<Sim>, name: &str) -> Arc<Self> {
        Arc::new(Self {
            sim: Arc::clone(sim),
            name: name.into(),
            journal: Arc::default(),
            at_rest: Arc::default(),
            session: Mutex::new(None),
            switched: AtomicU64::new(0),
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// What its journal holds, in order.
    #[must_use]
    pub fn journal(&self) -> Vec<(Uuid, Fact)> {
        lock(&self.journal).durable.clone()
    }

    /// Switches it on.
    pub fn start(self: &Arc<Self>) {
        let (open, begun_anew) = {
            let journal = lock(&self.journal);
            (journal.open_orders(), journal.durable.is_empty())
        };
        *lock(&self.at_rest) = false;
        self.off();
        self.sim.tell(|| format!("kiosk {} starts with {} open orders", self.name, open.len()));
        let kiosk = Arc::clone(self);
        let session =
            tokio::spawn(async move { kiosk.run(Remembered { open_orders: open, begun_anew }).await });
        *lock(&self.session) = Some(session.abort_handle());
    }

    /// Cuts its power.
    pub fn crash(&self) {
        self.off();
        let mut journal = lock(&self.journal);
        let unsynced = std::mem::take(&mut journal.unsynced);
        let kept = self.sim.between(0, unsynced.len() as u64) as usize;
        if kept < unsynced.len() {
            self.sim.with(|inner| inner.chance.count(Fault::JournalWriteLost));
        }
        journal.durable.extend(unsynced.into_iter().take(kept));
        self.sim.tell(|| format!("kiosk {} is dead", self.name));
    }

    /// Switches it off for good, without a fault.
    pub fn stop(&self) {
        self.off();
    }

    fn off(&self) -> u64 {
        if let Some(session) = lock(&self.session).take() {
            session.abort();
        }
        self.switched.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Its power is cut, and comes back after a while unless somebody has been there before.
    pub async fn power_cut(self: Arc<Self>) {
        self.crash();
        let off = self.switched.load(Ordering::SeqCst);
        self.sim.pass(500, 60_000).await;
        if self.switched.load(Ordering::SeqCst) == off && !self.sim.over.load(Ordering::SeqCst) {
            self.start();
        }
    }

    /// Whether nobody is there and nothing is followed.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        *lock(&self.at_rest)
    }

    /// Orders that its journal knows as not ended.
    #[must_use]
    pub fn open_orders(&self) -> usize {
        lock(&self.journal).open_orders().len()
    }

    async fn run(self: Arc<Self>, remembered: Remembered) {
        let sim = Arc::clone(&self.sim);
        let (settings, nap) = sim.with(|inner| (inner.kiosk.clone(), inner.nap));
        let began = Instant::now();
        let (tell, mut outcomes) = mpsc::channel(64);
        let mut hands = Hands {
            backend: Client { sim: Arc::clone(&sim), kiosk: Arc::clone(&self.name) },
            kiosk: Arc::clone(&self),
            tell,
            tasks: JoinSet::new(),
            watches: HashMap::new(),
        };
        let mut customer = Customer::default();
        let mut state = State::new();
        let mut eyes = Eyes::default();
        let mut queue = std::collections::VecDeque::from([Event::Started(Ok(remembered))]);
        loop {
            let at = Millis::try_from(began.elapsed().as_millis()).unwrap_or(Millis::MAX);
            if let Some(event) = queue.pop_front() {
                sim.moved();
                let fresh = fresh(&sim);
                let stepped = step(&settings, state, event, Now { at, fresh });
                state = stepped.state;
                hands.carry_out(stepped.effects).await;
                eyes.look(&sim, &self.name, &state);
                *lock(&self.at_rest) = matches!(state.screen, Screen::Home) && state.followed.is_empty();
                if !queue.is_empty() {
                    continue;
                }
            }
            customer.sees(&sim, &state);
            let wake =
                (began + Duration::from_millis(next_wake(&settings, &state, at))).max(Instant::now() + nap);
            let hand = customer.acts_at();
            tokio::select! {
                biased;
                Some(outcome) = outcomes.recv() => queue.push_back(outcome),
                () = sleep_until(hand) => queue.extend(customer.acts(&sim, &state)),
                () = tokio::time::sleep_until(wake) => queue.push_back(Event::Tick),
            }
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// A UUIDv7 from the world's time and chance.
fn fresh(sim: &Arc<Sim>) -> Uuid {
    let ms = u64::try_from(sim.truth()).unwrap_or(0);
    let random = u128::from(sim.between(0, u64::MAX - 1)) << 64 | u128::from(sim.between(0, u64::MAX - 1));
    let mut bytes = (random << 48 >> 48 | u128::from(ms) << 80).to_be_bytes();
    bytes[6] = 0x70 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    Uuid::from_bytes(bytes)
}

/// A page as the judge tells it from others: about which order in which version, which page, how far, what it says.
type Page = (Uuid, u64, Discriminant<Screen>, Option<Discriminant<PayStage>>, Option<Notice>);

/// Shows each new page to the judge, and each new code to the phones.
#[derive(Default)]
struct Eyes {
    page: Option<Page>,
    code: String,
    order: Option<Uuid>,
}

impl Eyes {
    fn look(&mut self, sim: &Arc<Sim>, kiosk: &str, state: &State) {
        let (order, version, stage, notice) = match &state.screen {
            Screen::Pay(pay) => {
                let version = pay.known.as_ref().map_or(0, |known| known.version);
                (pay.order.or(self.order), version, Some(discriminant(&pay.stage)), pay.notice)
            }
            Screen::Finished(finished) => (Some(finished.order.order_id), finished.order.version, None, None),
            Screen::Confirm(confirm) => (self.order, 0, None, confirm.notice),
            _ => (None, 0, None, None),
        };
        self.order = order;
        let Some(order) = order else { return self.page = None };
        let page = Some((order, version, discriminant(&state.screen), stage, notice));
        if page == self.page {
            return;
        }
        self.page = page;
        let ms = sim.ms();
        sim.with(|inner| {
            inner.tell(ms, || format!("kiosk {kiosk} shows {}", words_of(&state.screen)));
            inner.seen(ms, order, &state.screen);
        });
        if let Screen::Pay(pay) = &state.screen
            && let PayStage::Showing { .. } = pay.stage
            && let Some(code) =
                pay.known.as_ref().and_then(|k| k.attempt.as_ref()).and_then(|a| a.code.as_ref())
            && *code != self.code
        {
            self.code.clone_from(code);
            payers::see_code(sim, code);
        }
    }
}

fn words_of(screen: &Screen) -> String {
    match screen {
        Screen::Pay(pay) => {
            let stage = format!("{:?}", pay.stage);
            let stage = stage.split([' ', '{']).next().unwrap_or_default().to_lowercase();
            match pay.notice {
                Some(notice) => format!("the payment page: {stage} ({notice:?})"),
                None => format!("the payment page: {stage}"),
            }
        }
        Screen::Finished(finished) => {
            let lines: Vec<_> =
                finished.order.lines.iter().map(|line| format!("{:?}", line.deliver)).collect();
            format!("the result: {:?}, {}", finished.order.collect, lines.join(", ").to_lowercase())
        }
        Screen::Confirm(confirm) => format!("what is owed ({:?})", confirm.notice),
        _ => "another page".to_owned(),
    }
}

/// Carries effects out, as the real session's hands do.
struct Hands {
    backend: Client,
    kiosk: Arc<Kiosk>,
    tell: mpsc::Sender<Event>,
    tasks: JoinSet<()>,
    watches: HashMap<Uuid, AbortHandle>,
}

impl Hands {
    async fn carry_out(&mut self, effects: Vec<Effect>) {
        while self.tasks.try_join_next().is_some() {}
        self.watches.retain(|_, watch| !watch.is_finished());
        let mut writing = Vec::new();
        for effect in effects {
            writing.extend(self.begin(effect));
        }
        let deadline = Instant::now() + JOURNAL_PATIENCE;
        for written in writing {
            let _ = tokio::time::timeout_at(deadline, written).await;
        }
    }

    fn begin(&mut self, effect: Effect) -> Option<oneshot::Receiver<()>> {
        let backend = self.backend.clone();
        match effect {
            Effect::CheckIn { open_orders, .. } => {
                let tell = self.tell.clone();
                self.spawn(async move {
                    let journal_ok = !backend.sim.hit(Fault::JournalFails);
                    let tried = if journal_ok { Ok(None) } else { Err(JournalTrouble::Unwritable) };
                    let _ = tell.send(Event::JournalChecked(tried)).await;
                    let version = "sim".to_owned();
                    let check_in = CheckIn { version, journal_ok, open_orders, journal: None, call: None };
                    Event::CheckedIn(backend.check_in(&check_in).await)
                });
            }
            // The simulated kiosk loses nothing but its memory.
            Effect::KeepSuspensions(_) => {}
            Effect::ReadHall => {
                self.spawn(async move { Event::HallRead(backend.hall().await) });
            }
            Effect::AskOpenOrders => {
                self.spawn(async move { Event::OpenOrders(backend.open_orders().await) });
            }
            Effect::Ask(ticket, Question::Lookup(request)) => {
                self.spawn(async move {
                    Event::Answered(ticket, backend.lookup(&request).await.map(Answer::Lookup))
                });
            }
            Effect::Ask(ticket, Question::Quote(wanted)) => {
                self.spawn(async move {
                    let quoted = backend.quote(&wanted).await;
                    Event::Answered(ticket, quoted.map(|quote| Answer::Quote(wanted, quote)))
                });
            }
            // Nobody in this hall asks anything else, or for the guide; nothing is measured.
            Effect::Ask(..) | Effect::Measure(_) | Effect::CallGuide(_) | Effect::EndCall(_) => {}
            Effect::Record(order, fact) => return self.record(order, fact),
            Effect::PutOrder { order, request, after } => {
                if !lock(&self.kiosk.journal).is_named(order) {
                    backend.sim.violation("I13: an order was sent before its id was durable".to_owned());
                }
                self.spawn(async move {
                    pause(after).await;
                    let answer = backend.put_order(order, &request).await;
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

    fn record(&mut self, order: Uuid, fact: Fact) -> Option<oneshot::Receiver<()>> {
        let named = matches!(fact, Fact::Named { .. });
        let write = write(&self.kiosk, order, fact);
        if named {
            self.spawn(async move { Event::Recorded(order, write.await) });
            return None;
        }
        let (done, written) = oneshot::channel();
        let tell = self.tell.clone();
        self.tasks.spawn(async move {
            let outcome = write.await;
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
            let _ = tell.send(event).await;
        })
    }
}

/// Puts the fact into the file at once; it is durable when the future ends.
fn write(
    kiosk: &Arc<Kiosk>,
    order: Uuid,
    fact: Fact,
) -> impl Future<Output = Result<(), JournalTrouble>> + Send + use<> {
    let (sim, journal) = (Arc::clone(&kiosk.sim), Arc::clone(&kiosk.journal));
    let fails = sim.hit(Fault::JournalFails);
    if !fails {
        lock(&journal).unsynced.push((order, fact.clone()));
    }
    let dies = !fails && sim.hit(Fault::KioskCrashAtWrite);
    if dies {
        tokio::spawn(Arc::clone(kiosk).power_cut());
    }
    async move {
        if dies {
            std::future::pending::<()>().await;
        }
        if fails {
            return Err(JournalTrouble::Unwritable);
        }
        if sim.hit(Fault::JournalSlow) {
            sim.pass(100, 4_000).await
        } else {
            sim.pass(1, 8).await
        }
        let mut journal = lock(&journal);
        // One file, one order: a sync takes along whatever was written before.
        if let Some(place) = journal.unsynced.iter().position(|row| row.0 == order && row.1 == fact) {
            let synced: Vec<_> = journal.unsynced.drain(..=place).collect();
            journal.durable.extend(synced);
        }
        Ok(())
    }
}

async fn pause(after: Millis) {
    if after > 0 {
        tokio::time::sleep(Duration::from_millis(after)).await;
    }
}
