//! The backend from outside: a real server on a real port, a real SQLite file, and a channel and a billing system that
//! misbehave on demand; at the end the real sandbox and the real embedded billing.

mod api;
mod call_backs;
mod calls;
mod fake_billing;
mod fake_channel;
mod fake_invoices;
mod fake_sms;
mod faults;
mod integrator;
mod journal;
mod journeys;
mod losses;
mod measures;
mod migrated;
mod misbehaving;
mod outages;
mod pages;
mod parsers;
mod payments;
mod program;
mod proofs;
mod real;
mod recon_cases;
mod recon_pure;
mod reconcile;
mod runner;
mod same_store;
mod same_store_office;
mod several;
mod staff;
mod store;
mod suspensions;
mod workers;
mod world;
