//! A scanner that stands in for a keyboard (a wedge): it types what it reads, faster than fingers, and ends with Enter.
//! This tells it from the keys that a person presses, by the time between them alone. No clock: the caller has one.

use powerhall_api::Personal;

use crate::Millis;

/// Keys closer than this belong together. Scanners take up to some 50 ms a character, fingers on a keypad more than 100.
pub const TOGETHER: Millis = 80;
/// So many that belong together and end with Enter were not typed by fingers.
const SCAN_LEAST: usize = 5;
/// The longest that is kept; a QR code may hold far more, and no number in that is looked for.
const LONGEST: usize = 1_024;

/// What was typed without a word of who typed it.
#[derive(Debug)]
pub struct Wedge {
    burst: Personal,
    /// More came than is kept.
    too_long: bool,
    last: Millis,
}

impl Wedge {
    /// Nothing typed yet.
    #[must_use]
    pub fn new() -> Self {
        // With room for all of it: a text that grows leaves a copy behind that nobody wipes.
        Self { burst: Personal::new(String::with_capacity(LONGEST)), too_long: false, last: 0 }
    }

    /// A character at `now`. Gives what a person had typed before it, if something was left.
    pub fn character(&mut self, typed: char, now: Millis) -> Option<Personal> {
        let before = if self.is_over(now) { self.keys() } else { None };
        self.last = now;
        if self.burst.reveal().len() + typed.len_utf8() <= LONGEST {
            self.burst.reveal_mut().push(typed);
        } else {
            self.too_long = true;
        }
        before
    }

    /// Enter at `now`: the text that was scanned, if it ends a scan. Else Enter is what it always is, after what
    /// [`Self::keys`] gives.
    pub fn enter(&mut self, now: Millis) -> Option<Personal> {
        if self.is_over(now) || self.burst.reveal().len() < SCAN_LEAST {
            return None;
        }
        let scanned = if self.too_long { Personal::default() } else { self.burst.clone() };
        self.forget();
        Some(scanned)
    }

    /// A pause after the last character: what a person has typed, whole. Nothing when the text holds what no keypad has.
    pub fn keys(&mut self) -> Option<Personal> {
        let burst = self.burst.reveal();
        let keys =
            !burst.is_empty() && burst.chars().all(|c| c.is_ascii_digit() || matches!(c, 'x' | 'X' | '.'));
        let typed = keys.then(|| self.burst.clone());
        self.forget();
        typed
    }

    /// Whether a pause has ended what was typed.
    #[must_use]
    pub fn is_over(&self, now: Millis) -> bool {
        now.saturating_sub(self.last) > TOGETHER
    }

    /// Nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.burst.reveal().is_empty()
    }

    fn forget(&mut self) {
        *self = Self::new();
    }
}

impl Default for Wedge {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Types each character so long after the last; what was given before the end.
    fn type_in(wedge: &mut Wedge, text: &str, every: Millis, mut now: Millis) -> (Vec<String>, Millis) {
        let mut given = Vec::new();
        for c in text.chars() {
            now += every;
            given.extend(wedge.character(c, now).map(|typed| typed.reveal().clone()));
        }
        (given, now)
    }

    #[test]
    fn what_comes_fast_and_ends_with_enter_was_scanned() {
        for text in ["5101234567127", "HTTPS://E.EXAMPLE/?a=5101234567127&m=12.5", "户号:0123456127"] {
            let mut wedge = Wedge::new();
            let (before, now) = type_in(&mut wedge, text, 50, 1_000);
            let scanned = wedge.enter(now + 50).expect("a scan");
            assert_eq!((before, scanned.reveal().as_str()), (Vec::new(), text));
            assert_eq!(wedge.keys(), None, "nothing stays behind");
        }
    }

    #[test]
    fn what_fingers_type_are_keys_one_by_one() {
        let mut wedge = Wedge::new();
        let (given, now) = type_in(&mut wedge, "51X", 120, 1_000);
        assert_eq!(given, ["5", "1"]);
        assert_eq!(wedge.enter(now + 120), None);
        assert_eq!(wedge.keys().expect("the last").reveal(), "X");
        assert_eq!(wedge.keys(), None);
    }

    #[test]
    fn enter_after_a_pause_or_after_few_keys_is_enter() {
        let mut wedge = Wedge::new();
        let (_, now) = type_in(&mut wedge, "5101234567127", 10, 0);
        assert_eq!(wedge.enter(now + TOGETHER + 1), None);
        assert_eq!(
            wedge.keys().expect("typed").reveal(),
            "5101234567127",
            "a scanner that ends with nothing"
        );
        let (_, now) = type_in(&mut wedge, "42", 10, 1_000);
        assert_eq!(wedge.enter(now), None);
        assert_eq!(wedge.keys().expect("typed").reveal(), "42");
        let _ = type_in(&mut wedge, "abc5", 10, 2_000);
        assert_eq!(wedge.keys(), None, "no keypad has these");
    }

    #[test]
    fn what_is_too_long_is_a_scan_that_says_nothing() {
        let mut wedge = Wedge::new();
        let (_, now) = type_in(&mut wedge, &"5".repeat(5_000), 1, 0);
        assert_eq!(wedge.enter(now).expect("a scan").reveal(), "");
        let (_, now) = type_in(&mut wedge, "5101234567127", 1, now);
        assert_eq!(wedge.enter(now).expect("the next").reveal(), "5101234567127");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made_up(text in "[0-9]{1,40}", every in 0..300_u64) {
            let mut wedge = Wedge::new();
            let (given, now) = type_in(&mut wedge, &text, every, 1_000);
            let rest = match wedge.enter(now + every) {
                Some(scanned) => scanned,
                None => wedge.keys().expect("what is left"),
            };
            prop_assert_eq!(given.concat() + rest.reveal(), text);
        }
    }
}
