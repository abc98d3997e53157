//! The port to billing. What no order of the simulation asks for has nothing to say.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use powerhall_api::{Account, Bill, BillDetail, Bills, Outage, Personal};
use powerhall_backend::store::MemoryStore;
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Posted, Target, Taxable,
};
use powerhall_money::{Cause, Fen, Outcome};

use super::{BILLING, call};
use crate::books::OnAccount;
use crate::chance::Fault;
use crate::reconcile;
use crate::sim::Sim;

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
