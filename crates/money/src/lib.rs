//! Fen, orders, attempts, postings, refunds and the ledger: pure state machines and decisions
