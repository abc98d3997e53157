//! The backend as a process: the real routes and the real jobs over a store that outlives it. It dies at any moment,
//! with everything that it had under way, and is started again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use powerhall_backend::backend::{Backend, Settings};
use powerhall_backend::board::Board;
use powerhall_backend::channels::{ChannelEntry, Channels};
use powerhall_backend::store::{Disk, MemoryStore};
use powerhall_backend::{http, jobs};
use powerhall_channel::port::Channel;
use powerhall_money::{Decision, Order};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

use crate::books::MERCHANT;
use crate::chance::Fault;
use crate::ports::{SimBilling, SimChannel};
use crate::sim::{Sim, SimClock, lock};

/// A running backend.
pub struct Process {
    backend: Arc<Backend>,
    router: Router,
    store: Arc<MemoryStore>,
    tasks: Mutex<JoinSet<()>>,
    dead: AtomicBool,
    _stop: watch::Sender<bool>,
}

/// The disk under the store: mostly quick, sometimes slow, sometimes the last thing that happens.
pub struct SimDisk(pub Arc<Sim>);

#[async_trait]
impl Disk for SimDisk {
    async fn sync(&self) {
        maybe_crash(&self.0, Fault::CrashAtSync).await;
        if self.0.hit(Fault::DiskSlow) {
            self.0.pass(20, 3_000).await;
        }
    }

    fn durable(&self, before: Option<&Order>, decision: &Decision) {
        let (ms, truth) = (self.0.ms(), self.0.truth());
        self.0.with(|inner| inner.committed(ms, truth, before, decision));
    }
}

/// Starts the backend on what the last one left.
pub fn start(sim: &Arc<Sim>, settings: &Settings, workers: usize) {
    let store = {
        let mut known = lock(&sim.store);
        let store = match &*known {
            Some(last) => Arc::new(last.reopen()),
            None => Arc::new(MemoryStore::new(Arc::new(SimDisk(Arc::clone(sim))))),
        };
        *known = Some(Arc::clone(&store));
        store
    };
    let facts = sim.with(|inner| {
        [0, 1].map(|which| {
            let book = &inner.books.channels[which];
            (which, book.id, book.can_close, book.manner)
        })
    });
    let policy = &settings.policy;
    let longest = |can_close: bool| {
        let shown = if can_close { i64::from(policy.extensions_max) + 1 } else { 1 };
        policy.prepare_ms + policy.qr_ms * shown + policy.margin_ms
    };
    let entries = facts.map(|(which, id, can_close, manner)| {
        let (sim, store) = (Arc::clone(sim), Arc::clone(&store));
        let longest = longest(can_close);
        let port: Arc<dyn Channel> =
            Arc::new(SimChannel { sim, which, store, id, can_close, manner, longest });
        ChannelEntry { port, merchant: MERCHANT.to_owned(), name: Default::default(), wallets: Vec::new() }
    });
    let backend = Arc::new(Backend::new(
        Arc::<MemoryStore>::clone(&store),
        Arc::new(SimBilling { sim: Arc::clone(sim), store: Arc::clone(&store) }),
        Channels::new(entries.into()),
        Arc::new(SimClock(Arc::clone(sim))),
        Board::empty(),
        settings.clone(),
    ));
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        tasks.spawn(jobs::run(Arc::clone(&backend), stopped.clone()));
    }
    sim.survived(&store);
    let process = Process {
        router: http::router(Arc::clone(&backend)),
        backend,
        store,
        tasks: Mutex::new(tasks),
        dead: AtomicBool::new(false),
        _stop: stop,
    };
    *lock(&sim.process) = Some(Arc::new(process));
    sim.tell(|| "the backend starts".to_owned());
}

impl Process {
    /// What it runs, for whoever works beside it.
    #[must_use]
    pub fn backend(&self) -> Arc<Backend> {
        Arc::clone(&self.backend)
    }

    /// Hands a request to the backend. `None`: it died with the request under way.
    pub async fn handle(self: Arc<Self>, sim: &Sim, request: Request<Body>) -> Option<Response<Body>> {
        sim.moved();
        let (tell, told) = tokio::sync::oneshot::channel();
        let mut router = self.router.clone();
        {
            let mut tasks = lock(&self.tasks);
            while tasks.try_join_next().is_some() {}
            if self.dead.load(Ordering::SeqCst) {
                return None;
            }
            tasks.spawn(async move {
                let answer = match router.call(request).await {
                    Ok(answer) => answer,
                    Err(never) => match never {},
                };
                // Nobody may wait any more.
                let _ = tell.send(answer);
            });
        }
        told.await.ok()
    }
}

/// The backend dies now, perhaps.
pub async fn maybe_crash(sim: &Arc<Sim>, fault: Fault) {
    if sim.current().is_some() && sim.hit(fault) {
        crash(sim);
        std::future::pending::<()>().await;
    }
}

/// The backend dies; another starts after a while.
pub fn crash(sim: &Arc<Sim>) {
    let Some(process) = lock(&sim.process).take() else { return };
    process.dead.store(true, Ordering::SeqCst);
    let keep = sim.percent(50);
    if process.store.crash(keep) {
        let fault = if keep { Fault::CommitKept } else { Fault::CommitLost };
        sim.with(|inner| inner.chance.count(fault));
        sim.tell(|| fault.words().to_owned());
    }
    lock(&process.tasks).abort_all();
    sim.tell(|| "the backend is dead".to_owned());
    let again = Arc::clone(sim);
    tokio::spawn(async move {
        let down = if again.percent(20) { (5_000, 90_000) } else { (20, 3_000) };
        again.pass(down.0, down.1).await;
        // What was aborted lives as long as its tasks are held.
        drop(process);
        if !again.over.load(Ordering::SeqCst) {
            let (settings, workers) = again.with(|inner| (inner.settings.clone(), inner.workers));
            start(&again, &settings, workers);
        }
    });
}

/// How long anything in the backend may take at most: what the flow must be ready to wait for.
pub const LEASE: Duration = Duration::from_secs(60);
