//! What lies aside of an application's progress: what else there is to know, and the wish to be rung.

use powerhall_api::{Duty, ProblemCode, Quote, QuoteLine};
use powerhall_flow::{
    Answer, AskCallBack, Effect, Event, Ignored, Journey, Notice, Press, Question, Screen, Trouble,
};

use powerhall_money::Fen;

use crate::world::{World, applications, asked, call_back, lookup, quote};

/// At the timeline of one of so many applications.
fn at_progress(count: usize) -> World {
    let mut world = World::open(1);
    world.press(Press::Begin(Journey::Progress));
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

fn fee(line: u32, fen: i64) -> QuoteLine {
    let line = QuoteLine { line, ..quote(&[]).lines.remove(0) };
    let amount = Fen::new(fen);
    QuoteLine { duty: Duty::Fees, total_fen: amount, min_fen: amount, max_fen: amount, ..line }
}

/// At the fees of an application, with this answer.
fn at_fees(lines: Vec<QuoteLine>) -> World {
    let mut world = at_progress(1);
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::NotHere), "nothing is due");
    let Screen::Progress(progress) = &mut world.state.screen else { panic!() };
    progress.found.applications[0].due_fen = Fen::new(1);
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Quote(wanted))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((&wanted.references[..], wanted.duty), (&["a1".to_owned()][..], Duty::Fees));
    let answer = Quote { quote_id: "q9".into(), lines, seconds_left: 600 };
    world.send(Event::Answered(*ticket, Ok(Answer::Quote(wanted.clone(), answer))));
    world
}

#[test]
fn all_fees_are_paid_whole_with_one_code() {
    let mut world = at_fees(vec![fee(0, 70_000), fee(1, 2_500)]);
    let effects = world.press(Press::Next);
    let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
    let effects = world.send(Event::Recorded(id, Ok(())));
    let [Effect::PutOrder { request, .. }] = &effects[..] else { panic!("{effects:?}") };
    let lines: Vec<_> = request.lines.iter().map(|line| (line.line, line.amount_fen.get())).collect();
    assert_eq!((request.quote_id.as_str(), lines), ("q9", vec![(0, 70_000), (1, 2_500)]));
    assert!(request.lines.iter().all(|line| line.periods.is_empty()));
}

#[test]
fn what_is_not_due_or_too_much_is_not_paid_here() {
    let mut world = at_fees(Vec::new());
    world.press(Press::Next);
    assert_eq!(world.ignored, Some(Ignored::NotHere));
    world.press(Press::Back);
    assert!(matches!(world.state.screen, Screen::Progress(_)));

    let mut world = at_fees(vec![fee(0, 9_999_999_999)]);
    assert!(world.press(Press::Next).is_empty());
    let most = world.settings.most_amount;
    assert!(
        matches!(&world.state.screen, Screen::Fees(fees) if fees.notice == Some(Notice::AmountTooLarge(most)))
    );
}

#[test]
fn fees_are_asked_for_again_when_the_quote_is_old_or_did_not_come() {
    let mut world = at_fees(vec![fee(0, 70_000)]);
    let Screen::Fees(fees) = &mut world.state.screen else { panic!() };
    fees.expires = world.at;
    let effects = world.press(Press::Next);
    let [Effect::Ask(ticket, Question::Quote(wanted))] = &effects[..] else { panic!("{effects:?}") };
    let answer = Quote { quote_id: "q10".into(), lines: vec![fee(0, 80_000)], seconds_left: 600 };
    world.send(Event::Answered(*ticket, Ok(Answer::Quote(wanted.clone(), answer))));
    let Screen::Fees(fees) = &world.state.screen else { panic!() };
    assert_eq!((fees.amount(), fees.notice), (Fen::new(80_000), Some(Notice::Renewed)));

    let mut world = at_progress(1);
    let Screen::Progress(progress) = &mut world.state.screen else { panic!() };
    progress.found.applications[0].due_fen = Fen::new(1);
    let effects = world.press(Press::Next);
    world.send(Event::Answered(asked(&effects), Err(Trouble::Timeout)));
    assert!(matches!(&world.state.screen, Screen::Fees(fees) if fees.notice == Some(Notice::NoConnection)));
    let effects = world.press(Press::TryAgain);
    assert!(matches!(effects[..], [Effect::Ask(_, Question::Quote(_))]), "{effects:?}");
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
