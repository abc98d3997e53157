//! Looking up accounts and applications. Personal numbers come in bodies only.

use std::future::Future;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use powerhall_api::{
    Applications, Lookup, LookupKind, LookupRequest, Personal, Problem, ProblemCode, complete_id,
};
use powerhall_billing::port::{ApplicationId, ApplicationRecord, Holder};
use powerhall_money::{Fen, Moment, Outcome};
use tokio::time::Instant;

use super::auth::Kiosk;
use super::extract::{Body, Part};
use super::failure::Failure;
use super::proofs::{evenly, four_digits_prove, take_try};
use crate::backend::Backend;
use crate::clock::day;
use crate::desk::Found;
use crate::proof::Seeker;

/// Find an account, an application, or a person.
///
/// A phone or an identity number is not looked for yet: the answer is the same for every number, and `proofs` says how the
/// person may prove that it is theirs.
#[utoipa::path(
    post, path = "/v1/lookups", tag = "lookups", operation_id = "find", request_body = LookupRequest,
    responses(
        (status = 201, description = "Found; the reference names it from here on.", body = Lookup,
         links(
             ("applications" = (operation_id = "listApplications",
                                parameters(("reference" = "$response.body#/reference")))),
             ("bills" = (operation_id = "listBills", parameters(("reference" = "$response.body#/reference")))),
             ("code" = (operation_id = "sendCode", parameters(("reference" = "$response.body#/reference")))),
             ("proof" = (operation_id = "prove", parameters(("reference" = "$response.body#/reference")))),
         )),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`account_not_found`, `application_not_found`", body = Problem,
         content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate_limited`, `too_many_proofs`", body = Problem, content_type = "application/problem+json",
         headers(("Retry-After" = u32, description = "Seconds."))),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Body(request): Body<LookupRequest>,
) -> Result<(StatusCode, Json<Lookup>), Failure> {
    let began = Instant::now();
    check(&request, &backend.settings.account_digits)?;
    let now = backend.now();
    take_look_up(&backend, &kiosk, now)?;
    let seconds_left = backend.settings.lookup_seconds;
    let until = now.plus_ms(i64::from(seconds_left) * 1000);
    let found = match request {
        LookupRequest::Account { account } => find_account(&backend, &account).await?,
        LookupRequest::Application { application } => {
            let today = day(now);
            applied(answer(&backend, backend.billing.application(application.reveal(), today)).await?)?
        }
        LookupRequest::AccountPhone { account, phone_last4 } => {
            proved_applications(&backend, account.reveal(), &phone_last4, began).await?
        }
        LookupRequest::Phone { phone: number } => {
            return Ok(person(&backend, &kiosk, Holder::Phone(number), now));
        }
        LookupRequest::IdNumber { id_number: number } => {
            return Ok(person(&backend, &kiosk, Holder::IdNumber(number), now));
        }
    };
    let kind = found.kind();
    let reference = backend.desk.keep_lookup(&kiosk, found, now, until);
    Ok((StatusCode::CREATED, Json(Lookup { reference, kind, seconds_left, proofs: Vec::new(), tries: None })))
}

/// A look-up, or as much work, from what the kiosk may do in a minute.
pub(super) fn take_look_up(backend: &Backend, kiosk: &str, now: Moment) -> Result<(), Failure> {
    backend.limiter.take(kiosk, now).map_err(|seconds| {
        Failure::new(ProblemCode::RateLimited, "too many look-ups from this kiosk").after(seconds)
    })
}

/// Keeps the number for the proof that is to come, without asking billing whether anybody has it.
fn person(backend: &Backend, kiosk: &str, by: Holder, now: Moment) -> (StatusCode, Json<Lookup>) {
    let seconds_left = backend.settings.lookup_seconds;
    let until = now.plus_ms(i64::from(seconds_left) * 1000);
    let proofs = backend.settings.proof.ways(&by, backend.sms.is_some());
    let tries = backend.settings.proof.tries;
    let reference = backend.desk.keep_seeker(kiosk, Seeker::new(by, tries), now, until);
    let kind = LookupKind::Person;
    (StatusCode::CREATED, Json(Lookup { reference, kind, seconds_left, proofs, tries: Some(tries) }))
}

async fn find_account(backend: &Backend, account: &Personal) -> Result<Found, Failure> {
    let record = answer(backend, backend.billing.find_account(account.reveal())).await?;
    record
        .map(|record| Found::Account { record, phone_last4: None })
        .ok_or_else(|| Failure::new(ProblemCode::AccountNotFound, "no account with this number"))
}

/// The applications of an account, to whoever has the last digits of its phone: a proof like the others, and a try at the
/// account's number.
async fn proved_applications(
    backend: &Backend,
    account: &str,
    phone_last4: &Personal,
    began: Instant,
) -> Result<Found, Failure> {
    four_digits_prove(backend)?;
    take_try(backend, account, backend.now())?;
    let found = applications_of(backend, account, phone_last4).await;
    if found.is_err() {
        backend.proof_limits.tries.give_back(account);
    }
    evenly(backend, began).await;
    applied(found?)
}

pub(super) async fn applications_of(
    backend: &Backend,
    account: &str,
    phone_last4: &Personal,
) -> Result<Vec<ApplicationRecord>, Failure> {
    let today = day(backend.now());
    answer(backend, backend.billing.applications_of(account, phone_last4.reveal(), today)).await
}

fn applied(applications: Vec<ApplicationRecord>) -> Result<Found, Failure> {
    if applications.is_empty() {
        return Err(no_application());
    }
    Ok(Found::Applications(applications))
}

fn no_application() -> Failure {
    Failure::new(ProblemCode::ApplicationNotFound, "no application, or the second factor differs")
}

/// The applications that a look-up found, or those of an account whose holder is proved.
#[utoipa::path(
    get, path = "/v1/lookups/{reference}/applications", tag = "lookups", operation_id = "listApplications",
    params(("reference" = String, Path, description = "From a look-up of this kiosk.")),
    responses(
        (status = 200, description = "Newest first, each with a reference of its own.", body = Applications,
         links(("callBack" = (operation_id = "askCallBack",
                              parameters(("reference" = "$response.body#/applications/0/reference")))))),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`, `application_not_found`", body = Problem,
         content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn applications(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(reference): Part<String>,
) -> Result<Json<Applications>, Failure> {
    let now = backend.now();
    let records = match backend.desk.lookup(&reference, &kiosk, now) {
        Some(Found::Applications(applications)) => applications,
        Some(Found::Account { record, phone_last4: Some(phone_last4) }) => {
            applications_of(&backend, &record.id.0, &phone_last4).await?
        }
        // An account's number alone is no proof.
        Some(Found::Account { phone_last4: None, .. }) | None => return Err(reference_expired()),
    };
    if records.is_empty() {
        return Err(no_application());
    }
    let until = now.plus_ms(i64::from(backend.settings.lookup_seconds) * 1000);
    let mut applications = Vec::with_capacity(records.len());
    for record in records {
        let call_back = backend.store.call_back(&record.id.0).await?;
        let mut one = record.public.clone();
        one.due_fen = due(&backend, &record.id).await;
        if let Some(contact) = &mut one.contact {
            contact.call_back = call_back.map(|row| row.public());
        }
        one.reference = backend.desk.keep_lookup(&kiosk, Found::Applications(vec![record]), now, until);
        applications.push(one);
    }
    Ok(Json(Applications { applications }))
}

/// What is due on an application. How far it has got is told all the same while that is not known: what is paid is quoted
/// before it is.
async fn due(backend: &Backend, application: &ApplicationId) -> Fen {
    let fees = answer(backend, backend.billing.fees(application)).await.unwrap_or_default();
    Fen::sum(fees.iter().map(|fee| fee.amount)).unwrap_or(Fen::ZERO)
}

pub(super) fn reference_expired() -> Failure {
    Failure::new(ProblemCode::ReferenceExpired, "the reference is unknown, expired, or another kiosk's")
}

/// Only a definite answer is one.
pub(super) async fn answer<T>(
    backend: &Backend,
    call: impl Future<Output = Outcome<T>>,
) -> Result<T, Failure> {
    let unavailable = || Failure::new(ProblemCode::BillingUnavailable, "billing does not answer").after(5);
    match tokio::time::timeout(backend.settings.call_timeout, call).await {
        Ok(Outcome::Definite(value)) => Ok(value),
        Ok(Outcome::Rejected(code)) => {
            tracing::warn!(code, "billing refused a question");
            Err(unavailable())
        }
        // The adapter has logged why.
        Ok(Outcome::Unknown(_)) => Err(unavailable()),
        Err(_) => {
            tracing::warn!("billing took too long for a question");
            Err(unavailable())
        }
    }
}

/// The forms that the document promises.
fn check(request: &LookupRequest, account_digits: &[usize]) -> Result<(), Failure> {
    match request {
        LookupRequest::Account { account } => account_form(account, account_digits),
        LookupRequest::Application { application } => digits(application, 12, 16, "application"),
        LookupRequest::AccountPhone { account, phone_last4 } => {
            account_form(account, account_digits)?;
            digits(phone_last4, 4, 4, "phone_last4")
        }
        LookupRequest::Phone { phone } => {
            digits(phone, 11, 11, "phone")?;
            let mobile = matches!(phone.reveal().as_bytes(), [b'1', b'3'..=b'9', ..]);
            if mobile { Ok(()) } else { Err(Failure::bad_request("phone must be a mobile phone's")) }
        }
        LookupRequest::IdNumber { id_number } => {
            // In its full form already, so that one number is one number wherever tries are counted.
            let full = complete_id(id_number.reveal()).is_ok_and(|full| full == *id_number);
            if full {
                Ok(())
            } else {
                Err(Failure::bad_request("id_number must hold by GB 11643, in 18 characters"))
            }
        }
    }
}

fn account_form(account: &Personal, lengths: &[usize]) -> Result<(), Failure> {
    let number = account.reveal();
    if lengths.contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
    Err(Failure::bad_request(format!("account must have {} digits", lengths.join(" or "))))
}

fn digits(number: &Personal, least: usize, most: usize, key: &str) -> Result<(), Failure> {
    let number = number.reveal();
    if (least..=most).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err(Failure::bad_request(if least == most {
        format!("{key} must have {least} digits")
    } else {
        format!("{key} must have {least} to {most} digits")
    }))
}
