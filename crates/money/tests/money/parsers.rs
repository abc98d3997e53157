//! Amounts and references from outside, bent: read as what they say, or refused; never a panic.

use powerhall_money::{Fen, FenError, numbers};
use proptest::prelude::*;
use uuid::Uuid;

/// What the text says by other means: digits counted in `u128`, no split, no padding.
fn fen_of(text: &str) -> Option<u128> {
    let mut decimals: Option<u32> = None;
    let mut sum: u128 = 0;
    for (place, letter) in text.char_indices() {
        match (letter, decimals) {
            ('.', None) if place > 0 => decimals = Some(0),
            ('0'..='9', _) if decimals != Some(2) => {
                sum = sum.saturating_mul(10).saturating_add(u128::from(letter as u8 - b'0'));
                decimals = decimals.map(|so_far| so_far + 1);
            }
            _ => return None,
        }
    }
    let factor = match decimals {
        None => 100,
        Some(0) => return None,
        Some(1) => 10,
        Some(_) => 1,
    };
    (!text.is_empty()).then(|| sum.saturating_mul(factor))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn an_amount_is_read_as_what_it_says(text in prop_oneof![
        powerhall_mangle::text("1234.56"),
        powerhall_mangle::text("92233720368547758.07"),
        "[0-9]{0,20}(\\.[0-9]{0,3})?",
    ]) {
        let read = Fen::from_yuan(&text);
        match fen_of(&text) {
            None => prop_assert_eq!(read, Err(FenError::NotAnAmount), "{}", text),
            Some(fen) => match i64::try_from(fen) {
                Ok(fen) => prop_assert_eq!(read, Ok(Fen::new(fen)), "{}", text),
                Err(_) => prop_assert_eq!(read, Err(FenError::Overflow), "{}", text),
            },
        }
    }

    #[test]
    fn sums_are_right_or_refused(a: i64, b: i64, factor: i64) {
        let exact = |wide: i128| i64::try_from(wide).map(Fen::new).map_err(|_| FenError::Overflow);
        let (x, y) = (i128::from(a), i128::from(b));
        prop_assert_eq!(Fen::new(a).plus(Fen::new(b)), exact(x + y));
        prop_assert_eq!(Fen::new(a).minus(Fen::new(b)), exact(x - y));
        prop_assert_eq!(Fen::new(a).times(factor), exact(x * i128::from(factor)));
        prop_assert_eq!(Fen::sum([Fen::new(a), Fen::new(b)]), exact(x + y));
    }

    /// What a person says on the telephone: any text is plausible or not, and a plausible one is ten letters of ours.
    #[test]
    fn a_reference_is_any_text(id: u128, text in prop_oneof![any::<String>(), powerhall_mangle::text("3F7K-9Q2M-XC")]) {
        if numbers::reference_is_plausible(&text) {
            let letters = text.bytes().filter(|b| *b != b'-').count();
            prop_assert_eq!(letters, 10);
            prop_assert!(text.is_ascii());
        }
        let own = numbers::reference(Uuid::from_u128(id), 0);
        prop_assert!(numbers::reference_is_plausible(&own));
    }
}
