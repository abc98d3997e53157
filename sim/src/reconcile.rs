//! The close of the day (I15): the real reconciliation over the channels' statements and billing's day file, first as they
//! are, then with discrepancies that the seed has put into them. It must find each of those and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use powerhall_backend::clock::timestamp;
use powerhall_backend::reconcile::{Class, Wish, run};
use powerhall_billing::port::DayLine;
use powerhall_channel::port::{Statement, StatementLine, StatementSums};
use powerhall_money::{Deliver, Fen, Moment, Who};

use crate::books::{Books, Refunded};
use crate::chance::{Chance, Fault};
use crate::journals;
use crate::kiosk::Kiosk;
use crate::sim::Sim;
use crate::world::{is_idle, ledger_agrees};

/// The day of every world, in Beijing.
pub const DAY: Date = date(2026, 11, 23);
/// From the beginning of a world (nine in the morning) to midnight.
const MIDNIGHT: u64 = 15 * 3_600_000;
/// Worlds that go on until so near to midnight have a second day, and are not closed.
const LAST: u64 = 14 * 3_600_000;

/// What channels and billing hand out for the day.
#[derive(Clone, Debug, Default)]
pub struct Papers {
    /// The channels' statements.
    pub statements: [Statement; 2],
    /// Billing's day file.
    pub postings: Vec<DayLine>,
}

/// A difference as the report names it: class, name, channel.
type Found = (Class, String, Option<String>);

/// Whether this class can come from the world's own faults: money that nobody told us of, that waits for a person, or
/// that billing contradicted itself about.
const fn is_natural(class: Class) -> bool {
    match class {
        Class::PaidUnheard | Class::Unfinished | Class::PostingStatusDiffers => true,
        Class::PaidUnknownNumber
        | Class::PaidOursOnly
        | Class::Carried
        | Class::AmountDiffers
        | Class::TransactionDiffers
        | Class::Duplicate
        | Class::RefundUnknownNumber
        | Class::RefundUnheard
        | Class::RefundOursOnly
        | Class::PostingUnknownKey
        | Class::PostingOursOnly
        | Class::PostingAmountDiffers
        | Class::PostingDuplicate
        | Class::SumsDiffer
        | Class::JournalSaysPaid
        | Class::JournalLostHere
        | Class::JournalAmountDiffers
        | Class::JournalUnnamed
        | Class::NeverHeard => false,
    }
}

/// Closes the day, when it is over within one.
pub async fn close(sim: &Arc<Sim>, kiosks: &[Arc<Kiosk>]) {
    if sim.ms() > LAST {
        return;
    }
    tokio::time::sleep(Duration::from_millis(MIDNIGHT - 1_800_000 - sim.ms())).await;
    let journals = journals::upload(sim, kiosks).await;
    tokio::time::sleep(Duration::from_millis(MIDNIGHT + 600_000 - sim.ms())).await;
    let truth = sim.truth();
    let papers = sim.with(|inner| Papers::of(&inner.books, truth));
    let Some(true_ones) = differences(sim, &papers, false).await else { return };
    for (class, name, _) in true_ones.iter().filter(|(class, ..)| !is_natural(*class)) {
        if !journals.contains(&(*class, name.clone())) {
            sim.violation(format!("I15: the books agree, and reconciliation finds {} {name}", class.word()));
        }
    }
    for (class, name) in &journals {
        if !true_ones.iter().any(|(found, order, _)| found == class && order == name) {
            sim.violation(format!("I15: reconciliation does not find {} {name}", class.word()));
        }
    }
    let unheard = true_ones.iter().filter(|(class, ..)| *class == Class::PaidUnheard).count();
    let taken = sim.with(|inner| transactions(&inner.books));
    let held = held(sim);
    let really = taken.iter().filter(|transaction| !held.contains(*transaction)).count();
    if unheard != really {
        sim.violation(format!("I15: {really} payments were never told, reconciliation finds {unheard}"));
    }
    let (bent, planted) = plant(sim, &papers, &true_ones);
    let Some(found) = differences(sim, &bent, false).await else { return };
    let expected: BTreeSet<Found> = true_ones.union(&planted).cloned().collect();
    for (class, name, _) in expected.difference(&found) {
        sim.violation(format!("I15: reconciliation does not find {} {name}", class.word()));
    }
    for (class, name, _) in found.difference(&expected) {
        sim.violation(format!("I15: reconciliation finds {} {name}, which is not so", class.word()));
    }
    // What only the statement knew is taken in by it, once.
    let Some(_) = differences(sim, &papers, true).await else { return };
    while !is_idle(sim).await && sim.ms() < 2 * MIDNIGHT {
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    ledger_agrees(sim, true).await;
    let Some(left) = differences(sim, &papers, true).await else { return };
    if let Some((_, name, _)) = left.iter().find(|(class, ..)| *class == Class::PaidUnheard) {
        sim.violation(format!("I15: {name} was settled by the statement and is still unheard of"));
    }
}

/// Runs the day's reconciliation over these papers.
async fn differences(sim: &Arc<Sim>, papers: &Papers, settle: bool) -> Option<BTreeSet<Found>> {
    sim.with(|inner| inner.papers = Some(papers.clone()));
    let backend = sim.current()?.backend();
    match run(&backend, Wish { day: DAY, settle, close: false }, Who::Person("clerk")).await {
        Ok(ran) => {
            let rows = ran.report.differences.into_iter().map(|row| row.difference);
            Some(rows.map(|found| (found.class, found.name, found.channel)).collect())
        }
        Err(error) => {
            sim.violation(format!("I15: the day cannot be reconciled: {error}"));
            None
        }
    }
}

/// Every transaction by which a channel took money.
fn transactions(books: &Books) -> Vec<String> {
    let trades = books.channels.iter().flat_map(|book| book.trades.values());
    trades.flat_map(|trade| &trade.payments).map(|paid| paid.transaction.clone()).collect()
}

/// Transactions that we hold.
fn held(sim: &Sim) -> BTreeSet<String> {
    let mut held = BTreeSet::new();
    if let Some(store) = sim.living_store() {
        store.for_each_order(|order| {
            for attempt in &order.attempts {
                let further = attempt.further.iter().map(|further| &further.payment);
                held.extend(attempt.payment.iter().chain(further).map(|paid| paid.transaction.clone()));
            }
        });
    }
    held
}

impl Papers {
    /// True papers, from the outside world's books.
    fn of(books: &Books, now: i64) -> Self {
        let at = |ms| timestamp(Moment(ms));
        let statements = [0, 1].map(|which| {
            let trades: BTreeMap<_, _> = books.channels[which].trades.iter().collect();
            let mut lines = Vec::new();
            for (number, trade) in trades {
                lines.extend(trade.payments.iter().map(|paid| StatementLine {
                    number: number.clone(),
                    refund_number: None,
                    amount: Fen::new(paid.amount),
                    transaction: paid.transaction.clone(),
                    at: at(paid.at),
                }));
                let back = trade.refunds.iter().filter(|(_, back)| back.state(now) != Refunded::Abnormal);
                lines.extend(back.map(|(refund, back)| StatementLine {
                    number: number.clone(),
                    refund_number: Some(refund.clone()),
                    amount: Fen::new(-back.amount),
                    transaction: format!("of-{refund}"),
                    at: at(back.ends),
                }));
            }
            let sums = Some(sums(&lines));
            Statement { lines, sums }
        });
        let postings = books.billing.postings.iter().map(|(key, on)| DayLine {
            key: key.clone(),
            amount: Fen::new(on.amount),
            number: on.number.clone(),
        });
        Self { statements, postings: postings.collect() }
    }
}

fn sums(lines: &[StatementLine]) -> StatementSums {
    let total = lines.iter().map(|line| line.amount.get()).sum();
    StatementSums { total: Fen::new(total), lines: lines.len() as u64 }
}

/// Puts discrepancies into the papers, each into a line that agreed, and says what must be found.
fn plant(sim: &Sim, papers: &Papers, before: &BTreeSet<Found>) -> (Papers, BTreeSet<Found>) {
    let (posted, refunds) = agreed(sim);
    let taken: BTreeSet<&str> = before.iter().filter_map(|(_, name, _)| name.split(':').next()).collect();
    sim.with(|inner| {
        let chance = &mut inner.chance;
        let (mut bent, mut planted) = (papers.clone(), BTreeSet::new());
        for (which, statement) in bent.statements.iter_mut().enumerate() {
            let id = inner.books.channels[which].id;
            let alone = |number: &str| {
                inner.books.channels[which].trades.get(number).is_some_and(|trade| trade.payments.len() == 1)
            };
            let mut lines = Vec::new();
            for line in std::mem::take(&mut statement.lines) {
                let name = line.refund_number.clone().unwrap_or_else(|| line.number.clone());
                let fit = line.refund_number.as_ref().map_or(alone(&name), |refund| refunds.contains(refund));
                if !fit || taken.contains(name.as_str()) || !chance.percent(10) {
                    lines.push(line);
                    continue;
                }
                let class = bend(chance, line, &mut lines);
                planted.insert((class, name, Some(id.to_owned())));
            }
            if chance.percent(20) {
                chance.count(Fault::StatementExtra);
                let number = "00000000000000000000000000X1".to_owned();
                planted.insert((Class::PaidUnknownNumber, number.clone(), Some(id.to_owned())));
                lines.push(StatementLine {
                    number,
                    refund_number: None,
                    amount: Fen::new(chance.between(1, 50_000) as i64),
                    transaction: format!("{id}-stray"),
                    at: timestamp(Moment(crate::sim::BEGIN + 1_000)),
                });
            }
            // Some files have sums that fit what was done to them; with others it shows.
            let fits = chance.percent(50);
            let real = sums(&lines);
            if !fits && statement.sums.is_some_and(|sums| sums != real) {
                planted.insert((Class::SumsDiffer, "statement".to_owned(), Some(id.to_owned())));
            } else {
                statement.sums = Some(real);
            }
            statement.lines = lines;
        }
        let mut postings = Vec::new();
        for mut line in std::mem::take(&mut bent.postings) {
            if !posted.contains(&line.key) || taken.contains(line.key.as_str()) || !chance.percent(10) {
                postings.push(line);
                continue;
            }
            let key = line.key.clone();
            let (class, fault) = match chance.below(3) {
                0 => (Class::PostingOursOnly, Fault::StatementMissing),
                1 => {
                    line.amount = Fen::new(line.amount.get() + 1);
                    postings.push(line);
                    (Class::PostingAmountDiffers, Fault::StatementAltered)
                }
                _ => {
                    postings.extend([line.clone(), line]);
                    (Class::PostingDuplicate, Fault::StatementExtra)
                }
            };
            chance.count(fault);
            planted.insert((class, key, None));
        }
        bent.postings = postings;
        (bent, planted)
    })
}

/// Does something to a line of a statement.
fn bend(chance: &mut Chance, mut line: StatementLine, lines: &mut Vec<StatementLine>) -> Class {
    let is_refund = line.refund_number.is_some();
    let (class, fault) = match chance.below(4) {
        0 if is_refund => (Class::RefundOursOnly, Fault::StatementMissing),
        0 => (Class::PaidOursOnly, Fault::StatementMissing),
        1 => {
            lines.extend([line.clone(), line]);
            (Class::Duplicate, Fault::StatementExtra)
        }
        2 if !is_refund => {
            line.transaction = format!("{}-renamed", line.transaction);
            lines.push(line);
            (Class::TransactionDiffers, Fault::StatementAltered)
        }
        _ => {
            line.amount = Fen::new(line.amount.get() + chance.between(1, 100) as i64);
            lines.push(line);
            (Class::AmountDiffers, Fault::StatementAltered)
        }
    };
    chance.count(fault);
    class
}

/// Keys that are posted and refunds that are done in our books.
fn agreed(sim: &Sim) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut posted, mut refunds) = (BTreeSet::new(), BTreeSet::new());
    if let Some(store) = sim.living_store() {
        store.for_each_order(|order| {
            let lines = order.lines.iter().filter(|line| line.deliver == Deliver::Posted);
            posted.extend(lines.map(|line| line.key.clone()));
            let done = order.refunds.iter().filter(|refund| refund.state == Deliver::Refunded);
            refunds.extend(done.map(|refund| refund.number.clone()));
        });
    }
    (posted, refunds)
}
