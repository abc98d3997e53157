//! Single cases of the comparison that planting at random does not meet: two days, two payments of one number, and what
//! happens after a person has settled something.

use powerhall_backend::reconcile::{Books, Class, DAY_MS, Line, Posting, compare};
use powerhall_money::{Command, Context, Deliver, Fen, Policy, Who, decide};

use crate::recon_pure::{CHANNEL, End, NOON, Planted, found, right};

/// Two clocks put one payment on two days: neither day complains once both statements are there.
#[test]
fn what_straddles_midnight_is_carried_and_then_found() {
    let mut books = right(&[End::Posted]);
    let line = books.statements[0].lines.remove(0);
    books.statements[0].declared = None;
    let second_before = books.to.plus_ms(-1_000);
    let (_, order) = &mut books.records.orders[0];
    order.attempts[0].payment.as_mut().expect("paid").at = second_before;
    assert_eq!(found(&books), Planted::from([(Class::Carried, line.number.clone())]));
    // The next day: its statement has the line.
    let mut next = books.clone();
    (next.from, next.to) = (books.to, books.to.plus_ms(DAY_MS));
    next.postings.clear();
    next.statements[0].lines.push(line.clone());
    assert_eq!(found(&next), Planted::new());
    // Or it has not: then the payment is ours alone, and the next day says so.
    next.statements[0].lines.clear();
    assert_eq!(found(&next), Planted::from([(Class::PaidOursOnly, line.number.clone())]));
    // Our clock is behind: it stood in the statement of the day before.
    let (_, order) = &mut next.records.orders[0];
    order.attempts[0].payment.as_mut().expect("paid").at = next.from.plus_ms(1_000);
    next.postings = right(&[End::Posted]).postings;
    next.records.stated_elsewhere.insert((CHANNEL.into(), line.number, line.transaction));
    assert_eq!(found(&next), Planted::new());
}

/// Books of one order whose number is paid by `T-second` too: heard of or not, stated or not.
fn paid_again(heard: bool, stated: bool) -> (Books, String) {
    let mut books = right(&[End::Posted]);
    books.statements[0].declared = None;
    let mut second = books.statements[0].lines[0].clone();
    second.transaction = "T-second".into();
    let number = second.number.clone();
    let at = second.at;
    if stated {
        books.statements[0].lines.push(second);
    }
    if heard {
        let policy = Policy::default();
        let now = books.from.plus_ms(NOON);
        let who = Who::Job("test");
        let ctx = Context { now, tries: 0, interrupted: false, policy: &policy, who, steady_since: now };
        let (_, order) = &mut books.records.orders[0];
        let mut payment = order.attempts[0].payment.clone().expect("paid");
        (payment.transaction, payment.at) = ("T-second".into(), at);
        let told = Command::Notified { number: number.clone(), payment };
        *order = decide(order, told, ctx).expect("evidence").order;
    }
    (books, number)
}

/// One number paid by two transactions is two lines of a statement, not one line twice.
#[test]
fn a_number_that_was_paid_twice_is_two_payments() {
    let only = |class, name: &str| Planted::from([(class, name.to_owned())]);
    let (mut books, number) = paid_again(false, true);
    let again = format!("{number}:T-second");
    assert_eq!(found(&books), only(Class::PaidUnheard, &again));
    // The same line once more is one line too many.
    let line = books.statements[0].lines[1].clone();
    books.statements[0].lines.push(line);
    let mut both = only(Class::PaidUnheard, &again);
    both.insert((Class::Duplicate, number.clone()));
    assert_eq!(found(&books), both);
    // Heard of: the order holds the further payment, and a person must decide on it.
    let (mut books, _) = paid_again(true, true);
    let undecided = only(Class::Unfinished, &again);
    assert_eq!(found(&books), undecided);
    // Either line is missed by itself, and an altered one is known by its transaction.
    for (gone, name) in [(0, &number), (1, &again)] {
        let line = books.statements[0].lines.remove(gone);
        let mut missed = undecided.clone();
        missed.insert((Class::PaidOursOnly, name.clone()));
        assert_eq!(found(&books), missed);
        books.statements[0].lines.insert(gone, line);
    }
    books.statements[0].lines[1].amount = Fen::new(1);
    let mut altered = undecided.clone();
    altered.insert((Class::AmountDiffers, again.clone()));
    assert_eq!(found(&books), altered);
    books.statements[0].lines[1].transaction = "T-other".into();
    let mut renamed = undecided;
    renamed.insert((Class::AmountDiffers, format!("{number}:T-other")));
    assert_eq!(found(&books), renamed, "under another name, and never both too many and missing");
}

/// The first payment was yesterday's; today's line of the same number is no other name of it.
#[test]
fn a_number_that_is_paid_again_on_the_next_day_is_found_on_that_day() {
    let (mut books, number) = paid_again(false, true);
    let first = books.statements[0].lines.remove(0);
    books.postings.clear();
    (books.from, books.to) = (books.to, books.to.plus_ms(DAY_MS));
    books.statements[0].lines[0].at = books.from.plus_ms(NOON);
    let again = Planted::from([(Class::PaidUnheard, format!("{number}:T-second"))]);
    assert_eq!(found(&books), again, "yesterday's statement was never taken in");
    books.records.stated_elsewhere.insert((CHANNEL.into(), number.clone(), first.transaction));
    assert_eq!(found(&books), again);
    // Heard of, and today's statement does not have it: the line of yesterday does not stand for it.
    let (mut books, _) = paid_again(true, false);
    let (_, order) = &mut books.records.orders[0];
    order.attempts[0].payment.as_mut().expect("paid").at = books.from.plus_ms(-NOON);
    let yesterday = books.statements[0].lines.remove(0);
    books.records.stated_elsewhere.insert((CHANNEL.into(), number.clone(), yesterday.transaction));
    books.postings.clear();
    let again = format!("{number}:T-second");
    let missed = [(Class::PaidOursOnly, again.clone()), (Class::Unfinished, again)];
    assert_eq!(found(&books), Planted::from(missed));
}

/// The machine is silent about what a person has settled; the books of the other side are not.
#[test]
fn what_happens_after_a_person_settled_it_outside_is_found() {
    let mut books = right(&[End::Posted, End::Refunded]);
    let key = {
        let (_, order) = &mut books.records.orders[0];
        order.lines[0].deliver = Deliver::Settled;
        order.lines[0].key.clone()
    };
    let refund = {
        let (_, order) = &mut books.records.orders[1];
        order.refunds[0].state = Deliver::Settled;
        order.refunds[0].number.clone()
    };
    let both = [(Class::PostingStatusDiffers, key), (Class::RefundUnheard, refund)];
    assert_eq!(found(&books), Planted::from(both));
}

/// Whoever writes the books writes the amounts: no sum of them is reckoned past the end.
#[test]
fn lines_that_have_no_sum_are_a_damaged_book() {
    let mut books = right(&[End::Posted]);
    books.statements[0].declared = None;
    let amount = Fen::new(i64::MAX);
    let (number, transaction) = ("UNKNOWN".to_owned(), "T".to_owned());
    books.statements[0].lines.push(Line { number, refund: None, amount, transaction, at: books.from });
    books.postings.push(Posting { key: "PUNKNOWN".to_owned(), amount, number: "B".to_owned() });
    assert_eq!(
        found(&books),
        Planted::from([
            (Class::PaidUnknownNumber, "UNKNOWN".to_owned()),
            (Class::PostingUnknownKey, "PUNKNOWN".to_owned()),
            (Class::SumsDiffer, "day file".to_owned()),
            (Class::SumsDiffer, "statement".to_owned()),
        ])
    );
    let outcome = compare(&books);
    assert_eq!(outcome.channels[CHANNEL].sum, outcome.channels[CHANNEL].matched_sum, "what fitted stays");
}
