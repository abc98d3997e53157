//! Account numbers as people type and read them. They are strings: leading zeros matter.

use powerhall_api::{ID_LENGTH, Personal};

use super::Kind;
use crate::Settings;

/// Digits of a full account number (three of the province, ten of the old number).
pub(crate) const FULL: usize = 13;
/// Digits of a number from before the change.
pub(crate) const SHORT: usize = 10;

/// Characters of the longest number that can be typed, whatever it is.
pub(crate) fn longest(settings: &Settings) -> usize {
    let own = settings.own_account_digits.iter().copied();
    own.chain([FULL, ID_LENGTH, settings.application_digits.1]).fold(0, usize::max)
}

/// The full number, if the typed one is one. The utility's own lengths come first: they need no prefix.
#[must_use]
pub fn complete_account(typed: &Personal, settings: &Settings) -> Option<Personal> {
    let digits = typed.reveal();
    match digits.len() {
        own if settings.own_account_digits.contains(&own) => Some(typed.clone()),
        SHORT => {
            // With room for all of it: a text that grows leaves a copy behind that nobody wipes.
            let mut full = Personal::new(String::with_capacity(FULL));
            full.reveal_mut().push_str(&settings.account_prefix);
            full.reveal_mut().push_str(digits);
            Some(full)
        }
        FULL if digits.starts_with(&settings.account_prefix) => Some(typed.clone()),
        _ => None,
    }
}

/// Groups a number for the eye, as its kind is written: an account 3-4-3-3, a phone 3-4-4, an identity number 6-8-4.
#[must_use]
pub fn group(kind: Kind, digits: &str) -> String {
    let ends: &[usize] = match kind {
        Kind::Account => &[3, 7, 10],
        Kind::Application => &[4, 8, 12, 16],
        Kind::Phone => &[3, 7],
        Kind::IdNumber => &[6, 14],
    };
    let mut grouped = String::with_capacity(digits.len() + ends.len());
    for (i, digit) in digits.chars().enumerate() {
        if ends.contains(&i) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_short_numbers_and_keeps_leading_zeros() {
        let settings = Settings::default();
        let full = complete_account(&"0012345678".into(), &settings).expect("ten digits");
        assert_eq!(full.reveal(), "5100012345678");
        assert_eq!(complete_account(&full, &settings), Some(full.clone()));
    }

    #[test]
    fn takes_the_utilitys_own_lengths_as_they_are() {
        let settings = Settings { own_account_digits: vec![9, 13], ..Settings::default() };
        for own in ["012345678", "3601234567890"] {
            assert_eq!(complete_account(&own.into(), &settings), Some(own.into()));
        }
        assert_eq!(complete_account(&"01234567".into(), &settings), None);
    }

    #[test]
    fn refuses_other_lengths_and_other_companies() {
        let settings = Settings::default();
        for typed in ["", "123456789", "12345678901", "3601234567890"] {
            assert_eq!(complete_account(&typed.into(), &settings), None, "{typed}");
        }
    }

    #[test]
    fn the_longest_that_can_be_typed_is_the_longest_of_any_kind() {
        let longest_of = |own: &[usize], applications| {
            let settings = Settings {
                own_account_digits: own.to_vec(),
                application_digits: (12, applications),
                ..Settings::default()
            };
            longest(&settings)
        };
        assert_eq!((longest_of(&[], 16), longest_of(&[20], 16), longest_of(&[], 22)), (18, 20, 22));
    }

    #[test]
    fn groups_as_each_kind_is_written() {
        for (kind, digits, grouped) in [
            (Kind::Account, "5101234567127", "510 1234 567 127"),
            (Kind::Account, "5101", "510 1"),
            (Kind::Account, "", ""),
            (Kind::Phone, "13912345678", "139 1234 5678"),
            (Kind::IdNumber, "11010519491231002X", "110105 19491231 002X"),
            (Kind::Application, "261105000037", "2611 0500 0037"),
        ] {
            assert_eq!(group(kind, digits), grouped);
        }
    }
}
