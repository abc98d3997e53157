//! Several accounts in one payment. The pages of a kiosk are not what is tested here, so the orders of some of its customers
//! get further lines on their way out: the same amount, split over up to three accounts, the same at every try.

use std::sync::Arc;

use powerhall_api as api;
use powerhall_money::Fen;
use uuid::Uuid;

use crate::chance::Chance;
use crate::sim::{Inner, Sim};

/// The most that a further account gets as credit when what it owes does not fit.
const MOST_CREDIT: u64 = 400;

/// One or two further accounts for a customer, now and then, by their numbers.
pub fn companions(sim: &Sim) -> Vec<String> {
    sim.with(|inner| {
        let Inner { chance, books, .. } = inner;
        if !chance.percent(35) {
            return Vec::new();
        }
        let known: Vec<&String> = books.billing.accounts.keys().collect();
        let mut chosen: Vec<String> = (0..chance.between(1, 2)).map(|_| pick(chance, &known)).collect();
        chosen.sort();
        chosen.dedup();
        chosen
    })
}

fn pick(chance: &mut Chance, known: &[&String]) -> String {
    let newest = known.len().saturating_sub(6);
    let at = chance.between(newest as u64, known.len().saturating_sub(1) as u64) as usize;
    known.get(at).map(|number| (*number).clone()).unwrap_or_default()
}

/// The order with a line for each account of its quote. What a further account owes is paid with its months when it fits, so
/// that billing may refuse it if somebody has paid them; else it gets some credit. The rest stays on the first line.
pub fn spread(sim: &Arc<Sim>, id: Uuid, request: &api::OrderRequest) -> api::OrderRequest {
    let quote = sim.with(|inner| inner.quotes.get(&request.quote_id).cloned());
    let (Some(quote), [first]) = (quote, request.lines.as_slice()) else { return request.clone() };
    let dice = u64::from_be_bytes(id.as_bytes()[8..].try_into().unwrap_or_default());
    let mut left = first.amount_fen.get();
    let mut lines = Vec::new();
    for line in quote.lines.iter().filter(|line| line.line != first.line) {
        let owed = line.total_fen.get();
        let credit = (dice >> (8 * line.line)) % MOST_CREDIT + 1;
        let exact = owed > 0 && owed < left;
        let share = if exact { owed } else { i64::try_from(credit).unwrap_or(1).max(line.min_fen.get()) };
        // The first account keeps something that its quote allows.
        if left - share < quote.lines[0].min_fen.get().max(1) || share > line.max_fen.get() {
            continue;
        }
        left -= share;
        lines.push(api::OrderLineRequest {
            line: line.line,
            amount_fen: Fen::new(share),
            periods: Vec::new(),
        });
    }
    if lines.is_empty() {
        return request.clone();
    }
    lines.insert(
        0,
        api::OrderLineRequest { line: first.line, amount_fen: Fen::new(left), periods: Vec::new() },
    );
    api::OrderRequest { lines, ..request.clone() }
}
