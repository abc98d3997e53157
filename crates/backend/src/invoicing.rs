//! E-invoices: what is asked of the tax platform and when, and what an invoice of a payment says. One payment, one invoice:
//! the number of the request follows from the payment's and is durable before the call; an unknown answer moves only the
//! time of the next try. Nobody waits in the background: an invoice is made when its customer asks for it, and again.

use std::sync::Arc;

use jiff::civil::Date;
use powerhall_api::{InvoiceState, Personal};
use powerhall_billing::port::{AccountId, Taxable};
use powerhall_hall::Taxes;
use powerhall_invoice::port::{Buyer, Invoices, Issued, Line, NewInvoice, Seller};
use powerhall_invoice::split;
use powerhall_money::{Fen, Moment, Outcome};

use crate::clock::{day, moment, timestamp};

/// The pause before the second try, doubled before each further one.
const FIRST_PAUSE_MS: i64 = 5_000;
/// The longest pause: a customer who comes back is not sent away for longer.
const LONGEST_PAUSE_MS: i64 = 300_000;
/// How long a call may be under way before another try may begin; above the longest call.
pub const LEASE_MS: i64 = 40_000;

/// The tax platform and what it is told of us.
#[derive(Clone)]
pub struct Invoicing {
    /// The platform.
    pub port: Arc<dyn Invoices>,
    /// Who sells.
    pub seller: Seller,
    /// The tax rates.
    pub taxes: Taxes,
    /// Where phones reach this backend, without a slash at the end.
    pub public_url: String,
    /// How long a link to a document lives.
    pub link_seconds: u32,
    /// Whether the platform is a sandbox, whose invoices are samples.
    pub sample: bool,
}

/// What is remembered of a payment's invoice. Nothing in it says whose payment it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRow {
    /// The payment's number.
    pub payment: String,
    /// Our number of the request.
    pub request: String,
    /// How far it is.
    pub stand: Stand,
    /// How many tries were begun.
    pub tries: u32,
    /// Before it nobody tries again.
    pub next_try: Moment,
}

/// How far an invoice is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Asked for; what became of it is not known.
    Asked,
    /// There.
    Issued {
        /// Its number.
        number: String,
        /// When.
        at: Moment,
    },
    /// Refused for good.
    Refused {
        /// The platform's code.
        code: String,
    },
}

/// What to do for somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Call the platform.
    Try,
    /// It is there.
    Issued {
        /// Its number.
        number: String,
        /// When.
        at: Moment,
    },
    /// It was refused.
    Refused,
    /// Ask again after so many seconds.
    Wait(u32),
}

impl InvoiceRow {
    /// The row of a payment that nobody has asked about.
    #[must_use]
    pub fn new(payment: &str) -> Self {
        Self {
            payment: payment.to_owned(),
            request: format!("F{payment}"),
            stand: Stand::Asked,
            tries: 0,
            next_try: Moment(i64::MIN),
        }
    }

    /// Somebody asks: what to do, and the row to write before it is done.
    #[must_use]
    pub fn ask(mut self, now: Moment) -> (Self, Next) {
        let next = match &self.stand {
            Stand::Issued { number, at } => Next::Issued { number: number.clone(), at: *at },
            Stand::Refused { .. } => Next::Refused,
            // A clock that was set back waits for no longer than a call takes.
            Stand::Asked if self.next_try > now && self.next_try <= now.plus_ms(LONGEST_PAUSE_MS) => {
                let seconds = (self.next_try.ms_since(now) + 999) / 1000;
                Next::Wait(u32::try_from(seconds).unwrap_or(1).max(1))
            }
            Stand::Asked => {
                self.tries = self.tries.saturating_add(1);
                self.next_try = now.plus_ms(LEASE_MS);
                Next::Try
            }
        };
        (self, next)
    }

    /// The platform has answered. What is issued or refused stays so.
    #[must_use]
    pub fn answered(mut self, outcome: &Outcome<Issued>, now: Moment) -> Self {
        if self.stand == Stand::Asked {
            match outcome {
                Outcome::Definite(issued) => {
                    let at = moment(issued.at);
                    self.stand = Stand::Issued { number: issued.number.clone(), at };
                }
                Outcome::Rejected(code) => self.stand = Stand::Refused { code: code.clone() },
                Outcome::Unknown(_) => {
                    let doubled = FIRST_PAUSE_MS.saturating_mul(1 << self.tries.saturating_sub(1).min(10));
                    self.next_try = now.plus_ms(doubled.min(LONGEST_PAUSE_MS));
                }
            }
        }
        self
    }

    /// As the customer sees it.
    #[must_use]
    pub const fn state(&self) -> InvoiceState {
        match self.stand {
            Stand::Asked => InvoiceState::Open,
            Stand::Issued { .. } => InvoiceState::Issued,
            Stand::Refused { .. } => InvoiceState::Refused,
        }
    }
}

impl Invoicing {
    /// The invoice of a payment; none when it settled nothing, or when no rate holds on its day.
    #[must_use]
    pub fn invoice(&self, of: &Taxable, account: &AccountId) -> Option<NewInvoice> {
        let payment = &of.payment;
        let day = day(moment(payment.paid_at));
        let rate = self.taxes.on(day)?;
        let sum = |part: fn(&powerhall_api::PaidPart) -> Fen| Fen::sum(payment.parts.iter().map(part)).ok();
        let (energy, late) = (sum(|part| part.amount_fen)?, sum(|part| part.late_fee_fen)?);
        let line = |item: &str, kwh, gross: Fen| {
            let split = split(gross, rate.percent);
            Line { item: item.to_owned(), kwh, net: split.net, rate: rate.percent, tax: split.tax }
        };
        let energy = energy.is_positive().then(|| line(&rate.item, of.kwh, energy));
        let late = late.is_positive().then(|| line(&rate.late_fee_item, None, late));
        let lines: Vec<Line> = energy.into_iter().chain(late).collect();
        if lines.is_empty() {
            return None;
        }
        Some(NewInvoice {
            request: InvoiceRow::new(&payment.number).request,
            buyer: Buyer { name: of.name.clone(), taxpayer: of.taxpayer.clone() },
            seller: self.seller.clone(),
            lines,
            remark: remark(of, account, day),
        })
    }
}

/// The account, where, which months, and the payment: 户号、用电地址、账期、缴费. In Chinese, as the document is.
fn remark(of: &Taxable, account: &AccountId, day: Date) -> Personal {
    let months: Vec<&str> = of.payment.parts.iter().map(|part| part.period.as_str()).collect();
    let months = match months.as_slice() {
        [first, .., last] => format!("{first} 至 {last}（{} 个月）", months.len()),
        [one] => (*one).to_owned(),
        [] => String::new(),
    };
    Personal::new(format!(
        "户号：{}　用电地址：{}\n电费账期：{months}\n缴费日期：{day}　缴费流水号：{}",
        account.0,
        of.address.reveal(),
        of.payment.number,
    ))
}

/// An issued invoice, as the platform knows it.
#[must_use]
pub fn issued(number: &str, at: Moment) -> Issued {
    Issued { number: number.to_owned(), at: timestamp(at) }
}

#[cfg(test)]
mod tests {
    use powerhall_money::Cause;

    use super::*;

    const NOW: Moment = Moment(1_000_000);

    fn there() -> Outcome<Issued> {
        Outcome::Definite(issued("26000000000000000001", NOW))
    }

    #[test]
    fn an_unknown_answer_moves_only_the_next_try() {
        let (row, next) = InvoiceRow::new("20261123000001").ask(NOW);
        assert_eq!((next, row.request.as_str()), (Next::Try, "F20261123000001"));
        let (row, next) = row.ask(NOW.plus_ms(1));
        assert_eq!(next, Next::Wait(40), "one call at a time");
        let before = row.clone();
        let row = row.answered(&Outcome::Unknown(Cause::Timeout), NOW);
        assert_eq!(InvoiceRow { next_try: before.next_try, ..row.clone() }, before);
        let (row, next) = row.ask(NOW);
        assert_eq!(next, Next::Wait(5));
        let (row, next) = row.ask(NOW.plus_ms(5_000));
        assert_eq!(next, Next::Try);
        let row = row.answered(&there(), NOW).answered(&Outcome::Rejected("late".to_owned()), NOW);
        assert_eq!(row.state(), InvoiceState::Issued, "what is issued stays issued");
        assert!(matches!(row.ask(NOW).1, Next::Issued { .. }));
    }

    #[test]
    fn the_pause_grows_and_has_an_end_and_no_clock_locks_anybody_out() {
        let mut row = InvoiceRow::new("1");
        let mut now = NOW;
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let (asked, next) = row.ask(now);
            assert_eq!(next, Next::Try);
            row = asked.answered(&Outcome::Unknown(Cause::Network), now);
            pauses.push(row.next_try.ms_since(now) / 1000);
            now = row.next_try;
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(row.ask(Moment(0)).1, Next::Try, "the clock was set back by years");
    }

    #[test]
    fn a_refusal_stays_one() {
        let (row, _) = InvoiceRow::new("1").ask(NOW);
        let row = row.answered(&Outcome::Rejected("buyer_refused".to_owned()), NOW).answered(&there(), NOW);
        assert_eq!(row.ask(NOW).1, Next::Refused);
    }
}
