//! A server of the billing contract that stands in for a utility's own system: in tests, and for integrators to look at.
//! What it knows is a billing system behind the port; what goes wrong between the two comes from a plan.

mod bend;
mod said;
mod serve;
mod sheet;
mod told;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use powerhall_billing::port::Billing;
use powerhall_faults::{Plan, Record};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use bend::WireFault;
pub use sheet::sheet;

/// What it serves, and how badly.
pub struct StandInConfig {
    /// Who knows the answers.
    pub billing: Arc<dyn Billing>,
    /// The secret that it lets in.
    pub secret: String,
    /// What goes wrong on the wire.
    pub faults: Plan<WireFault>,
    /// Whether it is of a newer version: unknown members everywhere.
    pub newer: bool,
}

impl StandInConfig {
    /// One that does nothing wrong.
    #[must_use]
    pub fn new(billing: Arc<dyn Billing>, secret: impl Into<String>) -> Self {
        Self { billing, secret: secret.into(), faults: Plan::default(), newer: false }
    }
}

/// A running stand-in; it ends when it is dropped, and hangs up on whoever still waits for a question.
#[derive(Debug)]
pub struct StandIn {
    /// Where it listens.
    pub address: SocketAddr,
    /// What was played of its plan.
    pub played: Record,
    serving: JoinHandle<()>,
    _alive: oneshot::Sender<()>,
}

impl StandIn {
    /// Starts one; port 0 lets the system choose.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn start(config: StandInConfig, listen: SocketAddr) -> io::Result<Self> {
        let played = Record::default();
        let faults = config.faults.played_by("the billing system's server", played.clone());
        let router = serve::router(Arc::new(serve::Server {
            billing: config.billing,
            secret: config.secret,
            faults,
            newer: config.newer,
        }));
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (alive, dropped) = oneshot::channel::<()>();
        let serving = tokio::spawn(async move {
            let stop = async move {
                // Nothing is ever sent: the end of the sender is the message.
                let _ = dropped.await;
            };
            // What a connection does wrong is that connection's.
            let _ = axum::serve(listener, router).with_graceful_shutdown(stop).await;
        });
        Ok(Self { address, played, serving, _alive: alive })
    }

    /// The address as a configuration has it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until it fails.
    pub async fn serve(mut self) {
        // Only a panic ends it.
        let _ = (&mut self.serving).await;
    }
}
