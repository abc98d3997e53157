//! A small backend over real HTTP: enough of the contract for a session, with faults to switch on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use powerhall_api::{
    Account, Attempt, Bill, Call, CallState, CancelRequest, ChannelInfo, CheckIn, CheckInAnswer, Collect,
    Deliver, Duty, Group, Hall, JournalAnswer, JournalEntry, JournalHead, JournalUpload, Line, Lookup,
    LookupKind, LookupRequest, Order, OrderLine, OrderRequest, Orders, Part, Problem, ProblemCode, ProofWay,
    Quote, QuoteLine, Receipt, ReceiptLine, Sheet, Shelf, Text,
};
use powerhall_money::Fen;
use tokio::sync::watch;
use uuid::Uuid;

/// How the backend misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// 500 without a problem document.
    Broken,
    /// 200 with half a JSON.
    Garbled,
    /// No answer.
    Silent,
}

#[derive(Clone)]
pub struct Fake {
    pub url: String,
    inner: Arc<Inner>,
}

struct Inner {
    orders: Mutex<BTreeMap<Uuid, Order>>,
    /// Every request by method and path, with what matters of its body.
    log: Mutex<Vec<String>>,
    journal: Mutex<Vec<JournalEntry>>,
    head: Mutex<Option<JournalHead>>,
    hall: Mutex<Hall>,
    fault: Mutex<Fault>,
    code_seconds: Mutex<u32>,
    /// Called when an order arrives.
    at_put: Mutex<Option<Box<dyn Fn() + Send>>>,
    /// Grows when an order moves.
    moved: watch::Sender<u64>,
}

fn text(words: &str) -> Text {
    Text::from([("zh_CN".to_owned(), words.to_owned())])
}

/// An order whose code is on the screen.
pub fn order(id: Uuid, version: u64) -> Order {
    Order {
        order_id: id,
        version,
        collect: Collect::Awaiting,
        amount_fen: Fen::new(10_000),
        reference: "3F7K9Q2MXA".to_owned(),
        attempt: Some(Attempt {
            no: 1,
            channel: "sandbox".to_owned(),
            code: Some("http://127.0.0.1/pay/x".to_owned()),
            seconds_left: Some(120),
            extendable: true,
        }),
        lines: vec![OrderLine {
            line: 0,
            amount_fen: Fen::new(10_000),
            deliver: Deliver::None,
            arrears_fen: None,
            credit_fen: None,
        }],
        receipt: None,
    }
}

fn quote() -> Quote {
    let bill = Bill {
        period: "2026-10".to_owned(),
        kwh: 200,
        amount_fen: Fen::new(10_000),
        late_fee_fen: Fen::ZERO,
        due_date: "2026-11-25".to_owned(),
    };
    let account = Account {
        name_masked: "张*".into(),
        address_masked: "东街".into(),
        account_masked: "510*******127".into(),
        category: text("居民"),
    };
    let line = QuoteLine {
        line: 0,
        duty: Duty::Arrears,
        account: Some(account),
        bills: vec![bill],
        total_fen: Fen::new(10_000),
        credit_fen: Fen::ZERO,
        min_fen: Fen::new(1),
        max_fen: Fen::new(10_000_000),
        cut_off: None,
        prepaid: None,
        fee: None,
    };
    Quote { quote_id: "quote-1".to_owned(), lines: vec![line], seconds_left: 600 }
}

impl Fake {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Arc::new(Inner {
            orders: Mutex::default(),
            log: Mutex::default(),
            journal: Mutex::default(),
            head: Mutex::default(),
            hall: Mutex::default(),
            fault: Mutex::new(Fault::None),
            code_seconds: Mutex::new(120),
            at_put: Mutex::default(),
            moved: watch::Sender::new(0),
        });
        let fake = Self { url: format!("http://{}/", listener.local_addr().unwrap()), inner };
        let router = Router::new()
            .route("/v1/check-ins", post(check_in))
            .route("/v1/hall", get(hall))
            .route("/v1/journal", post(journal))
            .route("/v1/lookups", post(look_up))
            .route("/v1/quotes", post(async || Json(quote())))
            .route("/v1/orders", get(open_orders))
            .route("/v1/orders/{id}", get(watch_order).put(put_order))
            .route("/v1/orders/{id}/cancel", post(cancel))
            .layer(from_fn_with_state(fake.clone(), guard))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub fn fault(&self, fault: Fault) {
        *self.inner.fault.lock().unwrap() = fault;
    }

    /// One shelf with one sheet on it.
    pub fn publish(&self, edition: &str) {
        let line = Line { name: None, text: text("不收费") };
        let sheet = Sheet {
            name: text("过户"),
            parts: vec![Part { heading: text("收费"), lines: vec![line] }],
            errand: None,
            tariff: None,
            tool: None,
        };
        let group = Group { name: text("更名"), sheets: vec![sheet] };
        let shelf = Shelf { key: "guides".to_owned(), name: text("办事指南"), groups: vec![group] };
        *self.inner.hall.lock().unwrap() = Hall {
            edition: edition.to_owned(),
            day: "2026-11-23".to_owned(),
            tiles: vec!["guides".to_owned(), "of a newer backend".to_owned()],
            shelves: vec![shelf],
            ..Hall::default()
        };
    }

    pub fn code_seconds(&self, seconds: u32) {
        *self.inner.code_seconds.lock().unwrap() = seconds;
    }

    pub fn at_put(&self, witness: impl Fn() + Send + 'static) {
        *self.inner.at_put.lock().unwrap() = Some(Box::new(witness));
    }

    pub fn log(&self) -> Vec<String> {
        self.inner.log.lock().unwrap().clone()
    }

    /// The rows of the kiosk's journal that came up.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.inner.journal.lock().unwrap().clone()
    }

    /// The journal's head at the last check-in.
    pub fn head(&self) -> Option<JournalHead> {
        self.inner.head.lock().unwrap().clone()
    }

    pub fn count(&self, what: &str) -> usize {
        self.log().iter().filter(|line| line.starts_with(what)).count()
    }

    pub fn order(&self, id: Uuid) -> Option<Order> {
        self.inner.orders.lock().unwrap().get(&id).cloned()
    }

    pub fn only_order(&self) -> Uuid {
        let orders = self.inner.orders.lock().unwrap();
        assert_eq!(orders.len(), 1);
        *orders.keys().next().unwrap()
    }

    /// Moves an order on and wakes whoever waits for it.
    pub fn change(&self, id: Uuid, change: impl FnOnce(&mut Order)) -> Order {
        let mut orders = self.inner.orders.lock().unwrap();
        let order = orders.get_mut(&id).unwrap();
        change(order);
        order.version += 1;
        let changed = order.clone();
        drop(orders);
        self.inner.moved.send_modify(|count| *count += 1);
        changed
    }

    /// The money is here, and on the account.
    pub fn pay(&self, id: Uuid) {
        self.change(id, |order| {
            order.collect = Collect::Paid;
            order.lines[0].deliver = Deliver::Posted;
            order.lines[0].arrears_fen = Some(Fen::ZERO);
            order.receipt = Some(Receipt {
                number: "R1".to_owned(),
                paid_at: "2026-11-23T12:00:00+08:00".to_owned(),
                transaction: "T1".to_owned(),
                lines: vec![ReceiptLine {
                    line: 0,
                    duty: Duty::Arrears,
                    number_masked: "510*******127".into(),
                    name: None,
                    amount_fen: order.amount_fen,
                }],
            });
        });
    }

    fn note(&self, line: String) {
        self.inner.log.lock().unwrap().push(line);
    }
}

async fn guard(State(fake): State<Fake>, request: Request, next: Next) -> Response {
    let fault = *fake.inner.fault.lock().unwrap();
    match fault {
        Fault::None => next.run(request).await,
        Fault::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "oh").into_response(),
        Fault::Garbled => ([(header::CONTENT_TYPE, "application/json")], "{\"order_").into_response(),
        Fault::Silent => std::future::pending().await,
    }
}

fn problem(code: ProblemCode) -> Response {
    let status = StatusCode::from_u16(code.status()).unwrap();
    let media = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, media, serde_json::to_string(&Problem::new(code, "fake")).unwrap()).into_response()
}

async fn check_in(State(fake): State<Fake>, Json(said): Json<CheckIn>) -> Json<CheckInAnswer> {
    *fake.inner.head.lock().unwrap() = said.journal.clone();
    fake.note(format!("check-in journal_ok={} open_orders={}", said.journal_ok, said.open_orders));
    let channel = ChannelInfo { id: "sandbox".to_owned(), name: text("沙箱"), wallets: Vec::new() };
    Json(CheckInAnswer {
        server_time: "2026-11-23T12:00:00+08:00".to_owned(),
        payment_closed: None,
        channels: vec![channel],
        call: said.call.map(|id| Call { id, state: CallState::Taken }),
        hall: fake.inner.hall.lock().unwrap().edition.clone(),
        suspensions: Vec::new(),
    })
}

async fn hall(State(fake): State<Fake>) -> Json<Hall> {
    fake.note("hall".to_owned());
    Json(fake.inner.hall.lock().unwrap().clone())
}

/// Takes what follows what it has; the rows are kept for the tests.
async fn journal(State(fake): State<Fake>, Json(said): Json<JournalUpload>) -> Json<JournalAnswer> {
    fake.note(format!("journal {}", said.entries.len()));
    let mut held = fake.inner.journal.lock().unwrap();
    let held_through = held.last().map_or(0, |entry| entry.seq);
    held.extend(said.entries.into_iter().filter(|entry| entry.seq > held_through));
    let acked_through = held.last().map_or(0, |entry| entry.seq);
    Json(JournalAnswer { acked_through, refused: Vec::new() })
}

async fn look_up(State(fake): State<Fake>, Json(said): Json<LookupRequest>) -> Response {
    fake.note("lookup".to_owned());
    match said {
        LookupRequest::Account { account } if account.reveal() == "5101234567127" => {
            let (reference, kind) = ("ref-1".to_owned(), LookupKind::Account);
            Json(Lookup { reference, kind, seconds_left: 600, proofs: Vec::new(), tries: None })
                .into_response()
        }
        LookupRequest::Account { .. } => problem(ProblemCode::AccountNotFound),
        LookupRequest::Application { .. } | LookupRequest::AccountPhone { .. } => {
            problem(ProblemCode::ApplicationNotFound)
        }
        LookupRequest::Phone { .. } | LookupRequest::IdNumber { .. } => {
            let (reference, kind) = ("ref-2".to_owned(), LookupKind::Person);
            Json(Lookup { reference, kind, seconds_left: 600, proofs: vec![ProofWay::Code], tries: Some(3) })
                .into_response()
        }
    }
}

async fn open_orders(State(fake): State<Fake>) -> Json<Orders> {
    fake.note("open-orders".to_owned());
    let orders = fake.inner.orders.lock().unwrap();
    let open = orders.values().filter(|order| order.collect == Collect::Awaiting).cloned().collect();
    Json(Orders { orders: open })
}

async fn put_order(
    State(fake): State<Fake>,
    Path(id): Path<Uuid>,
    Json(said): Json<OrderRequest>,
) -> Json<Order> {
    fake.note(format!("put {id} {} fen", said.lines[0].amount_fen.get()));
    if let Some(witness) = &*fake.inner.at_put.lock().unwrap() {
        witness();
    }
    let seconds = *fake.inner.code_seconds.lock().unwrap();
    let mut orders = fake.inner.orders.lock().unwrap();
    let order = orders.entry(id).or_insert_with(|| {
        let mut new = order(id, 1);
        new.attempt.as_mut().unwrap().seconds_left = Some(seconds);
        new
    });
    Json(order.clone())
}

async fn watch_order(State(fake): State<Fake>, Path(id): Path<Uuid>, headers: HeaderMap) -> Response {
    fake.note(format!("watch {id}"));
    let known = headers["if-none-match"].to_str().unwrap().trim_matches('"').parse::<u64>().unwrap();
    let mut moved = fake.inner.moved.subscribe();
    let newer = async {
        loop {
            match fake.order(id) {
                Some(order) if order.version > known => return Json(order).into_response(),
                Some(_) => moved.changed().await.unwrap(),
                None => return problem(ProblemCode::OrderNotFound),
            }
        }
    };
    let patience = Duration::from_secs(1);
    tokio::time::timeout(patience, newer).await.unwrap_or_else(|_| StatusCode::NOT_MODIFIED.into_response())
}

async fn cancel(State(fake): State<Fake>, Path(id): Path<Uuid>, Json(said): Json<CancelRequest>) -> Response {
    fake.note(format!("cancel {id} {:?}", said.reason));
    match fake.order(id) {
        None => problem(ProblemCode::OrderNotFound),
        Some(order) if order.collect == Collect::Awaiting => Json(fake.change(id, |order| {
            order.collect = Collect::Closed;
            if let Some(attempt) = &mut order.attempt {
                attempt.code = None;
            }
        }))
        .into_response(),
        Some(order) => Json(order).into_response(),
    }
}
