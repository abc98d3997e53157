//! Payments of an account, our receipts among them, and their e-invoices: nothing without a second factor, one invoice for
//! each payment, and a link that ends.

use powerhall_api::{Collect, Deliver, FoundAccounts, Invoice, InvoiceState, PaidBy, Payments, ProblemCode};
use powerhall_money::Fen;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::api::problem;
use crate::fake_billing::{ACCOUNT, CREDIT, ELSEWHERE, NAME, PHONE};
use crate::fake_channel::Fault;
use crate::world::World;

impl World {
    async fn prove_holder(&self, kiosk: &str, last4: &str) -> Response {
        let reference = self.lookup(kiosk).await;
        let path = format!("/v1/lookups/{reference}/proofs");
        self.post(kiosk, &path, json!({"by": "phone_last4", "phone_last4": last4})).await
    }

    /// A look-up with the proof that it is the holder.
    async fn holder(&self, kiosk: &str) -> String {
        let answer = self.prove_holder(kiosk, &PHONE[7..]).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let found: FoundAccounts = answer.json().await.expect("accounts");
        let [one] = &found.accounts[..] else { panic!("{found:?}") };
        one.reference.clone()
    }

    async fn ask_payments(&self, kiosk: &str, reference: &str) -> Response {
        let path = format!("/v1/lookups/{reference}/payments");
        self.request(kiosk, Method::GET, &path).send().await.expect("answered")
    }

    async fn ask_invoice(&self, kiosk: &str, reference: &str, number: &str) -> Response {
        let path = format!("/v1/lookups/{reference}/payments/{number}/invoice");
        self.request(kiosk, Method::POST, &path).send().await.expect("answered")
    }

    async fn follow(&self, link: &str) -> Response {
        self.client.get(link).send().await.expect("answered")
    }
}

async fn invoice(answer: Response) -> Invoice {
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.expect("an invoice")
}

#[tokio::test]
async fn an_account_number_alone_shows_no_payment() {
    let world = World::new().await;
    let reference = world.lookup("kiosk-1").await;
    problem(world.ask_payments("kiosk-1", &reference).await, ProblemCode::ProofNeeded).await;
    problem(world.ask_invoice("kiosk-1", &reference, ELSEWHERE).await, ProblemCode::ProofNeeded).await;
    let wrong = world.prove_holder("kiosk-1", "9999").await;
    problem(wrong, ProblemCode::ProofWrong).await;
    problem(world.ask_payments("kiosk-1", &reference).await, ProblemCode::ProofNeeded).await;

    let holder = world.holder("kiosk-1").await;
    assert_eq!(world.ask_payments("kiosk-1", &holder).await.status(), StatusCode::OK);
    problem(world.ask_payments("kiosk-2", &holder).await, ProblemCode::ReferenceExpired).await;
    assert!(world.billing.keys("payments").iter().all(|since| since == "2025-11-23"));
    world.clock.advance_ms(600_000);
    problem(world.ask_payments("kiosk-1", &holder).await, ProblemCode::ReferenceExpired).await;
}

#[tokio::test]
async fn digits_are_counted_at_the_number_and_only_digits_of_the_phone_are_a_proof() {
    let world = World::new().await;
    let reference = world.lookup("kiosk-1").await;
    let path = format!("/v1/lookups/{reference}/proofs");
    let other = world.post("kiosk-1", &path, json!({"by": "id_last4", "id_last4": "002X"})).await;
    problem(other, ProblemCode::BadRequest).await;
    for _ in 0..10 {
        problem(world.prove_holder("kiosk-2", "9999").await, ProblemCode::ProofWrong).await;
    }
    let refused = world.prove_holder("kiosk-1", &PHONE[7..]).await;
    assert!(refused.headers().contains_key("retry-after"));
    problem(refused, ProblemCode::TooManyProofs).await;
    world.clock.advance_ms(3_600_000);
    assert_eq!(world.prove_holder("kiosk-1", &PHONE[7..]).await.status(), StatusCode::CREATED);
    // A proof that could not be checked costs nothing.
    world.billing.fault("holding", std::iter::repeat_n(Fault::Lost, 12));
    for _ in 0..12 {
        problem(world.prove_holder("kiosk-1", &PHONE[7..]).await, ProblemCode::BillingUnavailable).await;
    }
    assert_eq!(world.prove_holder("kiosk-1", &PHONE[7..]).await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn our_payments_have_the_receipt_that_was_given_after_paying() {
    let world = World::new().await;
    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    let posted = |order: &powerhall_api::Order| order.lines[0].deliver == Deliver::Posted;
    let order = world.in_time("kiosk-1", id, "posted", posted).await;
    assert_eq!(order.collect, Collect::Paid);

    let holder = world.holder("kiosk-2").await;
    let list: Payments = world.ask_payments("kiosk-2", &holder).await.json().await.expect("payments");
    assert_eq!(list.since, "2025-11-23");
    assert_eq!(list.account.account_masked.reveal(), &format!("510*******{}", &ACCOUNT[10..]));
    let [ours, counter, credit] = &list.payments[..] else { panic!("{list:?}") };
    assert_eq!(ours.receipt, order.receipt, "the same receipt");
    assert_eq!((ours.way, ours.invoice), (PaidBy::Kiosk, InvoiceState::Open));
    assert_eq!((counter.way, &counter.receipt), (PaidBy::Counter, &None));
    assert_eq!(credit.invoice, InvoiceState::None, "nothing is settled yet");
    let refused = world.ask_invoice("kiosk-2", &holder, CREDIT).await;
    problem(refused, ProblemCode::InvoiceRefused).await;
}

#[tokio::test]
async fn one_payment_is_one_invoice_however_often_it_is_asked_for() {
    let mut world = World::new().await;
    let holder = world.holder("kiosk-1").await;
    let first = invoice(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await).await;
    assert_eq!((first.total_fen, first.tax_fen), (Fen::new(11_300), Fen::new(1_300)));
    assert_eq!((first.buyer_masked.reveal().as_str(), first.day.as_str()), ("张*", "2026-11-23"));
    let again = invoice(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await).await;
    assert_eq!(again.number, first.number);
    assert_ne!(again.link, first.link);
    world.kill_and_restart().await;
    let holder = world.holder("kiosk-2").await;
    let later = invoice(world.ask_invoice("kiosk-2", &holder, ELSEWHERE).await).await;
    assert_eq!(later.number, first.number);
    assert_eq!(world.invoices.asked().len(), 1, "the platform is asked once");
    let list: Payments = world.ask_payments("kiosk-2", &holder).await.json().await.expect("payments");
    assert_eq!(list.payments[0].invoice, InvoiceState::Issued);
    for number in ["E9", "", "..", "E1%2F.."] {
        let answer = world.ask_invoice("kiosk-2", &holder, number).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{number}");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_invoice_and_a_refusal_stays() {
    let world = World::new().await;
    let holder = world.holder("kiosk-1").await;
    world.invoices.fault([Fault::AnswerLost, Fault::Lost]);
    let lost = world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await;
    problem(lost, ProblemCode::InvoiceUnavailable).await;
    let soon = world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await;
    assert_eq!(soon.headers().get("retry-after").expect("says when"), "5");
    problem(soon, ProblemCode::InvoiceUnavailable).await;
    assert_eq!(world.invoices.asked().len(), 1, "not before its time");
    world.clock.advance_ms(5_000);
    problem(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await, ProblemCode::InvoiceUnavailable).await;
    world.clock.advance_ms(10_000);
    let there = invoice(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await).await;
    assert_eq!((there.number.as_str(), world.invoices.issued()), ("00000000000000000001", 1));
    let asked = world.invoices.asked();
    assert!(asked.iter().all(|request| *request == asked[0]), "the same at every try");

    let id = world.order("kiosk-1", 15_000).await;
    let number = world.shown("kiosk-1", id).await;
    world.channel.pay(&number);
    world.in_time("kiosk-1", id, "posted", |order| order.lines[0].deliver == Deliver::Posted).await;
    world.invoices.fault([Fault::Refused]);
    for _ in 0..2 {
        problem(world.ask_invoice("kiosk-1", &holder, "B1").await, ProblemCode::InvoiceRefused).await;
    }
    assert_eq!(world.invoices.asked().len(), 4, "refused for good");
}

#[tokio::test]
async fn a_phone_gets_the_document_by_the_link_until_it_ends() {
    let world = World::new().await;
    let holder = world.holder("kiosk-1").await;
    let told = invoice(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await).await;
    assert_eq!(told.seconds_left, 600);
    for secret in [ACCOUNT, ELSEWHERE, &told.number, &PHONE[7..]] {
        let name = told.link.rsplit('/').next().expect("a name");
        assert!(!name.contains(secret) || secret.len() < 5, "{secret} in {}", told.link);
    }
    let paper = world.follow(&told.link).await;
    assert_eq!(paper.status(), StatusCode::OK);
    let header = |name: &str| paper.headers()[name].to_str().expect("ASCII").to_owned();
    assert_eq!(header("content-type"), "application/pdf");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert!(header("x-robots-tag").contains("noindex"));
    assert!(header("content-disposition").contains(&told.number));
    let text = paper.text().await.expect("text here");
    assert!(text.contains(NAME) && text.contains(&told.number), "the whole name is on paper only");

    world.billing.set_down(true);
    let down = world.follow(&told.link).await;
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(down.text().await.expect("a page").contains("请稍后再试"));
    world.billing.set_down(false);
    world.clock.advance_ms(600_000);
    for link in [told.link.clone(), format!("{}/i/{:032x}", world.base, 7), format!("{}/i/x", world.base)] {
        let ended = world.follow(&link).await;
        assert_eq!(ended.status(), StatusCode::NOT_FOUND);
        assert_eq!(ended.headers()["cache-control"], "no-store");
        let page = ended.text().await.expect("a page");
        assert!(page.contains("链接已失效") && !page.contains(&told.number), "{page}");
    }
}

#[tokio::test]
async fn trying_links_takes_nothing_from_the_phones_that_have_one() {
    let world = World::with(|settings| settings.downloads_per_minute = 3).await;
    let holder = world.holder("kiosk-1").await;
    let told = invoice(world.ask_invoice("kiosk-1", &holder, ELSEWHERE).await).await;
    let guessed = format!("{}/i/{:032x}", world.base, 7);
    for _ in 0..10 {
        assert_eq!(world.follow(&guessed).await.status(), StatusCode::NOT_FOUND);
    }
    for _ in 0..3 {
        assert_eq!(world.follow(&told.link).await.status(), StatusCode::OK);
    }
    assert_eq!(world.follow(&told.link).await.status(), StatusCode::TOO_MANY_REQUESTS);
    world.clock.advance_ms(20_000);
    assert_eq!(world.follow(&told.link).await.status(), StatusCode::OK);
}
