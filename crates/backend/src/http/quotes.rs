//! What is to be paid, with an end: several accounts in one quote, a line each.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use powerhall_api::{Duty, LINES_MOST, Problem, ProblemCode, Quote, QuoteLine, QuoteRequest};
use powerhall_billing::port::AccountRecord;
use powerhall_money::Fen;

use super::auth::Kiosk;
use super::extract::Body;
use super::failure::Failure;
use super::lookups::{answer, reference_expired};
use crate::backend::Backend;
use crate::clock::day;
use crate::desk::{Found, Quoted, opaque};

/// What is to be paid, with an end.
#[utoipa::path(
    post, path = "/v1/quotes", tag = "quotes", operation_id = "quote", request_body = QuoteRequest,
    responses(
        (status = 201, description = "What is to be paid.", body = Quote),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`: one of the references, or it is not for what is asked.",
         body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Body(request): Body<QuoteRequest>,
) -> Result<(StatusCode, Json<Quote>), Failure> {
    check(&request)?;
    let now = backend.now();
    let today = day(now);
    let (mut lines, mut accounts) = (Vec::new(), Vec::new());
    for (line, reference) in (0..).zip(&request.references) {
        let Some(Found::Account { record: account, .. }) = backend.desk.lookup(reference, &kiosk, now) else {
            return Err(reference_expired());
        };
        lines.push(owed(&backend, line, &account, today).await?);
        accounts.push(account.id);
    }
    let seconds_left = backend.settings.quote_seconds;
    let quote = Quote { quote_id: opaque(), lines, seconds_left };
    let quoted = Quoted { quote: quote.clone(), accounts, day: today };
    backend.desk.keep_quote(&kiosk, quoted, now, now.plus_ms(i64::from(seconds_left) * 1000));
    Ok((StatusCode::CREATED, Json(quote)))
}

/// The form that the document promises.
fn check(request: &QuoteRequest) -> Result<(), Failure> {
    if !(1..=LINES_MOST).contains(&request.references.len()) {
        return Err(Failure::bad_request("references has 1 to 16 items"));
    }
    let different: BTreeSet<&String> = request.references.iter().collect();
    if different.len() != request.references.len() {
        return Err(Failure::bad_request("references names one twice"));
    }
    match request.duty {
        Duty::Arrears | Duty::Prepaid | Duty::Fees => Ok(()),
        Duty::Unknown => Err(Failure::bad_request("duty is arrears, prepaid or fees")),
    }
}

async fn owed(
    backend: &Backend,
    line: u32,
    account: &AccountRecord,
    today: Date,
) -> Result<QuoteLine, Failure> {
    let arrears = answer(backend, backend.billing.arrears(&account.id, today)).await?;
    let sums = arrears.bills.iter().map(|bill| bill.amount_fen.plus(bill.late_fee_fen));
    let total = sums.collect::<Result<Vec<_>, _>>().and_then(Fen::sum).map_err(|_| {
        tracing::error!("billing's amounts do not add up");
        Failure::new(ProblemCode::BillingUnavailable, "billing's amounts do not add up")
    })?;
    let least = backend.settings.min_fen;
    Ok(QuoteLine {
        line,
        duty: Duty::Arrears,
        account: Some(account.public.clone()),
        bills: arrears.bills,
        total_fen: total,
        credit_fen: arrears.credit,
        min_fen: if total.is_positive() { Fen::new(least.min(total.get())) } else { Fen::new(least) },
        max_fen: Fen::new(backend.settings.max_fen),
        cut_off: None,
        prepaid: None,
        fee: None,
    })
}
