//! Anonymous measures: each batch is counted once, by day, and the report says which step loses customers.

use powerhall_api::Measured;
use powerhall_backend::clock::day;
use powerhall_backend::measures::Report;
use powerhall_backend::staff::{Answer, Ask};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::staff::Desk;
use crate::world::World;

async fn send(world: &World, batch: &Value) -> u32 {
    let answer = world.post("kiosk-1", "/v1/measures", batch.clone()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<Measured>().await.expect("an answer").counted
}

async fn report(desk: &Desk, from: &str, to: &str) -> Option<Report> {
    match desk.ask(Ask::Steps { from: from.to_owned(), to: to.to_owned() }).await {
        Answer::Steps { report } => Some(report),
        Answer::Refused { .. } => None,
        other => panic!("{other:?}"),
    }
}

fn stay(place: &str, left: &str, ms: u32) -> Value {
    json!({"kind": "stay", "place": place, "left": left, "ms": ms})
}

#[tokio::test]
async fn a_batch_is_counted_once_and_the_report_names_the_worst_step() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    let first = json!({"id": Uuid::now_v7(), "measures": [
        stay("find_account", "next", 9_000), stay("confirm", "next", 7_000), stay("pay", "gave_up", 30_000),
        json!({"kind": "opinion", "place": "finished", "opinion": "good"}),
        json!({"kind": "gaze", "ms": 3}),
    ]});
    assert_eq!(send(&world, &first).await, 4, "what it does not know it leaves out");
    // The answer was lost.
    assert_eq!(send(&world, &first).await, 0);
    let second = json!({"id": Uuid::now_v7(), "measures": [stay("find_account", "time_out", 90_000)]});
    assert_eq!(send(&world, &second).await, 1);

    let today = day(world.backend().now()).to_string();
    let told = report(&desk, &today, &today).await.expect("a report");
    let steps: Vec<_> =
        told.steps.iter().map(|step| (step.place.as_str(), step.entered, step.lost_per_mille)).collect();
    assert_eq!(steps, [("pay", 1, 1_000), ("find_account", 2, 500), ("confirm", 1, 0)]);
    assert_eq!(told.opinions["finished"][0], 1);
    assert_eq!(report(&desk, "1999-01-01", "1999-12-31").await.expect("a report").steps, []);
    for (from, to) in [("2026-13-01", "2026-12-01"), (&*today, "1999-01-01"), ("yesterday", &today)] {
        assert_eq!(report(&desk, from, to).await, None, "{from} to {to}");
    }
}

#[tokio::test]
async fn a_batch_has_its_limits() {
    let world = World::new().await;
    let many = vec![stay("home", "next", 1); 201];
    for measures in [json!([]), json!(many), json!([stay("home", "next", 3_600_001)]), json!([{"kind": 7}])] {
        let body = json!({"id": Uuid::now_v7(), "measures": measures});
        let answer = world.post("kiosk-1", "/v1/measures", body).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
}
