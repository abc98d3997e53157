//! A decision in the making: the order being changed and everything that must be written with it.

use std::collections::BTreeMap;

use crate::command::{Cell, Command, Decision, Event, JobChange, Refusal, Review, Task};
use crate::order::{Attempt, Line, Order};
use crate::tables::snake;
use crate::{Entry, Fen, Moment, Policy, Who};

/// What a decision may look at besides the order.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The moment of the decision.
    pub now: Moment,
    /// How many tries of the job that brings the command ended unknown before; 0 for other commands.
    pub tries: u32,
    /// Whether an earlier run of that job may have called out without its answer being written (a crash).
    pub interrupted: bool,
    /// Since when `now` has been running evenly: the start of the process, or the last time that the clock was set.
    pub steady_since: Moment,
    /// The times by which orders are driven.
    pub policy: &'a Policy,
    /// Who brings the command.
    pub who: Who<'a>,
}

pub(crate) struct Draft<'a> {
    pub(crate) order: Order,
    pub(crate) ctx: Context<'a>,
    before: Option<Order>,
    why: &'static str,
    evidence: Option<String>,
    events: Vec<Event>,
    jobs: BTreeMap<String, JobChange>,
    entries: Vec<Entry>,
    reviews: Vec<Review>,
    pub(crate) cells: Vec<Cell>,
}

impl<'a> Draft<'a> {
    /// A change of an order that exists.
    pub(crate) fn of(order: &Order, command: &Command, ctx: Context<'a>) -> Self {
        Self {
            before: Some(order.clone()),
            why: command.why(),
            evidence: command.evidence(),
            ..Self::new(order.clone(), ctx)
        }
    }

    /// An order that does not exist yet.
    pub(crate) fn new(order: Order, ctx: Context<'a>) -> Self {
        Self {
            order,
            ctx,
            before: None,
            why: "open",
            evidence: None,
            events: Vec::new(),
            jobs: BTreeMap::new(),
            entries: Vec::new(),
            reviews: Vec::new(),
            cells: Vec::new(),
        }
    }

    pub(crate) fn finish(mut self) -> Decision {
        if self.before.as_ref().is_some_and(|before| *before != self.order) {
            self.order.version += 1;
        }
        Decision {
            order: self.order,
            events: self.events,
            jobs: self.jobs.into_values().collect(),
            entries: self.entries,
            reviews: self.reviews,
            cells: self.cells,
        }
    }

    pub(crate) fn attempt_mut(&mut self, no: u32) -> Result<&mut Attempt, Refusal> {
        self.order.attempts.iter_mut().find(|a| a.no == no).ok_or(Refusal::NoSuchPart)
    }

    pub(crate) fn attempt(&self, no: u32) -> Result<&Attempt, Refusal> {
        self.order.attempt(no).ok_or(Refusal::NoSuchPart)
    }

    pub(crate) fn line_mut(&mut self, line: u32) -> Result<&mut Line, Refusal> {
        self.order.lines.iter_mut().find(|l| l.line == line).ok_or(Refusal::NoSuchPart)
    }

    pub(crate) fn note(&mut self, kind: &str, part: String, detail: Option<String>) {
        let event = self.event(kind, part, None, None, detail);
        self.events.push(event);
    }

    /// Notes a move between two states. Staying where one was is not history.
    pub(crate) fn moved<S: std::fmt::Debug + PartialEq>(&mut self, part: String, from: &S, to: &S) {
        if from != to {
            let event = self.event("moved", part, Some(snake(from)), Some(snake(to)), None);
            self.events.push(event);
        }
    }

    fn event(
        &self,
        kind: &str,
        part: String,
        from: Option<String>,
        to: Option<String>,
        detail: Option<String>,
    ) -> Event {
        Event {
            kind: kind.to_owned(),
            part,
            from,
            to,
            detail,
            who: self.ctx.who.to_string(),
            why: self.why.to_owned(),
            evidence: self.evidence.clone(),
        }
    }

    /// This is next for its part, after `ms`.
    pub(crate) fn next(&mut self, task: Task, ms: i64) {
        self.set(task, self.ctx.now.plus_ms(ms), 0);
    }

    /// Next for its part, after a wait that doubles with each unknown outcome.
    pub(crate) fn again(&mut self, task: Task) {
        let tries = self.ctx.tries;
        let due = self.ctx.now.plus_ms(self.ctx.policy.backoff_ms(tries));
        self.set(task, due, tries.saturating_add(1));
    }

    pub(crate) fn set(&mut self, task: Task, due: Moment, tries: u32) {
        self.jobs.insert(task.part(), JobChange::Set { task, due, tries });
    }

    /// Nothing more is to be done for this part.
    pub(crate) fn done(&mut self, part: String) {
        self.jobs.insert(part.clone(), JobChange::Done { part });
    }

    pub(crate) fn book(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(crate) fn review(&mut self, key: String, reason: impl Into<String>, amount: Fen) {
        self.reviews.push(Review { key, reason: reason.into(), amount });
    }
}
