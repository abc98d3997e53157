//! The kiosks' journals on their way to the backend before midnight: by the real route, chained as a kiosk chains
//! them. The seed leaves orders out and alters amounts; reconciliation must find each of these and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use powerhall_api::{JournalEntry, JournalFact, JournalUpload};
use powerhall_backend::reconcile::Class;
use powerhall_flow::Fact;
use powerhall_money::Fen;
use uuid::Uuid;

use crate::chance::Fault;
use crate::kiosk::Kiosk;
use crate::network::Client;
use crate::sim::Sim;

/// Rows in one upload, as many as a kiosk sends.
const BATCH: usize = 200;

/// Uploads every kiosk's journal, bent by the seed, and says what reconciliation must find: class and order.
pub async fn upload(sim: &Arc<Sim>, kiosks: &[Arc<Kiosk>]) -> BTreeSet<(Class, String)> {
    let known = known(sim);
    let mut expected = BTreeSet::new();
    for kiosk in kiosks {
        let mut planted = BTreeSet::new();
        let rows = bent(sim, kiosk.journal(), &known, &mut planted);
        // Of a kiosk that has sent nothing, nothing can be missing.
        if rows.is_empty() {
            continue;
        }
        expected.extend(planted);
        let client = Client { sim: Arc::clone(sim), kiosk: kiosk.name() };
        send(sim, &client, rows).await;
    }
    expected
}

/// The orders that the backend has, with their amounts.
fn known(sim: &Sim) -> BTreeMap<Uuid, Fen> {
    let mut known = BTreeMap::new();
    if let Some(store) = sim.living_store() {
        store.for_each_order(|order| {
            known.insert(order.id, order.amount);
        });
    }
    known
}

/// The rows as they are uploaded; what that must come to is `planted`.
fn bent(
    sim: &Sim,
    rows: Vec<(Uuid, Fact)>,
    known: &BTreeMap<Uuid, Fen>,
    planted: &mut BTreeSet<(Class, String)>,
) -> Vec<(Uuid, JournalFact)> {
    let mut left_out = BTreeSet::new();
    let mut told = Vec::with_capacity(rows.len());
    for (order, fact) in rows {
        let fact = match fact {
            Fact::Named { amount } => {
                let here = known.contains_key(&order);
                let (leave, alter) = sim.with(|inner| (inner.chance.percent(4), inner.chance.percent(4)));
                if here && leave {
                    sim.with(|inner| inner.chance.count(Fault::JournalOrderMissing));
                    planted.insert((Class::JournalUnnamed, order.to_string()));
                    left_out.insert(order);
                } else if here && alter {
                    sim.with(|inner| inner.chance.count(Fault::JournalAmountAltered));
                    planted.insert((Class::JournalAmountDiffers, order.to_string()));
                } else if !here {
                    planted.insert((Class::NeverHeard, order.to_string()));
                }
                JournalFact::Named {
                    amount_fen: if here && alter { Fen::new(amount.get() + 1) } else { amount },
                }
            }
            Fact::Stands { version, collect } => JournalFact::Stands { version, collect },
            Fact::Ended => JournalFact::Ended,
        };
        if !left_out.contains(&order) {
            told.push((order, fact));
        }
    }
    told
}

async fn send(sim: &Sim, client: &Client, rows: Vec<(Uuid, JournalFact)>) {
    let book =
        Uuid::from_u128(u128::from_be_bytes(*b"a book of paper.") ^ u128::from(sim.between(0, u64::MAX - 1)));
    let at = sim.truth();
    let mut before = [0; 32];
    let mut seq = 0;
    for batch in rows.chunks(BATCH) {
        let first = hex(&before);
        let mut entries = Vec::with_capacity(batch.len());
        for (order_id, fact) in batch {
            seq += 1;
            let mut entry = JournalEntry { seq, order_id: *order_id, fact: *fact, at, hash: String::new() };
            before = entry.chained(&before);
            entry.hash = hex(&before);
            entries.push(entry);
        }
        let upload = JournalUpload { book, before: first, pruned_through: 0, entries };
        match client.upload(&upload).await {
            Ok(answer) if answer.acked_through == seq && answer.refused.is_empty() => {}
            Ok(answer) => sim.violation(format!("I15: a whole journal is not taken: {answer:?}")),
            Err(trouble) => sim.violation(format!("I15: a journal cannot be uploaded: {trouble:?}")),
        }
    }
}

fn hex(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
