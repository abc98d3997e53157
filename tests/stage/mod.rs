//! What the interface's tests stand on: a window on a panel that does not exist, and every screen with its content.

pub mod fixtures;
pub mod kit;
