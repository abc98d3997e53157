//! Planned outages: of everybody, and of an account.

use jiff::Timestamp;
use powerhall_api::Outage;
use powerhall_billing::port::{AccountId, Billing};
use powerhall_money::Outcome;

use crate::{TODAY, Town, connect, definite};

/// Midnight in Beijing, so many days on.
fn day(days: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T00:00:00+08:00".parse().unwrap();
    Timestamp::from_second(start.as_second() + days * 86_400).unwrap()
}

fn seen(outages: &[Outage]) -> Vec<(&str, &str, &str)> {
    outages.iter().map(|one| (one.area["zh_CN"].as_str(), one.from.as_str(), one.until.as_str())).collect()
}

#[tokio::test]
async fn what_is_planned_is_told_in_order_until_it_is_over() {
    let town = Town::new(200, 1).await;
    assert_eq!(TODAY.to_string(), "2026-11-23");
    let all = definite(town.billing.outages(day(0)).await);
    assert_eq!(
        seen(&all)[..2],
        [
            ("滨河", "2026-11-24T07:00:00+08:00", "2026-11-24T19:30:00+08:00"),
            ("城南", "2026-11-26T08:30:00+08:00", "2026-11-26T17:00:00+08:00"),
        ]
    );
    assert_eq!(seen(&all)[4].2, "2026-12-06T06:00:00+08:00", "over midnight");
    assert!(all.windows(2).all(|pair| pair[0].from <= pair[1].from));
    assert_eq!(all[1].streets["zh_CN"], "解放路、人民路");
    assert_eq!(all[1].reason["en"], "Line maintenance");
    let later = definite(town.billing.outages(day(2)).await);
    assert_eq!(later, all[1..]);
    assert_eq!(definite(town.billing.outages(day(400)).await), []);
}

#[tokio::test]
async fn an_account_is_in_those_of_its_street() {
    let town = Town::new(200, 1).await;
    let all = definite(town.billing.outages(day(0)).await);
    let mut in_some = 0;
    for shown in &town.show.accounts {
        let account = AccountId(shown.number.clone());
        let own = definite(town.billing.outages_of(&account, day(0)).await);
        assert_eq!(own.len(), usize::try_from(shown.outages).unwrap());
        assert!(own.iter().all(|one| all.contains(one)));
        let mut file = connect(&town.path()).await;
        let address: String = sqlx::query_scalar("SELECT address FROM accounts WHERE number = ?")
            .bind(&shown.number)
            .fetch_one(&mut file)
            .await
            .unwrap();
        let expected = all
            .iter()
            .filter(|one| one.streets["zh_CN"].split('、').any(|street| address.contains(street)))
            .count();
        if own.len() != expected {
            // A closed account has no power to lose.
            assert_eq!(own, []);
        }
        in_some += usize::from(!own.is_empty());
        assert_eq!(definite(town.billing.outages_of(&account, day(400)).await), []);
    }
    assert!((1..town.show.accounts.len()).contains(&in_some), "some are in one, some are not: {in_some}");
    let nobody = town.billing.outages_of(&AccountId("5109999999999".to_owned()), day(0)).await;
    assert_eq!(nobody, Outcome::Rejected("account_unknown".to_owned()));
}
