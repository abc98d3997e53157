//! A payment channel in memory that misbehaves on demand.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use powerhall_channel::port::{
    Channel, Code, ForgedNotification, NewRefund, NewTrade, Notification, Payment, RefundState, Statement,
    StatementLine, StatementSums, Trade,
};
use powerhall_money::{Cause, Fen, Outcome};

/// Who is paid.
pub const MERCHANT: &str = "fake-merchant";
/// The header that stands for a signature, and what it must say.
pub const SEAL: (&str, &str) = ("x-fake-seal", "genuine");

/// What goes wrong with the next call of a kind.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nothing happens there, and nothing is known here.
    Lost,
    /// It happens there, and nothing is known here.
    AnswerLost,
    /// It is refused for good.
    Refused,
    /// It happens there at once; the answer takes this long.
    Slow(Duration),
}

#[derive(Clone, Debug)]
struct FakeTrade {
    amount: Fen,
    paid: Option<Payment>,
    closed: bool,
}

#[derive(Default)]
struct Inner {
    trades: BTreeMap<String, FakeTrade>,
    refunds: BTreeMap<String, (Fen, RefundState)>,
    /// The trade of each refund.
    refunded_trades: BTreeMap<String, String>,
    edit: Option<fn(&mut Vec<StatementLine>)>,
    truncate: bool,
    /// Further payments of codes that were paid before.
    again: Vec<(String, Payment)>,
    faults: BTreeMap<&'static str, VecDeque<Fault>>,
    calls: Vec<(&'static str, String)>,
    refunds_arrive: bool,
    hangs: bool,
}

/// The channel.
pub struct FakeChannel {
    id: &'static str,
    can_close: bool,
    inner: Mutex<Inner>,
}

impl FakeChannel {
    pub fn new(id: &'static str, can_close: bool) -> Self {
        Self { id, can_close, inner: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while held")
    }

    /// What goes wrong with the next calls of a kind, in order.
    pub fn fault(&self, call: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.entry(call).or_default().extend(faults);
    }

    /// From now on nobody who asks whether it is ready ever hears anything.
    pub fn set_hangs(&self) {
        self.lock().hangs = true;
    }

    /// A phone pays. False: the channel does not let it, because the trade is closed or unknown.
    pub fn pay(&self, number: &str) -> bool {
        let closed = self.lock().trades.get(number).is_none_or(|t| t.closed);
        !closed && self.pay_anyway(number, None)
    }

    /// A payment that goes through although the trade was closed, or with another amount.
    pub fn pay_anyway(&self, number: &str, amount: Option<Fen>) -> bool {
        let mut inner = self.lock();
        let Some(trade) = inner.trades.get_mut(number) else { return false };
        let amount = amount.unwrap_or(trade.amount);
        trade.paid.get_or_insert_with(|| Payment {
            transaction: format!("T{number}"),
            amount,
            currency: "CNY".to_owned(),
            merchant: MERCHANT.to_owned(),
            at: "2026-11-23T10:00:00+08:00".parse().expect("a time"),
        });
        true
    }

    /// The body of a notification of a payment.
    pub fn notification(&self, number: &str) -> String {
        let paid = self.lock().trades[number].paid.clone().expect("paid");
        format!("{}|{number}|{}|{}", paid.transaction, paid.transaction, paid.amount.get())
    }

    pub fn number_of_calls(&self, call: &str) -> usize {
        self.lock().calls.iter().filter(|(name, _)| *name == call).count()
    }

    /// All numbers that a call of this kind ever named.
    pub fn numbers(&self, call: &str) -> Vec<String> {
        self.lock().calls.iter().filter(|(name, _)| *name == call).map(|(_, number)| number.clone()).collect()
    }

    pub fn is_closed(&self, number: &str) -> bool {
        self.lock().trades.get(number).is_some_and(|t| t.closed)
    }

    /// How much has gone back in all.
    pub fn refunded(&self) -> i64 {
        self.lock().refunds.values().map(|(fen, _)| fen.get()).sum()
    }

    /// What is done to every statement before it is handed out.
    pub fn edit_statements(&self, edit: fn(&mut Vec<StatementLine>)) {
        self.lock().edit = Some(edit);
    }

    /// Whether statements lose their last line on their way, behind the channel's back.
    pub fn truncate_statements(&self, truncate: bool) {
        self.lock().truncate = truncate;
    }

    /// The same code is paid again by another transaction, of which the channel tells nobody.
    pub fn pay_again(&self, number: &str) {
        let mut inner = self.lock();
        let mut again = inner.trades[number].paid.clone().expect("paid before");
        again.transaction = format!("{}-AGAIN", again.transaction);
        inner.again.push((number.to_owned(), again));
    }

    /// From now on, refunds that are accepted reach the payer.
    pub fn finish_refunds(&self) {
        self.lock().refunds_arrive = true;
    }

    /// One call: notes it, lets it go wrong, and lets it happen.
    async fn call<T>(
        &self,
        name: &'static str,
        number: &str,
        effect: impl FnOnce(&mut Inner) -> Outcome<T>,
    ) -> Outcome<T> {
        let (outcome, wait) = {
            let mut inner = self.lock();
            inner.calls.push((name, number.to_owned()));
            match inner.faults.get_mut(name).and_then(VecDeque::pop_front) {
                None => (effect(&mut inner), None),
                Some(Fault::Lost) => (Outcome::Unknown(Cause::Timeout), None),
                Some(Fault::AnswerLost) => {
                    let _ = effect(&mut inner);
                    (Outcome::Unknown(Cause::Server(500)), None)
                }
                Some(Fault::Refused) => (Outcome::Rejected("REFUSED".to_owned()), None),
                Some(Fault::Slow(wait)) => (effect(&mut inner), Some(wait)),
            }
        };
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
        outcome
    }
}

fn state(trade: Option<&FakeTrade>) -> Trade {
    match trade {
        None => Trade::NotFound,
        Some(FakeTrade { paid: Some(paid), .. }) => Trade::Paid(paid.clone()),
        Some(FakeTrade { closed: true, .. }) => Trade::Closed,
        Some(_) => Trade::Pending,
    }
}

#[async_trait]
impl Channel for FakeChannel {
    fn id(&self) -> &str {
        self.id
    }

    fn can_close(&self) -> bool {
        self.can_close
    }

    async fn create(&self, new: &NewTrade) -> Outcome<Code> {
        self.call("create", &new.number, |inner| {
            inner.trades.entry(new.number.clone()).or_insert(FakeTrade {
                amount: new.amount,
                paid: None,
                closed: false,
            });
            Outcome::Definite(Code(format!("fake://{}", new.number)))
        })
        .await
    }

    async fn query(&self, number: &str) -> Outcome<Trade> {
        self.call("query", number, |inner| Outcome::Definite(state(inner.trades.get(number)))).await
    }

    async fn close(&self, number: &str) -> Outcome<Trade> {
        assert!(self.can_close, "close was called on a channel that cannot");
        self.call("close", number, |inner| {
            if let Some(trade) = inner.trades.get_mut(number) {
                trade.closed |= trade.paid.is_none();
            }
            Outcome::Definite(state(inner.trades.get(number)))
        })
        .await
    }

    async fn refund(&self, new: &NewRefund) -> Outcome<RefundState> {
        self.call("refund", &new.refund_number, |inner| {
            let paid = inner.trades.get(&new.number).and_then(|t| t.paid.as_ref());
            assert!(paid.is_some_and(|p| p.amount >= new.amount), "a refund of what was not paid");
            inner.refunded_trades.insert(new.refund_number.clone(), new.number.clone());
            let entry = inner.refunds.entry(new.refund_number.clone());
            Outcome::Definite(entry.or_insert((new.amount, RefundState::Accepted)).1)
        })
        .await
    }

    async fn query_refund(&self, _: &str, refund_number: &str) -> Outcome<RefundState> {
        self.call("query_refund", refund_number, |inner| {
            Outcome::Definite(match inner.refunds.get(refund_number) {
                None => RefundState::NotFound,
                Some(_) if inner.refunds_arrive => RefundState::Done,
                Some((_, state)) => *state,
            })
        })
        .await
    }

    fn parse_notification(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification> {
        let forged = |why: &str| ForgedNotification(why.to_owned());
        if !headers.iter().any(|(name, value)| (name.as_str(), value.as_str()) == SEAL) {
            return Err(forged("no seal"));
        }
        let text = std::str::from_utf8(body).map_err(|_| forged("not text"))?;
        let [event_id, number, transaction, fen] = text.split('|').collect::<Vec<_>>()[..] else {
            return Err(forged("not four parts"));
        };
        Ok(Notification {
            event_id: event_id.to_owned(),
            number: number.to_owned(),
            payment: Payment {
                transaction: transaction.to_owned(),
                amount: Fen::new(fen.parse().map_err(|_| forged("no amount"))?),
                currency: "CNY".to_owned(),
                merchant: MERCHANT.to_owned(),
                at: now,
            },
        })
    }

    async fn statement(&self, day: jiff::civil::Date) -> Outcome<Statement> {
        let inner = self.lock();
        let mut lines = Vec::new();
        let paid = inner.trades.iter().filter_map(|(number, trade)| Some((number, trade.paid.as_ref()?)));
        for (number, paid) in paid.chain(inner.again.iter().map(|(number, paid)| (number, paid))) {
            lines.push(StatementLine {
                number: number.clone(),
                refund_number: None,
                amount: paid.amount,
                transaction: paid.transaction.clone(),
                at: paid.at,
            });
        }
        for (refund, (amount, _)) in &inner.refunds {
            lines.push(StatementLine {
                number: inner.refunded_trades[refund].clone(),
                refund_number: Some(refund.clone()),
                amount: Fen::new(-amount.get()),
                transaction: format!("X{refund}"),
                at: "2026-11-23T10:00:01+08:00".parse().expect("a time"),
            });
        }
        lines.retain(|line| jiff::tz::Offset::constant(8).to_datetime(line.at).date() == day);
        if let Some(edit) = inner.edit {
            edit(&mut lines);
        }
        let total = Fen::sum(lines.iter().map(|line| line.amount)).expect("fits");
        let sums = StatementSums { total, lines: lines.len() as u64 };
        // A file that ends too early still says how long it should be.
        if inner.truncate {
            lines.pop();
        }
        Outcome::Definite(Statement { lines, sums: Some(sums) })
    }

    async fn ready(&self) -> bool {
        let hangs = self.lock().hangs;
        if hangs {
            std::future::pending::<()>().await;
        }
        true
    }
}
