//! What is to be paid, with an end: several accounts in one quote, a line each.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::civil::Date;
use powerhall_api::{Duty, LINES_MOST, Problem, ProblemCode, Quote, QuoteLine, QuoteRequest};
use powerhall_billing::port::{AccountRecord, ApplicationRecord, DueFee, Target};
use powerhall_money::Fen;

use super::auth::Kiosk;
use super::extract::Body;
use super::failure::Failure;
use super::lookups::{answer, applications_of, reference_expired};
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
    let (mut lines, mut targets) = (Vec::new(), Vec::new());
    for reference in &request.references {
        let found = backend.desk.lookup(reference, &kiosk, now).ok_or_else(reference_expired)?;
        for (line, target) in to_pay(&backend, found, request.duty, today).await? {
            // Found twice, in two ways: one account is one line.
            if targets.contains(&target) {
                continue;
            }
            lines.push(QuoteLine { line: u32::try_from(lines.len()).unwrap_or(u32::MAX), ..line });
            targets.push(target);
        }
    }
    // No order takes more; what is left is quoted when these are paid.
    lines.truncate(LINES_MOST);
    targets.truncate(LINES_MOST);
    let seconds_left = backend.settings.quote_seconds;
    let quote = Quote { quote_id: opaque(), lines, seconds_left };
    let quoted = Quoted { quote: quote.clone(), targets, day: today };
    backend.desk.keep_quote(&kiosk, quoted, now, now.plus_ms(i64::from(seconds_left) * 1000));
    Ok((StatusCode::CREATED, Json(quote)))
}

/// The form that the document promises.
fn check(request: &QuoteRequest) -> Result<(), Failure> {
    if !(1..=LINES_MOST).contains(&request.references.len()) {
        return Err(Failure::bad_request(format!("references has 1 to {LINES_MOST} items")));
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

/// What one reference leads to. A reference that is not for what is asked is none.
async fn to_pay(
    backend: &Backend,
    found: Found,
    duty: Duty,
    today: Date,
) -> Result<Vec<(QuoteLine, Target)>, Failure> {
    match (duty, found) {
        (Duty::Arrears | Duty::Prepaid, Found::Account { record, .. }) => {
            Ok(vec![owed(backend, &record, today).await?])
        }
        (Duty::Fees, Found::Applications(applications)) => fees(backend, &applications).await,
        (Duty::Fees, Found::Account { record, phone_last4: Some(phone_last4) }) => {
            fees(backend, &applications_of(backend, &record.id.0, &phone_last4).await?).await
        }
        // An account's number alone is no proof.
        (Duty::Fees, Found::Account { phone_last4: None, .. })
        | (Duty::Arrears | Duty::Prepaid, Found::Applications(_))
        | (Duty::Unknown, Found::Account { .. } | Found::Applications(_)) => Err(reference_expired()),
    }
}

/// What an account owes, or how its meter can be recharged.
async fn owed(
    backend: &Backend,
    account: &AccountRecord,
    today: Date,
) -> Result<(QuoteLine, Target), Failure> {
    let arrears = answer(backend, backend.billing.arrears(&account.id, today)).await?;
    let sums = arrears.bills.iter().map(|bill| bill.amount_fen.plus(bill.late_fee_fen));
    let total = sums.collect::<Result<Vec<_>, _>>().and_then(Fen::sum).map_err(|_| {
        tracing::error!("billing's amounts do not add up");
        Failure::new(ProblemCode::BillingUnavailable, "billing's amounts do not add up")
    })?;
    let least = Fen::new(backend.settings.min_fen);
    let line = QuoteLine {
        line: 0,
        duty: Duty::Arrears,
        account: Some(account.public.clone()),
        bills: arrears.bills,
        total_fen: total,
        credit_fen: arrears.credit,
        min_fen: if total.is_positive() { least.min(total) } else { least },
        max_fen: Fen::new(backend.settings.max_fen),
        cut_off: arrears.cut_off,
        prepaid: None,
        fee: None,
    };
    let Some(prepay) = arrears.prepay else { return Ok((line, Target::Account(account.id.clone()))) };
    let least = least.max(prepay.least);
    let open = prepay.public.blocked.is_none() && least <= line.max_fen;
    let line = QuoteLine {
        duty: Duty::Prepaid,
        // What is paid now goes to the meter; months are not settled with it.
        bills: Vec::new(),
        total_fen: Fen::ZERO,
        min_fen: if open { least } else { Fen::ZERO },
        max_fen: if open { line.max_fen } else { Fen::ZERO },
        prepaid: Some(prepay.public),
        ..line
    };
    Ok((line, Target::Recharge(account.id.clone())))
}

/// The fees that are due on applications, a line each, paid whole or not at all.
async fn fees(
    backend: &Backend,
    applications: &[ApplicationRecord],
) -> Result<Vec<(QuoteLine, Target)>, Failure> {
    let mut lines = Vec::new();
    for application in applications {
        let due = answer(backend, backend.billing.fees(&application.id)).await?;
        lines.extend(due.into_iter().map(|fee| fee_line(fee, backend.settings.max_fen)));
    }
    Ok(lines)
}

fn fee_line(fee: DueFee, most: i64) -> (QuoteLine, Target) {
    let payable = fee.amount.is_positive() && fee.amount <= Fen::new(most);
    let limit = if payable { fee.amount } else { Fen::ZERO };
    let line = QuoteLine {
        line: 0,
        duty: Duty::Fees,
        account: None,
        bills: Vec::new(),
        total_fen: fee.amount,
        credit_fen: Fen::ZERO,
        min_fen: limit,
        max_fen: limit,
        cut_off: None,
        prepaid: None,
        fee: Some(fee.public),
    };
    (line, Target::Fee(fee.id))
}
