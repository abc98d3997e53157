//! The backend's books, asked as a kiosk asks: what an account owes, which orders are open, where one stands.

use std::time::{Duration, Instant};

use powerhall_api::{
    Applications, Duty, Lookup, LookupRequest, Order, Orders, Personal, Quote, QuoteLine, QuoteRequest,
};
use powerhall_money::Fen;
use reqwest::blocking::{Client, RequestBuilder};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::phone::client;
use crate::{Result, Trouble};

/// The API under `/v1`, with a kiosk's credentials.
pub struct Books {
    http: Client,
    base: String,
    bearer: String,
}

impl Books {
    /// The backend at `base`, such as `http://127.0.0.1:8080`, asked as a kiosk with its secret.
    pub fn at(base: &str, kiosk: &str, secret: &str) -> Result<Self> {
        let base = base.trim_end_matches('/').to_owned();
        Ok(Self { http: client()?, base, bearer: format!("{kiosk}:{}", secret.trim()) })
    }

    /// What an account owes now.
    pub fn owed(&self, account: &str) -> Result<QuoteLine> {
        let lookup: Lookup = self.look_up(&LookupRequest::Account { account: Personal::from(account) })?;
        let quote: Quote = self.ask(
            "a quote",
            self.post("/v1/quotes").json(&QuoteRequest::of(lookup.reference, Duty::Arrears)),
        )?;
        let line = quote.lines.into_iter().next();
        line.ok_or_else(|| Trouble::Backend("a quote without lines".to_owned()))
    }

    /// The applications that a look-up finds.
    pub fn applications(&self, request: &LookupRequest) -> Result<Applications> {
        let lookup = self.look_up(request)?;
        self.ask("applications", self.get(&format!("/v1/lookups/{}/applications", lookup.reference)))
    }

    /// The orders of this kiosk that have not come to an end.
    pub fn open_orders(&self) -> Result<Vec<Order>> {
        let orders: Orders = self.ask("open orders", self.get("/v1/orders?state=open"))?;
        Ok(orders.orders)
    }

    /// Where an order stands.
    pub fn order(&self, id: Uuid) -> Result<Order> {
        self.ask("an order", self.get(&format!("/v1/orders/{id}")))
    }

    /// Waits until an order is as wanted.
    pub fn order_until(
        &self,
        id: Uuid,
        what: &str,
        most: Duration,
        holds: impl Fn(&Order) -> bool,
    ) -> Result<Order> {
        let end = Instant::now() + most;
        loop {
            let order = self.order(id)?;
            if holds(&order) {
                return Ok(order);
            }
            if Instant::now() > end {
                let lines: Vec<_> = order.lines.iter().map(|line| line.deliver).collect();
                let stands = format!("{:?}, lines {lines:?}", order.collect);
                return Err(Trouble::Backend(format!(
                    "the order is not {what} after {} s: {stands}",
                    most.as_secs()
                )));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until what an account owes is as wanted, credit included.
    pub fn owed_until(
        &self,
        account: &str,
        most: Duration,
        holds: impl Fn(Fen, Fen) -> bool,
    ) -> Result<QuoteLine> {
        let end = Instant::now() + most;
        loop {
            let line = self.owed(account)?;
            if holds(line.total_fen, line.credit_fen) || Instant::now() > end {
                return Ok(line);
            }
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    fn look_up(&self, request: &LookupRequest) -> Result<Lookup> {
        self.ask("a look-up", self.post("/v1/lookups").json(request))
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http
            .get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.bearer))
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http
            .post(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.bearer))
    }

    fn ask<T: DeserializeOwned>(&self, what: &str, request: RequestBuilder) -> Result<T> {
        let wrong = |why: String| Trouble::Backend(format!("{what}: {why}"));
        let answer = request.send().map_err(|e| wrong(e.without_url().to_string()))?;
        let status = answer.status();
        let body = answer.text().map_err(|e| wrong(e.without_url().to_string()))?;
        if !status.is_success() {
            return Err(wrong(format!("{status} {body}")));
        }
        serde_json::from_str(&body).map_err(|e| wrong(format!("{status}, cannot be read: {e}")))
    }
}
