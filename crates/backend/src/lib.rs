//! The backend: HTTP, store, jobs
