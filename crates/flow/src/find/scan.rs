//! What a scanner types that reads a bill: the barcode or QR code carries the account number alone, behind a mark, or in
//! an address. Nothing else in it is believed, least of all an amount. And the slip of an application.

use powerhall_api::Personal;

use crate::{
    Kind, Settings, complete_account,
    find::number::{FULL, SHORT},
    read_as,
};

/// The longest that is read; a QR code may hold far more.
const LONGEST: usize = 1_024;

/// Why what was scanned names no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotABill {
    /// No account number is in it.
    NoAccount,
    /// More than one is: which was meant cannot be known.
    Several,
}

/// The account number in what a scanner has typed.
///
/// Each run of digits counts as a whole. The one that is a full account number by its prefix, or has one of the utility's
/// own lengths, is taken, wherever it stands. A number of ten digits is taken only where nothing but a mark of letters
/// stands before it: in an address ten digits may be a time as well.
pub fn scanned_account(text: &Personal, settings: &Settings) -> Result<Personal, NotABill> {
    if text.reveal().len() > LONGEST {
        return Err(NotABill::NoAccount);
    }
    let text = Personal::new(percent_decoded(without_symbology(text.reveal().trim())));
    let mut found: Option<Personal> = None;
    for run in runs(text.reveal()) {
        let length = run.reveal().len();
        let whole = length == FULL || settings.own_account_digits.contains(&length);
        let Some(account) = whole.then(|| complete_account(&run, settings)).flatten() else { continue };
        match &found {
            Some(other) if *other != account => return Err(NotABill::Several),
            Some(_) => {}
            None => found = Some(account),
        }
    }
    found.or_else(|| short(text.reveal(), settings)).ok_or(NotABill::NoAccount)
}

/// The application number in what a scanner has typed, as the slip carries it that a customer gets for an application:
/// alone, or behind a mark of letters. Its length alone proves too little to be looked for elsewhere.
pub(super) fn scanned_application(text: &Personal, settings: &Settings) -> Option<Personal> {
    if text.reveal().len() > LONGEST {
        return None;
    }
    read_as(Kind::Application, &marked(without_symbology(text.reveal().trim()))?, settings)
}

/// Ten digits alone, or behind a mark of letters: `户号:0123456127`.
fn short(text: &str, settings: &Settings) -> Option<Personal> {
    let digits = marked(text)?;
    if digits.reveal().len() == SHORT { complete_account(&digits, settings) } else { None }
}

/// The digits at the end, where nothing but a mark of letters stands before them.
fn marked(text: &str) -> Option<Personal> {
    let mark = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_mark = mark.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | ':' | '：'));
    is_mark.then(|| Personal::from(&text[mark.len()..]))
}

fn runs(text: &str) -> impl Iterator<Item = Personal> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).map(Personal::from)
}

/// Some scanners say first what kind of code it was: `]`, a letter, a character (ISO/IEC 15424).
fn without_symbology(text: &str) -> &str {
    let mut rest = text.chars();
    let said = rest.next() == Some(']')
        && rest.next().is_some_and(|c| c.is_ascii_alphabetic())
        && rest.next().is_some_and(|c| c.is_ascii_alphanumeric());
    if said { rest.as_str() } else { text }
}

/// `%XX` as a byte, so that its digits do not run into a number. What is not UTF-8 then becomes a replacement character.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }
}
