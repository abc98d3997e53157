//! The whole of powerhall in one thread from one seed: the real flow, the real money machines, the real routes and jobs
//! of the backend, with clock, network, disks, channels and billing simulated. Everything goes wrong, and an oracle
//! that reads only the outside world's books says whether money was lost, doubled or lied about.

pub mod books;
pub mod chance;
pub mod clerk;
pub mod coverage;
pub mod customer;
pub mod journals;
pub mod kiosk;
#[cfg(feature = "mutants")]
pub mod mutants;
pub mod network;
pub mod oracle;
pub mod party;
pub mod payers;
pub mod ports;
pub mod process;
pub mod reconcile;
pub mod sim;
pub mod world;
