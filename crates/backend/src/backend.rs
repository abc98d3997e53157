//! The backend's middle: its ports in one place, and the one door through which orders change, so that whoever waits
//! for a change is woken and the jobs that follow from it start at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use powerhall_api::Hall;
use powerhall_billing::port::Billing;
use powerhall_crash::{Point, here};
use powerhall_money::{Command, Context, Moment, Outcome, Payment, Policy, Who};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::board::Board;
use crate::channels::Channels;
use crate::clock::{Clock, local, timestamp};
use crate::closed::Closed;
use crate::desk::Desk;
use crate::invoicing::Invoicing;
use crate::limiter::Limiter;
use crate::links::Links;
use crate::proof::{ProofLimits, ProofSettings};
use crate::ready::Readiness;
use crate::sms::Sms;
use crate::steady::Steady;
use crate::store::{Changed, Choice, DecideOutcome, Job, Noticed, OpenOrder, Opened, Store, StoreError};

/// What the backend is told apart from its ports.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The times by which orders are driven.
    pub policy: Policy,
    /// How long a look-up's reference lives.
    pub lookup_seconds: u32,
    /// How long a quote lives.
    pub quote_seconds: u32,
    /// The least that an order may pay, in fen, unless less is owed.
    pub min_fen: i64,
    /// The most that an order may pay, in fen.
    pub max_fen: i64,
    /// Look-ups that a kiosk may make in a minute.
    pub lookups_per_minute: u32,
    /// Documents that all phones together may ask for in a minute.
    pub downloads_per_minute: u32,
    /// How many digits account numbers may have.
    pub account_digits: Vec<usize>,
    /// How a person is proved.
    pub proof: ProofSettings,
    /// What the payer reads on the phone.
    pub subject: String,
    /// The longest that a call to a channel or to billing may take.
    pub call_timeout: Duration,
    /// How long a claimed job is left alone; longer than any of its calls together.
    pub lease: Duration,
    /// The longest that the job runner sleeps.
    pub tick: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            lookup_seconds: 600,
            quote_seconds: 600,
            min_fen: 1,
            max_fen: 5_000_000,
            lookups_per_minute: 30,
            downloads_per_minute: 120,
            account_digits: vec![13],
            proof: ProofSettings::default(),
            subject: "电费".to_owned(),
            call_timeout: Duration::from_secs(10),
            lease: Duration::from_secs(60),
            tick: Duration::from_secs(1),
        }
    }
}

/// The ports and everything that requests and jobs share.
pub struct Backend {
    /// What is remembered.
    pub store: Arc<dyn Store>,
    /// The utility's billing system.
    pub billing: Arc<dyn Billing>,
    /// The payment channels.
    pub channels: Channels,
    /// Text messages, where the hall sends any.
    pub sms: Option<Arc<dyn Sms>>,
    /// E-invoices, where the hall issues any.
    pub invoicing: Option<Invoicing>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The settings.
    pub settings: Settings,
    /// Fresh look-ups and quotes.
    pub desk: Desk,
    /// The links to documents that live.
    pub links: Links,
    /// How often phones may ask for documents.
    pub downloads: Limiter,
    /// How often each kiosk may look up.
    pub limiter: Limiter,
    /// How often each number may be tried and sent codes.
    pub proof_limits: ProofLimits,
    /// Where payment is closed, and why.
    pub closed: Closed,
    /// Whether it can serve.
    pub readiness: Readiness,
    /// What the hall publishes.
    pub board: Board,
    steady: Steady,
    changes: broadcast::Sender<Uuid>,
    work: Notify,
    stopping: AtomicBool,
}

impl Backend {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        billing: Arc<dyn Billing>,
        channels: Channels,
        clock: Arc<dyn Clock>,
        board: Board,
        settings: Settings,
    ) -> Self {
        Self {
            steady: Steady::new(clock.now(), clock.monotonic_ms()),
            store,
            billing,
            channels,
            clock,
            desk: Desk::default(),
            links: Links::default(),
            downloads: Limiter::new(settings.downloads_per_minute),
            limiter: Limiter::new(settings.lookups_per_minute),
            proof_limits: ProofLimits::new(&settings.proof),
            closed: Closed::default(),
            readiness: Readiness::default(),
            sms: None,
            invoicing: None,
            settings,
            board,
            changes: broadcast::channel(1024).0,
            work: Notify::new(),
            stopping: AtomicBool::new(false),
        }
    }

    /// The same backend, which sends codes through `sms`.
    #[must_use]
    pub fn with_sms(self, sms: Arc<dyn Sms>) -> Self {
        Self { sms: Some(sms), ..self }
    }

    /// The same backend, which issues e-invoices.
    #[must_use]
    pub fn with_invoicing(self, invoicing: Invoicing) -> Self {
        Self { invoicing: Some(invoicing), ..self }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// What is published now. Billing is asked for the planned outages now and then; while it does not answer, those that
    /// it told last stay.
    pub async fn published(&self) -> Arc<Hall> {
        if self.board.wants_outages(self.clock.monotonic_ms()) {
            let asked = self.billing.outages(timestamp(self.now()));
            match tokio::time::timeout(self.settings.call_timeout, asked).await {
                Ok(Outcome::Definite(outages)) => self.board.outages_are(outages),
                Ok(Outcome::Rejected(_) | Outcome::Unknown(_)) | Err(_) => {
                    tracing::debug!("billing does not tell the planned outages");
                }
            }
        }
        self.board.at(local(self.now()))
    }

    /// The changes of orders from now on. A slow reader may miss some and must look for itself.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
    }

    /// Ends all long polls, so that the server can stop.
    pub fn stop_waiting(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = self.changes.send(Uuid::nil());
    }

    /// Whether [`Backend::stop_waiting`] was called.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits until there may be work, or `longest` is over.
    pub async fn work_or(&self, longest: Duration) {
        // Either way the runner looks at the store next.
        let _ = tokio::time::timeout(longest, self.work.notified()).await;
    }

    /// Opens an order and wakes the jobs.
    pub async fn open_order(&self, open: OpenOrder) -> Result<Opened, StoreError> {
        let kiosk = open.kiosk.clone();
        let ctx = self.context(self.now(), 0, false, Who::Kiosk(&kiosk));
        let opened = self.store.open_order(open, ctx).await?;
        here(Point::OrderCommitted);
        self.work.notify_one();
        Ok(opened)
    }

    /// Changes an order by a command that no job brings.
    pub async fn change(&self, id: Uuid, command: Command, who: Who<'_>) -> Result<Changed, StoreError> {
        let changed = self.store.change(id, command, self.context(self.now(), 0, false, who)).await?;
        here(Point::WishCommitted);
        self.tell(&changed);
        Ok(changed)
    }

    /// Changes an order by the answer to a job's call. `at` is the moment from which the answer counts.
    pub async fn finish(&self, job: &Job, command: Command, at: Moment) -> Result<Changed, StoreError> {
        let who = Who::Job(job.task.name());
        // If the clock was set back during the call, `at` lies ahead of it: by that measure an expiry would be proved by
        // time that never passed.
        let at = at.min(self.now());
        let ctx = self.context(at, job.tries, job.interrupted, who);
        let changed = self.store.finish(job, command, ctx).await?;
        here(Point::AnswerCommitted);
        self.tell(&changed);
        Ok(changed)
    }

    /// Decides on a review, and wakes whoever carries it out.
    pub async fn decide_review(
        &self,
        key: &str,
        choice: &Choice,
        reason: &str,
        who: Who<'_>,
    ) -> Result<DecideOutcome, StoreError> {
        let ctx = self.context(self.now(), 0, false, who);
        let outcome = self.store.decide_review(key, choice, reason, ctx).await?;
        if let DecideOutcome::Done(Some(changed)) = &outcome {
            self.tell(changed);
        }
        Ok(outcome)
    }

    /// Takes in a verified notification, once.
    pub async fn notified(
        &self,
        channel: &str,
        event_id: &str,
        number: &str,
        payment: Payment,
    ) -> Result<Noticed, StoreError> {
        let ctx = self.context(self.now(), 0, false, Who::Channel { id: channel, event: event_id });
        here(Point::NotificationVerified);
        let noticed = self.store.notified(channel, event_id, number, payment, ctx).await?;
        here(Point::NotificationCommitted);
        if let Noticed::Taken(changed) = &noticed {
            self.tell(changed);
        }
        Ok(noticed)
    }

    fn context<'a>(&'a self, now: Moment, tries: u32, interrupted: bool, who: Who<'a>) -> Context<'a> {
        let steady_since = self.steady.since(self.now(), self.clock.monotonic_ms());
        Context { now, tries, interrupted, steady_since, policy: &self.settings.policy, who }
    }

    fn tell(&self, changed: &Changed) {
        if changed.moved {
            // Nobody waiting is fine.
            let _ = self.changes.send(changed.stored.order.id);
        }
        self.work.notify_one();
    }
}
