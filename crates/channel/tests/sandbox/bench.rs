//! What the tests share: a sandbox with its pages on a real socket, a clock to set, and a receiver.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::{SignedDuration, Timestamp};
use powerhall_channel::port::{Channel, NewTrade};
use powerhall_channel::sandbox::{Clock, Sandbox, SandboxConfig};
use powerhall_money::{Fen, Outcome};
use tempfile::TempDir;
use tokio::sync::mpsc;

pub const SECRET: &str = "a secret of the tests, long enough";

/// A clock that stands where it is set.
#[derive(Clone)]
pub struct Hands(Arc<Mutex<Timestamp>>);

impl Hands {
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub fn turn(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    pub fn clock(&self) -> Clock {
        let hands = self.clone();
        Arc::new(move || hands.now())
    }
}

pub struct Bench {
    pub dir: TempDir,
    pub hands: Hands,
    pub sandbox: Sandbox,
    pub phone: reqwest::Client,
    pub config: SandboxConfig,
}

/// A sandbox that notifies `notify_url`; its pages are served on a free port of loopback.
pub async fn bench(notify_url: &str) -> Bench {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = TempDir::new().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let hands = Hands(Arc::new(Mutex::new("2026-11-23T12:00:00+08:00".parse().unwrap())));
    let mut config = SandboxConfig::new(dir.path().join("book.db"), base, notify_url, "M-7", SECRET);
    config.notify_first_retry = std::time::Duration::from_millis(20);
    config.notify_max_retry = std::time::Duration::from_millis(200);
    let sandbox = Sandbox::open_with_clock(config.clone(), hands.clock()).await.unwrap();
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let phone = reqwest::Client::builder().no_proxy().build().unwrap();
    Bench { dir, hands, sandbox, phone, config }
}

impl Bench {
    /// A trade that ends in two minutes.
    pub fn trade(&self, number: &str) -> NewTrade {
        NewTrade {
            number: number.to_owned(),
            amount: Fen::new(30_954),
            subject: "电费".to_owned(),
            expires_at: self.hands.now().checked_add(SignedDuration::from_secs(120)).unwrap(),
        }
    }

    /// Asks for a code and gives the link in it.
    pub async fn link(&self, number: &str) -> String {
        match self.sandbox.create(&self.trade(number)).await {
            Outcome::Definite(code) => code.0,
            other => panic!("{other:?}"),
        }
    }

    /// What the phone shows.
    pub async fn look(&self, link: &str) -> (u16, String) {
        let answer = self.phone.get(link).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Presses a button, follows the redirect, and gives what the phone shows then.
    pub async fn press(&self, link: &str, action: &str) -> (u16, String) {
        let answer = self
            .phone
            .post(link)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("action={action}"))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The book as a power cut would leave it: copied while it is open.
    pub fn cut_power(&self, to: &Path) {
        for name in ["book.db", "book.db-wal"] {
            std::fs::copy(self.dir.path().join(name), to.join(name)).unwrap();
        }
    }
}

/// A notification as it came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        &self.headers.iter().find(|(key, _)| key == name).unwrap().1
    }
}

/// A backend that answers notifications with these statuses, then always with 204.
pub async fn receiver(statuses: &[u16]) -> (String, mpsc::UnboundedReceiver<Received>) {
    let statuses: Arc<Mutex<VecDeque<u16>>> = Arc::new(Mutex::new(statuses.iter().copied().collect()));
    let (tell, told) = mpsc::unbounded_channel();
    let receive = move |headers: HeaderMap, body: Bytes| async move {
        let headers = headers.iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap().to_owned())).collect();
        tell.send(Received { headers, body: body.to_vec() }).unwrap();
        StatusCode::from_u16(statuses.lock().unwrap().pop_front().unwrap_or(204)).unwrap()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/notify", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/notify", post(receive));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, told)
}

pub const NOBODY: &str = "http://127.0.0.1:9/notify";
