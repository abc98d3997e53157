//! The backend: HTTP, store, jobs. `backend` is its middle: the ports in one place and the one door through which orders
//! change; `http` is what kiosks and channels see, `jobs` what happens by itself, `store` what is remembered.

pub mod assemble;
pub mod backend;
pub mod board;
pub mod call_backs;
pub mod calls;
pub mod channels;
pub mod clock;
pub mod closed;
pub mod config;
pub mod desk;
pub mod http;
pub mod invoicing;
pub mod jobs;
pub mod journal;
pub mod kiosks;
pub mod limiter;
pub mod links;
pub mod measures;
pub mod ordering;
pub mod panics;
pub mod proof;
pub mod quota;
pub mod ready;
pub mod reconcile;
pub mod server;
pub mod sms;
pub mod staff;
pub mod steady;
pub mod store;
pub mod suspensions;
pub mod view;
