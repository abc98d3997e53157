//! Where the utility's billing system is, and how long it may take.

use std::time::Duration;

use powerhall_api::Personal;
use reqwest::Url;

/// What the adapter is told.
#[derive(Clone, Debug)]
pub struct RestConfig {
    /// The address that the contract's paths are put behind: `https://billing.example/powerhall`.
    pub url: Url,
    /// The secret that it knows us by: 16 to 256 visible ASCII characters.
    pub secret: Personal,
    /// PEM certificates of a private root; with them no other root is trusted.
    pub root_ca: Option<Vec<u8>>,
    /// How long a connection may take.
    pub connect: Duration,
    /// How long a whole answer may take.
    pub answer: Duration,
}

/// Why there is no adapter.
#[derive(Debug, thiserror::Error)]
pub enum RestError {
    /// The certificate of the private root, or the TLS set-up.
    #[error("no HTTP client for the billing system: {0}")]
    Build(#[from] reqwest::Error),
    /// The address cannot carry a path.
    #[error("the billing system's address cannot carry a path")]
    Address,
}

impl RestConfig {
    /// Whether a certificate file holds one.
    #[must_use]
    pub fn is_root(pem: &[u8]) -> bool {
        reqwest::Certificate::from_pem_bundle(pem).is_ok_and(|all| !all.is_empty())
    }
}
