//! From a command to a decision: load → **decide** → apply. Pure and total. This file turns answers about attempts into
//! events of the collecting machine and carries out its acts; `fulfil` does the same for lines and refunds.

use uuid::Uuid;

use crate::collect::{CollectAct, CollectEvent, CollectStep, collect};
use crate::command::{Cell, ChannelFacts, Command, Decision, Refusal, Task, Trade};
use crate::draft::{Context, Draft};
use crate::numbers;
use crate::order::{Attempt, AttemptState, Further, Line, Order, Payment};
use crate::{Collect, Deliver, Entry, Fen, Mutant, Outcome};

/// ISO 4217 of the only currency that we take.
pub(crate) const CURRENCY: &str = "CNY";
/// Two digits of a number name the attempt.
const ATTEMPTS_MAX: u32 = 99;

/// What a new order consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrder {
    /// Named by the kiosk.
    pub id: Uuid,
    /// See [`numbers::reference`].
    pub reference: String,
    /// Line of the quote and amount, above zero each.
    pub lines: Vec<(u32, Fen)>,
    /// The channel of the first attempt.
    pub channel: ChannelFacts,
}

/// Opens an order: its first attempt's number becomes durable before anything is asked of the channel.
pub fn open(new: NewOrder, ctx: Context<'_>) -> Result<Decision, Refusal> {
    let amount = Fen::sum(new.lines.iter().map(|(_, amount)| *amount)).map_err(|_| Refusal::Amount)?;
    if new.lines.is_empty() || new.lines.iter().any(|(_, amount)| !amount.is_positive()) {
        return Err(Refusal::Amount);
    }
    let lines = new
        .lines
        .iter()
        .map(|&(line, amount)| Line {
            line,
            amount,
            key: numbers::posting_key(new.id, line),
            deliver: Deliver::None,
            in_doubt: false,
            posted: None,
            reviews: 0,
            extra: None,
        })
        .collect();
    let order = Order {
        id: new.id,
        version: 1,
        reference: new.reference,
        collect: Collect::Created,
        amount,
        lines,
        attempts: Vec::new(),
        refunds: Vec::new(),
        created_at: ctx.now,
    };
    let mut draft = Draft::new(order, ctx);
    draft.note("opened", "order".to_owned(), None);
    prepare(&mut draft, 1, &new.channel)?;
    Ok(draft.finish())
}

/// Decides on a command. `Err` only for wishes of a kiosk that are not granted, and for parts that do not exist.
pub fn decide(order: &Order, command: Command, ctx: Context<'_>) -> Result<Decision, Refusal> {
    let mut draft = Draft::of(order, &command, ctx);
    match command {
        Command::NewAttempt { no, channel } => new_attempt(&mut draft, no, &channel)?,
        Command::Leave(reason) => leave(&mut draft, &reason)?,
        Command::Extend => extend(&mut draft)?,
        Command::CodeAnswered { attempt, outcome } => code_answered(&mut draft, attempt, outcome)?,
        Command::Queried { attempt, outcome } => queried(&mut draft, attempt, outcome)?,
        Command::CloseAnswered { attempt, outcome } => close_answered(&mut draft, attempt, outcome)?,
        Command::Notified { number, payment } => {
            let no = order.attempt_by_number(&number).ok_or(Refusal::NoSuchPart)?.no;
            evidence(&mut draft, no, payment)?;
        }
        Command::PostAnswered { line, outcome } => draft.post_answered(line, outcome)?,
        Command::PostQueried { line, outcome } => draft.post_queried(line, outcome)?,
        Command::FenceAnswered { line, outcome } => draft.fence_answered(line, outcome)?,
        Command::RefundAnswered { number, outcome } => draft.refund_answered(&number, outcome)?,
        Command::RefundQueried { number, outcome } => draft.refund_queried(&number, outcome)?,
        Command::Decide { part, verdict, reason: _ } => draft.decide_review(&part, &verdict)?,
    }
    Ok(draft.finish())
}

fn new_attempt(draft: &mut Draft<'_>, no: u32, channel: &ChannelFacts) -> Result<(), Refusal> {
    if let Some(known) = draft.order.attempt(no) {
        // A replay gets the same answer; the same number for another channel is another wish.
        return if known.channel == channel.id { Ok(()) } else { Err(Refusal::State) };
    }
    if !Mutant::SecondQrEarly.is_on() && draft.order.attempts.iter().any(|a| a.state.is_open()) {
        return Err(Refusal::AttemptStillOpen);
    }
    let last = draft.order.last_attempt().map_or(0, |a| a.no);
    if draft.order.collect != Collect::Closed || no != last + 1 || no > ATTEMPTS_MAX {
        return Err(Refusal::State);
    }
    prepare(draft, no, channel)
}

fn prepare(draft: &mut Draft<'_>, no: u32, channel: &ChannelFacts) -> Result<(), Refusal> {
    let (now, policy) = (draft.ctx.now, draft.ctx.policy);
    // Without a close, the expiry is the fence, so it is short; with one, it covers every extension.
    let shown = if channel.can_close { i64::from(policy.extensions_max) + 1 } else { 1 };
    let expires_at = now.plus_ms(policy.prepare_ms + policy.qr_ms * shown + policy.margin_ms);
    draft.order.attempts.push(Attempt {
        no,
        channel: channel.id.clone(),
        number: numbers::attempt_number(draft.order.id, no),
        merchant: channel.merchant.clone(),
        can_close: channel.can_close,
        state: AttemptState::Preparing,
        code: None,
        had_code: false,
        created_at: now,
        deadline: now.plus_ms(policy.prepare_ms),
        expires_at,
        extensions: 0,
        rechecks: 0,
        payment: None,
        further: Vec::new(),
    });
    drive(draft, no, CollectEvent::Prepare)
}

fn leave(draft: &mut Draft<'_>, reason: &str) -> Result<(), Refusal> {
    let Some(no) = draft.order.last_attempt().map(|a| a.no) else { return Ok(()) };
    if draft.order.collect == Collect::Preparing || draft.order.collect == Collect::Awaiting {
        draft.note("leave", part(no), Some(reason.to_owned()));
    }
    drive(draft, no, CollectEvent::Leave)?;
    if Mutant::SecondQrEarly.is_on() && draft.order.collect == Collect::Closing {
        draft.order.collect = Collect::Closed;
    }
    Ok(())
}

fn extend(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let (now, policy) = (draft.ctx.now, draft.ctx.policy);
    if !draft.order.is_extendable(policy) {
        return Err(Refusal::State);
    }
    let no = draft.order.last_attempt().map(|a| a.no).ok_or(Refusal::State)?;
    let attempt = draft.attempt_mut(no)?;
    if now >= attempt.deadline {
        return Err(Refusal::State);
    }
    attempt.extensions += 1;
    let longest = attempt.expires_at.plus_ms(-policy.margin_ms);
    attempt.deadline = attempt.deadline.max(now.plus_ms(policy.qr_ms).min(longest));
    let count = attempt.extensions;
    draft.note("extended", part(no), Some(count.to_string()));
    Ok(())
}

fn code_answered(draft: &mut Draft<'_>, no: u32, outcome: Outcome<String>) -> Result<(), Refusal> {
    let attempt = draft.attempt(no)?;
    if attempt.state != AttemptState::Preparing {
        // The answer came after the attempt had moved on: told of the payment first, or given up. Never shown.
        return Ok(());
    }
    let too_late = draft.ctx.now >= attempt.deadline;
    match outcome {
        Outcome::Definite(code) => {
            let (now, policy) = (draft.ctx.now, draft.ctx.policy);
            let attempt = draft.attempt_mut(no)?;
            attempt.deadline = now.plus_ms(policy.qr_ms).min(attempt.expires_at.plus_ms(-policy.margin_ms));
            attempt.code = Some(code);
            attempt.had_code = true;
            drive(draft, no, CollectEvent::CodeReady)
        }
        Outcome::Rejected(code) => {
            draft.note("create_refused", part(no), Some(code));
            drive(draft, no, CollectEvent::CreateRefused)
        }
        Outcome::Unknown(_) if Mutant::CreateTimeoutIsFailure.is_on() => {
            drive(draft, no, CollectEvent::CreateRefused)
        }
        Outcome::Unknown(_) if too_late => drive(draft, no, CollectEvent::Deadline),
        Outcome::Unknown(_) => drive(draft, no, CollectEvent::Unknown),
    }
}

fn queried(draft: &mut Draft<'_>, no: u32, outcome: Outcome<Trade>) -> Result<(), Refusal> {
    let attempt = draft.attempt(no)?;
    let overdue = attempt.state == AttemptState::Live && draft.ctx.now >= attempt.deadline;
    match outcome {
        Outcome::Definite(Trade::Paid(payment)) => evidence(draft, no, payment),
        Outcome::Definite(Trade::Closed) if attempt.state.is_open() => {
            drive(draft, no, CollectEvent::ProvedClosed)
        }
        // A deadline needs no answer: closing is not yet a conclusion.
        Outcome::Definite(Trade::Closed | Trade::NotFound | Trade::Pending)
        | Outcome::Rejected(_)
        | Outcome::Unknown(_)
            if overdue =>
        {
            drive(draft, no, CollectEvent::Deadline)
        }
        Outcome::Definite(Trade::Closed | Trade::NotFound | Trade::Pending) | Outcome::Rejected(_) => {
            drive(draft, no, CollectEvent::NotYet)
        }
        Outcome::Unknown(_) => drive(draft, no, CollectEvent::Unknown),
    }
}

fn close_answered(draft: &mut Draft<'_>, no: u32, outcome: Outcome<Trade>) -> Result<(), Refusal> {
    let attempt = draft.attempt(no)?;
    if attempt.state != AttemptState::Closing && !matches!(outcome, Outcome::Definite(Trade::Paid(_))) {
        return Ok(());
    }
    // Past the channel's own expiry plus a margin for its clock, “not paid” stays so. How much time passed before our
    // clock was set, nobody knows; then the whole life of the code is waited for again. And a code that was never stored
    // was never shown: nobody can have scanned it.
    let life = attempt.expires_at.ms_since(attempt.created_at);
    let expired = attempt.created_at.max(draft.ctx.steady_since).plus_ms(life);
    let fenced = draft.ctx.now >= expired.plus_ms(draft.ctx.policy.margin_ms);
    let never_shown = !attempt.had_code;
    match outcome {
        Outcome::Definite(Trade::Paid(payment)) => evidence(draft, no, payment),
        Outcome::Definite(Trade::Closed) => drive(draft, no, CollectEvent::ProvedClosed),
        Outcome::Unknown(_) if Mutant::CloseTimeoutIsClosed.is_on() => {
            drive(draft, no, CollectEvent::ProvedClosed)
        }
        Outcome::Definite(Trade::NotFound) if Mutant::CancelNoactionIsClosed.is_on() => {
            drive(draft, no, CollectEvent::ProvedClosed)
        }
        Outcome::Definite(Trade::NotFound | Trade::Pending) if fenced => {
            drive(draft, no, CollectEvent::ProvedClosed)
        }
        Outcome::Definite(Trade::NotFound) | Outcome::Rejected(_) if never_shown => {
            drive(draft, no, CollectEvent::ProvedClosed)
        }
        Outcome::Definite(Trade::NotFound | Trade::Pending) | Outcome::Rejected(_) => {
            drive(draft, no, CollectEvent::NotYet)
        }
        Outcome::Unknown(_) => drive(draft, no, CollectEvent::Unknown),
    }
}

/// `settle(attempt)`: already paid → nothing; nothing posted yet → post the lines; otherwise → refund this attempt.
fn evidence(draft: &mut Draft<'_>, no: u32, payment: Payment) -> Result<(), Refusal> {
    let attempt = draft.attempt(no)?;
    if Mutant::IgnoreLateNotify.is_on()
        && attempt.state == AttemptState::Closed
        && matches!(draft.ctx.who, crate::Who::Channel { .. })
    {
        return Ok(());
    }
    if attempt.payment.as_ref().is_some_and(|known| known.transaction != payment.transaction) {
        return further(draft, no, payment);
    }
    let event = if attempt.payment.is_some() {
        contradiction(draft, no, &payment)?;
        CollectEvent::PaidAgain
    } else if payment.amount != draft.order.amount
        || payment.currency != CURRENCY
        || payment.merchant != attempt.merchant
    {
        CollectEvent::Mismatch
    } else {
        CollectEvent::Paid
    };
    if event != CollectEvent::PaidAgain {
        draft.note("payment", part(no), Some(payment.transaction.clone()));
        let attempt = draft.attempt_mut(no)?;
        attempt.payment = Some(payment);
        attempt.code = None;
    }
    drive(draft, no, event)
}

/// The same number paid by another transaction. No channel that we know allows it; the money is booked and a person sees
/// it, once.
fn further(draft: &mut Draft<'_>, no: u32, payment: Payment) -> Result<(), Refusal> {
    let attempt = draft.attempt_mut(no)?;
    if attempt.further.iter().any(|f| f.payment.transaction == payment.transaction) {
        return drive(draft, no, CollectEvent::PaidAgain);
    }
    let (channel, number) = (attempt.channel.clone(), attempt.number.clone());
    attempt.further.push(Further { payment: payment.clone(), settled: false });
    draft.note("payment_again", part(no), Some(payment.transaction.clone()));
    if payment.amount.is_positive() && payment.currency == CURRENCY {
        draft.book(Entry::paid_further(&channel, &number, &payment.transaction, payment.amount));
    }
    draft.review(
        format!("payment:{number}:{}", payment.transaction),
        "the channel took money twice for one number",
        payment.amount,
    );
    drive(draft, no, CollectEvent::PaidAgain)
}

/// The same transaction told again with other content: nothing moves, but a person sees it.
fn contradiction(draft: &mut Draft<'_>, no: u32, told: &Payment) -> Result<(), Refusal> {
    let attempt = draft.attempt(no)?;
    let same = attempt.payment.as_ref().is_none_or(|known| {
        (known.amount, &known.currency, &known.merchant) == (told.amount, &told.currency, &told.merchant)
    });
    if !same {
        let key = format!("evidence:{}", attempt.number);
        draft.review(key, "the channel tells one payment in two ways", told.amount);
    }
    Ok(())
}

/// Runs the machine and carries out its acts.
pub(crate) fn drive(draft: &mut Draft<'_>, no: u32, event: CollectEvent) -> Result<(), Refusal> {
    draft.cells.push(Cell::Collect(draft.order.collect, event));
    match collect(draft.order.collect, event) {
        // A second telling ends the part's job; nothing else that is ignored changes what is next.
        CollectStep::Ignored(_) if event == CollectEvent::PaidAgain => follow(draft, no, event),
        CollectStep::Ignored(_) => Ok(()),
        CollectStep::Go(to, acts) => {
            let from = draft.order.collect;
            draft.order.collect = to;
            draft.moved("order".to_owned(), &from, &to);
            acts.iter().try_for_each(|act| carry_out(draft, no, *act, event))
        }
    }
}

fn carry_out(draft: &mut Draft<'_>, no: u32, act: CollectAct, event: CollectEvent) -> Result<(), Refusal> {
    match act {
        CollectAct::Create => draft.next(Task::Create(no), 0),
        CollectAct::Show => {
            set_state(draft, no, AttemptState::Live)?;
            draft.next(Task::Query(no), draft.ctx.policy.poll_ms);
        }
        CollectAct::Close => close(draft, no)?,
        CollectAct::Recheck => {
            set_state(draft, no, AttemptState::Closed)?;
            draft.attempt_mut(no)?.code = None;
            recheck(draft, no)?;
        }
        CollectAct::Post => {
            settle(draft, no, AttemptState::Paid)?;
            let lines: Vec<u32> = draft.order.lines.iter().map(|l| l.line).collect();
            for line in lines {
                draft.collected(line)?;
            }
        }
        CollectAct::RefundWhole => {
            settle(draft, no, AttemptState::Paid)?;
            draft.refund_whole(no)?;
        }
        CollectAct::Suspend => {
            settle(draft, no, AttemptState::Review)?;
            let attempt = draft.attempt(no)?;
            let (number, paid) =
                (attempt.number.clone(), attempt.payment.as_ref().map_or(Fen::ZERO, |p| p.amount));
            draft.review(
                format!("payment:{number}"),
                "paid otherwise than asked (amount, currency or merchant), or paid while under review",
                paid,
            );
        }
        CollectAct::Later => follow(draft, no, event)?,
        CollectAct::Release => {
            set_state(draft, no, AttemptState::Paid)?;
            let lines: Vec<u32> = draft.order.lines.iter().map(|l| l.line).collect();
            lines.into_iter().try_for_each(|line| draft.collected(line))?;
        }
        CollectAct::Aside => set_state(draft, no, AttemptState::Aside)?,
    }
    Ok(())
}

/// Books the money of an attempt and closes every other code that somebody could still pay.
fn settle(draft: &mut Draft<'_>, no: u32, state: AttemptState) -> Result<(), Refusal> {
    set_state(draft, no, state)?;
    draft.done(part(no));
    let attempt = draft.attempt(no)?;
    if let Some(payment) = &attempt.payment
        && payment.amount.is_positive()
        && payment.currency == CURRENCY
    {
        let entry = Entry::paid(&attempt.channel, &attempt.number, payment.amount);
        draft.book(entry);
    }
    let others: Vec<u32> =
        draft.order.attempts.iter().filter(|a| a.no != no && a.state.is_open()).map(|a| a.no).collect();
    others.into_iter().try_for_each(|other| close(draft, other))
}

fn close(draft: &mut Draft<'_>, no: u32) -> Result<(), Refusal> {
    set_state(draft, no, AttemptState::Closing)?;
    draft.attempt_mut(no)?.code = None;
    draft.next(Task::Close(no), 0);
    Ok(())
}

fn set_state(draft: &mut Draft<'_>, no: u32, to: AttemptState) -> Result<(), Refusal> {
    let attempt = draft.attempt_mut(no)?;
    let from = std::mem::replace(&mut attempt.state, to);
    draft.moved(part(no), &from, &to);
    Ok(())
}

/// What is next for an attempt after an answer that proved nothing: it follows from where the attempt stands.
fn follow(draft: &mut Draft<'_>, no: u32, event: CollectEvent) -> Result<(), Refusal> {
    let known = event != CollectEvent::Unknown;
    let attempt = draft.attempt(no)?;
    match attempt.state {
        AttemptState::Preparing => draft.again(Task::Create(no)),
        AttemptState::Live => {
            let deadline = attempt.deadline;
            let (wait, tries) = if known {
                (draft.ctx.policy.poll_ms, 0)
            } else {
                (draft.ctx.policy.backoff_ms(draft.ctx.tries), draft.ctx.tries.saturating_add(1))
            };
            // However the channel answers, the backend's own deadline is met.
            let due = draft.ctx.now.plus_ms(wait).min(deadline.max(draft.ctx.now));
            draft.set(Task::Query(no), due, tries);
        }
        AttemptState::Closing => draft.again(Task::Close(no)),
        AttemptState::Closed if known => recheck(draft, no)?,
        AttemptState::Closed => draft.again(Task::Recheck(no)),
        AttemptState::Paid | AttemptState::Review | AttemptState::Aside => draft.done(part(no)),
    }
    Ok(())
}

/// Closed is never final for money: the next query of a closed attempt, until the list is used up. From then on the
/// day-end statement watches.
fn recheck(draft: &mut Draft<'_>, no: u32) -> Result<(), Refusal> {
    let policy = draft.ctx.policy;
    let attempt = draft.attempt_mut(no)?;
    let wait = usize::try_from(attempt.rechecks).ok().and_then(|i| policy.recheck_ms.get(i)).copied();
    let wait = wait.filter(|_| !Mutant::ForgetClosed.is_on());
    match wait {
        Some(ms) => {
            attempt.rechecks += 1;
            let count = attempt.rechecks;
            draft.note("recheck", part(no), Some(count.to_string()));
            draft.next(Task::Recheck(no), ms);
        }
        None => draft.done(part(no)),
    }
    Ok(())
}

fn part(no: u32) -> String {
    format!("attempt-{no}")
}
