//! The REST contract between kiosk and backend
