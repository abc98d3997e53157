//! What lies aside of an application's progress: what else there is to know, and the wish to be rung.

use powerhall_api::ProblemCode;
use powerhall_flow::{Answer, AskCallBack, Effect, Event, Ignored, Notice, Press, Question, Screen, Trouble};

use crate::world::{World, applications, asked, call_back, lookup};

/// At the timeline of one of so many applications.
fn at_progress(count: usize) -> World {
    let mut world = World::open(1);
    world.press(Press::CheckProgress);
    world.type_digits("261105000037");
    let effects = world.press(Press::Next);
    let found = Answer::Lookup(lookup(powerhall_api::LookupKind::Applications));
    let effects = world.send(Event::Answered(asked(&effects), Ok(found)));
    world.send(Event::Answered(asked(&effects), Ok(Answer::Applications(applications(count)))));
    if count > 1 {
        world.press(Press::Application(count - 1));
    }
    world
}

/// From there to the page that offers to ring, asking it.
fn ask(world: &mut World) -> Vec<Effect> {
    world.press(Press::Entry(0));
    assert!(matches!(world.state.screen, Screen::Application(_)));
    world.press(Press::Next);
    assert!(matches!(world.state.screen, Screen::CallBack(_)));
    world.press(Press::Next)
}

fn asking(world: &World) -> &AskCallBack {
    let Screen::CallBack(asking) = &world.state.screen else { panic!("{:?}", world.state.screen.place()) };
    asking
}

#[test]
fn a_customer_asks_to_be_rung_and_finds_the_way_back() {
    let mut world = at_progress(2);
    let effects = ask(&mut world);
    let [Effect::Ask(ticket, Question::CallBack(reference))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(reference, "a1", "the application's own");
    let ticket = *ticket;
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::Busy), "asked once");
    world.send(Event::Answered(ticket, Ok(Answer::CallBack(call_back()))));
    assert_eq!(asking(&world).progress.call_back(), Some(&call_back()));
    assert!(world.state.screen.asks_opinion(), "a journey ends here");
    // On to where it stands; from there it is known that it was asked for, and nothing is asked again.
    world.press(Press::Next);
    world.press(Press::Entry(0));
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Back);
    assert!(matches!(&world.state.screen, Screen::Progress(progress) if progress.shown == Some(1)));
}

#[test]
fn what_went_wrong_is_told_and_it_can_be_asked_again() {
    let mut world = at_progress(1);
    let effects = ask(&mut world);
    world.send(Event::Answered(asked(&effects), Err(Trouble::Timeout)));
    assert_eq!(asking(&world).notice, Some(Notice::NoConnection));
    let effects = world.press(Press::Next);
    assert_eq!(asking(&world).notice, None);
    let expired = Err(Trouble::Problem(ProblemCode::ReferenceExpired, None));
    world.send(Event::Answered(asked(&effects), expired));
    assert!(matches!(&world.state.screen, Screen::Find(find) if find.notice == Some(Notice::LookupExpired)));
}

#[test]
fn leaving_while_it_is_asked_leaves_nothing_behind() {
    let mut world = at_progress(1);
    let effects = ask(&mut world);
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Application(_)));
    world.send(Event::Answered(asked(&effects), Ok(Answer::CallBack(call_back()))));
    assert_eq!(world.ignored, Some(Ignored::TooLate));
    world.press(Press::Home);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn nobody_is_rung_without_a_phone_or_by_an_older_backend() {
    for spoil in [0, 1, 2] {
        let mut world = at_progress(1);
        let Screen::Progress(progress) = &mut world.state.screen else { panic!() };
        let one = &mut progress.found.applications[0];
        match spoil {
            0 => one.reference.clear(),
            1 => one.contact.as_mut().unwrap().phone_masked = None,
            _ => one.contact = None,
        }
        world.press(Press::Entry(0));
        world.press(Press::Next);
        assert_eq!(world.ignored, Some(Ignored::NotHere));
    }
    let mut list = at_progress(2);
    list.press(Press::Back);
    list.press(Press::Entry(0));
    assert_eq!(list.ignored, Some(Ignored::NotHere), "of the list there is nothing more to know");
}
