//! Planned outages: a part of what is published, which changes with them, and of the account that a look-up found.

use powerhall_api::{CheckInAnswer, Hall, Outages};
use powerhall_backend::board::ASK_EVERY_MS;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::world::World;

async fn edition(world: &World) -> String {
    let body = json!({"version": "0.1.0", "journal_ok": true, "open_orders": 0});
    let answer: CheckInAnswer =
        world.post("kiosk-1", "/v1/check-ins", body).await.json().await.expect("an answer");
    answer.hall
}

async fn published(world: &World) -> Hall {
    let answer = world.request("kiosk-1", Method::GET, "/v1/hall").send().await.expect("answered");
    answer.json().await.expect("the hall")
}

#[tokio::test]
async fn what_billing_plans_is_published_and_stays_while_billing_is_away() {
    let world = World::new().await;
    world.billing.set_down(true);
    let unknown = edition(&world).await;
    assert_eq!(published(&world).await.outages, None, "not known is not none");
    world.billing.set_down(false);
    assert_eq!(edition(&world).await, unknown, "asked now and then, not by every kiosk");
    world.clock.advance_ms(ASK_EVERY_MS);
    let first = edition(&world).await;
    assert_ne!(first, unknown);
    let told = published(&world).await;
    assert_eq!((told.edition.as_str(), told.outages.as_ref().map(Vec::len)), (first.as_str(), Some(1)));
    world.clock.advance_ms(ASK_EVERY_MS);
    assert_eq!(edition(&world).await, first, "the same outages are the same edition");
    world.billing.set_down(true);
    world.clock.advance_ms(ASK_EVERY_MS);
    assert_eq!(published(&world).await, told, "the last that was known");
}

#[tokio::test]
async fn an_account_sees_its_own_masked() {
    let world = World::new().await;
    let path = |reference: &str| format!("/v1/lookups/{reference}/outages");
    let reference = world.lookup("kiosk-1").await;
    let get = async |kiosk: &str, reference: &str| {
        world.request(kiosk, Method::GET, &path(reference)).send().await.expect("answered")
    };
    let answer = get("kiosk-1", &reference).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let told: Outages = answer.json().await.expect("outages");
    assert_eq!(told.outages.len(), 1);
    assert!(told.account_masked.reveal().contains("***"), "masked");
    assert_eq!(get("kiosk-2", &reference).await.status(), StatusCode::NOT_FOUND, "another kiosk's");
    assert_eq!(get("kiosk-1", "nobody").await.status(), StatusCode::NOT_FOUND);
    world.billing.set_down(true);
    assert_eq!(get("kiosk-1", &reference).await.status(), StatusCode::SERVICE_UNAVAILABLE);
}
