//! The sandbox behind the [`Channel`] port: what the backend calls. The book's failures are `Unknown`, as a real
//! channel's would be; refusals carry one of the codes below.

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use powerhall_faults::Call;
use powerhall_money::{Cause, Fen, Outcome};

use super::book::{Creating, RefundRow, Refunding, TradeRow, TradeState};
use super::seal::Body;
use super::{Mode, Sandbox, seal};
use crate::port::{
    Channel, Code, ForgedNotification, NewRefund, NewTrade, Notification, Payment, RefundState, Statement,
    StatementLine, StatementSums, Trade,
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
        match self.inner.config.mode {
            Mode::WechatLike => true,
            Mode::AlipayLike => false,
        }
    }

    async fn create(&self, attempt: &NewTrade) -> Outcome<Code> {
        let letters = attempt.number.bytes().all(|b| b.is_ascii_alphanumeric());
        if !(6..=32).contains(&attempt.number.len()) || !letters {
            return rejected(BAD_NUMBER);
        }
        if !attempt.amount.is_positive() {
            return rejected(AMOUNT);
        }
        self.behave(Call::Create, &attempt.number, self.make(attempt)).await
    }

    async fn query(&self, number: &str) -> Outcome<Trade> {
        self.behave(Call::Query, number, self.look_up(number)).await
    }

    async fn close(&self, number: &str) -> Outcome<Trade> {
        match self.inner.config.mode {
            Mode::WechatLike => self.behave(Call::Close, number, self.shut(number)).await,
            // Before the scan there is nothing to close, and what is scanned stays open: a close has no effect.
            Mode::AlipayLike => self.behave(Call::Close, number, self.look_up(number)).await,
        }
    }

    async fn refund(&self, refund: &NewRefund) -> Outcome<RefundState> {
        if !(1..=64).contains(&refund.refund_number.len()) {
            return rejected(BAD_NUMBER);
        }
        self.behave(Call::Refund, &refund.number, self.give_back(refund)).await
    }

    async fn query_refund(&self, number: &str, refund_number: &str) -> Outcome<RefundState> {
        self.behave(Call::QueryRefund, number, self.look_up_refund(number, refund_number)).await
    }

    fn parse_notification(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification> {
        self.inner.seal.open(&self.inner.config, headers, body, now)
    }

    /// The payments and accepted refunds of a day that is over; before that, [`Cause::Busy`]. The sums are those of the
    /// book, whatever becomes of the lines on their way.
    async fn statement(&self, day: Date) -> Outcome<Statement> {
        let lines = match self.lines(day).await {
            Outcome::Definite(lines) => lines,
            Outcome::Rejected(code) => return Outcome::Rejected(code),
            Outcome::Unknown(cause) => return Outcome::Unknown(cause),
        };
        match Fen::sum(lines.iter().map(|line| line.amount)) {
            Ok(total) => {
                let sums = Some(StatementSums { total, lines: lines.len() as u64 });
                Outcome::Definite(Statement { lines: self.misstate(lines), sums })
            }
            // No day takes this much: the book is not to be believed.
            Err(_) => Outcome::Unknown(Cause::Unverified),
        }
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

/// The work of each call, without what may go wrong with it.
impl Sandbox {
    /// What the book says of a day that is over.
    async fn lines(&self, day: Date) -> Outcome<Vec<StatementLine>> {
        let bounds = (|| {
            let start = day.to_zoned_datetime(seal::beijing())?.timestamp();
            Ok::<_, jiff::Error>((start, start.checked_add(24.hours())?))
        })();
        let Ok((start, end)) = bounds else { return Outcome::Unknown(Cause::Busy) };
        if self.now() < end {
            return Outcome::Unknown(Cause::Busy);
        }
        let book = &self.inner.book;
        let (paid, again, refunded) = match tokio::try_join!(
            book.paid_between(start, end),
            book.paid_again_between(start, end),
            book.refunded_between(start, end)
        ) {
            Ok(all) => all,
            Err(error) => return self.failed("statement", &error),
        };
        let payments = paid.into_iter().filter_map(|trade| match trade.state {
            TradeState::Paid { transaction, at, amount } => {
                Some(StatementLine { number: trade.number, refund_number: None, amount, transaction, at })
            }
            TradeState::Pending | TradeState::Closed | TradeState::Expired => None,
        });
        let again = again.into_iter().map(|(number, transaction, amount, at)| StatementLine {
            number,
            refund_number: None,
            amount,
            transaction,
            at,
        });
        let refunds = refunded.into_iter().filter_map(|row| {
            let amount = Fen::ZERO.minus(row.amount).ok()?;
            Some(StatementLine {
                number: row.number,
                refund_number: Some(row.refund_number),
                amount,
                transaction: row.transaction,
                at: row.accepted_at,
            })
        });
        Outcome::Definite(payments.chain(again).chain(refunds).collect())
    }

    async fn make(&self, attempt: &NewTrade) -> Outcome<Code> {
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

    async fn look_up(&self, number: &str) -> Outcome<Trade> {
        match self.inner.book.by_number(number, self.now()).await {
            Ok(trade) => Outcome::Definite(self.standing(trade)),
            Err(error) => self.failed("query", &error),
        }
    }

    async fn shut(&self, number: &str) -> Outcome<Trade> {
        match self.inner.book.close(number, self.now()).await {
            Ok(trade) => Outcome::Definite(self.standing(trade)),
            Err(error) => self.failed("close", &error),
        }
    }

    async fn give_back(&self, refund: &NewRefund) -> Outcome<RefundState> {
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

    async fn look_up_refund(&self, number: &str, refund_number: &str) -> Outcome<RefundState> {
        match self.inner.book.find_refund(number, refund_number).await {
            Ok(Some(row)) => Outcome::Definite(refund_standing(&row, self.now())),
            Ok(None) => Outcome::Definite(RefundState::NotFound),
            Err(error) => self.failed("query_refund", &error),
        }
    }

    fn code(&self, trade: &TradeRow) -> Code {
        Code(format!("{}/pay/{}", self.inner.config.public_base_url, trade.token))
    }

    fn standing(&self, trade: Option<TradeRow>) -> Trade {
        let Some(trade) = trade else { return Trade::NotFound };
        let unscanned = self.inner.config.mode == Mode::AlipayLike && !trade.scanned;
        match trade.state {
            TradeState::Pending | TradeState::Expired if unscanned => Trade::NotFound,
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
        TradeState::Paid { transaction, at, amount } => Some(Payment {
            transaction: transaction.clone(),
            amount: *amount,
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

/// A notification's body as text.
pub(super) fn encoded(body: &Body) -> Result<String, sqlx::Error> {
    body.json().map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

fn rejected<T>(code: &str) -> Outcome<T> {
    Outcome::Rejected(code.to_owned())
}
