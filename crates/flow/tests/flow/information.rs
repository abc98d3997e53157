//! Reading what the hall publishes: from home to a sheet and back, in normal and in large text.

use std::sync::Arc;

use powerhall_api::{Checklist, Errand, Group, Hall, Line, Part, Sheet, Shelf};
use powerhall_flow::{Effect, Event, Information, Journey, Press, Screen, Tile, Trouble, Way};

use crate::world::{World, check_in, text};

fn sheet(name: &str) -> Sheet {
    let line = Line { name: None, text: text("不收费") };
    let list =
        |who: &str| Checklist { applicant: text(who), items: vec![text("身份证"), text("房产证")] };
    let errand = match name {
        "低压新装" => Some(Errand { facts: Vec::new(), lists: vec![list("个人"), list("租户")] }),
        "过户" => Some(Errand { facts: Vec::new(), lists: vec![list("个人")] }),
        _ => None,
    };
    Sheet {
        name: text(name),
        parts: vec![Part { heading: text("收费"), lines: vec![line] }],
        errand,
        tariff: None,
        tool: None,
    }
}

fn group(name: &str, sheets: &[&str]) -> Group {
    Group { name: text(name), sheets: sheets.iter().map(|name| sheet(name)).collect() }
}

/// Guides in two groups, and notices in one.
pub fn hall(edition: &str) -> Hall {
    let shelf = |key: &str, groups| Shelf { key: key.to_owned(), name: text(key), groups };
    Hall {
        edition: edition.to_owned(),
        day: "2026-11-24".to_owned(),
        tiles: ["pay", "progress", "guides", "notices", "unknown"].map(str::to_owned).to_vec(),
        shelves: vec![
            shelf("guides", vec![group("新装", &["低压新装", "高压新装"]), group("过户", &["过户"])]),
            shelf("notices", vec![group("公告", &["承诺", "现金"])]),
        ],
        ..Hall::default()
    }
}

fn world() -> World {
    let mut world = World::open(1);
    world.send(Event::HallRead(Ok(hall("1"))));
    world
}

/// Shelf, group and sheet by their places.
pub fn at(world: &World) -> [Option<usize>; 3] {
    match &world.state.screen {
        Screen::Information(Information { shelf, group, sheet, .. }) => [*shelf, *group, *sheet],
        other => panic!("{other:?}"),
    }
}

#[test]
fn home_offers_what_the_catalogue_names_and_the_kiosk_knows() {
    let mut world = World::open(1);
    let journeys = [Journey::Pay, Journey::Progress].map(Tile::Journey);
    assert_eq!(world.state.tiles(), journeys, "before it is known");
    world.send(Event::HallRead(Ok(hall("1"))));
    assert_eq!(world.state.tiles(), [journeys[0], journeys[1], Tile::Shelf(0), Tile::Shelf(1)]);
}

#[test]
fn any_sheet_is_three_touches_from_home_and_back_goes_the_same_way() {
    let mut world = world();
    world.press(Press::Shelf(0));
    assert_eq!(at(&world), [Some(0), None, None]);
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), Some(0), None]);
    world.press(Press::Entry(1));
    assert_eq!(at(&world), [Some(0), Some(0), Some(1)]);
    let Screen::Information(shown) = &world.state.screen else { unreachable!() };
    assert_eq!(shown.sheet().map(|sheet| sheet.name["zh_CN"].as_str()), Some("高压新装"));
    world.press(Press::Back);
    assert_eq!(at(&world), [Some(0), Some(0), None]);
    world.press(Press::Leave);
    assert_eq!(at(&world), [Some(0), None, None]);
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn what_is_alone_opens_by_itself_and_back_passes_it() {
    let mut world = world();
    world.press(Press::Shelf(0));
    world.press(Press::Entry(1));
    assert_eq!(at(&world), [Some(0), Some(1), Some(0)]);
    world.press(Press::Back);
    assert_eq!(at(&world), [Some(0), None, None]);
    world.press(Press::Home);
    world.press(Press::Shelf(1));
    assert_eq!(at(&world), [Some(1), Some(0), None]);
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn large_text_goes_by_way_of_all_shelves() {
    let mut world = world();
    world.press(Press::Way(Way::TextSize));
    world.press(Press::More);
    assert_eq!(at(&world), [None, None, None]);
    world.press(Press::Entry(1));
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(1), Some(0), Some(0)]);
    world.press(Press::Back);
    world.press(Press::Back);
    assert_eq!(at(&world), [None, None, None]);
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn nothing_is_opened_that_is_not_there() {
    let mut world = world();
    world.press(Press::Shelf(2));
    assert_eq!(world.state.screen, Screen::Home);
    world.press(Press::Shelf(0));
    world.press(Press::Entry(2));
    assert_eq!(at(&world), [Some(0), None, None]);
    world.press(Press::Entry(1));
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), Some(1), Some(0)], "a sheet has no entries");
    let mut empty = World::open(1);
    empty.press(Press::More);
    assert_eq!(empty.state.screen, Screen::Home);
}

#[test]
fn another_edition_is_read_once_and_does_not_disturb_a_reader() {
    let mut world = world();
    let answer = |edition: &str| {
        let mut answer = check_in(1);
        answer.hall = edition.to_owned();
        Event::CheckedIn(Ok(answer))
    };
    let reads = |effects: Vec<Effect>| effects.iter().filter(|effect| **effect == Effect::ReadHall).count();
    assert_eq!(reads(world.send(answer("1"))), 0, "the one it has");
    assert_eq!(reads(world.send(answer(""))), 0, "an older backend");
    assert_eq!(reads(world.send(answer("2"))), 1);
    assert_eq!(reads(world.send(answer("2"))), 0, "on its way");
    world.send(Event::HallRead(Err(Trouble::Offline)));
    assert_eq!(world.state.service.hall.edition, "1", "the last good copy stays");
    assert_eq!(reads(world.send(answer("2"))), 1, "asked again");
    world.press(Press::Shelf(0));
    world.send(Event::HallRead(Ok(Hall { shelves: vec![], ..hall("2") })));
    let Screen::Information(shown) = &world.state.screen else { unreachable!() };
    assert_eq!((shown.hall.edition.as_str(), Arc::strong_count(&shown.hall)), ("1", 1));
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), Some(0), None]);
}

/// Who applies and what is ticked of what to bring.
fn bringing(world: &World) -> Option<(Option<usize>, Vec<usize>)> {
    let Screen::Information(shown) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    shown.bringing.as_ref().map(|list| (list.applicant, list.ticked.iter().copied().collect()))
}

#[test]
fn what_to_bring_is_asked_by_who_applies_and_ticked_off() {
    let mut world = world();
    for press in [Press::Shelf(0), Press::Entry(0), Press::Entry(0), Press::Tick(0)] {
        world.press(press);
    }
    assert_eq!(bringing(&world), None, "nothing is ticked before it is open");
    assert!(world.state.screen.asks_opinion());
    world.press(Press::Bring);
    assert_eq!(bringing(&world), Some((None, vec![])));
    assert!(!world.state.screen.asks_opinion(), "a question is no end of a journey");
    for press in [Press::Tick(0), Press::Entry(2), Press::Bring] {
        world.press(press);
        assert_eq!(bringing(&world), Some((None, vec![])));
    }
    world.press(Press::Entry(1));
    for press in [Press::Tick(1), Press::Tick(0), Press::Tick(1), Press::Tick(2)] {
        world.press(press);
    }
    assert_eq!(bringing(&world), Some((Some(1), vec![0])), "ticked twice is not ticked");
    let Screen::Information(shown) = &world.state.screen else { unreachable!() };
    assert_eq!(shown.checklist().map(|(list, _)| list.applicant["zh_CN"].as_str()), Some("租户"));
    world.press(Press::Back);
    assert_eq!(bringing(&world), Some((None, vec![])), "another applicant has another list");
    world.press(Press::Back);
    assert_eq!((bringing(&world), at(&world)), (None, [Some(0), Some(0), Some(0)]));
}

#[test]
fn who_applies_is_not_asked_where_there_is_one_list_and_no_list_is_no_question() {
    let mut world = world();
    world.press(Press::Shelf(0));
    world.press(Press::Entry(1));
    assert_eq!(at(&world), [Some(0), Some(1), Some(0)], "alone");
    world.press(Press::Bring);
    assert_eq!(bringing(&world), Some((Some(0), vec![])));
    world.press(Press::Back);
    assert_eq!(bringing(&world), None);

    world.press(Press::Home);
    for press in [Press::Shelf(1), Press::Entry(0), Press::Bring] {
        world.press(press);
    }
    assert_eq!(bringing(&world), None);
}
