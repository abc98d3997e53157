//! The port to whoever issues invoices. A request's number is made and stored by the caller before the call and stays the
//! same on every retry: one number, one invoice. Only blue invoices; a red one, which takes an invoice back, is a person's work.

use async_trait::async_trait;
use jiff::Timestamp;
use powerhall_api::Personal;
use powerhall_money::{Fen, Outcome};

/// A tax platform.
#[async_trait]
pub trait Invoices: Send + Sync {
    /// Issues an invoice, once: the same request again gets the same invoice. `Rejected` is a definite refusal, after
    /// which this request can never become an invoice (for example `key_reused`, `buyer_refused`).
    async fn issue(&self, request: &NewInvoice) -> Outcome<Issued>;

    /// The document of an issued invoice, as PDF. A platform that keeps documents ignores `request`; the sandbox, which
    /// keeps nothing personal, draws it anew.
    async fn document(&self, issued: &Issued, request: &NewInvoice) -> Outcome<Vec<u8>>;

    /// Whether the platform answers at all.
    async fn ready(&self) -> bool;
}

/// An invoice to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvoice {
    /// Our number of the request: unique for ever, at most 64 characters.
    pub request: String,
    /// Who pays.
    pub buyer: Buyer,
    /// Who is paid.
    pub seller: Seller,
    /// At least one, at most [`NewInvoice::MOST_LINES`].
    pub lines: Vec<Line>,
    /// What else stands on it: the account, the months.
    pub remark: Personal,
}

impl NewInvoice {
    /// What fits the table of the sandbox's paper.
    pub const MOST_LINES: usize = 6;

    /// The whole amount, tax included.
    #[must_use]
    pub fn total(&self) -> Option<Fen> {
        Fen::sum(self.lines.iter().flat_map(|line| [line.net, line.tax])).ok()
    }

    /// The tax in it.
    #[must_use]
    pub fn tax(&self) -> Option<Fen> {
        Fen::sum(self.lines.iter().map(|line| line.tax)).ok()
    }
}

/// Who pays, as it stands on the contract. `Debug` is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buyer {
    /// The whole name.
    pub name: Personal,
    /// The unified social credit code (统一社会信用代码) of a company; a person needs none.
    pub taxpayer: Option<Personal>,
}

/// Who is paid: the utility.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seller {
    /// Its name in the register.
    pub name: String,
    /// Its unified social credit code, 18 characters.
    pub taxpayer: String,
    /// Who issues, as the paper names them (开票人).
    pub issuer: String,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What for, behind the short name of its tax class: `*供电*电费`.
    pub item: String,
    /// kWh, where the line is for whole months.
    pub kwh: Option<i64>,
    /// Without tax.
    pub net: Fen,
    /// The rate, in percent.
    pub rate: u8,
    /// The tax.
    pub tax: Fen,
}

/// An invoice that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// Its number: 20 digits.
    pub number: String,
    /// When it was issued.
    pub at: Timestamp,
}
