//! A member that must stand in the body, if only as `null`. Left out by mistake, it would read as “there is none”, and that
//! is an answer.

use serde::{Deserialize, Deserializer};

pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

#[cfg(test)]
mod tests {
    use crate::PostingFound;

    #[test]
    fn a_missing_member_is_not_the_answer_that_there_is_none() {
        let none: PostingFound = serde_json::from_str(r#"{"key":"k1","posting":null}"#).expect("none");
        assert_eq!(none.posting, None);
        serde_json::from_str::<PostingFound>(r#"{"key":"k1"}"#).expect_err("says nothing");
    }
}
