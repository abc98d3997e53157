//! One job: one question to a channel or to billing, and its answer as a command on the order. A call that takes too
//! long is `Unknown`; nothing here draws a conclusion.

use std::future::Future;

use powerhall_billing::port::{Fence, NewPosting, Posted as OnAccount};
use powerhall_channel::port::{Code, NewRefund, NewTrade};
use powerhall_crash::{Point, here};
use powerhall_money::{Attempt, Cause, Command, FenceAnswer, Mutant, Outcome, Posted, Task, Trade};

use crate::backend::Backend;
use crate::channels::{self, ChannelEntry};
use crate::clock::timestamp;
use crate::store::{Job, StoreError, StoredOrder};

/// Carries out one job.
pub(super) async fn carry_out(backend: &Backend, job: &Job) -> Result<(), StoreError> {
    let stored = backend.store.order(job.order_id).await?.ok_or(StoreError::NoSuchOrder)?;
    let (before, called) = points(&job.task);
    here(before);
    let command = match &job.task {
        Task::Create(no) => create(backend, &stored, *no).await?,
        Task::Query(no) | Task::Recheck(no) => {
            let outcome = query(backend, attempt(&stored, *no)?).await;
            Command::Queried { attempt: *no, outcome }
        }
        Task::Close(no) => return close(backend, job, &stored, *no).await,
        Task::Post(line) => post(backend, job, &stored, *line).await?,
        Task::QueryPost(line) => query_post(backend, &stored, *line).await?,
        Task::Fence(line) => fence(backend, &stored, *line).await?,
        Task::Refund(number) => refund(backend, job, &stored, number).await?,
        Task::QueryRefund(number) => query_refund(backend, &stored, number).await?,
    };
    here(called);
    backend.finish(job, command, backend.now()).await?;
    Ok(())
}

/// Where a crash is tried: before the call, and between the call and its answer's being written.
const fn points(task: &Task) -> (Point, Point) {
    match task {
        Task::Create(_) => (Point::BeforeCreate, Point::Created),
        Task::Query(_) | Task::Recheck(_) => (Point::BeforeQuery, Point::Queried),
        Task::Close(_) => (Point::BeforeClose, Point::Closed),
        Task::Post(_) | Task::QueryPost(_) | Task::Fence(_) => (Point::BeforePost, Point::Posted),
        Task::Refund(_) | Task::QueryRefund(_) => (Point::BeforeRefund, Point::Refunded),
    }
}

async fn create(backend: &Backend, stored: &StoredOrder, no: u32) -> Result<Command, StoreError> {
    let attempt = attempt(stored, no)?;
    let trade = NewTrade {
        number: attempt.number.clone(),
        amount: stored.order.amount,
        subject: backend.settings.subject.clone(),
        expires_at: timestamp(attempt.expires_at),
    };
    let outcome = match channel(backend, attempt) {
        Some(channel) => in_time(backend, channel.port.create(&trade)).await,
        None => not_configured(),
    };
    let outcome = match outcome {
        Outcome::Definite(Code(code)) => Outcome::Definite(code),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    };
    Ok(Command::CodeAnswered { attempt: no, outcome })
}

async fn query(backend: &Backend, attempt: &Attempt) -> Outcome<Trade> {
    match channel(backend, attempt) {
        Some(channel) => channels::trade(in_time(backend, channel.port.query(&attempt.number)).await),
        None => not_configured(),
    }
}

/// Leaving is query, close, query. An answer counts from when it was asked for, because an expiry that passed in between
/// must not make it a proof. Whatever proves something is told at once; the recheck that follows a proof is the
/// last query.
async fn close(backend: &Backend, job: &Job, stored: &StoredOrder, no: u32) -> Result<(), StoreError> {
    let attempt = attempt(stored, no)?;
    let tell = async |outcome, asked_at| {
        let command = Command::CloseAnswered { attempt: no, outcome };
        here(Point::Closed);
        backend.finish(job, command, asked_at).await
    };
    let asked_at = backend.now();
    let first = query(backend, attempt).await;
    let closable = channel(backend, attempt).filter(|_| attempt.can_close);
    let (true, Some(channel)) = (!proves(&first), closable) else {
        tell(first, asked_at).await?;
        return Ok(());
    };
    let asked_at = backend.now();
    let closed = channels::trade(in_time(backend, channel.port.close(&attempt.number)).await);
    if proves(&closed) {
        tell(closed, asked_at).await?;
        return Ok(());
    }
    let changed = tell(closed, asked_at).await?;
    if changed.stored.order.attempt(no).is_some_and(|a| a.state.is_open()) {
        let asked_at = backend.now();
        let last = query(backend, attempt).await;
        tell(last, asked_at).await?;
    }
    Ok(())
}

const fn proves(outcome: &Outcome<Trade>) -> bool {
    match outcome {
        Outcome::Definite(Trade::Paid(_) | Trade::Closed) => true,
        Outcome::Definite(Trade::NotFound | Trade::Pending) | Outcome::Rejected(_) | Outcome::Unknown(_) => {
            false
        }
    }
}

async fn post(backend: &Backend, job: &Job, stored: &StoredOrder, no: u32) -> Result<Command, StoreError> {
    let line = stored.order.line(no).ok_or_else(|| damaged("line"))?;
    // A line that a person added is credit for an account of the order, out of one attempt's money.
    let (of, attempt) = match line.extra {
        Some(extra) => (extra.of, stored.order.attempt(extra.attempt)),
        None => (no, stored.order.paying_attempt()),
    };
    let quoted = stored.quote.line(of).ok_or_else(|| damaged("quote line"))?;
    let payment = attempt.and_then(|a| a.payment.as_ref()).ok_or_else(|| damaged("payment of a posting"))?;
    let posting = NewPosting {
        key: fresh(Mutant::BlindRepost, &line.key, job),
        to: quoted.target(),
        amount: line.amount,
        periods: if line.extra.is_some() { Vec::new() } else { quoted.periods.clone() },
        exact: quoted.exact && line.extra.is_none(),
        paid_at: timestamp(payment.at),
        quoted_on: quoted.quoted_on,
    };
    let outcome = match in_time(backend, backend.billing.post(&posting)).await {
        Outcome::Definite(posted) => Outcome::Definite(on_account(posted)),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    };
    Ok(Command::PostAnswered { line: no, outcome })
}

async fn query_post(backend: &Backend, stored: &StoredOrder, no: u32) -> Result<Command, StoreError> {
    let line = stored.order.line(no).ok_or_else(|| damaged("line"))?;
    let outcome = match in_time(backend, backend.billing.query_post(&line.key)).await {
        Outcome::Definite(posted) => Outcome::Definite(posted.map(on_account)),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    };
    Ok(Command::PostQueried { line: no, outcome })
}

async fn fence(backend: &Backend, stored: &StoredOrder, no: u32) -> Result<Command, StoreError> {
    let line = stored.order.line(no).ok_or_else(|| damaged("line"))?;
    let outcome = match in_time(backend, backend.billing.fence(&line.key)).await {
        Outcome::Definite(Fence::Fenced) => Outcome::Definite(FenceAnswer::Fenced),
        Outcome::Definite(Fence::Posted(posted)) => {
            Outcome::Definite(FenceAnswer::Posted(on_account(posted)))
        }
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    };
    Ok(Command::FenceAnswered { line: no, outcome })
}

async fn refund(
    backend: &Backend,
    job: &Job,
    stored: &StoredOrder,
    number: &str,
) -> Result<Command, StoreError> {
    let refund = stored.order.refund(number).ok_or_else(|| damaged("refund"))?;
    let attempt = attempt(stored, refund.attempt)?;
    let new = NewRefund {
        number: attempt.number.clone(),
        refund_number: fresh(Mutant::FreshRefundNo, &refund.number, job),
        amount: refund.amount,
        total: attempt.payment.as_ref().map_or(stored.order.amount, |p| p.amount),
        reason: if refund.line.is_some() { "not posted" } else { "paid twice" }.to_owned(),
    };
    let outcome = match channel(backend, attempt) {
        Some(channel) => channels::refund(in_time(backend, channel.port.refund(&new)).await),
        None => not_configured(),
    };
    Ok(Command::RefundAnswered { number: number.to_owned(), outcome })
}

async fn query_refund(backend: &Backend, stored: &StoredOrder, number: &str) -> Result<Command, StoreError> {
    let refund = stored.order.refund(number).ok_or_else(|| damaged("refund"))?;
    let attempt = attempt(stored, refund.attempt)?;
    let outcome = match channel(backend, attempt) {
        Some(channel) => {
            let asked = channel.port.query_refund(&attempt.number, number);
            channels::refund(in_time(backend, asked).await)
        }
        None => not_configured(),
    };
    Ok(Command::RefundQueried { number: number.to_owned(), outcome })
}

fn on_account(posted: OnAccount) -> Posted {
    Posted { number: posted.number, amount: posted.amount, arrears: posted.arrears, credit: posted.credit }
}

/// A call has its time; after it, nothing is known.
async fn in_time<T>(backend: &Backend, call: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    tokio::time::timeout(backend.settings.call_timeout, call)
        .await
        .unwrap_or(Outcome::Unknown(Cause::Timeout))
}

/// The number as it is: the same at every try. Only a wrong design, in the simulator's build, takes a fresh one.
fn fresh(wrong: Mutant, number: &str, job: &Job) -> String {
    if wrong.is_on() { format!("{number}-{}-{}", job.tries, job.claims) } else { number.to_owned() }
}

fn attempt(stored: &StoredOrder, no: u32) -> Result<&Attempt, StoreError> {
    stored.order.attempt(no).ok_or_else(|| damaged("attempt"))
}

fn channel<'a>(backend: &'a Backend, attempt: &Attempt) -> Option<&'a ChannelEntry> {
    backend.channels.get(&attempt.channel)
}

/// The channel was taken out of the configuration while one of its orders is open: it stays open until it is back.
fn not_configured<T>() -> Outcome<T> {
    tracing::error!("an order needs a payment channel that is not configured any more");
    Outcome::Unknown(Cause::UnknownCode("not_configured".to_owned()))
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("the order has no such {what}"))
}
