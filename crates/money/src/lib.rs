//! Money as facts and decisions: fen, the outcome of a call to the outside, and the two machines
//! (collect, deliver) that move an order. Pure: no I/O, no clock, no database.
//!
//! The way round is load → [`decide`] → apply: a decision names the order after it, its history, what is to be done
//! next, and the ledger's entries, and is written in one transaction or not at all.

mod collect;
mod command;
mod decide;
mod deliver;
mod draft;
mod fen;
mod fulfil;
mod ledger;
mod moment;
mod mutant;
pub mod numbers;
mod order;
mod outcome;
mod review;
pub mod tables;
mod who;

pub use collect::{Collect, CollectAct, CollectEvent, CollectStep, collect};
pub use command::{
    Cell, ChannelFacts, Command, Decision, Event, FenceAnswer, JobChange, RefundAnswer, Refusal, Review,
    Task, Trade,
};
pub use decide::{NewOrder, decide, open};
pub use deliver::{Deliver, DeliverAct, DeliverEvent, DeliverStep, deliver};
pub use draft::Context;
pub use fen::{Fen, FenError};
pub use ledger::{Entry, LedgerAccount};
pub use moment::{Moment, Policy};
pub use mutant::Mutant;
pub use order::{Attempt, AttemptState, Extra, Further, Line, Order, Payment, Posted, Refund};
pub use outcome::{Cause, Outcome};
pub use review::{ReviewPart, Verdict};
pub use who::Who;
