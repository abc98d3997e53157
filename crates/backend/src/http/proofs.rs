//! From a look-up by phone or by identity number to the person's accounts: a second factor, and nothing before it.
//! `crate::proof` has the rules, and why the answers here are the same for a number that nobody has.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use powerhall_api::{
    CodeSent, FoundAccount, FoundAccounts, Personal, Problem, ProblemCode, ProofRequest, ProofWay,
};
use powerhall_billing::port::AccountRecord;
use powerhall_money::{Moment, Outcome};
use tokio::time::Instant;

use super::auth::Kiosk;
use super::extract::{Body, Part};
use super::failure::Failure;
use super::lookups::{answer, reference_expired, take_look_up};
use crate::backend::Backend;
use crate::desk::Found;
use crate::proof::{Seeker, last4_fits};
use crate::sms::{CodeMessage, Sms};

/// Send a one-time code to the phone on file.
#[utoipa::path(
    post, path = "/v1/lookups/{reference}/codes", tag = "lookups", operation_id = "sendCode",
    params(("reference" = String, Path, description = "From a look-up of this kiosk whose `kind` is `person`.")),
    responses(
        (status = 202, description = "The same whether there is a phone to send to.", body = CodeSent),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`proofs_exhausted`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_codes`, `rate_limited`", body = Problem,
         content_type = "application/problem+json", headers(("Retry-After" = u32, description = "Seconds."))),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`sms_unavailable`, `billing_unavailable`", body = Problem,
         content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn code(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(reference): Part<String>,
) -> Result<(StatusCode, Json<CodeSent>), Failure> {
    let began = Instant::now();
    let now = backend.now();
    let seeker = seeker(&backend, &reference, &kiosk, now)?;
    take_look_up(&backend, &kiosk, now)?;
    if seeker.tries_left == 0 {
        return Err(exhausted());
    }
    let sms = operator(&backend).await?;
    let number = seeker.number().reveal();
    backend.proof_limits.codes.take(number, now).map_err(|seconds| {
        Failure::new(ProblemCode::TooManyCodes, "another code for this number must wait").after(seconds)
    })?;
    let seconds = backend.settings.proof.code_seconds;
    let until = now.plus_ms(i64::from(seconds) * 1000);
    let held = answer(&backend, backend.billing.holdings(&seeker.by)).await;
    let issued = match held {
        Ok(held) => backend
            .desk
            .with_seeker(&reference, &kiosk, now, |seeker| seeker.issue(&held, until))
            .ok_or_else(reference_expired),
        Err(failure) => {
            backend.proof_limits.codes.give_back(number);
            Err(failure)
        }
    };
    for (phone, code) in issued.iter().flatten().cloned() {
        if backend.proof_limits.sent.take(phone.reveal(), now).is_err() {
            tracing::warn!("a code was not sent: too many went to this phone within the hour");
            continue;
        }
        // Nobody waits for it: how long the operator takes would tell that there is a phone.
        let message = CodeMessage { phone, code, seconds };
        tokio::spawn(send(Arc::clone(&sms), message, backend.settings.call_timeout));
    }
    evenly(&backend, began).await;
    issued?;
    let again_after = backend.settings.proof.code_again_seconds;
    Ok((StatusCode::ACCEPTED, Json(CodeSent { seconds_left: seconds, again_after })))
}

/// Prove who one is, and see one's accounts.
///
/// After a look-up of an account the proof is `phone_last4`: the one account comes back with a reference that shows what
/// only its holder may see.
#[utoipa::path(
    post, path = "/v1/lookups/{reference}/proofs", tag = "lookups", operation_id = "prove",
    params(("reference" = String, Path, description = "From a look-up of this kiosk whose `kind` is `person` or `account`.")),
    request_body = ProofRequest,
    responses(
        (status = 201, description = "The accounts. The look-up's own reference has served its purpose.",
         body = FoundAccounts),
        (status = 400, description = "`bad_request`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`unauthenticated`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`proof_wrong`, `proofs_exhausted`", body = Problem,
         content_type = "application/problem+json"),
        (status = 404, description = "`reference_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported_media_type`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_proofs`, `rate_limited`", body = Problem,
         content_type = "application/problem+json", headers(("Retry-After" = u32, description = "Seconds."))),
        (status = 500, description = "`internal`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`billing_unavailable`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("kiosk" = []))
)]
pub(super) async fn prove(
    State(backend): State<Arc<Backend>>,
    Kiosk(kiosk): Kiosk,
    Part(reference): Part<String>,
    Body(proof): Body<ProofRequest>,
) -> Result<(StatusCode, Json<FoundAccounts>), Failure> {
    let began = Instant::now();
    let way = check(&proof)?;
    let now = backend.now();
    if let Some(Found::Account { record, .. }) = backend.desk.lookup(&reference, &kiosk, now) {
        return prove_holder(&backend, &kiosk, record, &proof, began).await;
    }
    let seeker = seeker(&backend, &reference, &kiosk, now)?;
    if !backend.settings.proof.ways(&seeker.by, true).contains(&way) {
        return Err(Failure::bad_request("this look-up is not proved in this way"));
    }
    take_look_up(&backend, &kiosk, now)?;
    if seeker.tries_left == 0 {
        return Err(exhausted());
    }
    let number = seeker.number().reveal();
    take_try(&backend, number, now)?;
    // Taken before it is known whether it fits: many tries at once are as many.
    let taken =
        backend.desk.with_seeker(&reference, &kiosk, now, |seeker| seeker.take_try().then(|| seeker.clone()));
    let Some(seeker) = taken.ok_or_else(reference_expired)? else { return Err(exhausted()) };
    let held = answer(&backend, backend.billing.holdings(&seeker.by)).await;
    if held.is_err() {
        backend.proof_limits.tries.give_back(number);
        backend.desk.with_seeker(&reference, &kiosk, now, |seeker| seeker.tries_left += 1);
    }
    let opened = held.map(|held| (held.more, seeker.proven(&proof, held, now)));
    evenly(&backend, began).await;
    let (more, proven) = opened?;
    if proven.is_empty() && seeker.tries_left == 0 {
        return Err(exhausted());
    }
    if proven.is_empty() {
        return Err(Failure::new(
            ProblemCode::ProofWrong,
            "the proof does not fit, or nobody has this number",
        ));
    }
    backend.desk.forget_seeker(&reference);
    let seconds_left = backend.settings.lookup_seconds;
    let until = now.plus_ms(i64::from(seconds_left) * 1000);
    let accounts = proven.into_iter().map(|holding| {
        let account = holding.account.public.clone();
        let phone = holding.phone.reveal();
        let last4 = phone.get(phone.len().saturating_sub(4)..).unwrap_or_default();
        let phone_last4 = Some(Personal::from(last4));
        let found = Found::Account { record: holding.account, phone_last4 };
        FoundAccount { reference: backend.desk.keep_lookup(&kiosk, found, now, until), account }
    });
    Ok((StatusCode::CREATED, Json(FoundAccounts { accounts: accounts.collect(), more, seconds_left })))
}

/// Proves that somebody is the holder of an account that was found by its number. The tries count at that number, as those
/// of a look-up with number and digits do.
async fn prove_holder(
    backend: &Backend,
    kiosk: &str,
    record: AccountRecord,
    proof: &ProofRequest,
    began: Instant,
) -> Result<(StatusCode, Json<FoundAccounts>), Failure> {
    let ProofRequest::PhoneLast4 { phone_last4 } = proof else {
        return Err(Failure::bad_request("this look-up is not proved in this way"));
    };
    four_digits_prove(backend)?;
    let now = backend.now();
    take_look_up(backend, kiosk, now)?;
    take_try(backend, &record.id.0, now)?;
    let holding = answer(backend, backend.billing.holding(&record.id)).await;
    if holding.is_err() {
        backend.proof_limits.tries.give_back(&record.id.0);
    }
    let fits = holding.map(|holding| holding.is_some_and(|holding| last4_fits(&holding.phone, phone_last4)));
    evenly(backend, began).await;
    if !fits? {
        return Err(Failure::new(ProblemCode::ProofWrong, "the proof does not fit"));
    }
    let seconds_left = backend.settings.lookup_seconds;
    let until = now.plus_ms(i64::from(seconds_left) * 1000);
    let account = record.public.clone();
    let found = Found::Account { record, phone_last4: Some(phone_last4.clone()) };
    let reference = backend.desk.keep_lookup(kiosk, found, now, until);
    let accounts = vec![FoundAccount { reference, account }];
    Ok((StatusCode::CREATED, Json(FoundAccounts { accounts, more: false, seconds_left })))
}

fn seeker(backend: &Backend, reference: &str, kiosk: &str, now: Moment) -> Result<Seeker, Failure> {
    let seeker = backend.desk.with_seeker(reference, kiosk, now, |seeker| seeker.clone());
    seeker.ok_or_else(reference_expired)
}

/// Whether the last four digits of a phone prove anything here.
pub(super) fn four_digits_prove(backend: &Backend) -> Result<(), Failure> {
    if backend.settings.proof.last4 {
        Ok(())
    } else {
        Err(Failure::bad_request("four digits are no proof in this hall"))
    }
}

/// One of the tries that a number has in an hour.
pub(super) fn take_try(backend: &Backend, number: &str, now: Moment) -> Result<(), Failure> {
    backend.proof_limits.tries.take(number, now).map_err(|seconds| {
        Failure::new(ProblemCode::TooManyProofs, "too many tries at this number").after(seconds)
    })
}

fn exhausted() -> Failure {
    Failure::new(ProblemCode::ProofsExhausted, "no try is left at this look-up")
}

/// The operator, if it answers. Asked the same for every number.
async fn operator(backend: &Backend) -> Result<Arc<dyn Sms>, Failure> {
    let unavailable = |title| Failure::new(ProblemCode::SmsUnavailable, title);
    let Some(sms) = &backend.sms else { return Err(unavailable("this hall sends no codes")) };
    match tokio::time::timeout(backend.settings.call_timeout, sms.ready()).await {
        Ok(true) => Ok(Arc::clone(sms)),
        Ok(false) | Err(_) => Err(unavailable("the operator of text messages does not answer").after(60)),
    }
}

async fn send(sms: Arc<dyn Sms>, message: CodeMessage, longest: Duration) {
    match tokio::time::timeout(longest, sms.send_code(&message)).await {
        Ok(Outcome::Definite(())) => {}
        Ok(Outcome::Rejected(code)) => tracing::warn!(code, "the operator refused a text message"),
        Ok(Outcome::Unknown(cause)) => tracing::warn!(%cause, "a text message may not have gone out"),
        Err(_) => tracing::warn!("the operator of text messages took too long"),
    }
}

/// Holds an answer back until the time that all answers take.
pub(super) async fn evenly(backend: &Backend, began: Instant) {
    tokio::time::sleep_until(began + backend.settings.proof.answer).await;
}

/// The forms that the document promises.
fn check(proof: &ProofRequest) -> Result<ProofWay, Failure> {
    let digits = |text: &Personal, count: usize| {
        text.reveal().len() == count && text.reveal().bytes().all(|b| b.is_ascii_digit())
    };
    match proof {
        ProofRequest::IdLast4 { id_last4 } => {
            let (head, last) = id_last4.reveal().split_at_checked(3).unwrap_or_default();
            let form = head.bytes().all(|b| b.is_ascii_digit())
                && last.len() == 1
                && last.bytes().all(|b| b.is_ascii_digit() || b == b'X');
            if form {
                Ok(ProofWay::IdLast4)
            } else {
                Err(Failure::bad_request("id_last4 must have 3 digits and a digit or X"))
            }
        }
        ProofRequest::PhoneLast4 { phone_last4 } if digits(phone_last4, 4) => Ok(ProofWay::PhoneLast4),
        ProofRequest::PhoneLast4 { .. } => Err(Failure::bad_request("phone_last4 must have 4 digits")),
        ProofRequest::Code { code } if digits(code, 6) => Ok(ProofWay::Code),
        ProofRequest::Code { .. } => Err(Failure::bad_request("code must have 6 digits")),
    }
}
