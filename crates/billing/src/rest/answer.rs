//! What an answer means. Pure: status, media type and bytes in, an outcome out. Only a 200 that can be read is an answer,
//! and only a 422 with a code that this operation refuses with, about what was asked, is a refusal.

use powerhall_billing_contract::{Code, JSON, Operation, PROBLEM_JSON, Problem, Route, Target};
use powerhall_money::{Cause, Outcome};
use serde::de::DeserializeOwned;

/// An answer as it came.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'a> {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, with its parameters.
    pub media: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// What a refusal must say that it is about.
#[derive(Clone, Copy, Debug)]
pub enum About<'a> {
    /// This posting's key, and where its money goes.
    Posting(&'a str, &'a Target),
    /// This posting's key.
    Key(&'a str),
    /// This account.
    Account(&'a str),
    /// The operation refuses nothing.
    Nothing,
}

/// Reads an answer.
pub fn read<O: Operation>(raw: Raw<'_>, about: About<'_>) -> Outcome<O::Answer> {
    match raw.status {
        200 if raw.is(JSON) => raw.json().map_or(Outcome::Unknown(Cause::Unverified), Outcome::Definite),
        200 => Outcome::Unknown(Cause::Unverified),
        Code::REFUSED => refusal(&O::ROUTE, raw, about),
        429 | 503 => Outcome::Unknown(Cause::Busy),
        500..=599 => Outcome::Unknown(Cause::Server(raw.status)),
        _ => Outcome::Unknown(
            raw.problem().map_or_else(|| unnamed(raw.status), |problem| named(&problem.code)),
        ),
    }
}

fn refusal<T>(route: &Route, raw: Raw<'_>, about: About<'_>) -> Outcome<T> {
    let Some(problem) = raw.problem() else { return Outcome::Unknown(Cause::Unverified) };
    let Some(code) = Code::of(&problem.code).filter(|code| route.refuses.contains(code)) else {
        return Outcome::Unknown(named(&problem.code));
    };
    let has_key = |key| problem.key.as_deref() == Some(key);
    let has_account = |account: &str| problem.account.as_ref().is_some_and(|told| told.reveal() == account);
    let ours = match about {
        About::Posting(key, to) => has_key(key) && problem.to.as_ref() == Some(to),
        About::Key(key) => has_key(key),
        About::Account(account) => has_account(account),
        About::Nothing => false,
    };
    if ours { Outcome::Rejected(code.name().to_owned()) } else { Outcome::Unknown(Cause::Unverified) }
}

impl Raw<'_> {
    fn is(&self, expected: &str) -> bool {
        let bare = self.media.and_then(|value| value.split(';').next()).map(str::trim);
        bare.is_some_and(|value| value.eq_ignore_ascii_case(expected))
    }

    /// The body, when all of it is JSON: also what nobody asks about must be text.
    fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(std::str::from_utf8(self.body).ok()?).ok()
    }

    /// The problem, when it is one and names its own status.
    fn problem(&self) -> Option<Problem> {
        if !self.is(PROBLEM_JSON) {
            return None;
        }
        self.json::<Problem>().filter(|problem| problem.status == self.status)
    }
}

/// A code from outside goes into logs: only what looks like one.
fn named(code: &str) -> Cause {
    let is_code = (1..=40).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if is_code { Cause::UnknownCode(code.to_owned()) } else { Cause::Unverified }
}

fn unnamed(status: u16) -> Cause {
    Cause::UnknownCode(format!("http_{status}"))
}

#[cfg(test)]
mod tests {
    use powerhall_billing_contract::operations::{ListArrears, Post};

    use super::*;

    fn post(status: u16, media: &str, body: &str) -> Outcome<powerhall_billing_contract::PostingMade> {
        read::<Post>(
            Raw { status, media: Some(media), body: body.as_bytes() },
            About::Posting("k1", &account("51")),
        )
    }

    fn account(number: &str) -> Target {
        Target::Account { account: number.into() }
    }

    const POSTED: &str = r#"{"key":"k1","to":{"kind":"account","account":"51"},"later":[1],"posting":{"number":"N1","amount_fen":1,"arrears_fen":0,"credit_fen":0}}"#;

    #[test]
    fn only_a_whole_success_of_the_right_kind_is_an_answer() {
        assert!(matches!(post(200, "application/json; charset=utf-8", POSTED), Outcome::Definite(_)));
        for (status, media, body) in [
            (200, "text/html", POSTED),
            (200, JSON, ""),
            (200, JSON, &POSTED[..40]),
            (200, JSON, &format!("{POSTED}{POSTED}")),
            (200, JSON, &POSTED.replace("\"amount_fen\":1,", "")),
            (200, JSON, &POSTED.replace("\"amount_fen\":1,", "\"amount_fen\":1,\"amount_fen\":2,")),
            (200, JSON, &POSTED.replace(":1,", ":1.5,")),
            (201, JSON, POSTED),
            (204, JSON, ""),
            (307, JSON, POSTED),
            (404, JSON, POSTED),
            (500, JSON, POSTED),
        ] {
            assert!(matches!(post(status, media, body), Outcome::Unknown(_)), "{status} {media} {body}");
        }
        // Not text, in a member that nobody knows.
        let mut body = POSTED.replace("[1]", r#""?""#).into_bytes();
        for byte in body.iter_mut().filter(|byte| **byte == b'?') {
            *byte = 0xff;
        }
        let raw = Raw { status: 200, media: Some(JSON), body: &body };
        assert!(matches!(read::<Post>(raw, About::Posting("k1", &account("51"))), Outcome::Unknown(_)));
        assert_eq!(post(503, JSON, ""), Outcome::Unknown(Cause::Busy));
        assert_eq!(post(502, JSON, ""), Outcome::Unknown(Cause::Server(502)));
        assert_eq!(post(404, "text/html", ""), Outcome::Unknown(Cause::UnknownCode("http_404".to_owned())));
    }

    #[test]
    fn only_a_known_refusal_of_this_operation_about_this_key_is_one() {
        let problem = |code: &str, more: &str| format!(r#"{{"status":422,"code":"{code}"{more}}}"#);
        let ours = r#","key":"k1","to":{"kind":"account","account":"51"}"#;
        let refused = post(422, PROBLEM_JSON, &problem("account_closed", ours));
        assert_eq!(refused, Outcome::Rejected("account_closed".to_owned()));
        for (status, media, body) in [
            (422, PROBLEM_JSON, problem("account_closed", "")),
            (
                422,
                PROBLEM_JSON,
                problem("account_closed", r#","key":"k2","to":{"kind":"account","account":"51"}"#),
            ),
            (
                422,
                PROBLEM_JSON,
                problem("account_closed", r#","key":"k1","to":{"kind":"account","account":"52"}"#),
            ),
            (
                422,
                PROBLEM_JSON,
                problem("account_closed", r#","key":"k1","to":{"kind":"recharge","account":"51"}"#),
            ),
            (422, PROBLEM_JSON, problem("account_closed", r#","key":"k1""#)),
            (422, PROBLEM_JSON, problem("made_tomorrow", ours)),
            (422, PROBLEM_JSON, problem("key_reused", ours)),
            (422, PROBLEM_JSON, problem("<b>", ours)),
            (422, JSON, problem("account_closed", ours)),
            (422, PROBLEM_JSON, problem("account_closed", ours).replace("422", "200")),
            (400, PROBLEM_JSON, problem("account_closed", ours)),
            (409, PROBLEM_JSON, problem("key_reused", ours).replace("422", "409")),
        ] {
            assert!(matches!(post(status, media, &body), Outcome::Unknown(_)), "{status} {media} {body}");
        }
        let other = read::<ListArrears>(
            Raw { status: 422, media: Some(PROBLEM_JSON), body: problem("account_closed", ours).as_bytes() },
            About::Account("51"),
        );
        assert!(matches!(other, Outcome::Unknown(_)), "not a refusal of this operation: {other:?}");
    }
}
