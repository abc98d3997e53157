//! Found by phone or by identity number: nothing is told before a second factor, nor by the way in which it is refused.

use std::time::{Duration, Instant};

use powerhall_api::{CodeSent, FoundAccounts, LookupKind, ProblemCode, ProofWay};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::api::problem;
use crate::fake_billing::{ACCOUNT, ID_NUMBER, OTHER_PHONE, OTHERS, PHONE};
use crate::fake_channel::Fault;
use crate::world::World;

/// Right by its form, and nobody's.
const UNKNOWN_PHONE: &str = "15499999999";
const UNKNOWN_ID: &str = "990001199001010048";

fn by_phone(phone: &str) -> Value {
    json!({"by": "phone", "phone": phone})
}

fn by_id(id_number: &str) -> Value {
    json!({"by": "id_number", "id_number": id_number})
}

fn id_last4(last4: &str) -> Value {
    json!({"by": "id_last4", "id_last4": last4})
}

fn phone_last4(last4: &str) -> Value {
    json!({"by": "phone_last4", "phone_last4": last4})
}

fn account_phone(account: &str, last4: &str) -> Value {
    json!({"by": "account_phone", "account": account, "phone_last4": last4})
}

fn code(code: &str) -> Value {
    json!({"by": "code", "code": code})
}

impl World {
    async fn prove(&self, reference: &str, proof: Value) -> Response {
        self.post("kiosk-1", &format!("/v1/lookups/{reference}/proofs"), proof).await
    }

    async fn ask_code(&self, reference: &str) -> Response {
        let path = format!("/v1/lookups/{reference}/codes");
        self.request("kiosk-1", Method::POST, &path).send().await.expect("answered")
    }
}

async fn opened(answer: Response) -> Vec<String> {
    assert_eq!(answer.status(), StatusCode::CREATED);
    let found: FoundAccounts = answer.json().await.expect("accounts");
    assert!(!found.more && found.seconds_left == 600);
    found.accounts.iter().map(|found| found.account.account_masked.reveal().clone()).collect()
}

fn masked(account: &str) -> String {
    format!("510*******{}", &account[10..])
}

#[tokio::test]
async fn a_phone_opens_the_accounts_whose_holder_fits() {
    let world = World::new().await;
    let answer = world.post("kiosk-1", "/v1/lookups", by_phone(PHONE)).await;
    let found: powerhall_api::Lookup = answer.json().await.expect("a look-up");
    assert_eq!(found.kind, LookupKind::Person);
    assert_eq!(found.proofs, [ProofWay::IdLast4, ProofWay::Code]);
    assert_eq!(found.tries, Some(3), "a customer is told how many are left");
    assert!(world.billing.keys("holdings").is_empty(), "billing is asked nothing before a proof");

    let answer = world.prove(&found.reference, id_last4("002X")).await;
    let found_accounts: FoundAccounts = answer.json().await.expect("accounts");
    let [one] = &found_accounts.accounts[..] else { panic!("{found_accounts:?}") };
    assert_eq!(one.account.account_masked.reveal(), &masked(ACCOUNT), "the other account is somebody else's");
    // Each line leads on as a look-up of that account does.
    let other = world.ask_quote("kiosk-2", &[&one.reference], "arrears").await;
    problem(other, ProblemCode::ReferenceExpired).await;
    let quote = world.ask_quote("kiosk-1", &[&one.reference], "arrears").await;
    assert_eq!(quote.status(), StatusCode::CREATED);
    let applications = format!("/v1/lookups/{}/applications", one.reference);
    let asked = world.request("kiosk-1", Method::GET, &applications).send().await.expect("answered");
    problem(asked, ProblemCode::ApplicationNotFound).await;
    assert_eq!(world.billing.keys("applications_of"), [""], "a proved holder may ask");
    // It has served its purpose.
    problem(world.prove(&found.reference, id_last4("002X")).await, ProblemCode::ReferenceExpired).await;
}

#[tokio::test]
async fn an_identity_number_opens_several_accounts() {
    let world = World::new().await;
    let reference = world.person("kiosk-1", by_id(ID_NUMBER)).await;
    assert_eq!(opened(world.prove(&reference, phone_last4("0001")).await).await, [masked(ACCOUNT)]);
    let reference = world.person("kiosk-1", by_id(ID_NUMBER)).await;
    assert_eq!(opened(world.prove(&reference, phone_last4("0002")).await).await, [masked(OTHERS[0])]);

    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    let told: CodeSent = world.ask_code(&reference).await.json().await.expect("sent");
    assert_eq!((told.seconds_left, told.again_after), (300, 60));
    let sent = world.sms.until_sent(1).await;
    assert_eq!(sent[0].0, PHONE);
    let all = opened(world.prove(&reference, code(&sent[0].1)).await).await;
    assert_eq!(all, [masked(ACCOUNT), masked(OTHERS[1])], "all that the phone has on file");
}

#[tokio::test]
async fn codes_by_identity_number_go_to_each_phone_and_open_its_accounts() {
    let world = World::new().await;
    let reference = world.person("kiosk-1", by_id(ID_NUMBER)).await;
    assert_eq!(world.ask_code(&reference).await.status(), StatusCode::ACCEPTED);
    let mut sent = world.sms.until_sent(2).await;
    sent.sort();
    assert_eq!([&*sent[0].0, &*sent[1].0], [PHONE, OTHER_PHONE]);
    assert_eq!(opened(world.prove(&reference, code(&sent[1].1)).await).await, [masked(OTHERS[0])]);
}

/// What a kiosk is told, without what names the request and the reference.
async fn told(answer: Response) -> (StatusCode, Option<String>, Value) {
    let retry = answer.headers().get("retry-after").map(|v| v.to_str().expect("ASCII").to_owned());
    let status = answer.status();
    let mut body: Value = answer.json().await.expect("JSON");
    for name in ["request_id", "reference"] {
        body.as_object_mut().expect("an object").remove(name);
    }
    (status, retry, body)
}

/// Everything that can be asked about a number that is refused, in order.
async fn walk(world: &World, request: Value, wrong: Value) -> Vec<(StatusCode, Option<String>, Value)> {
    let mut heard = Vec::new();
    for _ in 0..4 {
        let answer = world.post("kiosk-1", "/v1/lookups", request.clone()).await;
        let body = answer.text().await.expect("reads");
        let mut body: Value = serde_json::from_str(&body).expect("JSON");
        let reference = body["reference"].as_str().expect("named").to_owned();
        body.as_object_mut().expect("an object").remove("reference");
        heard.push((StatusCode::CREATED, None, body));
        for _ in 0..2 {
            heard.push(told(world.ask_code(&reference).await).await);
        }
        heard.push(told(world.prove(&reference, code("no-code")).await).await);
        for proof in [&wrong, &code("000000"), &wrong, &wrong] {
            heard.push(told(world.prove(&reference, proof.clone()).await).await);
        }
        world.clock.advance_ms(61_000);
    }
    heard
}

#[tokio::test]
async fn a_number_that_nobody_has_is_answered_as_one_that_somebody_has() {
    for (known, unknown, wrong, phones) in [
        (by_phone(PHONE), by_phone(UNKNOWN_PHONE), id_last4("9999"), 1),
        (by_id(ID_NUMBER), by_id(UNKNOWN_ID), phone_last4("9999"), 2),
    ] {
        let world = World::new().await;
        let somebody = walk(&world, known, wrong.clone()).await;
        let calls = world.billing.keys("holdings").len();
        let sent = world.sms.until_sent(4 * phones).await.len();
        let nobody = walk(&world, unknown, wrong).await;
        assert_eq!(somebody, nobody);
        assert_eq!(world.billing.keys("holdings").len(), calls * 2, "and billing is asked the same");
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(world.sms.sent().len(), sent, "there is nobody to send to");
        let codes: Vec<&str> = somebody.iter().filter_map(|(_, _, body)| body["code"].as_str()).collect();
        for refusal in ["bad_request", "too_many_codes", "proof_wrong", "proofs_exhausted", "too_many_proofs"]
        {
            assert!(codes.contains(&refusal), "{refusal} was never heard: {codes:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_takes_its_time_whether_there_is_anybody() {
    let least = Duration::from_millis(150);
    let world = World::with(|s| s.proof.answer = least).await;
    // The operator takes longer than anybody waits.
    world.sms.set_slow(Duration::from_secs(30));
    for request in [by_phone(PHONE), by_phone(UNKNOWN_PHONE)] {
        let reference = world.person("kiosk-1", request).await;
        for ask in 0..2 {
            let began = Instant::now();
            let answer = match ask {
                0 => world.ask_code(&reference).await,
                _ => world.prove(&reference, id_last4("9999")).await,
            };
            let took = began.elapsed();
            assert!(answer.status() != StatusCode::INTERNAL_SERVER_ERROR);
            assert!(took >= least && took < Duration::from_secs(10), "{took:?}");
        }
    }
    for answered in [true, false] {
        world.billing.set_down(!answered);
        let began = Instant::now();
        world.post("kiosk-1", "/v1/lookups", account_phone(ACCOUNT, "9999")).await;
        assert!(began.elapsed() >= least, "{answered}");
    }
}

#[tokio::test]
async fn a_look_up_has_its_tries_and_a_number_its_hour() {
    let world = World::new().await;
    for _ in 0..3 {
        let reference = world.person("kiosk-1", by_phone(PHONE)).await;
        for _ in 0..2 {
            let wrong =
                problem(world.prove(&reference, id_last4("9999")).await, ProblemCode::ProofWrong).await;
            assert!(!wrong.retryable);
        }
        problem(world.prove(&reference, id_last4("9999")).await, ProblemCode::ProofsExhausted).await;
        // Then even what is right opens nothing.
        problem(world.prove(&reference, id_last4("002X")).await, ProblemCode::ProofsExhausted).await;
        problem(world.ask_code(&reference).await, ProblemCode::ProofsExhausted).await;
        world.clock.advance_ms(60_000);
    }
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    problem(world.prove(&reference, id_last4("9999")).await, ProblemCode::ProofWrong).await;
    let full = world.prove(&reference, id_last4("002X")).await;
    assert_eq!(full.headers()["retry-after"], "3420");
    assert!(problem(full, ProblemCode::TooManyProofs).await.retryable);
    // Somebody else's number has its own hour; and this one opens again.
    let other = world.person("kiosk-1", by_phone(OTHER_PHONE)).await;
    assert_eq!(opened(world.prove(&other, id_last4("002X")).await).await, [masked(OTHERS[0])]);
    world.clock.advance_ms(3_420_000);
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    assert_eq!(opened(world.prove(&reference, id_last4("002X")).await).await, [masked(ACCOUNT)]);
}

#[tokio::test]
async fn many_tries_at_once_are_as_many() {
    let world = World::with(|s| s.proof.answer = Duration::from_millis(100)).await;
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    let tries = ["0000", "1111", "2222", "3333", "002X"].map(|last4| {
        let path = format!("/v1/lookups/{reference}/proofs");
        world.request("kiosk-1", Method::POST, &path).json(&id_last4(last4)).send()
    });
    for answer in tries.map(tokio::spawn) {
        answer.await.expect("no panic").expect("answered");
    }
    assert_eq!(world.billing.keys("holdings").len(), 3);
}

#[tokio::test]
async fn a_code_lives_its_time_serves_once_and_gives_way_to_the_next() {
    let world = World::new().await;
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    world.ask_code(&reference).await;
    let early = world.ask_code(&reference).await;
    assert_eq!(early.headers()["retry-after"], "60");
    assert!(problem(early, ProblemCode::TooManyCodes).await.retryable);
    let first = world.sms.until_sent(1).await[0].1.clone();
    world.clock.advance_ms(60_000);
    assert_eq!(world.ask_code(&reference).await.status(), StatusCode::ACCEPTED);
    let second = world.sms.until_sent(2).await[1].1.clone();
    if first != second {
        problem(world.prove(&reference, code(&first)).await, ProblemCode::ProofWrong).await;
    }
    world.clock.advance_ms(299_999);
    assert_eq!(opened(world.prove(&reference, code(&second)).await).await.len(), 2);
    problem(world.prove(&reference, code(&second)).await, ProblemCode::ReferenceExpired).await;

    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    world.ask_code(&reference).await;
    let third = world.sms.until_sent(3).await[2].1.clone();
    world.clock.advance_ms(300_000);
    problem(world.prove(&reference, code(&third)).await, ProblemCode::ProofWrong).await;
    world.clock.advance_ms(300_000);
    problem(world.prove(&reference, code(&third)).await, ProblemCode::ReferenceExpired).await;
    problem(world.ask_code(&reference).await, ProblemCode::ReferenceExpired).await;
}

#[tokio::test]
async fn a_phone_is_not_flooded_whichever_number_leads_to_it() {
    let world = World::with(|s| s.lookups_per_minute = 1_000).await;
    let ask = async |request: Value| {
        let reference = world.person("kiosk-1", request).await;
        let status = world.ask_code(&reference).await.status();
        world.clock.advance_ms(60_000);
        status
    };
    for _ in 0..5 {
        assert_eq!(ask(by_phone(PHONE)).await, StatusCode::ACCEPTED);
    }
    assert_eq!(ask(by_phone(PHONE)).await, StatusCode::TOO_MANY_REQUESTS);
    world.sms.until_sent(5).await;
    // By the identity number the answer does not tell whose phone is full; only the other phone is sent a code.
    assert_eq!(ask(by_id(ID_NUMBER)).await, StatusCode::ACCEPTED);
    assert_eq!(world.sms.until_sent(6).await[5].0, OTHER_PHONE);
}

#[tokio::test]
async fn a_reference_is_its_kiosks_and_only_what_fits_is_a_proof() {
    let world = World::new().await;
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    let proofs = format!("/v1/lookups/{reference}/proofs");
    problem(world.post("kiosk-2", &proofs, id_last4("002X")).await, ProblemCode::ReferenceExpired).await;
    let codes = format!("/v1/lookups/{reference}/codes");
    let other = world.request("kiosk-2", Method::POST, &codes).send().await.expect("answered");
    problem(other, ProblemCode::ReferenceExpired).await;
    for duty in ["arrears", "prepaid", "fees"] {
        problem(world.ask_quote("kiosk-1", &[&reference], duty).await, ProblemCode::ReferenceExpired).await;
    }
    let path = format!("/v1/lookups/{reference}/applications");
    let answer = world.request("kiosk-1", Method::GET, &path).send().await.expect("answered");
    problem(answer, ProblemCode::ReferenceExpired).await;
    // An account's look-up is no person's: only its phone proves whose it is.
    let account = world.lookup("kiosk-1").await;
    problem(world.prove(&account, id_last4("002X")).await, ProblemCode::BadRequest).await;
    for wrong in [
        phone_last4("0001"),
        id_last4("02X"),
        id_last4("X002"),
        id_last4("002x"),
        id_last4("００２"),
        code("12345"),
        code("12345a"),
        json!({"by": "name", "name": "张"}),
    ] {
        problem(world.prove(&reference, wrong).await, ProblemCode::BadRequest).await;
    }
    for wrong in [
        by_phone("12012345678"),
        by_phone("1391234567"),
        by_phone("+8613912345678"),
        by_id("110105194912310021"),
        by_id("11010519491231002x"),
        by_id("110105491231002"),
    ] {
        let answer = world.post("kiosk-1", "/v1/lookups", wrong.clone()).await;
        let problem = problem(answer, ProblemCode::BadRequest).await;
        let number =
            wrong.as_object().expect("an object").values().find_map(|v| v.as_str().filter(|v| v.len() > 9));
        let told = serde_json::to_string(&problem).expect("JSON");
        assert!(!told.contains(number.unwrap_or("?")), "{told}");
    }
    // None of it was a try.
    assert_eq!(opened(world.prove(&reference, id_last4("002X")).await).await.len(), 1);
}

#[tokio::test]
async fn what_fails_elsewhere_costs_no_try() {
    let world = World::with(|s| (s.proof.tries, s.proof.tries_per_hour) = (1, 1)).await;
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    world.sms.set_down(true);
    assert!(problem(world.ask_code(&reference).await, ProblemCode::SmsUnavailable).await.retryable);
    world.sms.set_down(false);
    world.billing.fault("holdings", [Fault::Lost, Fault::Lost]);
    problem(world.ask_code(&reference).await, ProblemCode::BillingUnavailable).await;
    problem(world.prove(&reference, id_last4("002X")).await, ProblemCode::BillingUnavailable).await;
    world.sms.set_loses(true);
    assert_eq!(world.ask_code(&reference).await.status(), StatusCode::ACCEPTED, "nobody can know");
    assert_eq!(opened(world.prove(&reference, id_last4("002X")).await).await, [masked(ACCOUNT)]);
    world.billing.fault("applications_of", [Fault::Lost]);
    let ask = async || world.post("kiosk-1", "/v1/lookups", account_phone(ACCOUNT, "0001")).await;
    problem(ask().await, ProblemCode::BillingUnavailable).await;
    problem(ask().await, ProblemCode::ApplicationNotFound).await;
    problem(ask().await, ProblemCode::TooManyProofs).await;
}

#[tokio::test]
async fn proofs_and_codes_count_as_look_ups_of_the_kiosk() {
    let world = World::with(|s| s.lookups_per_minute = 3).await;
    let reference = world.person("kiosk-1", by_phone(PHONE)).await;
    world.ask_code(&reference).await;
    problem(world.prove(&reference, id_last4("9999")).await, ProblemCode::ProofWrong).await;
    problem(world.prove(&reference, id_last4("002X")).await, ProblemCode::RateLimited).await;
    problem(world.ask_code(&reference).await, ProblemCode::RateLimited).await;
    world.clock.advance_ms(20_000);
    assert_eq!(opened(world.prove(&reference, id_last4("002X")).await).await, [masked(ACCOUNT)]);
}

#[tokio::test]
async fn four_digits_beside_an_account_number_are_tries_too() {
    let world = World::new().await;
    let ask =
        async |account: &str| world.post("kiosk-1", "/v1/lookups", account_phone(account, "9999")).await;
    for _ in 0..10 {
        problem(ask(ACCOUNT).await, ProblemCode::ApplicationNotFound).await;
    }
    let full = ask(ACCOUNT).await;
    assert_eq!(full.headers()["retry-after"], "3600");
    problem(full, ProblemCode::TooManyProofs).await;
    problem(ask(OTHERS[0]).await, ProblemCode::ApplicationNotFound).await;
}

#[tokio::test]
async fn a_hall_may_ask_for_codes_only() {
    let world = World::with(|s| s.proof.last4 = false).await;
    let answer = world.post("kiosk-1", "/v1/lookups", by_id(ID_NUMBER)).await;
    let found: powerhall_api::Lookup = answer.json().await.expect("a look-up");
    assert_eq!(found.proofs, [ProofWay::Code]);
    problem(world.prove(&found.reference, phone_last4("0001")).await, ProblemCode::BadRequest).await;
    let beside = world.post("kiosk-1", "/v1/lookups", account_phone(ACCOUNT, "0001")).await;
    problem(beside, ProblemCode::BadRequest).await;
    assert!(world.billing.keys("applications_of").is_empty(), "billing is not asked");
}
