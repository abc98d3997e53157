//! The plan itself: rules for certain orders, chances for all the rest. Which fault is played is a pure function of the
//! plan, the call, its number, how often this call was made for it, and the order's place among those seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::record::{Played, Record};
use crate::{Call, Fault, attempt_part, dice, order_part};

/// What is played at one place. Whatever is not said matches everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<F> {
    /// The fault.
    pub fault: F,
    /// At this call only.
    pub at: Option<Call>,
    /// For numbers that begin so, or whose order's part does.
    pub number: Option<String>,
    /// For the n-th order that this system sees, from 1.
    pub order: Option<u32>,
    /// For this attempt of its order, from 1.
    pub attempt: Option<u32>,
    /// So many calls go well first.
    pub skip: u32,
    /// Then it is played so often, each call of each number counted by itself.
    pub times: u32,
    /// What the fault takes to come out, where it takes time.
    pub wait: Option<Duration>,
}

impl<F> Rule<F> {
    /// Once, at the first call that can play it, for every number.
    #[must_use]
    pub const fn new(fault: F) -> Self {
        Self { fault, at: None, number: None, order: None, attempt: None, skip: 0, times: 1, wait: None }
    }
}

/// A fault to be played now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Play<F> {
    /// The fault.
    pub fault: F,
    /// What it takes to come out, where it takes time.
    pub wait: Duration,
}

/// A plan; clones share its counts. The default is that nothing goes wrong.
#[derive(Clone, Debug)]
pub struct Plan<F> {
    by: String,
    seed: u64,
    wait: Duration,
    rules: Arc<[Rule<F>]>,
    /// Out of 1000, in the order of `F::ALL`.
    chances: Arc<[(F, u16)]>,
    seen: Arc<Mutex<Seen>>,
    record: Record,
}

#[derive(Debug, Default)]
struct Seen {
    calls: HashMap<(Call, String), u32>,
    orders: HashMap<String, u32>,
}

impl<F> Default for Plan<F> {
    fn default() -> Self {
        Self {
            by: String::new(),
            seed: 0,
            wait: Self::WAIT,
            rules: Arc::new([]),
            chances: Arc::new([]),
            seen: Arc::default(),
            record: Record::default(),
        }
    }
}

impl<F> Plan<F> {
    /// What a fault takes to come out unless the plan says otherwise.
    pub const WAIT: Duration = Duration::from_millis(1500);
}

impl<F: Fault> Plan<F> {
    /// A plan of rules, the first that fits is played; then by chance, out of 1000 calls, from the seed.
    #[must_use]
    pub fn new(seed: u64, wait: Duration, rules: Vec<Rule<F>>, chances: &[(F, u16)]) -> Self {
        let in_order = F::ALL.iter().filter_map(|fault| chances.iter().find(|(f, _)| f == fault).copied());
        Self { seed, wait, rules: rules.into(), chances: in_order.collect(), ..Self::default() }
    }

    /// The same plan, played by somebody with a name, and written down.
    #[must_use]
    pub fn played_by(self, by: impl Into<String>, record: Record) -> Self {
        Self { by: by.into(), record, ..self }
    }

    /// Whether nothing can go wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.chances.is_empty()
    }

    /// Counts a call, and says what to play at it. What is said here is logged as played, so play it.
    #[must_use]
    pub fn at(&self, call: Call, number: &str) -> Option<Play<F>> {
        if self.is_empty() {
            return None;
        }
        let (nth, order) = self.count(call, number);
        let play = self.decide(call, number, nth, order)?;
        self.tell(play.fault, call, number);
        Some(play)
    }

    /// What to play at something that is read any number of times and must read the same each time, such as a line of a
    /// statement: the count is always that of the first call.
    #[must_use]
    pub fn always_at(&self, call: Call, number: &str) -> Option<Play<F>> {
        if self.is_empty() {
            return None;
        }
        let order = self.order(number);
        let play = self.decide(call, number, 0, order)?;
        self.tell(play.fault, call, number);
        Some(play)
    }

    fn decide(&self, call: Call, number: &str, nth: u32, order: u32) -> Option<Play<F>> {
        let fits = |rule: &&Rule<F>| {
            rule.fault.calls().contains(&call)
                && rule.at.is_none_or(|at| at == call)
                && rule.order.is_none_or(|wanted| wanted == order)
                && rule.attempt.is_none_or(|wanted| attempt_part(number) == Some(wanted))
                && rule.number.as_deref().is_none_or(|wanted| {
                    number.starts_with(wanted) || order_part(number).starts_with(order_part(wanted))
                })
                && nth >= rule.skip
                && nth - rule.skip < rule.times
        };
        if let Some(rule) = self.rules.iter().find(fits) {
            return Some(Play { fault: rule.fault, wait: rule.wait.unwrap_or(self.wait) });
        }
        let hit = |(fault, chance): &&(F, u16)| {
            fault.calls().contains(&call)
                && dice::per_mille(self.seed, fault.name(), call.name(), number, nth) < *chance
        };
        self.chances.iter().find(hit).map(|(fault, _)| Play { fault: *fault, wait: self.wait })
    }

    /// How often this call was made for the number before, and which order it is.
    fn count(&self, call: Call, number: &str) -> (u32, u32) {
        let order = self.order(number);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = seen.calls.entry((call, number.to_owned())).or_default();
        let nth = *calls;
        *calls = calls.saturating_add(1);
        (nth, order)
    }

    fn order(&self, number: &str) -> u32 {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(seen.orders.len()).unwrap_or(u32::MAX).saturating_add(1);
        *seen.orders.entry(order_part(number).to_owned()).or_insert(next)
    }

    fn tell(&self, fault: F, call: Call, number: &str) {
        let (by, number) = (self.by.clone(), number.to_owned());
        self.record.keep(Played { by, fault: fault.name(), call, number });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Two {
        Lost,
        Late,
    }

    impl Fault for Two {
        const ALL: &'static [Self] = &[Self::Lost, Self::Late];

        fn name(self) -> &'static str {
            match self {
                Self::Lost => "lost",
                Self::Late => "late",
            }
        }

        fn calls(self) -> &'static [Call] {
            match self {
                Self::Lost => &[Call::Create, Call::Query],
                Self::Late => &[Call::Notify],
            }
        }
    }

    const FIRST: &str = "06D8KRS3XMZ6R8JV0ABCDEFGHJ01";
    const AGAIN: &str = "06D8KRS3XMZ6R8JV0ABCDEFGHJ02";
    const OTHER: &str = "06D8KRS3XMZ6R8JV0ABCDEFGHK01";

    fn faults(plan: &Plan<Two>, call: Call, number: &str, calls: usize) -> Vec<bool> {
        (0..calls).map(|_| plan.at(call, number).is_some()).collect()
    }

    #[test]
    fn a_rule_is_played_as_often_as_it_says_for_what_it_says() {
        let rule = Rule { at: Some(Call::Query), order: Some(2), skip: 1, times: 2, ..Rule::new(Two::Lost) };
        let plan = Plan::new(0, Plan::<Two>::WAIT, vec![rule], &[]);
        assert_eq!(faults(&plan, Call::Query, FIRST, 4), [false; 4], "the first order goes well");
        assert_eq!(faults(&plan, Call::Create, OTHER, 2), [false; 2], "another call goes well");
        assert_eq!(faults(&plan, Call::Query, OTHER, 4), [false, true, true, false]);
        assert!(plan.at(Call::Notify, OTHER).is_none(), "a fault is never played where it cannot be");
        assert_eq!(plan.record.times("lost"), 2);
    }

    #[test]
    fn numbers_and_attempts_choose() {
        let rule = Rule { number: Some(FIRST[..26].to_owned()), attempt: Some(2), ..Rule::new(Two::Lost) };
        let plan = Plan::new(0, Plan::<Two>::WAIT, vec![rule], &[]);
        for (number, expected) in [(FIRST, false), (AGAIN, true), (OTHER, false)] {
            assert_eq!(plan.at(Call::Create, number).is_some(), expected, "{number}");
        }
    }

    #[test]
    fn chance_follows_from_the_seed_alone() {
        let play = |seed: u64| {
            let plan = Plan::new(seed, Plan::<Two>::WAIT, Vec::new(), &[(Two::Lost, 300)]);
            (0..200).map(|i| plan.at(Call::Query, &format!("N{i}")).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(play(1), play(1));
        assert_ne!(play(1), play(2));
        let hits = play(1).iter().filter(|hit| **hit).count();
        assert!((30..90).contains(&hits), "{hits}");
    }

    #[test]
    fn what_is_read_again_reads_the_same() {
        let plan = Plan::new(0, Plan::<Two>::WAIT, vec![Rule::new(Two::Lost)], &[]);
        assert!((0..3).all(|_| plan.always_at(Call::Query, FIRST).is_some()));
        assert!(Plan::<Two>::default().at(Call::Query, FIRST).is_none());
    }
}
