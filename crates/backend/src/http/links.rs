//! What a phone gets by a link from a code on the screen. No kiosk asks here: whoever has the link has it from the customer,
//! and it ends soon. People read the refusals, so they are small pages, not problems.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use powerhall_api::Problem;
use powerhall_billing::port::AccountId;
use powerhall_money::{Cause, Outcome};

use super::extract::Part;
use super::finish::ForPeople;
use crate::backend::Backend;
use crate::invoicing::{Stand, issued};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NO_SNIFF: HeaderName = HeaderName::from_static("x-content-type-options");

/// An e-invoice, as a document for the phone that scanned its code.
#[utoipa::path(
    get, path = "/i/{link}", tag = "payments", operation_id = "getInvoice",
    params(("link" = String, Path, description = "From the invoice's `link`.")),
    responses(
        (status = 200, description = "The document.", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The link has ended, or never was.", body = String, content_type = "text/html"),
        (status = 429, description = "Too many requests at once.", body = String, content_type = "text/html"),
        (status = 503, description = "The document is not to be had now.", body = String, content_type = "text/html"),
    )
)]
pub(super) async fn document(State(backend): State<Arc<Backend>>, Part(link): Part<String>) -> Response {
    let now = backend.now();
    // Links of 128 random bits are not found by trying. So one that does not live costs the phones that have a live one
    // nothing of the bucket that they share.
    if !backend.links.lives(&link, now) {
        return ended();
    }
    if backend.downloads.take("phones", now).is_err() {
        return said(StatusCode::TOO_MANY_REQUESTS, "请稍后再试。", "Please try again in a moment.");
    }
    let Some(linked) = backend.links.follow(&link, now) else { return ended() };
    match written(&backend, &linked.account, &linked.payment).await {
        Some((number, pdf)) => paper(&number, pdf),
        None => said(
            StatusCode::SERVICE_UNAVAILABLE,
            "暂时无法取得发票，请稍后再试。",
            "The invoice is not available now. Please try again later.",
        ),
    }
}

/// The document, made anew from what billing knows: none is kept.
async fn written(backend: &Backend, account: &AccountId, payment: &str) -> Option<(String, Vec<u8>)> {
    let invoicing = backend.invoicing.as_ref()?;
    let rows = backend.store.invoices_of(&[payment.to_owned()]).await.ok()?;
    let Some(Stand::Issued { number, at }) = rows.first().map(|row| row.stand.clone()) else { return None };
    let longest = backend.settings.call_timeout;
    let facts = tokio::time::timeout(longest, backend.billing.taxable(account, payment)).await.ok()?;
    let Outcome::Definite(Some(facts)) = facts else { return None };
    let request = invoicing.invoice(&facts, account)?;
    let issued = issued(&number, at);
    let drawn = tokio::time::timeout(longest, invoicing.port.document(&issued, &request)).await;
    match drawn.unwrap_or(Outcome::Unknown(Cause::Timeout)) {
        Outcome::Definite(pdf) => Some((number, pdf)),
        Outcome::Rejected(code) => {
            tracing::warn!(code, "the tax platform refused a document");
            None
        }
        Outcome::Unknown(cause) => {
            tracing::warn!(%cause, "the tax platform gave no document");
            None
        }
    }
}

fn paper(number: &str, pdf: Vec<u8>) -> Response {
    let name = format!("inline; filename=\"{number}.pdf\"");
    let mut response = ([(CONTENT_TYPE, "application/pdf")], pdf).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    guarded(response)
}

fn ended() -> Response {
    said(
        StatusCode::NOT_FOUND,
        "链接已失效，请到自助终端重新获取。",
        "This link has ended. Please get a new one at the kiosk.",
    )
}

fn said(status: StatusCode, zh: &str, en: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{zh}</title>\
         <p>{zh}</p><p lang=\"en\">{en}</p></html>"
    );
    let mut response = (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    response.extensions_mut().insert(ForPeople);
    guarded(response)
}

/// Neither search engines nor the next site learn the link; storing is forbidden for every answer already.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow, noarchive"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(NO_SNIFF, HeaderValue::from_static("nosniff"));
    response
}
