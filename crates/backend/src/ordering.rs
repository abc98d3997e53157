//! From an order request and its quote to an order: what may be ordered, and how each line is to be posted.

use std::collections::BTreeSet;

use powerhall_api::{OrderLineRequest, OrderRequest, Personal, QuoteLine};
use powerhall_money::{ChannelFacts, Fen, NewOrder};
use uuid::Uuid;

use crate::desk::Quoted;
use crate::store::{OpenOrder, OrderedLine, OrderedQuote};

/// The lines of a request that fits its quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    amounts: Vec<(u32, Fen)>,
    quote: OrderedQuote,
}

/// Checks what the document says about the form alone. The error says what is wrong, without quoting it.
pub fn check_form(request: &OrderRequest) -> Result<(), String> {
    if request.quote_id.chars().count() > 64 {
        return Err("quote_id has at most 64 characters".to_owned());
    }
    if request.channel.chars().count() > 32 {
        return Err("channel has at most 32 characters".to_owned());
    }
    if !(1..=16).contains(&request.lines.len()) {
        return Err("lines has 1 to 16 items".to_owned());
    }
    for line in &request.lines {
        if !line.amount_fen.is_positive() {
            return Err("amount_fen is at least 1".to_owned());
        }
        if line.periods.len() > 60 {
            return Err("periods has at most 60 items".to_owned());
        }
    }
    Ok(())
}

/// Fits the request to the quote. The error says what does not fit.
pub fn order_lines(request: &OrderRequest, quoted: &Quoted) -> Result<Ordered, String> {
    let mut seen = BTreeSet::new();
    let mut ordered = Ordered {
        amounts: Vec::new(),
        quote: OrderedQuote { quote_id: request.quote_id.clone(), lines: Vec::new() },
    };
    for wanted in &request.lines {
        if !seen.insert(wanted.line) {
            return Err("a line is named twice".to_owned());
        }
        let (line, account) = quoted
            .quote
            .lines
            .iter()
            .zip(&quoted.accounts)
            .find(|(line, _)| line.line == wanted.line)
            .ok_or("the quote has no such line")?;
        let periods = periods(wanted, line)?;
        ordered.amounts.push((wanted.line, wanted.amount_fen));
        ordered.quote.lines.push(OrderedLine {
            line: wanted.line,
            account: Personal::new(account.0.clone()),
            account_masked: line.account.account_masked.clone(),
            // Whoever pays months wants those months. If somebody else pays them in the same moment, the money goes
            // back; only “another amount” may become credit.
            exact: !periods.is_empty(),
            periods,
        });
    }
    Fen::sum(ordered.amounts.iter().map(|(_, amount)| *amount)).map_err(|e| e.to_string())?;
    Ok(ordered)
}

/// The months that the line pays: those chosen, or all when the amount is all that is owed, or none (“another amount”).
fn periods(wanted: &OrderLineRequest, line: &QuoteLine) -> Result<Vec<String>, String> {
    let amount = wanted.amount_fen;
    if amount > line.max_fen {
        return Err("the amount is above the most".to_owned());
    }
    if wanted.periods.is_empty() {
        if amount == line.total_fen {
            return Ok(line.bills.iter().map(|bill| bill.period.clone()).collect());
        }
        return if amount < line.min_fen {
            Err("the amount is below the least".to_owned())
        } else {
            Ok(Vec::new())
        };
    }
    let chosen: BTreeSet<&str> = wanted.periods.iter().map(String::as_str).collect();
    if chosen.len() != wanted.periods.len() {
        return Err("a month is named twice".to_owned());
    }
    let bills: Vec<_> = line.bills.iter().filter(|bill| chosen.contains(bill.period.as_str())).collect();
    if bills.len() != chosen.len() {
        return Err("a month is not owed".to_owned());
    }
    let owed = bills
        .iter()
        .map(|bill| bill.amount_fen.plus(bill.late_fee_fen))
        .collect::<Result<Vec<_>, _>>()
        .and_then(Fen::sum)
        .map_err(|e| e.to_string())?;
    if owed != amount {
        return Err("the amount is not the sum of the months".to_owned());
    }
    Ok(bills.iter().map(|bill| bill.period.clone()).collect())
}

/// What the store writes.
#[must_use]
pub fn open_order(
    id: Uuid,
    kiosk: &str,
    fingerprint: [u8; 32],
    ordered: Ordered,
    channel: ChannelFacts,
) -> OpenOrder {
    OpenOrder {
        kiosk: kiosk.to_owned(),
        fingerprint,
        // The store chooses the reference.
        new: NewOrder { id, reference: String::new(), lines: ordered.amounts, channel },
        quote: ordered.quote,
    }
}
