//! The ports to channels and billing: the real job code calls these. Each call may be lost, late, doubled, answered
//! with an error before or after its effect, or be the last thing that the backend did.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use powerhall_api::{Account, Bill, BillDetail, Bills, Outage, Personal};
use powerhall_backend::clock::Clock;
use powerhall_backend::store::MemoryStore;
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Posted, Target, Taxable,
};
use powerhall_channel::port::{
    Channel, Code, ForgedNotification, NewRefund, NewTrade, Notification, Payment, RefundState, Statement,
    Trade,
};
use powerhall_money::{Cause, Fen, Outcome};
use serde::{Deserialize, Serialize};

use crate::books::{Back, Manner, OnAccount, Paid, Refunded, Standing};
use crate::chance::Fault;
use crate::payers;
use crate::process;
use crate::reconcile;
use crate::sim::{Inner, Sim, SimClock};

/// The faults of one side's calls.
struct Faults {
    lost: Fault,
    before: Fault,
    after: Fault,
    answer_lost: Fault,
    slow: Fault,
    delayed: Fault,
    doubled: Fault,
}

const CHANNEL: Faults = Faults {
    lost: Fault::ChannelLost,
    before: Fault::ChannelErrorBefore,
    after: Fault::ChannelErrorAfter,
    answer_lost: Fault::ChannelAnswerLost,
    slow: Fault::ChannelSlow,
    delayed: Fault::ChannelDelayed,
    doubled: Fault::ChannelDoubled,
};
const BILLING: Faults = Faults {
    lost: Fault::BillingLost,
    before: Fault::BillingErrorBefore,
    after: Fault::BillingErrorAfter,
    answer_lost: Fault::BillingAnswerLost,
    slow: Fault::BillingSlow,
    delayed: Fault::BillingDelayed,
    doubled: Fault::BillingDoubled,
};

/// A call to the outside: `effect` happens there, not at all, late, or twice.
async fn call<T: Send + 'static>(
    sim: &Arc<Sim>,
    faults: &Faults,
    name: &'static str,
    effect: impl Fn(&mut Inner, i64) -> Outcome<T> + Send + Sync + 'static,
) -> Outcome<T> {
    sim.moved();
    process::maybe_crash(sim, Fault::CrashBeforeCall).await;
    if sim.hit(faults.lost) {
        std::future::pending::<()>().await;
    }
    if sim.hit(Fault::ChannelRefusedConnection) {
        return Outcome::Unknown(Cause::Network);
    }
    if sim.hit(faults.before) {
        sim.pass(5, 200).await;
        return Outcome::Unknown(Cause::Server(500));
    }
    let effect = Arc::new(effect);
    if sim.hit(faults.delayed) {
        later(sim, 12_000, 150_000, name, effect);
        std::future::pending::<()>().await;
        return Outcome::Unknown(Cause::Timeout);
    }
    if sim.hit(faults.slow) {
        sim.pass(500, 9_000).await;
    } else {
        sim.pass(2, 60).await;
    }
    let truth = sim.truth();
    let outcome = sim.with(|inner| effect(inner, truth));
    sim.tell(|| format!("{name}: {}", brief(&outcome)));
    if sim.hit(faults.doubled) {
        later(sim, 50, 60_000, name, effect);
    }
    process::maybe_crash(sim, Fault::CrashAfterCall).await;
    if sim.hit(faults.answer_lost) {
        std::future::pending::<()>().await;
    }
    if sim.hit(faults.after) {
        return Outcome::Unknown(Cause::Server(502));
    }
    if sim.hit(Fault::ChannelUnverified) {
        return Outcome::Unknown(Cause::Unverified);
    }
    if sim.hit(Fault::ChannelUnknownCode) {
        return Outcome::Unknown(Cause::UnknownCode("NEW_CODE".to_owned()));
    }
    sim.pass(2, 60).await;
    outcome
}

/// The request arrives although nobody waits for it any more.
fn later<T: Send + 'static>(
    sim: &Arc<Sim>,
    from: u64,
    to: u64,
    name: &'static str,
    effect: Arc<impl Fn(&mut Inner, i64) -> Outcome<T> + Send + Sync + 'static>,
) {
    let sim = Arc::clone(sim);
    tokio::spawn(async move {
        sim.pass(from, to).await;
        let truth = sim.truth();
        let outcome = sim.with(|inner| effect(inner, truth));
        sim.tell(|| format!("{name} arrives late: {}", brief(&outcome)));
    });
}

fn brief<T>(outcome: &Outcome<T>) -> String {
    match outcome {
        Outcome::Definite(_) => "done".to_owned(),
        Outcome::Rejected(code) => format!("refused ({code})"),
        Outcome::Unknown(cause) => format!("not known ({cause})"),
    }
}

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

/// Billing.
pub struct SimBilling {
    /// The world.
    pub sim: Arc<Sim>,
    /// What the backend that calls has durable.
    pub store: Arc<MemoryStore>,
}

fn posted(on: OnAccount) -> Posted {
    Posted {
        number: on.number,
        amount: Fen::new(on.amount),
        arrears: Fen::new(on.arrears),
        credit: Fen::new(on.credit),
    }
}

#[async_trait]
impl Billing for SimBilling {
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        let known = self.sim.with(|inner| inner.books.billing.accounts.contains_key(number));
        let public = || Account {
            name_masked: Personal::from("*"),
            address_masked: Personal::from("*"),
            account_masked: Personal::from("510*******"),
            category: Default::default(),
        };
        Outcome::Definite(known.then(|| AccountRecord { id: AccountId(number.to_owned()), public: public() }))
    }

    async fn holdings(&self, _of: &Holder) -> Outcome<Holdings> {
        Outcome::Definite(Holdings::default())
    }

    async fn arrears(&self, account: &AccountId, _today: Date) -> Outcome<Arrears> {
        let (bills, credit) = self.sim.with(|inner| match inner.books.billing.accounts.get(&account.0) {
            Some(known) => (known.owed.clone(), known.credit),
            None => Default::default(),
        });
        let bill = |(period, owed): (String, i64)| Bill {
            period,
            kwh: 100,
            amount_fen: Fen::new(owed),
            late_fee_fen: Fen::ZERO,
            due_date: "2026-12-25".to_owned(),
        };
        let (bills, credit) = (bills.into_iter().map(bill).collect(), Fen::new(credit));
        Outcome::Definite(Arrears { bills, credit, cut_off: None, prepay: None })
    }

    /// The simulated kiosks pay and do not read.
    async fn bills(&self, _: &AccountId, _: Date) -> Outcome<Bills> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn holding(&self, _: &AccountId) -> Outcome<Option<Holding>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn payments(&self, _: &AccountId, _: Date) -> Outcome<Vec<powerhall_billing::port::Payment>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn taxable(&self, _: &AccountId, _: &str) -> Outcome<Option<Taxable>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn bill(&self, _: &AccountId, _: Month, _: Date) -> Outcome<Option<BillDetail>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn fees(&self, _: &ApplicationId) -> Outcome<Vec<DueFee>> {
        Outcome::Definite(Vec::new())
    }

    async fn aftermath(&self, _: &str) -> Outcome<Option<Aftermath>> {
        Outcome::Definite(None)
    }

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        if !self.store.knows_number(posting.key.split('-').next().unwrap_or(&posting.key)) {
            self.sim.violation(format!("I13: the key {} went out before it was durable", posting.key));
        }
        let shut = self.sim.hit(Fault::WindowShut).then(|| self.sim.between(10_000, 120_000));
        let truth = self.sim.truth();
        let shut = self.sim.with(|inner| {
            let billing = &mut inner.books.billing;
            if let Some(ms) = shut {
                billing.shut_until = truth + ms as i64;
            }
            truth < billing.shut_until
        });
        if shut {
            return Outcome::Unknown(Cause::Busy);
        }
        if self.sim.hit(Fault::PostRefused) {
            return Outcome::Rejected("refused".to_owned());
        }
        let (posting, sim) = (posting.clone(), Arc::clone(&self.sim));
        let outcome = call(&self.sim, &BILLING, "post", move |inner, _now| {
            let NewPosting { key, to, amount, periods, exact, .. } = &posting;
            let outcome = match to {
                Target::Account(account) => {
                    inner.books.billing.post(key, &account.0, amount.get(), periods, *exact)
                }
                // Nobody in this hall has a prepaid meter or a fee to pay.
                Target::Recharge(_) | Target::Fee(_) => Outcome::Rejected("not_here".to_owned()),
            };
            inner.check_money(sim.ms(), key);
            outcome
        })
        .await;
        self.said(outcome)
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        if self.sim.hit(Fault::QuestionRefused) {
            return Outcome::Rejected("not_now".to_owned());
        }
        let key = key.to_owned();
        let outcome = call(&self.sim, &BILLING, "query post", move |inner, _now| {
            Outcome::Definite(inner.books.billing.postings.get(&key).cloned())
        })
        .await;
        match outcome {
            Outcome::Definite(found) => Outcome::Definite(found.map(posted)),
            Outcome::Rejected(code) => Outcome::Rejected(code),
            Outcome::Unknown(cause) => Outcome::Unknown(cause),
        }
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        if self.sim.hit(Fault::QuestionRefused) {
            return Outcome::Rejected("not_now".to_owned());
        }
        let key = key.to_owned();
        let outcome = call(&self.sim, &BILLING, "fence", move |inner, _now| {
            Outcome::Definite(inner.books.billing.fence(&key))
        })
        .await;
        match outcome {
            Outcome::Definite(None) => Outcome::Definite(Fence::Fenced),
            Outcome::Definite(Some(on)) => Outcome::Definite(Fence::Posted(posted(on))),
            Outcome::Rejected(code) => Outcome::Rejected(code),
            Outcome::Unknown(cause) => Outcome::Unknown(cause),
        }
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        match self.sim.with(|inner| inner.papers.clone()) {
            Some(papers) if day == reconcile::DAY => Outcome::Definite(papers.postings),
            Some(_) => Outcome::Definite(Vec::new()),
            None => Outcome::Unknown(Cause::UnknownCode("no_day_file_yet".to_owned())),
        }
    }

    async fn application(&self, _number: &str, _today: Date) -> Outcome<Vec<ApplicationRecord>> {
        Outcome::Definite(Vec::new())
    }

    async fn applications_of(&self, _: &str, _: &str, _: Date) -> Outcome<Vec<ApplicationRecord>> {
        Outcome::Definite(Vec::new())
    }

    async fn outages(&self, _: Timestamp) -> Outcome<Vec<Outage>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn outages_of(&self, _: &AccountId, _: Timestamp) -> Outcome<Vec<Outage>> {
        Outcome::Unknown(Cause::Busy)
    }

    async fn ready(&self) -> bool {
        !self.sim.hit(Fault::BillingDown)
    }
}

impl SimBilling {
    /// Billing's answer to a posting; at times it names another amount than it has booked.
    fn said(&self, outcome: Outcome<OnAccount>) -> Outcome<Posted> {
        match outcome {
            Outcome::Definite(on) => {
                let mut posted = posted(on);
                if self.sim.hit(Fault::PostOtherAmount) {
                    posted.amount = Fen::new(posted.amount.get() + 1);
                }
                Outcome::Definite(posted)
            }
            Outcome::Rejected(code) => Outcome::Rejected(code),
            Outcome::Unknown(cause) => Outcome::Unknown(cause),
        }
    }
}

/// The longest that a kiosk waits for an answer.
pub const ANSWER: Duration = Duration::from_secs(10);
