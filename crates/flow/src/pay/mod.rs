//! Paying a bill, from what is owed to what became of it. Step 3, the code, is here; the other steps and what happens to
//! an order besides are files of their own.

mod amount;
mod answers;
mod background;
mod basket;
mod confirm;
mod finished;
mod order;
mod restart;

pub use amount::AmountEntry;
pub use background::{Followed, Wish};
pub use basket::{Basket, is_payable_beside};
pub use confirm::{Choice, Confirm};
pub use finished::Finished;

use powerhall_api::{CancelReason, ChannelInfo, Order, OrderLineRequest, Place};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::page::Page;
use crate::{Effect, Fact, Find, Ignored, Millis, Notice, Press, Purpose, Screen, Step, step::Run};

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
    /// The customer chose it here.
    Chosen(Box<Chosen>),
    /// It was open when the kiosk started. Whoever stands here now is shown the amount and the reference only.
    Resumed,
}

/// What the customer chose to pay: what the order is made from, and where back leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The quote.
    pub quote_id: String,
    /// What is paid of it, at least one line.
    pub lines: Vec<OrderLineRequest>,
    /// The page on which it was chosen.
    pub page: Screen,
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
        reason: CancelReason,
        /// Since when.
        since: Millis,
    },
    /// Proved closed, nothing taken.
    Closed,
    /// The order was refused, or could not be recorded; nothing taken.
    Failed,
}

impl Page for Pay {
    fn place(&self) -> Place {
        Place::Pay
    }

    fn part(&self) -> usize {
        match self.stage {
            PayStage::ChooseChannel => 0,
            PayStage::Recording { .. } | PayStage::Opening { .. } => 1,
            PayStage::Showing { .. } => 2,
            PayStage::Closing { .. } => 3,
            PayStage::Closed => 4,
            PayStage::Failed => 5,
        }
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Scan)
    }

    fn waiting_since(&self) -> Option<Millis> {
        match self.stage {
            PayStage::Recording { since } | PayStage::Opening { since } => {
                Some(self.trouble_since.map_or(since, |trouble| trouble.min(since)))
            }
            PayStage::ChooseChannel
            | PayStage::Showing { .. }
            | PayStage::Closing { .. }
            | PayStage::Closed
            | PayStage::Failed => self.trouble_since,
        }
    }

    fn reference(&self) -> Option<&str> {
        self.known.as_ref().map(|order| order.reference.as_str())
    }

    fn order(&self) -> Option<Uuid> {
        self.order
    }

    fn way_back(&self) -> Option<Press> {
        match self.stage {
            PayStage::ChooseChannel | PayStage::Closed | PayStage::Failed => Some(Press::Back),
            PayStage::Recording { .. } | PayStage::Opening { .. } | PayStage::Showing { .. } => {
                Some(Press::Cancel)
            }
            PayStage::Closing { .. } => None,
        }
    }

    /// The code's own countdown leads to closing; the customer is busy with the phone.
    fn idles(&self) -> bool {
        self.countdown().is_none()
    }

    fn countdown(&self) -> Option<Millis> {
        match self.stage {
            PayStage::Showing { ends, .. } => Some(ends),
            PayStage::ChooseChannel
            | PayStage::Recording { .. }
            | PayStage::Opening { .. }
            | PayStage::Closing { .. }
            | PayStage::Closed
            | PayStage::Failed => None,
        }
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let channels = run.state.service.channels.clone();
        let Screen::Pay(pay) = &mut run.state.screen else { return };
        match (pay.stage, press) {
            (PayStage::ChooseChannel | PayStage::Failed, Press::Back | Press::Cancel)
            | (PayStage::Closed, Press::Back | Press::Cancel) => run.back_to_choice(None),
            (PayStage::ChooseChannel, Press::Channel(which)) => match channels.get(which) {
                Some(channel) => {
                    pay.channel = Some(channel.clone());
                    if pay.order.is_some() { run.new_attempt() } else { run.name_order() }
                }
                None => run.ignore(Ignored::NotHere),
            },
            (PayStage::Failed, Press::TryAgain | Press::Next) => match &pay.origin {
                Origin::Chosen(chosen) => {
                    run.state.screen = chosen.page.clone();
                    run.renew();
                }
                // Whose account it was is not known here: from the beginning.
                Origin::Resumed => run.state.screen = Find::begin(Purpose::Pay),
            },
            (PayStage::Closed, Press::TryAgain | Press::Next) => {
                if !run.suspended_instead() {
                    run.new_attempt();
                }
            }
            (PayStage::Opening { .. } | PayStage::Showing { .. }, Press::Back | Press::Cancel) => {
                run.close(CancelReason::Customer);
            }
            // Nothing was sent yet, so nothing has to be closed.
            (PayStage::Recording { .. }, Press::Back | Press::Cancel) => run.back_to_choice(None),
            (PayStage::Showing { ends, of, extending: false }, Press::MoreTime) => {
                if pay.known.as_ref().and_then(|order| order.attempt.as_ref()).is_some_and(|a| a.extendable) {
                    pay.stage = PayStage::Showing { ends, of, extending: true };
                    pay.notice = None;
                    if let Some(id) = pay.order {
                        run.effect(Effect::Extend(id));
                    }
                } else {
                    pay.notice = Some(Notice::NoMoreTime);
                }
            }
            (PayStage::Showing { extending: false, .. }, Press::Channel(which)) => {
                match channels.get(which) {
                    Some(channel) if pay.channel.as_ref() != Some(channel) => {
                        // The old code is closed first, and proved closed, before the other is made.
                        pay.channel = Some(channel.clone());
                        run.close(CancelReason::OtherChannel);
                    }
                    Some(_) => run.ignore(Ignored::NoChange),
                    None => run.ignore(Ignored::NotHere),
                }
            }
            (PayStage::Closing { .. } | PayStage::Recording { .. } | PayStage::Opening { .. }, _)
            | (PayStage::Showing { extending: true, .. }, _) => run.ignore(Ignored::Busy),
            (PayStage::ChooseChannel | PayStage::Showing { .. } | PayStage::Closed | PayStage::Failed, _) => {
                run.ignore(Ignored::NotHere);
            }
        }
    }

    /// What is open goes on without its customer.
    fn left(run: &mut Run<'_>) {
        let Screen::Pay(pay) = &run.state.screen else { return };
        let version = pay.known.as_ref().map_or(0, |order| order.version);
        let opening = pay.opening;
        match (pay.stage, pay.order) {
            (PayStage::Opening { .. } | PayStage::Showing { .. } | PayStage::Closing { .. }, Some(id)) => {
                run.follow(id, version, CancelReason::Left, opening);
            }
            (PayStage::ChooseChannel | PayStage::Closed | PayStage::Failed, Some(id)) => {
                run.effect(Effect::Record(id, Fact::Ended));
            }
            // The journal's answer will find nobody and end the name.
            (PayStage::Recording { .. }, _) | (_, None) => {}
        }
    }
}

impl Run<'_> {
    /// The code's time is over.
    pub(crate) fn countdown(&mut self) {
        let Screen::Pay(pay) = &self.state.screen else { return };
        if pay.countdown().is_some_and(|ends| self.now.at >= ends) {
            self.close(CancelReason::Expired);
        }
    }
}
