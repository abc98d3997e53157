//! The billing system of a utility that serves the billing contract (`crates/billing-contract`). One function for each
//! method of the port: say what is asked, send it, and believe the answer only when it is about what was asked.
//! Nothing is tried again here: jobs do that, and a customer who waits may.

pub mod answer;
mod config;
pub(crate) mod link;
mod verify;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{BillDetail, Bills, Outage, Personal};
use powerhall_billing_contract::{
    self as contract, AtInstant, ByAccount, ByAccountAt, ByAccountOnDay, ByAccountSince, ByApplication,
    ByHolder, ByMonth, ByPayment, ByPhone, Code, Nothing, OfApplication, is_key, operations,
};
use powerhall_money::{Cause, Outcome};

use answer::About;
pub use config::{RestConfig, RestError};
pub use link::Link;
pub use reqwest::Url;
use verify::{Mismatch, Pages};

use crate::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Payment, Posted, Target, Taxable,
};

/// How much of another contract's version is logged, in characters: others wrote it.
const VERSION_TOLD: usize = 32;

/// A billing system behind the contract. Cheap to clone: clones share their connections.
#[derive(Clone, Debug)]
pub struct RestBilling {
    link: Link,
}

impl RestBilling {
    /// The billing system at an address. Nothing is sent yet.
    ///
    /// # Errors
    /// When the TLS set-up or the address is not usable.
    pub fn new(config: RestConfig) -> Result<Self, RestError> {
        Ok(Self { link: Link::new(config)? })
    }

    /// The line to it.
    #[must_use]
    pub const fn link(&self) -> &Link {
        &self.link
    }

    async fn day_page(&self, day: Date, after: Option<&str>) -> Outcome<contract::DayPage> {
        let day = day.to_string();
        self.link.ask::<operations::ListDay>(&[&day], after, &Nothing {}, About::Nothing).await
    }
}

#[async_trait]
impl Billing for RestBilling {
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        let ask = ByAccount { account: number.into() };
        let answer = self.link.ask::<operations::FindAccount>(&[], None, &ask, About::Account(number)).await;
        verified("findAccount", answer, |found| verify::account(number, found))
    }

    async fn holdings(&self, of: &Holder) -> Outcome<Holdings> {
        let ask = match of {
            Holder::Phone(phone) => ByHolder::Phone { phone: phone.clone() },
            Holder::IdNumber(id_number) => ByHolder::IdNumber { id_number: id_number.clone() },
        };
        let answer = self.link.ask::<operations::FindHoldings>(&[], None, &ask, About::Nothing).await;
        verified("findHoldings", answer, |held| verify::holdings(of, held))
    }

    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>> {
        let ask = ByAccount { account: Personal::from(account.0.as_str()) };
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::GetHolding>(&[], None, &ask, about).await;
        verified("getHolding", answer, |found| verify::holding(account, found))
    }

    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>> {
        let ask = ByAccountSince { account: Personal::from(account.0.as_str()), since };
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::ListPayments>(&[], None, &ask, about).await;
        verified("listPayments", answer, |paid| verify::payments(account, since, paid))
    }

    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>> {
        let ask = ByPayment { account: Personal::from(account.0.as_str()), payment: payment.to_owned() };
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::GetTaxable>(&[], None, &ask, about).await;
        verified("getTaxable", answer, |found| verify::taxable(account, payment, found))
    }

    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears> {
        let ask = on_day(account, today);
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::ListArrears>(&[], None, &ask, about).await;
        verified("listArrears", answer, |owed| verify::arrears(account, today, owed))
    }

    async fn bills(&self, account: &AccountId, today: Date) -> Outcome<Bills> {
        let ask = on_day(account, today);
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::ListBills>(&[], None, &ask, about).await;
        verified("listBills", answer, |months| verify::bills(account, today, months))
    }

    async fn bill(&self, account: &AccountId, month: Month, today: Date) -> Outcome<Option<BillDetail>> {
        let period = month.to_string();
        let ask = ByMonth { account: Personal::from(account.0.as_str()), period: period.clone(), today };
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::GetBill>(&[], None, &ask, about).await;
        verified("getBill", answer, |found| verify::bill(account, &period, found))
    }

    async fn fees(&self, of: &ApplicationId) -> Outcome<Vec<DueFee>> {
        let ask = OfApplication { application: Personal::from(of.0.as_str()) };
        let answer = self.link.ask::<operations::ListFees>(&[], None, &ask, About::Nothing).await;
        verified("listFees", answer, |due| verify::fees(of, due))
    }

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        if !is_key(&posting.key) {
            return bad_key();
        }
        let ask = contract::NewPosting {
            to: target(&posting.to),
            amount_fen: posting.amount,
            periods: posting.periods.clone(),
            exact: posting.exact,
            paid_at: posting.paid_at,
            quoted_on: posting.quoted_on,
        };
        let about = About::Posting(&posting.key, &ask.to);
        let answer = self.link.ask::<operations::Post>(&[&posting.key], None, &ask, about).await;
        verified("post", answer, |made| verify::posting_made(&posting.key, &ask.to, made))
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        if !is_key(key) {
            // It cannot have been posted.
            return Outcome::Definite(None);
        }
        let answer =
            self.link.ask::<operations::QueryPosting>(&[key], None, &Nothing {}, About::Key(key)).await;
        verified("queryPosting", answer, |found| verify::posting_found(key, found))
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        if !is_key(key) {
            return bad_key();
        }
        let answer =
            self.link.ask::<operations::FencePosting>(&[key], None, &Nothing {}, About::Key(key)).await;
        verified("fencePosting", answer, |fenced| verify::fenced(key, fenced))
    }

    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        if !is_key(key) {
            return Outcome::Definite(None);
        }
        let answer =
            self.link.ask::<operations::GetAftermath>(&[key], None, &Nothing {}, About::Key(key)).await;
        verified("getAftermath", answer, |found| verify::aftermath(key, found))
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        let mut pages = Pages::of(day);
        loop {
            let page = match self.day_page(day, pages.next()).await {
                Outcome::Definite(page) => page,
                Outcome::Rejected(code) => return Outcome::Rejected(code),
                Outcome::Unknown(cause) => return Outcome::Unknown(cause),
            };
            match pages.take(page) {
                Ok(None) => {}
                Ok(Some(lines)) => return Outcome::Definite(lines),
                Err(why) => return mismatch("listDay", why),
            }
        }
    }

    async fn application(&self, number: &str, today: Date) -> Outcome<Vec<ApplicationRecord>> {
        let ask = ByApplication { application: number.into(), today };
        let answer = self.link.ask::<operations::FindApplication>(&[], None, &ask, About::Nothing).await;
        verified("findApplication", answer, |found| verify::application(number, found))
    }

    async fn applications_of(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Outcome<Vec<ApplicationRecord>> {
        let ask = ByPhone { account: account.into(), phone_last4: phone_last4.into(), today };
        let about = About::Account(account);
        let answer = self.link.ask::<operations::ListApplications>(&[], None, &ask, about).await;
        verified("listApplications", answer, |found| verify::applications(account, found))
    }

    async fn outages(&self, now: Timestamp) -> Outcome<Vec<Outage>> {
        let answer =
            self.link.ask::<operations::ListOutages>(&[], None, &AtInstant { now }, About::Nothing).await;
        verified("listOutages", answer, |planned| verify::outages(now, planned))
    }

    async fn outages_of(&self, account: &AccountId, now: Timestamp) -> Outcome<Vec<Outage>> {
        let ask = ByAccountAt { account: Personal::from(account.0.as_str()), now };
        let about = About::Account(&account.0);
        let answer = self.link.ask::<operations::ListOutagesOf>(&[], None, &ask, about).await;
        verified("listOutagesOf", answer, |of| verify::outages_of(account, now, of))
    }

    async fn ready(&self) -> bool {
        let answer = self.link.ask::<operations::AskReady>(&[], None, &Nothing {}, About::Nothing).await;
        let Outcome::Definite(ready) = answer else { return false };
        let fits = verify::version(&ready.contract);
        if !fits {
            let told: String = ready.contract.chars().take(VERSION_TOLD).collect();
            tracing::warn!(contract = told, "the billing system serves another contract");
        }
        fits && ready.ready
    }
}

fn on_day(account: &AccountId, today: Date) -> ByAccountOnDay {
    ByAccountOnDay { account: Personal::from(account.0.as_str()), today }
}

/// Where the money goes, in the contract's words.
fn target(to: &Target) -> contract::Target {
    match to {
        Target::Account(account) => contract::Target::Account { account: account.0.as_str().into() },
        Target::Recharge(account) => contract::Target::Recharge { account: account.0.as_str().into() },
        Target::Fee(fee) => {
            contract::Target::Fee { application: fee.application.0.as_str().into(), item: fee.item }
        }
    }
}

/// Refused without being sent: nothing was ever asked with such a key.
fn bad_key<T>() -> Outcome<T> {
    Outcome::Rejected(Code::BadKey.name().to_owned())
}

/// A definite answer stays one only when it is about what was asked and holds together.
fn verified<A, T>(
    operation: &'static str,
    answer: Outcome<A>,
    check: impl FnOnce(A) -> Result<T, Mismatch>,
) -> Outcome<T> {
    match answer {
        Outcome::Definite(answer) => match check(answer) {
            Ok(value) => Outcome::Definite(value),
            Err(why) => mismatch(operation, why),
        },
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}

fn mismatch<T>(operation: &'static str, Mismatch(why): Mismatch) -> Outcome<T> {
    tracing::warn!(operation, why, "billing's answer does not hold");
    Outcome::Unknown(Cause::Unverified)
}
