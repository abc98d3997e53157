//! What the store in memory holds: the tables of the SQL schema as maps, their unique keys included, and the indexes
//! that make the questions cheap.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use powerhall_money::{Decision, Event, JobChange, Moment, Order, Review, Task};
use uuid::Uuid;

use super::super::{Job, Opened, ReviewRow, StoreError, StoredOrder};
use super::office::{Cabinet, Papers};
use crate::call_backs::CallBackRow;
use crate::calls::CallRow;
use crate::invoicing::InvoiceRow;
use crate::measures::Counted;
use crate::suspensions::SuspensionRow;

/// An order with its fingerprint and what is next for its parts.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) stored: StoredOrder,
    pub(super) fingerprint: [u8; 32],
    pub(super) parts: BTreeMap<String, JobRow>,
}

#[derive(Clone, Debug)]
pub(super) struct JobRow {
    task: Task,
    due: Moment,
    tries: u32,
    claims: u32,
    lease: Moment,
}

impl JobRow {
    fn eligible(&self) -> Moment {
        self.due.max(self.lease)
    }
}

/// A transaction that is decided and not yet durable.
#[derive(Debug)]
pub(super) enum Staged {
    Kiosk { id: String, secret_sha256: [u8; 32] },
    Opened { row: Box<Row>, decision: Box<Decision>, now: Moment },
    Changed { decision: Box<Decision>, now: Moment, inbox: Option<(String, String)> },
    Unclaimed { inbox: (String, String), review: ReviewRow },
    Claimed { keys: Vec<(Uuid, String)>, lease_until: Moment },
    Office(Box<Papers>),
    Calls(Vec<CallRow>),
    CallBack(CallBackRow),
    Invoice(InvoiceRow),
    Measured { batch: Uuid, day: String, counts: BTreeMap<Counted, u32> },
    Suspended(SuspensionRow),
}

impl Staged {
    pub(super) fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Opened { decision, .. } | Self::Changed { decision, .. } => Some(decision),
            Self::Office(papers) => papers.decision.as_deref(),
            Self::Kiosk { .. }
            | Self::Unclaimed { .. }
            | Self::Claimed { .. }
            | Self::Calls(_)
            | Self::CallBack(_)
            | Self::Invoice(_)
            | Self::Measured { .. }
            | Self::Suspended(_) => None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) kiosks: HashMap<String, [u8; 32]>,
    pub(super) orders: HashMap<Uuid, Row>,
    pub(super) references: HashSet<String>,
    /// Every number that is out in the world: of attempts, postings and refunds.
    pub(super) numbers: HashMap<String, Uuid>,
    pub(super) inbox: HashSet<(String, String)>,
    pub(super) balances: BTreeMap<String, i64>,
    entries: HashSet<String>,
    pub(super) events: Vec<(Uuid, u64, Moment, Event)>,
    pub(super) cabinet: Cabinet,
    pub(super) calls: BTreeMap<Uuid, CallRow>,
    /// The last call back of each application, by its number.
    pub(super) call_backs: BTreeMap<String, CallBackRow>,
    pub(super) invoices: BTreeMap<String, InvoiceRow>,
    pub(super) suspensions: BTreeMap<Uuid, SuspensionRow>,
    pub(super) batches: HashSet<Uuid>,
    pub(super) measures: BTreeMap<(String, Counted), u64>,
    reviews: BTreeMap<String, ReviewRow>,
    /// Open orders by kiosk, oldest first.
    open: BTreeSet<(String, Moment, Uuid)>,
    /// Jobs by the moment from which they can be claimed.
    due: BTreeSet<(Moment, Uuid, String)>,
}

impl Data {
    pub(super) fn replay(&self, id: Uuid, kiosk: &str, fingerprint: [u8; 32]) -> Option<Opened> {
        let row = self.orders.get(&id)?;
        let same = row.stored.kiosk == kiosk && row.fingerprint == fingerprint;
        Some(if same { Opened::Replayed(row.stored.clone()) } else { Opened::Conflict })
    }

    pub(super) fn open_orders(&self, kiosk: &str) -> Vec<StoredOrder> {
        self.open
            .range((kiosk.to_owned(), Moment(i64::MIN), Uuid::nil())..)
            .take_while(|(owner, _, _)| owner == kiosk)
            .take(100)
            .filter_map(|(_, _, id)| self.orders.get(id))
            .map(|row| row.stored.clone())
            .collect()
    }

    /// What the unique keys refuse.
    pub(super) fn check(&self, decision: &Decision) -> Result<(), StoreError> {
        if let Some(entry) = decision.entries.iter().find(|entry| self.entries.contains(&entry.key)) {
            return Err(StoreError::Damaged(format!("the entry {} is in the ledger", entry.key)));
        }
        let is_others =
            |number: &&String| self.numbers.get(*number).is_some_and(|owner| *owner != decision.order.id);
        match numbers(&decision.order).find(is_others) {
            Some(number) => Err(StoreError::Damaged(format!("the number {number} is another order's"))),
            None => Ok(()),
        }
    }

    /// The jobs that can be claimed now, at most `limit`, the longest due first.
    pub(super) fn due(&self, now: Moment, limit: u32) -> (Vec<(Uuid, String)>, Vec<Job>) {
        let mut found: Vec<(Moment, Uuid, &String, &JobRow)> = self
            .due
            .iter()
            .take_while(|(eligible, _, _)| *eligible <= now)
            .filter_map(|(_, id, part)| {
                let job = self.orders.get(id)?.parts.get(part)?;
                Some((job.due, *id, part, job))
            })
            .collect();
        found.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let job = |(_, id, _, row): &(Moment, Uuid, &String, &JobRow)| Job {
            order_id: *id,
            task: row.task.clone(),
            tries: row.tries,
            interrupted: row.claims > 0,
            claims: row.claims + 1,
        };
        let jobs = found.iter().map(job).collect();
        (found.into_iter().map(|(_, id, part, _)| (id, part.clone())).collect(), jobs)
    }

    /// Whether the job stands as it was claimed: nobody has claimed or finished it since.
    pub(super) fn is_claimed(&self, job: &Job) -> bool {
        self.orders
            .get(&job.order_id)
            .and_then(|row| row.parts.get(&job.task.part()))
            .is_some_and(|row| row.task == job.task && row.claims == job.claims)
    }

    pub(super) fn next_due(&self) -> Option<Moment> {
        self.due.first().map(|(eligible, _, _)| *eligible)
    }

    pub(super) fn reviews(&self) -> Vec<ReviewRow> {
        let mut rows: Vec<_> = self.reviews.values().cloned().collect();
        rows.sort_by(|a, b| (a.at, &a.key).cmp(&(b.at, &b.key)));
        rows
    }

    pub(super) fn has_review(&self, key: &str) -> bool {
        self.reviews.contains_key(key)
    }

    /// Makes a transaction visible.
    pub(super) fn write(&mut self, staged: Staged) {
        match staged {
            Staged::Kiosk { id, secret_sha256 } => {
                self.kiosks.insert(id, secret_sha256);
            }
            Staged::Opened { row, decision, now } => {
                self.references.insert(decision.order.reference.clone());
                self.orders.insert(decision.order.id, *row);
                self.decided(*decision, now);
            }
            Staged::Changed { decision, now, inbox } => {
                self.inbox.extend(inbox);
                self.decided(*decision, now);
            }
            Staged::Unclaimed { inbox, review } => {
                self.inbox.insert(inbox);
                self.reviews.entry(review.key.clone()).or_insert(review);
            }
            Staged::Office(mut papers) => {
                self.cabinet.write(&mut papers);
                let now = papers.now.unwrap_or(Moment(0));
                for Review { key, reason, amount } in papers.reviews.drain(..) {
                    let row = ReviewRow { key: key.clone(), reference: None, reason, amount, at: now };
                    self.reviews.entry(key).or_insert(row);
                }
                if let Some(decision) = papers.decision.take() {
                    self.decided(*decision, now);
                }
            }
            Staged::Suspended(row) => drop(self.suspensions.insert(row.id, row)),
            Staged::Calls(rows) => self.calls.extend(rows.into_iter().map(|row| (row.id, row))),
            Staged::CallBack(row) => {
                self.call_backs.insert(row.application.reveal().clone(), row);
            }
            Staged::Invoice(row) => {
                self.invoices.insert(row.payment.clone(), row);
            }
            Staged::Measured { batch, day, counts } => {
                self.batches.insert(batch);
                for (counted, count) in counts {
                    *self.measures.entry((day.clone(), counted)).or_default() += u64::from(count);
                }
            }
            Staged::Claimed { keys, lease_until } => {
                for (id, part) in keys {
                    let Some(job) = self.orders.get_mut(&id).and_then(|row| row.parts.get_mut(&part)) else {
                        continue;
                    };
                    let before = job.eligible();
                    job.claims += 1;
                    job.lease = lease_until;
                    let after = job.eligible();
                    self.due.remove(&(before, id, part.clone()));
                    self.due.insert((after, id, part));
                }
            }
        }
    }

    fn decided(&mut self, decision: Decision, now: Moment) {
        let Decision { order, events, jobs, entries, reviews, .. } = decision;
        let id = order.id;
        let version = order.version;
        self.events.extend(events.into_iter().map(|event| (id, version, now, event)));
        if !entries.is_empty() {
            self.cabinet.booked.insert((now, id));
        }
        for entry in entries {
            // Checked when it was decided: an amount has a negative.
            for (account, amount) in entry.sides().into_iter().flatten() {
                *self.balances.entry(account.to_string()).or_default() += amount.get();
            }
            self.entries.insert(entry.key);
        }
        for review in reviews {
            let row = ReviewRow {
                key: review.key,
                reference: Some(order.reference.clone()),
                reason: review.reason,
                amount: review.amount,
                at: now,
            };
            self.cabinet.orders_of_reviews.entry(row.key.clone()).or_insert(id);
            self.reviews.entry(row.key.clone()).or_insert(row);
        }
        for number in numbers(&order) {
            if !self.numbers.contains_key(number) {
                self.numbers.insert(number.clone(), id);
            }
        }
        let Some(row) = self.orders.get_mut(&id) else { return };
        let open = (row.stored.kiosk.clone(), order.created_at, id);
        if order.is_open() {
            self.open.insert(open)
        } else {
            self.open.remove(&open)
        };
        for job in jobs {
            change_job(&mut self.due, row, id, job);
        }
        row.stored.order = order;
    }
}

/// The numbers of an order that are out in the world.
fn numbers(order: &Order) -> impl Iterator<Item = &String> {
    let attempts = order.attempts.iter().map(|a| &a.number);
    attempts.chain(order.lines.iter().map(|l| &l.key)).chain(order.refunds.iter().map(|r| &r.number))
}

fn change_job(due: &mut BTreeSet<(Moment, Uuid, String)>, row: &mut Row, id: Uuid, change: JobChange) {
    let part = match &change {
        JobChange::Set { task, .. } => task.part(),
        JobChange::Done { part } => part.clone(),
    };
    if let Some(old) = row.parts.remove(&part) {
        due.remove(&(old.eligible(), id, part.clone()));
    }
    if let JobChange::Set { task, due: at, tries } = change {
        due.insert((at.max(Moment(0)), id, part.clone()));
        row.parts.insert(part, JobRow { task, due: at, tries, claims: 0, lease: Moment(0) });
    }
}

#[cfg(test)]
mod tests {
    use powerhall_money::{ChannelFacts, Context, Fen, NewOrder, Policy, Who, open};

    use super::*;
    use crate::store::OrderedQuote;

    fn opened(id: u128) -> Decision {
        let policy = Policy::default();
        let now = Moment(1_000);
        let who = Who::Kiosk("k");
        let ctx = Context { now, tries: 0, interrupted: false, steady_since: now, policy: &policy, who };
        let channel = ChannelFacts { id: "c".to_owned(), merchant: "m".to_owned(), can_close: true };
        let (id, reference) = (Uuid::from_u128(id), format!("R{id}"));
        open(NewOrder { id, reference, lines: vec![(0, Fen::new(1))], channel }, ctx).expect("opens")
    }

    #[test]
    fn a_number_that_is_another_orders_is_refused() {
        let mut data = Data::default();
        let (first, mut second) = (opened(1), opened(2));
        let numbers: Vec<String> = numbers(&first.order).cloned().collect();
        let stored = StoredOrder {
            kiosk: "k".to_owned(),
            order: first.order.clone(),
            quote: OrderedQuote { quote_id: "q".to_owned(), lines: Vec::new() },
        };
        let row = Box::new(Row { stored, fingerprint: [0; 32], parts: BTreeMap::new() });
        data.write(Staged::Opened { row, decision: Box::new(first), now: Moment(1_000) });
        data.check(&second).expect("its numbers are its own");
        second.order.attempts[0].number.clone_from(&numbers[0]);
        assert!(matches!(data.check(&second), Err(StoreError::Damaged(_))));
    }
}
