//! What goes wrong on the wire, after the billing system has done its work: each fault takes a right answer and spoils it.
//! None of them may become an answer, or a refusal, at the other end.

use axum::http::HeaderValue;
use axum::http::header::LOCATION;
use axum::response::Response;
use powerhall_billing_contract::{Code, JSON, PROBLEM_JSON, Target};
use powerhall_faults::{Call, Fault, Play};
use serde_json::{Value, json};

use crate::said::{Said, Subject, response};

/// A fault of the billing system's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WireFault {
    /// It is done; the answer takes its time.
    Slow,
    /// It is done; there is no answer.
    NoAnswer,
    /// It is done; the answer is a server error.
    ErrorAfterEffect,
    /// It is done; the answer is that there is no such path.
    NotFoundAfterEffect,
    /// It is done; half of the answer comes.
    HalfAnswer,
    /// It is done; the answer is empty.
    EmptyAnswer,
    /// It is done; the answer comes twice in one body.
    AnswerTwice,
    /// It is done; the answer is a page for people.
    PageInstead,
    /// It is done; the answer is more than anybody reads.
    Flood,
    /// It is done; the answer sends elsewhere.
    Redirected,
    /// It is done; the answer is about another key.
    OtherKey,
    /// It is done; the answer is about another account.
    OtherAccount,
    /// It is done; the answer is a refusal of another key.
    RefusalOfAnother,
    /// It is done; the answer is a refusal with a code that nobody knows.
    UnknownRefusal,
    /// It is done; the answer misses a member.
    MemberMissing,
}

const ALL_CALLS: &[Call] = &[Call::Post, Call::QueryPost, Call::Fence, Call::LookUp];
const MONEY: &[Call] = &[Call::Post, Call::QueryPost, Call::Fence];

impl Fault for WireFault {
    const ALL: &'static [Self] = &[
        Self::Slow,
        Self::NoAnswer,
        Self::ErrorAfterEffect,
        Self::NotFoundAfterEffect,
        Self::HalfAnswer,
        Self::EmptyAnswer,
        Self::AnswerTwice,
        Self::PageInstead,
        Self::Flood,
        Self::Redirected,
        Self::OtherKey,
        Self::OtherAccount,
        Self::RefusalOfAnother,
        Self::UnknownRefusal,
        Self::MemberMissing,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::NoAnswer => "no_answer",
            Self::ErrorAfterEffect => "error_after_effect",
            Self::NotFoundAfterEffect => "not_found_after_effect",
            Self::HalfAnswer => "half_answer",
            Self::EmptyAnswer => "empty_answer",
            Self::AnswerTwice => "answer_twice",
            Self::PageInstead => "page_instead",
            Self::Flood => "flood",
            Self::Redirected => "redirected",
            Self::OtherKey => "other_key",
            Self::OtherAccount => "other_account",
            Self::RefusalOfAnother => "refusal_of_another",
            Self::UnknownRefusal => "unknown_refusal",
            Self::MemberMissing => "member_missing",
        }
    }

    fn calls(self) -> &'static [Call] {
        match self {
            Self::Slow
            | Self::NoAnswer
            | Self::ErrorAfterEffect
            | Self::NotFoundAfterEffect
            | Self::HalfAnswer
            | Self::EmptyAnswer
            | Self::AnswerTwice
            | Self::PageInstead
            | Self::Flood
            | Self::Redirected
            | Self::UnknownRefusal
            | Self::MemberMissing => ALL_CALLS,
            Self::OtherKey | Self::RefusalOfAnother => MONEY,
            Self::OtherAccount => &[Call::Post, Call::LookUp],
        }
    }
}

/// Larger than any answer that is read.
const FLOOD: usize = 4 << 20;
/// No such account, key or application.
const OTHER: &str = "9999999999999";

/// Spoils an answer.
pub(crate) async fn bend(play: Play<WireFault>, said: Said) -> Response {
    let whole = || said.body.to_string().into_bytes();
    let twice = |body: Vec<u8>| [body.clone(), body].concat();
    match play.fault {
        WireFault::Slow | WireFault::NoAnswer => {
            tokio::time::sleep(play.wait).await;
            response(said.status, said.media, whole())
        }
        WireFault::ErrorAfterEffect => response(500, "text/plain", b"something broke".to_vec()),
        WireFault::NotFoundAfterEffect => response(404, "text/plain", b"not found".to_vec()),
        WireFault::HalfAnswer => {
            let body = whole();
            let half = body.len() / 2;
            response(said.status, said.media, body[..half].to_vec())
        }
        WireFault::EmptyAnswer => response(said.status, said.media, Vec::new()),
        WireFault::AnswerTwice => response(said.status, said.media, twice(whole())),
        WireFault::PageInstead => response(200, "text/html", b"<html>please log in</html>".to_vec()),
        WireFault::Flood => {
            let mut body = whole();
            body.resize(FLOOD, b' ');
            response(said.status, said.media, body)
        }
        WireFault::Redirected => {
            let mut elsewhere = response(307, said.media, whole());
            elsewhere.headers_mut().insert(LOCATION, HeaderValue::from_static("/v1/ready"));
            elsewhere
        }
        WireFault::OtherKey => told(&said, |body| replace(body, "key", &json!("somebody-elses"))),
        WireFault::OtherAccount => told(&said, |body| {
            replace(body, "account", &json!(OTHER));
            replace(body, "application", &json!(OTHER));
            replace(body, "phone", &json!("15499999999"));
        }),
        WireFault::RefusalOfAnother => {
            let to = Some(Target::Account { account: OTHER.into() });
            let another =
                Subject { key: Some("somebody-elses".to_owned()), account: Some(OTHER.to_owned()), to };
            let refusal = Said::problem(Code::AccountClosed, &another);
            response(refusal.status, refusal.media, refusal.body.to_string().into_bytes())
        }
        WireFault::UnknownRefusal => {
            let body = json!({"status": 422, "code": "made_tomorrow", "key": said.body["key"], "account": said.body["account"], "to": said.body["to"]});
            response(422, PROBLEM_JSON, body.to_string().into_bytes())
        }
        WireFault::MemberMissing => told(&said, |body| {
            if let Value::Object(members) = body
                && let Some(name) = REQUIRED.iter().find(|name| members.contains_key(**name))
            {
                members.remove(*name);
            }
        }),
    }
}

/// Members without which an answer says something else, or nothing.
const REQUIRED: [&str; 15] = [
    "code",
    "posting",
    "holding",
    "taxable",
    "payments",
    "aftermath",
    "fees",
    "found",
    "bills",
    "bill",
    "accounts",
    "applications",
    "postings",
    "outages",
    "contract",
];

fn told(said: &Said, change: impl FnOnce(&mut Value)) -> Response {
    let mut body = said.body.clone();
    change(&mut body);
    response(said.status, said.media, body.to_string().into_bytes())
}

/// Replaces every member of a name, however deep.
fn replace(value: &mut Value, name: &str, by: &Value) {
    match value {
        Value::Object(members) => {
            for (member, inner) in members.iter_mut() {
                if member == name && inner.is_string() {
                    *inner = by.clone();
                } else {
                    replace(inner, name, by);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, name, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The answer of a newer version: a member that nobody knows in every object but texts, whose members are languages.
pub(crate) fn newer(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(newer);
            if !members.contains_key("zh_CN") {
                members.insert("made_tomorrow".to_owned(), json!({"deep": [1, null]}));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(newer),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An answer as it should be.
pub(crate) fn straight(said: &Said) -> Response {
    debug_assert!(said.media == JSON || said.media == PROBLEM_JSON, "a media type of the contract");
    response(said.status, said.media, said.body.to_string().into_bytes())
}
