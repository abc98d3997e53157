//! Calls for the guide: what a call is, how it stands, and when it ends by itself. Pure; the store loads and writes.

use powerhall_api::{CallRequest, CallState, Place};
use powerhall_money::Moment;
use uuid::Uuid;

/// A call, or one that somebody has taken, is over by itself after so long: nobody waits longer at a kiosk.
pub const LIVES_MS: i64 = 15 * 60_000;
/// So long a call is kept after it was made.
pub const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// The longest reference, in characters.
const REFERENCE_MAX: usize = 20;

/// A call as the backend holds it. Nothing in it says who called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    /// Made by the kiosk.
    pub id: Uuid,
    /// Where.
    pub kiosk: String,
    /// The page that was left for it.
    pub place: Place,
    /// The order's reference for people.
    pub reference: Option<String>,
    /// Since when.
    pub at: Moment,
    /// When somebody took it, and who: the operating system's user.
    pub taken: Option<(Moment, String)>,
    /// When it was ended.
    pub ended: Option<Moment>,
}

impl CallRow {
    /// A call that has just come.
    #[must_use]
    pub fn new(kiosk: &str, request: &CallRequest, now: Moment) -> Self {
        Self {
            id: request.id,
            kiosk: kiosk.to_owned(),
            place: request.place,
            reference: request.reference.clone(),
            at: now,
            taken: None,
            ended: None,
        }
    }

    /// How it stands at `now`.
    #[must_use]
    pub fn state(&self, now: Moment) -> CallState {
        let since = self.taken.as_ref().map_or(self.at, |(at, _)| *at);
        if self.ended.is_some() || now.ms_since(since) >= LIVES_MS {
            CallState::Done
        } else if self.taken.is_some() {
            CallState::Taken
        } else {
            CallState::Open
        }
    }

    /// Whether it is this call that is asked for again.
    #[must_use]
    pub fn is(&self, kiosk: &str, request: &CallRequest) -> bool {
        self.kiosk == kiosk && self.place == request.place && self.reference == request.reference
    }
}

/// What staff does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attend {
    /// I am on my way.
    Take,
    /// It is done.
    End,
}

/// Whether a reference has the form of an order's: nothing else is put before staff.
#[must_use]
pub fn is_reference(text: &str) -> bool {
    (1..=REFERENCE_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_ends_by_itself_later_when_somebody_has_taken_it() {
        let request = CallRequest { id: Uuid::from_u128(1), place: Place::Pay, reference: None };
        let mut call = CallRow::new("kiosk-1", &request, Moment(0));
        assert_eq!(call.state(Moment(LIVES_MS - 1)), CallState::Open);
        assert_eq!(call.state(Moment(LIVES_MS)), CallState::Done);
        call.taken = Some((Moment(LIVES_MS - 1), "guide".to_owned()));
        assert_eq!(call.state(Moment(LIVES_MS)), CallState::Taken);
        assert_eq!(call.state(Moment(2 * LIVES_MS - 1)), CallState::Done);
        call.ended = Some(Moment(5));
        assert_eq!(call.state(Moment(6)), CallState::Done);
    }

    #[test]
    fn only_an_orders_reference_is_taken() {
        for good in ["3F7K-9Q2M-X", "A"] {
            assert!(is_reference(good), "{good}");
        }
        for bad in ["", "3f7k", "3F7K 9Q2M", "户号", &"A".repeat(21)] {
            assert!(!is_reference(bad), "{bad}");
        }
    }
}
