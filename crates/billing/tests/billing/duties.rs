//! What is paid besides bills: recharges of prepaid meters, reconnections, fees of applications, and fees that go back.

use std::{fs, path::Path, sync::Arc, time::Duration};

use powerhall_api::{Blocked, FeeRefundState, RechargeState, ReconnectionState};
use powerhall_billing::{
    demo::Situation,
    port::{AccountId, ApplicationId, Billing, DueFee, FeeId, NewPosting, Target},
};
use powerhall_hall::Hall;
use powerhall_money::{Cause, Fen, Outcome};
use sqlx::Executor;

use crate::{HALL, TODAY, Town, definite, hall, hall_folder, posting, rejected, total};

fn recharge(key: &str, account: &AccountId, fen: i64) -> NewPosting {
    NewPosting { to: Target::Recharge(account.clone()), ..posting(key, account, fen) }
}

impl Town {
    /// Makes everything of an account take so long that a test sees it stand still, or happen at once.
    pub async fn moves_in(&self, ms: i64) {
        let mut sql = self.sql().await;
        sqlx::query("UPDATE meters SET sent_ms = ?1, answered_ms = ?1")
            .bind(ms)
            .execute(&mut sql)
            .await
            .unwrap();
        sqlx::query("UPDATE cut_offs SET begun_ms = ?1, ended_ms = ?1")
            .bind(ms)
            .execute(&mut sql)
            .await
            .unwrap();
    }

    async fn recharge_state(&self, key: &str) -> RechargeState {
        definite(self.billing.aftermath(key).await).unwrap().recharge.unwrap().state
    }

    async fn reconnection_state(&self, key: &str) -> ReconnectionState {
        definite(self.billing.aftermath(key).await).unwrap().reconnection.unwrap().state
    }

    fn fee_due(&self) -> ApplicationId {
        ApplicationId(self.show.fee_due().unwrap().number.clone())
    }
}

const AN_HOUR: i64 = 3_600_000;

#[tokio::test]
async fn a_recharge_is_on_its_way_until_the_meter_has_it() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::Prepaid);
    let before = town.arrears(&account).await.prepay.unwrap();
    let at_meter = before.public.at_meter.unwrap();
    assert_eq!((before.public.in_system_fen, before.public.blocked), (Fen::ZERO, None));
    assert!(town.arrears(&account).await.bills.is_empty());

    town.moves_in(AN_HOUR).await;
    let posted = definite(town.billing.post(&recharge("k1", &account, 5_000)).await);
    assert_eq!((posted.arrears, posted.credit), (Fen::ZERO, Fen::ZERO));
    assert_eq!(town.recharge_state("k1").await, RechargeState::Asked);
    let now = town.arrears(&account).await.prepay.unwrap().public;
    assert_eq!((now.in_system_fen, now.blocked), (Fen::new(5_000), Some(Blocked::EarlierUnfinished)));
    assert_eq!(now.at_meter.unwrap().balance_fen, at_meter.balance_fen, "not there yet");

    town.moves_in(0).await;
    assert_eq!(town.recharge_state("k1").await, RechargeState::AtMeter);
    let then = town.arrears(&account).await.prepay.unwrap().public;
    assert_eq!((then.in_system_fen, then.blocked), (Fen::ZERO, None));
    let there = then.at_meter.unwrap();
    assert_eq!(there.balance_fen, at_meter.balance_fen.plus(Fen::new(5_000)).unwrap());
    assert!(there.as_of > at_meter.as_of, "{} {}", there.as_of, at_meter.as_of);
    assert_eq!(definite(town.billing.aftermath("nobody").await), None);
}

#[tokio::test]
async fn a_recharge_moves_by_itself_within_seconds() {
    let town = Town::new(20, 1).await;
    let mut sql = town.sql().await;
    sqlx::query("UPDATE meters SET sent_ms = 150, answered_ms = 300").execute(&mut sql).await.unwrap();
    definite(town.billing.post(&recharge("k1", &town.account(Situation::Prepaid), 1_000)).await);
    let mut seen = vec![town.recharge_state("k1").await];
    while !seen.last().unwrap().is_over() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let state = town.recharge_state("k1").await;
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    }
    assert!(seen.ends_with(&[RechargeState::AtMeter]), "{seen:?}");
    assert!(seen.is_sorted_by_key(|state| *state as u8), "{seen:?}");
}

#[tokio::test]
async fn what_a_meter_does_not_take_stays_in_the_system() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::PrepaidFails);
    town.moves_in(0).await;
    definite(town.billing.post(&recharge("k1", &account, 2_000)).await);
    let failed = definite(town.billing.aftermath("k1").await).unwrap().recharge.unwrap();
    assert_eq!(failed.state, RechargeState::Failed);
    let what_now = failed.what_now.unwrap();
    assert!(what_now.place.is_some() && what_now.why.keys().eq(HALL.texts.languages()));
    let prepay = town.arrears(&account).await.prepay.unwrap().public;
    assert_eq!((prepay.in_system_fen, prepay.blocked), (Fen::new(2_000), Some(Blocked::EarlierUnfinished)));
    assert_eq!(rejected(town.billing.post(&recharge("k2", &account, 2_000)).await), "recharge_unfinished");
}

#[tokio::test]
async fn a_recharge_is_refused_before_anything_is_written_and_stays_refused() {
    let town = Town::new(20, 1).await;
    let post = async |new: NewPosting| rejected(town.billing.post(&new).await);
    let prepaid = town.account(Situation::Prepaid);
    let blocked = town.account(Situation::PrepaidBlocked);
    let prepay = town.arrears(&blocked).await.prepay.unwrap();
    assert_eq!(prepay.public.blocked, Some(Blocked::EarlierUnfinished));
    assert!(prepay.public.in_system_fen.is_positive());
    assert_eq!(post(recharge("k1", &blocked, 5_000)).await, "recharge_unfinished");
    assert_eq!(post(recharge("k2", &prepaid, prepay.least.get() - 1)).await, "below_least");
    assert_eq!(post(recharge("k3", &town.account(Situation::OwesNothing), 5_000)).await, "not_prepaid");
    assert_eq!(post(recharge("k4", &AccountId("5109999999999".to_owned()), 5_000)).await, "account_unknown");

    town.sql().await.execute("UPDATE meters SET is_online = 0").await.unwrap();
    let offline = town.arrears(&prepaid).await.prepay.unwrap().public;
    assert_eq!(offline.blocked, Some(Blocked::MeterOffline));
    assert_eq!(post(recharge("k5", &prepaid, 5_000)).await, "meter_offline");
    town.sql().await.execute("UPDATE meters SET is_online = 1, said_at = NULL").await.unwrap();
    assert_eq!(town.arrears(&prepaid).await.prepay.unwrap().public.at_meter, None, "it was never heard");
    assert_eq!(post(recharge("k5", &prepaid, 5_000)).await, "meter_offline", "a refusal is for good");
    assert!(definite(town.billing.day_file(TODAY).await).is_empty());

    assert_eq!(town.billing.close_account(&prepaid, TODAY).await.ok(), Some(true));
    assert_eq!(town.arrears(&prepaid).await.prepay.unwrap().public.blocked, Some(Blocked::AccountClosed));
    assert_eq!(post(recharge("k6", &prepaid, 5_000)).await, "account_closed");
}

#[tokio::test]
async fn a_key_is_of_one_target() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::Prepaid);
    let first = recharge("k1", &account, 5_000);
    let posted = definite(town.billing.post(&first).await);
    assert_eq!(
        definite(town.billing.post(&first).await),
        posted,
        "the same again, though the meter is busy now"
    );
    let reused = || Outcome::Unknown(Cause::UnknownCode("key_reused".to_owned()));
    assert_eq!(town.billing.post(&posting("k1", &account, 5_000)).await, reused());
    let fee = FeeId { application: ApplicationId("1".to_owned()), item: 1 };
    assert_eq!(town.billing.post(&NewPosting { to: Target::Fee(fee), ..first.clone() }).await, reused());
    assert_eq!(definite(town.billing.day_file(TODAY).await).len(), 1);
}

#[tokio::test]
async fn what_is_past_due_brings_the_supply_back() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::CutOff);
    let before = town.arrears(&account).await;
    let cut_off = before.cut_off.clone().unwrap();
    let late: i64 = before.bills[..2].iter().map(|b| b.amount_fen.get() + b.late_fee_fen.get()).sum();
    assert_eq!(cut_off.reconnect_fen.get(), late, "the third month is not due yet");
    assert!(late < total(&before));
    town.moves_in(AN_HOUR).await;

    definite(town.billing.post(&posting("k1", &account, late - 1)).await);
    assert_eq!(town.reconnection_state("k1").await, ReconnectionState::NotEnough);
    let told = definite(town.billing.aftermath("k1").await).unwrap().reconnection.unwrap();
    assert!(told.what_now.is_some());
    let least = town.arrears(&account).await.cut_off.unwrap().reconnect_fen;
    assert!(least.is_positive() && least.get() <= 2, "{least:?}: a fen, and the late fee on it");

    definite(town.billing.post(&posting("k2", &account, least.get())).await);
    assert_eq!(town.reconnection_state("k2").await, ReconnectionState::Asked);
    assert_eq!(town.arrears(&account).await.cut_off.unwrap().reconnect_fen, Fen::ZERO, "under way");
    definite(town.billing.post(&posting("k3", &account, 100)).await);
    assert_eq!(definite(town.billing.aftermath("k3").await), None, "it is asked for once");

    town.moves_in(0).await;
    assert_eq!(town.reconnection_state("k2").await, ReconnectionState::Done);
    assert_eq!(town.arrears(&account).await.cut_off, None);
}

#[tokio::test]
async fn a_reconnection_that_fails_says_what_now() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::CutOff);
    town.moves_in(0).await;
    town.sql().await.execute("UPDATE cut_offs SET works = 0").await.unwrap();
    let all = total(&town.arrears(&account).await);
    definite(town.billing.post(&posting("k1", &account, all)).await);
    let failed = definite(town.billing.aftermath("k1").await).unwrap().reconnection.unwrap();
    assert_eq!((failed.state, failed.what_now.is_some()), (ReconnectionState::Failed, true));
    assert_eq!(town.arrears(&account).await.cut_off.unwrap().reconnect_fen, Fen::ZERO, "still off, and paid");
    assert_eq!(town.arrears(&town.account(Situation::OwesThreeMonths)).await.cut_off, None);
}

#[tokio::test]
async fn a_fee_is_paid_whole_and_once() {
    let town = Town::new(20, 1).await;
    let due = definite(town.billing.fees(&town.fee_due()).await);
    let [DueFee { id, amount, public }] = &due[..] else { panic!("{due:?}") };
    assert_eq!(amount.get(), town.show.fee_due().unwrap().fee_fen);
    let [row] = &public.rows[..] else { panic!("{:?}", public.rows) };
    assert!(row.text.keys().eq(HALL.texts.languages()) && row.name.is_some());
    let yuan = format!("{}", amount.get() / 100);
    assert!(row.text["zh_CN"].replace(',', "").contains(&yuan), "{} says {yuan}", row.text["zh_CN"]);
    assert!(public.basis["zh_CN"].contains('号'), "a document with its number: {}", public.basis["zh_CN"]);
    assert!(!public.application_masked.reveal().contains(&id.application.0));

    let nobody = AccountId(String::new());
    let pay = |key: &str, fen: i64, id: &FeeId| NewPosting {
        to: Target::Fee(id.clone()),
        ..posting(key, &nobody, fen)
    };
    assert_eq!(
        rejected(town.billing.post(&pay("k1", amount.get() - 1, id)).await),
        "bad_amount",
        "no part of it"
    );
    let posted = definite(town.billing.post(&pay("k2", amount.get(), id)).await);
    assert_eq!((posted.arrears, posted.credit), (Fen::ZERO, Fen::ZERO), "nothing else is due");
    assert_eq!(definite(town.billing.post(&pay("k2", amount.get(), id)).await), posted, "the same again");
    assert_eq!(rejected(town.billing.post(&pay("k3", amount.get(), id)).await), "already_paid");
    let other = FeeId { item: 2, ..id.clone() };
    assert_eq!(rejected(town.billing.post(&pay("k4", amount.get(), &other)).await), "already_paid");
    assert!(definite(town.billing.fees(&town.fee_due()).await).is_empty());
    assert_eq!(definite(town.billing.query_post("k2").await), Some(posted));
    let file = definite(town.billing.day_file(TODAY).await);
    assert_eq!(file.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["k2"]);
    assert_eq!(definite(town.billing.aftermath("k2").await), None);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

/// The hall with one fee more, as a utility adds it: a file with its price and basis, and its name in every language.
fn with_a_fee_by_the_case() -> Arc<Hall> {
    let folder = tempfile::tempdir().unwrap();
    copy(&hall_folder(), folder.path());
    let prices = "[[versions]]\neffective = 2020-01-01\nsource = \"《收费标准》第 1 号\"\ncertain = true\n\
                  each_fen = 1250\n\n[[versions]]\neffective = 2026-11-02\nsource = \"《收费标准》第 2 号\"\n\
                  certain = true\neach_fen = 9900\n";
    fs::write(folder.path().join("fees/meter_seal.toml"), prices).unwrap();
    for file in fs::read_dir(folder.path().join("texts")).unwrap() {
        let file = file.unwrap().path();
        let text = fs::read_to_string(&file).unwrap();
        let more = text.replacen("[fee]\n", "[fee]\nmeter_seal = \"封表费\"\n", 1);
        assert_ne!(text, more, "{}", file.display());
        fs::write(&file, more).unwrap();
    }
    hall(folder.path())
}

#[tokio::test]
async fn a_fee_by_the_case_is_a_file_of_the_hall_and_nothing_else() {
    let hall = with_a_fee_by_the_case();
    let town = Town::of(hall.clone(), 20, 1).await;
    let without = town.show.applications.iter().find(|application| application.fee_fen == 0).unwrap();
    let of = ApplicationId(without.number.clone());
    sqlx::query(
        "INSERT INTO fee_items (application_id, item, fee, decided, cases) \
         SELECT id, 1, 'meter_seal', 20261101, 3 FROM applications WHERE number = ?",
    )
    .bind(&of.0)
    .execute(&mut town.sql().await)
    .await
    .unwrap();

    let due = definite(town.billing.fees(&of).await);
    let [DueFee { id, amount, public }] = &due[..] else { panic!("{due:?}") };
    assert_eq!(*amount, Fen::new(3_750), "by the price of the day on which it was decided");
    assert_eq!(public.name, hall.text("fee.meter_seal"));
    let [row] = &public.rows[..] else { panic!("{:?}", public.rows) };
    assert_eq!((&row.name, row.text["zh_CN"].as_str()), (&None, "3 次 × 12.5 元 = 37.5 元"));
    assert!(row.text.keys().eq(hall.texts.languages()));
    assert_eq!(public.basis["zh_CN"], "《收费标准》第 1 号");

    let nobody = AccountId(String::new());
    let pay = |key: &str, fen: i64| NewPosting { to: Target::Fee(id.clone()), ..posting(key, &nobody, fen) };
    assert_eq!(rejected(town.billing.post(&pay("k1", 1_250)).await), "bad_amount", "all cases or none");
    let posted = definite(town.billing.post(&pay("k2", 3_750)).await);
    assert_eq!((posted.amount, posted.arrears), (Fen::new(3_750), Fen::ZERO));
    assert!(definite(town.billing.fees(&of).await).is_empty());
    assert_eq!(rejected(town.billing.post(&pay("k3", 3_750)).await), "already_paid");
    assert_eq!(definite(town.billing.query_post("k2").await), Some(posted.clone()));
    let file = definite(town.billing.day_file(TODAY).await);
    let [line] = &file[..] else { panic!("{file:?}") };
    assert_eq!((line.key.as_str(), line.amount, &line.number), ("k2", posted.amount, &posted.number));
}

#[tokio::test]
async fn nothing_is_due_on_other_applications() {
    let town = Town::new(20, 1).await;
    assert!(definite(town.billing.fees(&ApplicationId("000000000000".to_owned())).await).is_empty());
    let without = town.show.applications.iter().find(|application| application.fee_fen == 0).unwrap();
    assert!(definite(town.billing.fees(&ApplicationId(without.number.clone())).await).is_empty());
}

/// The sum of the rows is the fee, whatever the feeders.
#[tokio::test]
async fn every_fee_of_the_town_is_the_sum_of_its_rows() {
    let town = Town::new(2000, 1).await;
    let mut seen = 0;
    for shown in town.show.applications.iter().filter(|application| application.fee_fen > 0) {
        let due = definite(town.billing.fees(&ApplicationId(shown.number.clone())).await);
        assert_eq!(due.iter().map(|fee| fee.amount.get()).sum::<i64>(), shown.fee_fen);
        seen += due.len();
    }
    assert!(seen >= 4, "every service that has the state shows one: {seen}");
}

#[tokio::test]
async fn a_fee_that_was_abolished_goes_back_by_the_cashier() {
    let town = Town::new(20, 1).await;
    let number = &town.show.refund().unwrap().number;
    let found = definite(town.billing.application(number, TODAY).await);
    let found = &found[0].public;
    let [refund] = &found.refunds[..] else { panic!("{:?}", found.refunds) };
    assert!(found.accepted.as_str() < "2017-12-01", "{}", found.accepted);
    assert_eq!((refund.state, refund.amount_fen), (FeeRefundState::Granted, Fen::new(240_000)));
    assert_eq!(refund.name, HALL.text("fee.temporary_connection"));
    assert!(refund.why["zh_CN"].contains("2017"));
    assert!(refund.bring.len() == 3 && refund.place.is_some());
    assert!(definite(town.billing.fees(&ApplicationId(number.clone())).await).is_empty());
    for (word, state, brings) in [
        ("open", FeeRefundState::Open, true),
        ("asked", FeeRefundState::Asked, false),
        ("done", FeeRefundState::Done, false),
    ] {
        sqlx::query("UPDATE fee_refunds SET state = ?")
            .bind(word)
            .execute(&mut town.sql().await)
            .await
            .unwrap();
        let found = definite(town.billing.application(number, TODAY).await);
        let refund = &found[0].public.refunds[0];
        assert_eq!((refund.state, !refund.bring.is_empty()), (state, brings));
    }
}
