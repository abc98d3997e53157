//! What holds for any sequence of touches, answers, troubles and waits.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_api::{
    Aftermath, Blocked, Call, CallState, ClosedReason, CodeSent, Collect, CutOff, Deliver, Duty, Hall,
    LookupKind, LookupRequest, Measure, Opinion, Orders, Place, Prepaid, ProblemCode, ProofWay, Quote,
    Register, Scope, Suspension, Tool,
};
use powerhall_flow::{
    Answer, Asked, Effect, Event, Fact, JournalTrouble, Journey, Origin, PayStage, Press, Question,
    Remembered, Screen, Trouble, Way, Ways,
};
use powerhall_money::Fen;
use proptest::prelude::*;
use uuid::Uuid;

use crate::world::{
    World, applications, bill, bills, call_back, check_in, delivered, found, invoice, lookup, order,
    payments, person, quote, text,
};

/// What happens next; answers choose among the effects that are still unanswered.
#[derive(Clone, Debug)]
enum Move {
    Press(Press),
    Pass(u64),
    Scan(usize),
    Type(usize),
    Answer { which: usize, how: How },
    Stray { order: u8, collect: u8, version: u64 },
}

#[derive(Clone, Copy, Debug)]
enum How {
    Well(u8),
    Trouble(Trouble),
    Lost,
}

fn ways() -> impl Strategy<Value = Way> {
    prop_oneof![
        Just(Way::TextSize),
        Just(Way::Contrast),
        Just(Way::Reach),
        Just(Way::Voice),
        Just(Way::Louder),
        Just(Way::Softer),
        (0..4_usize).prop_map(Way::Language),
    ]
}

fn presses() -> impl Strategy<Value = Press> {
    prop_oneof![
        4 => Just(Press::Next),
        2 => Just(Press::Begin(Journey::Pay)),
        1 => Just(Press::Begin(Journey::Progress)),
        1 => Just(Press::Begin(Journey::Payments)),
        2 => (0..11_u8).prop_map(Press::Digit),
        1 => prop_oneof![Just(Press::Point), Just(Press::Erase), Just(Press::Clear), Just(Press::X)],
        2 => prop_oneof![Just(Press::Back), Just(Press::Home), Just(Press::Cancel), Just(Press::TryAgain)],
        1 => prop_oneof![Just(Press::Help), Just(Press::Close), Just(Press::StillHere), Just(Press::Ways), Just(Press::Languages), Just(Press::Leave), Just(Press::Keypad)],
        1 => prop_oneof![Just(Press::Help), Just(Press::CallGuide), Just(Press::EndCall)],
        2 => prop_oneof![Just(Press::Begin(Journey::Recharge)), Just(Press::Minimum), Just(Press::AddAccount)],
        1 => prop_oneof![Just(Press::AllMonths), Just(Press::OtherAmount), Just(Press::NotMe), Just(Press::MoreTime)],
        1 => prop::sample::select(Opinion::ALL).prop_map(Press::Opinion),
        1 => (0..4_usize).prop_map(Press::Channel),
        1 => (0..4_usize).prop_map(Press::Month),
        2 => ways().prop_map(Press::Way),
        1 => Just(Press::NoNumber),
        1 => (0..4_usize).prop_map(Press::Application),
        1 => prop_oneof![Just(Press::Bills), (0..3_usize).prop_map(Press::Bill)],
        1 => prop_oneof![Just(Press::More), (0..3_usize).prop_map(Press::Shelf), (0..3_usize).prop_map(Press::Entry), Just(Press::Bring), Just(Press::Reckon), (0..3_usize).prop_map(Press::Tick)],
    ]
}

fn troubles() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        Just(Trouble::Offline),
        Just(Trouble::Timeout),
        Just(Trouble::Malformed),
        Just(Trouble::Server(500)),
        prop::sample::select(ProblemCode::ALL).prop_map(|code| Trouble::Problem(code, None)),
    ]
}

fn moves() -> impl Strategy<Value = Move> {
    let how = prop_oneof![
        6 => any::<u8>().prop_map(How::Well),
        2 => troubles().prop_map(How::Trouble),
        1 => Just(How::Lost),
    ];
    prop_oneof![
        5 => presses().prop_map(Move::Press),
        1 => (0..SCANS.len()).prop_map(Move::Scan),
        1 => (0..TYPED.len()).prop_map(Move::Type),
        2 => (1..150_000_u64).prop_map(Move::Pass),
        8 => (any::<usize>(), how).prop_map(|(which, how)| Move::Answer { which, how }),
        1 => (0..3_u8, any::<u8>(), 0..20_u64).prop_map(|(order, collect, version)| Move::Stray { order, collect, version }),
    ]
}

const COLLECTS: [Collect; 8] = [
    Collect::Created,
    Collect::Preparing,
    Collect::Awaiting,
    Collect::Closing,
    Collect::Closed,
    Collect::Paid,
    Collect::ManualReview,
    Collect::Unknown,
];
const DELIVERS: [Deliver; 4] = [Deliver::Posting, Deliver::Posted, Deliver::Refunding, Deliver::Refunded];

/// What a scanner reads: a bill, one of another company, something else.
const SCANS: [&str; 3] = ["5101234567127", "3601234567127", "https://example.com/"];
/// Whole numbers, one of each kind; the last is a proof.
const TYPED: [&str; 5] = ["5101234567127", "13900001234", "110105491231002", "261105000037", "0020"];
/// A quote of so many accounts. Some owe nothing, some are cut off, some are paid for in advance.
fn several(accounts: usize, n: usize) -> Quote {
    let line = |at: usize| {
        let kind = n / 4 + at;
        let mut line = quote(&vec![(10_000, 100); (n + at) % 4]).lines.remove(0);
        line.line = u32::try_from(at).unwrap();
        if let Some(account) = &mut line.account {
            account.account_masked = format!("510*******{at:03}").as_str().into();
        }
        if kind % 5 == 3 && line.total_fen.is_positive() {
            line.cut_off = Some(CutOff { since: "2026-11-05".into(), reconnect_fen: Fen::new(10_100) });
        }
        if kind % 5 == 4 {
            let blocked = kind.is_multiple_of(2).then_some(Blocked::EarlierUnfinished);
            line.duty = Duty::Prepaid;
            line.bills.clear();
            line.total_fen = Fen::ZERO;
            line.min_fen = Fen::new(1_000);
            line.max_fen = if blocked.is_some() { Fen::ZERO } else { Fen::new(100_000) };
            line.prepaid = Some(Prepaid { at_meter: None, in_system_fen: Fen::ZERO, blocked });
        }
        line
    };
    Quote { lines: (0..accounts).map(line).collect(), ..quote(&[]) }
}

/// A good answer to a question, one of several.
fn answered(question: Question, n: usize) -> Answer {
    match question {
        Question::Lookup(LookupRequest::Account { .. }) => Answer::Lookup(lookup(LookupKind::Account)),
        Question::Lookup(LookupRequest::Phone { .. } | LookupRequest::IdNumber { .. }) => {
            Answer::Lookup(person(&[ProofWay::IdLast4, ProofWay::Code][n % 2..]))
        }
        Question::Lookup(_) => Answer::Lookup(lookup(LookupKind::Applications)),
        Question::SendCode(_) => Answer::CodeSent(CodeSent { seconds_left: 300, again_after: 60 }),
        Question::Prove(..) => Answer::Proved(found(1 + n % 3)),
        Question::Quote(wanted) => {
            let quote = several(wanted.references.len(), n);
            Answer::Quote(wanted, quote)
        }
        Question::Applications(_) => Answer::Applications(applications(n % 3)),
        Question::Aftermath(order) => Answer::Aftermath(order, Aftermath::default()),
        Question::CallBack(_) => Answer::CallBack(call_back()),
        Question::Outages(_) => Answer::Outages(powerhall_api::Outages {
            account_masked: "510*******127".into(),
            outages: Vec::new(),
        }),
        Question::Bills(reference) => Answer::Bills(reference, bills(n % 3)),
        Question::Payments(reference) => Answer::Payments(reference, payments(n % 3)),
        Question::Invoice(..) => Answer::Invoice(Box::new(invoice())),
        Question::Bill(_, period) => Answer::Bill(Box::new(bill(&period))),
    }
}

/// A short one, of everything or of payments.
fn suspension(n: u8) -> Suspension {
    Suspension {
        id: Uuid::from_u128(u128::from(n)),
        scope: [Scope::All, Scope::Payment, Scope::Unknown][usize::from(n % 3)],
        reason: text("系统升级"),
        from: "2026-12-01T18:00:00+08:00".into(),
        until: "2026-12-01T20:00:00+08:00".into(),
        begins_in: u32::from(n / 2),
        ends_in: u32::from(n) + 1,
    }
}

/// What is published, now and then with tools among the sheets and something to show while nobody is there.
fn hall(n: u8) -> Hall {
    let mut hall = crate::information::hall(&n.to_string());
    let tool = [Some(Tool::Calculator), Some(Tool::Outages), None][usize::from(n % 3)];
    hall.shelves[1].groups[0].sheets[0].tool = tool;
    hall.tariffs = vec![crate::calculator::tariff("step", &[(Register::All, 5_380)])];
    hall.shelves[1].groups[0].sheets[1].tariff = Some("step".to_owned());
    hall.outages = n.is_multiple_of(2).then(|| vec![crate::outages::outage("城南", "1")]);
    hall.attract = n.is_multiple_of(4).then(|| crate::nobody::slides(2, &["zh_CN"]));
    hall
}

/// A kiosk, the effects that wait for an answer, and what was promised so far.
struct Run {
    world: World,
    unanswered: Vec<Effect>,
    recorded: BTreeSet<Uuid>,
    sent: BTreeSet<Uuid>,
    ended: BTreeSet<Uuid>,
    said_paid: BTreeSet<Uuid>,
    version: u64,
    /// Requests under way that may make a code.
    opening: BTreeMap<Uuid, u32>,
    /// The order that was put back on the screen after the restart.
    resumed: Option<Uuid>,
}

impl Run {
    fn new(channels: usize) -> Self {
        Self::restarted(channels, 0)
    }

    /// A kiosk that finds so many open orders in its journal.
    fn restarted(channels: usize, open: u128) -> Self {
        let mut run = Self {
            world: World::new(),
            unanswered: Vec::new(),
            recorded: BTreeSet::new(),
            sent: BTreeSet::new(),
            ended: BTreeSet::new(),
            said_paid: BTreeSet::new(),
            version: 1,
            opening: BTreeMap::new(),
            resumed: None,
        };
        let open_orders: Vec<Uuid> = (1..=open).map(|n| Uuid::from_u128(n << 64)).collect();
        run.recorded.extend(&open_orders);
        run.sent.extend(&open_orders);
        run.send(Event::Started(Ok(Remembered { open_orders, begun_anew: false })));
        run.send(Event::CheckedIn(Ok(check_in(channels))));
        run
    }

    fn send(&mut self, event: Event) {
        if let Event::Recorded(id, Ok(())) = event {
            self.recorded.insert(id);
        }
        if let Event::OrderAnswered(id, _, Ok(Some(order))) = &event
            && matches!(order.collect, Collect::Paid | Collect::ManualReview)
        {
            self.said_paid.insert(*id);
        }
        let effects = self.world.send(event);
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match &effect {
                Effect::PutOrder { order, request, .. } => {
                    assert!(
                        !request.lines.is_empty() && request.lines.iter().all(|l| l.amount_fen.is_positive())
                    );
                    let lines: BTreeSet<u32> = request.lines.iter().map(|line| line.line).collect();
                    assert_eq!(lines.len(), request.lines.len(), "a line of the quote twice");
                    assert!(self.recorded.contains(order), "sent before it was in the journal");
                    assert!(!self.ended.contains(order), "sent after its end");
                    self.sent.insert(*order);
                    *self.opening.entry(*order).or_default() += 1;
                }
                Effect::NewAttempt { order, .. } => *self.opening.entry(*order).or_default() += 1,
                Effect::Cancel { order, .. } => {
                    assert_eq!(self.opening.get(order), None, "closing beside a request that opens");
                }
                Effect::Record(order, Fact::Ended) => {
                    assert!(!self.is_putting(*order), "ended while its request is under way");
                    self.ended.insert(*order);
                }
                _ => {}
            }
            self.unanswered.push(effect);
        }
        self.check();
    }

    fn is_putting(&self, order: Uuid) -> bool {
        let put = |effect: &Effect| matches!(effect, Effect::PutOrder { order: id, .. } if *id == order);
        self.unanswered.iter().any(put)
    }

    /// Holds after every single step.
    fn check(&mut self) {
        let state = &self.world.state;
        // Of each page that was left, once; of home, where nobody may be, nothing.
        for measure in self.world.measured.drain(..) {
            let (Measure::Stay { place, .. } | Measure::Opinion { place, .. }) = measure else { continue };
            assert_ne!(place, Place::Home, "{measure:?}");
        }
        let on_screen = match &state.screen {
            Screen::Pay(pay) => pay.order,
            Screen::Finished(finished) => Some(finished.order.order_id),
            _ => None,
        };
        for order in &self.sent {
            let known = on_screen == Some(*order) || state.followed.iter().any(|f| f.order == *order);
            assert!(known || self.ended.contains(order), "an order was forgotten: {state:?}");
        }
        if let Screen::Pay(pay) = &state.screen
            && pay.origin == Origin::Resumed
            && let Some(order) = pay.order
        {
            assert_eq!(*self.resumed.get_or_insert(order), order, "two orders were resumed");
        }
        for followed in &state.followed {
            assert_ne!(Some(followed.order), on_screen, "one order in two places");
        }
        if let Screen::Finished(finished) = &state.screen {
            assert!(
                self.said_paid.contains(&finished.order.order_id),
                "said paid without the backend's word"
            );
        }
        if let Screen::Pay(pay) = &state.screen
            && let PayStage::Showing { .. } = pay.stage
        {
            let known = pay.known.as_ref().expect("a code comes from the backend");
            assert_eq!(known.collect, Collect::Awaiting, "a code is shown that cannot be paid");
        }
        assert!(!format!("{state:?}").contains("1234567127"), "a number can be read in a log");
    }

    fn answer(&mut self, effect: Effect, how: How) {
        self.version += 1;
        let version = self.version;
        let asked = match effect {
            Effect::PutOrder { .. } => Asked::Put,
            Effect::Watch { .. } => Asked::Watch,
            Effect::Cancel { .. } => Asked::Cancel,
            Effect::Extend(_) => Asked::Extend,
            _ => Asked::NewAttempt,
        };
        if asked == Asked::Put || asked == Asked::NewAttempt {
            // The client answers every request, whatever becomes of it.
            let how = if matches!(how, How::Lost) { How::Trouble(Trouble::Timeout) } else { how };
            if let Effect::PutOrder { order, .. } | Effect::NewAttempt { order, .. } = effect {
                if let Some(count @ 2..) = self.opening.get_mut(&order) {
                    *count -= 1
                } else {
                    self.opening.remove(&order);
                }
                return self.answer_as(effect, asked, version, how);
            }
        }
        self.answer_as(effect, asked, version, how);
    }

    fn answer_as(&mut self, effect: Effect, asked: Asked, version: u64, how: How) {
        let event = match (effect, how) {
            (_, How::Lost) => return,
            (Effect::CheckIn { call, .. }, How::Well(n)) => {
                let mut answer = check_in(usize::from(n % 3));
                let state = [CallState::Open, CallState::Taken, CallState::Done][usize::from(n / 5 % 3)];
                answer.call = call.map(|id| Call { id, state });
                answer.hall = if n % 2 == 0 { n.to_string() } else { String::new() };
                answer.suspensions = (n % 7 == 0).then(|| suspension(n)).into_iter().collect();
                answer.payment_closed = (n % 5 == 0).then_some(ClosedReason::Billing);
                Event::CheckedIn(Ok(answer))
            }
            (Effect::CheckIn { .. }, How::Trouble(trouble)) => Event::CheckedIn(Err(trouble)),
            (Effect::CallGuide(request), How::Well(n)) => {
                let state = [CallState::Open, CallState::Taken, CallState::Done][usize::from(n % 3)];
                Event::Called(request.id, Ok(Call { id: request.id, state }))
            }
            (Effect::CallGuide(request), How::Trouble(trouble)) => Event::Called(request.id, Err(trouble)),
            (Effect::EndCall(_) | Effect::Measure(_) | Effect::KeepSuspensions(_), _) => return,
            (Effect::ReadHall, How::Well(n)) => Event::HallRead(Ok(hall(n))),
            (Effect::ReadHall, How::Trouble(trouble)) => Event::HallRead(Err(trouble)),
            (Effect::AskOpenOrders, How::Well(_)) => Event::OpenOrders(Ok(Orders { orders: Vec::new() })),
            (Effect::AskOpenOrders, How::Trouble(trouble)) => Event::OpenOrders(Err(trouble)),
            (Effect::Ask(ticket, question), How::Well(n)) => {
                Event::Answered(ticket, Ok(answered(question, usize::from(n))))
            }
            (Effect::Ask(ticket, _), How::Trouble(trouble)) => Event::Answered(ticket, Err(trouble)),
            (Effect::Record(id, Fact::Named { .. }), How::Well(_)) => Event::Recorded(id, Ok(())),
            (Effect::Record(id, Fact::Named { .. }), How::Trouble(_)) => {
                Event::Recorded(id, Err(JournalTrouble::Unwritable))
            }
            (Effect::Record(..), _) => return,
            (
                Effect::PutOrder { order: id, .. }
                | Effect::Watch { order: id, .. }
                | Effect::Cancel { order: id, .. }
                | Effect::Extend(id)
                | Effect::NewAttempt { order: id, .. },
                how,
            ) => {
                let answer = match how {
                    How::Well(n) if n % 7 == 0 => Ok(None),
                    How::Well(n) if n % 3 == 0 => {
                        Ok(Some(delivered(id, version, DELIVERS[usize::from(n) % 4])))
                    }
                    How::Well(n) => Ok(Some(order(id, version, COLLECTS[usize::from(n) % 8]))),
                    How::Trouble(trouble) => Err(trouble),
                    How::Lost => return,
                };
                Event::OrderAnswered(id, asked, answer)
            }
        };
        self.send(event);
    }

    fn make(&mut self, next: Move) {
        match next {
            Move::Press(press) => self.send(Event::Press(press)),
            Move::Pass(time) => {
                let effects = self.world.pass(time);
                self.take(effects);
            }
            Move::Scan(which) => self.send(Event::Scanned(SCANS[which].into())),
            Move::Type(which) => {
                for digit in TYPED[which].bytes() {
                    self.send(Event::Press(Press::Digit(digit - b'0')));
                }
            }
            Move::Answer { which, how } if !self.unanswered.is_empty() => {
                let effect = self.unanswered.remove(which % self.unanswered.len());
                self.answer(effect, how);
            }
            Move::Answer { .. } => {}
            Move::Stray { order: id, collect, version } => {
                let id = Uuid::from_u128(u128::from(id) + 900);
                let order = order(id, version, COLLECTS[usize::from(collect) % 8]);
                self.send(Event::OrderAnswered(id, Asked::Watch, Ok(Some(order))));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_forgotten_or_said_too_early(channels in 1..3_usize, steps in prop::collection::vec(moves(), 0..120)) {
        let mut run = Run::new(channels);
        // Most runs begin where it matters.
        run.send(Event::Press(Press::Begin(Journey::Pay)));
        run.world.type_digits("1234567127");
        for next in steps {
            run.make(next);
        }
    }

    #[test]
    fn a_restart_forgets_nothing_either(channels in 1..3_usize, open in 1..4_u128, steps in prop::collection::vec(moves(), 0..80)) {
        let mut run = Run::restarted(channels, open);
        for next in steps {
            run.make(next);
        }
    }

    #[test]
    fn every_state_leaves_by_idle(channels in 1..3_usize, steps in prop::collection::vec(moves(), 0..60)) {
        let mut run = Run::new(channels);
        run.send(Event::Press(Press::Begin(Journey::Pay)));
        run.world.type_digits("1234567127");
        for next in steps {
            run.make(next);
        }
        // Nobody touches, nobody answers: at most the countdown, then twice the idle time and the warning, or the
        // patience of who has called the guide.
        let effects = run.world.pass(120_000 + 180_000 + 2 * (45_000 + 20_000) + 1_000);
        run.take(effects);
        let screen = &run.world.state.screen;
        let nobody = matches!(screen, Screen::Home | Screen::Attract(_) | Screen::OutOfService(_));
        prop_assert!(nobody, "{:?}", screen);
        prop_assert_eq!(run.world.state.overlay, None);
        prop_assert_eq!(run.world.state.ways, Ways::default());
    }
}
