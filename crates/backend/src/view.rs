//! An order as the kiosk sees it, made from the order as the backend keeps it.

use powerhall_api as api;
use powerhall_money::{Attempt, Collect, Deliver, Line, Moment, Order, Policy};

use crate::clock::{day, rfc3339};
use crate::store::{StoredOrder, Use};

/// The kiosk's view of an order at `now`.
#[must_use]
pub fn order(stored: &StoredOrder, policy: &Policy, now: Moment) -> api::Order {
    let order = &stored.order;
    api::Order {
        order_id: order.id,
        version: order.version,
        collect: collect(order),
        amount_fen: order.amount,
        reference: order.reference.clone(),
        attempt: order.last_attempt().map(|a| attempt(a, order.collect, order.is_extendable(policy), now)),
        lines: order
            .lines
            .iter()
            // What a person added later is the hall's business, not this customer's screen's.
            .filter(|line| line.extra.is_none())
            .map(|line| api::OrderLine {
                line: line.line,
                amount_fen: line.amount,
                deliver: deliver(line.deliver),
                arrears_fen: line
                    .posted
                    .as_ref()
                    .filter(|_| line.deliver == Deliver::Posted)
                    .map(|p| p.arrears),
                credit_fen: line
                    .posted
                    .as_ref()
                    .filter(|_| line.deliver == Deliver::Posted)
                    .map(|p| p.credit),
            })
            .collect(),
        receipt: receipt(stored),
    }
}

fn attempt(attempt: &Attempt, collect: Collect, extendable: bool, now: Moment) -> api::Attempt {
    let awaiting = collect == Collect::Awaiting;
    // Rounded up: the kiosk never counts to zero before the backend does.
    let left = u32::try_from((attempt.deadline.ms_since(now).max(0) + 999) / 1000).unwrap_or(u32::MAX);
    api::Attempt {
        no: attempt.no,
        channel: attempt.channel.clone(),
        code: attempt.code.clone().filter(|_| awaiting),
        seconds_left: awaiting.then_some(left),
        extendable,
    }
}

/// The receipt of one posting of an order that is paid: other lines may be other people's accounts.
#[must_use]
pub fn receipt_of(stored: &StoredOrder, key: &str) -> Option<api::Receipt> {
    let mut receipt = receipt(stored)?;
    let line = stored.order.lines.iter().find(|line| line.key == key)?;
    receipt.lines.retain(|told| told.line == line.line);
    Some(receipt)
}

fn receipt(stored: &StoredOrder) -> Option<api::Receipt> {
    let order = &stored.order;
    if order.collect != Collect::Paid {
        return None;
    }
    let payment = order.paying_attempt()?.payment.as_ref()?;
    let day = day(payment.at).strftime("%Y%m%d").to_string();
    Some(api::Receipt {
        // Unique because the reference is.
        number: format!("{day}-{}", order.reference.replace('-', "")),
        paid_at: rfc3339(payment.at),
        transaction: payment.transaction.clone(),
        lines: order
            .lines
            .iter()
            .filter(|line| line.extra.is_none())
            .map(|l| receipt_line(stored, l))
            .collect(),
    })
}

fn receipt_line(stored: &StoredOrder, line: &Line) -> api::ReceiptLine {
    let quoted = stored.quote.line(line.line);
    let (duty, name) = match quoted.map(|quoted| &quoted.use_as) {
        Some(Use::Bills) => (api::Duty::Arrears, None),
        Some(Use::Recharge) => (api::Duty::Prepaid, None),
        Some(Use::Fee { name, .. }) => (api::Duty::Fees, Some(name.clone())),
        None => (api::Duty::Unknown, None),
    };
    api::ReceiptLine {
        line: line.line,
        duty,
        number_masked: quoted.map(|quoted| quoted.account_masked.clone()).unwrap_or_default(),
        name,
        amount_fen: line.amount,
    }
}

fn collect(order: &Order) -> api::Collect {
    match order.collect {
        // “Closed” tells the customer that nothing was taken. Money that a person has sent another way was taken.
        Collect::Closed if order.attempts.iter().any(|a| a.payment.is_some()) => api::Collect::ManualReview,
        Collect::Created => api::Collect::Created,
        Collect::Preparing => api::Collect::Preparing,
        Collect::Awaiting => api::Collect::Awaiting,
        Collect::Closing => api::Collect::Closing,
        Collect::Closed => api::Collect::Closed,
        Collect::Paid => api::Collect::Paid,
        Collect::ManualReview => api::Collect::ManualReview,
    }
}

const fn deliver(state: Deliver) -> api::Deliver {
    match state {
        Deliver::None => api::Deliver::None,
        Deliver::Posting => api::Deliver::Posting,
        Deliver::Posted => api::Deliver::Posted,
        Deliver::Rejected => api::Deliver::Rejected,
        Deliver::Refunding => api::Deliver::Refunding,
        Deliver::Refunded => api::Deliver::Refunded,
        // A person has it, or had it: the kiosk tells the customer to ask at the desk.
        Deliver::ManualReview | Deliver::Settled => api::Deliver::ManualReview,
    }
}
