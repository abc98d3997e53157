//! The store in memory, for simulation: the same transactions as the SQL adapter, without a file. A transaction is
//! staged, synced by a [`Disk`] that the test owns, and only then seen by anybody. A crash between the two leaves it
//! there or not, as a real disk would; whatever was answered before stays.

mod data;
mod floor;
mod invoices;
mod office;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use powerhall_money::{Command, Context, Decision, Fen, Moment, Order, Payment, decide, numbers, open};
use uuid::Uuid;

use self::data::{Data, Row, Staged};
use super::{
    Changed, Job, Noticed, OpenOrder, Opened, ReviewRow, SALTS, Store, StoreError, StoredOrder, UNCLAIMED,
    unclaimed,
};

/// What stands between a transaction and its being durable.
#[async_trait]
pub trait Disk: Send + Sync {
    /// Ends when what was staged is durable.
    async fn sync(&self);

    /// A decision becomes durable; `before` is the order that it changes. The store must not be asked from here.
    fn durable(&self, before: Option<&Order>, decision: &Decision);
}

/// A disk that is always in time.
#[derive(Clone, Copy, Debug, Default)]
pub struct InstantDisk;

#[async_trait]
impl Disk for InstantDisk {
    async fn sync(&self) {}

    fn durable(&self, _: Option<&Order>, _: &Decision) {}
}

/// The store as one process has it open.
pub struct MemoryStore {
    /// What is durable. Outlives the process.
    shelf: Arc<Mutex<Data>>,
    disk: Arc<dyn Disk>,
    /// One writer at a time, in the order of asking.
    writer: tokio::sync::Mutex<()>,
    /// The transaction that is being synced.
    staged: Mutex<Option<Staged>>,
    dead: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves values that are whole: they are changed by one assignment each.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// An empty store on this disk.
    #[must_use]
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        Self::on(Arc::default(), disk)
    }

    fn on(shelf: Arc<Mutex<Data>>, disk: Arc<dyn Disk>) -> Self {
        Self {
            shelf,
            disk,
            writer: tokio::sync::Mutex::new(()),
            staged: Mutex::new(None),
            dead: AtomicBool::new(false),
        }
    }

    /// The process that holds this store dies. `keep` says whether the transaction that was being synced is on the
    /// disk all the same; the answer, whether there was one. Whoever still uses the store waits for ever.
    pub fn crash(&self, keep: bool) -> bool {
        self.dead.store(true, Ordering::SeqCst);
        let staged = lock(&self.staged).take();
        let under_way = staged.is_some();
        if let Some(staged) = staged.filter(|_| keep) {
            self.write(staged);
        }
        under_way
    }

    /// The store as the next process finds it.
    #[must_use]
    pub fn reopen(&self) -> Self {
        Self::on(Arc::clone(&self.shelf), Arc::clone(&self.disk))
    }

    /// Whether a number that is about to go out (of an attempt, a posting or a refund) is durable.
    #[must_use]
    pub fn knows_number(&self, number: &str) -> bool {
        lock(&self.shelf).numbers.contains_key(number)
    }

    /// Looks at a durable order without copying it.
    pub fn peek<T>(&self, id: Uuid, look: impl FnOnce(&Order) -> T) -> Option<T> {
        lock(&self.shelf).orders.get(&id).map(|row| look(&row.stored.order))
    }

    /// Looks at every durable order.
    pub fn for_each_order(&self, mut look: impl FnMut(&Order)) {
        lock(&self.shelf).orders.values().for_each(|row| look(&row.stored.order));
    }

    async fn alive(&self) {
        if self.dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    async fn read<T>(&self, look: impl FnOnce(&Data) -> T + Send) -> T {
        self.alive().await;
        look(&lock(&self.shelf))
    }

    /// Decides on what is durable, stages, syncs, and shows it. An error of `decide`, or nothing staged, writes nothing.
    async fn transact<T: Send>(
        &self,
        decide: impl FnOnce(&Data) -> Result<(Option<Staged>, T), StoreError> + Send,
    ) -> Result<T, StoreError> {
        self.alive().await;
        let _turn = self.writer.lock().await;
        self.alive().await;
        let (staged, answer) = decide(&lock(&self.shelf))?;
        let Some(staged) = staged else { return Ok(answer) };
        *lock(&self.staged) = Some(staged);
        self.disk.sync().await;
        let staged = lock(&self.staged).take();
        match staged {
            Some(staged) => self.write(staged),
            // The process died meanwhile.
            None => std::future::pending::<()>().await,
        }
        Ok(answer)
    }

    fn write(&self, staged: Staged) {
        let mut shelf = lock(&self.shelf);
        if let Some(decision) = staged.decision() {
            let before = match &staged {
                Staged::Opened { .. } => None,
                _ => shelf.orders.get(&decision.order.id).map(|row| &row.stored.order),
            };
            self.disk.durable(before, decision);
        }
        shelf.write(staged);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn put_kiosk(&self, id: &str, secret_sha256: [u8; 32], _now: Moment) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.transact(|_| Ok((Some(Staged::Kiosk { id, secret_sha256 }), ()))).await
    }

    async fn kiosk_secret(&self, id: &str) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(self.read(|data| data.kiosks.get(id).copied()).await)
    }

    async fn kiosk_seen(&self, _id: &str, _version: &str, _now: Moment) -> Result<(), StoreError> {
        // Nothing reads it back yet.
        self.alive().await;
        Ok(())
    }

    async fn replay(
        &self,
        id: Uuid,
        kiosk: &str,
        fingerprint: [u8; 32],
    ) -> Result<Option<Opened>, StoreError> {
        Ok(self.read(|data| data.replay(id, kiosk, fingerprint)).await)
    }

    async fn open_order(&self, mut new: OpenOrder, ctx: Context<'_>) -> Result<Opened, StoreError> {
        self.transact(|data| {
            if let Some(known) = data.replay(new.new.id, &new.kiosk, new.fingerprint) {
                return Ok((None, known));
            }
            new.new.reference = (0..SALTS)
                .map(|salt| numbers::reference(new.new.id, salt))
                .find(|reference| !data.references.contains(reference))
                .ok_or(StoreError::Busy)?;
            let decision = open(new.new, ctx)?;
            data.check(&decision)?;
            let stored = StoredOrder { kiosk: new.kiosk, order: decision.order.clone(), quote: new.quote };
            let row = Row { stored: stored.clone(), fingerprint: new.fingerprint, parts: Default::default() };
            let staged = Staged::Opened { row: Box::new(row), decision: Box::new(decision), now: ctx.now };
            Ok((Some(staged), Opened::Created(stored)))
        })
        .await
    }

    async fn order(&self, id: Uuid) -> Result<Option<StoredOrder>, StoreError> {
        Ok(self.read(|data| data.orders.get(&id).map(|row| row.stored.clone())).await)
    }

    async fn open_orders(&self, kiosk: &str) -> Result<Vec<StoredOrder>, StoreError> {
        Ok(self.read(|data| data.open_orders(kiosk)).await)
    }

    async fn change(&self, id: Uuid, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError> {
        self.transact(|data| {
            let (decision, changed) = decide_on(data, id, command, ctx)?;
            Ok((Some(Staged::Changed { decision: Box::new(decision), now: ctx.now, inbox: None }), changed))
        })
        .await
    }

    async fn finish(&self, job: &Job, command: Command, ctx: Context<'_>) -> Result<Changed, StoreError> {
        self.transact(|data| {
            let ctx = Context { interrupted: ctx.interrupted || !data.is_claimed(job), ..ctx };
            let (decision, changed) = decide_on(data, job.order_id, command, ctx)?;
            Ok((Some(Staged::Changed { decision: Box::new(decision), now: ctx.now, inbox: None }), changed))
        })
        .await
    }

    async fn notified(
        &self,
        channel: &str,
        event_id: &str,
        number: &str,
        payment: Payment,
        ctx: Context<'_>,
    ) -> Result<Noticed, StoreError> {
        let inbox = (channel.to_owned(), event_id.to_owned());
        self.transact(|data| {
            if data.inbox.contains(&inbox) {
                return Ok((None, Noticed::Duplicate));
            }
            let owner = data.numbers.get(number).copied().filter(|id| {
                data.orders
                    .get(id)
                    .and_then(|row| row.stored.order.attempt_by_number(number))
                    .is_some_and(|attempt| attempt.channel == channel)
            });
            let Some(id) = owner else {
                let review = ReviewRow {
                    key: unclaimed(channel, number, &payment),
                    reference: None,
                    reason: UNCLAIMED.to_owned(),
                    amount: payment.amount,
                    at: ctx.now,
                };
                let staged = Staged::Unclaimed { inbox, review };
                return Ok((Some(staged), Noticed::NoSuchAttempt));
            };
            let command = Command::Notified { number: number.to_owned(), payment };
            let (decision, changed) = decide_on(data, id, command, ctx)?;
            let staged = Staged::Changed { decision: Box::new(decision), now: ctx.now, inbox: Some(inbox) };
            Ok((Some(staged), Noticed::Taken(Box::new(changed))))
        })
        .await
    }

    async fn claim(&self, now: Moment, lease_until: Moment, limit: u32) -> Result<Vec<Job>, StoreError> {
        self.transact(|data| {
            let (keys, jobs) = data.due(now, limit);
            let staged = (!keys.is_empty()).then_some(Staged::Claimed { keys, lease_until });
            Ok((staged, jobs))
        })
        .await
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        Ok(self.read(Data::next_due).await)
    }

    async fn balances(&self) -> Result<Vec<(String, Fen)>, StoreError> {
        Ok(self.read(|data| data.balances.iter().map(|(a, fen)| (a.clone(), Fen::new(*fen))).collect()).await)
    }

    async fn ready(&self) -> bool {
        self.alive().await;
        true
    }
}

/// Load → decide → what to apply.
fn decide_on(
    data: &Data,
    id: Uuid,
    command: Command,
    ctx: Context<'_>,
) -> Result<(Decision, Changed), StoreError> {
    let row = data.orders.get(&id).ok_or(StoreError::NoSuchOrder)?;
    let before = row.stored.order.version;
    let decision = decide(&row.stored.order, command, ctx)?;
    data.check(&decision)?;
    let moved = decision.order.version != before;
    let stored = StoredOrder {
        kiosk: row.stored.kiosk.clone(),
        order: decision.order.clone(),
        quote: row.stored.quote.clone(),
    };
    Ok((decision, Changed { stored, moved }))
}
