//! All that the kiosk knows about its customer and its own service. Everything personal lives in [`Screen`],
//! so that replacing the screen by home forgets the customer.

use std::sync::Arc;

use powerhall_api::{ChannelInfo, ClosedReason, Hall, Opinion};

use crate::{Call, Followed, Screen, Suspended, Ways};

/// Milliseconds on the monotonic clock, from an arbitrary start; also spans of time.
pub type Millis = u64;

/// Names a request, so that an answer that comes too late is known as such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The whole state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What the customer sees.
    pub screen: Screen,
    /// The page with what is to be paid already, while another account is found for the same payment. As personal as the
    /// screen, and forgotten with it.
    pub beside: Option<Box<Screen>>,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// How this customer uses the machine.
    pub ways: Ways,
    /// When the glass was last touched.
    pub last_touch: Millis,
    /// What works now.
    pub service: Service,
    /// Orders whose customer has left, followed to their end.
    pub followed: Vec<Followed>,
    /// The call for the guide that stands.
    pub call: Option<Call>,
    /// When the page was opened that is on the screen.
    pub open_since: Millis,
    /// When what can be touched last became something else: a page, a part of it, or what lies over it. None since the
    /// start.
    pub changed_at: Option<Millis>,
    /// What this customer has said of this journey.
    pub opinion: Option<Opinion>,
    /// The last ticket given out.
    pub tickets: Ticket,
}

/// What lies over the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlay {
    /// How to use the machine and whom to ask.
    Help,
    /// The guide was called: how far that is, and what to tell whoever comes.
    Call,
    /// The ways to use it: text, colours, reach, voice.
    Ways,
    /// The languages, where there are more than two.
    Languages,
    /// “Are you still there?” until the given time.
    IdleWarning {
        /// When the session ends.
        ends: Millis,
    },
}

/// What works now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Whether a payment may be started, as the last check-in found; [`State::gate`] is the whole answer.
    pub gate: Gate,
    /// The suspensions that are not over.
    pub suspensions: Vec<Suspended>,
    /// Whether the journal can be written.
    pub journal_ok: bool,
    /// The channels of the last check-in.
    pub channels: Vec<ChannelInfo>,
    /// What the hall publishes, as far as this kiosk knows.
    pub hall: Arc<Hall>,
    /// A newer edition of it is being read.
    pub reading_hall: bool,
    /// When to check in next.
    pub next_check_in: Millis,
    /// A check-in is under way since then.
    pub checking: Option<Millis>,
    /// The orders that the backend knows as this kiosk's and open have been asked for.
    pub open_orders_asked: bool,
    /// The journal remembers nothing, and the backend has not said yet which orders are open.
    pub open_orders_unknown: bool,
}

/// The pre-flight's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Not known yet.
    Unknown,
    /// Payment is open.
    Open,
    /// Payment is closed.
    Closed(ClosedReason),
}

/// A request under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its ticket.
    pub ticket: Ticket,
    /// Since when.
    pub since: Millis,
}

impl State {
    /// A kiosk that has just started.
    #[must_use]
    pub fn new() -> Self {
        Self {
            screen: Screen::Home,
            beside: None,
            overlay: None,
            ways: Ways::default(),
            last_touch: 0,
            service: Service {
                gate: Gate::Unknown,
                suspensions: Vec::new(),
                journal_ok: true,
                channels: Vec::new(),
                hall: Arc::new(Hall::default()),
                reading_hall: false,
                next_check_in: 0,
                checking: None,
                open_orders_asked: false,
                open_orders_unknown: false,
            },
            followed: Vec::new(),
            call: None,
            open_since: 0,
            changed_at: None,
            opinion: None,
            tickets: Ticket(0),
        }
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}
