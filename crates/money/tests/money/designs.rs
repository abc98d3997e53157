//! The wrong designs that the simulator must catch: each, switched on, is wrong in the way that its name says and in no
//! other. Two more, about the numbers that go out, are the jobs'.

use powerhall_money::{Collect, Command, Decision, Deliver, Mutant, Outcome, Trade, Who};

use crate::world::{World, channel, unknown};

/// On in this thread until it is dropped.
struct On;

impl On {
    fn switch(mutant: Mutant) -> Self {
        Mutant::switch(Some(mutant));
        Self
    }
}

impl Drop for On {
    fn drop(&mut self) {
        Mutant::switch(None);
    }
}

/// What is decided without and with the wrong design.
fn both(mutant: Mutant, world: &World, command: &Command) -> [Decision; 2] {
    let right = world.would(command.clone()).expect("taken");
    let _on = On::switch(mutant);
    [right, world.would(command.clone()).expect("taken")]
}

fn collects(mutant: Mutant, world: &World, command: &Command) -> [Collect; 2] {
    both(mutant, world, command).map(|decision| decision.order.collect)
}

fn delivers(mutant: Mutant, command: &Command) -> [Deliver; 2] {
    both(mutant, &World::paid(&[500]), command).map(|decision| decision.order.lines[0].deliver)
}

fn closing() -> World {
    let mut world = World::shown(true, &[500]);
    world.tell(Command::Leave("customer".into())).expect("leaves");
    world
}

fn close(outcome: Outcome<Trade>) -> Command {
    Command::CloseAnswered { attempt: 1, outcome }
}

#[test]
fn close_timeout_is_closed() {
    let design = Mutant::CloseTimeoutIsClosed;
    assert_eq!(collects(design, &closing(), &close(unknown())), [Collect::Closing, Collect::Closed]);
    let pending = close(Outcome::Definite(Trade::Pending));
    assert_eq!(collects(design, &closing(), &pending), [Collect::Closing; 2]);
}

#[test]
fn cancel_noaction_is_closed() {
    let design = Mutant::CancelNoactionIsClosed;
    let not_found = close(Outcome::Definite(Trade::NotFound));
    assert_eq!(collects(design, &closing(), &not_found), [Collect::Closing, Collect::Closed]);
    assert_eq!(collects(design, &closing(), &close(unknown())), [Collect::Closing; 2]);
}

#[test]
fn create_timeout_is_failure() {
    let no_answer = Command::CodeAnswered { attempt: 1, outcome: unknown() };
    let made = collects(Mutant::CreateTimeoutIsFailure, &World::open(true, &[500]), &no_answer);
    assert_eq!(made, [Collect::Preparing, Collect::Closed]);
}

#[test]
fn second_qr_early() {
    let design = Mutant::SecondQrEarly;
    let leave = Command::Leave("other_channel".into());
    let mut world = World::shown(true, &[500]);
    assert_eq!(collects(design, &world, &leave), [Collect::Closing, Collect::Closed]);
    assert_eq!(collects(design, &World::paid(&[500]), &leave), [Collect::Paid; 2]);
    let _on = On::switch(design);
    world.order = world.would(leave).expect("leaves").order;
    let second = world.would(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second code");
    assert_eq!(second.order.attempts.iter().filter(|a| a.state.is_open()).count(), 2);
}

#[test]
fn ignore_late_notify() {
    let design = Mutant::IgnoreLateNotify;
    let notified = |world: &World| Command::Notified {
        number: world.attempt(1).number.clone(),
        payment: world.payment("T1"),
    };
    let shown = || {
        let mut world = World::shown(true, &[500]);
        world.who = Who::Channel { id: "fake", event: "E1" };
        world
    };
    let mut closed = shown();
    closed.query(1, Outcome::Definite(Trade::Closed));
    assert_eq!(collects(design, &closed, &notified(&closed)), [Collect::Paid, Collect::Closed]);
    assert_eq!(collects(design, &shown(), &notified(&shown())), [Collect::Paid; 2], "it is not late");
    closed.who = Who::Job("recheck");
    let found =
        Command::Queried { attempt: 1, outcome: Outcome::Definite(Trade::Paid(closed.payment("T1"))) };
    assert_eq!(collects(design, &closed, &found), [Collect::Paid; 2], "our own question still counts");
}

#[test]
fn forget_closed() {
    let closed = Command::Queried { attempt: 1, outcome: Outcome::Definite(Trade::Closed) };
    let made = both(Mutant::ForgetClosed, &World::shown(true, &[500]), &closed);
    assert_eq!(made.map(|decision| decision.order.attempts[0].rechecks), [1, 0]);
}

#[test]
fn post_timeout_is_reject() {
    let no_answer = Command::PostAnswered { line: 0, outcome: unknown() };
    assert_eq!(delivers(Mutant::PostTimeoutIsReject, &no_answer), [Deliver::Posting, Deliver::Rejected]);
}

#[test]
fn notposted_is_reject() {
    let design = Mutant::NotpostedIsReject;
    let queried = |outcome| Command::PostQueried { line: 0, outcome };
    assert_eq!(delivers(design, &queried(Outcome::Definite(None))), [Deliver::Posting, Deliver::Rejected]);
    assert_eq!(delivers(design, &queried(unknown())), [Deliver::Posting; 2]);
}

#[test]
fn double_pay_not_refunded() {
    let mut world = World::shown(true, &[500]);
    world.query(1, Outcome::Definite(Trade::Closed));
    world.tell(Command::NewAttempt { no: 2, channel: channel(true) }).expect("a second");
    let payment = world.payment("T1");
    world.notify(1, payment).expect("paid");
    let second = Command::Notified { number: world.attempt(2).number.clone(), payment: world.payment("T2") };
    let made = both(Mutant::DoublePayNotRefunded, &world, &second);
    assert_eq!(made.map(|decision| decision.order.refunds.len()), [1, 0]);
}

#[test]
fn every_design_has_a_name_of_its_own() {
    let mut names: Vec<_> = Mutant::ALL.map(Mutant::name).into();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Mutant::ALL.len());
    for design in Mutant::ALL {
        assert!(!design.is_on());
        let _on = On::switch(design);
        assert_eq!(Mutant::ALL.into_iter().filter(|other| other.is_on()).collect::<Vec<_>>(), [design]);
    }
}
