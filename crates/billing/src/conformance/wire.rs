//! Checks of what the adapter never sends: strangers, unreadable bodies, members from a newer version, keys out of form.

use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::Offset;
use powerhall_billing_contract::operations::{AskReady, FindAccount, Post, QueryPosting};
use powerhall_billing_contract::{self as contract, Code, Operation, PROBLEM_JSON, PostingMade, Problem};
use powerhall_money::Cause;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{Failed, Found, Suite, definite, must, wrong};
use crate::port::{Billing, NewPosting, Target};
use crate::rest::answer::{About, Raw, read};
use crate::rest::link::fetch;

struct Answer {
    status: u16,
    media: Option<String>,
    body: Vec<u8>,
}

async fn send(request: RequestBuilder) -> Result<Answer, Failed> {
    match fetch(request).await {
        Ok((status, media, body)) => Ok(Answer { status, media, body }),
        Err(Cause::Timeout) => Err(wrong("no answer in time")),
        Err(_) => Err(wrong("no answer")),
    }
}

impl Answer {
    fn problem(&self, status: u16, code: Code) -> Found {
        must(self.status == status, &format!("status {} instead of {status}", self.status))?;
        let media = self.media.as_deref().unwrap_or_default();
        must(media.starts_with(PROBLEM_JSON), "an error that is not application/problem+json")?;
        let problem: Problem = serde_json::from_slice(&self.body)
            .map_err(|_| wrong("an error that is not a problem of RFC 9457"))?;
        must(problem.code == code.name(), &format!("code {} instead of {}", problem.code, code.name()))?;
        must(problem.status == status, "the problem names another status than the answer has")
    }
}

pub(super) async fn strangers(suite: &Suite) -> Found {
    let link = suite.billing.link();
    let posting = suite.fen(suite.owes_nothing());
    let body = body_of(&posting);
    for (route, parts, body) in [
        (AskReady::ROUTE, vec![], None),
        (FindAccount::ROUTE, vec![], Some(json!({"account": suite.sheet.accounts.owes}))),
        (QueryPosting::ROUTE, vec![posting.key.as_str()], None),
        (Post::ROUTE, vec![posting.key.as_str()], Some(body)),
    ] {
        for secret in [None, Some("not-the-secret-at-all")] {
            let mut request = link.request(&route, &parts, None);
            if let Some(secret) = secret {
                request = request.bearer_auth(secret);
            }
            if let Some(body) = &body {
                request = request.json(body);
            }
            let answer = send(request).await?;
            answer.problem(401, Code::Unauthenticated)?;
        }
    }
    let none = definite(suite.billing.query_post(&posting.key).await)?;
    must(none.is_none(), "a stranger has posted")
}

pub(super) async fn unknown_members(suite: &Suite) -> Found {
    let link = suite.billing.link();
    let account = &suite.sheet.accounts.owes;
    let newer = json!({"account": account, "made_tomorrow": {"deep": [1, null]}});
    let answer = send(link.authorized(&FindAccount::ROUTE, &[]).json(&newer)).await?;
    must(answer.status == 200, "a question with an unknown member is not answered")?;
    let posting = suite.fen(suite.owes_nothing());
    let mut body = body_of(&posting);
    if let Value::Object(members) = &mut body {
        members.insert("made_tomorrow".to_owned(), json!(true));
    }
    let answer = send(link.authorized(&Post::ROUTE, &[&posting.key]).json(&body)).await?;
    must(answer.status == 200, "a posting with an unknown member is not posted")?;
    suite.posted(&posting).await.map(drop)
}

pub(super) async fn unreadable(suite: &Suite) -> Found {
    let link = suite.billing.link();
    let ask = || link.authorized(&FindAccount::ROUTE, &[]);
    let json = "application/json";
    for body in ["", "{", "[]", "{\"account\":7}", "{}"] {
        let answer = send(ask().header("content-type", json).body(body)).await?;
        answer.problem(400, Code::BadRequest)?;
    }
    let text = ask().header("content-type", "text/plain").body("hello");
    send(text).await?.problem(415, Code::UnsupportedMediaType)
}

pub(super) async fn bad_key(suite: &Suite) -> Found {
    let link = suite.billing.link();
    for key in ["k".repeat(65), "a b".to_owned()] {
        let body = body_of(&suite.fen(suite.owes_nothing()));
        let answer = send(link.authorized(&Post::ROUTE, &[&key]).json(&body)).await?;
        answer.problem(422, Code::BadKey)?;
    }
    Ok(())
}

pub(super) async fn same_instant(suite: &Suite) -> Found {
    let link = suite.billing.link();
    let posting = suite.fen(suite.owes_nothing());
    let posted = suite.posted(&posting).await?;
    let mut body = body_of(&posting);
    let printer = DateTimePrinter::new();
    body["paid_at"] = json!(printer.timestamp_with_offset_to_string(&posting.paid_at, Offset::constant(8)));
    let answer = send(link.authorized(&Post::ROUTE, &[&posting.key]).json(&body)).await?;
    let raw = Raw { status: answer.status, media: answer.media.as_deref(), body: &answer.body };
    let to = contract::Target::Account { account: account_of(&posting).into() };
    let again: PostingMade = definite(read::<Post>(raw, About::Posting(&posting.key, &to)))?;
    let same = (again.posting.number, again.posting.amount_fen) == (posted.number, posted.amount);
    must(same, "it got another answer")
}

/// The suite's own postings by hand go to accounts.
fn account_of(posting: &NewPosting) -> &str {
    match &posting.to {
        Target::Account(account) | Target::Recharge(account) => &account.0,
        Target::Fee(_) => "",
    }
}

fn body_of(posting: &NewPosting) -> Value {
    json!({
        "to": {"kind": "account", "account": account_of(posting)},
        "amount_fen": posting.amount,
        "periods": posting.periods,
        "exact": posting.exact,
        "paid_at": posting.paid_at.to_string(),
    })
}
