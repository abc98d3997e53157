//! The customer calls for the guide: from any page, once, with a calm answer when nobody can be told, and an end.

use powerhall_api::{Call, CallRequest, CallState, Collect, Place};
use powerhall_flow::{CallStage, Effect, Event, Ignored, Journey, Overlay, Press, Screen, Trouble};
use uuid::Uuid;

use crate::world::{World, check_in, quote};

/// Calls, and gives what the backend is told.
fn call(world: &mut World) -> CallRequest {
    world.press(Press::Help);
    let effects = world.press(Press::CallGuide);
    let [Effect::CallGuide(request)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(stage(world), Some(CallStage::Calling));
    request.clone()
}

fn stage(world: &World) -> Option<CallStage> {
    world.state.call.as_ref().map(|call| call.stage)
}

fn answer(world: &mut World, id: Uuid, state: CallState) -> Vec<Effect> {
    world.send(Event::Called(id, Ok(Call { id, state })))
}

/// A check-in that says where the call stands.
fn told(world: &mut World, id: Uuid, state: CallState) -> Vec<Effect> {
    let mut answer = check_in(1);
    answer.call = Some(Call { id, state });
    world.send(Event::CheckedIn(Ok(answer)))
}

#[test]
fn a_call_is_made_taken_and_over_while_the_page_stays() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[(10_000, 0)]));
    let page = world.state.screen.clone();
    let request = call(&mut world);
    assert_eq!((request.place, request.reference), (Place::Confirm, None));
    answer(&mut world, request.id, CallState::Open);
    assert_eq!(stage(&world), Some(CallStage::Called));

    // The next check-in comes soon and asks after it.
    let effects = world.pass(4_000);
    let asked =
        |effect: &Effect| matches!(effect, Effect::CheckIn { call: Some(id), .. } if *id == request.id);
    assert!(effects.iter().any(asked), "{effects:?}");
    told(&mut world, request.id, CallState::Taken);
    assert_eq!((stage(&world), world.state.overlay), (Some(CallStage::Taken), Some(Overlay::Call)));

    // The customer looks at the page meanwhile; help leads back to the call.
    world.press(Press::Close);
    assert_eq!((world.state.overlay, &world.state.screen), (None, &page));
    world.press(Press::Help);
    assert_eq!(world.state.overlay, Some(Overlay::Call));
    told(&mut world, request.id, CallState::Done);
    assert_eq!((stage(&world), world.state.overlay), (None, None), "it goes back to the page");
    assert_eq!(world.state.screen, page);
    world.press(Press::Help);
    assert_eq!(world.state.overlay, Some(Overlay::Help));
}

#[test]
fn staff_is_told_the_reference_of_the_payment_and_nothing_else() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[(10_000, 0)]));
    let id = world.reach_code();
    let request = call(&mut world);
    let reference = crate::world::order(id, 2, Collect::Awaiting).reference;
    assert_eq!(request, CallRequest { id: request.id, place: Place::Pay, reference: Some(reference) });
    assert!(matches!(world.state.screen, Screen::Pay(_)), "the code lives on");
}

#[test]
fn who_cannot_be_told_is_told_later_with_the_same_words() {
    let mut world = World::open(1);
    let request = call(&mut world);
    world.send(Event::Called(request.id, Err(Trouble::Offline)));
    assert_eq!(stage(&world), Some(CallStage::Unreachable { asking: false }));
    assert_eq!(world.state.overlay, Some(Overlay::Call), "it says where to go");
    // While the backend is away nothing is tried but the check-in.
    let effects = world.send(Event::CheckedIn(Err(Trouble::Offline)));
    assert_eq!(effects, []);
    // The customer has gone on meanwhile: what staff is told is as it was called.
    world.press(Press::Close);
    world.press(Press::Begin(Journey::Pay));
    let effects = world.send(Event::CheckedIn(Ok(check_in(1))));
    assert!(effects.contains(&Effect::CallGuide(request.clone())), "{effects:?}");
    // One try at a time.
    let effects = world.send(Event::CheckedIn(Ok(check_in(1))));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::CallGuide(_))), "{effects:?}");
    answer(&mut world, request.id, CallState::Open);
    assert_eq!(stage(&world), Some(CallStage::Called));
}

#[test]
fn a_call_that_is_not_needed_is_ended_even_when_its_request_is_under_way() {
    let mut world = World::open(1);
    let request = call(&mut world);
    assert_eq!(world.press(Press::EndCall), [], "its end could overtake it");
    assert_eq!((stage(&world), world.state.overlay), (None, None));
    assert_eq!(answer(&mut world, request.id, CallState::Open), [Effect::EndCall(request.id)]);
    assert_eq!(world.ignored, Some(Ignored::TooLate));

    let request = call(&mut world);
    answer(&mut world, request.id, CallState::Open);
    assert_eq!(world.press(Press::EndCall), [Effect::EndCall(request.id)]);
    // A check-in that was under way speaks of what is over.
    told(&mut world, request.id, CallState::Taken);
    assert_eq!(stage(&world), None);
    world.press(Press::EndCall);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::CallGuide);
    assert_eq!(world.ignored, Some(Ignored::NotHere), "there is no such control on a page");
}

#[test]
fn a_check_in_from_before_the_call_says_nothing_about_it() {
    let mut world = World::open(1);
    let request = call(&mut world);
    answer(&mut world, request.id, CallState::Open);
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert_eq!(stage(&world), Some(CallStage::Called));
    told(&mut world, Uuid::from_u128(77), CallState::Done);
    assert_eq!(stage(&world), Some(CallStage::Called), "another call's end is not its end");
}

#[test]
fn who_has_called_may_stand_and_wait_and_the_guide_still_comes_after_the_session() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[(10_000, 0)]));
    let request = call(&mut world);
    answer(&mut world, request.id, CallState::Open);
    let keep = |world: &mut World, time: u64| {
        for _ in 0..time / 4_000 {
            world.pass(4_000);
            told(world, request.id, CallState::Open);
        }
    };
    keep(&mut world, 176_000);
    assert_eq!(world.state.overlay, Some(Overlay::Call));
    keep(&mut world, 30_000);
    assert_eq!(
        (&world.state.screen, world.state.overlay),
        (&Screen::Home, None),
        "the page is not kept for ever"
    );
    assert_eq!(stage(&world), Some(CallStage::Called));
}

#[test]
fn what_nobody_was_told_of_ends_with_the_session_and_what_is_not_heard_of_ends_by_itself() {
    let mut world = World::open(1);
    let request = call(&mut world);
    world.send(Event::Called(request.id, Err(Trouble::Timeout)));
    world.pass(250_000);
    assert_eq!((&world.state.screen, stage(&world)), (&Screen::Home, None));

    let request = call(&mut world);
    answer(&mut world, request.id, CallState::Open);
    world.pass(899_000);
    assert!(world.state.call.is_some());
    world.pass(1_000);
    assert_eq!(stage(&world), None, "the backend has fallen silent");
}
