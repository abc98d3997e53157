//! The look aside at what was billed, and the way back to paying with nothing lost.

use std::collections::BTreeSet;

use powerhall_api::ProblemCode;
use powerhall_flow::{
    Answer, Choice, Confirm, Effect, Event, Ignored, Notice, Press, Question, Screen, Step, Ticket, Trouble,
};

use crate::world::{World, bill, bills, quote};

const TWO_MONTHS: &[(i64, i64)] = &[(10_007, 421), (11_405, 0)];

/// At the page with what is owed, the first of two months left out.
fn chosen() -> (World, Confirm) {
    let mut world = World::open(1);
    world.reach_confirm(quote(TWO_MONTHS));
    world.press(Press::Month(0));
    let Screen::Confirm(confirm) = world.state.screen.clone() else { panic!("{:?}", world.state.screen) };
    assert_eq!(confirm.choice, Choice::Months(BTreeSet::from([1])));
    (world, confirm)
}

fn open(world: &mut World) -> Ticket {
    let effects = world.press(Press::Bills);
    let [Effect::Ask(ticket, Question::Bills(reference))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(reference, "r1");
    *ticket
}

/// The list of three months.
fn listed() -> (World, Confirm) {
    let (mut world, confirm) = chosen();
    let ticket = open(&mut world);
    world.send(Event::Answered(ticket, Ok(Answer::Bills(bills(3)))));
    (world, confirm)
}

fn notice(world: &World) -> Option<Notice> {
    match &world.state.screen {
        Screen::Bills(list) => list.notice,
        Screen::Find(find) => find.notice,
        other => panic!("{other:?}"),
    }
}

#[test]
fn looks_at_a_bill_and_comes_back_with_everything_chosen() {
    let (mut world, confirm) = listed();
    assert_eq!(world.state.screen.step(), Some(Step::Check));
    let effects = world.press(Press::Bill(1));
    let [Effect::Ask(ticket, Question::Bill(reference, period))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((reference.as_str(), period.as_str()), ("r1", "2026-09"));
    assert!(matches!(world.state.screen, Screen::Bills(_)), "the list stays until the bill is here");
    world.send(Event::Answered(*ticket, Ok(Answer::Bill(Box::new(bill("2026-09"))))));
    let Screen::Bill(shown) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(shown.bill.period, "2026-09");
    world.press(Press::Back);
    let Screen::Bills(list) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((list.bills.as_ref(), list.waiting), (Some(&bills(3)), None));
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Confirm(confirm));
    world.reach_code();
}

#[test]
fn a_second_touch_asks_once_and_back_works_meanwhile() {
    let (mut world, confirm) = chosen();
    let ticket = open(&mut world);
    assert!(world.press(Press::Bill(0)).is_empty());
    assert_eq!(world.ignored, Some(Ignored::Busy));
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Confirm(confirm.clone()));
    assert!(world.send(Event::Answered(ticket, Ok(Answer::Bills(bills(3))))).is_empty());
    assert_eq!(world.ignored, Some(Ignored::TooLate));
    assert_eq!(world.state.screen, Screen::Confirm(confirm));
}

#[test]
fn trouble_has_its_sentence_and_another_try() {
    let (mut world, _) = chosen();
    let ticket = open(&mut world);
    world.send(Event::Answered(ticket, Err(Trouble::Offline)));
    assert_eq!(notice(&world), Some(Notice::NoConnection));
    let effects = world.press(Press::TryAgain);
    let [Effect::Ask(again, Question::Bills(_))] = effects[..] else { panic!("{effects:?}") };
    assert_ne!(ticket, again);
    assert_eq!(notice(&world), None);
    world.send(Event::Answered(again, Ok(Answer::Bills(bills(2)))));
    assert!(world.press(Press::TryAgain).is_empty(), "it is there");

    world.press(Press::Bill(2));
    assert_eq!(world.ignored, Some(Ignored::NotHere), "there are two");
    let effects = world.press(Press::Bill(0));
    let [Effect::Ask(ticket, Question::Bill(..))] = effects[..] else { panic!("{effects:?}") };
    world.send(Event::Answered(ticket, Err(Trouble::Problem(ProblemCode::BillingUnavailable, None))));
    assert_eq!(notice(&world), Some(Notice::Busy));
    assert_eq!(world.press(Press::Bill(0)).len(), 1, "the list is still there to ask again");
}

#[test]
fn a_look_up_that_has_expired_asks_for_the_number_again() {
    let (mut world, _) = listed();
    let effects = world.press(Press::Bill(0));
    let [Effect::Ask(ticket, Question::Bill(..))] = effects[..] else { panic!("{effects:?}") };
    let expired = Trouble::Problem(ProblemCode::ReferenceExpired, None);
    world.send(Event::Answered(ticket, Err(expired)));
    assert!(matches!(world.state.screen, Screen::Find(_)));
    assert_eq!(notice(&world), Some(Notice::LookupExpired));
}

#[test]
fn says_that_it_is_connecting_and_forgets_everything_at_home() {
    let (mut world, _) = chosen();
    open(&mut world);
    assert!(!world.state.is_connecting(&world.settings, world.at));
    world.pass(3_000);
    assert!(world.state.is_connecting(&world.settings, world.at));
    world.press(Press::Home);
    assert_eq!(world.state.screen, Screen::Home);
    let (mut world, _) = listed();
    world.pass(45_000 + 20_000 + 1_000);
    assert_eq!(world.state.screen, Screen::Home);
}
