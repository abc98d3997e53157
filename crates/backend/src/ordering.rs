//! From an order request and its quote to an order: what may be ordered, and how each line is to be posted.

use std::collections::BTreeSet;

use powerhall_api::{LINES_MOST, OrderLineRequest, OrderRequest, Personal, QuoteLine};
use powerhall_billing::port::Target;
use powerhall_money::{ChannelFacts, Fen, NewOrder};
use uuid::Uuid;

use crate::desk::Quoted;
use crate::store::{OpenOrder, OrderedLine, OrderedQuote, Use};

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
    if !(1..=LINES_MOST).contains(&request.lines.len()) {
        return Err(format!("lines has 1 to {LINES_MOST} items"));
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
        let (line, target) = quoted
            .quote
            .lines
            .iter()
            .zip(&quoted.targets)
            .find(|(line, _)| line.line == wanted.line)
            .ok_or("the quote has no such line")?;
        let periods = periods(wanted, line)?;
        let (account, use_as) = use_of(target, line);
        ordered.amounts.push((wanted.line, wanted.amount_fen));
        ordered.quote.lines.push(OrderedLine {
            line: wanted.line,
            account,
            use_as,
            account_masked: line.number_masked(),
            // Whoever pays months wants those months. If somebody else pays them in the same moment, the money goes
            // back; only “another amount” may become credit.
            exact: !periods.is_empty(),
            quoted_on: Some(quoted.day),
            periods,
        });
    }
    Fen::sum(ordered.amounts.iter().map(|(_, amount)| *amount)).map_err(|e| e.to_string())?;
    Ok(ordered)
}

/// What the money of a line does, and at whose number.
fn use_of(target: &Target, line: &QuoteLine) -> (Personal, Use) {
    match target {
        Target::Account(account) => (Personal::new(account.0.clone()), Use::Bills),
        Target::Recharge(account) => (Personal::new(account.0.clone()), Use::Recharge),
        Target::Fee(fee) => {
            let name = line.fee.as_ref().map(|fee| fee.name.clone()).unwrap_or_default();
            (Personal::new(fee.application.0.clone()), Use::Fee { item: fee.item, name })
        }
    }
}

/// The months that the line pays: those chosen, or all when the amount is all that is owed, or none (“another amount”).
fn periods(wanted: &OrderLineRequest, line: &QuoteLine) -> Result<Vec<String>, String> {
    let amount = wanted.amount_fen;
    if !line.is_payable() {
        return Err("the line cannot be paid now".to_owned());
    }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use powerhall_api::{Account, Bill, Duty, Quote};
    use powerhall_billing::port::{AccountId, ApplicationId, FeeId};

    use super::*;

    /// Two months owed: 100.00 with a late fee of 5.00, and 50.00.
    fn quoted() -> Quoted {
        let bill = |period: &str, fen, late| Bill {
            period: period.to_owned(),
            kwh: 1,
            amount_fen: Fen::new(fen),
            late_fee_fen: Fen::new(late),
            due_date: "2026-12-25".to_owned(),
        };
        let line = QuoteLine {
            line: 0,
            duty: Duty::Arrears,
            account: Some(Account {
                name_masked: "张*".into(),
                address_masked: "解放路".into(),
                account_masked: "510*******001".into(),
                category: BTreeMap::new(),
            }),
            bills: vec![bill("2026-09", 10_000, 500), bill("2026-10", 5_000, 0)],
            total_fen: Fen::new(15_500),
            credit_fen: Fen::ZERO,
            min_fen: Fen::new(100),
            max_fen: Fen::new(100_000),
            cut_off: None,
            prepaid: None,
            fee: None,
        };
        let quote = Quote { quote_id: "q".to_owned(), lines: vec![line], seconds_left: 60 };
        Quoted {
            quote,
            targets: vec![Target::Account(AccountId("5100000000001".to_owned()))],
            day: jiff::civil::date(2026, 11, 23),
        }
    }

    fn order(fen: i64, periods: &[&str]) -> Result<(Vec<String>, bool), String> {
        let periods = periods.iter().map(|p| (*p).to_owned()).collect();
        let request = OrderRequest {
            quote_id: "q".to_owned(),
            channel: "fake".to_owned(),
            lines: vec![OrderLineRequest { line: 0, amount_fen: Fen::new(fen), periods }],
        };
        let ordered = order_lines(&request, &quoted())?;
        Ok((ordered.quote.lines[0].periods.clone(), ordered.quote.lines[0].exact))
    }

    #[test]
    fn months_are_paid_exactly_and_another_amount_may_become_credit() {
        let both = vec!["2026-09".to_owned(), "2026-10".to_owned()];
        assert_eq!(order(15_500, &[]), Ok((both.clone(), true)), "all that is owed is all months");
        assert_eq!(order(15_500, &["2026-10", "2026-09"]), Ok((both, true)));
        assert_eq!(order(10_500, &["2026-09"]), Ok((vec!["2026-09".to_owned()], true)), "with its late fee");
        assert_eq!(order(10_500, &[]), Ok((Vec::new(), false)));
        assert_eq!(order(99_999, &[]), Ok((Vec::new(), false)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (fen, periods) in [
            (99, &[][..]),
            (100_001, &[]),
            (10_000, &["2026-09"]),
            (10_500, &["2026-10"]),
            (21_000, &["2026-09", "2026-09"]),
            (15_500, &["2026-08"]),
        ] {
            assert!(order(fen, periods).is_err(), "{fen} {periods:?}");
        }
    }

    #[test]
    fn what_cannot_be_paid_now_is_refused_and_a_fee_is_paid_whole() {
        let order = |fen: i64, least: i64, most: i64| {
            let mut quoted = quoted();
            let line = &mut quoted.quote.lines[0];
            line.bills.clear();
            (line.total_fen, line.min_fen, line.max_fen) = (Fen::new(most), Fen::new(least), Fen::new(most));
            let id = FeeId { application: ApplicationId("261105000137".to_owned()), item: 2 };
            quoted.targets = vec![Target::Fee(id)];
            let lines = vec![OrderLineRequest { line: 0, amount_fen: Fen::new(fen), periods: Vec::new() }];
            let request = OrderRequest { quote_id: "q".to_owned(), channel: "fake".to_owned(), lines };
            order_lines(&request, &quoted).map(|ordered| ordered.quote.lines[0].target())
        };
        assert!(order(1, 0, 0).is_err(), "blocked");
        assert!(order(699, 700, 700).is_err() && order(701, 700, 700).is_err());
        assert!(matches!(order(700, 700, 700), Ok(Target::Fee(fee)) if fee.item == 2));
    }

    #[test]
    fn a_line_of_before_goes_to_an_account() {
        let line = r#"{"line": 0, "account": "5100000000001", "account_masked": "510*******001", "periods": [], "exact": false}"#;
        let line: OrderedLine = serde_json::from_str(line).expect("reads");
        assert_eq!(line.target(), Target::Account(AccountId("5100000000001".to_owned())));
    }
}
