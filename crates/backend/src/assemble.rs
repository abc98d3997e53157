//! From a configuration to a backend: opens the files, starts the sandbox when it is configured, binds the addresses.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use powerhall_api::Text;
use powerhall_billing::port::Billing;
use powerhall_billing::rest::{RestBilling, RestError};
use powerhall_billing::{EmbeddedBilling, Faulty, OpenError};
use powerhall_channel::sandbox::{Sandbox, SandboxConfig, SandboxError};
use powerhall_faults::Record;
use powerhall_hall::{Hall, HallErrors, Taxes};
use powerhall_invoice::port::Invoices;
use powerhall_invoice::{BookError, FaultyInvoices, SandboxInvoices};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::backend::Backend;
use crate::board::Board;
use crate::channels::{ChannelEntry, Channels};
use crate::clock::{Clock, SystemClock, timestamp};
use crate::config::{BackendConfig, BillingSection, InvoicesSection, SandboxSection};
use crate::desk::opaque;
use crate::invoicing::Invoicing;
use crate::server;
use crate::sms::SandboxSms;
use crate::staff::{Door, DoorError};
use crate::store::{SqliteStore, Store, StoreError};

/// Why a backend does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or an address cannot be had.
    #[error("{what}: {error}")]
    Io {
        /// What was wanted.
        what: String,
        /// Why not.
        error: io::Error,
    },
    /// The store does not open.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The billing system does not open.
    #[error("billing: {0}")]
    Billing(#[from] OpenError),
    /// The utility's billing system cannot be spoken to.
    #[error("billing: {0}")]
    Rest(#[from] RestError),
    /// Something was asked of the embedded billing system that only it has.
    #[error("billing.kind is \"rest\": this is for the embedded billing system")]
    NotEmbedded,
    /// The hall's data do not hold together.
    #[error("hall: {0}")]
    Hall(#[from] HallErrors),
    /// The staff's door does not open.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The sandbox of a tax platform does not open.
    #[error("invoices: {0}")]
    Invoices(#[from] BookError),
    /// The sandbox does not start.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

fn io_error(what: impl Into<String>) -> impl FnOnce(io::Error) -> StartError {
    |error| StartError::Io { what: what.into(), error }
}

/// A backend that listens and is not yet serving.
pub struct Assembled {
    backend: Arc<Backend>,
    listener: TcpListener,
    sandboxes: Vec<(Sandbox, TcpListener)>,
    door: Door,
    store: SqliteStore,
    /// The embedded billing system, where it is the one.
    embedded: Option<Arc<EmbeddedBilling>>,
    invoices: Option<SandboxInvoices>,
    /// Where kiosks reach it.
    pub address: SocketAddr,
    /// Where a phone reaches the sandboxes' pay pages.
    pub pay_pages: Vec<String>,
    /// What was played of the plans of faults.
    pub played: Record,
}

impl Assembled {
    /// Serves until `stop` turns true, then closes everything in order.
    pub async fn serve(self, stop: watch::Receiver<bool>) -> Result<(), StartError> {
        let mut helpers: Vec<JoinHandle<()>> = Vec::new();
        for (sandbox, listener) in self.sandboxes {
            helpers.push(sandbox.spawn_notifier()?);
            let router = sandbox.router();
            helpers.push(tokio::spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::error!(%error, "the sandbox's pay page ended");
                }
            }));
        }
        let door = tokio::spawn(self.door.serve(Arc::clone(&self.backend), stop.clone()));
        let served = server::serve(self.listener, self.backend, stop).await;
        if door.await.is_err() {
            tracing::error!("the staff's door was broken off");
        }
        for helper in helpers {
            // What the sandbox has not delivered stands in its book.
            helper.abort();
        }
        self.store.close().await;
        if let Some(embedded) = self.embedded {
            embedded.close().await;
        }
        if let Some(book) = self.invoices {
            book.close().await;
        }
        served.map_err(io_error("serving"))
    }
}

/// Opens the embedded billing system's file with the hall's data.
pub async fn open_billing(config: &BackendConfig) -> Result<(Arc<Hall>, EmbeddedBilling), StartError> {
    let BillingSection::Embedded { file, .. } = &config.billing else {
        return Err(StartError::NotEmbedded);
    };
    let hall = Arc::new(Hall::load(&config.hall_folder)?);
    make_folder_of(file)?;
    let billing = EmbeddedBilling::open(file, Arc::clone(&hall)).await?;
    Ok((hall, billing))
}

/// What the backend posts to, and what of it is closed at the end.
struct OpenedBilling {
    hall: Arc<Hall>,
    port: Arc<dyn Billing>,
    embedded: Option<Arc<EmbeddedBilling>>,
}

async fn open_port(config: &BackendConfig, played: &Record) -> Result<OpenedBilling, StartError> {
    match &config.billing {
        BillingSection::Rest(rest) => {
            let hall = Arc::new(Hall::load(&config.hall_folder)?);
            let port = Arc::new(RestBilling::new(rest.clone())?);
            Ok(OpenedBilling { hall, port, embedded: None })
        }
        BillingSection::Embedded { faults, .. } => {
            let (hall, billing) = open_billing(config).await?;
            let billing = Arc::new(billing);
            let plan = faults.clone().played_by("billing", played.clone());
            let port: Arc<dyn Billing> = if plan.is_empty() {
                Arc::<EmbeddedBilling>::clone(&billing)
            } else {
                tracing::warn!("billing misbehaves on demand, as configured");
                Arc::new(Faulty::new(Arc::clone(&billing), plan))
            };
            Ok(OpenedBilling { hall, port, embedded: Some(billing) })
        }
    }
}

/// Opens the store's file.
pub async fn open_store(config: &BackendConfig) -> Result<SqliteStore, StartError> {
    make_folder_of(&config.store_file)?;
    Ok(SqliteStore::open(&config.store_file).await?)
}

/// Opens and binds everything.
pub async fn assemble(config: &BackendConfig) -> Result<Assembled, StartError> {
    assemble_with_clock(config, Arc::new(SystemClock)).await
}

/// The same under another clock than the machine's, which the sandboxes go by too.
pub async fn assemble_with_clock(
    config: &BackendConfig,
    clock: Arc<dyn Clock>,
) -> Result<Assembled, StartError> {
    let played = Record::default();
    let OpenedBilling { hall, port, embedded } = open_port(config, &played).await?;
    let store = open_store(config).await?;
    for (id, hash) in &config.kiosks {
        store.put_kiosk(id, *hash, clock.now()).await?;
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(io_error(format!("listening on {}", config.listen)))?;
    let address = listener.local_addr().map_err(io_error("listening"))?;
    let mut entries = Vec::new();
    let mut sandboxes = Vec::new();
    let mut pay_pages = Vec::new();
    for section in &config.sandboxes {
        let (entry, opened, page, base) = open_sandbox(section, address, &played, &clock).await?;
        entries.push(entry);
        sandboxes.push((opened, page));
        pay_pages.push(base);
    }
    let taxes = hall.taxes.clone();
    let mut backend = Backend::new(
        Arc::new(store.clone()),
        port,
        Channels::new(entries),
        Arc::clone(&clock),
        board(hall),
        config.settings.clone(),
    );
    if let Some(file) = &config.sms_file {
        make_folder_of(file)?;
        let sms = SandboxSms::open(file, clock).map_err(io_error(format!("opening {}", file.display())))?;
        backend = backend.with_sms(Arc::new(sms));
    }
    let mut invoices = None;
    if let Some(section) = &config.invoices {
        let (invoicing, book) = open_invoices(section, taxes, address, &played, &backend.clock).await?;
        backend = backend.with_invoicing(invoicing);
        invoices = Some(book);
    }
    let backend = Arc::new(backend);
    make_folder_of(&config.review.socket)?;
    let door = Door::open(&config.review.socket, config.review.mode, &config.review.reports).await?;
    Ok(Assembled {
        door,
        backend,
        listener,
        sandboxes,
        store,
        embedded,
        invoices,
        address,
        pay_pages,
        played,
    })
}

/// The sandbox of a tax platform, with its faults before it.
async fn open_invoices(
    section: &InvoicesSection,
    taxes: Taxes,
    backend: SocketAddr,
    played: &Record,
    clock: &Arc<dyn Clock>,
) -> Result<(Invoicing, SandboxInvoices), StartError> {
    make_folder_of(&section.file)?;
    let clock = Arc::clone(clock);
    let now = move || timestamp(clock.now());
    let book = SandboxInvoices::open(&section.file, section.typeface.clone(), now).await?;
    let plan = section.faults.clone().played_by("invoices", played.clone());
    let port: Arc<dyn Invoices> = if plan.is_empty() {
        Arc::new(book.clone())
    } else {
        tracing::warn!("the tax platform misbehaves on demand, as configured");
        Arc::new(FaultyInvoices::new(Arc::new(book.clone()), plan))
    };
    let invoicing = Invoicing {
        port,
        seller: section.seller.clone(),
        taxes,
        public_url: section.public_url.clone().unwrap_or_else(|| format!("http://{backend}")),
        link_seconds: section.link_seconds,
        sample: true,
    };
    Ok((invoicing, book))
}

async fn open_sandbox(
    section: &SandboxSection,
    backend: SocketAddr,
    played: &Record,
    clock: &Arc<dyn Clock>,
) -> Result<(ChannelEntry, Sandbox, TcpListener, String), StartError> {
    make_folder_of(&section.file)?;
    let listener = TcpListener::bind(section.listen)
        .await
        .map_err(io_error(format!("listening on {} for the sandbox", section.listen)))?;
    let page = listener.local_addr().map_err(io_error("listening"))?;
    let base = section.public_url.clone().unwrap_or_else(|| format!("http://{page}"));
    // Both ends of the notifications are in this process: a key for each start is enough.
    let secret = opaque();
    let notify = format!("http://{backend}/v1/notifications/{}", section.id);
    let faults = section.faults.clone().played_by(&section.id, played.clone());
    if !faults.is_empty() {
        tracing::warn!(channel = section.id, "the sandbox misbehaves on demand, as configured");
    }
    let config = SandboxConfig {
        id: section.id.clone(),
        mode: section.mode,
        faults,
        payee_zh: section.payee_zh.clone(),
        payee_en: section.payee_en.clone(),
        allow_beyond_loopback: section.beyond_loopback,
        ..SandboxConfig::new(&section.file, base.clone(), notify, section.merchant.clone(), secret)
    };
    let clock = Arc::clone(clock);
    let sandbox = Sandbox::open_with_clock(config, Arc::new(move || timestamp(clock.now()))).await?;
    sandbox.may_listen(page)?;
    let entry = ChannelEntry {
        port: Arc::new(sandbox.clone()),
        merchant: section.merchant.clone(),
        name: text(&section.name_zh, &section.name_en),
        wallets: vec![text("任意手机浏览器", "any phone's browser")],
    };
    Ok((entry, sandbox, listener, base))
}

fn board(hall: Arc<Hall>) -> Board {
    let reasons = hall.suspension_reasons();
    Board::new(move |now| hall.published(now)).with_reasons(reasons)
}

fn text(zh: &str, en: &str) -> Text {
    [("zh_CN", zh), ("en", en)].map(|(tag, words)| (tag.to_owned(), words.to_owned())).into()
}

fn make_folder_of(file: &Path) -> Result<(), StartError> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => powerhall_crash::make_folder(folder, 0o777)
            .map_err(io_error(format!("making the folder {}", folder.display()))),
        Some(_) | None => Ok(()),
    }
}
