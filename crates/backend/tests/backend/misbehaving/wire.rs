//! The same hall with the utility's own billing system behind the contract: a customer looks up, orders and pays, while that
//! system's server spoils its answers. Each visit comes to its end, and the books agree.

use std::time::Duration;

use powerhall_api::{Collect, Deliver};
use powerhall_billing::BillingFault;
use powerhall_billing::demo::Situation;
use powerhall_faults::{Call, Fault, Plan, Rule};
use powerhall_standin::WireFault;

use super::hall::Hall;
use super::visits::{CALM, End, sums, until_books};

/// What a late answer takes: longer than the backend waits.
const LATE: Duration = Duration::from_millis(600);

fn wire(rules: Vec<Rule<WireFault>>) -> Plan<WireFault> {
    Plan::new(0, LATE, rules, &[])
}

fn at(fault: WireFault, call: Call) -> Rule<WireFault> {
    Rule { at: Some(call), ..Rule::new(fault) }
}

/// A customer pays all that an account owes; the money must come to this end.
async fn visit(hall: &Hall, situation: Situation, end: End) {
    let order = hall.order(&hall.account(situation), "sandbox").await;
    hall.pay(&hall.link(order).await).await;
    let wanted = sums(end, order.amount.get());
    until_books(hall, wanted).await;
    let deliver = if end == End::Credited { Deliver::Posted } else { Deliver::Refunded };
    hall.until(order, "told the truth", |seen| {
        (seen.collect, seen.lines[0].deliver) == (Collect::Paid, deliver) && seen.receipt.is_some()
    })
    .await;
    tokio::time::sleep(CALM).await;
    assert_eq!(hall.books.sums().await, wanted, "nothing comes after the end");
}

/// The answers to the posting and to the question after it are spoilt.
async fn pays_while(fault: WireFault) {
    let rules = vec![Rule { times: 2, ..at(fault, Call::Post) }, at(fault, Call::QueryPost)]
        .into_iter()
        .filter(|rule| rule.at.is_some_and(|call| fault.calls().contains(&call)))
        .collect();
    let hall = Hall::open_behind(Plan::default(), wire(rules)).await;
    visit(&hall, Situation::OwesThreeMonths, End::Credited).await;
    let played = hall.standin.as_ref().map_or(0, |standin| standin.played.times(fault.name()));
    assert!(played > 0, "{} was not played", fault.name());
    hall.close().await;
}

macro_rules! spoilt {
    ($($test:ident: $fault:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                pays_while(WireFault::$fault).await;
            }
        )*

        #[test]
        fn every_fault_of_the_wire_is_played_and_explained() {
            let played = [$(WireFault::$fault),*];
            assert!(WireFault::ALL.iter().all(|fault| played.contains(fault)));
            let docs = include_str!("../../../../../docs/billing-contract.md");
            assert!(WireFault::ALL.iter().all(|fault| docs.contains(&format!("`{}`", fault.name()))));
        }
    };
}

spoilt! {
    pays_while_answers_are_late: Slow;
    pays_while_answers_do_not_come: NoAnswer;
    pays_while_it_is_done_and_an_error: ErrorAfterEffect;
    pays_while_it_is_done_and_not_found: NotFoundAfterEffect;
    pays_while_half_an_answer_comes: HalfAnswer;
    pays_while_answers_are_empty: EmptyAnswer;
    pays_while_answers_come_twice: AnswerTwice;
    pays_while_a_page_comes_instead: PageInstead;
    pays_while_too_much_comes: Flood;
    pays_while_it_is_sent_elsewhere: Redirected;
    pays_while_answers_are_about_another_key: OtherKey;
    pays_while_answers_are_about_another_account: OtherAccount;
    pays_while_refusals_are_of_another_key: RefusalOfAnother;
    pays_while_refusals_are_unknown: UnknownRefusal;
    pays_while_answers_miss_a_member: MemberMissing;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_behind_the_contract_is_a_visit() {
    let hall = Hall::open_behind(Plan::default(), wire(Vec::new())).await;
    visit(&hall, Situation::OwesThreeMonths, End::Credited).await;
    hall.close().await;
}

/// The refusal comes in doubt, for the first request is still on its way; the fence that decides is spoilt too.
async fn refunds_while(fault: WireFault) {
    let inside = vec![
        Rule { wait: Some(LATE), ..Rule::new(BillingFault::PostOnItsWay) },
        Rule { skip: 1, times: 9, ..Rule::new(BillingFault::PostingRefused) },
    ];
    let inside = Plan::new(0, LATE, inside, &[]);
    let hall = Hall::open_behind(inside, wire(vec![Rule { times: 2, ..at(fault, Call::Fence) }])).await;
    visit(&hall, Situation::OwesThreeMonths, End::Refunded).await;
    hall.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_is_believed_only_about_its_own_key() {
    refunds_while(WireFault::OtherKey).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fence_without_an_answer_is_asked_again() {
    refunds_while(WireFault::NoAnswer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_fence_is_none() {
    refunds_while(WireFault::HalfAnswer).await;
}
