//! Citizen identity numbers (公民身份号码) by GB 11643-1999: six digits of a place, eight of a birthday, three that count,
//! and a character that checks the others. The fifteen digits of before are completed to that form. No clock: whether a
//! birthday lies ahead is not asked.

use crate::Personal;

/// Characters of the full form.
pub const ID_LENGTH: usize = 18;
/// Digits of the old form: two of the year, and no check character.
pub const OLD_ID_LENGTH: usize = 15;

/// The factors of the first seventeen digits (ISO 7064, MOD 11-2).
const FACTORS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder.
const CHECKS: &[u8; 11] = b"10X98765432";

/// What is wrong with an identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdMistake {
    /// Neither 18 nor 15 characters, a character that has no place there, or a place that begins with 0.
    Form,
    /// No such day, or a century in which nobody alive was born.
    Birthday,
    /// The last character does not fit the others: one was mistyped, or two were swapped.
    Check,
}

/// The full form, with a capital X. Fifteen digits belong to people born before 2000 and are completed.
pub fn complete_id(number: &str) -> Result<Personal, IdMistake> {
    id_begins(number)?;
    match number.len() {
        OLD_ID_LENGTH => {
            let (place, rest) = number.split_at(6);
            // With room for all of it: a text that grows leaves a copy behind that nobody wipes.
            let mut full = Personal::new(String::with_capacity(ID_LENGTH));
            for part in [place, "19", rest] {
                full.reveal_mut().push_str(part);
            }
            id_begins(full.reveal())?;
            let check = check_character(full.reveal()).ok_or(IdMistake::Form)?;
            full.reveal_mut().push(check);
            Ok(full)
        }
        ID_LENGTH => {
            let mut full = Personal::from(number);
            full.reveal_mut().make_ascii_uppercase();
            let check = check_character(full.reveal()).ok_or(IdMistake::Form)?;
            if full.reveal().ends_with(check) { Ok(full) } else { Err(IdMistake::Check) }
        }
        _ => Err(IdMistake::Form),
    }
}

/// Whether an identity number of either form can begin so. A whole number is checked but for its last character.
pub fn id_begins(typed: &str) -> Result<(), IdMistake> {
    let bytes = typed.as_bytes();
    let (digits, last) = bytes.split_at(bytes.len().min(ID_LENGTH - 1));
    let form = bytes.len() <= ID_LENGTH
        && bytes.first() != Some(&b'0')
        && digits.iter().all(u8::is_ascii_digit)
        && last.iter().all(|last| last.is_ascii_digit() || last.eq_ignore_ascii_case(&b'x'));
    if !form {
        return Err(IdMistake::Form);
    }
    let birthday = bytes.get(6..).unwrap_or_default();
    let full = full_birthday_begins(birthday);
    let old = bytes.len() <= OLD_ID_LENGTH && birthday_begins(1900, birthday);
    if full || old { Ok(()) } else { Err(IdMistake::Birthday) }
}

/// The character that ends a number with these first seventeen digits.
#[must_use]
pub fn check_character(number: &str) -> Option<char> {
    let digits = number.as_bytes().get(..FACTORS.len())?;
    let mut sum = 0;
    for (digit, factor) in digits.iter().zip(FACTORS) {
        sum += char::from(*digit).to_digit(10)? * factor;
    }
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied().map(char::from)
}

/// yyyymmdd, as far as it goes.
fn full_birthday_begins(digits: &[u8]) -> bool {
    let (century, rest) = digits.split_at(digits.len().min(2));
    match century {
        [] | [b'1' | b'2'] => true,
        b"19" => birthday_begins(1900, rest),
        b"20" => birthday_begins(2000, rest),
        _ => false,
    }
}

/// yymmdd, as far as it goes; what follows is not looked at.
fn birthday_begins(century: u32, digits: &[u8]) -> bool {
    let two = |at: usize| Some(number(*digits.get(at)?) * 10 + number(*digits.get(at + 1)?));
    let Some(year) = two(0) else { return true };
    let Some(month) = two(2) else { return digits.get(2).is_none_or(|first| number(*first) <= 1) };
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(century + year) => 29,
        2 => 28,
        _ => return false,
    };
    match two(4) {
        Some(day) => (1..=days).contains(&day),
        None => digits.get(4).is_none_or(|first| number(*first) <= days / 10),
    }
}

fn number(digit: u8) -> u32 {
    u32::from(digit.saturating_sub(b'0'))
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The standard's own examples; neither belongs to anybody.
    const EXAMPLES: [&str; 2] = ["11010519491231002X", "440524188001010014"];

    #[test]
    fn checks_as_the_standard_shows() {
        for example in EXAMPLES {
            assert_eq!(check_character(example), example.chars().last());
        }
        let full = complete_id("11010519491231002x").expect("holds");
        assert_eq!(full.reveal(), EXAMPLES[0]);
        assert_eq!(complete_id("110105491231002").expect("the old form").reveal(), EXAMPLES[0]);
        // Born in 1880: the standard may, a customer may not.
        assert_eq!(complete_id(EXAMPLES[1]), Err(IdMistake::Birthday));
    }

    #[test]
    fn names_what_is_wrong() {
        for (number, mistake) in [
            ("", IdMistake::Form),
            ("1101051949123100", IdMistake::Form),
            ("1101051949123100X2", IdMistake::Form),
            ("11010519491231002XX", IdMistake::Form),
            ("010105194912310021", IdMistake::Form),
            ("１１０１０５１９４９", IdMistake::Form),
            ("110105194913310020", IdMistake::Birthday),
            ("110105190002290020", IdMistake::Birthday),
            ("110105210012310020", IdMistake::Birthday),
            ("110105194912310021", IdMistake::Check),
            ("110105491331002", IdMistake::Birthday),
            ("110105194912310", IdMistake::Birthday),
        ] {
            assert_eq!(complete_id(number), Err(mistake), "{number}");
        }
        assert_eq!(id_begins("110105200002"), Ok(()), "2000 was a leap year");
        assert_eq!(id_begins("1101052000023"), Err(IdMistake::Birthday), "no February has thirty days");
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = (complete_id(&text), id_begins(&text), check_character(&text));
        }

        /// MOD 11-2 finds every single wrong digit and every swap of two that differ.
        #[test]
        fn finds_a_slip(body in "[1-9][0-9]{5}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}", at in 0..17_usize, by in 1..10_u8) {
            let whole = format!("{body}{}", check_character(&body).expect("digits"));
            prop_assert_eq!(complete_id(&whole), Ok(Personal::from(whole.as_str())));
            for length in 0..whole.len() {
                prop_assert_eq!(id_begins(&whole[..length]), Ok(()), "typed so far: {}", &whole[..length]);
            }
            let mut slipped = whole.clone().into_bytes();
            slipped[at] = b'0' + (slipped[at] - b'0' + by) % 10;
            prop_assert!(complete_id(&String::from_utf8(slipped).expect("ASCII")).is_err());
            let mut swapped = whole.clone().into_bytes();
            swapped.swap(at, (at + 1).min(16));
            if swapped != whole.as_bytes() {
                prop_assert!(complete_id(&String::from_utf8(swapped).expect("ASCII")).is_err());
            }
        }
    }
}
