//! What was paid for an account, with our receipts, and the e-invoice of a payment. Only after a second factor: an account's
//! number stands on every bill that lies about.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::ToSpan;
use powerhall_api::{Invoice, InvoiceState, Payment, Payments, Problem, ProblemCode};
use powerhall_billing::port;
use powerhall_money::{Cause, Outcome};

use super::extract::Part;
use super::failure::Failure;
use super::looked_up::{Proven, Unanswered};
use super::lookups::{answer, take_look_up};
use crate::backend::Backend;
use crate::clock::{day, moment, rfc3339};
use crate::invoicing::{InvoiceRow, Next, Stand};
use crate::links::Linked;
use crate::store::StoredOrder;
use crate::view;

/// How many months back payments are told, today's month included.
const MONTHS: i32 = 12;

/// The payments of the last twelve months, by whichever way.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/payments", tag = "payments", operation_id = "listPayments",
    params(("reference" = String, Path, description = "From a proof at this kiosk.")),
    responses(
        (status = 200, description = "Newest first.", body = Payments),
        Unanswered,
        (status = 403, description = "`proof_needed`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Proven { account, .. }: Proven,
) -> Result<Json<Payments>, Failure> {
    let now = backend.now();
    let since = day(now).saturating_sub(MONTHS.months());
    let paid = answer(&backend, backend.billing.payments(&account.id, since)).await?;
    let keys: Vec<String> = paid.iter().filter_map(|payment| payment.key.clone()).collect();
    let orders = backend.store.orders_of(&keys).await?;
    let numbers: Vec<String> = paid.iter().map(|payment| payment.number.clone()).collect();
    let invoices = backend.store.invoices_of(&numbers).await?;
    let payments = paid.into_iter().map(|payment| {
        let order = orders.iter().find(|(key, _)| Some(key) == payment.key.as_ref()).map(|(_, order)| order);
        let invoice = invoices.iter().find(|row| row.payment == payment.number);
        told(&backend, payment, order, invoice)
    });
    Ok(Json(Payments { account: account.public, since: since.to_string(), payments: payments.collect() }))
}

fn told(
    backend: &Backend,
    payment: port::Payment,
    order: Option<&StoredOrder>,
    invoice: Option<&InvoiceRow>,
) -> Payment {
    let invoice = if payment.parts.is_empty() {
        InvoiceState::None
    } else if backend.invoicing.is_none() {
        InvoiceState::Unknown
    } else {
        invoice.map_or(InvoiceState::Open, InvoiceRow::state)
    };
    Payment {
        number: payment.number,
        paid_at: rfc3339(moment(payment.paid_at)),
        amount_fen: payment.amount,
        way: payment.way,
        parts: payment.parts,
        credit_fen: payment.credit,
        receipt: order.zip(payment.key).and_then(|(order, key)| view::receipt_of(order, &key)),
        reference: order.map(|stored| stored.order.reference.clone()),
        invoice,
    }
}

/// The e-invoice of a payment: issued once, and the same one at every further request. The link is new each time.
#[utoipa::path(
    post, path = "/v1/lookups/{reference}/payments/{number}/invoice", tag = "payments", operation_id = "issueInvoice",
    params(
        ("reference" = String, Path, description = "From a proof at this kiosk."),
        ("number" = String, Path, description = "A payment's number."),
    ),
    responses(
        (status = 201, description = "It is there; `link` is for a phone.", body = Invoice),
        Unanswered,
        (status = 403, description = "`proof_needed`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`, `payment_not_found`", body = Problem,
         content_type = "application/problem+json"),
        (status = 409, description = "`invoice_refused`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`", body = Problem, content_type = "application/problem+json",
         headers(("Retry-After" = u32, description = "Seconds."))),
        (status = 503, description = "`invoice_unavailable`, `billing_unavailable`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn invoice(
    State(backend): State<Arc<Backend>>,
    Proven { kiosk, account }: Proven,
    Part((_, number)): Part<(String, String)>,
) -> Result<(StatusCode, Json<Invoice>), Failure> {
    let now = backend.now();
    take_look_up(&backend, &kiosk, now)?;
    let invoicing =
        backend.invoicing.as_ref().ok_or_else(|| unavailable("this hall issues no e-invoices"))?;
    let facts = answer(&backend, backend.billing.taxable(&account.id, &number)).await?;
    let since = day(now).saturating_sub(MONTHS.months());
    let facts = facts.filter(|facts| day(moment(facts.payment.paid_at)) >= since);
    let facts = facts.ok_or_else(|| Failure::new(ProblemCode::PaymentNotFound, "no such payment"))?;
    let request = invoicing.invoice(&facts, &account.id).ok_or_else(refused)?;
    let (total, tax) = request.total().zip(request.tax()).ok_or_else(refused)?;
    let (issued, at) = match backend.store.ask_invoice(&number, now).await? {
        Next::Issued { number, at } => (number, at),
        Next::Refused => return Err(refused()),
        Next::Wait(seconds) => return Err(unavailable("the tax platform does not answer").after(seconds)),
        Next::Try => {
            let call = tokio::time::timeout(backend.settings.call_timeout, invoicing.port.issue(&request));
            let outcome = call.await.unwrap_or(Outcome::Unknown(Cause::Timeout));
            log(&outcome);
            let row = backend.store.invoice_answered(&number, &outcome, backend.now()).await?;
            match row.stand {
                Stand::Issued { number, at } => (number, at),
                Stand::Refused { .. } => return Err(refused()),
                Stand::Asked => return Err(unavailable("the tax platform does not answer").after(5)),
            }
        }
    };
    let now = backend.now();
    let until = now.plus_ms(i64::from(invoicing.link_seconds) * 1000);
    let name = backend.links.make(Linked { account: account.id, payment: number }, now, until);
    let invoice = Invoice {
        number: issued,
        day: day(at).to_string(),
        buyer_masked: account.public.name_masked,
        total_fen: total,
        tax_fen: tax,
        link: format!("{}/i/{name}", invoicing.public_url),
        seconds_left: invoicing.link_seconds,
        sample: invoicing.sample,
    };
    Ok((StatusCode::CREATED, Json(invoice)))
}

fn unavailable(title: &str) -> Failure {
    Failure::new(ProblemCode::InvoiceUnavailable, title)
}

fn refused() -> Failure {
    Failure::new(ProblemCode::InvoiceRefused, "there can be no e-invoice of this payment")
}

fn log<T>(outcome: &Outcome<T>) {
    match outcome {
        Outcome::Definite(_) => {}
        Outcome::Rejected(code) => tracing::warn!(code, "the tax platform refused an invoice"),
        Outcome::Unknown(cause) => tracing::warn!(%cause, "the tax platform gave no answer"),
    }
}
