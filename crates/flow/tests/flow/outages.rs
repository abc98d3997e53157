//! Planned outages: by area from the published copy, and by account number.

use powerhall_api::{LookupKind, Outage, Outages as Told, Personal, ProblemCode, Sheet, Tool};
use powerhall_flow::{
    Answer, Effect, Event, Ignored, NotABill, Notice, Outages, OutagesOf, Press, Question, Screen, Trouble,
};

use crate::information::{at, hall};
use crate::world::{World, asked, lookup, text};

pub fn outage(area: &str, from: &str) -> Outage {
    Outage {
        area: text(area),
        streets: text("解放路"),
        reason: text("检修"),
        from: from.to_owned(),
        until: from.to_owned(),
    }
}

fn world(outages: Option<Vec<Outage>>) -> World {
    let mut world = World::open(1);
    let mut hall = hall("1");
    hall.shelves[1].groups[0].sheets = vec![Sheet {
        name: text("计划停电"),
        parts: Vec::new(),
        errand: None,
        tariff: None,
        tool: Some(Tool::Outages),
    }];
    hall.outages = outages;
    world.send(Event::HallRead(Ok(hall)));
    world.press(Press::Shelf(1));
    world
}

fn three() -> Option<Vec<Outage>> {
    Some(vec![outage("滨河", "1"), outage("城南", "2"), outage("滨河", "3")])
}

fn open(world: &World) -> &Outages {
    match &world.state.screen {
        Screen::Outages(outages) => outages,
        other => panic!("{other:?}"),
    }
}

fn of(world: &World) -> &OutagesOf {
    match &world.state.screen {
        Screen::OutagesOf(of) => of,
        other => panic!("{other:?}"),
    }
}

fn found(count: usize) -> Told {
    Told { account_masked: "510*******127".into(), outages: vec![outage("滨河", "1"); count] }
}

#[test]
fn an_area_is_two_touches_from_home_and_lists_the_next_first() {
    let mut world = world(three());
    world.send(Event::CheckedIn(Err(Trouble::Offline)));
    assert_eq!(open(&world).areas(), [&text("滨河"), &text("城南")]);
    world.press(Press::Entry(1));
    let (area, shown) = open(&world).shown().expect("an area");
    assert_eq!(area, &text("滨河"));
    assert_eq!(shown.iter().map(|one| one.from.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    for press in [Press::Entry(0), Press::Entry(1), Press::Next] {
        world.press(press);
        assert_eq!(world.ignored, Some(Ignored::NotHere), "{press:?}");
    }
    world.press(Press::Back);
    assert_eq!(open(&world).area, None);
    world.press(Press::Entry(3));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    // Opened by itself from the shelf, so back leads past it.
    world.press(Press::Leave);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn none_and_not_known_are_not_the_same() {
    for (outages, known) in [(None, false), (Some(Vec::new()), true)] {
        let mut world = world(outages);
        assert_eq!((open(&world).is_known(), open(&world).areas().len()), (known, 0));
        world.press(Press::Entry(1));
        assert_eq!(world.ignored, Some(Ignored::NotHere));
        world.press(Press::Entry(0));
        assert_eq!(of(&world).found, None);
    }
}

#[test]
fn an_account_is_looked_up_and_shown_masked() {
    let mut world = world(three());
    world.press(Press::Entry(0));
    world.press(Press::Next);
    assert_eq!(of(&world).notice, Some(Notice::NumberShort));
    world.type_digits("1234567127");
    assert_eq!(of(&world).notice, None);
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!("{effects:?}") };
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::Busy));
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    let [Effect::Ask(ticket, Question::Outages(ref reference))] = effects[..] else { panic!("{effects:?}") };
    assert_eq!(reference, "r1");
    world.send(Event::Answered(ticket, Ok(Answer::Outages(found(1)))));
    assert_eq!(of(&world).found, Some(found(1)));
    assert!(world.state.screen.asks_opinion());
    world.press(Press::Digit(1));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Back);
    assert_eq!(
        (of(&world).digits.reveal().as_str(), &of(&world).found),
        ("", &None),
        "nothing personal stays"
    );
    world.press(Press::Back);
    assert_eq!(open(&world).area, None);
    world.press(Press::Home);
    world.press(Press::Shelf(0));
    assert_eq!(at(&world), [Some(0), None, None]);
}

#[test]
fn a_scanned_bill_is_looked_up_at_once() {
    let scan = |world: &mut World, text: &str| world.send(Event::Scanned(Personal::from(text)));
    let mut world = world(three());
    scan(&mut world, "5101234567127");
    assert_eq!(world.ignored, Some(Ignored::NotHere), "an area is asked for");
    world.press(Press::Entry(0));
    scan(&mut world, "https://example.com/");
    assert_eq!(of(&world).notice, Some(Notice::NotABill(NotABill::NoAccount)));
    let ticket = asked(&scan(&mut world, "https://example.com/?no=5101234567127"));
    assert_eq!(of(&world).notice, None);
    assert!(scan(&mut world, "5101234567127").is_empty(), "one look-up at a time");
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    world.send(Event::Answered(asked(&effects), Ok(Answer::Outages(found(1)))));
    scan(&mut world, "5101234567127");
    assert_eq!(world.ignored, Some(Ignored::NotHere), "it is found");
}

#[test]
fn what_goes_wrong_is_said_and_can_be_tried_again() {
    let mut world = world(three());
    world.press(Press::Entry(0));
    world.type_digits("1234567127");
    let ticket = asked(&world.press(Press::Next));
    world.send(Event::Answered(ticket, Err(Trouble::Problem(ProblemCode::AccountNotFound, None))));
    assert_eq!(of(&world).notice, Some(Notice::AccountUnknown));
    let ticket = asked(&world.press(Press::Next));
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    world.send(Event::Answered(asked(&effects), Err(Trouble::Offline)));
    assert_eq!(of(&world).notice, Some(Notice::NoConnection));
    let ticket = asked(&world.press(Press::Next));
    world.press(Press::Back);
    world.send(Event::Answered(ticket, Ok(Answer::Outages(found(1)))));
    assert_eq!(world.ignored, Some(Ignored::TooLate));
}
