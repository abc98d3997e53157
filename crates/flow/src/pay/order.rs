//! Pay, step 3: naming the order, asking for its code, and closing it. What the backend answers is in `answers`.
//!
//! The order of things is fixed: the id is in the journal before the first request goes out; what the backend says
//! is in the journal before the customer is told; a page that is left asks for the code to be closed; only the
//! backend's word makes “paid”, and only its proof makes “nothing was taken”.

use powerhall_api::{AttemptRequest, CancelReason, OrderLineRequest, OrderRequest};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::{
    Chosen, Effect, Fact, Gate, Ignored, JournalTrouble, Notice, Origin, Pay, PayStage, Screen, step::Run,
};

impl Run<'_> {
    /// From the page on the screen to the code for these lines of its quote.
    pub(crate) fn begin_payment(&mut self, quote_id: String, lines: Vec<OrderLineRequest>) {
        // Sums that were shown before; nothing beyond i64 fen is ever shown.
        let Ok(amount) = Fen::sum(lines.iter().map(|line| line.amount_fen)) else {
            return self.ignore(Ignored::NotHere);
        };
        if self.suspended_instead() {
            return;
        }
        if let Gate::Closed(reason) = self.state.service.gate {
            self.payment_closed(reason);
            return self.check_in_now();
        }
        let channels = &self.state.service.channels;
        if channels.is_empty() {
            // The pre-flight has not answered yet; its answer is a moment away.
            self.state.screen.comes_back(Some(Notice::Busy));
            return self.check_in_now();
        }
        let only = (channels.len() == 1).then(|| channels[0].clone());
        let page = self.state.screen.clone();
        let pay = Pay {
            origin: Origin::Chosen(Box::new(Chosen { quote_id, lines, page })),
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
    pub(super) fn name_order(&mut self) {
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

    /// Ends this order for the kiosk (nothing taken, or never sent) and goes back to the choice. A resumed payment
    /// has no choice to go back to.
    pub(crate) fn back_to_choice(&mut self, notice: Option<Notice>) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let mut page = match (&pay.origin, notice) {
            (Origin::Chosen(chosen), _) => chosen.page.clone(),
            (Origin::Resumed, None) => return self.go_home(),
            (Origin::Resumed, Some(_)) => {
                // Said first; leaving the page ends the order.
                pay.stage = PayStage::Closed;
                pay.notice = notice;
                return;
            }
        };
        page.comes_back(notice);
        let recording = matches!(pay.stage, PayStage::Recording { .. });
        if let Some(id) = pay.order.take()
            && !recording
        {
            self.effect(Effect::Record(id, Fact::Ended));
        }
        self.state.screen = page;
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
}

/// The order's content, the same at every try.
pub(crate) fn request(pay: &Pay) -> Option<OrderRequest> {
    let chosen = match &pay.origin {
        Origin::Chosen(chosen) => chosen,
        Origin::Resumed => return None,
    };
    Some(OrderRequest {
        quote_id: chosen.quote_id.clone(),
        channel: pay.channel.as_ref()?.id.clone(),
        lines: chosen.lines.clone(),
    })
}

/// The attempt behind the last that is known; the same at every try, because its number is.
pub(crate) fn next_attempt(pay: &Pay) -> Option<(Uuid, AttemptRequest)> {
    let last = pay.known.as_ref().and_then(|order| order.attempt.as_ref()).map_or(0, |attempt| attempt.no);
    Some((pay.order?, AttemptRequest { no: last + 1, channel: pay.channel.as_ref()?.id.clone() }))
}
