//! The Billing port, the embedded billing system on SQLite, and demo data
