//! Money comes in: a payer presses pay, or a fault lets somebody pay who should not. The payment and the duty to tell of
//! it become durable in one transaction.

use std::time::Duration;

use powerhall_faults::{Call, order_part};
use powerhall_money::Fen;

use super::book::{Disguise, How, Message, Paying, TradeRow, TradeState};
use super::seal::{self, Body};
use super::{Sandbox, channel};
use crate::faults::ChannelFault;
use crate::port::Payment;

impl Sandbox {
    /// The payer presses pay on the phone.
    pub(super) async fn pay(&self, token: &str) -> Result<Paying, sqlx::Error> {
        match self.inner.book.by_token(token, self.now()).await? {
            None => Ok(Paying::NotFound),
            Some(trade) if trade.state == TradeState::Pending => self.take(&trade.number, false, true).await,
            Some(_) => Ok(Paying::Unchanged),
        }
    }

    /// Takes the payment of a trade that is pending, or closed if that is no matter; tells of it or not.
    pub(super) async fn take(
        &self,
        number: &str,
        although_closed: bool,
        told: bool,
    ) -> Result<Paying, sqlx::Error> {
        let plan = &self.inner.config.faults;
        let play = if although_closed { None } else { plan.at(Call::Pay, number) };
        let fault = play.map(|play| play.fault);
        let now = self.now();
        let how = How {
            now,
            transaction: &seal::transaction_number(now),
            amiss: fault == Some(ChannelFault::WrongAmount),
            although_closed,
        };
        let tell = |trade: &TradeRow| {
            let payment = channel::evidence(trade, &self.inner.config.merchant);
            let payment = payment.ok_or(sqlx::Error::RowNotFound)?;
            if told { self.messages(trade, &payment) } else { Ok(Vec::new()) }
        };
        let outcome = self.inner.book.pay(number, how, tell).await?;
        if matches!(outcome, Paying::Paid) {
            if fault == Some(ChannelFault::PaidTwice) {
                self.take_again(number).await?;
            }
            if fault == Some(ChannelFault::TwoPayers) {
                for other in self.inner.book.closed_of(order_part(number)).await? {
                    Box::pin(self.take(&other, true, true)).await?;
                }
            }
            self.inner.bell.notify_one();
        }
        Ok(outcome)
    }

    /// The same trade is paid once more, by a transaction of its own.
    async fn take_again(&self, number: &str) -> Result<(), sqlx::Error> {
        let now = self.now();
        let Some(trade) = self.inner.book.by_number(number, now).await? else { return Ok(()) };
        let payment = Payment {
            transaction: seal::transaction_number(now),
            amount: trade.amount,
            currency: seal::CURRENCY.to_owned(),
            merchant: self.inner.config.merchant.clone(),
            at: now,
        };
        let messages = self.messages(&trade, &payment)?;
        self.inner.book.pay_again(number, &payment, &messages).await
    }

    /// What is to be told of a payment, as the plan would have it.
    fn messages(&self, trade: &TradeRow, payment: &Payment) -> Result<Vec<Message>, sqlx::Error> {
        let key = seal::unguessable();
        let body = channel::encoded(&Body::paid(&key, &self.inner.config, trade, payment))?;
        let plain = Message { key, body, disguise: None, held: false, wait: Duration::ZERO };
        let copy = |what: &str| Message { key: format!("{}-{what}", plain.key), ..plain.clone() };
        let Some(play) = self.inner.config.faults.at(Call::Notify, &trade.number) else {
            return Ok(vec![plain]);
        };
        Ok(match play.fault {
            ChannelFault::DuplicatedNotification => vec![copy("again"), plain],
            ChannelFault::DelayedNotification => vec![Message { wait: play.wait, ..plain }],
            ChannelFault::ReorderedNotification => vec![Message { wait: play.wait, held: true, ..plain }],
            ChannelFault::LostNotification => Vec::new(),
            ChannelFault::ReplayedNotification => {
                let stale = Message { disguise: Some(Disguise::Stale), wait: play.wait, ..copy("old") };
                vec![stale, plain]
            }
            // No other fault is played at a notification.
            ChannelFault::OnTheWay(_)
            | ChannelFault::NotifiedBeforeAnswer
            | ChannelFault::ForgedNotification
            | ChannelFault::WrongAmount
            | ChannelFault::PaidTwice
            | ChannelFault::TwoPayers
            | ChannelFault::PaidAfterClose
            | ChannelFault::PaidAfterCloseSilently
            | ChannelFault::BusyWhileTyping
            | ChannelFault::StatementMissingLine
            | ChannelFault::StatementExtraLine
            | ChannelFault::StatementAlteredLine => vec![plain],
        })
    }
}

/// One fen less; of one fen, one more.
pub(super) fn amiss(asked: Fen) -> Fen {
    let one = Fen::new(1);
    match asked.minus(one) {
        Ok(less) if less.is_positive() => less,
        Ok(_) | Err(_) => asked.plus(one).unwrap_or(one),
    }
}
