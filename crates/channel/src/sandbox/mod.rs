//! The sandbox: a payment channel in miniature. It keeps its own durable book, serves the page that a phone opens
//! from the code, and notifies the backend asynchronously with signed messages, as real channels do. No money moves.

mod book;
mod channel;
mod config;
mod faulty;
mod notifier;
mod page;
mod paying;
mod seal;
mod words;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use book::Book;
pub use config::{Mode, SandboxConfig, SandboxError};
use seal::Seal;
pub use seal::{NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};

/// Tells the time. The sandbox has its own clock, as a real channel has, so that tests can set it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The sandbox payment channel. Cheap to clone: clones share one book.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    config: SandboxConfig,
    book: Book,
    seal: Seal,
    clock: Clock,
    /// Rung when the outbox has grown.
    bell: Notify,
    /// The trades whose payers type their passwords, as the plan of faults has it: they cannot be closed.
    typing: Mutex<HashSet<String>>,
}

impl Sandbox {
    /// Checks the configuration and opens (or makes) the book.
    ///
    /// # Errors
    /// When a value is not allowed (among them an address beyond this machine without leave), or the book cannot
    /// be opened, or belongs to another channel or merchant.
    pub async fn open(config: SandboxConfig) -> Result<Self, SandboxError> {
        Self::open_with_clock(config, Arc::new(Timestamp::now)).await
    }

    /// As [`Sandbox::open`], with a clock of the caller's.
    ///
    /// # Errors
    /// As [`Sandbox::open`].
    pub async fn open_with_clock(config: SandboxConfig, clock: Clock) -> Result<Self, SandboxError> {
        config.check()?;
        let seal = Seal::new(config.secret.as_bytes()).map_err(|_| SandboxError::Invalid {
            key: "secret",
            value: "(hidden)".to_owned(),
            allowed: "a key for HMAC",
        })?;
        let book = Book::open(&config.data_file, &config.id, &config.merchant).await?;
        Ok(Self {
            inner: Arc::new(Inner {
                config,
                book,
                seal,
                clock,
                bell: Notify::new(),
                typing: Mutex::default(),
            }),
        })
    }

    /// Whether its pages may be served on `address`: on loopback always, elsewhere only when the configuration
    /// says so by name. Ask before listening.
    ///
    /// # Errors
    /// [`SandboxError::BeyondLoopback`].
    pub fn may_listen(&self, address: SocketAddr) -> Result<(), SandboxError> {
        if self.inner.config.allow_beyond_loopback || address.ip().is_loopback() {
            return Ok(());
        }
        Err(SandboxError::BeyondLoopback { key: "listen", value: address.to_string() })
    }

    /// The pages for the phone: `GET` and `POST /pay/{token}`. Serve it where `public_base_url` leads.
    pub fn router(&self) -> axum::Router {
        page::router(self.clone())
    }

    /// Starts the task that delivers notifications until each is answered with 2xx. It never ends by itself;
    /// abort it at shutdown: what was not delivered stands in the book.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn spawn_notifier(&self) -> Result<JoinHandle<()>, SandboxError> {
        notifier::spawn(self.clone())
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }
}
