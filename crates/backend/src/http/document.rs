//! The OpenAPI 3.1 document, made from the handlers and the shared types.

use std::sync::OnceLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::{
    aftermath, bills, call_backs, calls, check_ins, hall, health, journal, links, lookups, measures,
    notifications, orders, outages, payments, proofs, quotes,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "powerhall backend",
        description = "Between the kiosks of a business hall and their backend. Amounts are integer fen, times are \
                       RFC 3339 with offset, errors are RFC 9457 problems with a stable `code`. Unknown members are \
                       ignored; unknown values of open lists are to be survived.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        lookups::create, lookups::applications, proofs::code, proofs::prove,
        quotes::create,
        bills::list, bills::get, payments::list, payments::invoice, links::document, call_backs::ask, outages::list,
        orders::list, orders::put, orders::get, orders::cancel, orders::extend, orders::attempt,
        aftermath::get,
        check_ins::create, calls::create, calls::end, measures::create, journal::upload, hall::get, notifications::create,
        health::alive, health::ready, serve,
    ),
    components(schemas(orders::ListState)),
    modifiers(&KioskSecret)
)]
struct Document;

struct KioskSecret;

impl Modify for KioskSecret {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("<kiosk-id>:<secret>")
            .description(Some("The kiosk's id and secret."))
            .build();
        let components = document.components.get_or_insert_with(Default::default);
        components.add_security_scheme("kiosk", SecurityScheme::Http(scheme));
    }
}

/// The document as JSON.
#[must_use]
pub fn document() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| Document::openapi().to_pretty_json().unwrap_or_default())
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "health", operation_id = "getDocument",
    responses((status = 200, description = "OpenAPI 3.1.", body = serde_json::Value, content_type = "application/json"))
)]
pub(super) async fn serve() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], document())
}
