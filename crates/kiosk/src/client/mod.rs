//! The REST client. It carries requests out and says what came of them; it decides nothing and changes nothing.
//! Only what is idempotent is tried again, briefly; whatever cannot be read is [`Trouble`], never a fact.

mod answer;
mod ask;
mod line;

use std::sync::Arc;
use std::time::Duration;

use powerhall_api::{
    AttemptRequest, Call, CallRequest, CancelReason, CancelRequest, CheckIn, CheckInAnswer, Hall,
    JournalAnswer, JournalUpload, MeasureBatch, Measured, Order, OrderRequest, Orders, Personal,
};
use powerhall_flow::Trouble;
use reqwest::{Method, RequestBuilder, Url};
use serde::Serialize;
use uuid::Uuid;

use crate::config::BackendConfig;
use line::Line;

/// How often an idempotent request is sent at most.
const TRIES: u32 = 3;
/// How long a line may be silent before the kernel asks whether it is still there, and between its questions.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// How much later than it promised the backend may answer a watch. With it, a line that dies in silence while a code
/// is on the screen is known, and shown as “connecting”, this long after the answer was due.
const LATE: Duration = Duration::from_secs(3);
/// The wait before the second try; doubles from there.
const FIRST_WAIT: Duration = Duration::from_millis(150);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificate of the private root, or the TLS set-up.
    #[error("no HTTP client for the backend: {0}")]
    Build(#[from] reqwest::Error),
    /// The address cannot carry a path.
    #[error("the backend's address cannot carry a path")]
    Address,
}

/// A client of the backend's API. Cheap to clone: clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    config: BackendConfig,
    /// `<kiosk-id>:<secret>`.
    credentials: Personal,
    line: Arc<Line>,
}

impl Client {
    /// A client for this backend. Nothing is sent yet.
    ///
    /// # Errors
    /// When the TLS set-up or the address is not usable.
    pub fn new(config: BackendConfig) -> Result<Self, ClientError> {
        if config.url.cannot_be_a_base() {
            return Err(ClientError::Address);
        }
        // reqwest takes the process's provider; whoever came first has chosen it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("powerhall-kiosk/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            // A line that was cut in silence is noticed long before the answer that is waited for.
            .tcp_keepalive(KEEP_ALIVE)
            .tcp_keepalive_interval(KEEP_ALIVE)
            .tcp_keepalive_retries(2);
        if let Some(pem) = &config.root_ca {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        let credentials = Personal::new(format!("{}:{}", config.kiosk_id, config.secret.reveal()));
        Ok(Self { http: builder.build()?, config, credentials, line: Arc::default() })
    }

    /// `POST /v1/check-ins`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn check_in(&self, check_in: &CheckIn) -> Result<CheckInAnswer, Trouble> {
        answer::body(&self.line, self.request(Method::POST, &["check-ins"]).json(check_in)).await
    }

    /// `POST /v1/calls`: idempotent, for a call is known by its id.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn call_guide(&self, call: &CallRequest) -> Result<Call, Trouble> {
        let told: Call =
            again(|| answer::body(&self.line, self.request(Method::POST, &["calls"]).json(call))).await?;
        // An answer about another call is no answer.
        if told.id == call.id { Ok(told) } else { Err(Trouble::Malformed) }
    }

    /// `POST /v1/calls/{id}/end`: idempotent, for what is over stays over.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn end_call(&self, id: Uuid) -> Result<Call, Trouble> {
        let id = id.to_string();
        again(|| answer::body(&self.line, self.request(Method::POST, &["calls", &id, "end"]))).await
    }

    /// `POST /v1/measures`: idempotent, for a batch is known by its id.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn send_measures(&self, batch: &MeasureBatch) -> Result<Measured, Trouble> {
        again(|| answer::body(&self.line, self.request(Method::POST, &["measures"]).json(batch))).await
    }

    /// `POST /v1/journal`: idempotent, for a row is known by its book and number.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn upload_journal(&self, upload: &JournalUpload) -> Result<JournalAnswer, Trouble> {
        again(|| answer::body(&self.line, self.request(Method::POST, &["journal"]).json(upload))).await
    }

    /// `GET /v1/orders?state=open`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn open_orders(&self) -> Result<Orders, Trouble> {
        again(|| {
            let mut url = self.url(&["orders"]);
            url.set_query(Some("state=open"));
            answer::body(&self.line, self.prepare(Method::GET, url))
        })
        .await
    }

    /// `GET /v1/hall`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn hall(&self) -> Result<Hall, Trouble> {
        again(|| answer::body(&self.line, self.request(Method::GET, &["hall"]))).await
    }

    /// `PUT /v1/orders/{id}`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn put_order(&self, id: Uuid, request: &OrderRequest) -> Result<Order, Trouble> {
        again(|| self.order(id, Method::PUT, None, Some(request))).await
    }

    /// `GET /v1/orders/{id}`, answered when it has moved past `version`; `None` when it has not.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn watch(&self, id: Uuid, version: u64) -> Result<Option<Order>, Trouble> {
        let request = self
            .request(Method::GET, &["orders", &id.to_string()])
            .header("if-none-match", format!("\"{version}\""))
            .header("prefer", format!("wait={}", self.config.wait.as_secs()))
            .timeout(self.config.wait + LATE);
        match answer::changed_body(&self.line, request).await? {
            Some(order) => named(id, order).map(Some),
            None => Ok(None),
        }
    }

    /// `POST /v1/orders/{id}/cancel`: idempotent, for the wish to close stays the same.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn cancel(&self, id: Uuid, reason: CancelReason) -> Result<Order, Trouble> {
        let request = &CancelRequest { reason };
        again(|| self.order(id, Method::POST, Some("cancel"), Some(request))).await
    }

    /// `POST /v1/orders/{id}/extend`. Never tried again by itself: twice would be twice as long.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn extend(&self, id: Uuid) -> Result<Order, Trouble> {
        self.order(id, Method::POST, Some("extend"), None::<&()>).await
    }

    /// `POST /v1/orders/{id}/attempts`: idempotent by the attempt's number.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn new_attempt(&self, id: Uuid, request: &AttemptRequest) -> Result<Order, Trouble> {
        again(|| self.order(id, Method::POST, Some("attempts"), Some(request))).await
    }

    async fn order<B: Serialize + Sync>(
        &self,
        id: Uuid,
        method: Method,
        action: Option<&str>,
        body: Option<&B>,
    ) -> Result<Order, Trouble> {
        let id_text = id.to_string();
        let path: Vec<&str> = ["orders", &id_text].into_iter().chain(action).collect();
        let mut request = self.request(method, &path);
        if let Some(body) = body {
            request = request.json(body);
        }
        named(id, answer::body(&self.line, request).await?)
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        self.prepare(method, self.url(path))
    }

    /// Every request says who asks and has an end.
    fn prepare(&self, method: Method, url: Url) -> RequestBuilder {
        self.http
            .request(method, url)
            .bearer_auth(self.credentials.reveal())
            .header("accept", "application/json, application/problem+json")
            .timeout(self.config.answer)
    }

    /// `<base>/v1/<path>`, each part escaped: a reference is the backend's text, not ours.
    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.config.url.clone();
        // `new` has refused addresses that cannot carry a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }
}

/// An answer about another order is no answer.
fn named(id: Uuid, order: Order) -> Result<Order, Trouble> {
    if order.order_id == id { Ok(order) } else { Err(Trouble::Malformed) }
}

/// Tries again what may be tried again: the connection failed, or a server in between said “not now”. What the
/// backend itself has said is handed on, and longer patience is the flow's.
async fn again<T, F>(call: impl Fn() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match call().await {
            Err(Trouble::Offline | Trouble::Server(502..=504)) => {}
            answered => return answered,
        }
        // Spread, so that a hall's kiosks do not come back in step.
        let spread = Duration::from_millis(Uuid::now_v7().as_bytes()[15].into());
        tokio::time::sleep(wait + spread / 2).await;
        wait *= 2;
    }
    call().await
}
