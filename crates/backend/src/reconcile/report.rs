//! The report of a day: a table for the screen, a CSV for a spreadsheet, JSON for programs. The same books give the same
//! bytes.

use std::collections::BTreeMap;
use std::fmt::Write;

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use super::{Close, Difference, Totals};
use crate::clock::rfc3339;

/// The report of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The day, `yyyy-mm-dd`.
    pub day: String,
    /// SHA-256 over the books that were compared, hexadecimal.
    pub content: String,
    /// By channel.
    pub channels: BTreeMap<String, Totals>,
    /// Billing's day file.
    pub postings: Totals,
    /// Orders that journal and backend agree about.
    pub journals_matched: u64,
    /// Every difference.
    pub differences: Vec<Row>,
    /// How many of them stand in the way of the close.
    pub unexplained: u64,
    /// The day's close, once it is closed.
    pub closed: Option<Close>,
}

/// A difference in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its review's key.
    pub key: String,
    /// The difference.
    #[serde(flatten)]
    pub difference: Difference,
    /// What is proposed.
    pub action: String,
    /// Who explained it and why; `harmless` where nothing needs to be explained.
    pub explained: Option<String>,
}

/// For people at a terminal.
#[must_use]
pub fn table(report: &Report) -> String {
    let mut text = format!("day {}\n\n", report.day);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{:<24} {:>8} {:>16} {:>8} {:>16}", "book", "lines", "yuan", "agree", "yuan");
    let books = report.channels.iter().map(|(name, totals)| (name.as_str(), totals));
    for (name, totals) in books.chain([("billing's day file", &report.postings)]) {
        let _ = writeln!(
            text,
            "{name:<24} {:>8} {:>16} {:>8} {:>16}",
            totals.lines,
            Fen::new(totals.sum).to_string(),
            totals.matched,
            Fen::new(totals.matched_sum).to_string()
        );
    }
    let _ = writeln!(text, "{:<24} {:>8} orders agree\n", "kiosks' journals", report.journals_matched);
    if report.differences.is_empty() {
        text.push_str("no differences\n");
    }
    for row in &report.differences {
        let difference = &row.difference;
        let fen = |fen: Option<Fen>| fen.map_or_else(|| "-".to_owned(), |fen| fen.to_string());
        let _ = writeln!(
            text,
            "{}  theirs {}  ours {}  {}\n    {}\n    {}\n    key {}",
            difference.class.word(),
            fen(difference.theirs),
            fen(difference.ours),
            difference.reference.as_deref().unwrap_or("(no order)"),
            row.action,
            row.explained.as_deref().unwrap_or("NOT EXPLAINED"),
            row.key,
        );
    }
    match &report.closed {
        Some(close) => {
            let _ = writeln!(text, "\nclosed at {} by {}", rfc3339(close.at), close.who);
        }
        None => {
            let _ = writeln!(text, "\nnot closed; {} not explained", report.unexplained);
        }
    }
    text
}

/// For a spreadsheet: RFC 4180, amounts in fen.
#[must_use]
pub fn csv(report: &Report) -> String {
    let mut text = String::from(
        "day,class,channel,name,reference,theirs_fen,ours_fen,transaction,at,action,explained,key\r\n",
    );
    for row in &report.differences {
        let difference = &row.difference;
        let fen = |fen: Option<Fen>| fen.map(|fen| fen.get().to_string()).unwrap_or_default();
        let fields = [
            report.day.clone(),
            difference.class.word().to_owned(),
            difference.channel.clone().unwrap_or_default(),
            difference.name.clone(),
            difference.reference.clone().unwrap_or_default(),
            fen(difference.theirs),
            fen(difference.ours),
            difference.transaction.clone().unwrap_or_default(),
            difference.at.map(rfc3339).unwrap_or_default(),
            row.action.clone(),
            row.explained.clone().unwrap_or_default(),
            row.key.clone(),
        ];
        let quoted: Vec<String> = fields.iter().map(|field| quote(field)).collect();
        let _ = write!(text, "{}\r\n", quoted.join(","));
    }
    text
}

fn quote(field: &str) -> String {
    // A spreadsheet takes a text that begins like this for a formula; what other systems sent must not run there.
    let tamed = match field.chars().next() {
        Some('=' | '+' | '@' | '\t' | '\r') => format!("'{field}"),
        Some('-') if field.parse::<i64>().is_err() => format!("'{field}"),
        Some(_) | None => field.to_owned(),
    };
    if tamed.contains([',', '"', '\n', '\r']) { format!("\"{}\"", tamed.replace('"', "\"\"")) } else { tamed }
}
