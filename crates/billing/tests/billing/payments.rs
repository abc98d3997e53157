//! What was paid, by whichever way, and what an invoice of it says.

use jiff::{ToSpan, civil::date};
use powerhall_api::PaidBy;
use powerhall_billing::{
    demo::Situation,
    port::{AccountId, Billing, Payment},
};
use powerhall_money::Fen;
use sqlx::Row;

use crate::{TODAY, Town, definite, posting, rejected, total};

async fn payments(town: &Town, account: &AccountId) -> Vec<Payment> {
    definite(town.billing.payments(account, TODAY.saturating_sub(12.months())).await)
}

#[tokio::test]
async fn every_payment_adds_up_and_lies_within_the_year() {
    let town = Town::new(120, 3).await;
    let mut sql = town.sql().await;
    let numbers = sqlx::query("SELECT number FROM accounts").fetch_all(&mut sql).await.unwrap();
    let mut ways = std::collections::BTreeSet::new();
    for row in numbers {
        let account = AccountId(row.get(0));
        let list = payments(&town, &account).await;
        assert!(list.len() <= 13, "one for each month");
        assert!(list.is_sorted_by(|a, b| a.paid_at >= b.paid_at), "newest first");
        for payment in &list {
            let parts = payment.parts.iter().flat_map(|part| [part.amount_fen, part.late_fee_fen]);
            assert_eq!(Fen::sum(parts.chain([payment.credit])), Ok(payment.amount));
            assert!(payment.key.is_none() && payment.amount.is_positive());
            let day = jiff::tz::Offset::constant(8).to_datetime(payment.paid_at).date();
            assert!((date(2025, 11, 23)..TODAY).contains(&day), "{day}");
            ways.insert(format!("{:?}", payment.way));
        }
    }
    assert_eq!(ways.len(), 4, "{ways:?}");
}

#[tokio::test]
async fn what_was_posted_stands_first_with_what_it_settled() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let owed = total(&town.arrears(&account).await);
    let before = payments(&town, &account).await.len();
    let posted = definite(town.billing.post(&posting("k1", &account, owed + 500)).await);
    let list = payments(&town, &account).await;
    assert_eq!(list.len(), before + 1);
    let first = &list[0];
    assert_eq!((first.key.as_deref(), first.way), (Some("k1"), PaidBy::Kiosk));
    assert_eq!((first.number.clone(), first.amount.get()), (posted.number, owed + 500));
    assert_eq!((first.parts.len(), first.credit.get()), (3, 500));
    assert!(first.parts.is_sorted_by(|a, b| a.period < b.period));

    let all = definite(town.billing.taxable(&account, &first.number).await).expect("paid");
    assert_eq!(all.payment, *first);
    assert!(all.kwh.is_some_and(|kwh| kwh > 0), "three whole months");
    assert!(all.taxpayer.is_none() && all.name.reveal().chars().count() >= 2);

    let credit = definite(town.billing.post(&posting("k2", &account, 700)).await);
    let credit = definite(town.billing.taxable(&account, &credit.number).await).expect("paid");
    assert!(credit.payment.parts.is_empty() && credit.kwh.is_none());
    assert_eq!(credit.payment.credit.get(), 700);
}

#[tokio::test]
async fn a_part_of_a_month_has_no_energy_of_its_own_and_a_company_has_a_code() {
    let town = Town::new(20, 1).await;
    let plant = town.account(Situation::Industry);
    let part = definite(town.billing.post(&posting("k", &plant, 10_000)).await);
    let part = definite(town.billing.taxable(&plant, &part.number).await).expect("paid");
    assert!(part.kwh.is_none() && part.taxpayer.is_some_and(|code| code.reveal().len() == 18));
}

#[tokio::test]
async fn another_accounts_payment_is_nobodys() {
    let town = Town::new(20, 1).await;
    let (mine, theirs) = (town.account(Situation::OwesNothing), town.account(Situation::HasCredit));
    let number = payments(&town, &theirs).await[0].number.clone();
    assert!(definite(town.billing.taxable(&theirs, &number).await).is_some());
    assert!(definite(town.billing.taxable(&mine, &number).await).is_none());
    let nobody = AccountId("5100000000000".to_owned());
    assert!(definite(town.billing.taxable(&nobody, &number).await).is_none());
    assert_eq!(rejected(town.billing.payments(&nobody, TODAY).await), "account_unknown");
    assert!(definite(town.billing.holding(&nobody).await).is_none());
    let holding = definite(town.billing.holding(&mine).await).expect("there");
    let shown = town.show.account(Situation::OwesNothing).unwrap();
    assert!(holding.phone.reveal().ends_with(&shown.phone_last4));
}
