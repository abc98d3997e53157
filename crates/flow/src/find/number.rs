//! Account numbers as people type and read them. They are strings: leading zeros matter.

use powerhall_api::Personal;

use crate::{Notice, Settings};

/// Digits of a full account number (hall.md §3.5: three of the province, ten of the old number).
pub(crate) const FULL: usize = 13;
/// Digits of a number from before the change.
pub(crate) const SHORT: usize = 10;

/// Digits of the longest account number that can be typed.
pub(crate) fn longest(settings: &Settings) -> usize {
    settings.own_account_digits.iter().copied().fold(FULL, usize::max)
}

/// The full number, or what is wrong with the typed one. The utility's own lengths come first: they need no prefix.
pub fn complete_account(typed: &Personal, settings: &Settings) -> Result<Personal, Notice> {
    let digits = typed.reveal();
    match digits.len() {
        own if settings.own_account_digits.contains(&own) => Ok(typed.clone()),
        SHORT => Ok(Personal::new(format!("{}{digits}", settings.account_prefix))),
        FULL if digits.starts_with(&settings.account_prefix) => Ok(typed.clone()),
        FULL => Err(Notice::AccountPrefix),
        _ => Err(Notice::AccountLength),
    }
}

/// Groups digits for the eye, 3-4-3-3: `510 1234 567 890`.
#[must_use]
pub fn group_account(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + 3);
    for (i, digit) in digits.chars().enumerate() {
        if matches!(i, 3 | 7 | 10) {
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
        assert_eq!(complete_account(&full, &settings), Ok(full.clone()));
    }

    #[test]
    fn takes_the_utilitys_own_lengths_as_they_are() {
        let settings = Settings { own_account_digits: vec![9, 13], ..Settings::default() };
        for own in ["012345678", "3601234567890"] {
            assert_eq!(complete_account(&own.into(), &settings), Ok(own.into()));
        }
        assert_eq!(complete_account(&"01234567".into(), &settings), Err(Notice::AccountLength));
    }

    #[test]
    fn names_what_is_wrong() {
        let settings = Settings::default();
        for (typed, notice) in [
            ("", Notice::AccountLength),
            ("123456789", Notice::AccountLength),
            ("12345678901", Notice::AccountLength),
            ("3601234567890", Notice::AccountPrefix),
        ] {
            assert_eq!(complete_account(&typed.into(), &settings), Err(notice), "{typed}");
        }
    }

    #[test]
    fn groups_as_typed() {
        assert_eq!(group_account("5101234567127"), "510 1234 567 127");
        assert_eq!(group_account("5101"), "510 1");
        assert_eq!(group_account(""), "");
    }
}
