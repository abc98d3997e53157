//! Finding, however the customer comes: what is asked, in which order, and what is never shown or kept.

use powerhall_api::{
    CodeSent, LINES_MOST, LookupKind, LookupRequest, Personal, ProblemCode, ProofRequest, ProofWay, QuoteLine,
};
use powerhall_flow::{
    Accounts, Answer, Effect, Event, Find, Gate, Ignored, Journey, Kind, NotABill, Notice, Press, Prove,
    Purpose, Question, Screen, Trouble, Wrong,
};

use crate::world::{World, applications, asked, asked_for, found, lookup, person, quote};

/// The standard's own example, without its last character; it belongs to nobody.
const ID: &str = "11010519491231002";
const PHONE: &str = "13900001234";
const BOTH: &[ProofWay] = &[ProofWay::IdLast4, ProofWay::Code];

fn field(world: &World) -> &Find {
    match &world.state.screen {
        Screen::Find(find) => find,
        other => panic!("{other:?}"),
    }
}

fn proof(world: &World) -> &Prove {
    match &world.state.screen {
        Screen::Prove(prove) => prove,
        other => panic!("{other:?}"),
    }
}

fn list(world: &World) -> &Accounts {
    match &world.state.screen {
        Screen::Accounts(list) => list,
        other => panic!("{other:?}"),
    }
}

fn answer(world: &mut World, effects: &[Effect], answer: Answer) -> Vec<Effect> {
    world.send(Event::Answered(asked(effects), Ok(answer)))
}

fn refuse(world: &mut World, effects: &[Effect], code: ProblemCode) -> Vec<Effect> {
    world.send(Event::Answered(asked(effects), Err(Trouble::Problem(code, None))))
}

/// From home by the phone to where the proof is asked for.
fn reach_proof(open: Press, ways: &[ProofWay]) -> World {
    let mut world = World::open(1);
    world.press(open);
    world.type_digits(PHONE);
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Lookup(LookupRequest::Phone { phone }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(phone.reveal(), PHONE);
    answer(&mut world, &effects, Answer::Lookup(person(ways)));
    world
}

#[test]
fn a_phone_and_the_end_of_the_identity_number_lead_to_what_is_owed() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.type_digits("00");
    world.press(Press::X);
    assert_eq!(world.ignored, Some(Ignored::NoChange), "an X comes last");
    world.type_digits("2");
    world.press(Press::X);
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Prove(reference, ProofRequest::IdLast4 { id_last4 }))] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((reference.as_str(), id_last4.reveal().as_str()), ("r1", "002X"));
    assert!(!format!("{effects:?} {:?}", world.state).contains("002X"));
    let effects = answer(&mut world, &effects, Answer::Proved(found(1)));
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Question::Quote(one))] if one.references == ["r1"]),
        "{effects:?}"
    );
    answer(&mut world, &effects, Answer::Quote(asked_for(), quote(&[(10_000, 0)])));
    let Screen::Confirm(confirm) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(confirm.of, None);
    world.press(Press::Back);
    assert_eq!(field(&world).typed.reveal(), "", "the phone is forgotten");
}

#[test]
fn an_identity_number_may_end_with_an_x_and_only_there() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.press(Press::X);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.type_digits(ID);
    assert!(field(&world).takes_x(&world.settings));
    world.press(Press::X);
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Lookup(LookupRequest::IdNumber { id_number }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(id_number.reveal(), &format!("{ID}X"));
    answer(&mut world, &effects, Answer::Lookup(person(&[ProofWay::PhoneLast4])));
    assert!(!proof(&world).takes_x(), "a phone has no X");
    world.press(Press::Back);
    assert_eq!(field(&world).typed.reveal(), &format!("{ID}X"), "one step back, nothing is lost");
    world.press(Press::Erase);
    world.press(Press::Digit(1));
    assert_eq!(field(&world).notice, Some(Notice::Number(Wrong::Check)), "said at once");
}

#[test]
fn a_code_is_sent_once_and_again_after_its_time() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.press(Press::Entry(1));
    assert!(proof(&world).asks_to_send());
    world.press(Press::Digit(1));
    assert_eq!(world.ignored, Some(Ignored::NotHere), "nothing to type yet");
    let sent = || Answer::CodeSent(CodeSent { seconds_left: 300, again_after: 60 });
    let effects = world.press(Press::Next);
    assert!(matches!(&effects[..], [Effect::Ask(_, Question::SendCode(one))] if one == "r1"), "{effects:?}");
    assert!(world.press(Press::Next).is_empty());
    assert_eq!(world.ignored, Some(Ignored::Busy));
    answer(&mut world, &effects, sent());
    assert!(world.press(Press::TryAgain).is_empty());
    assert_eq!(world.ignored, Some(Ignored::NoChange), "not yet");
    world.type_digits("12");
    for _ in 0..3 {
        world.pass(20_000);
        world.send(Event::Touched);
    }
    let effects = world.press(Press::TryAgain);
    assert!(matches!(effects[..], [Effect::Ask(_, Question::SendCode(_))]), "{effects:?}");
    answer(&mut world, &effects, sent());
    assert_eq!(proof(&world).typed.reveal(), "", "the code before is of no use any more");
    world.type_digits("000042");
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Prove(_, ProofRequest::Code { code }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(code.reveal(), "000042");
}

#[test]
fn tries_are_told_and_end() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    for left in [2, 1] {
        world.type_digits("0000");
        let effects = world.press(Press::Next);
        refuse(&mut world, &effects, ProblemCode::ProofWrong);
        assert_eq!(proof(&world).notice, Some(Notice::ProofWrong(Some(left))));
        assert_eq!(proof(&world).typed.reveal(), "");
    }
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    refuse(&mut world, &effects, ProblemCode::ProofsExhausted);
    assert_eq!(
        (field(&world).notice, field(&world).typed.reveal().as_str()),
        (Some(Notice::ProofsExhausted), "")
    );
}

#[test]
fn trouble_while_proving_says_what_and_costs_nothing() {
    for (code, notice) in [
        (ProblemCode::BillingUnavailable, Notice::Busy),
        (ProblemCode::TooManyProofs, Notice::TooMany(0)),
        (ProblemCode::SmsUnavailable, Notice::NoCodes),
    ] {
        let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
        world.type_digits("0000");
        let effects = world.press(Press::Next);
        refuse(&mut world, &effects, code);
        assert_eq!((proof(&world).notice, proof(&world).tries_left), (Some(notice), Some(3)));
        assert_eq!(proof(&world).typed.reveal(), "0000", "nothing typed is lost");
    }
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    refuse(&mut world, &effects, ProblemCode::ReferenceExpired);
    assert_eq!(field(&world).notice, Some(Notice::LookupExpired));
}

#[test]
fn ways_to_prove_that_this_version_does_not_know_are_no_ways() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits(PHONE);
    let effects = world.press(Press::Next);
    answer(&mut world, &effects, Answer::Lookup(person(&[ProofWay::Unknown])));
    assert_eq!((field(&world).notice, field(&world).typed.reveal().as_str()), (Some(Notice::Busy), PHONE));
}

#[test]
fn of_several_accounts_one_is_chosen_and_back_leads_to_the_list() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    assert!(answer(&mut world, &effects, Answer::Proved(found(3))).is_empty(), "nothing by itself");
    assert_eq!(list(&world).found.accounts.len(), 3);
    world.press(Press::Entry(3));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    let effects = world.press(Press::Entry(1));
    assert!(
        matches!(&effects[..], [Effect::Ask(_, Question::Quote(one))] if one.references == ["r2"]),
        "{effects:?}"
    );
    assert!(world.press(Press::Entry(0)).is_empty());
    assert_eq!(world.ignored, Some(Ignored::Busy));
    answer(&mut world, &effects, Answer::Quote(asked_for(), quote(&[(10_000, 0)])));
    assert!(matches!(world.state.screen, Screen::Confirm(_)));
    world.press(Press::NotMe);
    assert_eq!(list(&world).found.accounts.len(), 3);
    world.press(Press::Back);
    assert_eq!(field(&world).typed.reveal(), "");
}

#[test]
fn all_accounts_of_a_proof_are_paid_at_once_and_back_leads_to_their_list() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    answer(&mut world, &effects, Answer::Proved(found(3)));
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Quote(request))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(request.references, ["r1", "r2", "r3"]);
    let asked = request.clone();
    let mut told = quote(&[(10_000, 0)]);
    // Of one owner, masked alike: still three accounts.
    told.lines = (0..3).map(|line| QuoteLine { line, ..told.lines[0].clone() }).collect();
    answer(&mut world, &effects, Answer::Quote(asked, told));
    let Screen::Basket(basket) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(basket.chosen.len(), 3);
    world.press(Press::Back);
    assert_eq!(list(&world).found.accounts.len(), 3);
}

#[test]
fn one_account_alone_or_more_than_an_order_takes_are_not_paid_at_once() {
    for count in [1, LINES_MOST + 1] {
        let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
        world.state.screen = Screen::Accounts(Box::new(Accounts {
            purpose: Purpose::Pay,
            found: found(count),
            notice: None,
            waiting: None,
        }));
        assert!(world.press(Press::Next).is_empty(), "{count}");
        assert_eq!(world.ignored, Some(Ignored::NotHere));
    }
}

#[test]
fn what_a_proof_has_opened_is_kept_when_the_next_answer_does_not_come() {
    let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    let effects = answer(&mut world, &effects, Answer::Proved(found(1)));
    world.send(Event::Answered(asked(&effects), Err(Trouble::Offline)));
    assert_eq!((list(&world).notice, list(&world).found.accounts.len()), (Some(Notice::NoConnection), 1));
    assert_eq!(world.press(Press::Entry(0)).len(), 1, "asked again without another proof");
}

#[test]
fn an_application_is_found_by_phone_and_by_account() {
    let mut world = reach_proof(Press::Begin(Journey::Progress), BOTH);
    world.type_digits("0000");
    let effects = world.press(Press::Next);
    answer(&mut world, &effects, Answer::Proved(found(2)));
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::NotHere), "only what is paid is taken together");
    let effects = world.press(Press::Entry(0));
    let effects = {
        assert!(matches!(&effects[..], [Effect::Ask(_, Question::Applications(one))] if one == "r1"));
        answer(&mut world, &effects, Answer::Applications(applications(0)));
        assert_eq!(list(&world).notice, Some(Notice::NoApplications));
        world.press(Press::Entry(1))
    };
    answer(&mut world, &effects, Answer::Applications(applications(1)));
    assert!(matches!(world.state.screen, Screen::Progress(_)));

    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Progress));
    world.type_digits("5101234567127");
    assert_eq!(field(&world).choices(&world.settings), [Kind::Account, Kind::Application]);
    world.press(Press::Next);
    world.type_digits("8890");
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Lookup(LookupRequest::AccountPhone { account, phone_last4 }))] =
        &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((account.reveal().as_str(), phone_last4.reveal().as_str()), ("5101234567127", "8890"));
    refuse(&mut world, &effects, ProblemCode::ApplicationNotFound);
    assert_eq!(proof(&world).notice, Some(Notice::ApplicationUnknown));
    world.press(Press::Back);
    world.press(Press::Entry(1));
    let effects = world.press(Press::Next);
    assert!(matches!(effects[..], [Effect::Ask(_, Question::Lookup(LookupRequest::Application { .. }))]));
}

#[test]
fn an_application_number_typed_while_paying_is_told_apart_and_leads_there() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("261105000037");
    assert_eq!(field(&world).number(&world.settings), None, "nothing is asked unasked");
    assert_eq!(field(&world).choices(&world.settings), [Kind::Application]);
    world.press(Press::Entry(0));
    assert_eq!(field(&world).notice, None);
    let effects = world.press(Press::Next);
    assert!(matches!(effects[..], [Effect::Ask(_, Question::Lookup(LookupRequest::Application { .. }))]));
    let effects = answer(&mut world, &effects, Answer::Lookup(lookup(LookupKind::Applications)));
    answer(&mut world, &effects, Answer::Applications(applications(1)));
    assert!(matches!(world.state.screen, Screen::Progress(_)));
}

#[test]
fn a_scanned_slip_finds_its_application_where_one_is_asked_for() {
    for slip in ["261105000037", "]C1申请编号：261105000037\r"] {
        let mut world = World::open(1);
        world.press(Press::Begin(Journey::Progress));
        let effects = world.send(Event::Scanned(Personal::from(slip)));
        let [Effect::Ask(_, Question::Lookup(LookupRequest::Application { application }))] = &effects[..]
        else {
            panic!("{effects:?}")
        };
        assert_eq!(application.reveal(), "261105000037");
    }
    for (open, scanned) in [
        (Press::Begin(Journey::Pay), "261105000037"),
        (Press::Begin(Journey::Progress), "https://example.com/?t=261105000037"),
    ] {
        let mut world = World::open(1);
        world.press(open);
        assert!(world.send(Event::Scanned(Personal::from(scanned))).is_empty());
        assert_eq!(field(&world).notice, Some(Notice::NotABill(NotABill::NoAccount)), "{scanned}");
    }
}

#[test]
fn a_scanned_bill_is_looked_up_at_once_from_home_too() {
    let scan = |world: &mut World, text: &str| world.send(Event::Scanned(Personal::from(text)));
    for open in [None, Some(Press::Begin(Journey::Pay))] {
        let mut world = World::open(1);
        open.map(|open| world.press(open));
        world.type_digits("42");
        let effects = scan(&mut world, "https://example.com/?no=5101234567127");
        let [Effect::Ask(_, Question::Lookup(LookupRequest::Account { account }))] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert_eq!(account.reveal(), "5101234567127");
        assert!(!format!("{:?}", world.state).contains("567127"));
        assert!(scan(&mut world, "5101234567127").is_empty(), "one look-up at a time");
        assert_eq!(world.ignored, Some(Ignored::Busy));
    }
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    assert!(scan(&mut world, "https://example.com/").is_empty());
    assert_eq!(field(&world).notice, Some(Notice::NotABill(NotABill::NoAccount)));
    scan(&mut world, "5101234567127 5101234567128");
    assert_eq!(field(&world).notice, Some(Notice::NotABill(NotABill::Several)));
    world.press(Press::NoNumber);
    assert_eq!(scan(&mut world, "5101234567127").len(), 1, "a bill is at hand after all");

    // Of an application only who has the phone on file hears.
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Progress));
    assert!(scan(&mut world, "5101234567127").is_empty());
    assert!(matches!(world.state.screen, Screen::Prove(_)));

    // Not where nobody is asked for a number, and not under what lies over the page.
    let mut world = World::open(1);
    world.reach_confirm(quote(&[(10_000, 0)]));
    assert!(scan(&mut world, "5101234567127").is_empty());
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Home);
    world.press(Press::Help);
    assert!(scan(&mut world, "5101234567127").is_empty());
    world.press(Press::Close);
    world.state.service.gate = Gate::Closed(powerhall_api::ClosedReason::Channel);
    scan(&mut world, "5101234567127");
    assert!(matches!(world.state.screen, Screen::PaymentClosed(_)), "the reason is said");
}

#[test]
fn where_the_number_is_and_back_with_what_was_typed() {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Pay));
    world.type_digits("510");
    world.press(Press::NoNumber);
    assert!(matches!(world.state.screen, Screen::NoNumber(_)));
    world.press(Press::Next);
    assert_eq!((field(&world).purpose, field(&world).typed.reveal().as_str()), (Purpose::Pay, "510"));
}

#[test]
fn the_end_of_a_session_forgets_whoever_it_was() {
    for ends in [false, true] {
        let mut world = reach_proof(Press::Begin(Journey::Pay), BOTH);
        world.type_digits("0020");
        let effects = world.press(Press::Next);
        if ends {
            answer(&mut world, &effects, Answer::Proved(found(3)));
        }
        world.pass(200_000);
        assert_eq!(world.state.screen, Screen::Home);
        world.send(Event::Answered(asked(&effects), Ok(Answer::Proved(found(3)))));
        assert_eq!((&world.state.screen, world.ignored), (&Screen::Home, Some(Ignored::TooLate)));
    }
}
