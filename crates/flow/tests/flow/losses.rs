//! Losses that others had at the screen, played against the flow; the table is `docs/losses.md`. A name that begins with
//! a project and a number is that of the public report of the loss.

use powerhall_api::{CancelReason, Collect, Deliver, ProblemCode};
use powerhall_flow::{Asked, Effect, Event, Fact, Notice, PayStage, Press, Screen, Trouble, Way};
use powerhall_money::Fen;

use crate::world::{World, check_in, delivered, order, quote};

const MONTHS: &[(i64, i64)] = &[(30_954, 0)];

/// Every answer that says nothing about an order.
const SILENCES: [Trouble; 6] = [
    Trouble::Offline,
    Trouble::Timeout,
    Trouble::Malformed,
    Trouble::Server(502),
    Trouble::Problem(ProblemCode::Internal, None),
    Trouble::Problem(ProblemCode::Unknown, None),
];

fn at_code() -> (World, uuid::Uuid) {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let id = world.reach_code();
    (world, id)
}

fn stage(world: &World) -> PayStage {
    let Screen::Pay(pay) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    pay.stage
}

/// A page that was drawn several times started several payments of one order. Here however often “next” is pressed, and
/// whatever is drawn again, one order is named and sent once.
#[test]
fn odoo_183518_however_often_pay_is_pressed_one_order_is_sent() {
    let mut world = World::open(1);
    world.reach_confirm(quote(MONTHS));
    let mut effects = Vec::new();
    for _ in 0..5 {
        effects.extend(world.press(Press::Next));
        effects.extend(world.press(Press::Way(Way::TextSize)));
    }
    let [Effect::Record(id, Fact::Named { .. })] = effects[..] else { panic!("{effects:?}") };
    let mut effects = world.send(Event::Recorded(id, Ok(())));
    for _ in 0..5 {
        effects.extend(world.press(Press::Next));
        effects.extend(world.press(Press::Way(Way::Language(1))));
        effects.extend(world.send(Event::Recorded(id, Ok(()))));
    }
    let sent = effects.iter().filter(|e| matches!(e, Effect::PutOrder { order, .. } if *order == id)).count();
    assert_eq!(sent, 1, "{effects:?}");
    assert!(!effects.iter().any(|e| matches!(e, Effect::NewAttempt { .. })), "{effects:?}");
}

/// One poll that failed cancelled the payment while the payer was paying. Here no answer that says nothing closes a code
/// or stops the asking, however often it comes.
#[test]
fn taler_a_poll_that_fails_cancels_nothing() {
    for trouble in SILENCES {
        let (mut world, id) = at_code();
        let before = stage(&world);
        for _ in 0..30 {
            let effects = world.send(Event::OrderAnswered(id, Asked::Watch, Err(trouble)));
            assert!(matches!(effects[..], [Effect::Watch { order, .. }] if order == id), "{effects:?}");
            assert_eq!(stage(&world), before, "{trouble:?}");
        }
        world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posting));
        assert!(matches!(world.state.screen, Screen::Finished(_)), "paid all the same");
    }
}

/// The customer was told of success after a second, whatever had become of it. Here no clock says anything about money:
/// without the backend's word it is neither paid nor “nothing was taken”.
#[test]
fn lamassu_614_no_clock_says_what_became_of_the_money() {
    for trouble in SILENCES {
        let (mut world, id) = at_code();
        world.pass(120_000);
        for _ in 0..60 {
            let asked = Asked::Cancel;
            world.send(Event::OrderAnswered(id, asked, Err(trouble)));
            world.press(Press::StillHere);
            world.pass(10_000);
            let Screen::Pay(pay) = &world.state.screen else { panic!("{:?}", world.state.screen) };
            assert!(matches!(pay.stage, PayStage::Closing { .. }), "{:?}", pay.stage);
            assert!(
                !matches!(
                    pay.notice,
                    Some(Notice::CancelledNothingTaken | Notice::ExpiredNothingTaken | Notice::OrderRefused)
                ),
                "{:?}",
                pay.notice
            );
        }
    }
}

/// Success was shown as failure when it came after the time-out. Here what comes after the countdown, and after any
/// silence, is what is shown.
#[test]
fn hall_1_success_after_a_time_out_is_success() {
    for trouble in SILENCES {
        let (mut world, id) = at_code();
        world.pass(120_000);
        world.send(Event::OrderAnswered(id, Asked::Cancel, Err(trouble)));
        world.answer(id, Asked::Cancel, order(id, 3, Collect::Closing));
        world.send(Event::OrderAnswered(id, Asked::Watch, Err(trouble)));
        world.answer(id, Asked::Watch, delivered(id, 4, Deliver::Posted));
        let Screen::Finished(finished) = &world.state.screen else { panic!("{:?}", world.state.screen) };
        assert_eq!(finished.order.lines[0].deliver, Deliver::Posted);
    }
}

/// The idle timer went home and left a code that could still be paid. Here nobody touches anything, and the code is
/// asked to be closed before the screen can be home again.
#[test]
fn hall_2_a_code_that_nobody_looks_at_is_closed_before_home() {
    let (mut world, id) = at_code();
    let closes = Effect::Cancel { order: id, reason: CancelReason::Expired, after: 0 };
    let mut asked = false;
    for _ in 0..600 {
        asked |= world.pass(1_000).contains(&closes);
        assert!(asked || matches!(world.state.screen, Screen::Pay(_)));
        if world.state.screen == Screen::Home {
            break;
        }
    }
    assert!(asked && world.state.screen == Screen::Home);
    assert!(world.state.followed.iter().any(|f| f.order == id), "and followed until it is proved");
}

/// While a code was shown the heartbeat stopped, and the operator saw a dead machine. Here check-ins go on.
#[test]
fn hall_4_the_kiosk_checks_in_while_a_code_is_shown() {
    let (mut world, _) = at_code();
    let mut check_ins = 0;
    for _ in 0..119 {
        for effect in world.pass(1_000) {
            if matches!(effect, Effect::CheckIn { .. }) {
                check_ins += 1;
                world.send(Event::CheckedIn(Ok(check_in(1))));
            }
        }
        assert!(matches!(stage(&world), PayStage::Showing { .. }));
    }
    assert!(check_ins >= 3, "{check_ins} check-ins in two minutes");
}

/// Who owed nothing was offered a code over a made-up cent. Here nothing owed is nothing to pay, and an amount is named
/// by the customer before any order.
#[test]
fn hall_8_who_owes_nothing_is_asked_for_nothing() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[]));
    for press in [Press::Next, Press::AllMonths, Press::Next, Press::Month(0), Press::Next] {
        assert_eq!(world.press(press), [], "{press:?}");
        let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
        assert_eq!(confirm.amount(), Fen::ZERO);
    }
    world.press(Press::OtherAmount);
    assert_eq!(world.press(Press::Next), []);
    assert!(matches!(world.state.screen, Screen::OtherAmount(_)), "no amount, no order");
    world.type_digits("50");
    world.press(Press::Next);
    let effects = world.press(Press::Next);
    assert!(
        matches!(effects[..], [Effect::Record(_, Fact::Named { amount })] if amount == Fen::new(5_000)),
        "{effects:?}"
    );
}
