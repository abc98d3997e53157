//! The comparison of a day's books against books that are right but for what was planted: every planted discrepancy is
//! found, in its class and under its name, and nothing else.

use std::collections::BTreeSet;

use powerhall_api::Collect as Told;
use powerhall_backend::reconcile::{
    Books, Class, DAY_MS, JournalFacts, Line, Posting, Records, STRADDLE_MS, Statement, Sums, compare,
};
use powerhall_money::{
    ChannelFacts, Command, Context, Deliver, Fen, Moment, NewOrder, Order, Outcome, Payment, Policy, Posted,
    RefundAnswer, Trade, Who, decide, open,
};
use proptest::prelude::*;
use uuid::Uuid;

pub const FROM: Moment = Moment(1_795_363_200_000);
pub const NOON: i64 = DAY_MS / 2;
pub const CHANNEL: &str = "fake";
const KIOSK: &str = "k";

/// How an order of the day has ended.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Posted,
    Refunded,
    PaidTwice,
    Closed,
}

fn ends() -> impl Strategy<Value = Vec<End>> {
    let end = prop_oneof![
        4 => Just(End::Posted),
        2 => Just(End::Refunded),
        1 => Just(End::PaidTwice),
        2 => Just(End::Closed),
    ];
    // The four ends are always there, so that everything can be planted.
    prop::collection::vec(end, 0..12).prop_map(|more| {
        let mut all = vec![End::Posted, End::Posted, End::Refunded, End::PaidTwice, End::Closed];
        all.extend(more);
        all
    })
}

/// An order that the machines themselves led to its end.
fn order(n: u128, end: End) -> Order {
    let policy = Policy::default();
    let now = FROM.plus_ms(NOON + i64::try_from(n).expect("small") * 1000);
    let ctx = Context {
        now,
        tries: 0,
        interrupted: false,
        policy: &policy,
        who: Who::Job("test"),
        steady_since: now,
    };
    let channel = || ChannelFacts { id: CHANNEL.into(), merchant: "m".into(), can_close: true };
    let amount = Fen::new(1_000 + i64::try_from(n).expect("small"));
    let id = Uuid::from_u128(n + 1);
    let new = NewOrder { id, reference: format!("R{n}"), lines: vec![(0, amount)], channel: channel() };
    let mut order = open(new, ctx).expect("opens").order;
    let mut tell = |command| order = decide(&order, command, ctx).expect("possible").order;
    let paid = |attempt: u32| Command::Queried {
        attempt,
        outcome: Outcome::Definite(Trade::Paid(Payment {
            transaction: format!("T{n}-{attempt}"),
            amount,
            currency: "CNY".into(),
            merchant: "m".into(),
            at: now,
        })),
    };
    let closed = |attempt| Command::CloseAnswered { attempt, outcome: Outcome::Definite(Trade::Closed) };
    let posted = Posted { number: format!("B{n}"), amount, arrears: Fen::ZERO, credit: Fen::ZERO };
    let posted = || Command::PostAnswered { line: 0, outcome: Outcome::Definite(posted.clone()) };
    let refunded =
        |number: String| Command::RefundAnswered { number, outcome: Outcome::Definite(RefundAnswer::Done) };
    let number = |attempt| powerhall_money::numbers::attempt_number(id, attempt);
    match end {
        End::Posted => {
            tell(paid(1));
            tell(posted());
        }
        End::Refunded => {
            tell(paid(1));
            tell(Command::PostAnswered { line: 0, outcome: Outcome::Rejected("account_closed".into()) });
            tell(refunded(powerhall_money::numbers::refund_number(&number(1), Some(0))));
        }
        End::PaidTwice => {
            tell(Command::Leave("left".into()));
            tell(closed(1));
            tell(Command::NewAttempt { no: 2, channel: channel() });
            tell(paid(1));
            tell(paid(2));
            tell(posted());
            tell(refunded(powerhall_money::numbers::refund_number(&number(2), None)));
        }
        End::Closed => {
            tell(Command::Leave("left".into()));
            tell(closed(1));
        }
    }
    order
}

/// Books that agree to the fen.
pub fn right(ends: &[End]) -> Books {
    let orders: Vec<Order> = (0..).zip(ends).map(|(n, end)| order(n, *end)).collect();
    let mut lines = Vec::new();
    let mut postings = Vec::new();
    let mut records = Records::default();
    for order in &orders {
        for attempt in &order.attempts {
            if let Some(payment) = &attempt.payment {
                lines.push(Line {
                    number: attempt.number.clone(),
                    refund: None,
                    amount: payment.amount,
                    transaction: payment.transaction.clone(),
                    at: payment.at,
                });
            }
        }
        for refund in &order.refunds {
            let attempt = order.attempt(refund.attempt).expect("its attempt");
            lines.push(Line {
                number: attempt.number.clone(),
                refund: Some(refund.number.clone()),
                amount: Fen::new(-refund.amount.get()),
                transaction: format!("X{}", refund.number),
                at: order.created_at,
            });
            records.refunds_heard.insert(refund.number.clone(), order.created_at);
        }
        for line in order.lines.iter().filter(|l| l.deliver == Deliver::Posted) {
            let number = line.posted.as_ref().expect("posted").number.clone();
            postings.push(Posting { key: line.key.clone(), amount: line.amount, number });
        }
        let paid = order.attempts.iter().any(|a| a.payment.is_some());
        records.journals.push(JournalFacts {
            kiosk: KIOSK.into(),
            order: order.id,
            named: Some(order.amount),
            stands: Some(if paid { Told::Paid } else { Told::Closed }),
            paid,
        });
    }
    records.journal_until.insert(KIOSK.into(), FROM.plus_ms(DAY_MS));
    records.orders = orders.into_iter().map(|order| (KIOSK.to_owned(), order)).collect();
    lines.sort();
    let statement = Statement { channel: CHANNEL.into(), lines, declared: None };
    let mut books =
        Books { from: FROM, to: FROM.plus_ms(DAY_MS), statements: vec![statement], postings, records };
    books.statements[0].declared = Some(sums(&books));
    books
}

fn sums(books: &Books) -> Sums {
    let lines = &books.statements[0].lines;
    Sums { total: Fen::sum(lines.iter().map(|l| l.amount)).expect("fits"), lines: lines.len() as u64 }
}

pub type Planted = BTreeSet<(Class, String)>;

/// Plants one discrepancy on the order `at`, if it can bear it; gives what must be found.
fn plant(books: &mut Books, class: Class, at: usize) -> Option<Planted> {
    let (_, order) = books.records.orders.get(at)?.clone();
    let paid: Vec<_> = order.attempts.iter().filter(|a| a.payment.is_some()).cloned().collect();
    let first = paid.first().map(|a| a.number.clone());
    let refund = order.refunds.first().map(|r| r.number.clone());
    let key = order.lines[0].key.clone();
    let is_posted = order.lines[0].deliver == Deliver::Posted;
    let lines = &mut books.statements[0].lines;
    let of_payment =
        |lines: &[Line], number: &str| lines.iter().position(|l| l.number == number && l.refund.is_none());
    let facts = books.records.journals.iter_mut().find(|f| f.order == order.id);
    let found = |name: String| Some(Planted::from([(class, name)]));
    match class {
        Class::PaidUnheard => {
            if !paid.is_empty() {
                return None;
            }
            let number = order.attempts[0].number.clone();
            lines.push(Line {
                number: number.clone(),
                refund: None,
                amount: order.amount,
                transaction: "late".into(),
                at: order.created_at,
            });
            found(number)
        }
        Class::PaidUnknownNumber => {
            let number = format!("UNKNOWN{at}");
            let amount = Fen::new(7);
            let transaction = "unknown".into();
            lines.push(Line { number: number.clone(), refund: None, amount, transaction, at: FROM });
            found(number)
        }
        Class::PaidOursOnly => {
            let place = of_payment(lines, first.as_ref()?)?;
            lines.remove(place);
            found(first?)
        }
        Class::Carried => {
            let place = of_payment(lines, first.as_ref()?)?;
            lines.remove(place);
            let (_, order) = &mut books.records.orders[at];
            let attempt = order.attempts.iter_mut().find(|a| Some(&a.number) == first.as_ref())?;
            attempt.payment.as_mut()?.at = books.to.plus_ms(-STRADDLE_MS);
            found(first?)
        }
        Class::AmountDiffers => {
            let place = of_payment(lines, first.as_ref()?)?;
            lines[place].amount = lines[place].amount.plus(Fen::new(1)).expect("fits");
            found(first?)
        }
        Class::TransactionDiffers => {
            let place = of_payment(lines, first.as_ref()?)?;
            lines[place].transaction.push('X');
            found(first?)
        }
        Class::Duplicate => {
            let place = of_payment(lines, first.as_ref()?)?;
            let again = lines[place].clone();
            lines.push(again);
            found(first?)
        }
        Class::RefundUnknownNumber => {
            let number = format!("RUNKNOWN{at}");
            let (amount, transaction) = (Fen::new(-7), "unknown".into());
            let line = Line { number: first?, refund: Some(number.clone()), amount, transaction, at: FROM };
            lines.push(line);
            found(number)
        }
        Class::RefundUnheard => {
            let number = refund?;
            let (_, order) = &mut books.records.orders[at];
            order.refunds[0].state = Deliver::Rejected;
            books.records.refunds_heard.remove(&number);
            // The money has not come to its end for us either.
            Some(Planted::from([(class, number.clone()), (Class::Unfinished, number)]))
        }
        Class::RefundOursOnly => {
            let number = refund?;
            lines.retain(|l| l.refund.as_ref() != Some(&number));
            found(number)
        }
        Class::PostingUnknownKey => {
            let key = format!("PUNKNOWN{at}");
            books.postings.push(Posting { key: key.clone(), amount: Fen::new(5), number: "B".into() });
            found(key)
        }
        Class::PostingStatusDiffers => {
            if is_posted || refund.is_none() {
                return None;
            }
            let posting = Posting { key: key.clone(), amount: order.lines[0].amount, number: "B".into() };
            books.postings.push(posting);
            found(key)
        }
        Class::PostingOursOnly | Class::PostingAmountDiffers | Class::PostingDuplicate => {
            let place = books.postings.iter().position(|p| p.key == key)?;
            match class {
                Class::PostingOursOnly => {
                    books.postings.remove(place);
                }
                Class::PostingAmountDiffers => books.postings[place].amount = Fen::new(1),
                _ => {
                    let again = books.postings[place].clone();
                    books.postings.push(again);
                }
            }
            found(key)
        }
        Class::Unfinished => {
            if !is_posted {
                return None;
            }
            let (_, order) = &mut books.records.orders[at];
            order.lines[0].deliver = Deliver::Posting;
            books.postings.retain(|p| p.key != key);
            found(key)
        }
        Class::SumsDiffer => {
            let mut declared = sums(books);
            declared.lines += 1;
            books.statements[0].declared = Some(declared);
            found("statement".into())
        }
        Class::JournalSaysPaid => {
            let facts = facts.filter(|f| !f.paid)?;
            facts.paid = true;
            found(order.id.to_string())
        }
        Class::JournalLostHere | Class::NeverHeard => {
            let lost = Uuid::from_u128(1_000_000 + at as u128);
            books.records.journals.push(JournalFacts {
                kiosk: KIOSK.into(),
                order: lost,
                named: Some(Fen::new(9)),
                stands: (class == Class::JournalLostHere).then_some(Told::Awaiting),
                paid: false,
            });
            found(lost.to_string())
        }
        Class::JournalAmountDiffers => {
            facts?.named = Some(Fen::new(1));
            found(order.id.to_string())
        }
        Class::JournalUnnamed => {
            books.records.journals.retain(|f| f.order != order.id);
            found(order.id.to_string())
        }
    }
}

pub fn found(books: &Books) -> Planted {
    compare(books).differences.into_iter().map(|d| (d.class, d.name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Each order bears at most one discrepancy, so that none hides another.
    #[test]
    fn what_was_planted_is_found_and_nothing_else(
        ends in ends(),
        plan in prop::collection::vec((0..Class::ALL.len(), 0..17_usize), 0..10),
    ) {
        let mut books = right(&ends);
        prop_assert_eq!(found(&books), Planted::new());
        let clean = compare(&books);
        prop_assert_eq!(clean.channels[CHANNEL].sum, clean.channels[CHANNEL].matched_sum);
        let mut planted = Planted::new();
        let mut used = BTreeSet::new();
        for (class, at) in plan {
            let class = Class::ALL[class];
            // The sums are planted last, over the statement as it then is.
            if class != Class::SumsDiffer && used.insert(at) {
                planted.extend(plant(&mut books, class, at).unwrap_or_default());
            }
        }
        books.statements[0].declared = Some(sums(&books));
        prop_assert_eq!(found(&books), planted.clone());
        planted.extend(plant(&mut books, Class::SumsDiffer, 0).unwrap_or_default());
        prop_assert_eq!(found(&books), planted);
        // To the fen: every line is either matched or a difference.
        let outcome = compare(&books);
        let totals = outcome.channels[CHANNEL];
        let differing: i64 = outcome
            .differences
            .iter()
            .filter(|d| d.channel.is_some() && d.class != Class::SumsDiffer && d.at.is_some())
            .filter(|d| !matches!(d.class, Class::PaidOursOnly | Class::RefundOursOnly | Class::Carried))
            .filter_map(|d| d.theirs)
            .map(Fen::get)
            .sum();
        prop_assert_eq!(totals.matched_sum + differing, totals.sum);
    }
}

#[test]
fn every_class_can_be_planted_and_is_found() {
    let ends = [End::Posted, End::Posted, End::Refunded, End::PaidTwice, End::Closed];
    for class in Class::ALL {
        let mut planted = 0;
        for at in 0..ends.len() {
            let mut books = right(&ends);
            if let Some(expected) = plant(&mut books, class, at) {
                if class != Class::SumsDiffer {
                    books.statements[0].declared = None;
                }
                assert_eq!(found(&books), expected, "{class:?} at {at}");
                planted += 1;
            }
        }
        assert!(planted > 0, "{class:?} was never planted");
    }
}
