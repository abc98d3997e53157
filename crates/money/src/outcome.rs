//! What a call to a channel or to billing can end in. Only evidence moves money; everything else is `Unknown`.

use std::fmt;

/// The end of a call to the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// An answer that was verified and understood.
    Definite(T),
    /// A verified refusal with a code that we know to be final.
    Rejected(String),
    /// Anything else. It moves only the time of the next try, never a state.
    Unknown(Cause),
}

/// Why an outcome is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No connection, or it broke.
    Network,
    /// No answer in time.
    Timeout,
    /// The other side answered with a server error.
    Server(u16),
    /// Refused for now: too many calls, or busy (for example the payer is typing the password).
    Busy,
    /// The answer could not be verified or read.
    Unverified,
    /// A code that we do not know.
    UnknownCode(String),
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network => f.write_str("network"),
            Self::Timeout => f.write_str("timeout"),
            Self::Server(status) => write!(f, "server error {status}"),
            Self::Busy => f.write_str("busy"),
            Self::Unverified => f.write_str("unverified answer"),
            Self::UnknownCode(code) => write!(f, "unknown code {code}"),
        }
    }
}
