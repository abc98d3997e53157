//! The conformance suite: what an integrator runs against their own server, through the same adapter that the backend
//! uses. It posts single fen to the test accounts that its sheet names, so it can be run again and again; what it pays of the
//! sheet's optional entries it says itself.

mod duties;
mod fences;
mod lookups;
mod postings;
mod report;
mod sheet;
mod wire;

use jiff::{Timestamp, civil::Date};
use powerhall_money::{Fen, Outcome};
use std::sync::atomic::{AtomicU32, Ordering};

pub use report::{Line, Report, Verdict};
pub use sheet::{Sheet, SheetAccounts, SheetApplication, SheetHolder};

use crate::embedded::day;
use crate::port::{AccountId, Arrears, Billing, NewPosting, Posted, Target};
use crate::rest::RestBilling;

/// What a check finds: nothing to say, or why not.
type Found = Result<(), Failed>;

/// Why a check does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The server does not do what the contract says.
    Wrong(String),
    /// The sheet does not give what the check needs.
    NotRun(&'static str),
}

fn wrong(why: impl Into<String>) -> Failed {
    Failed::Wrong(why.into())
}

fn must(holds: bool, why: &str) -> Found {
    if holds { Ok(()) } else { Err(wrong(why)) }
}

/// One run against one server.
pub struct Suite {
    billing: RestBilling,
    sheet: Sheet,
    today: Date,
    now: Timestamp,
    run: String,
    keys: AtomicU32,
}

macro_rules! checks {
    ($($operation:literal $what:literal => $check:path;)*) => {
        /// Every check: the operation that it is about, and what it looks at.
        pub const CHECKS: &[(&str, &str)] = &[$(($operation, $what)),*];

        impl Suite {
            /// Runs every check, in an order in which each finds what it needs, and tells each as it ends.
            pub async fn run(&self, mut tell: impl FnMut(&Line)) -> Report {
                let mut report = Report::default();
                $(
                    let line = Line::of($operation, $what, $check(self).await);
                    tell(&line);
                    report.lines.push(line);
                )*
                report
            }
        }
    };
}

checks! {
    "askReady" "is ready, and serves this contract" => lookups::ready;
    "askReady" "answers nobody without the secret" => wire::strangers;
    "findAccount" "finds each account of the sheet, masked" => lookups::accounts;
    "findAccount" "an unknown number is no account, not an error" => lookups::no_account;
    "findAccount" "members that it does not know do not disturb it" => wire::unknown_members;
    "findAccount" "what cannot be read is a problem with a code" => wire::unreadable;
    "findHoldings" "finds a holder's accounts by phone and by identity number" => lookups::holdings;
    "getHolding" "what proves an account's holder; an unknown number is none" => lookups::holding;
    "findHoldings" "nobody's phone is an empty list" => lookups::nobody;
    "listArrears" "unpaid months, oldest first; an unknown account is refused" => lookups::arrears;
    "listBills" "months, newest first, with what is unpaid among them" => lookups::bills;
    "getBill" "each month of the list, explained to the fen; no bill before the first" => lookups::bill;
    "listFees" "what is due on an application, each fee once; nothing on an unknown one" => lookups::fees;
    "findApplication" "finds it by its number, and no other" => lookups::application;
    "listApplications" "only for whoever knows the end of the phone" => lookups::applications;
    "listOutages" "by their beginning, and none that is over" => lookups::outages;
    "listOutagesOf" "those that an account is in; an unknown account is refused" => lookups::outages_of;
    "post" "a fen settles the oldest month, and the answer says what is owed after it" => postings::oldest_first;
    "post" "chosen months come first" => postings::chosen_first;
    "post" "the same again gets the first answer again" => postings::the_same_again;
    "post" "the same instant in another offset is the same" => wire::same_instant;
    "post" "the same key with other content is a conflict, and changes nothing" => postings::other_content;
    "post" "exact takes what is owed and refuses what somebody else has paid" => postings::exact;
    "post" "refuses closed and unknown accounts, amounts and periods that are none" => postings::refusals;
    "post" "what was refused stays refused, whatever comes with its key" => postings::stays_refused;
    "post" "a key out of form is refused" => wire::bad_key;
    "post" "eight at once with one key are one posting" => postings::at_once;
    "queryPosting" "there, or not there" => postings::query;
    "fencePosting" "a fenced key can never be posted" => fences::before;
    "fencePosting" "too late for what is posted" => fences::after;
    "fencePosting" "a refused key is fenced already" => fences::refused_key;
    "fencePosting" "fence and posting at once: one truth, the same from then on" => fences::race;
    "post" "a recharge of an account that is not prepaid, or a fee that is not due, is refused" => postings::no_such_duty;
    "getAftermath" "nothing follows from what was never posted, or from a fen" => postings::aftermath;
    "post" "the least recharge goes to its meter, a fen less is refused, and no other meanwhile" => duties::recharge;
    "getAftermath" "the least that was told brings a supply back, a fen less does not" => duties::reconnection;
    "post" "a fee is paid whole and once, never in part" => duties::fee;
    "listPayments" "a posting is told newest first, with its key; an unknown account is refused" => postings::payments;
    "getTaxable" "to whom and for what, of a payment of this account and of no other" => postings::taxable;
    "listDay" "each posting once, in the file of the day on which it was paid" => postings::day_file;
}

impl Suite {
    /// A suite for a server, with the accounts that it may use there. `run` makes the keys of this run its own: 1 to 40 of
    /// `A-Z a-z 0-9 - _`.
    #[must_use]
    pub fn new(billing: RestBilling, sheet: Sheet, now: Timestamp, run: impl Into<String>) -> Self {
        Self { billing, sheet, today: day::in_beijing(now), now, run: run.into(), keys: AtomicU32::new(0) }
    }

    /// A key that nobody has used.
    fn key(&self) -> String {
        format!("{}-{:04}", self.run, self.keys.fetch_add(1, Ordering::Relaxed))
    }

    fn owes(&self) -> AccountId {
        AccountId(self.sheet.accounts.owes.clone())
    }

    fn owes_nothing(&self) -> AccountId {
        AccountId(self.sheet.accounts.owes_nothing.clone())
    }

    /// A fen for an account, under a key of its own.
    fn fen(&self, account: AccountId) -> NewPosting {
        NewPosting {
            key: self.key(),
            to: Target::Account(account),
            amount: Fen::new(1),
            periods: Vec::new(),
            exact: false,
            paid_at: self.now,
            quoted_on: None,
        }
    }

    async fn posted(&self, posting: &NewPosting) -> Result<Posted, Failed> {
        definite(self.billing.post(posting).await)
    }

    async fn arrears(&self, account: &AccountId) -> Result<Arrears, Failed> {
        definite(self.billing.arrears(account, self.today).await)
    }
}

fn definite<T>(outcome: Outcome<T>) -> Result<T, Failed> {
    match outcome {
        Outcome::Definite(value) => Ok(value),
        Outcome::Rejected(code) => Err(wrong(format!("refused with {code}"))),
        Outcome::Unknown(cause) => Err(wrong(format!("no answer that counts: {cause}"))),
    }
}

/// Refused for good with this code.
fn refused<T>(outcome: Outcome<T>, expected: &str) -> Found {
    match outcome {
        Outcome::Rejected(code) if code == expected => Ok(()),
        Outcome::Rejected(code) => Err(wrong(format!("refused with {code}, not with {expected}"))),
        Outcome::Definite(_) => Err(wrong(format!("not refused; expected {expected}"))),
        Outcome::Unknown(cause) => {
            Err(wrong(format!("no refusal that counts: {cause}; expected {expected}")))
        }
    }
}

/// What is owed in all, late fees included.
fn total(arrears: &Arrears) -> Result<Fen, Failed> {
    Fen::sum(arrears.bills.iter().flat_map(|bill| [bill.amount_fen, bill.late_fee_fen]))
        .map_err(|_| wrong("amounts beyond any sum"))
}
