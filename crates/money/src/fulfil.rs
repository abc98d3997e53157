//! Answers about postings and refunds become events of the delivering machine, and its acts are carried out.

use crate::command::{Cell, FenceAnswer, RefundAnswer, Refusal, Task};
use crate::deliver::{DeliverAct, DeliverEvent, DeliverStep, deliver};
use crate::draft::Draft;
use crate::order::{Posted, Refund};
use crate::tables::snake;
use crate::{Deliver, Entry, Fen, LedgerAccount, Mutant, Outcome, numbers, review};

impl Draft<'_> {
    /// The order's money is here: the line is to be delivered.
    pub(crate) fn collected(&mut self, line: u32) -> Result<(), Refusal> {
        self.drive_line(line, DeliverEvent::Collected)
    }

    pub(crate) fn post_answered(&mut self, line: u32, outcome: Outcome<Posted>) -> Result<(), Refusal> {
        match outcome {
            Outcome::Definite(posted) => self.on_account(line, posted),
            Outcome::Rejected(code) => {
                self.note("post_refused", part(line), Some(code));
                let interrupted = self.ctx.interrupted;
                let known = self.line_mut(line)?;
                // A run of this job whose answer was never written is a request that ended unknown, and stays one
                // until billing has said more than that it refuses.
                known.in_doubt |= interrupted && known.deliver == Deliver::Posting;
                let in_doubt = known.in_doubt;
                self.drive_line(
                    line,
                    if in_doubt { DeliverEvent::RefusedInDoubt } else { DeliverEvent::Refused },
                )
            }
            Outcome::Unknown(_) if Mutant::PostTimeoutIsReject.is_on() => {
                self.drive_line(line, DeliverEvent::Refused)
            }
            Outcome::Unknown(_) => {
                let known = self.line_mut(line)?;
                if !std::mem::replace(&mut known.in_doubt, true) {
                    self.note("in_doubt", part(line), None);
                }
                self.drive_line(line, DeliverEvent::PostUnknown)
            }
        }
    }

    pub(crate) fn post_queried(
        &mut self,
        line: u32,
        outcome: Outcome<Option<Posted>>,
    ) -> Result<(), Refusal> {
        match outcome {
            Outcome::Definite(Some(posted)) => self.on_account(line, posted),
            Outcome::Definite(None) if Mutant::NotpostedIsReject.is_on() => {
                self.drive_line(line, DeliverEvent::Refused)
            }
            Outcome::Definite(None) => self.drive_line(line, DeliverEvent::NotOnAccount),
            // Billing will not answer the question; the same key posted again is as good.
            Outcome::Rejected(_) => self.drive_line(line, DeliverEvent::NotOnAccount),
            Outcome::Unknown(_) => self.drive_line(line, DeliverEvent::PostUnknown),
        }
    }

    pub(crate) fn fence_answered(&mut self, line: u32, outcome: Outcome<FenceAnswer>) -> Result<(), Refusal> {
        match outcome {
            Outcome::Definite(FenceAnswer::Fenced) => self.drive_line(line, DeliverEvent::Fenced),
            Outcome::Definite(FenceAnswer::Posted(posted)) => self.on_account(line, posted),
            Outcome::Rejected(_) | Outcome::Unknown(_) => self.drive_line(line, DeliverEvent::PostUnknown),
        }
    }

    pub(crate) fn refund_answered(
        &mut self,
        number: &str,
        outcome: Outcome<RefundAnswer>,
    ) -> Result<(), Refusal> {
        let name = format!("refund-{number}");
        let (now, life) = (self.ctx.now, self.ctx.policy.request_life_ms);
        let (steady_since, interrupted) = (self.ctx.steady_since, self.ctx.interrupted);
        match outcome {
            Outcome::Definite(answer) => self.refund_stands(number, answer),
            Outcome::Rejected(code) => {
                self.note("refund_refused", name, Some(code));
                let refund = self.refund_mut(number)?;
                // A run of this job whose answer was never written is a request that ended unknown.
                if interrupted && refund.is_asked_for() {
                    refund.in_doubt = Some(now);
                }
                // How much time passed before our clock was set, nobody knows.
                let since = refund.in_doubt.map(|since| since.max(steady_since));
                // And what was accepted before is not undone by a refusal: only the query says what became of it.
                let accepted = refund.state == Deliver::Refunding;
                if accepted || since.is_some_and(|since| now.ms_since(since) < life) {
                    return self.drive_refund(number, DeliverEvent::RefundRefusedInDoubt);
                }
                refund.in_doubt = None;
                self.drive_refund(number, DeliverEvent::RefundAbnormal)
            }
            Outcome::Unknown(_) => {
                let refund = self.refund_mut(number)?;
                if refund.is_asked_for() {
                    refund.in_doubt = Some(now);
                    self.note("in_doubt", name, None);
                }
                self.drive_refund(number, DeliverEvent::RefundUnknown)
            }
        }
    }

    pub(crate) fn refund_queried(
        &mut self,
        number: &str,
        outcome: Outcome<RefundAnswer>,
    ) -> Result<(), Refusal> {
        match outcome {
            Outcome::Definite(answer) => self.refund_stands(number, answer),
            // A question that is refused says nothing about the refund.
            Outcome::Rejected(_) | Outcome::Unknown(_) => {
                self.drive_refund(number, DeliverEvent::RefundUnknown)
            }
        }
    }

    /// The channel has said how a refund stands. Once it knows the refund, a late request for it changes nothing.
    fn refund_stands(&mut self, number: &str, answer: RefundAnswer) -> Result<(), Refusal> {
        let event = match answer {
            RefundAnswer::NotFound => return self.drive_refund(number, DeliverEvent::RefundNotFound),
            RefundAnswer::Accepted => DeliverEvent::RefundAccepted,
            RefundAnswer::Done => DeliverEvent::RefundDone,
            RefundAnswer::Abnormal => DeliverEvent::RefundAbnormal,
        };
        if self.refund_mut(number)?.in_doubt.take().is_some() {
            self.note("doubt_ended", format!("refund-{number}"), None);
        }
        self.drive_refund(number, event)
    }

    /// The whole of a second payment goes back.
    pub(crate) fn refund_whole(&mut self, attempt: u32) -> Result<(), Refusal> {
        if Mutant::DoublePayNotRefunded.is_on() {
            return Ok(());
        }
        let paid = self.attempt(attempt)?.payment.as_ref().map_or(Fen::ZERO, |p| p.amount);
        self.prepare_refund(attempt, None, paid)
    }

    fn on_account(&mut self, line: u32, posted: Posted) -> Result<(), Refusal> {
        let known = self.line_mut(line)?;
        let event =
            if posted.amount == known.amount { DeliverEvent::Posted } else { DeliverEvent::PostedOther };
        // An answer that the table ignores says nothing about the line.
        if matches!(deliver(known.deliver, event), DeliverStep::Go(..)) {
            let number = posted.number.clone();
            known.posted = Some(posted);
            self.note("billing_said", part(line), Some(number));
        }
        self.drive_line(line, event)
    }

    pub(crate) fn drive_line(&mut self, line: u32, event: DeliverEvent) -> Result<(), Refusal> {
        let known = self.line_mut(line)?;
        let (from, key, amount) = (known.deliver, known.key.clone(), known.amount);
        self.cells.push(Cell::Deliver(from, event));
        let DeliverStep::Go(to, acts) = deliver(from, event) else {
            if from == Deliver::ManualReview || from == Deliver::Settled {
                self.note("answer_under_review", part(line), Some(snake(event)));
            }
            return Ok(());
        };
        self.line_mut(line)?.deliver = to;
        self.moved(part(line), &from, &to);
        if from == Deliver::Posting && to != Deliver::Posting {
            self.done(part(line));
        }
        for act in acts {
            match act {
                DeliverAct::Post if event == DeliverEvent::NotOnAccount => self.again(Task::Post(line)),
                DeliverAct::Post => self.next(Task::Post(line), 0),
                DeliverAct::QueryPost => self.again(Task::QueryPost(line)),
                DeliverAct::Fence => self.next(Task::Fence(line), 0),
                DeliverAct::Book => self.book(Entry::posted(&key, amount)),
                DeliverAct::Refund => self.refund_line(line, amount)?,
                DeliverAct::Review => {
                    let known = self.line_mut(line)?;
                    known.reviews += 1;
                    let key = review::key("line", &key, known.reviews);
                    self.review(key, "billing's answers contradict each other", amount);
                }
                DeliverAct::BookOutside => {
                    // After a refund, nothing of the line's money is left in suspense.
                    if !self.order.refunds.iter().any(|r| r.line == Some(line)) {
                        self.book(Entry::outside(&format!("line:{key}"), LedgerAccount::Suspense, amount));
                    }
                }
                // Refunds have their own part and come through `drive_refund`.
                DeliverAct::QueryRefund | DeliverAct::BookRefund | DeliverAct::Credit => {}
            }
        }
        Ok(())
    }

    fn refund_line(&mut self, line: u32, amount: Fen) -> Result<(), Refusal> {
        let extra = self.line_mut(line)?.extra.map(|extra| extra.attempt);
        let attempt = match extra {
            Some(attempt) => attempt,
            None => self.order.paying_attempt().ok_or(Refusal::NoSuchPart)?.no,
        };
        self.prepare_refund(attempt, Some(line), amount)
    }

    fn prepare_refund(&mut self, attempt: u32, line: Option<u32>, amount: Fen) -> Result<(), Refusal> {
        let number = numbers::refund_number(&self.attempt(attempt)?.number, line);
        if self.order.refund(&number).is_some() {
            return Ok(());
        }
        self.note("refund_decided", format!("refund-{number}"), None);
        self.book(Entry::refund_decided(&number, amount));
        self.next(Task::Refund(number.clone()), 0);
        self.order.refunds.push(Refund {
            number,
            attempt,
            line,
            amount,
            state: Deliver::Rejected,
            in_doubt: None,
            reviews: 0,
        });
        Ok(())
    }

    pub(crate) fn drive_refund(&mut self, number: &str, event: DeliverEvent) -> Result<(), Refusal> {
        let refund = self.refund_mut(number)?;
        let (from, line, amount, attempt) = (refund.state, refund.line, refund.amount, refund.attempt);
        self.cells.push(Cell::Deliver(from, event));
        let name = format!("refund-{number}");
        let DeliverStep::Go(to, acts) = deliver(from, event) else {
            if from == Deliver::ManualReview || from == Deliver::Settled {
                self.note("answer_under_review", name, Some(snake(event)));
            }
            return Ok(());
        };
        self.refund_mut(number)?.state = to;
        self.moved(name.clone(), &from, &to);
        if let Some(line) = line {
            let known = self.line_mut(line)?;
            // A line that a person looks at stays with the person, whatever its refund does.
            if known.deliver == from && known.posted.is_none() {
                known.deliver = to;
                self.moved(part(line), &from, &to);
            }
        }
        for act in acts {
            match act {
                DeliverAct::Refund => self.again(Task::Refund(number.to_owned())),
                DeliverAct::QueryRefund => self.again(Task::QueryRefund(number.to_owned())),
                DeliverAct::BookRefund => {
                    let channel = self.attempt(attempt)?.channel.clone();
                    self.book(Entry::refunded(&channel, number, amount));
                    self.done(name.clone());
                }
                DeliverAct::Review => {
                    let count = self.count_review(number)?;
                    let key = review::key("refund", number, count);
                    self.review(key, "the refund cannot be done by machine", amount);
                    self.done(name.clone());
                }
                DeliverAct::Credit => {
                    self.book(Entry::refund_withdrawn(number, amount));
                    self.credit(attempt, line, amount)?;
                }
                DeliverAct::BookOutside => {
                    let what = format!("refund:{number}");
                    self.book(Entry::outside(&what, LedgerAccount::RefundInTransit, amount));
                }
                // Postings belong to lines and come through `drive_line`.
                DeliverAct::Post | DeliverAct::QueryPost | DeliverAct::Fence | DeliverAct::Book => {}
            }
        }
        Ok(())
    }
}

impl Draft<'_> {
    fn refund_mut(&mut self, number: &str) -> Result<&mut Refund, Refusal> {
        self.order.refunds.iter_mut().find(|r| r.number == number).ok_or(Refusal::NoSuchPart)
    }

    fn count_review(&mut self, number: &str) -> Result<u32, Refusal> {
        let refund = self.refund_mut(number)?;
        refund.reviews += 1;
        Ok(refund.reviews)
    }
}

fn part(line: u32) -> String {
    format!("line-{line}")
}
