//! From the contract's answers to the port's, each checked: it must be about what was asked, and its sums and orders must
//! hold. What does not is as good as no answer.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use powerhall_api::{Bill, BillDetail, Bills, Outage, Personal};
use powerhall_billing_contract::{
    AccountOnFile, AftermathFound, ApplicationOnFile, ApplicationsOf, DayPage, DueFees, FenceState, Fenced,
    FoundAccount, FoundApplications, FoundBill, FoundHolding, FoundTaxable, Months, OutagesOf, PaymentOnFile,
    Payments, PlannedOutages, Posting, PostingFound, PostingMade, Target, VERSION,
};
use powerhall_billing_contract::{Arrears as Owed, Holdings as Held};
use powerhall_money::Fen;

use crate::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, DayLine, DueFee, FeeId,
    Fence, Holder, Holding, Holdings, Month, Payment, Posted, Prepay, Taxable,
};

/// Why an answer does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mismatch(pub &'static str);

/// The most accounts of a holder.
const HOLDINGS_MOST: usize = 100;
/// The longest number of a posting.
const LONGEST_NUMBER: usize = 64;
/// The most pages of a day: a million postings.
const PAGES_MOST: usize = 1000;

const fn must(holds: bool, why: &'static str) -> Result<(), Mismatch> {
    if holds { Ok(()) } else { Err(Mismatch(why)) }
}

fn same_account(asked: &str, told: &Personal) -> Result<(), Mismatch> {
    must(told.reveal() == asked, "it is about another account")
}

/// Whether a version of the contract is one that we speak: the first number is the same.
pub(super) fn version(told: &str) -> bool {
    told.split('.').next() == VERSION.split('.').next()
}

pub(super) fn account(number: &str, found: FoundAccount) -> Result<Option<AccountRecord>, Mismatch> {
    same_account(number, &found.account)?;
    let Some(on_file) = found.found else { return Ok(None) };
    same_account(number, &on_file.account)?;
    Ok(Some(record(on_file)))
}

fn record(on_file: AccountOnFile) -> AccountRecord {
    AccountRecord { id: AccountId(on_file.account.reveal().clone()), public: on_file.shown }
}

pub(super) fn holdings(of: &Holder, held: Held) -> Result<Holdings, Mismatch> {
    must(held.accounts.len() <= HOLDINGS_MOST, "too many accounts")?;
    for holding in &held.accounts {
        let last4 = holding.id_last4.as_ref().map(Personal::reveal);
        match of {
            Holder::Phone(phone) => must(holding.phone == *phone, "it is about another phone")?,
            Holder::IdNumber(id_number) => {
                let fits = last4.is_some_and(|last4| id_number.reveal().ends_with(last4.as_str()));
                must(fits, "it is about another person")?;
            }
        }
        must(last4.is_none_or(|last4| last4.len() == 4), "more or less than the last four")?;
    }
    let numbers = held.accounts.iter().map(|holding| holding.account.account.reveal());
    must(numbers.is_sorted_by(|a, b| a < b), "accounts not in the order of their numbers")?;
    Ok(Holdings { accounts: held.accounts.into_iter().map(held_by).collect(), more: held.more })
}

fn held_by(told: powerhall_billing_contract::Holding) -> Holding {
    Holding { account: record(told.account), phone: told.phone, id_last4: told.id_last4 }
}

pub(super) fn holding(account: &AccountId, found: FoundHolding) -> Result<Option<Holding>, Mismatch> {
    same_account(&account.0, &found.account)?;
    let Some(told) = found.holding else { return Ok(None) };
    same_account(&account.0, &told.account.account)?;
    let last4 = told.id_last4.as_ref().map(Personal::reveal);
    must(last4.is_none_or(|last4| last4.len() == 4), "more or less than the last four")?;
    Ok(Some(held_by(told)))
}

/// The longest number of a payment.
const LONGEST_PAYMENT: usize = 40;

fn payment(told: PaymentOnFile) -> Result<Payment, Mismatch> {
    let letters = told.number.bytes().all(|byte| byte.is_ascii_alphanumeric());
    must(letters && (1..=LONGEST_PAYMENT).contains(&told.number.len()), "a payment without a number")?;
    must(told.amount_fen.is_positive() && told.credit_fen >= Fen::ZERO, "a payment without an amount")?;
    let months = told.parts.iter().all(|part| part.period.parse::<Month>().is_ok());
    must(months && told.parts.is_sorted_by(|a, b| a.period < b.period), "parts not in the order of months")?;
    Ok(Payment {
        number: told.number,
        key: told.key,
        paid_at: told.paid_at,
        amount: told.amount_fen,
        way: told.way,
        parts: told.parts,
        credit: told.credit_fen,
    })
}

pub(super) fn payments(account: &AccountId, since: Date, paid: Payments) -> Result<Vec<Payment>, Mismatch> {
    same_account(&account.0, &paid.account)?;
    must(paid.since == since, "it is since another day")?;
    must(paid.payments.len() <= powerhall_api::Payments::MOST, "too many payments")?;
    must(paid.payments.is_sorted_by(|a, b| a.paid_at >= b.paid_at), "payments not the newest first")?;
    paid.payments.into_iter().map(payment).collect()
}

pub(super) fn taxable(
    account: &AccountId,
    number: &str,
    found: FoundTaxable,
) -> Result<Option<Taxable>, Mismatch> {
    same_account(&account.0, &found.account)?;
    let Some(told) = found.taxable else { return Ok(None) };
    must(told.payment.number == number, "it is about another payment")?;
    Ok(Some(Taxable {
        payment: payment(told.payment)?,
        name: told.name,
        taxpayer: told.taxpayer,
        address: told.address,
        kwh: told.kwh,
    }))
}

pub(super) fn arrears(account: &AccountId, today: Date, owed: Owed) -> Result<Arrears, Mismatch> {
    same_account(&account.0, &owed.account)?;
    must(owed.today == today, "it is of another day")?;
    must(owed.credit_fen >= Fen::ZERO, "credit below zero")?;
    for bill in &owed.bills {
        must(is_bill(bill), "a bill without month, day or amount")?;
    }
    must(owed.bills.is_sorted_by(|a, b| a.period < b.period), "bills not in order")?;
    let prepay = owed.prepay.map(|told| Prepay { public: told.shown, least: told.least_fen });
    must(prepay.as_ref().is_none_or(|prepay| prepay.least >= Fen::ZERO), "a least recharge below zero")?;
    must(
        owed.cut_off.as_ref().is_none_or(|cut| cut.reconnect_fen >= Fen::ZERO),
        "less than nothing to reconnect",
    )?;
    Ok(Arrears { bills: owed.bills, credit: owed.credit_fen, cut_off: owed.cut_off, prepay })
}

fn is_bill(bill: &Bill) -> bool {
    bill.period.parse::<Month>().is_ok()
        && bill.due_date.parse::<Date>().is_ok()
        && bill.amount_fen >= Fen::ZERO
        && bill.late_fee_fen >= Fen::ZERO
        && (bill.amount_fen.is_positive() || bill.late_fee_fen.is_positive())
}

pub(super) fn bills(account: &AccountId, today: Date, months: Months) -> Result<Bills, Mismatch> {
    same_account(&account.0, &months.account)?;
    must(months.today == today, "it is of another day")?;
    let list = months.bills;
    must(list.months.len() <= Bills::MOST, "too many months")?;
    must(list.months.iter().all(|month| month.period.parse::<Month>().is_ok()), "not a month")?;
    must(list.months.is_sorted_by(|a, b| a.period > b.period), "months not in order")?;
    let newest = list.months.first().map(|month| &month.period);
    must(
        list.month_tier.as_ref().is_none_or(|tier| Some(&tier.period) == newest),
        "a tier of another month than the newest",
    )?;
    Ok(list)
}

pub(super) fn bill(
    account: &AccountId,
    period: &str,
    found: FoundBill,
) -> Result<Option<BillDetail>, Mismatch> {
    same_account(&account.0, &found.account)?;
    must(found.period == period, "it is about another month")?;
    let Some(bill) = found.bill else { return Ok(None) };
    must(bill.period == period, "it is about another month")?;
    let sum = Fen::sum(bill.lines.iter().map(|line| line.amount_fen));
    must(sum == Ok(bill.amount_fen), "its lines do not come to its amount")?;
    Ok(Some(bill))
}

pub(super) fn posting_made(key: &str, to: &Target, made: PostingMade) -> Result<Posted, Mismatch> {
    must(made.key == key, "it is about another key")?;
    must(made.to == *to, "the money went elsewhere")?;
    posted(made.posting)
}

/// An amount that is not ours is not checked here: money knows what to do with it.
fn posted(told: Posting) -> Result<Posted, Mismatch> {
    let number = told.number;
    let visible = number.chars().all(|c| !c.is_control() && !c.is_whitespace());
    must((1..=LONGEST_NUMBER).contains(&number.chars().count()) && visible, "it has no number")?;
    must(told.amount_fen.is_positive(), "an amount that is not above zero")?;
    must(told.arrears_fen >= Fen::ZERO && told.credit_fen >= Fen::ZERO, "arrears or credit below zero")?;
    Ok(Posted { number, amount: told.amount_fen, arrears: told.arrears_fen, credit: told.credit_fen })
}

pub(super) fn posting_found(key: &str, found: PostingFound) -> Result<Option<Posted>, Mismatch> {
    must(found.key == key, "it is about another key")?;
    found.posting.map(posted).transpose()
}

pub(super) fn fenced(key: &str, fenced: Fenced) -> Result<Fence, Mismatch> {
    must(fenced.key == key, "it is about another key")?;
    match (fenced.state, fenced.posting) {
        (FenceState::Fenced, None) => Ok(Fence::Fenced),
        (FenceState::Posted, Some(told)) => posted(told).map(Fence::Posted),
        (FenceState::Fenced, Some(_)) | (FenceState::Posted, None) => {
            Err(Mismatch("fenced and posted at once, or neither"))
        }
    }
}

pub(super) fn aftermath(key: &str, found: AftermathFound) -> Result<Option<Aftermath>, Mismatch> {
    must(found.key == key, "it is about another key")?;
    Ok(found.aftermath.map(|told| Aftermath { recharge: told.recharge, reconnection: told.reconnection }))
}

pub(super) fn fees(of: &ApplicationId, due: DueFees) -> Result<Vec<DueFee>, Mismatch> {
    must(due.application.reveal() == &of.0, "it is about another application")?;
    must(due.fees.iter().all(|fee| fee.amount_fen.is_positive()), "a fee without an amount")?;
    must(due.fees.is_sorted_by(|a, b| a.item < b.item), "a fee that stands twice")?;
    let fee = |told: powerhall_billing_contract::DueFee| DueFee {
        id: FeeId { application: of.clone(), item: told.item },
        amount: told.amount_fen,
        public: told.shown,
    };
    Ok(due.fees.into_iter().map(fee).collect())
}

pub(super) fn application(
    number: &str,
    found: FoundApplications,
) -> Result<Vec<ApplicationRecord>, Mismatch> {
    must(found.application.reveal() == number, "it is about another application")?;
    let ours = found.applications.iter().all(|on_file| on_file.application.reveal() == number);
    must(ours, "it is about another application")?;
    Ok(found.applications.into_iter().map(filed).collect())
}

pub(super) fn applications(account: &str, found: ApplicationsOf) -> Result<Vec<ApplicationRecord>, Mismatch> {
    same_account(account, &found.account)?;
    Ok(found.applications.into_iter().map(filed).collect())
}

/// What is not billing's to say is taken out.
fn filed(on_file: ApplicationOnFile) -> ApplicationRecord {
    let mut public = on_file.shown;
    public.reference.clear();
    if let Some(contact) = &mut public.contact {
        contact.call_back = None;
    }
    ApplicationRecord { id: ApplicationId(on_file.application.reveal().clone()), public }
}

pub(super) fn outages(now: Timestamp, planned: PlannedOutages) -> Result<Vec<Outage>, Mismatch> {
    must(planned.now == now, "it is of another instant")?;
    to_come(now, planned.outages)
}

pub(super) fn outages_of(
    account: &AccountId,
    now: Timestamp,
    of: OutagesOf,
) -> Result<Vec<Outage>, Mismatch> {
    same_account(&account.0, &of.account)?;
    must(of.now == now, "it is of another instant")?;
    to_come(now, of.outages)
}

/// What customers plan their days by: an outage without its times, or out of order, is none that can be shown.
fn to_come(now: Timestamp, outages: Vec<Outage>) -> Result<Vec<Outage>, Mismatch> {
    must(outages.len() <= Outage::MOST, "too many outages")?;
    let mut before = Timestamp::MIN;
    for outage in &outages {
        let time =
            |text: &str| text.parse::<Timestamp>().map_err(|_| Mismatch("an outage without its times"));
        let (from, until) = (time(&outage.from)?, time(&outage.until)?);
        must(from < until && until > now, "an outage that is over, or ends before it begins")?;
        must(before <= from, "outages not by their beginning")?;
        before = from;
        let texts = [&outage.area, &outage.streets, &outage.reason];
        must(texts.iter().all(|text| text.contains_key("zh_CN")), "an outage without a text in zh_CN")?;
    }
    Ok(outages)
}

/// The pages of a day, one after the other.
pub(super) struct Pages {
    day: Date,
    lines: Vec<DayLine>,
    keys: BTreeSet<String>,
    next: Option<String>,
    taken: usize,
}

impl Pages {
    pub(super) const fn of(day: Date) -> Self {
        Self { day, lines: Vec::new(), keys: BTreeSet::new(), next: None, taken: 0 }
    }

    /// What the page that comes next is called.
    pub(super) fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// Takes a page; gives all lines with the last one.
    pub(super) fn take(&mut self, page: DayPage) -> Result<Option<Vec<DayLine>>, Mismatch> {
        must(page.day == self.day, "it is of another day")?;
        must(page.postings.len() <= DayPage::MOST, "too many lines on a page")?;
        self.taken += 1;
        must(self.taken <= PAGES_MOST, "too many pages")?;
        must(page.next.is_none() || !page.postings.is_empty(), "an empty page that is not the last")?;
        for told in page.postings {
            must(self.keys.insert(told.key.clone()), "a key stands twice")?;
            self.lines.push(DayLine { key: told.key, amount: told.amount_fen, number: told.number });
        }
        self.next = page.next;
        Ok(self.next.is_none().then(|| std::mem::take(&mut self.lines)))
    }
}
