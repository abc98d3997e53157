//! What is measured: each page by how long it was open and how it was left, and one tap of opinion.

use powerhall_api::{Collect, Deliver, Left, LookupKind, Measure, Opinion, Place};
use powerhall_flow::{Answer, Asked, Effect, Event, Ignored, Journey, Overlay, Press, Question, Screen};

use crate::world::{World, applications, asked, asked_for, delivered, lookup, order, quote};

/// What was measured since the last look: where, how it was left, and the seconds.
fn stays(world: &mut World) -> Vec<(Place, Left, u32)> {
    let stay = |measure| match measure {
        Measure::Stay { place, left, ms } => (place, left, ms / 1_000),
        other => panic!("{other:?}"),
    };
    world.measured.drain(..).map(stay).collect()
}

/// From home to what is owed, with seconds on each page.
fn confirm(world: &mut World) {
    world.press(Press::Begin(Journey::Pay));
    world.at += 9_000;
    world.type_digits("1234567127");
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!("{effects:?}") };
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    world.at += 1_000;
    world.send(Event::Answered(asked(&effects), Ok(Answer::Quote(asked_for(), quote(&[(10_000, 0)])))));
    world.at += 7_000;
}

#[test]
fn a_journey_is_measured_page_by_page() {
    let mut world = World::open(1);
    confirm(&mut world);
    let id = world.reach_code();
    world.at += 20_000;
    world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posted));
    world.at += 5_000;
    world.press(Press::Home);
    let expected = [
        (Place::FindAccount, Left::Next, 10),
        (Place::Confirm, Left::Next, 7),
        (Place::Pay, Left::Next, 20),
        (Place::Finished, Left::Done, 5),
    ];
    assert_eq!(stays(&mut world), expected);
    // Nobody is measured at home.
    world.pass(500_000);
    world.press(Press::Begin(Journey::Progress));
    assert_eq!(stays(&mut world), []);
}

#[test]
fn who_goes_is_told_apart_by_how() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.press(Press::Back);
    assert_eq!(stays(&mut world), [(Place::FindAccount, Left::Home, 0)], "back from the first page is home");

    confirm(&mut world);
    world.press(Press::Home);
    assert_eq!(stays(&mut world).pop(), Some((Place::Confirm, Left::Home, 7)));

    confirm(&mut world);
    world.press(Press::NotMe);
    assert_eq!(stays(&mut world).pop(), Some((Place::Confirm, Left::Back, 7)));
    world.press(Press::Home);

    // Cancelled while the code was shown: gone when that is proved.
    confirm(&mut world);
    let id = world.reach_code();
    world.at += 30_000;
    world.press(Press::Cancel);
    world.at += 1_000;
    world.answer(id, Asked::Cancel, order(id, 4, Collect::Closed));
    assert!(matches!(world.state.screen, Screen::Confirm(_)));
    assert_eq!(stays(&mut world).pop(), Some((Place::Pay, Left::GaveUp, 31)));

    // Nobody there any more: the idle time since the page came, then the warning.
    world.pass(70_000);
    assert_eq!(world.state.screen, Screen::Home);
    assert_eq!(stays(&mut world), [(Place::Confirm, Left::TimeOut, 65)]);

    // The warning was answered by the end.
    confirm(&mut world);
    world.pass(50_000);
    assert!(matches!(world.state.overlay, Some(Overlay::IdleWarning { .. })));
    world.press(Press::Home);
    assert_eq!(stays(&mut world).pop(), Some((Place::Confirm, Left::GaveUp, 57)));
}

#[test]
fn who_has_what_they_came_for_is_not_lost() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[]));
    world.press(Press::Home);
    assert_eq!(stays(&mut world).pop(), Some((Place::Confirm, Left::Done, 0)), "nothing is owed");

    world.press(Press::Begin(Journey::Progress));
    world.type_digits("261105000037");
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!("{effects:?}") };
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Applications)))));
    world.send(Event::Answered(asked(&effects), Ok(Answer::Applications(applications(1)))));
    world.pass(70_000);
    assert_eq!(world.state.screen, Screen::Home);
    assert_eq!(stays(&mut world).pop(), Some((Place::Progress, Left::Done, 65)));
}

#[test]
fn an_opinion_is_given_once_where_a_journey_ends_and_changes_nothing_else() {
    let mut world = World::open(1);
    confirm(&mut world);
    world.press(Press::Opinion(Opinion::Good));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    let id = world.reach_code();
    world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posted));
    world.measured.clear();
    let page = world.state.screen.clone();
    world.press(Press::Opinion(Opinion::SoSo));
    world.press(Press::Opinion(Opinion::Good));
    assert_eq!(world.ignored, Some(Ignored::NoChange));
    assert_eq!((&world.state.screen, world.state.opinion), (&page, Some(Opinion::SoSo)));
    let opinion = Measure::Opinion { place: Place::Finished, opinion: Opinion::SoSo };
    assert_eq!(world.measured, [opinion]);
    // The next customer is asked anew.
    world.press(Press::Home);
    assert_eq!(world.state.opinion, None);
}
