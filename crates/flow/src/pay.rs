//! Pay, steps 3 and 4: naming the order, its code, its countdown, and leaving it. What the backend answers is in
//! `answers`.
//!
//! The order of things is fixed: the id is in the journal before the first request goes out; what the backend says
//! is in the journal before the customer is told; a page that is left asks for the code to be closed; only the
//! backend's word makes “paid”, and only its proof makes “nothing was taken”.

use powerhall_api::{AttemptRequest, CancelReason, OrderLineRequest, OrderRequest};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::{
    Choice, Confirm, Effect, Fact, FindAccount, Gate, Ignored, JournalTrouble, Notice, Origin, Pay, PayStage,
    Press, Screen, background::at_end, step::Run,
};

impl Run<'_> {
    pub(crate) fn begin_payment(&mut self, confirm: Confirm, amount: Fen) {
        if let Gate::Closed(reason) = self.state.service.gate {
            self.payment_closed(reason);
            return self.check_in_now();
        }
        let channels = &self.state.service.channels;
        if channels.is_empty() {
            // The pre-flight has not answered yet; its answer is a moment away.
            let mut confirm = confirm;
            confirm.notice = Some(Notice::Busy);
            self.state.screen = Screen::Confirm(confirm);
            return self.check_in_now();
        }
        let only = (channels.len() == 1).then(|| channels[0].clone());
        let pay = Pay {
            origin: Origin::Chosen(Box::new(confirm)),
            amount,
            order: None,
            channel: only.clone(),
            stage: PayStage::ChooseChannel,
            opening: false,
            known: None,
            trouble_since: None,
            notice: None,
        };
        self.state.screen = Screen::Pay(Box::new(pay));
        if only.is_some() {
            self.name_order();
        }
    }

    /// Gives the payment a name and writes it down; nothing leaves the kiosk before the journal has it.
    fn name_order(&mut self) {
        let (id, since) = (self.now.fresh, self.now.at);
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        pay.order = Some(id);
        pay.known = None;
        pay.notice = None;
        pay.stage = PayStage::Recording { since };
        let amount = pay.amount;
        self.effect(Effect::Record(id, Fact::Named { amount }));
    }

    pub(crate) fn recorded(&mut self, id: Uuid, answer: Result<(), JournalTrouble>) {
        let since = self.now.at;
        if let Err(trouble) = answer {
            self.journal_failed(trouble);
        }
        let Screen::Pay(pay) = &mut self.state.screen else { return self.end_unsent(id) };
        match pay.stage {
            PayStage::Recording { .. } if pay.order == Some(id) => {}
            _ => return self.end_unsent(id),
        }
        if answer.is_err() {
            pay.stage = PayStage::Failed;
            pay.order = None;
            pay.notice = Some(Notice::JournalFailed);
            return;
        }
        pay.stage = PayStage::Opening { since };
        if let Some(request) = request(pay) {
            pay.opening = true;
            self.effect(Effect::PutOrder { order: id, request, after: 0 });
        }
    }

    /// The customer left before anything was sent: the name has no order behind it.
    fn end_unsent(&mut self, id: Uuid) {
        self.effect(Effect::Record(id, Fact::Ended));
        self.ignore(Ignored::TooLate);
    }

    pub(crate) fn press_on_pay(&mut self, press: Press) {
        let channels = self.state.service.channels.clone();
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        match (pay.stage, press) {
            (PayStage::ChooseChannel | PayStage::Failed, Press::Back | Press::Cancel)
            | (PayStage::Closed, Press::Back | Press::Cancel) => self.back_to_confirm(None),
            (PayStage::ChooseChannel, Press::Channel(which)) => match channels.get(which) {
                Some(channel) => {
                    pay.channel = Some(channel.clone());
                    if pay.order.is_some() { self.new_attempt() } else { self.name_order() }
                }
                None => self.ignore(Ignored::NotHere),
            },
            (PayStage::Failed, Press::TryAgain | Press::Next) => match &pay.origin {
                Origin::Chosen(confirm) => {
                    let confirm = (**confirm).clone();
                    self.renew_quote(confirm);
                }
                // Whose account it was is not known here: from the beginning.
                Origin::Resumed => self.state.screen = Screen::FindAccount(FindAccount::default()),
            },
            (PayStage::Closed, Press::TryAgain | Press::Next) => self.new_attempt(),
            (PayStage::Opening { .. } | PayStage::Showing { .. }, Press::Back | Press::Cancel) => {
                self.close(CancelReason::Customer);
            }
            // Nothing was sent yet, so nothing has to be closed.
            (PayStage::Recording { .. }, Press::Back | Press::Cancel) => self.back_to_confirm(None),
            (PayStage::Showing { ends, of, extending: false }, Press::MoreTime) => {
                if pay.known.as_ref().and_then(|order| order.attempt.as_ref()).is_some_and(|a| a.extendable) {
                    pay.stage = PayStage::Showing { ends, of, extending: true };
                    pay.notice = None;
                    if let Some(id) = pay.order {
                        self.effect(Effect::Extend(id));
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
                        self.close(CancelReason::OtherChannel);
                    }
                    Some(_) => self.ignore(Ignored::NoChange),
                    None => self.ignore(Ignored::NotHere),
                }
            }
            (PayStage::Closing { .. } | PayStage::Recording { .. } | PayStage::Opening { .. }, _)
            | (PayStage::Showing { extending: true, .. }, _) => self.ignore(Ignored::Busy),
            (PayStage::ChooseChannel | PayStage::Showing { .. } | PayStage::Closed | PayStage::Failed, _) => {
                self.ignore(Ignored::NotHere);
            }
        }
    }

    /// Ends this order for the kiosk (nothing taken, or never sent) and goes back to the choice. A resumed payment
    /// has no choice to go back to.
    pub(crate) fn back_to_confirm(&mut self, notice: Option<Notice>) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let mut confirm = match (&pay.origin, notice) {
            (Origin::Chosen(confirm), _) => (**confirm).clone(),
            (Origin::Resumed, None) => return self.go_home(),
            (Origin::Resumed, Some(_)) => {
                // Said first; leaving the page ends the order.
                pay.stage = PayStage::Closed;
                pay.notice = notice;
                return;
            }
        };
        confirm.notice = notice;
        confirm.waiting = None;
        let recording = matches!(pay.stage, PayStage::Recording { .. });
        if let Some(id) = pay.order.take()
            && !recording
        {
            self.effect(Effect::Record(id, Fact::Ended));
        }
        self.state.screen = Screen::Confirm(confirm);
    }

    pub(crate) fn close(&mut self, reason: CancelReason) {
        let since = self.now.at;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        pay.stage = PayStage::Closing { reason, since };
        pay.notice = None;
        // What is being opened is closed when it is known to be open.
        if let (Some(order), false) = (pay.order, pay.opening) {
            self.effect(Effect::Cancel { order, reason, after: 0 });
        }
    }

    /// A further code for the same order; the backend refuses it until the last is proved closed.
    pub(crate) fn new_attempt(&mut self) {
        let since = self.now.at;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let Some((order, request)) = next_attempt(pay) else { return self.name_order() };
        pay.stage = PayStage::Opening { since };
        pay.notice = None;
        pay.opening = true;
        self.effect(Effect::NewAttempt { order, request, after: 0 });
    }

    pub(crate) fn countdown(&mut self) {
        let Screen::Pay(pay) = &self.state.screen else { return };
        match pay.stage {
            PayStage::Showing { ends, .. } if self.now.at >= ends => self.close(CancelReason::Expired),
            PayStage::Showing { .. }
            | PayStage::ChooseChannel
            | PayStage::Recording { .. }
            | PayStage::Opening { .. }
            | PayStage::Closing { .. }
            | PayStage::Closed
            | PayStage::Failed => {}
        }
    }

    /// The page is left by any way but its own buttons: what is open goes on without its customer.
    pub(crate) fn leave_payment(&mut self) {
        match &self.state.screen {
            Screen::Pay(pay) => {
                let version = pay.known.as_ref().map_or(0, |order| order.version);
                let opening = pay.opening;
                match (pay.stage, pay.order) {
                    (
                        PayStage::Opening { .. } | PayStage::Showing { .. } | PayStage::Closing { .. },
                        Some(id),
                    ) => {
                        self.follow(id, version, CancelReason::Left, opening);
                    }
                    (PayStage::ChooseChannel | PayStage::Closed | PayStage::Failed, Some(id)) => {
                        self.effect(Effect::Record(id, Fact::Ended));
                    }
                    // The journal's answer will find nobody and end the name.
                    (PayStage::Recording { .. }, _) | (_, None) => {}
                }
            }
            Screen::Finished(finished) if !at_end(&finished.order) => {
                let (id, version) = (finished.order.order_id, finished.order.version);
                self.follow_quietly(id, version, CancelReason::Left);
            }
            Screen::Finished(_)
            | Screen::Home
            | Screen::FindAccount(_)
            | Screen::Confirm(_)
            | Screen::OtherAmount(_)
            | Screen::Bills(_)
            | Screen::Bill(_)
            | Screen::FindApplication(_)
            | Screen::Progress(_)
            | Screen::Information(_)
            | Screen::PaymentClosed(_) => {}
        }
    }
}

/// The order's content, the same at every try.
pub(crate) fn request(pay: &Pay) -> Option<OrderRequest> {
    let confirm = match &pay.origin {
        Origin::Chosen(confirm) => confirm,
        Origin::Resumed => return None,
    };
    let line = confirm.line()?;
    let periods = match &confirm.choice {
        Choice::Months(chosen) => {
            chosen.iter().filter_map(|&i| line.bills.get(i)).map(|b| b.period.clone()).collect()
        }
        Choice::Amount(_) => Vec::new(),
    };
    Some(OrderRequest {
        quote_id: confirm.quote.quote_id.clone(),
        channel: pay.channel.as_ref()?.id.clone(),
        lines: vec![OrderLineRequest { line: line.line, amount_fen: pay.amount, periods }],
    })
}

/// The attempt behind the last that is known; the same at every try, because its number is.
pub(crate) fn next_attempt(pay: &Pay) -> Option<(Uuid, AttemptRequest)> {
    let last = pay.known.as_ref().and_then(|order| order.attempt.as_ref()).map_or(0, |attempt| attempt.no);
    Some((pay.order?, AttemptRequest { no: last + 1, channel: pay.channel.as_ref()?.id.clone() }))
}
