//! Customers over real HTTP on loopback: they look up and see what they owe, or go all the way from the order to the
//! posting, with a phone that pays at the sandbox's page. Each has a connection of its own and waits for each answer.

use std::time::{Duration, Instant};

use powerhall_api::{
    Collect, Deliver, Duty, Lookup, LookupRequest, Order, OrderLineRequest, OrderRequest, Personal, Quote,
    QuoteRequest,
};
use powerhall_bench::{Result, Trouble};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Longer than any order takes that moves at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// A customer at a kiosk.
#[derive(Clone)]
pub struct Customer {
    http: Client,
    base: String,
    bearer: String,
}

/// How long each part of paying took.
#[derive(Clone, Copy, Debug)]
pub struct Paid {
    /// From the order to a code that can be paid.
    pub code: Duration,
    /// From the press on the phone to “on the account”.
    pub posted: Duration,
}

impl Customer {
    /// Comes in.
    pub fn new(base: &str, bearer: &str) -> Result<Self> {
        let http = Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| Trouble::Backend(e.to_string()))?;
        Ok(Self { http, base: base.to_owned(), bearer: format!("Bearer {bearer}") })
    }

    /// Finds an account.
    pub async fn look_up(&self, account: &str) -> Result<Lookup> {
        let request = LookupRequest::Account { account: Personal::from(account) };
        let post = self.http.post(format!("{}/v1/lookups", self.base)).json(&request);
        read(self.ask(post).await?)
    }

    /// Sees what is owed.
    pub async fn quote(&self, lookup: &Lookup) -> Result<Quote> {
        let wanted = QuoteRequest::of(lookup.reference.clone(), Duty::Arrears);
        read(self.ask(self.http.post(format!("{}/v1/quotes", self.base)).json(&wanted)).await?)
    }

    /// From the order to the posting. `false` in the middle ends in an error: every order must come to its end.
    pub async fn pay_all(&self, quote: &Quote) -> Result<Paid> {
        let began = Instant::now();
        let mut order = self.order(quote).await?;
        order = self.until(order, |o| o.collect == Collect::Awaiting).await?;
        let code = order.attempt.as_ref().and_then(|attempt| attempt.code.clone());
        let code = code.ok_or_else(|| Trouble::Backend("a code that can be paid is missing".to_owned()))?;
        let shown = began.elapsed();
        let pressed = Instant::now();
        let answer = self.http.post(&code).form(&[("action", "pay")]).send().await.map_err(trouble)?;
        if !(answer.status().is_success() || answer.status().is_redirection()) {
            return Err(Trouble::Backend(format!("the pay page answers {}", answer.status())));
        }
        let posted = |o: &Order| o.lines.iter().all(|line| line.deliver == Deliver::Posted);
        self.until(order, posted).await?;
        Ok(Paid { code: shown, posted: pressed.elapsed() })
    }

    async fn order(&self, quote: &Quote) -> Result<Order> {
        let line = quote.lines.first().ok_or_else(|| Trouble::Backend("an empty quote".to_owned()))?;
        let request = OrderRequest {
            quote_id: quote.quote_id.clone(),
            channel: "sandbox".to_owned(),
            lines: vec![OrderLineRequest { line: 0, amount_fen: line.total_fen, periods: Vec::new() }],
        };
        let put = self.http.put(format!("{}/v1/orders/{}", self.base, Uuid::now_v7())).json(&request);
        read(self.ask(put).await?)
    }

    /// Waits as a kiosk does: one question that the backend holds until the order moves on.
    async fn until(&self, mut order: Order, holds: impl Fn(&Order) -> bool) -> Result<Order> {
        let end = Instant::now() + PATIENCE;
        while !holds(&order) {
            if Instant::now() > end {
                return Err(Trouble::Backend(format!("an order stays {:?}", order.collect)));
            }
            let get = self
                .http
                .get(format!("{}/v1/orders/{}", self.base, order.order_id))
                .header("if-none-match", format!("\"{}\"", order.version))
                .header("prefer", "wait=10");
            let answer = self.ask(get).await?;
            if answer != json!(null) {
                order = read(answer)?;
            }
        }
        Ok(order)
    }

    /// The body of a good answer; null for “not modified”.
    async fn ask(&self, request: RequestBuilder) -> Result<Value> {
        let answer = request.header("authorization", &self.bearer).send().await.map_err(trouble)?;
        let status = answer.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Value::Null);
        }
        if !status.is_success() {
            let body = answer.text().await.map_err(trouble)?;
            return Err(Trouble::Backend(format!("{status} {body}")));
        }
        answer.json().await.map_err(trouble)
    }
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T> {
    serde_json::from_value(body).map_err(|e| Trouble::Backend(e.to_string()))
}

fn trouble(error: reqwest::Error) -> Trouble {
    // The address may hold a reference.
    Trouble::Backend(error.without_url().to_string())
}
