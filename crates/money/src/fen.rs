//! The one money type: a whole number of fen (1/100 yuan). No float ever touches it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in fen (分, 1/100 yuan). May be negative (a credit). All arithmetic is checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, example = 30954))]
#[serde(transparent)]
pub struct Fen(i64);

/// Why a text is not an amount, or a sum does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FenError {
    /// The text is not digits with at most two decimals.
    NotAnAmount,
    /// The result does not fit: beyond ±92,233,720,368,547,758.07 yuan.
    Overflow,
}

impl fmt::Display for FenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAmount => f.write_str("not an amount: expected yuan with at most two decimals"),
            Self::Overflow => f.write_str("the amount is too large"),
        }
    }
}

impl std::error::Error for FenError {}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of `fen` fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// True for amounts above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum, or [`FenError::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, FenError> {
        self.0.checked_add(other.0).map(Self).ok_or(FenError::Overflow)
    }

    /// The difference, or [`FenError::Overflow`].
    pub fn minus(self, other: Self) -> Result<Self, FenError> {
        self.0.checked_sub(other.0).map(Self).ok_or(FenError::Overflow)
    }

    /// The product with a plain number, or [`FenError::Overflow`].
    pub fn times(self, factor: i64) -> Result<Self, FenError> {
        self.0.checked_mul(factor).map(Self).ok_or(FenError::Overflow)
    }

    /// The sum of all, or [`FenError::Overflow`].
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, FenError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Yuan with two decimals and no grouping, as channels want it: `1234.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", whole / 100, whole % 100)
    }

    /// Reads yuan with at most two decimals: `12`, `12.3`, `12.34`. No sign, no grouping, no spaces.
    pub fn from_yuan(text: &str) -> Result<Self, FenError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !digits(whole)
            || !digits(decimals)
            || decimals.len() > 2
            || text.ends_with('.')
        {
            return Err(FenError::NotAnAmount);
        }
        let padded = format!("{whole}{decimals:0<2}");
        padded.parse().map(Self).map_err(|_| FenError::Overflow)
    }
}

/// For people: `¥1,234.50`, a credit as `-¥3.00`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.0.unsigned_abs() / 100).to_string();
        let mut grouped = String::with_capacity(whole.len() + whole.len() / 3);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}¥{grouped}.{:02}", self.0.unsigned_abs() % 100)
    }
}

impl fmt::Debug for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fen", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn shows_yuan_grouped() {
        assert_eq!(Fen::new(123_450).to_string(), "¥1,234.50");
        assert_eq!(Fen::new(100_000_000).to_string(), "¥1,000,000.00");
        assert_eq!(Fen::new(5).to_string(), "¥0.05");
        assert_eq!(Fen::new(-300).to_string(), "-¥3.00");
        assert_eq!(Fen::new(i64::MIN).yuan(), "-92233720368547758.08");
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for text in
            ["", ".", "1.", ".5", "-1", "+1", "1.234", "1,000", "１２", "1e3", " 1", "99999999999999999999"]
        {
            assert!(Fen::from_yuan(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn yuan_reads_back(fen in 0..i64::MAX) {
            prop_assert_eq!(Fen::from_yuan(&Fen::new(fen).yuan()), Ok(Fen::new(fen)));
        }
    }
}
