//! Pay, steps 3 and 4: naming the order, its code, its countdown, leaving it, and what became of it.
//!
//! The order of things is fixed: the id is in the journal before the first request goes out; what the backend says
//! is in the journal before the customer is told; a page that is left asks for the code to be closed; only the
//! backend's word makes “paid”, and only its proof makes “nothing was taken”.

use powerhall_api::{
    AttemptRequest, CancelReason, Collect, Order, OrderLineRequest, OrderRequest, ProblemCode,
};
use powerhall_money::Fen;
use uuid::Uuid;

use crate::{
    Asked, Choice, Confirm, Effect, Fact, Finished, Gate, Ignored, JournalTrouble, Notice, Pay, PayStage,
    Press, Screen, Trouble, background::at_end, step::Run,
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
            confirm,
            amount,
            order: None,
            channel: only.clone(),
            stage: PayStage::ChooseChannel,
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
            (PayStage::Failed, Press::TryAgain | Press::Next) => {
                let confirm = pay.confirm.clone();
                self.renew_quote(confirm);
            }
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

    /// Ends this order for the kiosk (nothing taken, or never sent) and goes back to the choice.
    fn back_to_confirm(&mut self, notice: Option<Notice>) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let mut confirm = pay.confirm.clone();
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

    fn close(&mut self, reason: CancelReason) {
        let since = self.now.at;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        pay.stage = PayStage::Closing { reason, since };
        pay.notice = None;
        if let Some(order) = pay.order {
            self.effect(Effect::Cancel { order, reason, after: 0 });
        }
    }

    /// A further code for the same order; the backend refuses it until the last is proved closed.
    fn new_attempt(&mut self) {
        let since = self.now.at;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let (Some(id), Some(channel)) = (pay.order, &pay.channel) else { return self.name_order() };
        let no =
            pay.known.as_ref().and_then(|order| order.attempt.as_ref()).map_or(0, |attempt| attempt.no) + 1;
        let request = AttemptRequest { no, channel: channel.id.clone() };
        pay.stage = PayStage::Opening { since };
        pay.notice = None;
        self.effect(Effect::NewAttempt(id, request));
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
                match (pay.stage, pay.order) {
                    (
                        PayStage::Opening { .. } | PayStage::Showing { .. } | PayStage::Closing { .. },
                        Some(id),
                    ) => {
                        self.follow(id, version, CancelReason::Left);
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
            | Screen::FindApplication(_)
            | Screen::Progress(_)
            | Screen::PaymentClosed(_) => {}
        }
    }

    pub(crate) fn payment_answered(
        &mut self,
        id: Uuid,
        asked: Asked,
        answer: Result<Option<Order>, Trouble>,
    ) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        match answer {
            Ok(Some(order)) => {
                pay.trouble_since = None;
                if pay.known.as_ref().is_some_and(|known| known.version > order.version) {
                    return self.ignore(Ignored::TooLate);
                }
                self.order_moved(asked, order);
            }
            Ok(None) => {
                pay.trouble_since = None;
                let version = pay.known.as_ref().map_or(0, |order| order.version);
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            Err(trouble) => self.payment_troubled(id, asked, trouble),
        }
    }

    /// The backend says where the order stands; the journal learns it before the customer.
    fn order_moved(&mut self, asked: Asked, order: Order) {
        let now = self.now.at;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let id = order.order_id;
        let (version, collect) = (order.version, order.collect);
        let news = pay.known.as_ref().is_none_or(|known| known.collect != collect);
        let before = pay.known.replace(order.clone());
        if news {
            self.effects.push(Effect::Record(id, Fact::Stands { version, collect }));
        }
        let closing = matches!(pay.stage, PayStage::Closing { .. });
        match collect {
            Collect::Created | Collect::Preparing | Collect::Unknown => self.watch(id, version, asked),
            Collect::Awaiting => {
                if !closing {
                    show_code(pay, before.as_ref(), &order, asked, now);
                }
                self.watch(id, version, asked);
            }
            Collect::Closing => {
                if !closing {
                    pay.stage = PayStage::Closing { reason: CancelReason::Expired, since: now };
                }
                self.watch(id, version, asked);
            }
            Collect::Closed => self.code_closed(),
            Collect::Paid | Collect::ManualReview => self.finish(order),
        }
    }

    fn code_closed(&mut self) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let reason = match pay.stage {
            PayStage::Closing { reason, .. } => reason,
            PayStage::ChooseChannel
            | PayStage::Recording { .. }
            | PayStage::Opening { .. }
            | PayStage::Showing { .. }
            | PayStage::Closed
            | PayStage::Failed => CancelReason::Expired,
        };
        match reason {
            CancelReason::Customer => self.back_to_confirm(Some(Notice::CancelledNothingTaken)),
            CancelReason::OtherChannel => self.new_attempt(),
            CancelReason::Expired | CancelReason::Left | CancelReason::Restart => {
                // Never opened at all is a refusal by the channel, not a code that ran out.
                match pay.stage {
                    PayStage::Closing { .. } | PayStage::Showing { .. } => {
                        pay.notice = Some(Notice::ExpiredNothingTaken);
                    }
                    PayStage::Opening { .. } | PayStage::Recording { .. } | PayStage::ChooseChannel => {
                        pay.notice = Some(Notice::OrderRefused);
                    }
                    PayStage::Closed | PayStage::Failed => {}
                }
                pay.stage = PayStage::Closed;
            }
        }
    }

    fn finish(&mut self, order: Order) {
        let (id, version) = (order.order_id, order.version);
        if at_end(&order) {
            self.effect(Effect::Record(id, Fact::Ended));
        } else {
            self.effect(Effect::Watch { order: id, version, after: 0 });
        }
        self.state.screen = Screen::Finished(Box::new(Finished { order, trouble_since: None }));
        self.state.last_touch = self.now.at;
    }

    /// Only the chain of watches goes on; the answer to “more time” comes beside it.
    fn watch(&mut self, order: Uuid, version: u64, asked: Asked) {
        match asked {
            Asked::Put | Asked::Watch | Asked::Cancel | Asked::NewAttempt => {
                self.effect(Effect::Watch { order, version, after: 0 });
            }
            Asked::Extend => {}
        }
    }

    fn payment_troubled(&mut self, id: Uuid, asked: Asked, trouble: Trouble) {
        let now = self.now.at;
        let after = self.settings.retry_every;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let version = pay.known.as_ref().map_or(0, |order| order.version);
        if trouble.is_unknown() && asked != Asked::Extend {
            pay.trouble_since.get_or_insert(now);
        }
        match asked {
            Asked::Put if trouble.is_unknown() => match (pay.stage, request(pay)) {
                (PayStage::Opening { .. }, Some(request)) => {
                    self.effect(Effect::PutOrder { order: id, request, after });
                }
                // The customer cancelled meanwhile; the cancel is asked for by its own chain.
                (_, _) => self.ignore(Ignored::TooLate),
            },
            Asked::Put => self.order_refused(trouble),
            Asked::Watch => self.effect(Effect::Watch { order: id, version, after }),
            Asked::Cancel => match (pay.stage, trouble) {
                // It never arrived, so there is no code.
                (PayStage::Closing { .. }, Trouble::Problem(ProblemCode::OrderNotFound, _)) => {
                    self.code_closed()
                }
                // Too late to cancel: the order has moved on, ask where to.
                (_, Trouble::Problem(ProblemCode::OrderState, _)) => {
                    self.effect(Effect::Watch { order: id, version, after: 0 });
                }
                (PayStage::Closing { reason, .. }, _) => {
                    self.effect(Effect::Cancel { order: id, reason, after })
                }
                (_, _) => self.ignore(Ignored::TooLate),
            },
            Asked::Extend => {
                if let PayStage::Showing { ends, of, .. } = pay.stage {
                    pay.stage = PayStage::Showing { ends, of, extending: false };
                    pay.notice = Some(match trouble {
                        Trouble::Problem(ProblemCode::OrderState, _) => Notice::NoMoreTime,
                        other => other.into(),
                    });
                }
            }
            Asked::NewAttempt if trouble.is_unknown() => {
                if let PayStage::Opening { .. } = pay.stage {
                    // Whether it arrived is not known: ask where the order stands.
                    pay.stage = PayStage::Closed;
                    pay.notice = Some(trouble.into());
                }
                self.effect(Effect::Watch { order: id, version, after });
            }
            Asked::NewAttempt => self.order_refused(trouble),
        }
    }

    fn order_refused(&mut self, trouble: Trouble) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let confirm = pay.confirm.clone();
        let id = pay.order.take();
        pay.stage = PayStage::Failed;
        pay.notice = Some(match Notice::from(trouble) {
            Notice::Busy => Notice::Busy,
            _ => Notice::OrderRefused,
        });
        if let Some(id) = id {
            self.effect(Effect::Record(id, Fact::Ended));
        }
        if let Trouble::Problem(ProblemCode::QuoteExpired, _) = trouble {
            self.renew_quote(confirm);
        }
    }

    pub(crate) fn finished_answered(&mut self, id: Uuid, answer: Result<Option<Order>, Trouble>) {
        let now = self.now.at;
        let after = self.settings.retry_every;
        let Screen::Finished(finished) = &mut self.state.screen else { return };
        match answer {
            Ok(Some(order)) if order.version < finished.order.version => self.ignore(Ignored::TooLate),
            Ok(Some(order)) => {
                let ended = at_end(&order) && !at_end(&finished.order);
                let version = order.version;
                finished.trouble_since = None;
                if !at_end(&order) {
                    self.effects.push(Effect::Watch { order: id, version, after: 0 });
                }
                finished.order = order;
                if ended {
                    self.effect(Effect::Record(id, Fact::Ended));
                }
            }
            Ok(None) => {
                finished.trouble_since = None;
                let version = finished.order.version;
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            Err(_) => {
                finished.trouble_since.get_or_insert(now);
                let version = finished.order.version;
                self.effect(Effect::Watch { order: id, version, after });
            }
        }
    }
}

/// Puts the code on the screen, or keeps it there with the backend's new deadline.
fn show_code(pay: &mut Pay, before: Option<&Order>, order: &Order, asked: Asked, now: u64) {
    let Some(attempt) = &order.attempt else { return };
    let (Some(_), Some(seconds)) = (&attempt.code, attempt.seconds_left) else { return };
    let left = u64::from(seconds) * 1_000;
    let same_code =
        before.and_then(|known| known.attempt.as_ref()).is_some_and(|known| known.no == attempt.no);
    pay.stage = match pay.stage {
        // The backend's seconds are whole and a little old; only more time moves the end of a code that is shown.
        PayStage::Showing { ends, of, extending } if same_code => {
            let later = now + left;
            if asked == Asked::Extend || later > ends + 2_000 {
                PayStage::Showing { ends: later, of: left.max(1), extending: false }
            } else {
                PayStage::Showing { ends, of, extending }
            }
        }
        PayStage::Showing { .. }
        | PayStage::ChooseChannel
        | PayStage::Recording { .. }
        | PayStage::Opening { .. }
        | PayStage::Closing { .. }
        | PayStage::Closed
        | PayStage::Failed => {
            pay.notice = None;
            PayStage::Showing { ends: now + left, of: left.max(1), extending: false }
        }
    };
}

/// The order's content, the same at every try.
fn request(pay: &Pay) -> Option<OrderRequest> {
    let line = pay.confirm.line()?;
    let periods = match &pay.confirm.choice {
        Choice::Months(chosen) => {
            chosen.iter().filter_map(|&i| line.bills.get(i)).map(|b| b.period.clone()).collect()
        }
        Choice::Amount(_) => Vec::new(),
    };
    Some(OrderRequest {
        quote_id: pay.confirm.quote.quote_id.clone(),
        channel: pay.channel.as_ref()?.id.clone(),
        lines: vec![OrderLineRequest { line: line.line, amount_fen: pay.amount, periods }],
    })
}
