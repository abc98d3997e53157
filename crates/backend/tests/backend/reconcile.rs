//! A day's books at a running backend.
