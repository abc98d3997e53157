//! A billing system that is right in everything but one thing that is paid besides bills, so that only the check of that can
//! find it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{BillDetail, Bills, Outage, Recharge, RechargeState};
use powerhall_billing::EmbeddedBilling;
use powerhall_billing::conformance::Sheet;
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Payment, Posted, Target, Taxable,
};
use powerhall_money::{Fen, Outcome};

use crate::{TODAY, definite, now};

/// What it gets wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The least recharge, by so many fen.
    Least(i64),
    /// What it takes to be reconnected, by so many fen.
    Reconnect(i64),
    /// A recharge is posted, and nothing is sent.
    NotSent,
    /// A recharge is posted and told to be at the meter, and nothing is sent.
    NotArrived,
    /// A second recharge is taken while the first is on its way.
    Twice,
    /// A fee takes any part of it.
    PartTaken,
    /// A fee is paid, and a fen less of it posted.
    PartPosted,
}

impl Lie {
    pub const ALL: [Self; 9] = [
        Self::Least(-1),
        Self::Least(1),
        Self::Reconnect(-1),
        Self::Reconnect(1),
        Self::NotSent,
        Self::NotArrived,
        Self::Twice,
        Self::PartTaken,
        Self::PartPosted,
    ];

    /// Leaves in a sheet what it is about alone; gives words of the one check that finds it.
    pub fn narrow(self, sheet: &mut Sheet) -> &'static str {
        let (accounts, application) = (&mut sheet.accounts, &mut sheet.application);
        match self {
            Self::Least(_) | Self::NotSent | Self::NotArrived | Self::Twice => {
                (accounts.cut_off, application.fee_due) = (None, None);
                "the least recharge goes"
            }
            Self::Reconnect(_) => {
                (accounts.prepaid, application.fee_due) = (None, None);
                "brings a supply back"
            }
            Self::PartTaken | Self::PartPosted => {
                (accounts.prepaid, accounts.cut_off) = (None, None);
                "a fee is paid whole"
            }
        }
    }
}

/// The embedded system with a lie before it.
pub struct Liar {
    inner: Arc<EmbeddedBilling>,
    lie: Lie,
    /// The keys of recharges that it has not sent.
    unsent: Mutex<BTreeSet<String>>,
}

impl Liar {
    pub fn new(inner: Arc<EmbeddedBilling>, lie: Lie) -> Self {
        Self { inner, lie, unsent: Mutex::default() }
    }

    /// Whether it keeps this money, which an honest system would send to a meter.
    async fn keeps(&self, posting: &NewPosting) -> bool {
        let (Lie::NotSent | Lie::NotArrived, Target::Recharge(account)) = (self.lie, &posting.to) else {
            return false;
        };
        let owed = definite(self.inner.arrears(account, TODAY).await);
        owed.prepay.is_some_and(|prepay| posting.amount >= prepay.least)
    }

    /// As if it were posted.
    fn pretend(posting: &NewPosting) -> Outcome<Posted> {
        let number = format!("N{}", posting.key);
        let (amount, arrears, credit) = (posting.amount, Fen::ZERO, Fen::ZERO);
        Outcome::Definite(Posted { number, amount, arrears, credit })
    }
}

fn more(fen: Fen, by: i64) -> Fen {
    fen.plus(Fen::new(by)).unwrap()
}

#[async_trait]
impl Billing for Liar {
    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears> {
        let mut owed = match self.inner.arrears(account, today).await {
            Outcome::Definite(owed) => owed,
            none => return none,
        };
        match (self.lie, &mut owed.prepay, &mut owed.cut_off) {
            (Lie::Least(by), Some(prepay), _) => prepay.least = more(prepay.least, by),
            (Lie::Reconnect(by), _, Some(cut)) if cut.reconnect_fen.is_positive() => {
                cut.reconnect_fen = more(cut.reconnect_fen, by);
            }
            (_, _, _) => {}
        }
        Outcome::Definite(owed)
    }

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        if self.keeps(posting).await {
            self.unsent.lock().unwrap().insert(posting.key.clone());
            return Self::pretend(posting);
        }
        let honest = self.inner.post(posting).await;
        match (self.lie, &posting.to, honest) {
            (Lie::Twice, Target::Recharge(_), Outcome::Rejected(code)) if code == "recharge_unfinished" => {
                Self::pretend(posting)
            }
            (Lie::PartTaken, Target::Fee(_), Outcome::Rejected(code)) if code == "bad_amount" => {
                Self::pretend(posting)
            }
            (Lie::PartPosted, Target::Fee(_), Outcome::Definite(posted)) => {
                Outcome::Definite(Posted { amount: more(posted.amount, -1), ..posted })
            }
            (_, _, honest) => honest,
        }
    }

    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        if self.lie == Lie::NotArrived && self.unsent.lock().unwrap().contains(key) {
            let since = now().to_string();
            let recharge = Some(Recharge { state: RechargeState::AtMeter, since, what_now: None });
            return Outcome::Definite(Some(Aftermath { recharge, reconnection: None }));
        }
        self.inner.aftermath(key).await
    }

    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        self.inner.find_account(number).await
    }

    async fn holdings(&self, of: &Holder) -> Outcome<Holdings> {
        self.inner.holdings(of).await
    }

    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>> {
        self.inner.holding(account).await
    }

    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>> {
        self.inner.payments(account, since).await
    }

    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>> {
        self.inner.taxable(account, payment).await
    }

    async fn bills(&self, account: &AccountId, today: Date) -> Outcome<Bills> {
        self.inner.bills(account, today).await
    }

    async fn bill(&self, account: &AccountId, month: Month, today: Date) -> Outcome<Option<BillDetail>> {
        self.inner.bill(account, month, today).await
    }

    async fn fees(&self, of: &ApplicationId) -> Outcome<Vec<DueFee>> {
        self.inner.fees(of).await
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        self.inner.query_post(key).await
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        self.inner.fence(key).await
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        self.inner.day_file(day).await
    }

    async fn application(&self, number: &str, today: Date) -> Outcome<Vec<ApplicationRecord>> {
        self.inner.application(number, today).await
    }

    async fn applications_of(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Outcome<Vec<ApplicationRecord>> {
        self.inner.applications_of(account, phone_last4, today).await
    }

    async fn outages(&self, now: Timestamp) -> Outcome<Vec<Outage>> {
        self.inner.outages(now).await
    }

    async fn outages_of(&self, account: &AccountId, now: Timestamp) -> Outcome<Vec<Outage>> {
        self.inner.outages_of(account, now).await
    }

    async fn ready(&self) -> bool {
        self.inner.ready().await
    }
}
