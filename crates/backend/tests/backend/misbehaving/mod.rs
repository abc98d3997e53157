//! Every fault of the sandbox channel and of the embedded billing system, played against the real backend: HTTP on both
//! sides, SQLite, the real jobs. Each visit must come to its defined end (credited, refunded, on the list that a person
//! sees), and the books of channel, billing and backend must agree. `docs/faults.md` is the same table in words.

mod books;
mod chance;
mod hall;
mod night;
mod table;
mod visits;
mod wire;
