//! What works now: the start, check-ins, and the journal's health. The pre-flight's verdict is the [`Gate`].

use powerhall_api::{CheckInAnswer, ClosedReason, Place};

use crate::page::Page;
use crate::{
    Effect, Find, Gate, Ignored, JournalTrouble, Millis, Origin, Press, Purpose, Remembered, Screen, Trouble,
    call::ASK_EVERY, step::Run,
};

/// A check-in without any answer for so long is given up.
const LOST: Millis = 60_000;
/// After a failed check-in the next comes sooner.
const AFTER_TROUBLE: Millis = 5_000;

/// The page that says why payment is closed.
impl Page for ClosedReason {
    fn place(&self) -> Place {
        Place::PaymentClosed
    }

    fn press(run: &mut Run<'_>, press: Press) {
        match press {
            Press::Back => run.go_home(),
            Press::TryAgain | Press::Next => run.check_in_now(),
            _ => run.ignore(Ignored::NotHere),
        }
    }
}

impl Run<'_> {
    pub(crate) fn payment_closed(&mut self, reason: ClosedReason) {
        self.state.screen = Screen::PaymentClosed(reason);
    }

    pub(crate) fn started(&mut self, journal: Result<Remembered, JournalTrouble>) {
        self.state.last_touch = self.now.at;
        self.journal_checked(journal.map(Some));
        self.check_in_now();
    }

    /// The journal's health; when it was opened only now, what it remembers. The check-in that goes with this
    /// sets the gate.
    pub(crate) fn journal_checked(&mut self, journal: Result<Option<Remembered>, JournalTrouble>) {
        match journal {
            Ok(opened) => {
                self.state.service.journal_ok = true;
                if let Some(remembered) = opened {
                    if remembered.begun_anew {
                        self.state.service.open_orders_unknown = true;
                        self.state.service.open_orders_asked = false;
                    }
                    self.remembered(&remembered.open_orders);
                }
            }
            Err(trouble) => self.journal_failed(trouble),
        }
    }

    pub(crate) fn journal_failed(&mut self, _trouble: JournalTrouble) {
        self.state.service.journal_ok = false;
        self.state.service.gate = Gate::Closed(ClosedReason::Journal);
    }

    pub(crate) fn check_in_now(&mut self) {
        self.state.service.next_check_in = self.now.at + self.settings.check_in_every;
        if self.state.service.checking.is_none_or(|since| self.now.at >= since + LOST) {
            self.state.service.checking = Some(self.now.at);
            let open_orders = u32::try_from(self.state.followed.len()).unwrap_or(u32::MAX);
            let call = self.call_to_ask();
            self.effect(Effect::CheckIn { open_orders, call });
        }
    }

    pub(crate) fn checked_in(&mut self, answer: Result<CheckInAnswer, Trouble>) {
        self.state.service.checking = None;
        let gate = match answer {
            Ok(answer) => {
                self.state.service.channels = answer.channels;
                self.edition_is(&answer.hall);
                self.name_channel();
                self.call_told(answer.call);
                self.suspensions_told(answer.suspensions);
                if !self.state.service.open_orders_asked {
                    self.state.service.open_orders_asked = true;
                    self.effect(Effect::AskOpenOrders);
                }
                match answer.payment_closed {
                    Some(reason) => Gate::Closed(reason),
                    None if self.state.service.channels.is_empty() => Gate::Closed(ClosedReason::Channel),
                    None => Gate::Open,
                }
            }
            Err(_) => Gate::Closed(ClosedReason::Backend),
        };
        let journal = self.state.service.journal_ok && !self.state.service.open_orders_unknown;
        let gate = match gate {
            // While the backend is away, nothing is known of open orders either: the first reason is the true one.
            Gate::Closed(ClosedReason::Backend) => gate,
            Gate::Unknown | Gate::Open | Gate::Closed(_) if journal => gate,
            Gate::Unknown | Gate::Open | Gate::Closed(_) => Gate::Closed(ClosedReason::Journal),
        };
        self.state.service.gate = gate;
        let wait = match gate {
            Gate::Open => self.settings.check_in_every,
            Gate::Unknown | Gate::Closed(_) => AFTER_TROUBLE.min(self.settings.check_in_every),
        };
        let wait = if self.state.call.is_some() { wait.min(ASK_EVERY) } else { wait };
        self.state.service.next_check_in = self.now.at + wait;
        self.closed_page_follows();
    }

    /// The closed page ends by itself, or says the new reason.
    pub(crate) fn closed_page_follows(&mut self) {
        if let Screen::PaymentClosed(_) = self.state.screen {
            match self.state.gate() {
                Gate::Open => self.state.screen = Find::begin(Purpose::Pay),
                Gate::Closed(reason) => self.payment_closed(reason),
                Gate::Unknown => {}
            }
        }
    }

    /// A page that was resumed before the channels were known learns its channel's name.
    fn name_channel(&mut self) {
        let channels = &self.state.service.channels;
        if let Screen::Pay(pay) = &mut self.state.screen
            && pay.origin == Origin::Resumed
            && let Some(channel) = &mut pay.channel
            && let Some(known) = channels.iter().find(|known| known.id == channel.id)
        {
            *channel = known.clone();
        }
    }
}
