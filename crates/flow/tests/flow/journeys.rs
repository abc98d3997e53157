//! Both journeys as a customer walks them, and the ways they go wrong.

use powerhall_api::{CancelReason, ClosedReason, Collect, Deliver, LookupKind, LookupRequest, ProblemCode};
use powerhall_flow::{
    Answer, Asked, Choice, Effect, Event, Fact, Gate, Ignored, JournalTrouble, Journey, Notice, PayStage,
    Press, Question, Screen, Trouble, Wrong,
};
use powerhall_money::Fen;

use crate::world::{World, applications, asked, asked_for, check_in, delivered, lookup, order, quote};

const THREE_MONTHS: &[(i64, i64)] = &[(10_007, 421), (11_405, 137), (8_984, 0)];

#[test]
fn pays_all_in_four_screens() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((confirm.amount(), confirm.late_fees()), (Fen::new(30_954), Fen::new(558)));
    let id = world.reach_code();
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert!(matches!(pay.stage, PayStage::Showing { of: 120_000, .. }), "{:?}", pay.stage);
    let effects = world.answer(id, Asked::Watch, delivered(id, 3, Deliver::Posting));
    assert!(
        matches!(effects[0], Effect::Record(_, Fact::Stands { collect: Collect::Paid, .. })),
        "{effects:?}"
    );
    assert!(matches!(world.state.screen, Screen::Finished(_)));
    let effects = world.answer(id, Asked::Watch, delivered(id, 4, Deliver::Posted));
    assert_eq!(effects[0], Effect::Record(id, Fact::Ended));
    assert!(
        matches!(effects[1..], [Effect::Ask(_, Question::Aftermath(asked))] if asked == id),
        "{effects:?}"
    );
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home);
    assert!(world.state.followed.is_empty());
}

#[test]
fn completes_a_short_number_and_keeps_it_out_of_debug() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("1234567127");
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Lookup(LookupRequest::Account { account }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(account.reveal(), "5101234567127");
    assert!(!format!("{effects:?} {:?}", world.state).contains("1234567127"));
}

#[test]
fn says_what_is_wrong_with_a_number() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("12345");
    assert!(world.press(Press::Next).is_empty());
    let notice = |world: &World| match &world.state.screen {
        Screen::Find(find) => find.notice,
        other => panic!("{other:?}"),
    };
    assert_eq!(notice(&world), Some(Notice::NumberShort));
    world.press(Press::Clear);
    world.type_digits("3601234567890");
    assert_eq!(notice(&world), Some(Notice::Number(Wrong::AccountPrefix)), "said while typing");
    world.type_digits("12345");
    assert_eq!(notice(&world), Some(Notice::Number(Wrong::Birthday)));
    world.press(Press::Digit(1));
    assert_eq!(world.ignored, Some(Ignored::NoChange), "eighteen characters are the most");
}

#[test]
fn a_double_tap_looks_up_once() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("1234567127");
    assert_eq!(world.press(Press::Next).len(), 1);
    assert!(world.press(Press::Next).is_empty());
    assert_eq!(world.ignored, Some(Ignored::Busy));
}

#[test]
fn every_trouble_of_a_look_up_has_its_sentence() {
    for (trouble, notice) in [
        (Trouble::Problem(ProblemCode::AccountNotFound, None), Notice::AccountUnknown),
        (Trouble::Problem(ProblemCode::RateLimited, Some(30)), Notice::TooMany(30)),
        (Trouble::Offline, Notice::NoConnection),
        (Trouble::Malformed, Notice::Busy),
        (Trouble::Server(500), Notice::Busy),
    ] {
        let mut world = World::open(1);
        world.press(Press::Begin(Journey::Pay));
        world.type_digits("1234567127");
        let effects = world.press(Press::Next);
        let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!() };
        world.send(Event::Answered(ticket, Err(trouble)));
        let Screen::Find(find) = &world.state.screen else { panic!() };
        assert_eq!((find.notice, find.waiting), (Some(notice), None));
        assert_eq!(find.typed.reveal(), "1234567127", "nothing typed is lost");
    }
}

#[test]
fn an_answer_that_comes_after_home_means_nothing() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("1234567127");
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!() };
    world.press(Press::Home);
    world.press(Press::Begin(Journey::Pay));
    world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
    assert_eq!(world.ignored, Some(Ignored::TooLate));
}

#[test]
fn chooses_months_and_another_amount() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    world.press(Press::Month(0));
    let amount = |world: &World| match &world.state.screen {
        Screen::Confirm(confirm) => (confirm.amount(), confirm.surplus()),
        other => panic!("{other:?}"),
    };
    assert_eq!(amount(&world), (Fen::new(20_526), Fen::ZERO));
    world.press(Press::Month(1));
    world.press(Press::Month(2));
    assert!(world.press(Press::Next).is_empty(), "nothing is chosen, nothing is paid");
    world.press(Press::OtherAmount);
    world.type_digits("400");
    world.press(Press::Point);
    world.type_digits("509");
    world.press(Press::Next);
    assert_eq!(amount(&world), (Fen::new(40_050), Fen::new(9_096)), "a third decimal is not taken");
    let Screen::Confirm(confirm) = &world.state.screen else { panic!() };
    assert_eq!(confirm.choice, Choice::Amount(Fen::new(40_050)));
}

#[test]
fn another_amount_ticks_the_oldest_months_that_it_pays_whole() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let confirm = |world: &World| match &world.state.screen {
        Screen::Confirm(confirm) => confirm.clone(),
        other => panic!("{other:?}"),
    };
    let all = confirm(&world).line().unwrap().total_fen;
    let oldest = confirm(&world).line().unwrap().bills[0].clone();
    let oldest = oldest.amount_fen.plus(oldest.late_fee_fen).unwrap();
    for (amount, months) in [
        (oldest.minus(Fen::new(1)).unwrap(), 0),
        (oldest, 1),
        (all.minus(Fen::new(1)).unwrap(), 2),
        (all, 3),
        (all.plus(Fen::new(5_000)).unwrap(), 3),
    ] {
        let mut confirm = confirm(&world);
        confirm.choice = Choice::Amount(amount);
        assert_eq!(confirm.whole_months(), (0..months).collect(), "{amount:?}");
    }
    world.press(Press::OtherAmount);
    world.type_digits("500");
    world.press(Press::Next);
    world.press(Press::Month(0));
    assert_eq!(confirm(&world).choice, Choice::Months([1, 2].into()), "what was seen ticked is taken away");
}

#[test]
fn an_amount_beyond_the_limits_is_not_taken() {
    let mut world = World::open(1);
    world.reach_confirm(quote(&[]));
    world.press(Press::OtherAmount);
    for (typed, notice) in
        [("0", Notice::AmountTooSmall(Fen::new(1))), ("50001", Notice::AmountTooLarge(Fen::new(5_000_000)))]
    {
        world.press(Press::Clear);
        world.type_digits(typed);
        world.press(Press::Next);
        let Screen::OtherAmount(entry) = &world.state.screen else { panic!("{:?}", world.state.screen) };
        assert_eq!(entry.notice, Some(notice));
    }
}

#[test]
fn the_kiosk_narrows_what_the_backend_allows_and_never_widens_it() {
    for (least, most, wanted) in [(100, 20_000, (100, 20_000)), (0, i64::MAX, (1, 5_000_000))] {
        let mut world = World::open(1);
        world.settings.least_amount = Fen::new(least);
        world.settings.most_amount = Fen::new(most);
        world.reach_confirm(quote(THREE_MONTHS));
        let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
        let line = confirm.line().unwrap();
        assert_eq!((line.min_fen, line.max_fen), (Fen::new(wanted.0), Fen::new(wanted.1)));
    }
}

#[test]
fn the_journal_comes_before_the_first_request() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let effects = world.press(Press::Next);
    assert!(matches!(effects[..], [Effect::Record(_, Fact::Named { amount })] if amount == Fen::new(30_954)));
    let [Effect::Record(id, _)] = effects[..] else { panic!() };
    let effects = world.send(Event::Recorded(id, Err(JournalTrouble::Unwritable)));
    assert!(effects.is_empty(), "without a journal nothing goes out: {effects:?}");
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!((pay.stage, pay.notice), (PayStage::Failed, Some(Notice::JournalFailed)));
    assert_eq!(world.state.service.gate, Gate::Closed(ClosedReason::Journal));
    world.press(Press::Home);
    world.press(Press::Begin(Journey::Pay));
    assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Journal));
    world.press(Press::Home);
    world.press(Press::Begin(Journey::Progress));
    assert!(matches!(world.state.screen, Screen::Find(_)), "information goes on");
}

#[test]
fn leaving_while_the_journal_writes_sends_nothing() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let effects = world.press(Press::Next);
    let [Effect::Record(id, _)] = effects[..] else { panic!() };
    world.press(Press::Home);
    assert_eq!(world.send(Event::Recorded(id, Ok(()))), [Effect::Record(id, Fact::Ended)]);
}

#[test]
fn every_way_off_the_code_asks_for_it_to_be_closed() {
    for (way, reason) in [
        (Press::Cancel, CancelReason::Customer),
        (Press::Back, CancelReason::Customer),
        (Press::Home, CancelReason::Left),
    ] {
        let mut world = World::open(1);
        world.reach_confirm(quote(THREE_MONTHS));
        let id = world.reach_code();
        assert_eq!(world.press(way), [Effect::Cancel { order: id, reason, after: 0 }], "{way:?}");
    }
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    let effects = world.pass(120_000);
    assert!(effects.contains(&Effect::Cancel { order: id, reason: CancelReason::Expired, after: 0 }));
}

#[test]
fn cancelled_says_nothing_was_taken_only_when_it_is_proved() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    world.press(Press::Cancel);
    world.answer(id, Asked::Cancel, order(id, 3, Collect::Closing));
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert!(matches!(pay.stage, PayStage::Closing { .. }));
    let effects = world.answer(id, Asked::Watch, order(id, 4, Collect::Closed));
    assert!(effects.contains(&Effect::Record(id, Fact::Ended)));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(confirm.notice, Some(Notice::CancelledNothingTaken));
}

#[test]
fn a_payment_that_arrives_as_the_countdown_ends_is_a_payment() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    world.pass(120_000);
    world.answer(id, Asked::Cancel, delivered(id, 3, Deliver::Posting));
    assert!(matches!(world.state.screen, Screen::Finished(_)));
}

#[test]
fn network_trouble_shows_connecting_and_changes_nothing() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    let stage = pay.stage;
    let effects = world.send(Event::OrderAnswered(id, Asked::Watch, Err(Trouble::Offline)));
    assert_eq!(effects, [Effect::Watch { order: id, version: 2, after: 2_000 }]);
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!(pay.stage, stage);
    assert!(!world.state.is_connecting(&world.settings, world.at));
    assert!(world.state.is_connecting(&world.settings, world.at + 3_000));
    world.send(Event::OrderAnswered(id, Asked::Watch, Ok(None)));
    assert!(!world.state.is_connecting(&world.settings, world.at + 9_000));
}

#[test]
fn an_older_answer_never_takes_the_order_back() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    world.answer(id, Asked::Watch, delivered(id, 9, Deliver::Posted));
    world.answer(id, Asked::Watch, order(id, 5, Collect::Closed));
    assert_eq!(world.ignored, Some(Ignored::TooLate));
    assert!(matches!(world.state.screen, Screen::Finished(_)));
}

#[test]
fn more_time_moves_the_end() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let id = world.reach_code();
    world.pass(100_000);
    assert_eq!(world.press(Press::MoreTime), [Effect::Extend(id)]);
    assert!(world.press(Press::MoreTime).is_empty(), "asked once");
    world.answer(id, Asked::Extend, order(id, 3, Collect::Awaiting));
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!(pay.stage, PayStage::Showing { ends: world.at + 120_000, of: 120_000, extending: false });
}

#[test]
fn another_channel_waits_for_the_proof_that_the_first_is_closed() {
    let mut world = World::open(2);
    world.reach_confirm(quote(THREE_MONTHS));
    world.press(Press::Next);
    let Screen::Pay(pay) = &world.state.screen else { panic!() };
    assert_eq!(pay.stage, PayStage::ChooseChannel, "several channels: the question is asked");
    let effects = world.press(Press::Channel(0));
    let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
    world.send(Event::Recorded(id, Ok(())));
    world.answer(id, Asked::Put, order(id, 2, Collect::Awaiting));
    let effects = world.press(Press::Channel(1));
    assert_eq!(effects, [Effect::Cancel { order: id, reason: CancelReason::OtherChannel, after: 0 }]);
    let effects = world.answer(id, Asked::Cancel, order(id, 3, Collect::Closing));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::NewAttempt { .. })));
    let effects = world.answer(id, Asked::Watch, order(id, 4, Collect::Closed));
    assert!(
        effects.iter().any(
            |e| matches!(e, Effect::NewAttempt { request: r, .. } if r.no == 2 && r.channel == "channel1")
        ),
        "{effects:?}"
    );
}

#[test]
fn an_expired_quote_is_asked_for_again() {
    let mut world = World::open(1);
    world.reach_confirm(quote(THREE_MONTHS));
    let effects = world.press(Press::Next);
    let [Effect::Record(id, _)] = effects[..] else { panic!() };
    world.send(Event::Recorded(id, Ok(())));
    let trouble = Trouble::Problem(ProblemCode::QuoteExpired, None);
    let effects = world.send(Event::OrderAnswered(id, Asked::Put, Err(trouble)));
    let [Effect::Record(_, Fact::Ended), Effect::Ask(ticket, Question::Quote(_))] = effects[..] else {
        panic!("{effects:?}")
    };
    world.send(Event::Answered(ticket, Ok(Answer::Quote(asked_for(), quote(THREE_MONTHS)))));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!() };
    assert_eq!(confirm.notice, Some(Notice::Renewed));
}

#[test]
fn payment_is_closed_with_a_reason_and_opens_by_itself() {
    let mut world = World::open(1);
    world.send(Event::CheckedIn(Err(Trouble::Offline)));
    world.press(Press::Begin(Journey::Pay));
    assert_eq!(world.state.screen, Screen::PaymentClosed(ClosedReason::Backend));
    world.send(Event::CheckedIn(Ok(check_in(1))));
    assert!(matches!(world.state.screen, Screen::Find(_)));
}

#[test]
fn a_number_of_the_utilitys_own_length_is_typed_and_looked_up_as_it_is() {
    let mut world = World::open(1);
    world.settings.own_account_digits = vec![9, 16];
    for own in ["012345678", "3601234567890123"] {
        world.press(Press::Begin(Journey::Pay));
        world.type_digits(own);
        let effects = world.press(Press::Next);
        let [Effect::Ask(_, Question::Lookup(LookupRequest::Account { account }))] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(account.reveal(), own);
        world.press(Press::Home);
    }
}

#[test]
fn finds_an_application_by_both_ways() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Progress));
    world.type_digits("261105000037");
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(LookupRequest::Application { .. }))] = effects[..] else {
        panic!("{effects:?}")
    };
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Applications)))));
    let [Effect::Ask(ticket, Question::Applications(reference))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(reference, "r1");
    let ticket = *ticket;
    world.send(Event::Answered(ticket, Ok(Answer::Applications(applications(1)))));
    assert!(matches!(&world.state.screen, Screen::Progress(progress) if progress.shown == Some(0)));

    world.press(Press::Home);
    world.press(Press::Begin(Journey::Progress));
    world.type_digits("1234567127");
    assert!(world.press(Press::Next).is_empty(), "on to the phone's digits");
    assert!(matches!(world.state.screen, Screen::Prove(_)));
    world.type_digits("8890");
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Lookup(LookupRequest::AccountPhone { .. }))] = effects[..] else {
        panic!("{effects:?}")
    };
    let effects = world.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Applications)))));
    world.send(Event::Answered(asked(&effects), Ok(Answer::Applications(applications(3)))));
    assert!(matches!(&world.state.screen, Screen::Progress(progress) if progress.shown.is_none()));
    world.press(Press::Application(2));
    world.press(Press::Back);
    assert!(matches!(&world.state.screen, Screen::Progress(progress) if progress.shown.is_none()));
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Find(_)));
}
