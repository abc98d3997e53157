//! What was billed: the look aside and the way back to paying with nothing lost; and for itself, also while nothing can be
//! paid.

use std::collections::BTreeSet;

use powerhall_api::{BillState, ClosedReason, LateFee, LookupKind, ProblemCode, ProofWay};
use powerhall_flow::{
    Answer, BillList, BillShown, Choice, Confirm, Effect, Event, Gate, Ignored, Journey, Notice, Press,
    Purpose, Question, Screen, Step, Ticket, Trouble,
};

use powerhall_money::Fen;

use crate::world::{World, asked, bill, bills, found, lookup, person, quote};

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
    world.send(Event::Answered(ticket, Ok(Answer::Bills("r1".into(), bills(3)))));
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
    assert!(world.send(Event::Answered(ticket, Ok(Answer::Bills("r1".into(), bills(3))))).is_empty());
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
    world.send(Event::Answered(again, Ok(Answer::Bills("r1".into(), bills(2)))));
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

/// From home, at the field for the number.
fn whose() -> World {
    let mut world = World::open(1);
    world.state.service.gate = Gate::Closed(ClosedReason::Suspended);
    world.press(Press::Begin(Journey::Bills));
    assert!(matches!(&world.state.screen, Screen::Find(find) if find.purpose == Purpose::Bills));
    assert_eq!(world.state.screen.step(), None, "no step of paying");
    world
}

#[test]
fn bills_are_read_while_nothing_can_be_paid() {
    let mut world = whose();
    world.type_digits("1234567127");
    let ticket = asked(&world.press(Press::Next));
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    let [Effect::Ask(ticket, Question::Bills(reference))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(reference, "r1");
    world.send(Event::Answered(*ticket, Ok(Answer::Bills("r1".into(), bills(3)))));
    assert_eq!(world.state.screen.step(), None);
    let effects = world.press(Press::Bill(0));
    let [Effect::Ask(ticket, Question::Bill(reference, _))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(reference, "r1");
    let expired = Trouble::Problem(ProblemCode::ReferenceExpired, None);
    let mut late = World { state: world.state.clone(), ..whose() };
    late.send(Event::Answered(*ticket, Err(expired)));
    assert!(matches!(&late.state.screen, Screen::Find(find) if find.purpose == Purpose::Bills));
    world.send(Event::Answered(*ticket, Ok(Answer::Bill(Box::new(bill("2026-09"))))));
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Bills(_)));
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn a_phone_leads_to_the_bills_only_after_a_proof() {
    let mut world = whose();
    world.type_digits("13912345678");
    let ticket = asked(&world.press(Press::Next));
    world.send(Event::Answered(ticket, Ok(Answer::Lookup(person(&[ProofWay::IdLast4])))));
    assert!(matches!(world.state.screen, Screen::Prove(_)));
    world.type_digits("1234");
    let ticket = asked(&world.press(Press::Next));
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Proved(found(1)))));
    let [Effect::Ask(ticket, Question::Bills(reference))] = &effects[..] else { panic!("{effects:?}") };
    world.send(Event::Answered(*ticket, Ok(Answer::Bills(reference.clone(), bills(3)))));
    assert!(matches!(&world.state.screen, Screen::Bills(list) if list.reference == *reference));
}

#[test]
fn what_is_still_to_pay_of_a_bill_counts_its_late_fee() {
    let owed = |state, paid, late: Option<(i64, i64)>| {
        let mut one = bill("2026-08");
        one.state = state;
        one.paid_fen = Fen::new(paid);
        one.late_fee = late.map(|(total, paid)| LateFee {
            total_fen: Fen::new(total),
            paid_fen: Fen::new(paid),
            earlier_fen: Fen::ZERO,
            stretches: Vec::new(),
            least_fen: None,
            basis: Vec::new(),
        });
        let list =
            BillList { bills: None, notice: None, waiting: None, reference: String::new(), back: None };
        BillShown { bill: one, list: Box::new(list) }.still_owed().get()
    };
    assert_eq!(owed(BillState::Paid, 10_007, None), 0);
    assert_eq!(owed(BillState::Paid, 10_007, Some((421, 100))), 321, "of the late fee alone");
    assert_eq!(owed(BillState::Unpaid, 0, Some((421, 0))), 10_428);
    assert_eq!(owed(BillState::Part, 10_000, Some((421, 400))), 28);
    assert_eq!(owed(BillState::Unknown, 0, Some((421, 0))), 0, "nothing is claimed that is not known");
}
