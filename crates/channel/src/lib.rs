//! The Channel port and the sandbox payment channel
