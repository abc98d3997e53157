//! Calls back: asked for once however often the button is pressed, seen and done at the staff's door, told to the customer.

use powerhall_api::{Application, Applications, CallBack, ProblemCode};
use powerhall_backend::staff::{Answer, Ask, CallBackSlip};
use powerhall_backend::store::Floor;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::api::problem;
use crate::fake_billing::{ACCOUNT, APPLICATIONS};
use crate::staff::Desk;
use crate::world::World;

impl World {
    async fn application(&self, kiosk: &str, number: &str) -> Application {
        let body = json!({"by": "application", "application": number});
        let found: powerhall_api::Lookup =
            self.post(kiosk, "/v1/lookups", body).await.json().await.expect("a look-up");
        let path = format!("/v1/lookups/{}/applications", found.reference);
        let answer = self.request(kiosk, Method::GET, &path).send().await.expect("answered");
        let mut list: Applications = answer.json().await.expect("applications");
        assert_eq!(list.applications.len(), 1);
        list.applications.remove(0)
    }

    async fn ring_me(&self, kiosk: &str, reference: &str) -> Response {
        let path = format!("/v1/lookups/{reference}/call-back");
        self.request(kiosk, Method::PUT, &path).send().await.expect("answered")
    }
}

async fn waiting(desk: &Desk) -> Vec<CallBackSlip> {
    match desk.ask(Ask::CallBacks).await {
        Answer::CallBacks { call_backs } => call_backs,
        other => panic!("{other:?}"),
    }
}

async fn done(desk: &Desk, number: &str) -> bool {
    match desk.ask(Ask::CalledBack { application: number.into() }).await {
        Answer::CalledBack { call_back } => call_back.application.reveal() == number,
        Answer::Refused { .. } => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_back_is_asked_for_once_seen_and_done_by_staff_and_told_to_the_customer() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    let [(first, _), (second, _), _] = APPLICATIONS;
    let one = world.application("kiosk-1", first).await;
    assert_eq!(one.contact.expect("somebody").call_back, None);

    let answer = world.ring_me("kiosk-1", &one.reference).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told: CallBack = answer.json().await.expect("a call back");
    assert_eq!(told.ring_by, "2026-11-24");
    // The answer was lost; and somebody asks again at another kiosk.
    let again: CallBack = world.ring_me("kiosk-1", &one.reference).await.json().await.expect("a call back");
    assert_eq!(again, told);
    let elsewhere = world.application("kiosk-2", first).await;
    assert_eq!(elsewhere.contact.expect("somebody").call_back, Some(told.clone()));
    assert_eq!(world.ring_me("kiosk-2", &elsewhere.reference).await.status(), StatusCode::OK);

    let other = world.application("kiosk-2", second).await;
    assert_eq!(world.ring_me("kiosk-2", &other.reference).await.status(), StatusCode::OK);
    let seen = waiting(&desk).await;
    let numbers: Vec<_> = seen.iter().map(|slip| slip.application.reveal().as_str()).collect();
    assert_eq!(numbers, [first, second], "one for each application");
    assert_eq!((seen[0].kiosk.as_str(), seen[0].ring_by.as_str()), ("kiosk-1", "2026-11-24"));
    assert!(!format!("{seen:?}").contains(first), "masked where it could be printed");

    assert!(!done(&desk, "261105000199").await, "nobody asked about it");
    assert!(done(&desk, first).await);
    assert!(!done(&desk, first).await, "it is done");
    assert_eq!(waiting(&desk).await.len(), 1);
    let one = world.application("kiosk-1", first).await;
    assert_eq!(one.contact.expect("somebody").call_back, None, "it was made, so another can be asked for");
    assert_eq!(world.ring_me("kiosk-1", &one.reference).await.status(), StatusCode::OK);
    assert_eq!(waiting(&desk).await.len(), 2);
}

#[tokio::test]
async fn only_an_application_with_a_phone_can_be_rung_about_and_only_where_it_was_found() {
    let world = World::new().await;
    let [(number, _), _, (silent, _)] = APPLICATIONS;
    let one = world.application("kiosk-1", silent).await;
    problem(world.ring_me("kiosk-1", &one.reference).await, ProblemCode::CallBackImpossible).await;
    let one = world.application("kiosk-1", number).await;
    problem(world.ring_me("kiosk-2", &one.reference).await, ProblemCode::ReferenceExpired).await;
    problem(world.ring_me("kiosk-1", "unknown").await, ProblemCode::ReferenceExpired).await;
    let account = world.post("kiosk-1", "/v1/lookups", json!({"by": "account", "account": ACCOUNT})).await;
    let account: powerhall_api::Lookup = account.json().await.expect("a look-up");
    problem(world.ring_me("kiosk-1", &account.reference).await, ProblemCode::ReferenceExpired).await;
    assert!(world.store.call_backs().await.expect("reads").is_empty());
}
