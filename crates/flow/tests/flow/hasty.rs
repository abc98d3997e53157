//! A finger that is faster than the eye: the second half of a double tap, and a touch that was on its way while the screen
//! changed, mean nothing on what came there.

use powerhall_api::LookupKind;
use powerhall_flow::{Answer, Event, Ignored, Journey, Overlay, Press, Screen, Settings, Way};

use crate::information::{at, hall};
use crate::world::{World, asked, asked_for, lookup, quote};

/// With the time that a hall has.
fn world() -> World {
    let mut world = World::open(1);
    world.settings = Settings::default();
    world
}

fn typed(world: &World) -> &str {
    match &world.state.screen {
        Screen::Find(find) => find.typed.reveal(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_second_half_of_a_double_tap_does_nothing_on_the_next_page() {
    let mut world = world();
    world.press(Press::Begin(Journey::Pay));
    world.at += 120;
    world.press(Press::Digit(5));
    assert_eq!((typed(&world), world.ignored), ("", Some(Ignored::TooSoon)));
    world.at += 180;
    world.press(Press::Digit(5));
    assert_eq!((typed(&world), world.ignored), ("5", None), "300 ms after the page came");
    world.press(Press::Digit(5));
    assert_eq!(typed(&world), "55", "on one page a finger may be as fast as it likes");
}

/// The main action of every page is in the same place: of the look-up, and of paying what it has found.
#[test]
fn a_finger_on_its_way_while_the_answer_comes_pays_nothing() {
    let mut world = world();
    world.press(Press::Begin(Journey::Pay));
    world.at += 1_000;
    world.type_digits("1234567127");
    let ticket = asked(&world.press(Press::Next));
    let ticket = asked(&world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account))))));
    world.at += 2_000;
    world.send(Event::Answered(ticket, Ok(Answer::Quote(asked_for(), quote(&[(10_007, 421)])))));
    assert!(matches!(world.state.screen, Screen::Confirm(_)), "{:?}", world.state.screen);
    world.at += 150;
    assert!(world.press(Press::Next).is_empty());
    assert!(matches!(world.state.screen, Screen::Confirm(_)), "{:?}", world.state.screen);
    world.at += 150;
    assert!(!world.press(Press::Next).is_empty());
    assert!(matches!(world.state.screen, Screen::Pay(_)), "{:?}", world.state.screen);
}

#[test]
fn a_warning_that_comes_under_the_finger_ends_no_session() {
    let mut world = world();
    world.press(Press::Begin(Journey::Pay));
    world.pass(45_000);
    assert!(matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })));
    world.at += 100;
    world.press(Press::Home);
    assert_eq!(
        (world.ignored, world.state.overlay),
        (Some(Ignored::TooSoon), None),
        "it shows that somebody is there"
    );
    assert_eq!(typed(&world), "");
}

#[test]
fn what_is_opened_step_by_step_opens_one_step_a_tap() {
    let mut world = world();
    world.send(Event::HallRead(Ok(hall("1"))));
    world.press(Press::Shelf(0));
    world.at += 120;
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), None, None]);
    world.at += 300;
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), Some(0), None]);
    world.press(Press::Entry(0));
    assert_eq!(at(&world), [Some(0), Some(0), None]);
}

#[test]
fn what_changes_nothing_to_touch_waits_for_nobody() {
    let mut world = world();
    world.press(Press::Ways);
    world.at += 300;
    world.press(Press::Way(Way::Contrast));
    let once = world.state.ways;
    world.press(Press::Way(Way::Contrast));
    assert_eq!(world.ignored, None);
    assert_ne!(world.state.ways, once, "the panel stays as it is, and so may the finger");
    world.press(Press::Close);
    world.press(Press::Keypad);
    assert_eq!(world.ignored, None, "that a key was used is no touch of anything");
}
