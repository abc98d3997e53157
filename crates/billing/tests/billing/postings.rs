//! Postings: what they settle, that a key counts once, that a refusal stays one.

use powerhall_billing::{
    EmbeddedBilling,
    demo::Situation,
    port::{AccountId, Billing, Fence, NewPosting},
};
use powerhall_money::{Cause, Fen, Outcome};

use crate::{HALL, TODAY, Town, definite, posting, rejected, total};

/// Not a refusal: something is posted under the key.
fn key_reused<T>() -> Outcome<T> {
    Outcome::Unknown(Cause::UnknownCode("key_reused".to_owned()))
}

#[tokio::test]
async fn paying_everything_leaves_nothing() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let before = town.arrears(&account).await;
    assert_eq!(before.bills.len(), 3);
    let owed = total(&before);
    let posted = definite(town.billing.post(&posting("k1", &account, owed)).await);
    assert_eq!((posted.arrears, posted.credit), (Fen::ZERO, Fen::ZERO));
    assert!(town.arrears(&account).await.bills.is_empty());
    assert_eq!(definite(town.billing.query_post("k1").await), Some(posted.clone()));
    assert_eq!(definite(town.billing.query_post("k2").await), None);
    let file = definite(town.billing.day_file(TODAY).await);
    assert_eq!(file.len(), 1);
    assert_eq!(
        (file[0].key.as_str(), file[0].amount, &file[0].number),
        ("k1", Fen::new(owed), &posted.number)
    );
    assert!(definite(town.billing.day_file(TODAY.yesterday().unwrap()).await).is_empty());
}

#[tokio::test]
async fn a_key_counts_once_and_gives_the_same_answer() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let first = posting("k1", &account, 5000);
    let posted = definite(town.billing.post(&first).await);
    // The answer is that of the first time, even after another payment.
    definite(town.billing.post(&posting("k2", &account, 1000)).await);
    assert_eq!(definite(town.billing.post(&first).await), posted);
    let other_amount = posting("k1", &account, 5001);
    let other_account = posting("k1", &town.account(Situation::OwesOneMonth), 5000);
    let other_exact = NewPosting { exact: true, ..first.clone() };
    let other_months = NewPosting { periods: vec!["2026-10".to_owned()], ..first.clone() };
    for other in [other_amount, other_account, other_exact, other_months] {
        assert_eq!(town.billing.post(&other).await, key_reused());
    }
    assert_eq!(definite(town.billing.post(&first).await), posted, "a refused other content changes nothing");
    assert_eq!(definite(town.billing.day_file(TODAY).await).len(), 2);
}

#[tokio::test]
async fn chosen_months_then_the_oldest_then_credit() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let before = town.arrears(&account).await;
    let newest = &before.bills[2];
    assert_eq!(newest.late_fee_fen, Fen::ZERO, "not yet due");
    let chosen = NewPosting {
        periods: vec![newest.period.clone()],
        exact: true,
        ..posting("k1", &account, newest.amount_fen.get())
    };
    definite(town.billing.post(&chosen).await);
    let after = town.arrears(&account).await;
    assert_eq!(after.bills, before.bills[..2]);
    let surplus = 12_345;
    let posted = definite(town.billing.post(&posting("k2", &account, total(&after) + surplus)).await);
    assert_eq!((posted.arrears, posted.credit), (Fen::ZERO, Fen::new(surplus)));
    assert_eq!(town.arrears(&account).await.credit, Fen::new(surplus));
}

#[tokio::test]
async fn exact_refuses_what_somebody_else_has_paid_and_stays_refused() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    let before = town.arrears(&account).await;
    let exact = |key| NewPosting {
        periods: vec![before.bills[0].period.clone()],
        exact: true,
        ..posting(key, &account, total(&before))
    };
    definite(town.billing.post(&exact("k1")).await);
    assert_eq!(rejected(town.billing.post(&exact("k2")).await), "already_paid");
    // Not exact: the money becomes credit. The refused key stays refused, whatever comes with it.
    let loose = NewPosting { exact: false, ..exact("k3") };
    assert_eq!(definite(town.billing.post(&loose).await).credit, Fen::new(total(&before)));
    assert_eq!(
        rejected(town.billing.post(&NewPosting { key: "k2".to_owned(), ..loose }).await),
        "already_paid"
    );
    assert_eq!(definite(town.billing.query_post("k2").await), None);
    assert_eq!(definite(town.billing.fence("k2").await), Fence::Fenced);
}

#[tokio::test]
async fn exact_refuses_a_month_that_is_paid_in_part_meanwhile() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    let before = town.arrears(&account).await;
    definite(town.billing.post(&posting("k1", &account, 100)).await);
    let exact = NewPosting {
        periods: vec![before.bills[0].period.clone()],
        exact: true,
        ..posting("k2", &account, total(&before))
    };
    assert_eq!(rejected(town.billing.post(&exact).await), "already_paid");
}

#[tokio::test]
async fn refuses_what_cannot_be_posted() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    let closed = town.account(Situation::Closed);
    let post = async |new: NewPosting| rejected(town.billing.post(&new).await);
    assert_eq!(post(posting("k1", &closed, 100)).await, "account_closed");
    assert_eq!(post(posting("k2", &AccountId("5109999999999".to_owned()), 100)).await, "account_unknown");
    assert_eq!(post(posting("k3", &account, 0)).await, "bad_amount");
    assert_eq!(post(posting("k4", &account, -1)).await, "bad_amount");
    let month = NewPosting { periods: vec!["2026-13".to_owned()], ..posting("k5", &account, 100) };
    assert_eq!(post(month).await, "bad_period");
    assert_eq!(post(posting("", &account, 100)).await, "bad_key");
    assert_eq!(post(posting(&"k".repeat(65), &account, 100)).await, "bad_key");
    // An account that closes between quote and posting.
    assert_eq!(town.billing.close_account(&account, TODAY).await.ok(), Some(true));
    assert_eq!(town.billing.close_account(&account, TODAY).await.ok(), Some(false));
    assert_eq!(post(posting("k6", &account, 100)).await, "account_closed");
    assert!(definite(town.billing.day_file(TODAY).await).is_empty());
}

#[tokio::test]
async fn a_fence_holds_and_comes_too_late_for_a_posting() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    assert_eq!(definite(town.billing.fence("k1").await), Fence::Fenced);
    assert_eq!(definite(town.billing.fence("k1").await), Fence::Fenced);
    assert_eq!(rejected(town.billing.post(&posting("k1", &account, 100)).await), "fenced");
    let posted = definite(town.billing.post(&posting("k2", &account, 100)).await);
    assert_eq!(definite(town.billing.fence("k2").await), Fence::Posted(posted));
    assert_eq!(definite(town.billing.query_post("k1").await), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_end_with_one() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesOneMonth);
    let before = town.arrears(&account).await;
    let mut calls = tokio::task::JoinSet::new();
    for i in 0..24 {
        // Three kiosks with eight tries each; every kiosk keeps its key.
        let new = NewPosting {
            periods: vec![before.bills[0].period.clone()],
            exact: true,
            ..posting(&format!("kiosk-{}", i % 3), &account, total(&before))
        };
        let billing = town.billing.clone();
        calls.spawn(async move { (new.key.clone(), billing.post(&new).await) });
    }
    let mut winners = std::collections::BTreeSet::new();
    while let Some(done) = calls.join_next().await {
        match done.unwrap() {
            (key, Outcome::Definite(_)) => drop(winners.insert(key)),
            (_, Outcome::Rejected(code)) => assert_eq!(code, "already_paid"),
            (_, Outcome::Unknown(cause)) => panic!("unknown: {cause}"),
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(definite(town.billing.day_file(TODAY).await).len(), 1);
}

#[tokio::test]
async fn what_was_posted_is_there_after_a_restart_and_adds_up() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThirtyMonths);
    let owed = total(&town.arrears(&account).await);
    let mut paid = 0;
    for (i, part) in [1, 99, owed / 3, owed / 7, 12_345].into_iter().enumerate() {
        definite(town.billing.post(&posting(&format!("k{i}"), &account, part)).await);
        paid += part;
        assert_eq!(total(&town.arrears(&account).await), owed - paid);
    }
    town.billing.close().await;
    assert!(!town.billing.ready().await);
    let again = EmbeddedBilling::open(&town.path(), HALL.clone()).await.unwrap();
    assert!(again.ready().await);
    assert_eq!(total(&definite(again.arrears(&account, TODAY).await)), owed - paid);
    let wrong: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM postings p WHERE amount_fen != surplus_fen + \
         (SELECT coalesce(sum(principal_fen + late_fen), 0) FROM settlements s WHERE s.posting_id = p.id)",
    )
    .fetch_one(&mut town.sql().await)
    .await
    .unwrap();
    assert_eq!(wrong, 0);
}

#[tokio::test]
async fn the_late_fee_stops_on_the_day_of_payment() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let early = definite(town.billing.arrears(&account, jiff::civil::date(2026, 10, 1)).await);
    let paid_at = "2026-10-01T23:59:59+08:00".parse().unwrap();
    // The customer paid on 1 October; the posting arrives today.
    let posted =
        definite(town.billing.post(&NewPosting { paid_at, ..posting("k1", &account, total(&early)) }).await);
    assert_eq!((posted.arrears, posted.credit), (Fen::ZERO, Fen::ZERO));
    assert!(posted.number.starts_with("20261001"));
}

#[tokio::test]
async fn a_quote_from_before_midnight_is_paid_in_full_after_it() {
    let eve = jiff::civil::date(2026, 11, 22);
    for (quoted_on, exact, owes) in [
        (Some(eve), true, false),
        (None, true, true),
        (Some(eve), false, true),
        (eve.yesterday().ok(), true, true),
    ] {
        let town = Town::new(20, 1).await;
        let account = town.account(Situation::OwesThreeMonths);
        let quote = definite(town.billing.arrears(&account, eve).await);
        let tonight = definite(town.billing.arrears(&account, eve.tomorrow().unwrap()).await);
        assert!(total(&quote) < total(&tonight), "the fee grows over midnight");
        let paying = NewPosting {
            periods: quote.bills.iter().map(|bill| bill.period.clone()).collect(),
            exact,
            paid_at: "2026-11-23T00:00:30+08:00".parse().unwrap(),
            quoted_on,
            ..posting("k1", &account, total(&quote))
        };
        let posted = definite(town.billing.post(&paying).await);
        assert_eq!(posted.arrears > Fen::ZERO, owes, "{quoted_on:?} {exact}");
        assert!(posted.number.starts_with("20261123"), "it is the new day's money");
        assert_eq!(definite(town.billing.post(&paying).await), posted);
        let other_quote = NewPosting { quoted_on: Some(eve.tomorrow().unwrap()), ..paying };
        assert_eq!(town.billing.post(&other_quote).await, key_reused());
        assert_eq!(total(&town.arrears(&account).await) > 0, owes);
    }
}
