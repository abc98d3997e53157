//! What the hall decides about the flow; filled from `config/kiosk.toml`. All times in milliseconds.

use powerhall_money::Fen;

use crate::Millis;

/// The hall's choices. Validated where it is read; the flow takes it as true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many languages there are; language 0 is the one at start.
    pub languages: usize,
    /// Three digits put before a 10-digit account number.
    pub account_prefix: String,
    /// How many digits the utility's own account numbers have besides: whole numbers, which take no prefix.
    pub own_account_digits: Vec<usize>,
    /// Least and most digits of an application number.
    pub application_digits: (usize, usize),
    /// One order pays at least so much here, whatever less the backend allows.
    pub least_amount: Fen,
    /// One order pays at most so much here, whatever more the backend allows.
    pub most_amount: Fen,
    /// The machine has a voice.
    pub speaks: bool,
    /// Without a touch for so long, the idle warning appears (usually 45 s).
    pub idle: Millis,
    /// So long the warning stays before the session ends (WCAG 2.2.1: at least 20 s).
    pub warning: Millis,
    /// The factor on both in large text, in percent (100 to 400).
    pub large_text_time_percent: u64,
    /// On a home page that nobody has touched for so long, what the hall shows meanwhile begins; none: never.
    pub attract_after: Option<Millis>,
    /// A press so soon after what is on the screen has changed was meant for what was there before, and does nothing: the
    /// second half of a double tap, or a finger that was on its way.
    pub settle: Millis,
    /// A request that takes longer shows “connecting…”.
    pub connecting_after: Millis,
    /// Time between two check-ins while nobody is there.
    pub check_in_every: Millis,
    /// Time between two tries to reach the backend for an order.
    pub retry_every: Millis,
    /// The payment page asks “more time?” when so little is left of the countdown.
    pub code_warning: Millis,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            languages: 2,
            account_prefix: "510".into(),
            own_account_digits: Vec::new(),
            application_digits: (12, 16),
            least_amount: Fen::new(1),
            most_amount: Fen::new(5_000_000),
            speaks: true,
            idle: 45_000,
            warning: 20_000,
            large_text_time_percent: 200,
            attract_after: Some(60_000),
            settle: 300,
            connecting_after: 3_000,
            check_in_every: 30_000,
            retry_every: 2_000,
            code_warning: 30_000,
        }
    }
}
