//! Why payment is closed at each kiosk, as it was told last. A closed kiosk asks every few seconds: the log hears of it
//! when it changes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use powerhall_api::ClosedReason;

/// The kiosks that are closed.
#[derive(Debug, Default)]
pub struct Closed(Mutex<HashMap<String, ClosedReason>>);

impl Closed {
    /// A kiosk is told this. True when it was told something else before.
    pub fn tell(&self, kiosk: &str, reason: Option<ClosedReason>) -> bool {
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match reason {
            Some(reason) => closed.insert(kiosk.to_owned(), reason),
            None => closed.remove(kiosk),
        };
        before != reason
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_one_at_each_kiosk() {
        let closed = Closed::default();
        let told =
            [None, Some(ClosedReason::Billing), Some(ClosedReason::Billing), Some(ClosedReason::Channel)];
        assert_eq!(told.map(|reason| closed.tell("k1", reason)), [false, true, false, true]);
        assert!(closed.tell("k2", Some(ClosedReason::Channel)), "another kiosk has its own");
        assert_eq!([None, None].map(|reason| closed.tell("k1", reason)), [true, false]);
    }
}
