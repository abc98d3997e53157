//! Accounts found by whose they are.

use powerhall_api::Personal;
use powerhall_billing::{
    demo::Situation,
    port::{Billing, Holder, Holdings},
};

use crate::{Town, connect, definite};

async fn held(town: &Town, of: Holder) -> Holdings {
    definite(town.billing.holdings(&of).await)
}

fn numbers(holdings: &Holdings) -> Vec<&str> {
    holdings.accounts.iter().map(|holding| holding.account.id.0.as_str()).collect()
}

#[tokio::test]
async fn a_persons_three_accounts_are_found_by_phone_and_by_identity_number() {
    let town = Town::new(100, 1).await;
    let three = [Situation::FirstOfThree, Situation::SecondOfThree, Situation::ThirdOfThree]
        .map(|situation| town.show.account(situation).unwrap());
    let id_number = three[0].id_number.clone().unwrap();
    for by in [Holder::Phone(three[0].phone.as_str().into()), Holder::IdNumber(id_number.as_str().into())] {
        let found = held(&town, by).await;
        assert_eq!(numbers(&found), three.map(|shown| shown.number.as_str()));
        assert!(!found.more);
        for holding in &found.accounts {
            assert_eq!(holding.phone.reveal(), &three[0].phone);
            assert_eq!(holding.id_last4, Some(Personal::from(&id_number[14..])));
            let again = definite(town.billing.find_account(&holding.account.id.0).await).unwrap();
            assert_eq!(again, holding.account, "as by its number");
        }
    }
}

#[tokio::test]
async fn a_family_shares_a_phone_and_no_identity_number() {
    let town = Town::new(100, 1).await;
    let one = town.show.account(Situation::RareCharacter).unwrap();
    let other = town.show.account(Situation::SharesPhone).unwrap();
    assert_eq!(one.phone, other.phone);
    let found = held(&town, Holder::Phone(one.phone.as_str().into())).await;
    assert_eq!(numbers(&found), [one.number.as_str(), other.number.as_str()]);
    assert_ne!(found.accounts[0].id_last4, found.accounts[1].id_last4);
    let found = held(&town, Holder::IdNumber(one.id_number.as_deref().unwrap().into())).await;
    assert_eq!(numbers(&found), [one.number.as_str()]);
}

#[tokio::test]
async fn companies_closed_accounts_and_nobody() {
    let town = Town::new(100, 1).await;
    let plant = town.show.account(Situation::Industry).unwrap();
    assert_eq!(plant.id_number, None);
    let found = held(&town, Holder::Phone(plant.phone.as_str().into())).await;
    assert_eq!((numbers(&found), found.accounts[0].id_last4.clone()), (vec![plant.number.as_str()], None));
    let closed = town.show.account(Situation::Closed).unwrap();
    assert_eq!(held(&town, Holder::Phone(closed.phone.as_str().into())).await, Holdings::default());
    for nobody in ["", "15499999999", "%", "' OR 1 = 1 --"] {
        assert_eq!(held(&town, Holder::Phone(nobody.into())).await, Holdings::default());
        assert_eq!(held(&town, Holder::IdNumber(nobody.into())).await, Holdings::default());
    }
}

#[tokio::test]
async fn of_very_many_accounts_a_hundred_are_told() {
    let town = Town::new(150, 1).await;
    sqlx::query("UPDATE accounts SET phone = '15400000000', closed_on = NULL")
        .execute(&mut town.sql().await)
        .await
        .unwrap();
    let found = held(&town, Holder::Phone("15400000000".into())).await;
    assert!(found.more);
    assert_eq!(found.accounts.len(), 100);
    assert!(numbers(&found).is_sorted());
}

/// A search must not walk a town of a million.
#[tokio::test]
async fn searches_go_by_an_index() {
    let town = Town::new(20, 1).await;
    let mut sql = connect(&town.path()).await;
    for column in ["phone", "id_number"] {
        let query =
            format!("EXPLAIN QUERY PLAN SELECT * FROM accounts WHERE {column} = ? AND closed_on IS NULL");
        let plan: (i64, i64, i64, String) =
            sqlx::query_as(sqlx::AssertSqlSafe(query)).bind("1").fetch_one(&mut sql).await.unwrap();
        assert!(plan.3.contains(&format!("accounts_by_{column}")), "{}", plan.3);
    }
}
