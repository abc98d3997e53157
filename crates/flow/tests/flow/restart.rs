//! What a kiosk does about orders that were open when it started, and about codes that are being made while their
//! customer leaves.

use powerhall_api::{CancelReason, ClosedReason, Collect, Deliver, Orders, ProblemCode};
use powerhall_flow::{
    Asked, Effect, Event, Fact, Gate, JournalTrouble, Journey, Notice, Origin, PayStage, Press, Remembered,
    Screen, Trouble,
};
use uuid::Uuid;

use crate::world::{World, check_in, delivered, order, quote};

const MONTHS: &[(i64, i64)] = &[(30_954, 0)];
const NOT_FOUND: Trouble = Trouble::Problem(ProblemCode::OrderNotFound, None);

fn remembered(open: &[Uuid]) -> Remembered {
    Remembered { open_orders: open.to_vec(), begun_anew: false }
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn cancel(order: Uuid, reason: CancelReason, after: u64) -> Effect {
    Effect::Cancel { order, reason, after }
}

/// Restarted with one open order, which the backend says is still payable.
fn resumed() -> (World, Uuid) {
    let mut world = World::new();
    let id = id(77);
    let effects = world.send(Event::Started(Ok(remembered(&[id]))));
    assert!(effects.contains(&Effect::Watch { order: id, version: 0, after: 0 }), "{effects:?}");
    let effects = world.answer(id, Asked::Watch, order(id, 2, Collect::Awaiting));
    assert_eq!(
        effects,
        [
            Effect::Record(id, Fact::Stands { version: 2, collect: Collect::Awaiting }),
            Effect::Watch { order: id, version: 2, after: 0 },
        ]
    );
    (world, id)
}

#[test]
fn a_live_code_goes_back_on_the_screen_without_its_customers_name() {
    let (mut world, id) = resumed();
    let Screen::Pay(pay) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((&pay.origin, pay.notice), (&Origin::Resumed, Some(Notice::Resumed)));
    assert!(matches!(pay.stage, PayStage::Showing { of: 120_000, .. }));
    assert_eq!(pay.channel.as_ref().map(|channel| channel.name.len()), Some(0), "not known yet");
    world.send(Event::CheckedIn(Ok(check_in(1))));
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!(pay.channel.as_ref().map(|channel| channel.name.len()), Some(1));
    assert_eq!(world.press(Press::MoreTime), [Effect::Extend(id)]);
    world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posted));
    assert!(matches!(world.state.screen, Screen::Finished(_)));
}

#[test]
fn a_resumed_payment_is_cancelled_as_any_other() {
    let (mut world, id) = resumed();
    assert_eq!(world.press(Press::Cancel), [cancel(id, CancelReason::Customer, 0)]);
    world.answer(id, Asked::Cancel, order(id, 3, Collect::Closed));
    let Screen::Pay(pay) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((pay.stage, pay.notice), (PayStage::Closed, Some(Notice::CancelledNothingTaken)));
    assert_eq!(world.press(Press::Back), [Effect::Record(id, Fact::Ended)]);
    assert_eq!(world.state.screen, Screen::Home, "there is no choice to go back to");
}

#[test]
fn a_resumed_code_ends_with_its_countdown() {
    let (mut world, id) = resumed();
    assert!(world.pass(120_000).contains(&cancel(id, CancelReason::Expired, 0)));
}

#[test]
fn only_the_newest_is_resumed() {
    let mut world = World::new();
    let effects = world.send(Event::Started(Ok(remembered(&[id(1), id(2), id(3)]))));
    for older in [id(1), id(2)] {
        assert!(effects.contains(&cancel(older, CancelReason::Restart, 0)), "{effects:?}");
    }
    world.answer(id(3), Asked::Watch, order(id(3), 2, Collect::Awaiting));
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!(pay.order, Some(id(3)));
    assert_eq!(world.state.followed.len(), 2);
}

#[test]
fn what_cannot_be_resumed_is_closed_or_settled() {
    let mut dead = order(id(7), 2, Collect::Awaiting);
    dead.attempt.as_mut().expect("an attempt").seconds_left = Some(0);
    for (stands, wanted) in [
        (dead, vec![cancel(id(7), CancelReason::Restart, 0)]),
        (order(id(7), 2, Collect::Preparing), vec![cancel(id(7), CancelReason::Restart, 0)]),
        (order(id(7), 2, Collect::Closing), vec![cancel(id(7), CancelReason::Restart, 0)]),
        (order(id(7), 2, Collect::Closed), vec![Effect::Record(id(7), Fact::Ended)]),
        (delivered(id(7), 2, Deliver::Posting), vec![Effect::Watch { order: id(7), version: 2, after: 0 }]),
        (delivered(id(7), 2, Deliver::Posted), vec![Effect::Record(id(7), Fact::Ended)]),
    ] {
        let mut world = World::new();
        world.send(Event::Started(Ok(remembered(&[id(7)]))));
        assert_eq!(world.answer(id(7), Asked::Watch, stands), wanted);
        assert_eq!(world.state.screen, Screen::Home);
    }
}

#[test]
fn an_order_that_never_arrived_ends_and_an_unreachable_backend_is_asked_again() {
    let mut world = World::new();
    world.send(Event::Started(Ok(remembered(&[id(7)]))));
    let effects = world.send(Event::OrderAnswered(id(7), Asked::Watch, Err(Trouble::Offline)));
    assert_eq!(effects, [Effect::Watch { order: id(7), version: 0, after: 2_000 }]);
    let effects = world.send(Event::OrderAnswered(id(7), Asked::Watch, Err(NOT_FOUND)));
    assert_eq!(effects, [Effect::Record(id(7), Fact::Ended)]);
}

#[test]
fn a_customer_who_has_begun_is_not_disturbed() {
    let mut world = World::new();
    world.send(Event::Started(Ok(remembered(&[id(7)]))));
    world.press(Press::Begin(Journey::Progress));
    let effects = world.answer(id(7), Asked::Watch, order(id(7), 2, Collect::Awaiting));
    assert_eq!(effects, [cancel(id(7), CancelReason::Restart, 0)]);
    assert!(matches!(world.state.screen, Screen::Find(_)));
}

#[test]
fn a_new_journal_keeps_payment_closed_until_the_backend_has_named_the_open_orders() {
    let mut world = World::new();
    world.send(Event::Started(Ok(Remembered { open_orders: Vec::new(), begun_anew: true })));
    assert!(world.send(Event::CheckedIn(Ok(check_in(1)))).contains(&Effect::AskOpenOrders));
    assert_eq!(world.state.service.gate, Gate::Closed(ClosedReason::Journal));
    world.send(Event::OpenOrders(Err(Trouble::Offline)));
    assert!(world.send(Event::CheckedIn(Ok(check_in(1)))).contains(&Effect::AskOpenOrders), "again");
    assert_eq!(world.state.service.gate, Gate::Closed(ClosedReason::Journal));
    let (paid, open) = (delivered(id(7), 4, Deliver::Posting), order(id(8), 2, Collect::Closing));
    let effects = world.send(Event::OpenOrders(Ok(Orders { orders: vec![paid, open] })));
    assert_eq!(
        effects,
        [
            Effect::Watch { order: id(7), version: 4, after: 0 },
            cancel(id(8), CancelReason::Restart, 0),
            Effect::CheckIn { open_orders: 2, call: None },
        ]
    );
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert_eq!(world.state.service.gate, Gate::Open);
}

#[test]
fn a_journal_that_can_be_written_again_opens_payment_without_a_restart() {
    let mut world = World::new();
    world.send(Event::Started(Err(JournalTrouble::Unwritable)));
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert_eq!(world.state.service.gate, Gate::Closed(ClosedReason::Journal));
    let effects = world.send(Event::JournalChecked(Ok(Some(remembered(&[id(7)])))));
    assert_eq!(
        effects,
        [Effect::Watch { order: id(7), version: 0, after: 0 }],
        "it is asked what it remembers"
    );
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert_eq!(world.state.service.gate, Gate::Open);
    world.send(Event::JournalChecked(Err(JournalTrouble::Full)));
    assert_eq!(world.state.service.gate, Gate::Closed(ClosedReason::Journal));
    world.send(Event::JournalChecked(Ok(None)));
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert_eq!(world.state.service.gate, Gate::Open);
}

/// A customer who presses cancel while the order is on its way.
fn cancelled_while_opening() -> (World, Uuid) {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let effects = world.press(Press::Next);
    let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
    world.send(Event::Recorded(id, Ok(())));
    assert_eq!(world.press(Press::Cancel), [], "closing waits for the answer to opening");
    (world, id)
}

#[test]
fn an_order_does_not_end_while_its_request_is_under_way() {
    let (mut world, id) = cancelled_while_opening();
    // It arrives: then it is closed, and only its proof ends it.
    assert_eq!(
        world.answer(id, Asked::Put, order(id, 2, Collect::Awaiting)).last(),
        Some(&cancel(id, CancelReason::Customer, 0))
    );
    let (mut world, id) = cancelled_while_opening();
    // Nobody knows: then closing is asked for, and only after that “no such order” can be believed.
    let effects = world.send(Event::OrderAnswered(id, Asked::Put, Err(Trouble::Timeout)));
    assert_eq!(effects, [cancel(id, CancelReason::Customer, 2_000)], "and the request is not sent again");
    let effects = world.send(Event::OrderAnswered(id, Asked::Cancel, Err(NOT_FOUND)));
    assert_eq!(effects, [Effect::Record(id, Fact::Ended)]);
    let (mut world, id) = cancelled_while_opening();
    // Refused: there is nothing to close.
    let refused = Trouble::Problem(ProblemCode::AmountMismatch, None);
    let effects = world.send(Event::OrderAnswered(id, Asked::Put, Err(refused)));
    assert_eq!(effects, [Effect::Record(id, Fact::Ended)]);
}

#[test]
fn leaving_while_the_request_is_under_way_closes_after_its_answer() {
    let (mut world, id) = cancelled_while_opening();
    assert_eq!(world.press(Press::Home), []);
    assert_eq!(
        world.answer(id, Asked::Put, order(id, 2, Collect::Awaiting)),
        [cancel(id, CancelReason::Left, 0)]
    );
    let (mut world, id) = cancelled_while_opening();
    world.press(Press::Home);
    let effects = world.send(Event::OrderAnswered(id, Asked::Put, Err(Trouble::Offline)));
    assert_eq!(effects, [cancel(id, CancelReason::Left, 2_000)]);
    let effects = world.send(Event::OrderAnswered(id, Asked::Cancel, Err(NOT_FOUND)));
    assert_eq!(effects, [Effect::Record(id, Fact::Ended)]);
}

#[test]
fn a_new_attempt_is_repeated_and_closed_only_after_its_answer() {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let id = world.reach_code();
    world.pass(120_000);
    world.answer(id, Asked::Cancel, order(id, 3, Collect::Closed));
    let effects = world.press(Press::TryAgain);
    let [Effect::NewAttempt { order: _, request, after: 0 }] = &effects[..] else { panic!("{effects:?}") };
    let again = world.send(Event::OrderAnswered(id, Asked::NewAttempt, Err(Trouble::Timeout)));
    assert_eq!(again, [Effect::NewAttempt { order: id, request: request.clone(), after: 2_000 }]);
    assert_eq!(world.press(Press::Cancel), []);
    // An answer from before the new attempt proves nothing about it.
    assert_eq!(world.answer(id, Asked::Watch, order(id, 3, Collect::Closed)), []);
    let mut opened = order(id, 5, Collect::Awaiting);
    opened.attempt.as_mut().expect("an attempt").no = 2;
    let effects = world.answer(id, Asked::NewAttempt, opened);
    assert_eq!(effects.last(), Some(&cancel(id, CancelReason::Customer, 0)));
}

#[test]
fn a_new_attempt_refused_because_of_a_late_payment_does_not_say_that_nothing_was_taken() {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let id = world.reach_code();
    world.pass(120_000);
    world.answer(id, Asked::Cancel, order(id, 3, Collect::Closed));
    world.press(Press::TryAgain);
    let refused = Trouble::Problem(ProblemCode::OrderState, None);
    let effects = world.send(Event::OrderAnswered(id, Asked::NewAttempt, Err(refused)));
    assert_eq!(effects, [Effect::Watch { order: id, version: 0, after: 0 }]);
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert!(matches!(pay.stage, PayStage::Opening { .. }), "neither closed nor failed: {:?}", pay.stage);
    world.answer(id, Asked::Watch, delivered(id, 4, Deliver::Posting));
    assert!(matches!(world.state.screen, Screen::Finished(_)));
}

#[test]
fn a_line_that_died_in_silence_shows_connecting_as_soon_as_it_is_known() {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let id = world.reach_code();
    world.pass(8_000);
    world.send(Event::OrderAnswered(id, Asked::Watch, Err(Trouble::Timeout)));
    assert!(world.state.is_connecting(&world.settings, world.at));
}
