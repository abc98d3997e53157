//! What customers see of applications: promised days, whose move it is, stages.

use jiff::ToSpan;
use powerhall_api::{Application, Move, PlanState, StageState, Text};
use powerhall_billing::{demo::Situation, port::Billing};
use powerhall_money::Outcome;

use crate::{HALL, TODAY, Town, definite};

async fn seen(town: &Town, number: &str) -> Application {
    let mut found = definite(town.billing.application(number, TODAY).await);
    assert_eq!(found.len(), 1);
    found.remove(0).public
}

#[tokio::test]
async fn every_state_of_every_service_is_shown_as_it_is() {
    let town = Town::new(2000, 1).await;
    let states: usize = HALL.services.values().map(|service| service.states().count()).sum();
    assert!(town.show.applications.len() >= states + HALL.services.len());
    for shown in &town.show.applications {
        let found = seen(&town, &shown.number).await;
        let service = &HALL.services[&shown.service];
        let at = format!("{} {}", shown.service, shown.state);
        assert_eq!(found.waiting_for, shown.waiting_for, "{at}");
        assert_eq!(found.now, HALL.text(&format!("now.{}", shown.state)), "{at}");
        let origin = service.promise.as_ref().map(|promise| HALL.basis_of(&promise.origin));
        assert_eq!(found.promise_basis, origin.unwrap_or_default(), "{at}");
        assert_eq!(
            found.promise.is_some(),
            !found.promise_basis.is_empty(),
            "{at}: no promise without its source"
        );
        assert_eq!(found.stages.len(), service.stages.len(), "{at}");
        assert!(found.stages.len() <= 7);
        match found.waiting_for {
            Move::Nobody => {
                assert_eq!(found.working_days_left, None, "{at}");
                assert_eq!(found.promised.is_none(), shown.state == "withdrawn", "{at}");
                // In demo data what is finished was finished in time, and its promise stands still.
                let end = found.stages.last().and_then(|stage| stage.date.clone());
                assert!(found.promised.is_none() || found.promised >= end, "{at}");
                let later = TODAY.checked_add(60.days()).unwrap();
                let then = definite(town.billing.application(&shown.number, later).await).remove(0).public;
                assert_eq!(then, found, "{at}: a finished application does not change");
            }
            Move::Company => {
                let left = found.working_days_left.unwrap();
                assert_eq!(left < 0, shown.overdue, "{at}: {left}");
                let promised = found.promised.as_deref().unwrap();
                assert_eq!(promised < TODAY.to_string().as_str(), shown.overdue, "{at}: {promised}");
            }
            Move::Customer => {
                assert!(found.working_days_left.unwrap() > 0, "{at}");
                assert!(!found.bring.is_empty() && found.place.is_some(), "{at}");
            }
        }
        // Done, then at most one current, then later; days only grow.
        let rank = |state| match state {
            StageState::Done => 0,
            StageState::Current => 1,
            StageState::Later => 2,
        };
        let ranks: Vec<_> = found.stages.iter().map(|stage| rank(stage.state)).collect();
        assert!(ranks.is_sorted(), "{at}: {ranks:?}");
        let current = found.stages.iter().filter(|stage| stage.state == StageState::Current).count();
        assert_eq!(
            current,
            usize::from(found.waiting_for != Move::Nobody || shown.state == "withdrawn"),
            "{at}"
        );
        let done = found.stages.iter().filter(|stage| stage.state == StageState::Done);
        let days: Vec<_> = done.filter_map(|stage| stage.date.clone()).collect();
        assert!(
            days.is_sorted() && days.iter().all(|day| day.as_str() <= TODAY.to_string().as_str()),
            "{at}"
        );
        for stage in &found.stages {
            assert_eq!(stage.date.is_none(), stage.state == StageState::Later, "{at}");
            assert!(stage.name.keys().eq(HALL.texts.languages()), "{at}: in every language");
        }
    }
    assert!(town.show.applications.iter().filter(|shown| shown.overdue).count() > 30);
}

#[tokio::test]
async fn the_clock_stands_still_on_the_customers_move() {
    let town = Town::new(20, 1).await;
    let number = &town.show.application(Move::Customer, false).unwrap().number;
    let today = seen(&town, number).await;
    let later = TODAY.checked_add(30.days()).unwrap();
    let then = definite(town.billing.application(number, later).await).remove(0).public;
    assert_eq!(then.working_days_left, today.working_days_left);
    assert!(then.promised > today.promised);
    let note =
        today.stages.iter().find(|stage| stage.state == StageState::Current).unwrap().note.as_ref().unwrap();
    assert_eq!(note["zh_CN"], format!("等您办好后，我们还有 {} 个工作日", today.working_days_left.unwrap()));
    // On the company's move it runs: one working day from Monday to Tuesday.
    let number = &town.show.application(Move::Company, false).unwrap().number;
    let monday = seen(&town, number).await.working_days_left.unwrap();
    let tuesday =
        definite(town.billing.application(number, TODAY.tomorrow().unwrap()).await).remove(0).public;
    assert_eq!(tuesday.working_days_left, Some(monday - 1));
    assert_eq!(tuesday.promised, seen(&town, number).await.promised, "a promise does not move by itself");
}

fn papers(keys: &[String]) -> Vec<Text> {
    keys.iter().map(|key| HALL.text(&format!("bring.{key}"))).collect()
}

#[tokio::test]
async fn what_was_handed_in_is_not_asked_for_again() {
    let town = Town::new(20, 1).await;
    let shown = town.show.handed_in().unwrap();
    let bring = |service: &str| {
        let (_, state) = HALL.services[service].state("papers_missing").unwrap();
        state.bring.clone()
    };
    assert_eq!(shown.state, "papers_missing");
    assert!(!shown.missing.is_empty() && shown.missing.len() < bring(&shown.service).len());
    assert_eq!(seen(&town, &shown.number).await.bring, papers(&shown.missing));
    // Where nothing was handed in, all of it is missing.
    let mut others = town.show.applications.iter().filter(|one| one.state == "papers_missing");
    let other = others.find(|one| one.missing.is_empty()).unwrap();
    assert_eq!(seen(&town, &other.number).await.bring, papers(&bring(&other.service)));

    let mut sql = town.sql().await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM applications WHERE number = ?")
        .bind(&shown.number)
        .fetch_one(&mut sql)
        .await
        .unwrap();
    // A further paper, before the one that is missing already.
    sqlx::query("INSERT INTO missing_papers (application_id, state, seq, paper) VALUES (?, 'papers_missing', 0, 'lease')")
        .bind(id)
        .execute(&mut sql)
        .await
        .unwrap();
    let told = [vec!["lease".to_owned()], shown.missing.clone()].concat();
    assert_eq!(seen(&town, &shown.number).await.bring, papers(&told));
    // The next state asks for its own.
    sqlx::query(
        "INSERT INTO application_events (application_id, seq, day, state) VALUES (?, 99, 20261123, 'plan_confirm')",
    )
    .bind(id)
    .execute(&mut sql)
    .await
    .unwrap();
    let (_, next) = HALL.services[&shown.service].state("plan_confirm").unwrap();
    assert_eq!(seen(&town, &shown.number).await.bring, papers(&next.bring));
    // A paper that the hall has no words for is never shown as if it had.
    sqlx::query("INSERT INTO missing_papers (application_id, state, seq, paper) VALUES (?, 'plan_confirm', 1, 'unheard_of')")
        .bind(id)
        .execute(&mut sql)
        .await
        .unwrap();
    assert!(matches!(town.billing.application(&shown.number, TODAY).await, Outcome::Unknown(_)));
}

#[tokio::test]
async fn account_and_phone_find_all_and_a_wrong_digit_finds_none() {
    let town = Town::new(20, 1).await;
    let account = town.show.account(Situation::HasApplications).unwrap();
    let find = |number: &str, last4: &str| {
        let (number, last4) = (number.to_owned(), last4.to_owned());
        let billing = town.billing.clone();
        async move { definite(billing.applications_of(&number, &last4, TODAY).await) }
    };
    let found = find(&account.number, &account.phone_last4).await;
    assert!(found.len() >= 5);
    assert!(found.is_sorted_by(|a, b| a.public.accepted >= b.public.accepted), "newest first");
    let wrong = if account.phone_last4 == "0000" { "0001" } else { "0000" };
    assert!(find(&account.number, wrong).await.is_empty());
    assert!(find(&account.number, "").await.is_empty());
    assert!(find("5109999999999", &account.phone_last4).await.is_empty());
    assert!(definite(town.billing.application("000000000000", TODAY).await).is_empty());
    assert!(
        found.iter().any(|one| one.id.0 == town.show.applications[0].number),
        "billing's name is the number"
    );
    assert!(!format!("{:?}", found[0]).contains(&found[0].id.0), "masked where it could be printed");
    let one = &found[0].public;
    assert_eq!(one.number_masked.reveal().chars().count(), 12);
    assert!(one.number_masked.reveal().contains("**"));
    assert_eq!(one.applicant_masked.reveal().chars().count(), 2);
}

#[tokio::test]
async fn a_plan_that_ends_soon_or_has_ended_is_told_until_the_works_are_done() {
    let town = Town::new(20, 1).await;
    for state in [PlanState::Ending, PlanState::TooLate, PlanState::Over] {
        let shown = town.show.planned(state).unwrap();
        let plan = seen(&town, &shown.number).await.plan.unwrap();
        assert_eq!(plan.state, state);
        assert_eq!(plan.valid_until.as_str() < TODAY.to_string().as_str(), state == PlanState::Over);
        assert_eq!(plan.extend_by.as_str() < TODAY.to_string().as_str(), state != PlanState::Ending);
        assert!(plan.extend_by < plan.valid_until);
        assert!(plan.basis[0]["zh_CN"].contains("高压一年"), "the legal basis stands with it");
    }
    for shown in &town.show.applications {
        let found = seen(&town, &shown.number).await;
        let runs = HALL.services[&shown.service].plan_runs(&shown.state);
        assert_eq!(found.plan.is_some(), runs, "{} {}", shown.service, shown.state);
    }
    // An extension that was granted moves the end.
    let shown = town.show.planned(PlanState::Over).unwrap();
    sqlx::query("UPDATE applications SET plan_until = 20270630 WHERE number = ?")
        .bind(&shown.number)
        .execute(&mut town.sql().await)
        .await
        .unwrap();
    let plan = seen(&town, &shown.number).await.plan.unwrap();
    assert_eq!((plan.state, plan.valid_until.as_str()), (PlanState::Holds, "2027-06-30"));
}

#[tokio::test]
async fn who_looks_after_an_application_is_a_role_and_the_phone_shows_no_second_factor() {
    let town = Town::new(20, 1).await;
    for shown in &town.show.applications {
        let found = seen(&town, &shown.number).await;
        assert_eq!(found.contact.is_none(), found.waiting_for == Move::Nobody, "over is over");
        let Some(contact) = found.contact else { continue };
        assert_eq!(contact.role, HALL.text(&format!("role.{}", HALL.services[&shown.service].role)));
        let phone = contact.phone_masked.unwrap();
        assert_eq!((phone.reveal().len(), phone.reveal().matches('*').count()), (11, 6));
        assert!(phone.reveal().ends_with(&shown.phone_last4[2..]));
        assert_eq!(contact.ring_by, "2026-11-24");
        assert_eq!(contact.call_back, None, "not billing's to know");
    }
    let shown = town.show.application(Move::Company, false).unwrap();
    sqlx::query("UPDATE applications SET phone = '' WHERE number = ?")
        .bind(&shown.number)
        .execute(&mut town.sql().await)
        .await
        .unwrap();
    let contact = seen(&town, &shown.number).await.contact.unwrap();
    assert_eq!(contact.phone_masked, None, "nobody can be rung without a number");
}
