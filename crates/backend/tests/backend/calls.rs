//! Calls for the guide: made once however often they are sent, seen and taken at the staff's door, told back at check-in.

use powerhall_api::{Call, CallState, CheckInAnswer, Place};
use powerhall_backend::calls::LIVES_MS;
use powerhall_backend::staff::{Answer, Ask, CallSlip};
use powerhall_backend::store::Floor;
use powerhall_money::Moment;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::staff::{Desk, me};
use crate::world::World;

fn request(id: Uuid) -> Value {
    json!({"id": id, "place": "pay", "reference": "3F7K-9Q2M-X"})
}

async fn call(world: &World, kiosk: &str, body: Value) -> CallState {
    let answer = world.post(kiosk, "/v1/calls", body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Call>().await.expect("a call").state
}

/// What a check-in says of a call.
async fn told(world: &World, kiosk: &str, id: Option<Uuid>) -> Option<CallState> {
    let mut body = json!({"version": "0.1.0", "journal_ok": true, "open_orders": 0});
    if let Some(id) = id {
        body["call"] = json!(id);
    }
    let answer: CheckInAnswer =
        world.post(kiosk, "/v1/check-ins", body).await.json().await.expect("an answer");
    assert_eq!(answer.call.map(|call| call.id), id);
    answer.call.map(|call| call.state)
}

async fn seen(desk: &Desk) -> Vec<CallSlip> {
    match desk.ask(Ask::Calls).await {
        Answer::Calls { calls } => calls,
        other => panic!("{other:?}"),
    }
}

async fn attend(desk: &Desk, kiosk: &str, done: bool) -> Option<CallSlip> {
    match desk.ask(Ask::Attend { kiosk: kiosk.to_owned(), done }).await {
        Answer::Attended { call } => Some(call),
        Answer::Refused { .. } => None,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_is_seen_taken_and_ended_by_staff_and_the_kiosk_is_told() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    let id = Uuid::now_v7();
    assert_eq!(told(&world, "kiosk-1", None).await, None);
    // The answer was lost, so the kiosk asks again.
    assert_eq!(call(&world, "kiosk-1", request(id)).await, CallState::Open);
    assert_eq!(call(&world, "kiosk-1", request(id)).await, CallState::Open);
    let calls = seen(&desk).await;
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!((calls[0].kiosk.as_str(), calls[0].place.as_str()), ("kiosk-1", Place::Pay.name()));
    assert_eq!(calls[0].reference.as_deref(), Some("3F7K-9Q2M-X"));
    assert_eq!(told(&world, "kiosk-1", Some(id)).await, Some(CallState::Open));
    assert_eq!(told(&world, "kiosk-2", Some(id)).await, Some(CallState::Done), "another kiosk's is nobody's");

    assert_eq!(attend(&desk, "kiosk-2", false).await, None);
    let taken = attend(&desk, "kiosk-1", false).await.expect("taken");
    assert_eq!(taken.taken_by, Some(me()));
    assert_eq!(told(&world, "kiosk-1", Some(id)).await, Some(CallState::Taken));
    attend(&desk, "kiosk-1", true).await.expect("ended");
    assert_eq!(told(&world, "kiosk-1", Some(id)).await, Some(CallState::Done));
    assert_eq!(seen(&desk).await, []);
    assert_eq!(attend(&desk, "kiosk-1", true).await, None);
    // The same call, late: it stays done, and nobody is sent again.
    assert_eq!(call(&world, "kiosk-1", request(id)).await, CallState::Done);
    assert_eq!(seen(&desk).await, []);
}

#[tokio::test]
async fn a_kiosk_has_one_call_and_may_end_it() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    let [first, second] = [Uuid::now_v7(), Uuid::now_v7()];
    call(&world, "kiosk-1", request(first)).await;
    call(&world, "kiosk-1", json!({"id": second, "place": "home"})).await;
    let calls = seen(&desk).await;
    assert_eq!(calls.iter().map(|c| c.place.as_str()).collect::<Vec<_>>(), ["home"]);
    assert_eq!(told(&world, "kiosk-1", Some(first)).await, Some(CallState::Done));
    let path = format!("/v1/calls/{second}/end");
    // Somebody else's, then its own, then again.
    for (kiosk, left) in [("kiosk-2", 1), ("kiosk-1", 0), ("kiosk-1", 0)] {
        let ended = world.post(kiosk, &path, json!({})).await;
        assert_eq!(ended.json::<Call>().await.expect("a call").state, CallState::Done);
        assert_eq!(seen(&desk).await.len(), left);
    }
}

#[tokio::test]
async fn an_id_stands_for_one_call_and_nothing_personal_is_taken() {
    let world = World::new().await;
    let id = Uuid::now_v7();
    call(&world, "kiosk-1", request(id)).await;
    let other = json!({"id": id, "place": "home"});
    for (kiosk, body, status) in [
        ("kiosk-1", other, StatusCode::UNPROCESSABLE_ENTITY),
        ("kiosk-2", request(id), StatusCode::UNPROCESSABLE_ENTITY),
        (
            "kiosk-1",
            json!({"id": Uuid::now_v7(), "place": "pay", "reference": "张三"}),
            StatusCode::BAD_REQUEST,
        ),
        ("kiosk-1", json!({"id": "x", "place": "pay"}), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(world.post(kiosk, "/v1/calls", body).await.status(), status);
    }
    // A page of a newer kiosk.
    assert_eq!(
        call(&world, "kiosk-1", json!({"id": Uuid::now_v7(), "place": "moon"})).await,
        CallState::Open
    );
}

#[tokio::test]
async fn a_call_that_nobody_ends_is_over_by_itself() {
    let world = World::new().await;
    let id = Uuid::now_v7();
    call(&world, "kiosk-1", request(id)).await;
    let made = world.store.calls(Moment(0)).await.expect("reads")[0].at;
    assert_eq!(world.store.calls(made.plus_ms(LIVES_MS - 1)).await.expect("reads").len(), 1);
    assert!(world.store.calls(made.plus_ms(LIVES_MS)).await.expect("reads").is_empty());
}
