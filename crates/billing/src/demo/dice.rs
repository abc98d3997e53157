//! Chance from a seed, the same for ever: ChaCha by its published definition, and ranges by our own arithmetic, so that
//! no library's change of mind changes the demo data.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One stream of chance. Every account has its own, so account 7 is the same among 20 and among 1,000,000.
#[derive(Clone)]
pub(super) struct Dice(ChaCha8Rng);

/// What a stream is for.
#[derive(Clone, Copy)]
pub(super) enum Topic {
    /// Who lives there.
    Person,
    /// Their phone.
    Phone,
    /// What kind of account it is.
    Plan,
    /// What is used and paid.
    Account,
    /// Which application is made.
    Wish,
    /// How it went.
    Application,
    /// Their identity number.
    IdNumber,
    /// How its bills were paid.
    Payment,
}

impl Dice {
    pub fn new(seed: u64, topic: Topic, index: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let topic = match topic {
            Topic::Person => 1,
            Topic::Phone => 2,
            Topic::Plan => 3,
            Topic::Account => 4,
            Topic::Wish => 5,
            Topic::Application => 6,
            Topic::IdNumber => 7,
            Topic::Payment => 8,
        };
        rng.set_stream(u64::from(index) << 8 | topic);
        Self(rng)
    }

    /// Another stream of the same account, for its `step`-th event.
    pub fn later(&self, step: u32) -> Self {
        let mut rng = self.0.clone();
        rng.set_word_pos(u128::from(step) << 8);
        Self(rng)
    }

    /// 0 up to and without `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(wide >> 32).unwrap_or_default()
    }

    /// `from` up to and with `to`.
    pub fn between(&mut self, from: u32, to: u32) -> u32 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        let length = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list[usize::try_from(self.below(length)).unwrap_or_default()]
    }
}
