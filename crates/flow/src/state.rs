//! All that the kiosk knows about its customer and its own service. Everything personal lives in [`Screen`],
//! so that replacing the screen by home forgets the customer.

use std::collections::BTreeSet;
use std::sync::Arc;

use powerhall_api::{Applications, ChannelInfo, ClosedReason, Hall, Opinion, Order, Personal, Quote};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::{BillList, BillShown, Call, Followed, Information, Notice, Ways};

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
    /// Whether a payment may be started.
    pub gate: Gate,
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

/// What the customer sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Nobody, or somebody who has not begun.
    Home,
    /// Pay, step 1: the account number.
    FindAccount(FindAccount),
    /// Pay, step 2: who it is and what is owed.
    Confirm(Confirm),
    /// Pay, still step 2: another amount.
    OtherAmount(AmountEntry),
    /// Pay, aside from step 2: what was billed.
    Bills(Box<BillList>),
    /// Pay, aside from step 2: one bill in detail.
    Bill(Box<BillShown>),
    /// Pay, step 3: the code.
    Pay(Box<Pay>),
    /// Pay, step 4: what became of it.
    Finished(Box<Finished>),
    /// Progress: which application.
    FindApplication(FindApplication),
    /// Progress: the list, or one timeline.
    Progress(Progress),
    /// What the hall publishes.
    Information(Information),
    /// Payment is closed, and why.
    PaymentClosed(ClosedReason),
}

/// Pay, step 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindAccount {
    /// At most 13 digits.
    pub digits: Personal,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up or the quote under way.
    pub waiting: Option<Waiting>,
}

/// Pay, step 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// Names the account in later requests.
    pub reference: String,
    /// What is owed.
    pub quote: Quote,
    /// When the quote expires.
    pub expires: Millis,
    /// What the customer wants to pay.
    pub choice: Choice,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// A fresh quote under way.
    pub waiting: Option<Waiting>,
}

/// What the customer wants to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// These months, by their place in the list.
    Months(BTreeSet<usize>),
    /// Another amount.
    Amount(Fen),
}

/// Pay, still step 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountEntry {
    /// As typed: digits with at most one point and two decimals.
    pub typed: String,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// Where back leads.
    pub confirm: Box<Confirm>,
}

/// Pay, step 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pay {
    /// Where it comes from.
    pub origin: Origin,
    /// The amount.
    pub amount: Fen,
    /// The order, once it is named.
    pub order: Option<Uuid>,
    /// The channel, once it is chosen.
    pub channel: Option<ChannelInfo>,
    /// How far it has got.
    pub stage: PayStage,
    /// A request that may make a code (a new order, a new attempt) is under way. The wish to close waits for its
    /// answer: asked for at the same time, closing could come first, and the code live after it.
    pub opening: bool,
    /// The last that the backend said.
    pub known: Option<Order>,
    /// Since when the backend has not answered; `None` while it does.
    pub trouble_since: Option<Millis>,
    /// A word to the customer.
    pub notice: Option<Notice>,
}

/// Where a payment comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The customer chose it here: where back leads, and what the order is made from.
    Chosen(Box<Confirm>),
    /// It was open when the kiosk started. Whoever stands here now is shown the amount and the reference only.
    Resumed,
}

/// How far the payment has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayStage {
    /// Which channel? Only where several are configured.
    ChooseChannel,
    /// The order's id is on its way into the journal.
    Recording {
        /// Since when.
        since: Millis,
    },
    /// The order is with the backend, the code is being made.
    Opening {
        /// Since when.
        since: Millis,
    },
    /// The code is on the screen.
    Showing {
        /// When the countdown ends.
        ends: Millis,
        /// The length of the countdown.
        of: Millis,
        /// “More time” is under way.
        extending: bool,
    },
    /// The code is being closed; it may still turn out paid.
    Closing {
        /// Why.
        reason: powerhall_api::CancelReason,
        /// Since when.
        since: Millis,
    },
    /// Proved closed, nothing taken.
    Closed,
    /// The order was refused, or could not be recorded; nothing taken.
    Failed,
}

/// Pay, step 4: the backend holds the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// As the backend knows it.
    pub order: Order,
    /// Since when the backend has not answered; `None` while it does.
    pub trouble_since: Option<Millis>,
}

/// How an application is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WayToFind {
    /// By its own number.
    #[default]
    Number,
    /// By account number and the last four digits of the phone.
    AccountAndPhone,
}

/// Progress: which application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindApplication {
    /// By number, or by account and phone.
    pub way: WayToFind,
    /// The application number as typed.
    pub number: Personal,
    /// The account number as typed.
    pub account: Personal,
    /// The last four digits as typed.
    pub phone: Personal,
    /// True while the keypad types into `phone`.
    pub at_phone: bool,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// The look-up under way.
    pub waiting: Option<Waiting>,
}

/// Progress: the list, or one timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was found; never empty.
    pub found: Applications,
    /// The one that is shown; `None` shows the list.
    pub shown: Option<usize>,
}

/// Where a journey stands, for the step mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 1 of 4.
    Find,
    /// 2 of 4.
    Check,
    /// 3 of 4.
    Scan,
    /// 4 of 4.
    Done,
}

impl Screen {
    /// The step of paying that the screen belongs to.
    #[must_use]
    pub const fn step(&self) -> Option<Step> {
        match self {
            Self::FindAccount(_) => Some(Step::Find),
            Self::Confirm(_) | Self::OtherAmount(_) | Self::Bills(_) | Self::Bill(_) => Some(Step::Check),
            Self::Pay(_) => Some(Step::Scan),
            Self::Finished(_) => Some(Step::Done),
            Self::Home
            | Self::FindApplication(_)
            | Self::Progress(_)
            | Self::Information(_)
            | Self::PaymentClosed(_) => None,
        }
    }
}

impl Confirm {
    /// The account's line of the quote. A quote of this journey has exactly one.
    #[must_use]
    pub fn line(&self) -> Option<&powerhall_api::QuoteLine> {
        self.quote.lines.first()
    }

    /// Nothing is owed, so nothing is wanted of the customer.
    #[must_use]
    pub const fn owes_nothing(&self) -> bool {
        match self.quote.lines.as_slice() {
            [line, ..] => line.bills.is_empty(),
            [] => true,
        }
    }

    /// What the choice comes to; zero when nothing is chosen.
    #[must_use]
    pub fn amount(&self) -> Fen {
        match &self.choice {
            Choice::Amount(amount) => *amount,
            Choice::Months(chosen) => self.sum(chosen, |bill| bill.amount_fen.plus(bill.late_fee_fen)),
        }
    }

    /// The late fees within the chosen months.
    #[must_use]
    pub fn late_fees(&self) -> Fen {
        match &self.choice {
            Choice::Amount(_) => Fen::ZERO,
            Choice::Months(chosen) => self.sum(chosen, |bill| Ok(bill.late_fee_fen)),
        }
    }

    /// What is left over and becomes credit (预收); zero when the amount is owed.
    #[must_use]
    pub fn surplus(&self) -> Fen {
        let owed = self.line().map_or(Fen::ZERO, |line| line.total_fen);
        match self.amount().minus(owed) {
            Ok(rest) if rest.is_positive() => rest,
            Ok(_) | Err(_) => Fen::ZERO,
        }
    }

    fn sum(
        &self,
        chosen: &BTreeSet<usize>,
        of: impl Fn(&powerhall_api::Bill) -> Result<Fen, powerhall_money::FenError>,
    ) -> Fen {
        let bills = self.line().map_or(&[][..], |line| &line.bills);
        let picked = bills.iter().enumerate().filter(|(i, _)| chosen.contains(i));
        // A sum beyond i64 fen cannot be owed; zero is refused as “nothing chosen”.
        picked.map(|(_, bill)| of(bill)).try_fold(Fen::ZERO, |sum, fen| sum.plus(fen?)).unwrap_or(Fen::ZERO)
    }
}
