//! Receipts and invoices: nothing before the proof, the receipt again, one invoice, and nothing that stays behind.

use powerhall_api::{InvoiceState, LookupKind, LookupRequest, ProblemCode, ProofRequest};
use powerhall_flow::{
    Answer, Effect, Event, Ignored, Journey, Notice, Offer, PaymentShown, Press, Purpose, Question, Screen,
    Taking, TextSize, Trouble, Way,
};

use crate::world::{World, asked, found, invoice, lookup, payments};

fn answer(world: &mut World, effects: &[Effect], answer: Answer) -> Vec<Effect> {
    world.send(Event::Answered(asked(effects), Ok(answer)))
}

fn refuse(world: &mut World, effects: &[Effect], code: ProblemCode) {
    world.send(Event::Answered(asked(effects), Err(Trouble::Problem(code, None))));
}

fn shown(world: &World) -> &PaymentShown {
    match &world.state.screen {
        Screen::Payment(shown) => shown,
        other => panic!("{other:?}"),
    }
}

/// From home to the question for the payments, of an account by its number and the end of the phone.
fn prove(world: &mut World) -> Vec<Effect> {
    world.press(Press::Begin(Journey::Payments));
    world.type_digits("5101234567127");
    assert!(world.press(Press::Next).is_empty(), "nothing is asked before the proof is typed");
    assert!(matches!(world.state.screen, Screen::Prove(_)));
    world.type_digits("8890");
    let effects = world.press(Press::Next);
    let [Effect::Ask(_, Question::Lookup(LookupRequest::Account { account }))] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(account.reveal(), "5101234567127");
    let effects = answer(world, &effects, Answer::Lookup(lookup(LookupKind::Account)));
    let [Effect::Ask(_, Question::Prove(reference, ProofRequest::PhoneLast4 { phone_last4 }))] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((reference.as_str(), phone_last4.reveal().as_str()), ("r1", "8890"));
    effects
}

/// The list of so many payments.
fn listed(count: usize) -> World {
    let mut world = World::open(1);
    let effects = prove(&mut world);
    let effects = answer(&mut world, &effects, Answer::Proved(found(1)));
    assert!(matches!(&effects[..], [Effect::Ask(_, Question::Payments(one))] if one == "r1"), "{effects:?}");
    answer(&mut world, &effects, Answer::Payments("r1".into(), payments(count)));
    assert!(matches!(world.state.screen, Screen::Payments(_)));
    world
}

#[test]
fn digits_that_do_not_fit_show_nothing() {
    let mut world = World::open(1);
    let effects = prove(&mut world);
    refuse(&mut world, &effects, ProblemCode::ProofWrong);
    let Screen::Prove(proof) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!((proof.typed.reveal().as_str(), proof.notice), ("", Some(Notice::ProofWrong(None))));
    // And a backend that wants more than was proved is believed.
    world.type_digits("8890");
    let effects = world.press(Press::Next);
    let effects = answer(&mut world, &effects, Answer::Lookup(lookup(LookupKind::Account)));
    let effects = answer(&mut world, &effects, Answer::Proved(found(1)));
    refuse(&mut world, &effects, ProblemCode::ProofNeeded);
    assert!(!matches!(world.state.screen, Screen::Payments(_)));
}

#[test]
fn of_a_payment_of_ours_both_go_to_the_phone() {
    let mut world = listed(3);
    world.press(Press::Entry(3));
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Entry(0));
    assert_eq!(shown(&world).offers(), [Offer::Receipt, Offer::Invoice]);
    world.press(Press::Next);
    assert_eq!(shown(&world).taking, Some(Taking::Choose));
    world.press(Press::Entry(0));
    assert_eq!(shown(&world).taking, Some(Taking::Receipt));
    world.press(Press::Back);
    let effects = world.press(Press::Entry(1));
    let [Effect::Ask(_, Question::Invoice(reference, number))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((reference.as_str(), number.as_str()), ("r1", "2026112300000001"));
    world.press(Press::Entry(1));
    assert_eq!(world.ignored, Some(Ignored::Busy), "one invoice, however often it is touched");
    answer(&mut world, &effects, Answer::Invoice(Box::new(invoice())));
    assert!(matches!(&shown(&world).taking, Some(Taking::Invoice(one)) if one.number == invoice().number));
    assert_eq!(shown(&world).payment().map(|one| one.invoice), Some(InvoiceState::Issued));
    world.press(Press::Back);
    world.press(Press::Back);
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Payments(_)));
    world.press(Press::Back);
    assert_eq!(world.state.screen, Screen::Home, "nothing of the customer stays");
}

#[test]
fn of_others_there_is_the_invoice_alone_and_of_credit_nothing() {
    let mut world = listed(3);
    world.press(Press::Entry(1));
    assert!(shown(&world).offers().is_empty());
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Back);
    world.press(Press::Entry(2));
    let effects = world.press(Press::Next);
    answer(&mut world, &effects, Answer::Invoice(Box::new(invoice())));
    world.press(Press::Back);
    assert_eq!(shown(&world).taking, None, "there was nothing to choose");
}

#[test]
fn when_no_invoice_is_to_be_had_the_receipt_still_is() {
    let mut world = listed(1);
    world.press(Press::Entry(0));
    for (code, notice, offers) in [
        (ProblemCode::InvoiceUnavailable, Notice::InvoiceUnavailable, 2),
        (ProblemCode::RateLimited, Notice::TooMany(0), 2),
        (ProblemCode::InvoiceRefused, Notice::InvoiceRefused, 1),
    ] {
        world.press(Press::Next);
        let effects = world.press(Press::Entry(1));
        refuse(&mut world, &effects, code);
        assert_eq!((shown(&world).notice, &shown(&world).taking), (Some(notice), &None));
        assert_eq!(shown(&world).offers().len(), offers);
    }
    world.press(Press::Next);
    assert_eq!(shown(&world).taking, Some(Taking::Receipt), "what is alone opens by itself");
}

#[test]
fn an_answer_after_leaving_is_too_late_and_an_old_reference_asks_again() {
    let mut world = listed(3);
    world.press(Press::Entry(2));
    let effects = world.press(Press::Next);
    world.press(Press::Back);
    answer(&mut world, &effects, Answer::Invoice(Box::new(invoice())));
    assert_eq!(world.ignored, Some(Ignored::TooLate));
    world.press(Press::Entry(2));
    let effects = world.press(Press::Next);
    refuse(&mut world, &effects, ProblemCode::ReferenceExpired);
    let Screen::Find(find) = &world.state.screen else { panic!("{:?}", world.state.screen) };
    assert_eq!(find.notice, Some(Notice::LookupExpired));
}

#[test]
fn large_text_finds_what_home_has_no_room_for_behind_the_shelves() {
    let mut world = World::open(1);
    let hall = powerhall_api::Hall {
        tiles: ["pay", "payments", "guides", "recharge", "progress"].map(String::from).to_vec(),
        shelves: vec![powerhall_api::Shelf {
            key: "guides".into(),
            name: Default::default(),
            groups: Vec::new(),
        }],
        ..Default::default()
    };
    world.send(Event::HallRead(Ok(hall)));
    world.press(Press::Way(Way::TextSize));
    assert_eq!(world.state.ways.text_size, TextSize::Large);
    for (entry, purpose) in [(1, Some(Purpose::Payments)), (2, Some(Purpose::Pay)), (3, None)] {
        world.press(Press::More);
        world.press(Press::Entry(entry));
        let found = if let Screen::Find(find) = &world.state.screen { Some(find.purpose) } else { None };
        assert_eq!(found, purpose, "in the catalogue's order");
        world.press(Press::Home);
    }
}
