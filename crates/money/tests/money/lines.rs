//! Several accounts in one payment: each line finds its own end, and together they come to what was paid, to the fen.

use powerhall_money::{Command, Deliver, Fen, FenceAnswer, Outcome, RefundAnswer};
use proptest::prelude::*;

use crate::world::{World, posted, unknown};

/// What billing says about a line.
#[derive(Clone, Copy, Debug)]
enum Says {
    Posted,
    Refused,
    /// No answer, and then it is on the account.
    Doubtful,
    /// No answer, a refusal, and then an acknowledged fence.
    Fenced,
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        3 => Just(Says::Posted),
        2 => Just(Says::Refused),
        1 => Just(Says::Doubtful),
        1 => Just(Says::Fenced),
    ]
}

impl World {
    fn hear(&mut self, line: u32, says: Says) {
        let amount = self.order.line(line).expect("a line").amount.get();
        let on_account = Outcome::Definite(posted(amount));
        let refused = Outcome::Rejected("already_paid".into());
        match says {
            Says::Posted => drop(self.post(line, on_account)),
            Says::Refused => drop(self.post(line, refused)),
            Says::Doubtful => {
                self.post(line, unknown());
                self.post(line, on_account);
            }
            Says::Fenced => {
                self.post(line, unknown());
                self.post(line, refused);
                let outcome = Outcome::Definite(FenceAnswer::Fenced);
                self.tell(Command::FenceAnswered { line, outcome }).expect("a line");
            }
        }
    }

    /// The channel gives back whatever is asked of it.
    fn give_back(&mut self) {
        let numbers: Vec<String> = self.order.refunds.iter().map(|refund| refund.number.clone()).collect();
        for number in numbers {
            let outcome = Outcome::Definite(RefundAnswer::Done);
            self.tell(Command::RefundAnswered { number, outcome }).expect("known");
        }
    }
}

proptest! {
    #[test]
    fn each_line_is_posted_or_goes_back_and_the_sum_is_what_was_paid(
        wanted in proptest::collection::vec((1..9_000_000_i64, says()), 1..=16),
        order in any::<prop::sample::Index>(),
    ) {
        let amounts: Vec<i64> = wanted.iter().map(|(fen, _)| *fen).collect();
        let mut world = World::paid(&amounts);
        prop_assert_eq!(world.order.amount.get(), amounts.iter().sum::<i64>());
        // Billing answers in any order.
        let first = order.index(wanted.len());
        for at in (first..wanted.len()).chain(0..first) {
            world.hear(u32::try_from(at).expect("few"), wanted[at].1);
        }
        world.give_back();

        let sum = |of: &mut dyn Iterator<Item = Fen>| Fen::sum(of).expect("fits").get();
        for (line, (fen, says)) in (0..).zip(&wanted) {
            let known = world.order.line(line).expect("a line");
            let back: Vec<_> = world.order.refunds.iter().filter(|r| r.line == Some(line)).collect();
            if matches!(says, Says::Posted | Says::Doubtful) {
                prop_assert_eq!((known.deliver, back.len()), (Deliver::Posted, 0));
            } else {
                prop_assert_eq!((known.deliver, back.len()), (Deliver::Refunded, 1));
                prop_assert_eq!(back[0].amount.get(), *fen);
            }
        }
        let on = sum(&mut world.order.lines.iter().filter(|l| l.deliver == Deliver::Posted).map(|l| l.amount));
        let back = sum(&mut world.order.refunds.iter().map(|refund| refund.amount));
        prop_assert_eq!(on + back, world.order.amount.get());
        prop_assert!(world.order.refunds.iter().all(|refund| refund.line.is_some()), "never the whole");
        prop_assert!(!world.order.is_open());
    }
}

/// Every line has a key of its own, and every refund a number of its own.
#[test]
fn lines_are_told_apart_by_their_numbers() {
    let mut world = World::paid(&[100; 16]);
    for line in 0..16 {
        world.hear(line, Says::Refused);
    }
    let mut keys: Vec<_> = world.order.lines.iter().map(|line| line.key.clone()).collect();
    keys.extend(world.order.refunds.iter().map(|refund| refund.number.clone()));
    assert_eq!(keys.len(), 32);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 32);
}
