//! The routes, one line for each operation: who may ask, what is asked, what the billing system behind the port says, and
//! what goes wrong with the answer.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post, put};
use jiff::civil::Date;
use powerhall_billing::port::{ApplicationId, Billing, DayLine};
use powerhall_billing_contract::{
    self as contract, AFTER, Code, DayPage, JSON, Method, Operation, Ready, VERSION, is_key, operations,
};
use powerhall_faults::{Call, Plan};
use powerhall_money::{Cause, Outcome};
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::bend::{WireFault, bend, newer, straight};
use crate::said::{Said, Subject};
use crate::told;

/// The largest body that is read.
const BODY_MOST: usize = 64 * 1024;

pub(crate) struct Server {
    pub billing: Arc<dyn Billing>,
    pub secret: String,
    pub faults: Plan<WireFault>,
    pub newer: bool,
}

/// What an operation was asked.
struct Asked<O: Operation> {
    parts: HashMap<String, String>,
    after: Option<String>,
    ask: O::Ask,
    billing: Arc<dyn Billing>,
}

impl<O: Operation> Asked<O> {
    fn key(&self) -> String {
        self.parts.get("key").cloned().unwrap_or_default()
    }
}

pub(crate) fn router(server: Arc<Server>) -> Router {
    let router = Router::new();
    let router = on::<operations::AskReady, _, _>(router, async |asked| {
        let ready = asked.billing.ready().await;
        Outcome::Definite(Ready { ready, contract: VERSION.to_owned() })
    });
    let router = on::<operations::FindAccount, _, _>(router, async |asked| {
        let account = asked.ask.account;
        let found = asked.billing.find_account(account.reveal()).await;
        map(found, |found| contract::FoundAccount { account, found: found.map(told::account) })
    });
    let router = on::<operations::FindHoldings, _, _>(router, async |asked| {
        map(asked.billing.holdings(&told::holder(asked.ask)).await, told::holdings)
    });
    let router = on::<operations::GetHolding, _, _>(router, async |asked| {
        let account = asked.ask.account;
        let found = asked.billing.holding(&told::id(&account)).await;
        map(found, |found| contract::FoundHolding { account, holding: found.map(told::holding) })
    });
    let router = on::<operations::ListPayments, _, _>(router, async |asked| {
        let (account, since) = (asked.ask.account, asked.ask.since);
        let paid = asked.billing.payments(&told::id(&account), since).await;
        map(paid, |paid| {
            let payments = paid.into_iter().map(told::payment).collect();
            contract::Payments { account, since, payments }
        })
    });
    let router = on::<operations::GetTaxable, _, _>(router, async |asked| {
        let account = asked.ask.account;
        let found = asked.billing.taxable(&told::id(&account), &asked.ask.payment).await;
        map(found, |found| contract::FoundTaxable { account, taxable: found.map(told::taxable) })
    });
    let router = on::<operations::ListFees, _, _>(router, async |asked| {
        let application = asked.ask.application;
        let due = asked.billing.fees(&ApplicationId(application.reveal().clone())).await;
        map(due, |due| contract::DueFees { application, fees: due.into_iter().map(told::fee).collect() })
    });
    let router = on::<operations::GetAftermath, _, _>(router, async |asked| {
        let key = asked.key();
        let after = asked.billing.aftermath(&key).await;
        map(after, |after| contract::AftermathFound { key, aftermath: after.map(told::aftermath) })
    });
    let router = on::<operations::ListArrears, _, _>(router, async |asked| {
        let owed = asked.billing.arrears(&told::id(&asked.ask.account), asked.ask.today).await;
        map(owed, |owed| told::arrears(&asked.ask, owed))
    });
    let router = on::<operations::ListBills, _, _>(router, async |asked| {
        let bills = asked.billing.bills(&told::id(&asked.ask.account), asked.ask.today).await;
        map(bills, |bills| contract::Months { account: asked.ask.account, today: asked.ask.today, bills })
    });
    let router = on::<operations::GetBill, _, _>(router, async |asked| {
        let (account, period) = (asked.ask.account, asked.ask.period);
        let Ok(month) = period.parse() else { return bad_request() };
        let bill = asked.billing.bill(&told::id(&account), month, asked.ask.today).await;
        map(bill, |bill| contract::FoundBill { account, period, bill })
    });
    let router = on::<operations::Post, _, _>(router, async |asked| {
        let key = asked.key();
        if !is_key(&key) {
            return Outcome::Rejected(Code::BadKey.name().to_owned());
        }
        let made = asked.billing.post(&told::new_posting(key.clone(), &asked.ask)).await;
        let to = asked.ask.to;
        map(made, |posted| contract::PostingMade { key, to, posting: told::posting(posted) })
    });
    let router = on::<operations::QueryPosting, _, _>(router, async |asked| {
        let key = asked.key();
        let found = asked.billing.query_post(&key).await;
        map(found, |posted| contract::PostingFound { key, posting: posted.map(told::posting) })
    });
    let router = on::<operations::FencePosting, _, _>(router, async |asked| {
        let key = asked.key();
        if !is_key(&key) {
            return Outcome::Rejected(Code::BadKey.name().to_owned());
        }
        map(asked.billing.fence(&key).await, |fence| told::fenced(key, fence))
    });
    let router = on::<operations::ListDay, _, _>(router, async |asked| {
        let Some(Ok(day)) = asked.parts.get("day").map(|day| day.parse::<Date>()) else {
            return bad_request();
        };
        let Ok(from) = asked.after.as_deref().unwrap_or("0").parse::<usize>() else { return bad_request() };
        map(asked.billing.day_file(day).await, |lines| page(day, &lines, from))
    });
    let router = on::<operations::FindApplication, _, _>(router, async |asked| {
        let application = asked.ask.application;
        let found = asked.billing.application(application.reveal(), asked.ask.today).await;
        map(found, |found| {
            let applications = told::applications(found);
            contract::FoundApplications { application, applications }
        })
    });
    let router = on::<operations::ListApplications, _, _>(router, async |asked| {
        let (account, last4) = (asked.ask.account, asked.ask.phone_last4);
        let of = asked.billing.applications_of(account.reveal(), last4.reveal(), asked.ask.today).await;
        map(of, |of| contract::ApplicationsOf { account, applications: told::applications(of) })
    });
    let router = on::<operations::ListOutages, _, _>(router, async |asked| {
        let now = asked.ask.now;
        let planned = asked.billing.outages(now).await;
        map(planned, |outages| contract::PlannedOutages { now, outages })
    });
    let router = on::<operations::ListOutagesOf, _, _>(router, async |asked| {
        let (account, now) = (asked.ask.account, asked.ask.now);
        let of = asked.billing.outages_of(&told::id(&account), now).await;
        map(of, |outages| contract::OutagesOf { account, now, outages })
    });
    router
        .fallback(async || straight(&Said::problem(Code::NotFound, &Subject::default())))
        .method_not_allowed_fallback(async || {
            straight(&Said::problem(Code::MethodNotAllowed, &Subject::default()))
        })
        .with_state(server)
}

/// A page of a day file; the cursor is the number of lines before it.
fn page(day: Date, lines: &[DayLine], from: usize) -> DayPage {
    let rest = lines.get(from..).unwrap_or_default();
    let postings: Vec<_> = rest.iter().take(DayPage::MOST).cloned().map(told::day_line).collect();
    let next = (rest.len() > postings.len()).then(|| (from + postings.len()).to_string());
    DayPage { day, postings, next }
}

fn bad_request<T>() -> Outcome<T> {
    Outcome::Unknown(Cause::UnknownCode(Code::BadRequest.name().to_owned()))
}

fn map<T, U>(outcome: Outcome<T>, with: impl FnOnce(T) -> U) -> Outcome<U> {
    match outcome {
        Outcome::Definite(value) => Outcome::Definite(with(value)),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}

/// Puts an operation on its path.
fn on<O, F, Fut>(router: Router<Arc<Server>>, act: F) -> Router<Arc<Server>>
where
    O: Operation,
    F: Fn(Asked<O>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Outcome<O::Answer>> + Send + 'static,
{
    let handler = move |State(server): State<Arc<Server>>,
                        Path(parts): Path<HashMap<String, String>>,
                        Query(query): Query<HashMap<String, String>>,
                        request: Request| {
        let act = act.clone();
        async move { serve::<O, F, Fut>(&server, act, parts, query.get(AFTER).cloned(), request).await }
    };
    let method: MethodRouter<Arc<Server>> = match O::ROUTE.method {
        Method::Get => get(handler),
        Method::Post => post(handler),
        Method::Put => put(handler),
    };
    router.route(O::ROUTE.path, method)
}

async fn serve<O, F, Fut>(
    server: &Server,
    act: F,
    parts: HashMap<String, String>,
    after: Option<String>,
    request: Request,
) -> Response
where
    O: Operation,
    F: Fn(Asked<O>) -> Fut,
    Fut: Future<Output = Outcome<O::Answer>>,
{
    let (headers, body) = (request.headers().clone(), request.into_body());
    if !is_known(&headers, &server.secret) {
        return straight(&Said::problem(Code::Unauthenticated, &Subject::default()));
    }
    let (ask, account, to) = match read::<O>(&headers, body).await {
        Ok(read) => read,
        Err(code) => return straight(&Said::problem(code, &Subject::default())),
    };
    let subject = Subject { key: parts.get("key").cloned(), account, to };
    let asked = Asked { parts, after, ask, billing: Arc::clone(&server.billing) };
    let mut said = Said::of(act(asked).await, &subject);
    if server.newer {
        newer(&mut said.body);
    }
    let (call, number) = call(O::ROUTE.name, &subject);
    match server.faults.at(call, number) {
        Some(play) => bend(play, said).await,
        None => straight(&said),
    }
}

/// Where in the plan of faults an operation stands. A look-up is counted by its name: nothing personal is written down.
fn call<'a>(name: &'static str, subject: &'a Subject) -> (Call, &'a str) {
    let key = subject.key.as_deref().unwrap_or_default();
    match name {
        "post" => (Call::Post, key),
        "queryPosting" => (Call::QueryPost, key),
        "fencePosting" => (Call::Fence, key),
        _ => (Call::LookUp, name),
    }
}

fn is_known(headers: &HeaderMap, secret: &str) -> bool {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    });
    given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(secret.as_bytes())))
}

type Read<O> = (<O as Operation>::Ask, Option<String>, Option<contract::Target>);

/// The question, and the account or the target that it names.
async fn read<O: Operation>(headers: &HeaderMap, body: Body) -> Result<Read<O>, Code> {
    if !O::ROUTE.asks {
        let nothing = serde_json::from_str("{}").map_err(|_| Code::Internal)?;
        return Ok((nothing, None, None));
    }
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bare = media.split(';').next().unwrap_or_default().trim();
    if !bare.eq_ignore_ascii_case(JSON) {
        return Err(Code::UnsupportedMediaType);
    }
    let bytes = to_bytes(body, BODY_MOST).await.map_err(|_| Code::TooLarge)?;
    let ask = serde_json::from_slice(&bytes).map_err(|_| Code::BadRequest)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| Code::BadRequest)?;
    let account = value.get("account").and_then(Value::as_str).map(str::to_owned);
    // What is not a target is refused by the operation that asks for one.
    let to = value.get("to").and_then(|to| serde_json::from_value(to.clone()).ok());
    Ok((ask, account, to))
}
