//! Scheduled suspensions: made and ended at the staff's door, told to the kiosks with seconds that their clocks need not
//! know the time for, and over by themselves.

use powerhall_api::{CheckInAnswer, Scope, Suspension};
use powerhall_backend::staff::{Answer, Ask, SuspensionSlip};
use serde_json::json;

use crate::staff::{Desk, me};
use crate::world::World;

/// The worlds' clocks stand at ten in the morning.
const TODAY: &str = "2026-11-23";

async fn told(world: &World) -> Vec<Suspension> {
    let body = json!({"version": "0.1.0", "journal_ok": true, "open_orders": 0});
    let answer: CheckInAnswer =
        world.post("kiosk-1", "/v1/check-ins", body).await.json().await.expect("an answer");
    assert_eq!(answer.payment_closed, None, "the kiosk closes by itself when it is time");
    answer.suspensions
}

async fn ask(desk: &Desk, ask: Ask) -> Result<Vec<SuspensionSlip>, String> {
    match desk.ask(ask).await {
        Answer::Suspensions { suspensions } => Ok(suspensions),
        Answer::Refused { why } => Err(why),
        other => panic!("{other:?}"),
    }
}

fn suspend(from: Option<&str>, until: &str, reason: &str, payment_only: bool) -> Ask {
    let time = |hour: &str| format!("{TODAY} {hour}");
    Ask::Suspend { from: from.map(time), until: time(until), reason: reason.to_owned(), payment_only }
}

#[tokio::test]
async fn one_is_made_told_ahead_of_time_and_called_off() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    assert_eq!(told(&world).await, []);
    let made = ask(&desk, suspend(Some("18:00"), "20:00", "upgrade", false)).await.expect("made");
    assert_eq!((made.len(), made[0].made_by.as_str(), made[0].payment_only), (1, me().as_str(), false));
    let seen = told(&world).await;
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].begins_in, seen[0].ends_in), (8 * 3_600, 10 * 3_600));
    assert_eq!((seen[0].scope, seen[0].from.as_str()), (Scope::All, "2026-11-23T18:00:00+08:00"));
    assert_eq!(seen[0].reason["zh_CN"], "系统升级");
    world.clock.advance_ms(9 * 3_600_000);
    let seen = told(&world).await;
    assert_eq!((seen[0].begins_in, seen[0].ends_in), (0, 3_600));
    assert_eq!(ask(&desk, Ask::Suspensions).await.expect("listed"), made);
    let ended = ask(&desk, Ask::Resume { id: made[0].id }).await.expect("ended");
    assert_eq!(ended, made);
    assert_eq!(told(&world).await, []);
    assert!(ask(&desk, Ask::Resume { id: made[0].id }).await.is_err(), "once");
}

#[tokio::test]
async fn one_that_nobody_ends_is_over_by_itself() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    ask(&desk, suspend(None, "11:00", "maintenance", true)).await.expect("made");
    let seen = told(&world).await;
    assert_eq!((seen[0].scope, seen[0].begins_in, seen[0].ends_in), (Scope::Payment, 0, 3_600));
    world.clock.advance_ms(3_600_000);
    assert_eq!(told(&world).await, []);
    assert_eq!(ask(&desk, Ask::Suspensions).await.expect("listed"), []);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_in_words() {
    let world = World::new().await;
    let desk = Desk::open(&world).await;
    for (question, words) in [
        (suspend(Some("20:00"), "18:00", "upgrade", false), "after --from"),
        (suspend(Some("08:00"), "09:00", "upgrade", false), "has passed"),
        (suspend(Some("six"), "20:00", "upgrade", false), "yyyy-mm-dd hh:mm"),
        (suspend(Some("18:00"), "20:00", "because", false), "maintenance"),
    ] {
        let why = ask(&desk, question).await.expect_err("refused");
        assert!(why.contains(words), "{why}");
    }
    assert_eq!(told(&world).await, []);
}
