//! A billing system in memory that misbehaves on demand. One account with two months owed; two more that owe nothing; no
//! fees, and nothing that follows a payment.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use powerhall_api::{
    Account, Application, Bill, BillDetail, Bills, Contact, Move, Outage, PaidBy, PaidPart, Personal,
};
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, Billing, DayLine, DueFee,
    Fence, Holder, Holding, Holdings, Month, NewPosting, Payment, Posted, Target, Taxable,
};
use powerhall_money::{Cause, Fen, Outcome};

use crate::fake_channel::Fault;

/// Two applications with a phone on file, and one without.
pub const APPLICATIONS: [(&str, Option<&str>); 3] =
    [("261105000137", Some("154******01")), ("261105000138", Some("154******02")), ("261105000139", None)];
/// The account.
pub const ACCOUNT: &str = "5100000000001";
/// A second account of its holder, and one that somebody else has under the same phone.
pub const OTHERS: [&str; 2] = ["5100000000002", "5100000000003"];
/// The holder's phone and identity number. Both are nobody's.
pub const PHONE: &str = "15400000001";
pub const ID_NUMBER: &str = "11010519491231002X";
/// The holder's whole name, which only an invoice has.
pub const NAME: &str = "张晓明";
/// A payment at a counter, two weeks before the tests begin.
pub const ELSEWHERE: &str = "E1";
/// One that was all credit.
pub const CREDIT: &str = "E2";
/// The phone that the second account has on file.
pub const OTHER_PHONE: &str = "15400000002";
/// What it owes, oldest first.
pub const BILLS: [(&str, i64); 2] = [("2026-09", 10_000), ("2026-10", 5_000)];

#[derive(Default)]
struct Inner {
    paid_months: BTreeSet<String>,
    credit: i64,
    postings: BTreeMap<String, Posted>,
    fenced: BTreeSet<String>,
    faults: BTreeMap<&'static str, VecDeque<Fault>>,
    calls: Vec<(&'static str, String)>,
    asked: Vec<NewPosting>,
    down: bool,
    hangs: bool,
}

/// The billing system.
#[derive(Default)]
pub struct FakeBilling {
    inner: Mutex<Inner>,
}

impl FakeBilling {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no panic while held")
    }

    /// What goes wrong with the next calls of a kind, in order.
    pub fn fault(&self, call: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults.entry(call).or_default().extend(faults);
    }

    /// From now on nothing is answered, or again.
    pub fn set_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// From now on nobody who asks whether it is ready, or for the outages, ever hears anything.
    pub fn set_hangs(&self) {
        self.lock().hangs = true;
    }

    /// Every posting that was asked for.
    pub fn asked(&self) -> Vec<NewPosting> {
        self.lock().asked.clone()
    }

    /// What was posted in all.
    pub fn posted(&self) -> i64 {
        self.lock().postings.values().map(|p| p.amount.get()).sum()
    }

    pub fn credit(&self) -> i64 {
        self.lock().credit
    }

    /// All keys that a call of this kind ever named.
    pub fn keys(&self, call: &str) -> Vec<String> {
        self.lock().calls.iter().filter(|(name, _)| *name == call).map(|(_, key)| key.clone()).collect()
    }

    async fn hang(&self) {
        let hangs = self.lock().hangs;
        if hangs {
            std::future::pending::<()>().await;
        }
    }

    fn call<T>(
        &self,
        name: &'static str,
        key: &str,
        effect: impl FnOnce(&mut Inner) -> Outcome<T>,
    ) -> Outcome<T> {
        let mut inner = self.lock();
        inner.calls.push((name, key.to_owned()));
        if inner.down {
            return Outcome::Unknown(Cause::Network);
        }
        match inner.faults.get_mut(name).and_then(VecDeque::pop_front) {
            None | Some(Fault::Slow(_)) => effect(&mut inner),
            Some(Fault::Lost) => Outcome::Unknown(Cause::Timeout),
            Some(Fault::AnswerLost) => {
                let _ = effect(&mut inner);
                Outcome::Unknown(Cause::Timeout)
            }
            Some(Fault::Refused) => Outcome::Rejected("account_closed".to_owned()),
        }
    }
}

fn is_known(number: &str) -> bool {
    number == ACCOUNT || OTHERS.contains(&number)
}

fn owed(inner: &Inner) -> impl Iterator<Item = (&'static str, i64)> {
    BILLS.into_iter().filter(|(period, _)| !inner.paid_months.contains(*period))
}

fn settle(inner: &mut Inner, posting: &NewPosting) -> Outcome<Posted> {
    if let Some(known) = inner.postings.get(&posting.key) {
        return Outcome::Definite(known.clone());
    }
    if inner.fenced.contains(&posting.key) {
        return Outcome::Rejected("fenced".to_owned());
    }
    if posting.exact && posting.periods.iter().any(|p| inner.paid_months.contains(p)) {
        return Outcome::Rejected("already_paid".to_owned());
    }
    let mut left = posting.amount.get();
    // Only the first account owes anything.
    let owes = matches!(&posting.to, Target::Account(account) if account.0 == ACCOUNT);
    let order: Vec<(&str, i64)> = owed(inner).filter(|_| owes).collect();
    for (period, fen) in order {
        let chosen = posting.periods.is_empty() || posting.periods.iter().any(|p| p == period);
        if chosen && fen <= left {
            left -= fen;
            inner.paid_months.insert(period.to_owned());
        }
    }
    inner.credit += left;
    let posted = Posted {
        number: format!("B{}", inner.postings.len() + 1),
        amount: posting.amount,
        arrears: Fen::new(owed(inner).map(|(_, fen)| fen).sum()),
        credit: Fen::new(inner.credit),
    };
    inner.postings.insert(posting.key.clone(), posted.clone());
    Outcome::Definite(posted)
}

/// What was posted, and what was paid elsewhere, newest first.
fn paid(inner: &Inner) -> Vec<Payment> {
    let part = |fen: i64| PaidPart {
        period: BILLS[0].0.to_owned(),
        amount_fen: Fen::new(fen),
        late_fee_fen: Fen::ZERO,
    };
    let elsewhere = |number: &str, at: &str, parts, credit| Payment {
        number: number.to_owned(),
        key: None,
        paid_at: at.parse().expect("a time"),
        amount: Fen::new(11_300),
        way: PaidBy::Counter,
        parts,
        credit,
    };
    let posted = inner.postings.iter().map(|(key, posted)| Payment {
        number: posted.number.clone(),
        key: Some(key.clone()),
        paid_at: "2026-11-23T10:00:00+08:00".parse().expect("a time"),
        amount: posted.amount,
        way: PaidBy::Kiosk,
        parts: vec![part(posted.amount.get())],
        credit: Fen::ZERO,
    });
    let counter = elsewhere(ELSEWHERE, "2026-11-09T09:30:00+08:00", vec![part(11_300)], Fen::ZERO);
    let credit = elsewhere(CREDIT, "2026-10-09T09:30:00+08:00", Vec::new(), Fen::new(11_300));
    posted.chain([counter, credit]).collect()
}

fn record(number: &str) -> AccountRecord {
    AccountRecord {
        id: AccountId(number.to_owned()),
        public: Account {
            name_masked: Personal::from("张*"),
            address_masked: Personal::from("解放路***"),
            account_masked: Personal::new(format!("510*******{}", &number[10..])),
            category: BTreeMap::new(),
        },
    }
}

fn application(number: &str, phone: Option<&str>) -> ApplicationRecord {
    let contact = Contact {
        role: BTreeMap::new(),
        phone_masked: phone.map(Personal::from),
        ring_by: "2026-11-24".to_owned(),
        call_back: None,
    };
    ApplicationRecord {
        id: ApplicationId(number.to_owned()),
        public: Application {
            reference: String::new(),
            number_masked: Personal::new(format!("{}**{}", &number[..8], &number[10..])),
            service: BTreeMap::new(),
            applicant_masked: Personal::from("张*"),
            summary: BTreeMap::new(),
            accepted: "2026-11-05".to_owned(),
            waiting_for: Move::Company,
            now: BTreeMap::new(),
            bring: Vec::new(),
            place: None,
            promised: None,
            working_days_left: None,
            promise: None,
            promise_basis: Vec::new(),
            due_fen: Fen::ZERO,
            plan: None,
            contact: Some(contact),
            stages: Vec::new(),
            refunds: Vec::new(),
        },
    }
}
fn outage() -> Outage {
    let text = |words: &str| [("zh_CN".to_owned(), words.to_owned())].into();
    Outage {
        area: text("城南"),
        streets: text("解放路"),
        reason: text("线路检修"),
        from: "2026-11-26T08:30:00+08:00".to_owned(),
        until: "2026-11-26T17:00:00+08:00".to_owned(),
    }
}

#[async_trait]
impl Billing for FakeBilling {
    async fn find_account(&self, number: &str) -> Outcome<Option<AccountRecord>> {
        self.call("find_account", "", |_| Outcome::Definite(is_known(number).then(|| record(number))))
    }

    async fn holdings(&self, of: &Holder) -> Outcome<Holdings> {
        let all = [
            (ACCOUNT, PHONE, ID_NUMBER),
            (OTHERS[0], OTHER_PHONE, ID_NUMBER),
            (OTHERS[1], PHONE, "990001199001010013"),
        ];
        self.call("holdings", "", |_| {
            let held = all.into_iter().filter(|(_, phone, id_number)| match of {
                Holder::Phone(asked) => asked.reveal() == phone,
                Holder::IdNumber(asked) => asked.reveal() == id_number,
            });
            let accounts = held.map(|(number, phone, id_number)| Holding {
                account: record(number),
                phone: Personal::from(phone),
                id_last4: Some(Personal::from(&id_number[14..])),
            });
            Outcome::Definite(Holdings { accounts: accounts.collect(), more: false })
        })
    }

    async fn arrears(&self, account: &AccountId, _: Date) -> Outcome<Arrears> {
        self.call("arrears", "", |inner| {
            let bills = owed(inner).filter(|_| account.0 == ACCOUNT).map(|(period, fen)| Bill {
                period: period.to_owned(),
                kwh: 100,
                amount_fen: Fen::new(fen),
                late_fee_fen: Fen::ZERO,
                due_date: "2026-12-25".to_owned(),
            });
            let credit = Fen::new(inner.credit);
            Outcome::Definite(Arrears { bills: bills.collect(), credit, cut_off: None, prepay: None })
        })
    }

    async fn holding(&self, account: &AccountId) -> Outcome<Option<Holding>> {
        let holding = Holding {
            account: record(ACCOUNT),
            phone: Personal::from(PHONE),
            id_last4: Some(Personal::from(&ID_NUMBER[14..])),
        };
        self.call("holding", "", |_| Outcome::Definite((account.0 == ACCOUNT).then_some(holding)))
    }

    async fn payments(&self, account: &AccountId, since: Date) -> Outcome<Vec<Payment>> {
        let mine = account.0 == ACCOUNT;
        self.call("payments", &since.to_string(), |inner| {
            Outcome::Definite(if mine { paid(inner) } else { Vec::new() })
        })
    }

    async fn taxable(&self, account: &AccountId, payment: &str) -> Outcome<Option<Taxable>> {
        let mine = account.0 == ACCOUNT;
        self.call("taxable", payment, |inner| {
            let payment = paid(inner).into_iter().find(|paid| mine && paid.number == payment);
            Outcome::Definite(payment.map(|payment| Taxable {
                payment,
                name: Personal::from(NAME),
                taxpayer: None,
                address: Personal::from("解放路12号"),
                kwh: Some(100),
            }))
        })
    }

    async fn bills(&self, _: &AccountId, _: Date) -> Outcome<Bills> {
        self.call("bills", "", |_| {
            Outcome::Definite(Bills { months: Vec::new(), tier: None, month_tier: None, account: None })
        })
    }

    async fn bill(&self, _: &AccountId, _: Month, _: Date) -> Outcome<Option<BillDetail>> {
        self.call("bill", "", |_| Outcome::Definite(None))
    }

    async fn fees(&self, _: &ApplicationId) -> Outcome<Vec<DueFee>> {
        self.call("fees", "", |_| Outcome::Definite(Vec::new()))
    }

    async fn aftermath(&self, key: &str) -> Outcome<Option<Aftermath>> {
        self.call("aftermath", key, |_| Outcome::Definite(None))
    }

    async fn post(&self, posting: &NewPosting) -> Outcome<Posted> {
        assert!(matches!(&posting.to, Target::Account(account) if is_known(&account.0)));
        self.lock().asked.push(posting.clone());
        self.call("post", &posting.key, |inner| settle(inner, posting))
    }

    async fn query_post(&self, key: &str) -> Outcome<Option<Posted>> {
        self.call("query_post", key, |inner| Outcome::Definite(inner.postings.get(key).cloned()))
    }

    async fn fence(&self, key: &str) -> Outcome<Fence> {
        self.call("fence", key, |inner| match inner.postings.get(key) {
            Some(posted) => Outcome::Definite(Fence::Posted(posted.clone())),
            None => {
                inner.fenced.insert(key.to_owned());
                Outcome::Definite(Fence::Fenced)
            }
        })
    }

    /// Everything is paid on the first day of these tests.
    async fn day_file(&self, day: Date) -> Outcome<Vec<DayLine>> {
        let inner = self.lock();
        let postings = inner.postings.iter().filter(|_| day.to_string() == "2026-11-23");
        let line = |(key, posted): (&String, &Posted)| DayLine {
            key: key.clone(),
            amount: posted.amount,
            number: posted.number.clone(),
        };
        Outcome::Definite(postings.map(line).collect())
    }

    async fn application(&self, number: &str, _: Date) -> Outcome<Vec<ApplicationRecord>> {
        let found = APPLICATIONS.iter().filter(|(known, _)| *known == number);
        let found = found.map(|(number, phone)| application(number, *phone)).collect();
        self.call("application", "", |_| Outcome::Definite(found))
    }

    async fn applications_of(&self, _: &str, _: &str, _: Date) -> Outcome<Vec<ApplicationRecord>> {
        self.call("applications_of", "", |_| Outcome::Definite(Vec::new()))
    }

    async fn outages(&self, _: Timestamp) -> Outcome<Vec<Outage>> {
        self.hang().await;
        self.call("outages", "", |_| Outcome::Definite(vec![outage()]))
    }

    async fn outages_of(&self, _: &AccountId, _: Timestamp) -> Outcome<Vec<Outage>> {
        self.call("outages_of", "", |_| Outcome::Definite(vec![outage()]))
    }

    async fn ready(&self) -> bool {
        self.hang().await;
        !self.lock().down
    }
}
