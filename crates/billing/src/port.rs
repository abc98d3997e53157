//! The port to billing. Every call that moves money ends in an [`Outcome`]; a posting's key is made and stored by the
//! caller before the call and stays the same on every retry.

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{
    Application, Bill, BillDetail, Bills, CutOff, Fee, Outage, PaidBy, PaidPart, Personal, Prepaid, Recharge,
    Reconnection,
};
pub use powerhall_hall::Month;
use powerhall_money::{Fen, Outcome};

/// The utility's billing system.
#[async_trait]
pub trait Billing: Send + Sync {
    /// Finds an account by its number. `Definite(None)`: there is none.
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>>;

    /// The open accounts of whoever has this phone or identity number on file, in the order of their numbers. None, as
    /// much as many, is `Definite`. Nothing of it may be shown before a second factor fits: that is the caller's duty.
    async fn holdings(&self, of: &Holder) -> Outcome<Holdings>;

    /// An account, and what proves that somebody is its holder. `Definite(None)`: there is none.
    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>>;

    /// What was paid for an account since a day (Beijing), by whichever way, newest first; at most
    /// [`powerhall_api::Payments::MOST`].
    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>>;

    /// What an invoice of a payment says, by the payment's own number. `Definite(None)`: the account has no such payment.
    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>>;

    /// What the account owes on `today`, late fees included; whether it is cut off for it; what its meter has when it is
    /// paid for in advance.
    async fn arrears(&self, account: &AccountId, today: Date) -> Outcome<Arrears>;

    /// The last months of an account, paid or not, and where it stands in the tiers of the year of `today`.
    async fn bills(&self, account: &AccountId, today: Date) -> Outcome<Bills>;

    /// How a month's bill came about, late fee up to `today` included. `Definite(None)`: there is no bill of it.
    async fn bill(&self, account: &AccountId, month: Month, today: Date) -> Outcome<Option<BillDetail>>;

    /// The fees that are due on an application (业务费用). None is `Definite`.
    async fn fees(&self, of: &ApplicationId) -> Outcome<Vec<DueFee>>;

    /// Posts a payment to an account, a prepaid meter or a fee. The key makes it idempotent. `Rejected` is a definite
    /// refusal (for example `account_closed`, `already_paid`, `recharge_unfinished`), final for its key.
    /// A key that is posted with other content is none: it ends in `Unknown`, because something is posted.
    async fn post(&self, posting: &NewPosting) -> Outcome<Posted>;

    /// Whether a posting with this key is on the account. `Definite(None)` is *not* a refusal: the post may
    /// still be on its way.
    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>>;

    /// Fences a key: after `Definite(Fence::Fenced)` a posting with this key can never happen.
    async fn fence(&self, key: &str) -> Outcome<Fence>;

    /// What has become of whatever a posting has set in motion. `Definite(None)`: nothing follows from it.
    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>>;

    /// Our postings of a day (Beijing), by the day of their payments; what others posted stands in others' files.
    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>>;

    /// Applications by their number. Empty: there is none.
    async fn application(&self, number: &str, today: Date) -> Outcome<Vec<ApplicationRecord>>;

    /// The applications of an account whose phone on file ends in `phone_last4`. Empty: no account, wrong digits, or no
    /// application; deliberately one answer.
    async fn applications_of(
        &self,
        account: &str,
        phone_last4: &str,
        today: Date,
    ) -> Outcome<Vec<ApplicationRecord>>;

    /// The planned outages that are not over at `now`, by their beginning; at most [`Outage::MOST`]. `Definite` and empty:
    /// none is planned. A system that does not know them says `Unknown`: what is not known is shown as not known, never
    /// as none.
    async fn outages(&self, now: Timestamp) -> Outcome<Vec<Outage>>;

    /// Those that an account is in.
    async fn outages_of(&self, account: &AccountId, now: Timestamp) -> Outcome<Vec<Outage>>;

    /// Whether billing answers at all (pre-flight).
    async fn ready(&self) -> bool;
}

/// Billing's own name of an account: its number. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AccountId(pub String);

impl std::fmt::Debug for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// An account on file, already masked as customers may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its name in later calls.
    pub id: AccountId,
    /// Masked name, address, number; tariff class.
    pub public: powerhall_api::Account,
}

/// Billing's own name of an application: its number. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ApplicationId(pub String);

impl std::fmt::Debug for ApplicationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// An application on file, already masked as its customer may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRecord {
    /// Its name in later calls.
    pub id: ApplicationId,
    /// Where it stands. Its `reference` and the call back that was asked for are not billing's to know.
    pub public: Application,
}

/// Whose accounts are looked for. `Debug` is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Whoever has this mobile phone, 11 digits.
    Phone(Personal),
    /// Whoever has this citizen identity number, in its full form of 18 characters with a capital X.
    IdNumber(Personal),
}

/// A holder's accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// At most a hundred.
    pub accounts: Vec<Holding>,
    /// True when there are more.
    pub more: bool,
}

/// An account, and what proves that somebody is its holder. No more of the identity number leaves billing than that takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The account.
    pub account: AccountRecord,
    /// The phone on file, whole: a code is sent to it.
    pub phone: Personal,
    /// The last four characters of the identity number on file. A company has none.
    pub id_last4: Option<Personal>,
}

/// A payment of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Billing's own number, unique for ever: 1 to 40 letters and digits.
    pub number: String,
    /// The posting's key, when it was posted through [`Billing::post`].
    pub key: Option<String>,
    /// When the customer paid.
    pub paid_at: Timestamp,
    /// How much.
    pub amount: Fen,
    /// By which way.
    pub way: PaidBy,
    /// What it settled, oldest month first.
    pub parts: Vec<PaidPart>,
    /// What of it became credit.
    pub credit: Fen,
}

/// What an invoice of a payment says: to whom, and for what. `Debug` masks the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taxable {
    /// The payment.
    pub payment: Payment,
    /// The whole name on the contract.
    pub name: Personal,
    /// The unified social credit code of a company.
    pub taxpayer: Option<Personal>,
    /// The whole address of use.
    pub address: Personal,
    /// The energy of the months, when it settled them whole; none when a part of a month is among them.
    pub kwh: Option<i64>,
}

/// What an account owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrears {
    /// Unpaid months, oldest first.
    pub bills: Vec<Bill>,
    /// Credit (预收).
    pub credit: Fen,
    /// Only while the supply is cut off for what is owed.
    pub cut_off: Option<CutOff>,
    /// Only for an account that is paid for in advance: money for it is a recharge of its meter.
    pub prepay: Option<Prepay>,
}

/// An account that is paid for in advance (预购电).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepay {
    /// As its customer may see it.
    pub public: Prepaid,
    /// The least that a recharge may be.
    pub least: Fen,
}

/// Billing's own name of a fee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeId {
    /// Its application.
    pub application: ApplicationId,
    /// Which of the application's fees.
    pub item: u32,
}

/// A fee that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueFee {
    /// Its name in a posting.
    pub id: FeeId,
    /// What it comes to: it is paid whole or not at all.
    pub amount: Fen,
    /// As its customer may see it.
    pub public: Fee,
}

/// Where the money of a posting goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To an account: it settles months, and what is left becomes credit.
    Account(AccountId),
    /// To the meter of an account that is paid for in advance.
    Recharge(AccountId),
    /// It pays a fee.
    Fee(FeeId),
}

/// What follows from a posting outside of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aftermath {
    /// How far the recharge is, when it was one.
    pub recharge: Option<Recharge>,
    /// How far the reconnection is, when the account was cut off.
    pub reconnection: Option<Reconnection>,
}

/// A posting to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPosting {
    /// Unique for ever; at most 64 characters.
    pub key: String,
    /// Where the money goes.
    pub to: Target,
    /// How much was collected.
    pub amount: Fen,
    /// For an account: the months to settle first; the rest settles the oldest, what is left becomes credit. When a chosen month has
    /// been paid meanwhile, the amount settles other months or becomes credit; it is refused only when the account
    /// cannot take money at all, or when `exact` is set.
    pub periods: Vec<String>,
    /// Refuse with `already_paid` instead of making credit out of months that somebody else has paid meanwhile.
    pub exact: bool,
    /// When the customer paid; late fees are computed up to this day (Beijing).
    pub paid_at: Timestamp,
    /// The day (Beijing) of the quote that the customer saw. When it is the day before `paid_at` and the posting is
    /// `exact`, late fees are computed up to it instead: whoever was shown an amount before midnight and paid it after
    /// owes nothing for the minutes between. Older quotes do not stop the fee.
    pub quoted_on: Option<Date>,
}

/// A posting that is on the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Billing's own number.
    pub number: String,
    /// The posted amount.
    pub amount: Fen,
    /// What the account owes after it; of a fee, what is still due on the application.
    pub arrears: Fen,
    /// The credit on the account after it; none of a fee.
    pub credit: Fen,
}

/// The answer to a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fence {
    /// The key can never be posted any more.
    Fenced,
    /// Too late: it is posted.
    Posted(Posted),
}

/// A line of billing's day file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// The posting's key.
    pub key: String,
    /// The posted amount.
    pub amount: Fen,
    /// Billing's own number.
    pub number: String,
}
