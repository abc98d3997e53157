//! The store in memory is the store on SQLite: the same random calls on both give the same answers and leave the same
//! behind. Amounts, numbers and times are from small ranges, so that calls meet each other.

use std::sync::Arc;

use powerhall_api::{
    CallRequest, JournalEntry, JournalHead, Left, Measure, MeasureBatch, Personal, Place, Scope,
};
use powerhall_backend::call_backs::CallBackRow;
use powerhall_backend::calls::Attend;
use powerhall_backend::measures;
use powerhall_backend::reconcile::Close;
use powerhall_backend::store::{
    Choice, DayQuery, DayWrite, InstantDisk, MemoryStore, OpenOrder, OrderedLine, OrderedQuote, SqliteStore,
    Store, Use,
};
use powerhall_backend::suspensions::SuspensionRow;
use powerhall_money::{
    Cause, ChannelFacts, Command, Context, Fen, FenceAnswer, Moment, NewOrder, Outcome, Payment, Policy,
    Posted, RefundAnswer, Review, Trade, Verdict, Who, numbers,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::same_store_office::{DAYS, batch, book, upload, write_row};

/// A call, drawn small.
#[derive(Clone, Debug)]
enum Call {
    Open {
        order: u8,
        kiosk: u8,
        fen: i64,
    },
    Replay {
        order: u8,
        kiosk: u8,
        fen: i64,
    },
    Change {
        order: u8,
        what: u8,
        part: u8,
    },
    Notified {
        order: u8,
        attempt: u32,
        event: u8,
        fen: i64,
        transaction: u8,
    },
    Claim {
        limit: u32,
        lease: i64,
    },
    Finish {
        which: u8,
        what: u8,
    },
    Decide {
        which: u8,
        verdict: u8,
    },
    Pass {
        ms: i64,
    },
    /// A kiosk writes a row, and uploads from one of its rows on, perhaps bent.
    Journal {
        kiosk: u8,
        order: u8,
        fact: u8,
        from: u8,
        bent: u8,
    },
    Head {
        kiosk: u8,
        back: u8,
    },
    Statement {
        day: u8,
        order: u8,
        refund: bool,
        fen: i64,
        transaction: u8,
    },
    /// A customer calls the guide, perhaps again, or needs nobody any more.
    Guide {
        kiosk: u8,
        id: u8,
        place: u8,
        end: bool,
    },
    Attend {
        kiosk: u8,
        done: bool,
    },
    /// A customer asks to be rung, or somebody has rung.
    Ring {
        application: u8,
        kiosk: u8,
        done: bool,
    },
    /// The kiosks are suspended for a while, or it is ended.
    Suspend {
        id: u8,
        begins: i64,
        lasts: i64,
        resume: bool,
    },
    Measure {
        batch: u8,
        day: u8,
        places: Vec<u8>,
    },
    Day {
        day: u8,
        differences: u8,
        close: bool,
    },
}

fn call() -> impl Strategy<Value = Call> {
    prop_oneof![
        2 => (0..4_u8, 0..2_u8, 1..3_i64).prop_map(|(order, kiosk, fen)| Call::Open { order, kiosk, fen }),
        1 => (0..4_u8, 0..2_u8, 1..3_i64).prop_map(|(order, kiosk, fen)| Call::Replay { order, kiosk, fen }),
        6 => (0..5_u8, 0..14_u8, 0..3_u8).prop_map(|(order, what, part)| Call::Change { order, what, part }),
        2 => (0..5_u8, 1..3_u32, 0..4_u8, 1..3_i64, 0..2_u8).prop_map(
            |(order, attempt, event, fen, transaction)| Call::Notified { order, attempt, event, fen, transaction }
        ),
        3 => (1..4_u32, 0..5_000_i64).prop_map(|(limit, lease)| Call::Claim { limit, lease }),
        3 => (any::<u8>(), 0..14_u8).prop_map(|(which, what)| Call::Finish { which, what }),
        2 => (any::<u8>(), 0..6_u8).prop_map(|(which, verdict)| Call::Decide { which, verdict }),
        2 => (0..200_000_i64).prop_map(|ms| Call::Pass { ms }),
        3 => (0..2_u8, 0..5_u8, 0..4_u8, any::<u8>(), 0..8_u8).prop_map(
            |(kiosk, order, fact, from, bent)| Call::Journal { kiosk, order, fact, from, bent }
        ),
        1 => (0..2_u8, 0..3_u8).prop_map(|(kiosk, back)| Call::Head { kiosk, back }),
        2 => (0..2_u8, 0..4_u8, any::<bool>(), 1..3_i64, 0..2_u8).prop_map(
            |(day, order, refund, fen, transaction)| Call::Statement { day, order, refund, fen, transaction }
        ),
        3 => (0..2_u8, 0..4_u8, 0..2_u8, prop::bool::weighted(0.2)).prop_map(
            |(kiosk, id, place, end)| Call::Guide { kiosk, id, place, end }
        ),
        2 => (0..6_u8, 0..2_u8, prop::collection::vec(0..3_u8, 1..4)).prop_map(
            |(batch, day, places)| Call::Measure { batch, day, places }
        ),
        2 => (0..2_u8, any::<bool>()).prop_map(|(kiosk, done)| Call::Attend { kiosk, done }),
        2 => (0..3_u8, 0..2_u8, any::<bool>()).prop_map(
            |(application, kiosk, done)| Call::Ring { application, kiosk, done }
        ),
        2 => (any::<u8>(), 0..90_000_i64, 1..200_000_i64, prop::bool::weighted(0.3)).prop_map(
            |(id, begins, lasts, resume)| Call::Suspend { id, begins, lasts, resume }
        ),
        2 => (0..2_u8, 0..8_u8, any::<bool>()).prop_map(
            |(day, differences, close)| Call::Day { day, differences, close }
        ),
    ]
}

pub fn id(order: u8) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(order))
}

fn new_order(order: u8, kiosk: u8, fen: i64) -> OpenOrder {
    OpenOrder {
        kiosk: format!("k{kiosk}"),
        fingerprint: [fen as u8; 32],
        new: NewOrder {
            id: id(order),
            reference: String::new(),
            lines: vec![(0, Fen::new(fen)), (1, Fen::new(2))],
            channel: ChannelFacts {
                id: "c".to_owned(),
                merchant: "m".to_owned(),
                can_close: order.is_multiple_of(2),
            },
        },
        quote: OrderedQuote {
            quote_id: "q".to_owned(),
            lines: vec![OrderedLine {
                line: 0,
                account: Personal::from("5101234567127"),
                account_masked: Personal::from("510*******127"),
                use_as: Use::default(),
                periods: Vec::new(),
                exact: false,
                quoted_on: None,
            }],
        },
    }
}

fn payment(fen: i64, transaction: u8) -> Payment {
    Payment {
        transaction: format!("T{transaction}"),
        amount: Fen::new(fen + 2),
        currency: "CNY".to_owned(),
        merchant: "m".to_owned(),
        at: Moment(1_500),
    }
}

fn command(order: u8, what: u8, part: u8) -> Command {
    let attempt = u32::from(part.max(1));
    let line = u32::from(part % 2);
    let number = numbers::refund_number(&numbers::attempt_number(id(order), 1), (part < 2).then_some(line));
    let posted =
        Posted { number: "B".to_owned(), amount: Fen::new(1), arrears: Fen::ZERO, credit: Fen::ZERO };
    match what {
        0 => Command::Leave("left".to_owned()),
        1 => Command::Extend,
        2 => Command::CodeAnswered { attempt, outcome: Outcome::Definite("code".to_owned()) },
        3 => Command::CodeAnswered { attempt, outcome: Outcome::Unknown(Cause::Timeout) },
        4 => Command::Queried { attempt, outcome: Outcome::Definite(Trade::Paid(payment(1, part))) },
        5 => Command::CloseAnswered { attempt, outcome: Outcome::Definite(Trade::Closed) },
        6 => Command::CloseAnswered { attempt, outcome: Outcome::Unknown(Cause::Network) },
        7 => Command::PostAnswered { line, outcome: Outcome::Definite(posted) },
        8 => Command::PostAnswered { line, outcome: Outcome::Rejected("no".to_owned()) },
        9 => Command::PostAnswered { line, outcome: Outcome::Unknown(Cause::Timeout) },
        10 => Command::FenceAnswered { line, outcome: Outcome::Definite(FenceAnswer::Fenced) },
        11 => Command::RefundAnswered { number, outcome: Outcome::Definite(RefundAnswer::Done) },
        12 => Command::RefundAnswered { number, outcome: Outcome::Definite(RefundAnswer::Abnormal) },
        _ => Command::NewAttempt { no: attempt, channel: new_order(order, 0, 1).new.channel },
    }
}

fn choice(verdict: u8) -> Choice {
    match verdict {
        0 => Choice::Noted,
        1 => Choice::Money(Verdict::Post),
        2 => Choice::Money(Verdict::Credit),
        3 => Choice::Money(Verdict::Refund),
        4 => Choice::Money(Verdict::Retry),
        _ => Choice::Money(Verdict::Outside { reference: "desk-7".to_owned() }),
    }
}

/// Errors are compared by their kind: the texts of a database are its own.
fn told<T: std::fmt::Debug, E>(answer: Result<T, E>) -> String {
    answer.map_or_else(|_| "refused".to_owned(), |value| format!("{value:?}"))
}

/// Everything that can be read.
async fn read(store: &dyn Store) -> Vec<String> {
    let mut seen = vec![
        told(store.next_due().await),
        told(store.review_list(true).await),
        told(store.review_list(false).await),
        told(store.balances().await.map(|rows| {
            // A balance of nothing and no balance are the same.
            rows.into_iter().filter(|(_, fen)| *fen != Fen::ZERO).collect::<Vec<_>>()
        })),
    ];
    for kiosk in ["k0", "k1"] {
        seen.push(told(store.open_orders(kiosk).await));
    }
    for order in 0..5 {
        seen.push(told(store.order(id(order)).await));
    }
    for day in DAYS {
        let numbers = (0..4).map(|order| numbers::attempt_number(id(order), 1));
        let refunds =
            (0..4).map(|order| numbers::refund_number(&numbers::attempt_number(id(order), 1), None));
        let query = DayQuery {
            day: day.to_owned(),
            from: Moment(0),
            to: Moment(300_000),
            numbers: numbers.take(2).chain(refunds.take(1)).collect(),
            keys: Vec::new(),
        };
        seen.push(told(store.day_records(&query).await));
    }
    for (row, _) in store.review_list(false).await.unwrap_or_default() {
        seen.push(told(store.review(&row.key).await));
    }
    seen
}

async fn play(store: &dyn Store, calls: &[Call]) -> Vec<String> {
    let policy = Policy::default();
    let mut seen = Vec::new();
    let mut jobs = Vec::new();
    let mut now = Moment(1_000);
    let mut journals: [Vec<JournalEntry>; 2] = Default::default();
    let mut suspended = 0_u128;
    for call in calls {
        let ctx = Context {
            now,
            tries: 0,
            interrupted: false,
            steady_since: Moment(0),
            policy: &policy,
            who: Who::Kiosk("k"),
        };
        seen.push(match call {
            Call::Open { order, kiosk, fen } => {
                told(store.open_order(new_order(*order, *kiosk, *fen), ctx).await)
            }
            Call::Replay { order, kiosk, fen } => {
                told(store.replay(id(*order), &format!("k{kiosk}"), [*fen as u8; 32]).await)
            }
            Call::Change { order, what, part } => {
                told(store.change(id(*order), command(*order, *what, *part), ctx).await)
            }
            Call::Notified { order, attempt, event, fen, transaction } => {
                let number = numbers::attempt_number(id(*order), *attempt);
                told(
                    store
                        .notified("c", &format!("E{event}"), &number, payment(*fen, *transaction), ctx)
                        .await,
                )
            }
            Call::Claim { limit, lease } => {
                let claimed = store.claim(now, now.plus_ms(*lease), *limit).await.map(|mut jobs| {
                    jobs.sort_by(|a, b| (a.order_id, &a.task).cmp(&(b.order_id, &b.task)));
                    jobs
                });
                let words = told(claimed.as_ref());
                jobs.extend(claimed.unwrap_or_default());
                words
            }
            Call::Finish { which, what } => match jobs.get(usize::from(*which) % jobs.len().max(1)) {
                Some(job) => {
                    told(store.finish(job, command(job.order_id.as_u128() as u8, *what, 1), ctx).await)
                }
                None => String::new(),
            },
            Call::Decide { which, verdict } => {
                let list = store.review_list(false).await.unwrap_or_default();
                match list.get(usize::from(*which) % list.len().max(1)) {
                    Some((row, _)) => {
                        told(store.decide_review(&row.key, &choice(*verdict), "why", ctx).await)
                    }
                    None => String::new(),
                }
            }
            Call::Pass { ms } => {
                now = now.plus_ms(*ms);
                String::new()
            }
            Call::Journal { kiosk, order, fact, from, bent } => {
                let rows = &mut journals[usize::from(*kiosk)];
                write_row(rows, id(*order), *fact, now);
                let upload = upload(*kiosk, rows, usize::from(*from) % rows.len(), *bent);
                told(store.journal(&format!("k{kiosk}"), &upload, now).await)
            }
            Call::Guide { kiosk, id: call, end: true, .. } => {
                told(store.end_call(&format!("k{kiosk}"), id(*call), now).await)
            }
            Call::Guide { kiosk, id: call, place, end: false } => {
                let place = Place::ALL[usize::from(*place)];
                let request = CallRequest { id: id(*call), place, reference: None };
                told(store.call(&format!("k{kiosk}"), &request, now).await)
            }
            Call::Ring { application, kiosk, done } => {
                let number = format!("26110500013{application}");
                let one = if *done {
                    told(store.called_back(&number, "clerk", now).await)
                } else {
                    let ring_by = "2026-11-24".to_owned();
                    let kiosk = format!("k{kiosk}");
                    let application = Personal::new(number.clone());
                    let new = CallBackRow { application, kiosk, asked: now, ring_by, done: None };
                    told(store.ask_call_back(&new).await)
                };
                one + &told(store.call_back(&number).await) + &told(store.call_backs().await)
            }
            Call::Measure { batch, day, places } => {
                let stay = |place: &u8| Measure::Stay {
                    place: Place::ALL[usize::from(*place)],
                    left: Left::Next,
                    ms: 1_000 * u32::from(*place),
                };
                let batch = MeasureBatch { id: id(*batch), measures: places.iter().map(stay).collect() };
                let (counts, day) = (measures::counts(&batch), DAYS[usize::from(*day)]);
                told(store.measure(batch.id, day, &counts, now).await)
                    + &told(store.measured(DAYS[0], day).await)
                    + &told(store.measured(DAYS[1], DAYS[1]).await)
            }
            Call::Attend { kiosk, done } => {
                let attend = if *done { Attend::End } else { Attend::Take };
                let attended = store.attend(&format!("k{kiosk}"), attend, "guide", now).await;
                told(attended.map(|call| (call, now))) + &told(store.calls(now).await)
            }
            Call::Suspend { id: place, resume: true, .. } => {
                let live = store.suspensions(now).await.unwrap_or_default();
                let named =
                    live.get(usize::from(*place) % live.len().max(1)).map_or(id(*place), |row| row.id);
                told(store.resume(named, now).await) + &told(store.suspensions(now).await)
            }
            Call::Suspend { begins, lasts, .. } => {
                // A name is used once.
                suspended += 1;
                let row = SuspensionRow {
                    id: Uuid::from_u128(suspended),
                    scope: if lasts % 2 == 0 { Scope::All } else { Scope::Payment },
                    reason: [("zh_CN".to_owned(), "系统升级".to_owned())].into(),
                    from: now.plus_ms(*begins),
                    until: now.plus_ms(begins + lasts),
                    made: (now, "lead".to_owned()),
                    ended: None,
                };
                told(store.suspend(&row).await) + &told(store.suspensions(now).await)
            }
            Call::Head { kiosk, back } => {
                let rows = &journals[usize::from(*kiosk)];
                let newest = rows.len().checked_sub(1 + usize::from(*back)).map(|place| &rows[place]);
                let head = JournalHead {
                    book: book(*kiosk),
                    seq: newest.map_or(0, |row| row.seq),
                    hash: newest.map_or_else(|| "0".repeat(64), |row| row.hash.clone()),
                };
                told(store.journal_head(&format!("k{kiosk}"), &head, now).await)
            }
            Call::Statement { day, order, refund, fen, transaction } => {
                let batch = batch(*day, *order, *refund, *fen, *transaction);
                told(store.take_statements(&[batch], "job:test", now).await)
            }
            Call::Day { day, differences, close } => {
                let reviews = (0..3)
                    .filter(|n| differences & (1 << n) != 0)
                    .map(|n| Review {
                        key: format!("recon:{}:carried:{n}", DAYS[usize::from(*day)]),
                        reason: "differs".to_owned(),
                        amount: Fen::new(n + 1),
                    })
                    .collect();
                let content = "c".repeat(64);
                let close = close.then(|| Close { at: now, who: "user:leader".to_owned(), content });
                let write = DayWrite { day: DAYS[usize::from(*day)].to_owned(), reviews, close, now };
                told(store.write_day(&write).await)
            }
        });
        seen.extend(read(store).await);
    }
    seen
}

/// What both stores answer to the same calls.
fn both(calls: &[Call]) -> (Vec<String>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(async {
        let sql = SqliteStore::open(&folder.path().join("s.db")).await.expect("opens");
        let memory = MemoryStore::new(Arc::new(InstantDisk));
        let seen = (play(&sql, calls).await, play(&memory, calls).await);
        sql.close().await;
        seen
    })
}

/// Two orders opened in the other order than their numbers': the list of those unnamed stands by number.
#[test]
fn orders_that_a_journal_does_not_name_are_told_by_number() {
    let calls = [
        Call::Journal { kiosk: 0, order: 4, fact: 0, from: 0, bent: 0 },
        Call::Open { order: 3, kiosk: 0, fen: 1 },
        Call::Pass { ms: 1 },
        Call::Open { order: 0, kiosk: 0, fen: 1 },
        Call::Pass { ms: 61_893 },
        Call::Head { kiosk: 0, back: 0 },
    ];
    let (sql, memory) = both(&calls);
    assert_eq!(sql, memory);
}

/// Each payment of a number that nobody made is money of its own, and stands on the list once, however often it is told.
#[test]
fn an_unknown_number_that_is_paid_twice_is_on_the_list_twice() {
    let paid = |event, transaction| Call::Notified { order: 4, attempt: 1, event, fen: 1, transaction };
    let (sql, memory) = both(&[paid(0, 0), paid(1, 1), paid(2, 1)]);
    assert_eq!(sql, memory);
    // What was read last are the sheets of the reviews, one by one.
    let sheets: Vec<_> = sql.iter().rev().take_while(|seen| seen.contains("unclaimed:c:")).collect();
    assert_eq!(sheets.len(), 2, "{sheets:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_store_in_memory_is_the_store_on_sqlite(calls in prop::collection::vec(call(), 1..60)) {
        let (sql, memory) = both(&calls);
        for (step, (a, b)) in sql.iter().zip(&memory).enumerate() {
            prop_assert_eq!(a, b, "at {}", step);
        }
    }
}
