//! Money as facts and decisions: fen, the outcome of a call to the outside, and the two machines
//! (collect, deliver) that move an order. Pure: no I/O, no clock, no database.

mod fen;
mod outcome;

pub use fen::{Fen, FenError};
pub use outcome::{Cause, Outcome};
