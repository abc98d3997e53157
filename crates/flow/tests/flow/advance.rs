//! A supply that is cut off, a meter that is paid for in advance, and what follows from a payment.

use powerhall_api::{
    Aftermath, Blocked, Collect, CutOff, Deliver, Duty, LineAftermath, Place, Prepaid, ProblemCode, Quote,
    Recharge, RechargeState, Reconnection, ReconnectionState,
};
use powerhall_flow::{
    Answer, Asked, Choice, Confirm, Effect, Event, Finished, Ignored, Journey, Notice, Press, Question,
    Screen, Ticket, Trouble,
};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::world::{World, asked, asked_for, delivered, quote};

fn cut_off(reconnect: i64) -> Quote {
    let mut quote = quote(&[(10_000, 100), (5_000, 0)]);
    quote.lines[0].cut_off = Some(CutOff { since: "2026-11-05".into(), reconnect_fen: Fen::new(reconnect) });
    quote
}

fn meter(blocked: Option<Blocked>) -> Quote {
    let mut quote = quote(&[]);
    let line = &mut quote.lines[0];
    line.duty = Duty::Prepaid;
    line.min_fen = Fen::new(8_000);
    line.max_fen = if blocked.is_some() { Fen::ZERO } else { Fen::new(30_000) };
    line.prepaid = Some(Prepaid { at_meter: None, in_system_fen: Fen::ZERO, blocked });
    quote
}

fn confirm(world: &World) -> &Confirm {
    match &world.state.screen {
        Screen::Confirm(confirm) => confirm,
        other => panic!("{other:?}"),
    }
}

fn finished(world: &World) -> &Finished {
    match &world.state.screen {
        Screen::Finished(finished) => finished,
        other => panic!("{other:?}"),
    }
}

fn aftermath(reconnection: Option<ReconnectionState>, recharge: Option<RechargeState>) -> Aftermath {
    let since = || "2026-11-23T10:42:00+08:00".to_owned();
    let reconnection = reconnection.map(|state| Reconnection { state, since: since(), what_now: None });
    let recharge = recharge.map(|state| Recharge { state, since: since(), what_now: None });
    Aftermath { lines: vec![LineAftermath { line: 0, reconnection, recharge }] }
}

/// Paid and posted; what follows is being asked.
fn posted(quote: Quote) -> (World, Uuid, Ticket) {
    let mut world = World::open(1);
    world.reach_confirm(quote);
    if confirm(&world).prepaid().is_some() {
        world.press(Press::Tick(0));
    }
    let id = world.reach_code();
    let effects = world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posted));
    let question = effects.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Question::Aftermath(order)) => Some((*ticket, *order)),
        _ => None,
    });
    let (ticket, order) = question.unwrap_or_else(|| panic!("{effects:?}"));
    assert_eq!(order, id);
    (world, id, ticket)
}

#[test]
fn just_the_minimum_is_one_touch() {
    let mut world = World::open(1);
    world.reach_confirm(cut_off(10_100));
    assert_eq!(confirm(&world).minimum(), Some(Fen::new(10_100)));
    assert_eq!(confirm(&world).amount(), Fen::new(15_100), "all is chosen to begin with");
    world.press(Press::Minimum);
    assert_eq!(confirm(&world).choice, Choice::Amount(Fen::new(10_100)));
    assert!(confirm(&world).periods().is_empty(), "the oldest months are paid first");
    world.reach_code();

    // Enough is paid already, or nothing is cut off: there is no such choice.
    for quote in [cut_off(0), quote(&[(10_000, 0)])] {
        let mut world = World::open(1);
        world.reach_confirm(quote);
        assert_eq!(confirm(&world).minimum(), None);
        world.press(Press::Minimum);
        assert_eq!(world.ignored, Some(Ignored::NotHere));
    }
    // The least that can be paid at all holds here too.
    let mut world = World::open(1);
    let mut little = cut_off(50);
    little.lines[0].min_fen = Fen::new(100);
    world.reach_confirm(little);
    assert_eq!(confirm(&world).minimum(), Some(Fen::new(100)));
}

#[test]
fn a_recharge_is_offered_in_round_amounts_within_its_limits() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Recharge));
    assert!(matches!(world.state.screen, Screen::Find(_)), "found as any account is");
    world.press(Press::Home);
    world.reach_confirm(meter(None));
    assert_eq!(world.state.screen.place(), Place::Recharge);
    assert_eq!(confirm(&world).presets(), [10_000, 20_000].map(Fen::new), "80.00 to 300.00");
    assert!(world.press(Press::Next).is_empty());
    assert_eq!(confirm(&world).notice, Some(Notice::NoAmount));
    world.press(Press::Tick(1));
    assert_eq!((confirm(&world).amount(), confirm(&world).notice), (Fen::new(20_000), None));
    world.press(Press::Tick(2));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    // Another amount is typed on the same page as everywhere.
    world.press(Press::OtherAmount);
    world.type_digits("79");
    world.press(Press::Next);
    let Screen::OtherAmount(entry) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(entry.notice, Some(Notice::AmountTooSmall(Fen::new(8_000))));
    world.press(Press::Clear);
    world.type_digits("250");
    world.press(Press::Next);
    assert_eq!(confirm(&world).amount(), Fen::new(25_000));
    world.reach_code();
}

#[test]
fn a_blocked_meter_takes_no_money_and_can_be_looked_at_again() {
    let mut world = World::open(1);
    world.reach_confirm(meter(Some(Blocked::EarlierUnfinished)));
    assert_eq!(confirm(&world).blocked(), Some(Blocked::EarlierUnfinished));
    for press in [Press::Next, Press::OtherAmount, Press::Tick(0), Press::Minimum, Press::AddAccount] {
        assert!(world.press(press).is_empty());
        assert_eq!(world.ignored, Some(Ignored::NotHere), "{press:?}");
    }
    let effects = world.press(Press::TryAgain);
    world.send(Event::Answered(asked(&effects), Ok(Answer::Quote(asked_for(), meter(None)))));
    assert_eq!(confirm(&world).blocked(), None);
    // What was chosen stays chosen when it is looked up once more.
    world.press(Press::Tick(0));
    world.at += 10 * 60_000;
    let effects = world.press(Press::Next);
    world.send(Event::Answered(asked(&effects), Ok(Answer::Quote(asked_for(), meter(None)))));
    assert_eq!(confirm(&world).amount(), Fen::new(10_000));
}

#[test]
fn what_follows_is_looked_at_until_it_is_over() {
    let (mut world, id, ticket) = posted(cut_off(10_100));
    let answer = |state| Ok(Answer::Aftermath(id, aftermath(Some(state), None)));
    world.send(Event::Answered(ticket, answer(ReconnectionState::Asked)));
    assert!(finished(&world).follows(0).is_some());
    let effects = world.pass(2_900);
    assert!(effects.is_empty(), "{effects:?}");
    let ticket = asked(&world.pass(200));
    world.send(Event::Answered(ticket, answer(ReconnectionState::OnItsWay)));
    let ticket = asked(&world.pass(3_100));
    // Silence is no news: it is asked again, and what was known stays.
    world.send(Event::Answered(ticket, Err(Trouble::Timeout)));
    let known = finished(&world).follows(0).and_then(|line| line.reconnection.as_ref()).map(|one| one.state);
    assert_eq!(known, Some(ReconnectionState::OnItsWay));
    let ticket = asked(&world.pass(world.settings.retry_every + 100));
    world.send(Event::Answered(ticket, answer(ReconnectionState::Done)));
    assert_eq!(finished(&world).look_at, None);
    assert!(world.pass(20_000).iter().all(|effect| !matches!(effect, Effect::Ask(..))), "it is over");
}

#[test]
fn a_recharge_is_followed_to_the_meter_and_the_page_can_be_left() {
    let (mut world, id, ticket) = posted(meter(None));
    world
        .send(Event::Answered(ticket, Ok(Answer::Aftermath(id, aftermath(None, Some(RechargeState::Sent))))));
    assert!(finished(&world).look_at.is_some());
    world.press(Press::Next);
    assert_eq!(world.state.screen, Screen::Home);
    assert!(world.pass(10_000).iter().all(|effect| !matches!(effect, Effect::Ask(..))));
}

#[test]
fn nothing_is_asked_before_something_is_posted_or_of_a_backend_that_tells_nothing() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[(10_000, 0)]));
    let id = world.reach_code();
    let effects = world.answer(id, Asked::Watch, crate::world::order(id, 3, Collect::Paid));
    assert!(effects.iter().all(|effect| !matches!(effect, Effect::Ask(..))), "{effects:?}");
    let effects = world.answer(id, Asked::Watch, delivered(id, 4, Deliver::Posted));
    let ticket = effects.iter().find_map(|effect| match effect {
        Effect::Ask(ticket, Question::Aftermath(_)) => Some(*ticket),
        _ => None,
    });
    let missing = Trouble::Problem(ProblemCode::OrderNotFound, None);
    world.send(Event::Answered(ticket.expect("asked once posted"), Err(missing)));
    assert_eq!((finished(&world).look_at, &finished(&world).aftermath), (None, &Aftermath::default()));
}
