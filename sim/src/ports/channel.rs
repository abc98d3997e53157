//! The port to channels: two of them, and what they tell the backend by themselves.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use powerhall_backend::clock::Clock;
use powerhall_backend::store::MemoryStore;
use powerhall_channel::port::{
    Channel, Code, ForgedNotification, NewRefund, NewTrade, Notification, Payment, RefundState, Statement,
    Trade,
};
use powerhall_money::{Cause, Fen, Outcome};
use serde::{Deserialize, Serialize};

use super::{CHANNEL, call};
use crate::books::{Back, Manner, Paid, Refunded, Standing};
use crate::chance::Fault;
use crate::payers;
use crate::reconcile;
use crate::sim::{Sim, SimClock};

/// A channel.
pub struct SimChannel {
    /// The world.
    pub sim: Arc<Sim>,
    /// Which of the two.
    pub which: usize,
    /// What the backend that calls has durable.
    pub store: Arc<MemoryStore>,
    /// Its id.
    pub id: &'static str,
    /// Whether it can close.
    pub can_close: bool,
    /// How it closes.
    pub manner: Manner,
    /// The longest that a code lives, in milliseconds.
    pub longest: i64,
}

impl SimChannel {
    /// I13: the number was durable before it went out.
    fn must_know(&self, number: &str) {
        // A wrong design may add to a number; what it adds to is durable all the same.
        if !self.store.knows_number(number.split('-').next().unwrap_or(number)) {
            self.sim.violation(format!("I13: the number {number} went out before it was durable"));
        }
    }
}

/// A notification on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    /// The channel's id of the event.
    pub event: String,
    /// Our number.
    pub number: String,
    /// The channel's number.
    pub transaction: String,
    /// How much.
    pub amount: i64,
    /// Who was paid.
    pub merchant: String,
    /// When it was paid (true time).
    pub at: i64,
    /// When it was signed (true time).
    pub signed: i64,
    /// Stands for a signature that verifies.
    pub genuine: bool,
}

fn timestamp(ms: i64) -> Timestamp {
    powerhall_backend::clock::timestamp(powerhall_money::Moment(ms))
}

fn evidence(paid: &Paid) -> Payment {
    Payment {
        transaction: paid.transaction.clone(),
        amount: Fen::new(paid.amount),
        currency: "CNY".to_owned(),
        merchant: paid.merchant.to_owned(),
        at: timestamp(paid.at),
    }
}

fn trade(standing: Outcome<Standing>) -> Outcome<Trade> {
    match standing {
        Outcome::Definite(Standing::NotFound) => Outcome::Definite(Trade::NotFound),
        Outcome::Definite(Standing::Pending) => Outcome::Definite(Trade::Pending),
        Outcome::Definite(Standing::Closed) => Outcome::Definite(Trade::Closed),
        Outcome::Definite(Standing::Paid(paid)) => Outcome::Definite(Trade::Paid(evidence(&paid))),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}

fn refund_state(refunded: Outcome<Refunded>) -> Outcome<RefundState> {
    match refunded {
        Outcome::Definite(Refunded::NotFound) => Outcome::Definite(RefundState::NotFound),
        Outcome::Definite(Refunded::Accepted) => Outcome::Definite(RefundState::Accepted),
        Outcome::Definite(Refunded::Done) => Outcome::Definite(RefundState::Done),
        Outcome::Definite(Refunded::Abnormal) => Outcome::Definite(RefundState::Abnormal),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}

#[async_trait]
impl Channel for SimChannel {
    fn id(&self) -> &str {
        self.id
    }

    fn can_close(&self) -> bool {
        self.can_close
    }

    async fn create(&self, attempt: &NewTrade) -> Outcome<Code> {
        self.must_know(&attempt.number);
        if self.sim.hit(Fault::CreateRefused) {
            return Outcome::Rejected("refused".to_owned());
        }
        // An absolute expiry is told by our clock, a relative one is counted by the channel's.
        let expires_at = attempt.expires_at.as_millisecond();
        // It never is longer than a code lives at the most, whatever our clock says.
        let relative = (expires_at - SimClock(Arc::clone(&self.sim)).now().0).min(self.longest);
        let (which, number, amount) = (self.which, attempt.number.clone(), attempt.amount.get());
        let (manner, sim) = (self.manner, Arc::clone(&self.sim));
        let made = call(&self.sim, &CHANNEL, "create", move |inner, now| {
            let expires = match manner {
                Manner::WeChatLike => expires_at,
                Manner::AlipayLike => now + relative,
            };
            let made = inner.books.channels[which].create(&number, amount, expires);
            let fresh = inner.books.channels[which].is_payable(&number, now);
            if fresh && inner.chance.hit(Fault::PaidBeforeCode) {
                let _ = payers::pay(&sim, inner, which, &number, now, false, false);
                inner.books.channels[which].unseen(&number);
            }
            made
        })
        .await;
        match made {
            Outcome::Definite(code) => Outcome::Definite(Code(code)),
            Outcome::Rejected(code) => Outcome::Rejected(code),
            Outcome::Unknown(cause) => Outcome::Unknown(cause),
        }
    }

    async fn query(&self, number: &str) -> Outcome<Trade> {
        let (which, number) = (self.which, number.to_owned());
        trade(
            call(&self.sim, &CHANNEL, "query", move |inner, now| {
                inner.books.channels[which].query(&number, now)
            })
            .await,
        )
    }

    async fn close(&self, number: &str) -> Outcome<Trade> {
        if self.sim.hit(Fault::CloseBusy) {
            return Outcome::Unknown(Cause::Busy);
        }
        let (which, number) = (self.which, number.to_owned());
        trade(
            call(&self.sim, &CHANNEL, "close", move |inner, now| {
                inner.books.channels[which].close(&number, now)
            })
            .await,
        )
    }

    async fn refund(&self, refund: &NewRefund) -> Outcome<RefundState> {
        self.must_know(&refund.refund_number);
        let refused = self.sim.hit(Fault::RefundRefused);
        let (which, refund, sim) = (self.which, refund.clone(), Arc::clone(&self.sim));
        refund_state(
            call(&self.sim, &CHANNEL, "refund", move |inner, now| {
                let chance = &mut inner.chance;
                let well = !chance.hit(Fault::RefundAbnormal);
                let wait = if chance.hit(Fault::RefundSlow) { chance.between(1_000, 300_000) } else { 0 };
                let back = Back { amount: refund.amount.get(), ends: now + wait as i64, well };
                if refused {
                    return Outcome::Rejected("refused".to_owned());
                }
                let done =
                    inner.books.channels[which].refund(&refund.number, &refund.refund_number, back, now);
                inner.check_money(sim.ms(), &refund.number);
                done
            })
            .await,
        )
    }

    async fn query_refund(&self, number: &str, refund_number: &str) -> Outcome<RefundState> {
        let (which, number, refund_number) = (self.which, number.to_owned(), refund_number.to_owned());
        let asked = call(&self.sim, &CHANNEL, "query refund", move |inner, now| {
            if inner.chance.hit(Fault::RefundForgotten) {
                return Outcome::Definite(Refunded::NotFound);
            }
            inner.books.channels[which].query_refund(&number, &refund_number, now)
        });
        if self.sim.hit(Fault::QuestionRefused) {
            return Outcome::Rejected("not_now".to_owned());
        }
        refund_state(asked.await)
    }

    fn parse_notification(
        &self,
        _headers: &[(String, String)],
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, ForgedNotification> {
        let told: Told =
            serde_json::from_slice(body).map_err(|_| ForgedNotification("unreadable".to_owned()))?;
        if !told.genuine {
            return Err(ForgedNotification("signature".to_owned()));
        }
        if (now.as_millisecond() - told.signed).abs() > 300_000 {
            return Err(ForgedNotification("stale".to_owned()));
        }
        Ok(Notification {
            event_id: told.event,
            number: told.number,
            payment: Payment {
                transaction: told.transaction,
                amount: Fen::new(told.amount),
                currency: "CNY".to_owned(),
                merchant: told.merchant,
                at: timestamp(told.at),
            },
        })
    }

    async fn statement(&self, day: Date) -> Outcome<Statement> {
        match self.sim.with(|inner| inner.papers.clone()) {
            Some(papers) if day == reconcile::DAY => Outcome::Definite(papers.statements[self.which].clone()),
            Some(_) => Outcome::Definite(Statement::default()),
            None => Outcome::Unknown(Cause::UnknownCode("no_statement_yet".to_owned())),
        }
    }

    async fn ready(&self) -> bool {
        !self.sim.hit(Fault::ChannelDown)
    }
}
