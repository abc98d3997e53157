//! The sandbox behind the [`Channel`] port: what the backend calls. The book's failures are `Unknown`, as a real
//! channel's would be; refusals carry one of the codes below.

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use powerhall_money::{Cause, Outcome};

use super::book::{Creating, RefundRow, Refunding, TradeRow, TradeState};
use super::{Sandbox, seal};
use crate::port::{
    Channel, Code, ForgedNotification, NewRefund, NewTrade, Notification, Payment, RefundState,
    StatementLine, Trade,
};

/// The number has a trade, or the refund number a refund, of other content.
pub(super) const NUMBER_REUSED: &str = "NUMBER_REUSED";
/// The trade is paid: there is no code for it any more.
pub(super) const TRADE_PAID: &str = "TRADE_PAID";
/// The trade is closed or expired.
pub(super) const TRADE_CLOSED: &str = "TRADE_CLOSED";
/// No such trade.
pub(super) const TRADE_NOT_FOUND: &str = "TRADE_NOT_FOUND";
/// The trade was not paid.
pub(super) const TRADE_NOT_PAID: &str = "TRADE_NOT_PAID";
/// The amount is not above zero, or does not fit the trade.
pub(super) const AMOUNT: &str = "AMOUNT";
/// The number is not 6 to 32 characters `[0-9A-Za-z]` (refund numbers: 1 to 64).
pub(super) const BAD_NUMBER: &str = "BAD_NUMBER";

#[async_trait]
impl Channel for Sandbox {
    fn id(&self) -> &str {
        &self.inner.config.id
    }

    fn can_close(&self) -> bool {
        true
    }

    async fn create(&self, attempt: &NewTrade) -> Outcome<Code> {
        let letters = attempt.number.bytes().all(|b| b.is_ascii_alphanumeric());
        if !(6..=32).contains(&attempt.number.len()) || !letters {
            return rejected(BAD_NUMBER);
        }
        if !attempt.amount.is_positive() {
            return rejected(AMOUNT);
        }
        match self.inner.book.create(attempt, &seal::unguessable(), self.now()).await {
            Ok(Creating::Trade(trade)) => match trade.state {
                TradeState::Pending => Outcome::Definite(self.code(&trade)),
                TradeState::Paid { .. } => rejected(TRADE_PAID),
                TradeState::Closed | TradeState::Expired => rejected(TRADE_CLOSED),
            },
            Ok(Creating::Differs) => rejected(NUMBER_REUSED),
            Err(error) => self.failed("create", &error),
        }
    }

    async fn query(&self, number: &str) -> Outcome<Trade> {
        match self.inner.book.by_number(number, self.now()).await {
            Ok(trade) => Outcome::Definite(self.standing(trade)),
            Err(error) => self.failed("query", &error),
        }
    }

    async fn close(&self, number: &str) -> Outcome<Trade> {
        match self.inner.book.close(number, self.now()).await {
            Ok(trade) => Outcome::Definite(self.standing(trade)),
            Err(error) => self.failed("close", &error),
        }
    }

    async fn refund(&self, refund: &NewRefund) -> Outcome<RefundState> {
        if !(1..=64).contains(&refund.refund_number.len()) {
            return rejected(BAD_NUMBER);
        }
        let now = self.now();
        let done_at = now.saturating_add(self.inner.config.refund_takes).unwrap_or(Timestamp::MAX);
        match self.inner.book.refund(refund, &seal::transaction_number(now), now, done_at).await {
            Ok(Refunding::Refund(row)) => Outcome::Definite(refund_standing(&row, now)),
            Ok(Refunding::NoTrade) => rejected(TRADE_NOT_FOUND),
            Ok(Refunding::NotPaid) => rejected(TRADE_NOT_PAID),
            Ok(Refunding::Differs) => rejected(NUMBER_REUSED),
            Ok(Refunding::Amount) => rejected(AMOUNT),
            Err(error) => self.failed("refund", &error),
        }
    }

    async fn query_refund(&self, number: &str, refund_number: &str) -> Outcome<RefundState> {
        match self.inner.book.find_refund(number, refund_number).await {
            Ok(Some(row)) => Outcome::Definite(refund_standing(&row, self.now())),
            Ok(None) => Outcome::Definite(RefundState::NotFound),
            Err(error) => self.failed("query_refund", &error),
        }
    }

    fn parse_notification(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification> {
        self.inner.seal.open(&self.inner.config, headers, body, now)
    }

    /// The payments and accepted refunds of a day that is over; before that, [`Cause::Busy`].
    async fn statement(&self, day: Date) -> Outcome<Vec<StatementLine>> {
        let bounds = (|| {
            let start = day.to_zoned_datetime(seal::beijing())?.timestamp();
            Ok::<_, jiff::Error>((start, start.checked_add(24.hours())?))
        })();
        let Ok((start, end)) = bounds else { return Outcome::Unknown(Cause::Busy) };
        if self.now() < end {
            return Outcome::Unknown(Cause::Busy);
        }
        let book = &self.inner.book;
        let (paid, refunded) =
            match tokio::try_join!(book.paid_between(start, end), book.refunded_between(start, end)) {
                Ok(both) => both,
                Err(error) => return self.failed("statement", &error),
            };
        let payments = paid.into_iter().filter_map(|trade| match trade.state {
            TradeState::Paid { transaction, at } => Some(StatementLine {
                number: trade.number,
                refund_number: None,
                amount: trade.amount,
                transaction,
                at,
            }),
            TradeState::Pending | TradeState::Closed | TradeState::Expired => None,
        });
        let refunds = refunded.into_iter().filter_map(|row| {
            let amount = powerhall_money::Fen::ZERO.minus(row.amount).ok()?;
            Some(StatementLine {
                number: row.number,
                refund_number: Some(row.refund_number),
                amount,
                transaction: row.transaction,
                at: row.accepted_at,
            })
        });
        Outcome::Definite(payments.chain(refunds).collect())
    }

    async fn ready(&self) -> bool {
        match self.inner.book.writable().await {
            Ok(()) => true,
            Err(error) => {
                tracing::warn!(channel = self.id(), %error, "the sandbox's book cannot be written");
                false
            }
        }
    }
}

impl Sandbox {
    fn code(&self, trade: &TradeRow) -> Code {
        Code(format!("{}/pay/{}", self.inner.config.public_base_url, trade.token))
    }

    fn standing(&self, trade: Option<TradeRow>) -> Trade {
        let Some(trade) = trade else { return Trade::NotFound };
        match trade.state {
            TradeState::Pending => Trade::Pending,
            TradeState::Paid { .. } => {
                evidence(&trade, &self.inner.config.merchant).map_or(Trade::Pending, Trade::Paid)
            }
            TradeState::Closed | TradeState::Expired => Trade::Closed,
        }
    }

    fn failed<T>(&self, call: &'static str, error: &sqlx::Error) -> Outcome<T> {
        tracing::error!(channel = self.inner.config.id, call, %error, "the sandbox's book fails");
        Outcome::Unknown(Cause::Server(500))
    }
}

/// The one place where a paid trade becomes evidence, for queries and notifications alike.
pub(super) fn evidence(trade: &TradeRow, merchant: &str) -> Option<Payment> {
    match &trade.state {
        TradeState::Paid { transaction, at } => Some(Payment {
            transaction: transaction.clone(),
            amount: trade.amount,
            currency: seal::CURRENCY.to_owned(),
            merchant: merchant.to_owned(),
            at: *at,
        }),
        TradeState::Pending | TradeState::Closed | TradeState::Expired => None,
    }
}

fn refund_standing(row: &RefundRow, now: Timestamp) -> RefundState {
    if now >= row.done_at { RefundState::Done } else { RefundState::Accepted }
}

fn rejected<T>(code: &str) -> Outcome<T> {
    Outcome::Rejected(code.to_owned())
}
