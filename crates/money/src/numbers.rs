//! The numbers that go out into the world, all derived from the order's id: the same on every retry, and readable back
//! to the order by a person with the books in front of them.

use uuid::Uuid;

/// Crockford's base 32: no I, L, O, U, so that it can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn base32(mut value: u128, letters: usize) -> String {
    let mut text = vec![b'0'; letters];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text.into_iter().map(char::from).collect()
}

/// Our number of an attempt (`out_trade_no`): 28 characters `[0-9A-Z]`. `attempt` is 1 to 99.
#[must_use]
pub fn attempt_number(order: Uuid, attempt: u32) -> String {
    format!("{}{attempt:02}", base32(order.as_u128(), 26))
}

/// Billing's idempotency key of a line: 30 characters.
#[must_use]
pub fn posting_key(order: Uuid, line: u32) -> String {
    format!("P{}L{line:02}", base32(order.as_u128(), 26))
}

/// Our number of the refund of one line (`Some`) or of a whole attempt (`None`): at most 32 characters.
#[must_use]
pub fn refund_number(attempt_number: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("R{attempt_number}L{line:02}"),
        None => format!("R{attempt_number}W"),
    }
}

/// The number that people say aloud: 9 letters from the order's id and a check letter, `3F7K-9Q2M-XC`. `salt` is 0
/// unless another order has the same one (once in some 10^13 pairs).
#[must_use]
pub fn reference(order: Uuid, salt: u32) -> String {
    let id = order.as_u128();
    // splitmix64's finaliser: every bit of the id, the random and the time half, moves every letter.
    let mut x = (id as u64) ^ ((id >> 64) as u64).rotate_left(32) ^ (u64::from(salt) << 7);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^= x >> 31;
    let letters = base32(u128::from(x >> 19), 9);
    let with_check = format!("{letters}{}", check_letter(&letters));
    format!("{}-{}-{}", &with_check[..4], &with_check[4..8], &with_check[8..])
}

/// Whether the check letter fits, so that a misheard reference is noticed before a search. Dashes do not count.
#[must_use]
pub fn reference_is_plausible(reference: &str) -> bool {
    let letters: String = reference.chars().filter(|c| *c != '-').collect();
    letters.len() == 10
        && letters.bytes().all(|b| ALPHABET.contains(&b))
        && letters.ends_with(check_letter(&letters[..9]))
}

/// Weights 1, 3, 5, … are odd, so a single wrong letter always shows, and most swaps do.
fn check_letter(letters: &str) -> char {
    let sum: usize = letters
        .bytes()
        .enumerate()
        .map(|(i, b)| (2 * i + 1) * ALPHABET.iter().position(|a| *a == b).unwrap_or(0))
        .sum();
    char::from(ALPHABET[sum % 32])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_fit_what_channels_and_billing_take() {
        let order = Uuid::from_u128(u128::MAX);
        let attempt = attempt_number(order, 99);
        assert_eq!(attempt, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ99");
        assert!((6..=32).contains(&attempt.len()));
        assert_eq!(posting_key(order, 3), "P7ZZZZZZZZZZZZZZZZZZZZZZZZZL03");
        assert_eq!(refund_number(&attempt, Some(15)).len(), 32);
        assert_ne!(refund_number(&attempt, None), refund_number(&attempt, Some(0)));
    }

    proptest! {
        #[test]
        fn different_orders_have_different_numbers(a: u128, b: u128) {
            prop_assume!(a != b);
            let (a, b) = (Uuid::from_u128(a), Uuid::from_u128(b));
            prop_assert_ne!(attempt_number(a, 1), attempt_number(b, 1));
            prop_assert_ne!(posting_key(a, 0), posting_key(b, 0));
        }

        #[test]
        fn a_misheard_letter_shows(id: u128, place in 0_usize..10, letter in 0_usize..32) {
            let good = reference(Uuid::from_u128(id), 0);
            prop_assert!(reference_is_plausible(&good), "{}", good);
            let mut letters: Vec<u8> = good.bytes().filter(|b| *b != b'-').collect();
            prop_assume!(letters[place] != ALPHABET[letter]);
            letters[place] = ALPHABET[letter];
            let wrong = String::from_utf8(letters).expect("ASCII");
            prop_assert!(!reference_is_plausible(&wrong), "{}", wrong);
        }
    }
}
