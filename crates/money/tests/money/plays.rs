//! Any sequence of commands: a game against one order, which checks its invariants after every move.

use powerhall_money::{Command, Fen, FenceAnswer, Outcome, Payment, RefundAnswer, Trade};
use proptest::prelude::*;

use crate::world::{World, channel, posted, unknown, verdict_of};

/// A move in the game against the order.
#[derive(Clone, Debug)]
pub enum Play {
    Wait(i64),
    NewAttempt,
    Leave,
    Extend,
    Code(u32, u8),
    Query(u32, u8),
    Close(u32, u8),
    Notify(u32, bool),
    Post(u32, u8),
    QueryPost(u32, u8),
    Fence(u32, u8),
    Refund(usize, u8),
    /// The same number paid by another transaction.
    PayAgain(u32),
    /// A person decides on one of the reviews so far.
    Decide(usize, u8),
}

fn play() -> impl Strategy<Value = Play> {
    prop_oneof![
        (0..400_000_i64).prop_map(Play::Wait),
        Just(Play::NewAttempt),
        Just(Play::Leave),
        Just(Play::Extend),
        (1..4_u32, 0..3_u8).prop_map(|(a, o)| Play::Code(a, o)),
        (1..4_u32, 0..6_u8).prop_map(|(a, o)| Play::Query(a, o)),
        (1..4_u32, 0..6_u8).prop_map(|(a, o)| Play::Close(a, o)),
        (1..4_u32, prop::bool::weighted(0.9)).prop_map(|(a, right)| Play::Notify(a, right)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::Post(l, o)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::QueryPost(l, o)),
        (0..2_u32, 0..4_u8).prop_map(|(l, o)| Play::Fence(l, o)),
        (0..4_usize, 0..12_u8).prop_map(|(r, o)| Play::Refund(r, o)),
        (1..4_u32).prop_map(Play::PayAgain),
        (0..6_usize, 0..5_u8).prop_map(|(r, v)| Play::Decide(r, v)),
        (0..6_usize, 0..5_u8).prop_map(|(r, v)| Play::Decide(r, v)),
    ]
}

impl World {
    fn trade(&self, attempt: u32, o: u8) -> Outcome<Trade> {
        match o {
            0 => Outcome::Definite(Trade::NotFound),
            1 => Outcome::Definite(Trade::Pending),
            2 => Outcome::Definite(Trade::Paid(self.payment(&format!("T{attempt}")))),
            3 => Outcome::Definite(Trade::Closed),
            4 => Outcome::Rejected("NO".into()),
            _ => unknown(),
        }
    }

    pub fn play(&mut self, play: Play) {
        let amount = |world: &Self, line: u32| world.order.line(line).map_or(1, |l| l.amount.get());
        let _ = match play {
            Play::Wait(ms) => {
                self.now = self.now.plus_ms(ms);
                return;
            }
            Play::NewAttempt => {
                let no = self.order.last_attempt().map_or(1, |a| a.no + 1).min(3);
                let facts = channel(self.order.attempts[0].can_close);
                self.tell(Command::NewAttempt { no, channel: facts })
            }
            Play::Leave => self.tell(Command::Leave("customer".into())),
            Play::Extend => self.tell(Command::Extend),
            Play::Code(attempt, o) => {
                let outcome = match o {
                    0 => Outcome::Definite("code".to_owned()),
                    1 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::CodeAnswered { attempt, outcome })
            }
            Play::Query(attempt, o) => {
                let outcome = self.trade(attempt, o);
                self.tell(Command::Queried { attempt, outcome })
            }
            Play::Close(attempt, o) => {
                let outcome = self.trade(attempt, o);
                self.tell(Command::CloseAnswered { attempt, outcome })
            }
            Play::Notify(attempt, right) => {
                if self.order.attempt(attempt).is_none() {
                    return;
                }
                let mut payment = self.payment(&format!("T{attempt}"));
                if !right {
                    payment.amount = Fen::new(1);
                }
                self.notify(attempt, payment)
            }
            Play::Post(line, o) => {
                let outcome = match o {
                    0 => Outcome::Definite(posted(amount(self, line))),
                    1 => Outcome::Definite(posted(amount(self, line) + 1)),
                    2 => Outcome::Rejected("already_paid".into()),
                    _ => unknown(),
                };
                self.tell(Command::PostAnswered { line, outcome })
            }
            Play::QueryPost(line, o) => {
                let outcome = match o {
                    0 => Outcome::Definite(Some(posted(amount(self, line)))),
                    1 => Outcome::Definite(None),
                    2 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::PostQueried { line, outcome })
            }
            Play::Fence(line, o) => {
                // A fence is only ever asked for a line that is being posted.
                let outcome = match o {
                    0 => Outcome::Definite(FenceAnswer::Fenced),
                    1 => Outcome::Definite(FenceAnswer::Posted(posted(amount(self, line)))),
                    2 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                self.tell(Command::FenceAnswered { line, outcome })
            }
            Play::Refund(refund, o) => {
                let Some(number) = self.order.refunds.get(refund).map(|r| r.number.clone()) else { return };
                // The same six answers to a refund and to a query of one.
                let outcome = match o % 6 {
                    0 => Outcome::Definite(RefundAnswer::NotFound),
                    1 => Outcome::Definite(RefundAnswer::Accepted),
                    2 => Outcome::Definite(RefundAnswer::Done),
                    3 => Outcome::Definite(RefundAnswer::Abnormal),
                    4 => Outcome::Rejected("NO".into()),
                    _ => unknown(),
                };
                match o {
                    0..6 => self.tell(Command::RefundAnswered { number, outcome }),
                    _ => self.tell(Command::RefundQueried { number, outcome }),
                }
            }
            Play::PayAgain(attempt) => {
                if self.order.attempt(attempt).is_none_or(|a| a.payment.is_none()) {
                    return;
                }
                self.notify(attempt, Payment { amount: Fen::new(77), ..self.payment("AGAIN") })
            }
            Play::Decide(review, verdict) => {
                let Some(key) = self.reviews.iter().nth(review) else { return };
                let Some(part) = self.order.review_part(key) else { return };
                let verdict = verdict_of(verdict);
                self.tell(Command::Decide { part, verdict, reason: "test".into() })
            }
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is answered, resent, reordered or delayed, the order keeps its invariants (`World::check`).
    #[test]
    fn no_sequence_breaks_an_order(can_close: bool, two: bool, plays in prop::collection::vec(play(), 1..60)) {
        let mut world = World::open(can_close, if two { &[30_954, 100] } else { &[30_954] });
        for play in plays {
            world.play(play);
        }
    }
}
