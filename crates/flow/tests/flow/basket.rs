//! Several accounts in one payment: putting one beside another, leaving out, and one code for all.

use std::collections::BTreeSet;

use powerhall_api::{Collect, Deliver, Duty, LookupKind, ProblemCode, Quote, QuoteRequest};
use powerhall_flow::{
    Answer, Asked, Basket, Effect, Event, Ignored, Notice, Press, Question, Screen, Step, Trouble,
};
use powerhall_money::Fen;

use crate::world::{World, asked, lookup, order, quote};

/// What each of so many accounts owes: a month of 100.00, of 200.00, and so on.
fn owed(accounts: i64) -> Quote {
    let line = |at: i64| {
        let mut line = quote(&[(10_000 * (at + 1), 0)]).lines.remove(0);
        line.line = u32::try_from(at).unwrap();
        if let Some(account) = &mut line.account {
            account.account_masked = format!("510*******{at:03}").as_str().into();
        }
        line
    };
    Quote { lines: (0..accounts).map(line).collect(), ..quote(&[]) }
}

fn basket(world: &World) -> &Basket {
    match &world.state.screen {
        Screen::Basket(basket) => basket,
        other => panic!("{other:?}"),
    }
}

/// Finds one more account, which joins what is there: the question about all of them.
fn add(world: &mut World, reference: &str) -> (powerhall_flow::Ticket, QuoteRequest) {
    assert!(world.press(Press::AddAccount).is_empty());
    world.type_digits("1234567890");
    let effects = world.press(Press::Next);
    let mut found = lookup(LookupKind::Account);
    found.reference = reference.to_owned();
    let effects = world.send(Event::Answered(asked(&effects), Ok(Answer::Lookup(found))));
    let alone = QuoteRequest::of(reference.to_owned(), Duty::Arrears);
    let effects = world.send(Event::Answered(asked(&effects), Ok(Answer::Quote(alone, owed(1)))));
    let [Effect::Ask(ticket, Question::Quote(all))] = &effects[..] else { panic!("{effects:?}") };
    (*ticket, all.clone())
}

/// At the page with two accounts.
fn two() -> World {
    let mut world = World::open(1);
    world.reach_confirm(owed(1));
    let (ticket, all) = add(&mut world, "r2");
    assert_eq!(all.references, ["r1", "r2"]);
    world.send(Event::Answered(ticket, Ok(Answer::Quote(all, owed(2)))));
    world
}

#[test]
fn another_account_joins_the_first_and_one_code_pays_both() {
    let mut world = two();
    assert_eq!(world.state.screen.step(), Some(Step::Check));
    assert_eq!((basket(&world).amount(), basket(&world).notice), (Fen::new(30_000), None));
    let effects = world.press(Press::Next);
    let [Effect::Record(id, powerhall_flow::Fact::Named { amount })] = effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(amount, Fen::new(30_000));
    let effects = world.send(Event::Recorded(id, Ok(())));
    let [Effect::PutOrder { request, .. }] = &effects[..] else { panic!("{effects:?}") };
    let lines: Vec<_> = request.lines.iter().map(|l| (l.line, l.amount_fen.get(), l.periods.len())).collect();
    assert_eq!(lines, [(0, 10_000, 1), (1, 20_000, 1)]);

    // Left again, both are still chosen.
    world.answer(id, Asked::Put, order(id, 2, Collect::Awaiting));
    world.press(Press::Cancel);
    world.answer(id, Asked::Cancel, order(id, 3, Collect::Closed));
    let here = basket(&world);
    assert_eq!((here.notice, here.chosen.len()), (Some(Notice::CancelledNothingTaken), 2));
}

#[test]
fn an_account_can_be_left_out_and_stays_so() {
    let mut world = two();
    world.press(Press::Tick(0));
    assert_eq!(basket(&world).amount(), Fen::new(20_000));
    let (ticket, all) = add(&mut world, "r3");
    assert_eq!(all.references, ["r1", "r2", "r3"]);
    world.send(Event::Answered(ticket, Ok(Answer::Quote(all, owed(3)))));
    assert_eq!(
        (&basket(&world).chosen, basket(&world).amount()),
        (&BTreeSet::from([1, 2]), Fen::new(50_000))
    );
    world.press(Press::Tick(1));
    world.press(Press::Tick(2));
    assert!(world.press(Press::Next).is_empty());
    assert_eq!(basket(&world).notice, Some(Notice::NoneChosen));
    world.press(Press::Tick(7));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
}

#[test]
fn what_owes_nothing_or_is_prepaid_is_not_paid_with_others() {
    let mut world = World::open(1);
    world.reach_confirm(owed(1));
    let (ticket, all) = add(&mut world, "r2");
    let mut quoted = owed(2);
    quoted.lines[1].duty = Duty::Prepaid;
    world.send(Event::Answered(ticket, Ok(Answer::Quote(all, quoted))));
    assert_eq!(basket(&world).chosen, BTreeSet::from([0]));
    world.press(Press::Tick(1));
    assert_eq!((world.ignored, basket(&world).chosen.len()), (Some(Ignored::NotHere), 1));
}

#[test]
fn the_same_account_twice_is_said_and_not_paid_twice() {
    let mut world = World::open(1);
    world.reach_confirm(owed(1));
    let (ticket, all) = add(&mut world, "r2");
    let mut twice = owed(2);
    twice.lines[1].account = twice.lines[0].account.clone();
    world.send(Event::Answered(ticket, Ok(Answer::Quote(all, twice))));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((confirm.notice, confirm.waiting), (Some(Notice::AlreadyThere), None));
}

#[test]
fn back_from_finding_another_leads_to_what_is_there_already() {
    let mut world = two();
    world.press(Press::AddAccount);
    assert!(matches!(world.state.screen, Screen::Find(_)));
    world.press(Press::Back);
    assert_eq!(basket(&world).references.len(), 2);
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Confirm(_)), "and from there to the first account");

    // Home forgets both: the next customer adds nothing to them.
    world.press(Press::AddAccount);
    world.press(Press::Home);
    assert_eq!(world.state.beside, None);
    world.reach_confirm(owed(1));
    assert!(matches!(world.state.screen, Screen::Confirm(_)));
}

#[test]
fn trouble_with_the_second_keeps_the_first() {
    let mut world = World::open(1);
    world.reach_confirm(owed(1));
    let (ticket, _) = add(&mut world, "r2");
    world.send(Event::Answered(ticket, Err(Trouble::Offline)));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((confirm.notice, confirm.amount()), (Some(Notice::NoConnection), Fen::new(10_000)));

    let mut world = two();
    world.at += 10 * 60_000;
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Quote(_))] = effects[..] else { panic!("{effects:?}") };
    world.send(Event::Answered(ticket, Err(Trouble::Problem(ProblemCode::ReferenceExpired, None))));
    assert!(matches!(world.state.screen, Screen::Find(_)));
}

#[test]
fn sixteen_are_the_most() {
    let mut world = two();
    for n in 3..=16 {
        let (ticket, all) = add(&mut world, &format!("r{n}"));
        world.send(Event::Answered(ticket, Ok(Answer::Quote(all, owed(n)))));
    }
    assert_eq!(basket(&world).references.len(), 16);
    assert!(!basket(&world).has_room());
    world.press(Press::AddAccount);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
}

#[test]
fn more_than_the_machine_takes_at_once_is_said() {
    let mut world = World::open(1);
    world.settings.most_amount = Fen::new(25_000);
    world.reach_confirm(owed(1));
    let (ticket, all) = add(&mut world, "r2");
    world.send(Event::Answered(ticket, Ok(Answer::Quote(all, owed(2)))));
    assert!(world.press(Press::Next).is_empty());
    assert_eq!(basket(&world).notice, Some(Notice::AmountTooLarge(Fen::new(25_000))));
    world.press(Press::Tick(0));
    assert!(!world.press(Press::Next).is_empty(), "one of them alone fits");
}

#[test]
fn the_result_tells_each_account() {
    let mut world = two();
    let effects = world.press(Press::Next);
    let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
    world.send(Event::Recorded(id, Ok(())));
    let mut paid = order(id, 2, Collect::Paid);
    paid.lines.push(powerhall_api::OrderLine {
        line: 1,
        deliver: Deliver::Refunding,
        ..paid.lines[0].clone()
    });
    world.answer(id, Asked::Put, paid);
    let Screen::Finished(finished) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(finished.order.lines.len(), 2);
}
