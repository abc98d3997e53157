//! Two adapters of the port over one file: the embedded system, and the REST adapter to a stand-in that serves the same. What
//! one says the other must say; so every test of the port is a test of both.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{BillDetail, Bills, Outage};
use powerhall_billing::EmbeddedBilling;
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Payment, Posted, Taxable,
};
use powerhall_billing::rest::{RestBilling, RestConfig};
use powerhall_money::Outcome;
use powerhall_standin::{StandIn, StandInConfig};

pub const SECRET: &str = "a-secret-of-the-tests";

/// An adapter to a stand-in.
pub fn adapter(standin: &StandIn) -> RestBilling {
    let config = RestConfig {
        url: standin.url().parse().unwrap(),
        secret: SECRET.into(),
        root_ca: None,
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(20),
    };
    RestBilling::new(config).unwrap()
}

/// Both at once. What is the embedded system's own it does itself.
#[derive(Clone, Debug)]
pub struct Both {
    embedded: EmbeddedBilling,
    rest: RestBilling,
    _standin: Arc<StandIn>,
}

impl Both {
    pub async fn over(embedded: EmbeddedBilling) -> Self {
        let config = StandInConfig::new(Arc::new(embedded.clone()), SECRET);
        let standin = StandIn::start(config, ([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { embedded, rest: adapter(&standin), _standin: Arc::new(standin) }
    }
}

impl Deref for Both {
    type Target = EmbeddedBilling;

    fn deref(&self) -> &EmbeddedBilling {
        &self.embedded
    }
}

/// The same, but for why nothing is known.
fn same<T: PartialEq + std::fmt::Debug>(rest: Outcome<T>, embedded: Outcome<T>) -> Outcome<T> {
    match (&rest, &embedded) {
        (Outcome::Unknown(_), Outcome::Unknown(_)) => {}
        (Outcome::Definite(_) | Outcome::Rejected(_) | Outcome::Unknown(_), _) => {
            assert_eq!(rest, embedded, "the adapters differ");
        }
    }
    embedded
}

#[async_trait]
impl Billing for Both {
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        same(self.rest.find_account(number).await, self.embedded.find_account(number).await)
    }

    async fn holdings(&self, of: &Holder) -> Outcome<Holdings> {
        same(self.rest.holdings(of).await, self.embedded.holdings(of).await)
    }

    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>> {
        same(self.rest.holding(account).await, self.embedded.holding(account).await)
    }

    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>> {
        same(self.rest.payments(account, since).await, self.embedded.payments(account, since).await)
    }

    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>> {
        same(self.rest.taxable(account, payment).await, self.embedded.taxable(account, payment).await)
    }

    async fn fees(&self, of: &ApplicationId) -> Outcome<Vec<DueFee>> {
        same(self.rest.fees(of).await, self.embedded.fees(of).await)
    }

    /// It moves by itself, so it may have moved between the two.
    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        let before = self.embedded.aftermath(key).await;
        let rest = self.rest.aftermath(key).await;
        let after = self.embedded.aftermath(key).await;
        let as_before = rest == before;
        same(rest, if as_before { before } else { after })
    }

    async fn outages(&self, now: Timestamp) -> Outcome<Vec<Outage>> {
        same(self.rest.outages(now).await, self.embedded.outages(now).await)
    }

    async fn outages_of(&self, account: &AccountId, now: Timestamp) -> Outcome<Vec<Outage>> {
        same(self.rest.outages_of(account, now).await, self.embedded.outages_of(account, now).await)
    }

    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears> {
        same(self.rest.arrears(account, today).await, self.embedded.arrears(account, today).await)
    }

    async fn bills(&self, account: &AccountId, today: Date) -> Outcome<Bills> {
        same(self.rest.bills(account, today).await, self.embedded.bills(account, today).await)
    }

    async fn bill(&self, account: &AccountId, month: Month, today: Date) -> Outcome<Option<BillDetail>> {
        same(self.rest.bill(account, month, today).await, self.embedded.bill(account, month, today).await)
    }

    /// Posted over the wire; the same again, without it, must get the same answer.
    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        same(self.rest.post(posting).await, self.embedded.post(posting).await)
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        same(self.rest.query_post(key).await, self.embedded.query_post(key).await)
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        same(self.rest.fence(key).await, self.embedded.fence(key).await)
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        same(self.rest.day_file(day).await, self.embedded.day_file(day).await)
    }

    async fn application(&self, number: &str, today: Date) -> Outcome<Vec<ApplicationRecord>> {
        same(self.rest.application(number, today).await, self.embedded.application(number, today).await)
    }

    async fn applications_of(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Outcome<Vec<ApplicationRecord>> {
        let rest = self.rest.applications_of(account, phone_last4, today).await;
        same(rest, self.embedded.applications_of(account, phone_last4, today).await)
    }

    async fn ready(&self) -> bool {
        let (rest, embedded) = (self.rest.ready().await, self.embedded.ready().await);
        assert_eq!(rest, embedded, "the adapters differ");
        embedded
    }
}
