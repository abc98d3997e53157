//! The month list, a bill in detail, and the late fee's arithmetic.

use std::sync::Arc;

use jiff::civil::date;
use powerhall_api::{BillDetail, BillState, LateFee, LateStretch, LineKind, MonthTier, Register};
use powerhall_billing::{
    EmbeddedBilling,
    demo::Situation,
    port::{AccountId, Billing, Month},
};
use powerhall_hall::{Step, StepPeriod};
use powerhall_money::{Fen, Outcome};
use sqlx::Row;

use crate::{HALL, TODAY, Town, definite, posting};

async fn bill(town: &Town, account: &AccountId, month: &str) -> BillDetail {
    let month: Month = month.parse().unwrap();
    definite(town.billing.bill(account, month, TODAY).await).expect("billed")
}

/// What the parts of a late fee come to, by the arithmetic that the screen shows.
fn sum(fee: &LateFee) -> Fen {
    let grown: i64 =
        fee.stretches.iter().map(|stretch| stretch.amount_fen.get() * stretch.rate * stretch.days).sum();
    let sum = Fen::new(fee.earlier_fen.get() + (grown + 5_000) / 10_000);
    fee.least_fen.map_or(sum, |least| sum.max(least))
}

#[tokio::test]
async fn every_bill_of_the_list_is_explained_to_the_fen() {
    let town = Town::new(240, 3).await;
    let mut sql = town.sql().await;
    let numbers = sqlx::query("SELECT number, class FROM accounts").fetch_all(&mut sql).await.unwrap();
    let mut kinds = std::collections::BTreeSet::new();
    for row in numbers {
        let (account, class): (AccountId, String) = (AccountId(row.get(0)), row.get(1));
        let list = definite(town.billing.bills(&account, TODAY).await);
        assert!((12..=24).contains(&list.months.len()));
        assert!(list.months.is_sorted_by(|a, b| a.period > b.period), "newest first");
        for month in &list.months {
            let detail = bill(&town, &account, &month.period).await;
            assert_eq!((detail.amount_fen, detail.kwh), (month.amount_fen, month.kwh));
            assert_eq!(detail.state, month.state);
            let lines = detail.lines.iter().map(|line| line.amount_fen);
            assert_eq!(Fen::sum(lines), Ok(detail.amount_fen), "{class} {}", month.period);
            let beside = [Register::Reactive, Register::Demand];
            let active = detail.readings.iter().filter(|reading| !beside.contains(&reading.register));
            assert_eq!(active.map(|reading| reading.quantity).sum::<i64>(), detail.kwh);
            let differences = detail.readings.iter().filter(|reading| reading.register != Register::Demand);
            for reading in differences {
                assert_eq!((reading.to - reading.from) * detail.multiplier, reading.quantity);
            }
            for line in &detail.lines {
                kinds.insert(format!("{:?} {:?} {:?}", line.kind, line.register, line.tier));
            }
        }
        let used: i64 =
            list.months.iter().filter(|month| month.period.starts_with("2026")).map(|month| month.kwh).sum();
        let tier = HALL.tariff(&class).unwrap().on(TODAY).unwrap().rates.tier(used);
        assert_eq!(
            list.tier.map(|tier| (tier.year, tier.used_kwh, tier.tier, tier.left_kwh)),
            tier.map(|tier| (2026, used, tier.number, tier.left)),
        );
    }
    // Energy in five registers, two tiers, capacity, demand, power factor, and the funds.
    assert_eq!(kinds.len(), 10, "every kind of line was met: {kinds:#?}");
}

#[tokio::test]
async fn where_tiers_count_by_the_month_the_newest_month_says_how_far_it_came() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let yearly = definite(town.billing.bills(&account, TODAY).await);
    assert!(yearly.tier.is_some() && yearly.month_tier.is_none());
    town.billing.close().await;
    let newest = yearly.months[0].clone();
    let mut hall = powerhall_hall::Hall::clone(&HALL);
    for prices in hall.tariffs.values_mut().flat_map(|tariff| &mut tariff.versions) {
        prices.rates.step_period = StepPeriod::Month;
        // The month's last kWh is the second tier's first.
        prices.rates.steps = [(newest.kwh - 1, 500), (newest.kwh, 3_000)]
            .map(|(above_kwh, add)| Step { above_kwh, add })
            .to_vec();
    }
    let again = EmbeddedBilling::open(&town.path(), Arc::new(hall)).await.unwrap();
    let monthly = definite(again.bills(&account, TODAY).await);
    assert_eq!((monthly.tier, monthly.months), (None, yearly.months));
    let tier = MonthTier { period: newest.period, used_kwh: newest.kwh, tier: 2 };
    assert_eq!(monthly.month_tier, Some(tier));
}

#[tokio::test]
async fn on_a_day_before_the_first_price_there_is_no_tier() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    assert!(definite(town.billing.bills(&account, TODAY).await).tier.is_some());
    let long_ago = definite(town.billing.bills(&account, date(933, 9, 17)).await);
    assert_eq!((long_ago.tier, long_ago.months.is_empty()), (None, false));
}

#[tokio::test]
async fn a_plant_sees_its_multiplier_and_every_charge() {
    let town = Town::new(20, 1).await;
    let detail = bill(&town, &town.account(Situation::Industry), "2026-10").await;
    assert!(detail.multiplier >= 120, "{}", detail.multiplier);
    let registers: Vec<_> = detail.readings.iter().map(|reading| reading.register).collect();
    assert_eq!(
        registers,
        [Register::Sharp, Register::Peak, Register::Valley, Register::Reactive, Register::Demand]
    );
    let kinds: Vec<_> = detail.lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds[..4], [LineKind::Energy, LineKind::Energy, LineKind::Energy, LineKind::Demand]);
    assert_eq!(kinds[kinds.len() - 3..], [LineKind::Fund; 3]);
    let days = (detail.read_from.as_deref(), detail.read_to.as_deref());
    assert_eq!(days, (Some("2026-09-30"), Some("2026-10-31")));

    // The demand is what the meter shows times the multiplier, in whole kW, and is what the line is for.
    let demand = detail.readings.last().unwrap();
    assert_eq!((demand.to * detail.multiplier + 50) / 100, demand.quantity);
    assert_eq!(detail.lines[3].quantity, demand.quantity);
    // A fund has its name in every language, and each is for every kWh.
    for fund in &detail.lines[kinds.len() - 3..] {
        assert_eq!(fund.quantity, detail.kwh);
        assert!(fund.name.as_ref().is_some_and(|name| name.contains_key("zh_CN") && name.contains_key("en")));
    }
    let home = bill(&town, &town.account(Situation::OwesNothing), "2026-10").await;
    assert_eq!((home.multiplier, home.readings[0].register), (1, Register::All));
    assert_eq!((home.state, home.late_fee), (BillState::Paid, None));
}

#[tokio::test]
async fn the_late_fee_shows_its_arithmetic() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let detail = bill(&town, &account, "2026-08").await;
    let fee = detail.late_fee.clone().unwrap();
    // Due on 25 September; 59 days later it is 23 November.
    let stretch = LateStretch { amount_fen: detail.amount_fen, rate: 10, days: 59 };
    assert_eq!(fee.stretches, [stretch]);
    assert_eq!(fee.total_fen, town.arrears(&account).await.bills[0].late_fee_fen);
    assert_eq!((sum(&fee), fee.paid_fen, fee.earlier_fen), (fee.total_fen, Fen::ZERO, Fen::ZERO));
    assert_eq!(fee.basis, HALL.basis_of(&HALL.late_fees.0[1].origin), "by the rates of its days");
    assert_eq!(bill(&town, &account, "2026-10").await.late_fee, None, "not due yet");

    // A day late, what a day comes to is raised to the least there is.
    let day = definite(town.billing.bill(&account, "2026-10".parse().unwrap(), date(2026, 11, 26)).await);
    let fee = day.unwrap().late_fee.unwrap();
    assert_eq!(fee.stretches.iter().map(|s| (s.rate, s.days)).collect::<Vec<_>>(), [(10, 1)]);
    assert_eq!((fee.total_fen, fee.least_fen), (Fen::new(100), Some(Fen::new(100))));

    // A business across the year end: two rates.
    let shop = town.account(Situation::SmallBusiness);
    let fee = bill(&town, &shop, "2025-10").await.late_fee.unwrap();
    assert_eq!(fee.stretches.iter().map(|s| (s.rate, s.days)).collect::<Vec<_>>(), [(20, 36), (30, 327)]);
    assert_eq!(sum(&fee), fee.total_fen);
}

#[tokio::test]
async fn a_late_fee_names_every_source_that_its_days_fell_under_and_no_other() {
    let town = Town::new(20, 1).await;
    let shop = town.account(Situation::SmallBusiness);
    let [of_1996, of_2024] = &HALL.late_fees.0[..] else { panic!("{:?}", HALL.late_fees) };
    let (old, new) = (HALL.basis_of(&of_1996.origin), HALL.basis_of(&of_2024.origin));
    // The rates change on 1 June 2024: a bill that was due on the eve knows the new ones only.
    for (due, paid, basis) in [
        (20240531, None, new.clone()),
        (20240530, None, [old.clone(), new.clone()].concat()),
        (20240430, Some(20240531), old.clone()),
        (20240430, Some(20240601), [old, new].concat()),
    ] {
        let mut sql = town.sql().await;
        sqlx::query(
            "UPDATE bills SET due = ?1, accrued_to = ?2, accrued = 10000000, late_paid_fen = ?3, \
             paid_fen = CASE WHEN ?3 > 0 THEN amount_fen ELSE 0 END \
             WHERE period = 202510 AND account_id = (SELECT id FROM accounts WHERE number = ?4)",
        )
        .bind(due)
        .bind(paid.unwrap_or(due))
        .bind(if paid.is_some() { 1_000 } else { 0 })
        .bind(&shop.0)
        .execute(&mut sql)
        .await
        .unwrap();
        let fee = bill(&town, &shop, "2025-10").await.late_fee.unwrap();
        assert_eq!(fee.basis, basis, "due {due}, paid {paid:?}");
    }
}

#[tokio::test]
async fn a_part_payment_and_the_rest_stay_explained() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesThreeMonths);
    let before = bill(&town, &account, "2026-08").await;
    let fee = before.late_fee.unwrap().total_fen;
    let part = fee.get() + 1_000;
    definite(town.billing.post(&posting("part", &account, part)).await);
    let after = bill(&town, &account, "2026-08").await;
    assert_eq!((after.state, after.paid_fen), (BillState::Part, Fen::new(1_000)));
    let shown = after.late_fee.unwrap();
    assert_eq!((shown.total_fen, shown.paid_fen, sum(&shown)), (fee, fee, fee));
    assert!(shown.stretches.is_empty(), "no day has passed since");

    let later = TODAY.checked_add(jiff::ToSpan::days(10)).unwrap();
    let month = "2026-08".parse().unwrap();
    let later = definite(town.billing.bill(&account, month, later).await).unwrap().late_fee.unwrap();
    let left = Fen::new(before.amount_fen.get() - 1_000);
    assert_eq!(later.stretches, [LateStretch { amount_fen: left, rate: 10, days: 10 }]);
    assert!((sum(&later).get() - later.total_fen.get()).abs() <= 1, "{later:?}");

    let owed: i64 = town.arrears(&account).await.bills[0].amount_fen.get();
    definite(town.billing.post(&posting("rest", &account, owed)).await);
    let paid = bill(&town, &account, "2026-08").await;
    assert_eq!((paid.state, paid.paid_fen), (BillState::Paid, paid.amount_fen));
    let shown = paid.late_fee.unwrap();
    assert_eq!((shown.total_fen, shown.paid_fen), (fee, fee), "what was paid of it stays on the bill");
}

#[tokio::test]
async fn says_plainly_what_it_does_not_have() {
    let town = Town::new(20, 1).await;
    let account = town.account(Situation::OwesNothing);
    let month = |text: &str| text.parse::<Month>().unwrap();
    assert_eq!(definite(town.billing.bill(&account, month("2026-11"), TODAY).await), None, "not billed yet");
    assert_eq!(definite(town.billing.bill(&account, month("2000-01"), TODAY).await), None);
    let nobody = AccountId("5109999999999".to_owned());
    assert!(matches!(town.billing.bills(&nobody, TODAY).await, Outcome::Rejected(_)));
    assert!(matches!(town.billing.bill(&nobody, month("2026-10"), TODAY).await, Outcome::Rejected(_)));

    // A bill that its readings do not explain is never shown as if they did.
    let mut sql = town.sql().await;
    sqlx::query("UPDATE readings SET flat = flat + 1 WHERE account_id = 2 AND period = 202610")
        .execute(&mut sql)
        .await
        .unwrap();
    assert!(matches!(town.billing.bill(&account, month("2026-10"), TODAY).await, Outcome::Unknown(_)));
    assert_eq!(definite(town.billing.bills(&account, TODAY).await).months[0].period, "2026-10");
}
