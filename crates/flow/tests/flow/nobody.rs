//! While nobody is there: what the hall shows by turns, and scheduled suspensions, which begin and end by themselves.

use powerhall_api::{Attract as Slides, ClosedReason, Collect, Line, Scope, Slide, Suspension};
use powerhall_flow::{
    Asked, Attract, Contrast, Effect, Event, Gate, Journey, OutOfService, PayStage, Press, Remembered,
    Screen, Trouble, Way, next_wake,
};
use uuid::Uuid;

use crate::information::hall;
use crate::world::{World, check_in, order, quote, text};

pub fn slides(count: usize, languages: &[&str]) -> Slides {
    let slide =
        |n: usize| Slide { title: text(&n.to_string()), line: Line { name: None, text: text("请当心") } };
    Slides {
        seconds: 15,
        languages: languages.iter().map(|tag| (*tag).to_owned()).collect(),
        slides: (0..count).map(slide).collect(),
    }
}

fn showing(attract: Option<Slides>) -> World {
    let mut world = World::open(1);
    let mut hall = hall("1");
    hall.attract = attract;
    world.send(Event::HallRead(Ok(hall)));
    world
}

fn shown(world: &World) -> Option<(String, Option<String>)> {
    world.state.slide().map(|(slide, tag)| (slide.title["zh_CN"].clone(), tag.map(str::to_owned)))
}

#[test]
fn slides_begin_on_an_untouched_home_and_go_round_in_each_language() {
    let mut world = showing(Some(slides(2, &["zh_CN", "en"])));
    world.pass(59_000);
    assert_eq!(world.state.screen, Screen::Home);
    world.pass(1_000);
    let mut seen = Vec::new();
    for _ in 0..5 {
        let (title, tag) = shown(&world).expect("a slide");
        seen.push(format!("{title} {}", tag.expect("a language")));
        world.pass(15_000);
    }
    assert_eq!(seen, ["0 zh_CN", "1 zh_CN", "0 en", "1 en", "0 zh_CN"]);
    world.send(Event::Touched);
    assert_eq!(world.state.screen, Screen::Home);
    assert!(world.measured.is_empty(), "nobody was there");
}

/// At rest the kiosk wakes to check in, and to change the slide; no hall can make it wake more often than every 10 s.
#[test]
fn a_slide_stays_and_nothing_wakes_the_kiosk_meanwhile() {
    let mut world = showing(Some(Slides { seconds: 1, ..slides(3, &[]) }));
    world.pass(60_000);
    let Screen::Attract(Attract { next, .. }) = world.state.screen else {
        panic!("{:?}", world.state.screen)
    };
    assert_eq!(next, world.at + 10_000);
    let wake = next_wake(&world.settings, &world.state, world.at);
    assert_eq!(wake, next.min(world.state.service.next_check_in));
    assert_eq!(shown(&world), Some(("0".to_owned(), None)), "no language named: that of the start");
}

#[test]
fn no_slide_during_a_session_in_another_way_of_use_or_while_somebody_comes() {
    let long = 40_000;
    for presses in [
        vec![Press::Begin(Journey::Pay)],
        vec![Press::Way(Way::TextSize)],
        vec![Press::Help],
        vec![Press::Help, Press::CallGuide, Press::Close],
    ] {
        let mut world = showing(Some(slides(2, &[])));
        world.settings.attract_after = Some(30_000);
        for press in &presses {
            world.press(*press);
        }
        world.pass(long);
        assert!(!matches!(world.state.screen, Screen::Attract(_)), "{presses:?}");
    }
    // Who has left another way of use: first home as at start, then the slides.
    let mut world = showing(Some(slides(2, &[])));
    world.press(Press::Way(Way::Contrast));
    world.pass(200_000);
    assert!(matches!(world.state.screen, Screen::Attract(_)));
    assert_eq!(world.state.ways.contrast, Contrast::Standard);
    world.press(Press::Keypad);
    assert_eq!(world.state.screen, Screen::Home, "a key is a touch");
    for none in [None, Some(slides(0, &[]))] {
        let mut world = showing(none);
        world.pass(600_000);
        assert_eq!(world.state.screen, Screen::Home);
    }
    let mut world = showing(Some(slides(2, &[])));
    world.settings.attract_after = None;
    world.pass(600_000);
    assert_eq!(world.state.screen, Screen::Home);
}

fn told(scope: Scope, begins_in: u32, ends_in: u32) -> Suspension {
    Suspension {
        id: Uuid::from_u128(7),
        scope,
        reason: text("系统升级"),
        from: "2026-12-01T18:00:00+08:00".into(),
        until: "2026-12-01T20:00:00+08:00".into(),
        begins_in,
        ends_in,
    }
}

fn tell(world: &mut World, suspensions: Vec<Suspension>) {
    let mut answer = check_in(1);
    answer.suspensions = suspensions;
    world.send(Event::CheckedIn(Ok(answer)));
}

#[test]
fn a_suspension_is_said_beforehand_and_begins_and_ends_without_the_backend() {
    let mut world = showing(Some(slides(2, &[])));
    tell(&mut world, vec![told(Scope::All, 100, 400)]);
    assert!(world.state.coming(world.at).is_some());
    assert_eq!(world.state.gate(), Gate::Open);
    // From here on nothing is heard of the backend.
    world.send(Event::CheckedIn(Err(Trouble::Offline)));
    world.pass(70_000);
    assert!(matches!(world.state.screen, Screen::Attract(_)));
    world.pass(31_000);
    assert_eq!(world.state.screen, Screen::OutOfService(OutOfService));
    assert!(world.state.coming(world.at).is_none());
    for press in [Press::Begin(Journey::Pay), Press::Shelf(0), Press::Home, Press::Leave] {
        world.press(press);
        assert_eq!(world.state.screen, Screen::OutOfService(OutOfService), "{press:?}");
    }
    world.press(Press::Way(Way::TextSize));
    world.pass(200_000);
    assert_eq!(world.state.ways, Default::default(), "as at start for the next");
    world.pass(100_000);
    assert!(!matches!(world.state.screen, Screen::OutOfService(_)));
    assert_eq!(world.state.suspended(), None);
}

#[test]
fn one_that_is_far_off_is_not_said_yet_and_one_that_is_called_off_does_not_begin() {
    let mut world = World::open(1);
    tell(&mut world, vec![told(Scope::All, 90_000, 91_000)]);
    assert!(world.state.coming(world.at).is_none());
    tell(&mut world, vec![told(Scope::All, 100, 400)]);
    tell(&mut world, Vec::new());
    world.pass(150_000);
    assert_eq!(world.state.screen, Screen::Home);
}

#[test]
fn what_was_told_is_kept_once_and_holds_after_a_start_without_the_backend() {
    let mut world = World::open(1);
    let mut kept = |suspensions: Vec<Suspension>| {
        let mut answer = check_in(1);
        answer.suspensions = suspensions;
        let effects = world.send(Event::CheckedIn(Ok(answer)));
        effects.into_iter().filter(|effect| matches!(effect, Effect::KeepSuspensions(_))).count()
    };
    assert_eq!(kept(Vec::new()), 0);
    assert_eq!(kept(vec![told(Scope::All, 100, 400)]), 1);
    assert_eq!(kept(vec![told(Scope::All, 70, 370)]), 0, "the same, later");
    assert_eq!(kept(Vec::new()), 1, "called off");
    let mut anew = World::new();
    anew.send(Event::SuspensionsKept(vec![told(Scope::All, 0, 300)]));
    anew.send(Event::Started(Ok(Remembered::default())));
    anew.send(Event::CheckedIn(Err(Trouble::Offline)));
    assert_eq!(anew.state.screen, Screen::OutOfService(OutOfService));
    anew.pass(301_000);
    assert_eq!(anew.state.screen, Screen::Home);
}

#[test]
fn payments_alone_are_suspended_and_open_again_by_themselves() {
    let mut world = World::open(1);
    tell(&mut world, vec![told(Scope::Payment, 10, 60)]);
    world.press(Press::Begin(Journey::Pay));
    assert!(matches!(world.state.screen, Screen::Find(_)), "not yet");
    world.press(Press::Home);
    world.pass(10_000);
    assert_eq!(world.state.gate(), Gate::Closed(ClosedReason::Suspended));
    world.press(Press::Begin(Journey::Progress));
    assert!(matches!(world.state.screen, Screen::Find(_)), "everything else goes on");
    world.press(Press::Home);
    world.press(Press::Begin(Journey::Pay));
    assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Suspended));
    // A check-in that finds all well does not end it.
    tell(&mut world, vec![told(Scope::Payment, 0, 40)]);
    assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Suspended));
    world.pass(41_000);
    assert!(matches!(world.state.screen, Screen::Find(_)), "{:?}", world.state.screen);
}

#[test]
fn a_payment_under_way_is_not_cut_and_none_is_begun_after_it() {
    for scope in [Scope::All, Scope::Payment, Scope::Unknown] {
        let mut world = World::open(1);
        tell(&mut world, vec![told(scope, 30, 600)]);
        world.reach_confirm(quote(&[(30_954, 0)]));
        let id = world.reach_code();
        world.pass(31_000);
        assert!(world.state.suspended().is_some());
        let Screen::Pay(pay) = &world.state.screen else { panic!("{:?}", world.state.screen) };
        assert!(matches!(pay.stage, PayStage::Showing { .. }), "the code stays: {:?}", pay.stage);
        // Its time runs out as ever, and is proved closed; another code is not made.
        world.pass(90_000);
        let mut closed = order(id, 9, Collect::Closed);
        closed.attempt = None;
        world.answer(id, Asked::Watch, closed);
        let effects = world.press(Press::TryAgain);
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::NewAttempt { .. })), "{effects:?}");
        assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Suspended));
        world.press(Press::Back);
        let all = scope == Scope::All;
        let expected = if all { Screen::OutOfService(OutOfService) } else { Screen::Home };
        assert_eq!(world.state.screen, expected);
    }
}

#[test]
fn who_has_chosen_what_to_pay_is_told_that_it_has_begun() {
    let mut world = World::open(1);
    tell(&mut world, vec![told(Scope::All, 5, 600)]);
    world.reach_confirm(quote(&[(30_954, 0)]));
    world.pass(6_000);
    assert!(matches!(world.state.screen, Screen::Confirm(_)), "a session goes on");
    assert!(world.press(Press::Next).is_empty(), "no order is made");
    assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Suspended));
}

#[test]
fn of_several_the_one_that_closes_most_holds_until_the_last_is_over() {
    let mut world = World::open(1);
    tell(&mut world, vec![told(Scope::Payment, 0, 300), told(Scope::All, 0, 100)]);
    assert_eq!(world.state.screen, Screen::OutOfService(OutOfService));
    assert_eq!(world.state.suspended().map(|one| one.told.scope), Some(Scope::All));
    world.pass(101_000);
    assert_eq!(world.state.screen, Screen::Home);
    assert_eq!(world.state.gate(), Gate::Closed(ClosedReason::Suspended));
    world.pass(200_000);
    assert_ne!(world.state.gate(), Gate::Closed(ClosedReason::Suspended));
}
