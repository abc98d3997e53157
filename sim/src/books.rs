//! The books of the outside world: two channels and billing. They are the truth; the oracle reads them and never ours.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use powerhall_money::{Cause, Fen, Outcome};

use crate::chance::{Chance, Fault};

/// How a channel closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Close is final; an unknown number can be closed too; expiry is an absolute time.
    WeChatLike,
    /// “No such trade” before the scan, close without effect before the scan; expiry is the fence, and relative.
    AlipayLike,
}

/// A channel's books.
#[derive(Debug)]
pub struct ChannelBook {
    /// Its id.
    pub id: &'static str,
    /// How it closes.
    pub manner: Manner,
    /// Whether the adapter says that it can close.
    pub can_close: bool,
    /// Trades by our number.
    pub trades: HashMap<String, Trade>,
    next: u64,
}

/// A trade.
#[derive(Debug)]
pub struct Trade {
    /// What is asked.
    pub amount: i64,
    /// When nobody can begin to pay any more (true time).
    pub expires: i64,
    /// Somebody has scanned it.
    pub scanned: bool,
    /// Closed by us.
    pub closed: bool,
    /// A payer is typing the password until then.
    pub typing_until: i64,
    /// What was paid.
    pub payments: Vec<Paid>,
    /// Refunds by our number.
    pub refunds: BTreeMap<String, Back>,
}

impl Trade {
    /// What was paid beside another payment of the same code without a word: a query tells one of them only.
    #[must_use]
    pub fn untold(&self) -> i64 {
        let several = self.payments.len() > 1;
        self.payments.iter().filter(|p| several && p.secret).map(|p| p.amount).sum()
    }
}

/// A payment.
#[derive(Clone, Debug)]
pub struct Paid {
    /// The channel's own number.
    pub transaction: String,
    /// How much.
    pub amount: i64,
    /// Who was paid.
    pub merchant: &'static str,
    /// When (true time).
    pub at: i64,
    /// It slipped through after the trade was closed or had expired.
    pub slipped: bool,
    /// Nobody ever tells us of it but the statement.
    pub secret: bool,
}

/// A refund.
#[derive(Clone, Copy, Debug)]
pub struct Back {
    /// How much.
    pub amount: i64,
    /// When it comes to its end (true time).
    pub ends: i64,
    /// Whether the payer has it then; else it is abnormal.
    pub well: bool,
}

/// Who must be paid.
pub const MERCHANT: &str = "M-HALL";
const OTHER_MERCHANT: &str = "M-OTHER";

/// Why a phone could not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPaid {
    /// There is no such trade.
    NoTrade,
    /// Closed or expired.
    Over,
    /// It is paid.
    Already,
}

impl ChannelBook {
    fn new(id: &'static str, manner: Manner, can_close: bool) -> Self {
        Self { id, manner, can_close, trades: HashMap::new(), next: 0 }
    }

    /// Whether a phone can begin to pay it at `now`, by the channel's own rules.
    #[must_use]
    pub fn is_payable(&self, number: &str, now: i64) -> bool {
        self.trades.get(number).is_some_and(|t| t.payments.is_empty() && !t.closed && now < t.expires)
    }

    /// Makes a trade, or gives the one that is there.
    pub fn create(&mut self, number: &str, amount: i64, expires: i64) -> Outcome<String> {
        let id = self.id;
        let trade = self.trades.entry(number.to_owned()).or_insert(Trade {
            amount,
            expires,
            scanned: false,
            closed: false,
            typing_until: 0,
            payments: Vec::new(),
            refunds: BTreeMap::new(),
        });
        if !trade.payments.is_empty() {
            return Outcome::Unknown(Cause::UnknownCode("order_paid".to_owned()));
        }
        if trade.closed {
            return Outcome::Rejected("trade_over".to_owned());
        }
        Outcome::Definite(format!("{id}:{number}"))
    }

    /// How a trade stands; `None` when the channel knows no such trade.
    fn standing(&self, number: &str, now: i64) -> Option<Standing> {
        let trade = self.trades.get(number)?;
        if let Some(paid) = trade.payments.first() {
            return Some(Standing::Paid(paid.clone()));
        }
        if self.manner == Manner::AlipayLike && !trade.scanned {
            return None;
        }
        let over = trade.closed || now >= trade.expires;
        Some(if over { Standing::Closed } else { Standing::Pending })
    }

    /// The answer to a query.
    pub fn query(&self, number: &str, now: i64) -> Outcome<Standing> {
        Outcome::Definite(self.standing(number, now).unwrap_or(Standing::NotFound))
    }

    /// Closes a trade.
    pub fn close(&mut self, number: &str, now: i64) -> Outcome<Standing> {
        let manner = self.manner;
        let standing = self.standing(number, now);
        match (standing, self.trades.get_mut(number)) {
            (Some(Standing::Paid(paid)), _) => Outcome::Definite(Standing::Paid(paid)),
            (Some(_), Some(trade)) if now < trade.typing_until && manner == Manner::WeChatLike => {
                Outcome::Unknown(Cause::Busy)
            }
            (Some(_), Some(trade)) => {
                trade.closed = true;
                Outcome::Definite(Standing::Closed)
            }
            // Without effect: the code can still be scanned.
            (None, _) | (Some(_), None) => Outcome::Definite(Standing::NotFound),
        }
    }

    /// A phone pays. `late` lets it through after the end.
    pub fn pay(
        &mut self,
        chance: &mut Chance,
        number: &str,
        now: i64,
        late: bool,
        twice: bool,
    ) -> Result<Paid, NotPaid> {
        let id = self.id;
        let trade = self.trades.get_mut(number).ok_or(NotPaid::NoTrade)?;
        if !trade.payments.is_empty() && !twice {
            return Err(NotPaid::Already);
        }
        let over = trade.closed || now >= trade.expires;
        if over && !late {
            return Err(NotPaid::Over);
        }
        self.next += 1;
        let wrong = chance.hit(Fault::WrongAmount);
        let amount = if wrong { trade.amount + chance.between(1, 500) as i64 } else { trade.amount };
        let merchant = if chance.hit(Fault::WrongMerchant) { OTHER_MERCHANT } else { MERCHANT };
        let transaction = format!("{id}-T{}", self.next);
        let paid = Paid { transaction, amount, merchant, at: now, slipped: over, secret: false };
        trade.scanned = true;
        trade.payments.push(paid.clone());
        Ok(paid)
    }

    /// The newest trade that is neither closed nor paid.
    #[must_use]
    pub fn newest_open(&self) -> Option<String> {
        let open = self.trades.iter().filter(|(_, t)| !t.closed && t.payments.is_empty());
        open.max_by_key(|(number, trade)| (trade.expires, *number)).map(|(number, _)| number.clone())
    }

    /// Somebody closes a trade at the channel itself.
    pub fn close_by_hand(&mut self, number: &str) {
        if let Some(trade) = self.trades.get_mut(number) {
            trade.scanned = true;
            trade.closed = true;
        }
    }

    /// The last payment was made by somebody who cannot have seen the code.
    pub fn unseen(&mut self, number: &str) {
        if let Some(paid) = self.trades.get_mut(number).and_then(|trade| trade.payments.last_mut()) {
            paid.slipped = true;
        }
    }

    /// Gives money back, once for each refund number.
    pub fn refund(&mut self, number: &str, refund_number: &str, back: Back, now: i64) -> Outcome<Refunded> {
        let Some(trade) = self.trades.get_mut(number) else {
            return Outcome::Rejected("no_such_trade".to_owned());
        };
        if let Some(known) = trade.refunds.get(refund_number) {
            return Outcome::Definite(known.state(now));
        }
        trade.refunds.insert(refund_number.to_owned(), back);
        Outcome::Definite(back.state(now))
    }

    /// How a refund stands.
    pub fn query_refund(&self, number: &str, refund_number: &str, now: i64) -> Outcome<Refunded> {
        let known = self.trades.get(number).and_then(|trade| trade.refunds.get(refund_number));
        Outcome::Definite(known.map_or(Refunded::NotFound, |back| back.state(now)))
    }
}

/// How a trade stands.
#[derive(Clone, Debug)]
pub enum Standing {
    /// Unknown to the channel.
    NotFound,
    /// Not paid so far.
    Pending,
    /// Paid.
    Paid(Paid),
    /// Closed or expired.
    Closed,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunded {
    /// Unknown to the channel.
    NotFound,
    /// On its way.
    Accepted,
    /// Done.
    Done,
    /// Not by machine.
    Abnormal,
}

impl Back {
    /// How it stands at `now`.
    #[must_use]
    pub const fn state(self, now: i64) -> Refunded {
        if now < self.ends {
            Refunded::Accepted
        } else if self.well {
            Refunded::Done
        } else {
            Refunded::Abnormal
        }
    }
}

/// An account at the utility.
#[derive(Debug, Default)]
pub struct Account {
    /// Unpaid months and what is owed, oldest first.
    pub owed: BTreeMap<String, i64>,
    /// Every month that was ever paid.
    pub settled: BTreeSet<String>,
    /// Credit.
    pub credit: i64,
    /// It takes no money any more.
    pub closed: bool,
}

/// A posting that is on an account.
#[derive(Clone, Debug)]
pub struct OnAccount {
    /// Billing's own number.
    pub number: String,
    /// How much.
    pub amount: i64,
    /// What is owed after it.
    pub arrears: i64,
    /// The credit after it.
    pub credit: i64,
}

/// Billing's books.
#[derive(Debug, Default)]
pub struct BillingBook {
    /// Accounts by number.
    pub accounts: BTreeMap<String, Account>,
    /// Postings by key.
    pub postings: BTreeMap<String, OnAccount>,
    /// Keys that can never be posted.
    pub fenced: BTreeSet<String>,
    /// Nothing is posted before this (true time).
    pub shut_until: i64,
}

impl BillingBook {
    /// Posts, once for each key.
    pub fn post(
        &mut self,
        key: &str,
        account: &str,
        amount: i64,
        periods: &[String],
        exact: bool,
    ) -> Outcome<OnAccount> {
        if let Some(known) = self.postings.get(key) {
            return Outcome::Definite(known.clone());
        }
        if self.fenced.contains(key) {
            return Outcome::Rejected("fenced".to_owned());
        }
        let number = format!("B{}", self.postings.len() + 1);
        let Some(to) = self.accounts.get_mut(account) else {
            return Outcome::Rejected("no_account".to_owned());
        };
        if to.closed {
            return Outcome::Rejected("account_closed".to_owned());
        }
        if exact && periods.iter().any(|period| to.settled.contains(period)) {
            return Outcome::Rejected("already_paid".to_owned());
        }
        let mut left = amount;
        let chosen = periods.iter().filter(|p| to.owed.contains_key(*p)).cloned().collect::<Vec<_>>();
        let order: Vec<String> = chosen.into_iter().chain(to.owed.keys().cloned()).collect();
        for period in order {
            let Some(due) = to.owed.get(&period).copied() else { continue };
            if left >= due {
                left -= due;
                to.owed.remove(&period);
                to.settled.insert(period);
            }
        }
        to.credit += left;
        let posted = OnAccount { number, amount, arrears: to.owed.values().sum(), credit: to.credit };
        self.postings.insert(key.to_owned(), posted.clone());
        Outcome::Definite(posted)
    }

    /// Fences a key, or says that it is too late.
    pub fn fence(&mut self, key: &str) -> Option<OnAccount> {
        if let Some(posted) = self.postings.get(key) {
            return Some(posted.clone());
        }
        self.fenced.insert(key.to_owned());
        None
    }
}

/// All books.
#[derive(Debug)]
pub struct Books {
    /// The channels, in the order to offer them.
    pub channels: [ChannelBook; 2],
    /// Billing.
    pub billing: BillingBook,
    next_account: u64,
}

impl Books {
    /// Empty books; whether the Alipay-like adapter closes at all is the world's choice.
    pub fn new(chance: &mut Chance) -> Self {
        Self {
            channels: [
                ChannelBook::new("wx", Manner::WeChatLike, true),
                ChannelBook::new("ali", Manner::AlipayLike, chance.percent(70)),
            ],
            billing: BillingBook::default(),
            next_account: 0,
        }
    }

    /// The channel that a code or an id belongs to.
    #[must_use]
    pub fn channel(&self, id: &str) -> usize {
        usize::from(id.starts_with("ali"))
    }

    /// An account that owes one to three months; its ten digits as people type them.
    pub fn account(&mut self, chance: &mut Chance) -> String {
        let known = self.next_account;
        let fresh = known == 0 || chance.percent(80);
        let which = if fresh { known + 1 } else { chance.between(known.saturating_sub(3).max(1), known) };
        self.next_account = self.next_account.max(which);
        let digits = format!("{:010}", 1_000_000 + which * 7);
        let account = self.billing.accounts.entry(format!("510{digits}")).or_default();
        if account.owed.is_empty() && chance.percent(90) {
            let first = account.settled.len();
            for month in first..first + chance.between(1, 3) as usize {
                let period = format!("{:04}-{:02}", 2020 + month / 12, month % 12 + 1);
                account.owed.insert(period, chance.between(500, 60_000) as i64);
            }
        }
        digits
    }
}

/// Fen from the books' plain numbers.
#[must_use]
pub const fn fen(amount: i64) -> Fen {
    Fen::new(amount)
}
