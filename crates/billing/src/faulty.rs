//! A billing system that misbehaves on demand: a wrapper around a real one, that plays a plan of faults. What it refuses
//! it refuses for good, as a real system would: the key is fenced behind the refusal.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{BillDetail, Bills, Outage};
use powerhall_faults::{Call, Fault, Mishap, Plan, Play};
use powerhall_money::{Cause, Fen, Outcome};

use crate::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Payment, Posted, Taxable,
};

/// A fault of the billing system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BillingFault {
    /// Something on the way.
    OnTheWay(Mishap),
    /// The posting is refused for good, as of a closed account.
    PostingRefused,
    /// Nothing is posted at this hour; later it is.
    PostingWindowShut,
    /// The posting is on its way: not on the account yet when asked, then it arrives.
    PostOnItsWay,
    /// Somebody else pays the same months just before.
    BillPaidElsewhere,
    /// The day file misses the line of a posting.
    DayFileMissingLine,
    /// The day file has a line beside it that nobody knows.
    DayFileExtraLine,
    /// The day file says one fen more.
    DayFileAlteredLine,
}

/// The code of a posting that was refused by the plan.
const REFUSED: &str = "account_closed";
/// Before the keys of postings that somebody else made.
pub const ELSEWHERE: &str = "ELSEWHERE-";

const CALLS: &[Call] = &[Call::Post, Call::QueryPost, Call::Fence];

impl Fault for BillingFault {
    const ALL: &'static [Self] = &[
        Self::OnTheWay(Mishap::Slow),
        Self::OnTheWay(Mishap::LostRequest),
        Self::OnTheWay(Mishap::LostAnswer),
        Self::OnTheWay(Mishap::ErrorAfterSuccess),
        Self::PostingRefused,
        Self::PostingWindowShut,
        Self::PostOnItsWay,
        Self::BillPaidElsewhere,
        Self::DayFileMissingLine,
        Self::DayFileExtraLine,
        Self::DayFileAlteredLine,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::OnTheWay(mishap) => mishap.name(),
            Self::PostingRefused => "posting_refused",
            Self::PostingWindowShut => "posting_window_shut",
            Self::PostOnItsWay => "post_on_its_way",
            Self::BillPaidElsewhere => "bill_paid_elsewhere",
            Self::DayFileMissingLine => "day_file_missing_line",
            Self::DayFileExtraLine => "day_file_extra_line",
            Self::DayFileAlteredLine => "day_file_altered_line",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::OnTheWay(_) => CALLS,
            Self::PostingRefused | Self::PostingWindowShut | Self::PostOnItsWay | Self::BillPaidElsewhere => {
                &[Call::Post]
            }
            Self::DayFileMissingLine | Self::DayFileExtraLine | Self::DayFileAlteredLine => &[Call::DayFile],
        }
    }
}

/// A billing system with a plan of faults before it. Look-ups go through unharmed.
#[derive(Debug)]
pub struct Faulty<B> {
    inner: Arc<B>,
    plan: Plan<BillingFault>,
}

impl<B: Billing + 'static> Faulty<B> {
    /// Puts a plan before a billing system.
    #[must_use]
    pub const fn new(inner: Arc<B>, plan: Plan<BillingFault>) -> Self {
        Self { inner, plan }
    }

    /// Refuses for good: whoever refunds after this may rely on it.
    async fn refuse(&self, key: &str) -> Outcome<Posted> {
        match self.inner.fence(key).await {
            Outcome::Definite(Fence::Fenced) => Outcome::Rejected(REFUSED.to_owned()),
            Outcome::Definite(Fence::Posted(posted)) => Outcome::Definite(posted),
            Outcome::Rejected(code) => Outcome::Rejected(code),
            Outcome::Unknown(cause) => Outcome::Unknown(cause),
        }
    }
}

/// Does `work` as the plan says.
async fn behave<T: Send>(
    play: Option<Play<BillingFault>>,
    work: impl Future<Output = Outcome<T>> + Send,
) -> Outcome<T> {
    let Some(play) = play else { return work.await };
    match play.fault {
        BillingFault::OnTheWay(mishap) => mishap.befalls(play.wait, work).await,
        // Played by the call itself.
        BillingFault::PostingRefused
        | BillingFault::PostingWindowShut
        | BillingFault::PostOnItsWay
        | BillingFault::BillPaidElsewhere
        | BillingFault::DayFileMissingLine
        | BillingFault::DayFileExtraLine
        | BillingFault::DayFileAlteredLine => work.await,
    }
}

#[async_trait]
impl<B: Billing + 'static> Billing for Faulty<B> {
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

    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears> {
        self.inner.arrears(account, today).await
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

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        let Some(play) = self.plan.at(Call::Post, &posting.key) else {
            return self.inner.post(posting).await;
        };
        match play.fault {
            BillingFault::PostingRefused => self.refuse(&posting.key).await,
            BillingFault::PostingWindowShut => Outcome::Unknown(Cause::Busy),
            BillingFault::PostOnItsWay => {
                let (inner, posting) = (Arc::clone(&self.inner), posting.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(play.wait).await;
                    inner.post(&posting).await
                });
                Outcome::Unknown(Cause::Timeout)
            }
            BillingFault::BillPaidElsewhere => {
                let key = format!("{ELSEWHERE}{}", posting.key);
                let theirs = NewPosting { key, exact: false, ..posting.clone() };
                self.inner.post(&theirs).await;
                self.inner.post(posting).await
            }
            BillingFault::OnTheWay(_)
            | BillingFault::DayFileMissingLine
            | BillingFault::DayFileExtraLine
            | BillingFault::DayFileAlteredLine => behave(Some(play), self.inner.post(posting)).await,
        }
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        behave(self.plan.at(Call::QueryPost, key), self.inner.query_post(key)).await
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        behave(self.plan.at(Call::Fence, key), self.inner.fence(key)).await
    }

    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        self.inner.aftermath(key).await
    }

    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        let lines = match self.inner.day_file(day).await {
            Outcome::Definite(lines) => lines,
            Outcome::Rejected(code) => return Outcome::Rejected(code),
            Outcome::Unknown(cause) => return Outcome::Unknown(cause),
        };
        let mut told = Vec::with_capacity(lines.len());
        // What somebody else paid stands in somebody else's day file.
        for mut line in lines.into_iter().filter(|line| !line.key.starts_with(ELSEWHERE)) {
            match self.plan.always_at(Call::DayFile, &line.key).map(|play| play.fault) {
                Some(BillingFault::DayFileMissingLine) => continue,
                Some(BillingFault::DayFileAlteredLine) => {
                    line.amount = line.amount.plus(Fen::new(1)).unwrap_or(line.amount);
                }
                Some(BillingFault::DayFileExtraLine) => told.push(DayLine {
                    key: format!("X{}", line.key.get(1..).unwrap_or_default()),
                    number: format!("X{}", line.number),
                    amount: line.amount,
                }),
                // No other fault is played at a line.
                Some(_) | None => {}
            }
            told.push(line);
        }
        Outcome::Definite(told)
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
