//! The sandbox misbehaving: what its plan of faults makes of a call. The work itself stands in `channel`, `paying` and
//! `book`; here it is left out, hidden from the caller, or followed by what should not happen.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use powerhall_faults::Call;
use powerhall_money::{Cause, Fen, Outcome};

use super::book::{Disguise, Message};
use super::seal::{self, Body};
use super::{Sandbox, channel};
use crate::faults::ChannelFault;
use crate::port::{Payment, StatementLine};

impl Sandbox {
    /// Does `work` as the plan says.
    pub(super) async fn behave<T: Send>(
        &self,
        call: Call,
        number: &str,
        work: impl Future<Output = Outcome<T>> + Send,
    ) -> Outcome<T> {
        if call == Call::Close && self.typing().contains(number) {
            return Outcome::Unknown(Cause::Busy);
        }
        let Some(play) = self.inner.config.faults.at(call, number) else { return work.await };
        match play.fault {
            ChannelFault::OnTheWay(mishap) => mishap.befalls(play.wait, work).await,
            ChannelFault::NotifiedBeforeAnswer => {
                let outcome = work.await;
                self.take_later(number, Duration::ZERO, false, true);
                tokio::time::sleep(play.wait).await;
                outcome
            }
            ChannelFault::ForgedNotification => {
                let outcome = work.await;
                self.forge(number).await;
                outcome
            }
            ChannelFault::PaidAfterClose | ChannelFault::PaidAfterCloseSilently => {
                let outcome = work.await;
                let told = play.fault == ChannelFault::PaidAfterClose;
                self.take_later(number, play.wait, true, told);
                outcome
            }
            ChannelFault::BusyWhileTyping => {
                self.typing().insert(number.to_owned());
                self.take_later(number, play.wait, false, true);
                Outcome::Unknown(Cause::Busy)
            }
            // Played elsewhere: when the payer pays, when it is told, and in the statement.
            ChannelFault::DuplicatedNotification
            | ChannelFault::DelayedNotification
            | ChannelFault::ReorderedNotification
            | ChannelFault::LostNotification
            | ChannelFault::ReplayedNotification
            | ChannelFault::WrongAmount
            | ChannelFault::PaidTwice
            | ChannelFault::TwoPayers
            | ChannelFault::StatementMissingLine
            | ChannelFault::StatementExtraLine
            | ChannelFault::StatementAlteredLine => work.await,
        }
    }

    /// A payer pays in a while, whoever waits for what.
    fn take_later(&self, number: &str, wait: Duration, although_closed: bool, told: bool) {
        let (sandbox, number) = (self.clone(), number.to_owned());
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            if let Err(error) = sandbox.take(&number, although_closed, told).await {
                tracing::error!(channel = sandbox.inner.config.id, %error, "a fault was not played");
            }
            sandbox.typing().remove(&number);
        });
    }

    fn typing(&self) -> MutexGuard<'_, HashSet<String>> {
        self.inner.typing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a notification into the outbox that will be sealed with a wrong key: the trade is not paid.
    async fn forge(&self, number: &str) {
        let now = self.now();
        let config = &self.inner.config;
        let forged = async {
            let Some(trade) = self.inner.book.by_number(number, now).await? else { return Ok(()) };
            let payment = Payment {
                transaction: seal::transaction_number(now),
                amount: trade.amount,
                currency: seal::CURRENCY.to_owned(),
                merchant: config.merchant.clone(),
                at: now,
            };
            let key = seal::unguessable();
            let body = channel::encoded(&Body::paid(&key, config, &trade, &payment))?;
            let message =
                Message { key, body, disguise: Some(Disguise::Forged), held: false, wait: Duration::ZERO };
            self.inner.book.tell(number, now, &[message]).await
        };
        match forged.await {
            Ok(()) => self.inner.bell.notify_one(),
            Err(error) => tracing::error!(channel = config.id, %error, "a fault was not played"),
        }
    }

    /// The statement as the plan would have it. It reads the same each time.
    pub(super) fn misstate(&self, lines: Vec<StatementLine>) -> Vec<StatementLine> {
        let mut stated = Vec::with_capacity(lines.len());
        for mut line in lines {
            let is_payment = line.refund_number.is_none();
            let play = is_payment.then(|| self.inner.config.faults.always_at(Call::Statement, &line.number));
            match play.flatten().map(|play| play.fault) {
                Some(ChannelFault::StatementMissingLine) => continue,
                Some(ChannelFault::StatementAlteredLine) => {
                    line.amount = line.amount.plus(Fen::new(1)).unwrap_or(line.amount);
                }
                Some(ChannelFault::StatementExtraLine) => stated.push(StatementLine {
                    number: format!("X{}", line.number.get(1..).unwrap_or_default()),
                    transaction: format!("X{}", line.transaction),
                    ..line.clone()
                }),
                // No other fault is played at a line.
                Some(_) | None => {}
            }
            stated.push(line);
        }
        stated
    }
}
