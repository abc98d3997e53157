//! Masking: what a person who only knows a number may see of the account behind it.

use powerhall_api::Personal;

/// A name: its first character and one star, whatever its length. `张*`.
pub(crate) fn name(name: &str) -> Personal {
    let first: String = name.chars().take(1).collect();
    Personal::new(format!("{first}*"))
}

/// An address: every digit a star. `解放路**号*单元***室`.
pub(crate) fn address(address: &str) -> Personal {
    Personal::new(address.chars().map(|c| if c.is_numeric() { '*' } else { c }).collect())
}

/// An account number: the first and last three digits. `510*******127`.
pub(crate) fn account(number: &str) -> Personal {
    middle(number, 3, 3)
}

/// An application number: the day of acceptance and the last two digits stay. `26110500**37`.
pub(crate) fn application(number: &str) -> Personal {
    middle(number, 8, 2)
}

/// A phone: the first three digits and the last two. The last four are a second factor, so that no more of them may show.
/// `154******01`.
pub(crate) fn phone(number: &str) -> Personal {
    middle(number, 3, 2)
}

/// Keeps the ends; a text too short to have a middle is masked whole.
fn middle(text: &str, head: usize, tail: usize) -> Personal {
    let length = text.chars().count();
    let kept = |i: usize| length > head + tail && (i < head || i >= length - tail);
    Personal::new(text.chars().enumerate().map(|(i, c)| if kept(i) { c } else { '*' }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_more_than_it_says() {
        assert_eq!(name("张伟").reveal(), "张*");
        assert_eq!(name("𬱖晓明").reveal(), "𬱖*");
        assert_eq!(name("").reveal(), "*");
        assert_eq!(address("解放路12号3单元502室").reveal(), "解放路**号*单元***室");
        assert_eq!(address("解放路１２号").reveal(), "解放路**号");
        assert_eq!(account("5101234567127").reveal(), "510*******127");
        assert_eq!(account("123456").reveal(), "******");
        assert_eq!(application("261105000137").reveal(), "26110500**37");
        assert_eq!(phone("15400000001").reveal(), "154******01");
        assert_eq!(phone("12345").reveal(), "*****");
    }
}
