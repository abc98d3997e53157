//! The line to the billing system: one request, one answer, bounded in time and size. What it means is read in `answer`.

use powerhall_billing_contract::{AFTER, JSON, Method, Operation, PROBLEM_JSON, Route};
use powerhall_money::{Cause, Outcome};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{RequestBuilder, Response, Url};

use super::answer::{About, Raw, read};
use super::config::{RestConfig, RestError};

/// The largest answer that is read. A page of a day file is the largest: a thousand lines.
pub const MOST: usize = 1 << 20;

/// A line to the billing system.
#[derive(Clone, Debug)]
pub struct Link {
    http: reqwest::Client,
    config: RestConfig,
}

impl Link {
    /// A line of this configuration. Nothing is sent yet.
    ///
    /// # Errors
    /// When the TLS set-up or the address is not usable.
    pub fn new(config: RestConfig) -> Result<Self, RestError> {
        if config.url.cannot_be_a_base() {
            return Err(RestError::Address);
        }
        // reqwest takes the process's provider; whoever came first has chosen it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("powerhall-backend/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect)
            .timeout(config.answer)
            // Whoever sends us elsewhere is not the billing system.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true);
        if let Some(pem) = &config.root_ca {
            builder = builder.tls_certs_only(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        Ok(Self { http: builder.build()?, config })
    }

    /// Carries out an operation. `parts` fill the path in order, `after` names the page of a list.
    pub async fn ask<O: Operation>(
        &self,
        parts: &[&str],
        after: Option<&str>,
        ask: &O::Ask,
        about: About<'_>,
    ) -> Outcome<O::Answer> {
        let route = O::ROUTE;
        let mut request = self.request(&route, parts, after).bearer_auth(self.config.secret.reveal());
        if route.asks {
            request = request.json(ask);
        }
        let outcome = match fetch(request).await {
            Ok((status, media, body)) => {
                read::<O>(Raw { status, media: media.as_deref(), body: &body }, about)
            }
            Err(cause) => Outcome::Unknown(cause),
        };
        if let Outcome::Unknown(cause) = &outcome {
            // The cause names a kind or a code, never a value.
            tracing::warn!(operation = route.name, %cause, "billing gave no answer");
        }
        outcome
    }

    /// A request without our secret, for whoever tests what is answered to strangers.
    pub fn request(&self, route: &Route, parts: &[&str], after: Option<&str>) -> RequestBuilder {
        let method = match route.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        self.http
            .request(method, self.url(route.path, parts, after))
            .header(ACCEPT, [JSON, PROBLEM_JSON].join(", "))
    }

    /// The same with our secret.
    pub fn authorized(&self, route: &Route, parts: &[&str]) -> RequestBuilder {
        self.request(route, parts, None).bearer_auth(self.config.secret.reveal())
    }

    /// `<base><path>`, each part escaped. Keys are checked before: none is a dot segment.
    fn url(&self, path: &str, parts: &[&str], after: Option<&str>) -> Url {
        let mut url = self.config.url.clone();
        let mut parts = parts.iter();
        // `new` has refused addresses that cannot carry a path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for segment in path.split('/').filter(|segment| !segment.is_empty()) {
                let filled = if segment.starts_with('{') { parts.next().copied() } else { None };
                segments.push(filled.unwrap_or(segment));
            }
        }
        if let Some(after) = after {
            url.query_pairs_mut().append_pair(AFTER, after);
        }
        url
    }
}

/// Sends, and reads the whole answer: status, media type, body.
pub async fn fetch(request: RequestBuilder) -> Result<(u16, Option<String>, Vec<u8>), Cause> {
    let response = request.send().await.map_err(|error| transport(&error))?;
    let status = response.status().as_u16();
    let media = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok((status, media, bounded(response).await?))
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, Cause> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error))? {
        if bytes.len() + chunk.len() > MOST {
            return Err(Cause::Unverified);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn transport(error: &reqwest::Error) -> Cause {
    if error.is_timeout() { Cause::Timeout } else { Cause::Network }
}
