//! Pay, step 3: what the backend answers about the payment on the screen. Only its word makes “paid”, only
//! its proof makes “nothing was taken”, and trouble changes nothing but the time of the next try.

use powerhall_api::{CancelReason, Collect, Order, ProblemCode};
use uuid::Uuid;

use super::background::at_end;
use super::order::{next_attempt, request};
use crate::{
    Asked, Effect, Fact, Finished, Ignored, Millis, Notice, Origin, Pay, PayStage, Screen, Trouble, step::Run,
};

impl Asked {
    /// Whether the request may have made a code.
    pub(crate) const fn opens(self) -> bool {
        match self {
            Self::Put | Self::NewAttempt => true,
            Self::Watch | Self::Cancel | Self::Extend => false,
        }
    }
}

impl Run<'_> {
    pub(crate) fn payment_answered(
        &mut self,
        id: Uuid,
        asked: Asked,
        answer: Result<Option<Order>, Trouble>,
    ) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let opened = pay.opening && asked.opens();
        if opened {
            pay.opening = false;
        } else if pay.opening && !is_final(&answer) {
            // Asked before the opening that is under way, so older than its answer.
            return self.ignore(Ignored::TooLate);
        }
        match answer {
            Ok(Some(order)) => {
                pay.trouble_since = None;
                if pay.known.as_ref().is_some_and(|known| known.version > order.version) {
                    self.ignore(Ignored::TooLate);
                } else {
                    self.order_moved(asked, order);
                }
                if opened {
                    self.close_held(0);
                }
            }
            Ok(None) => {
                pay.trouble_since = None;
                let version = pay.known.as_ref().map_or(0, |order| order.version);
                self.effect(Effect::Watch { order: id, version, after: 0 });
            }
            Err(trouble) => self.payment_troubled(id, asked, trouble),
        }
    }

    /// The customer wanted to close while the code was being made: now it can be asked for.
    fn close_held(&mut self, after: Millis) {
        let Screen::Pay(pay) = &self.state.screen else { return };
        if let (PayStage::Closing { reason, .. }, Some(order)) = (pay.stage, pay.order) {
            self.effect(Effect::Cancel { order, reason, after });
        }
    }

    /// The backend says where the order stands; the journal learns it before the customer.
    pub(crate) fn order_moved(&mut self, asked: Asked, order: Order) {
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
            Collect::Created | Collect::Preparing | Collect::Unknown => {
                // Only a code that is known to be payable stays on the screen.
                if let PayStage::Showing { .. } = pay.stage {
                    pay.stage = PayStage::Opening { since: now };
                }
                self.watch(id, version, asked);
            }
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
            CancelReason::Customer => self.back_to_choice(Some(Notice::CancelledNothingTaken)),
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
        self.state.screen = Screen::Finished(Box::new(Finished::of(order)));
        self.look_what_follows();
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
        let since = self.silent_since(trouble);
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let version = pay.known.as_ref().map_or(0, |order| order.version);
        if trouble.is_unknown() && asked != Asked::Extend {
            pay.trouble_since.get_or_insert(since.min(now));
        }
        match asked {
            Asked::Put | Asked::NewAttempt => self.opening_troubled(id, asked, trouble),
            Asked::Watch => self.effect(Effect::Watch { order: id, version, after }),
            Asked::Cancel => match (pay.stage, trouble) {
                // It never arrived. A cancel is only asked for when no opening is under way and none will be tried
                // again, so there is no code. What a dead line may still deliver late shows its code to nobody,
                // and the backend closes it at its own deadline.
                (PayStage::Closing { .. }, Trouble::Problem(ProblemCode::OrderNotFound, _)) => {
                    self.code_closed();
                }
                // Too late to cancel: the order has moved on, ask where to.
                (_, Trouble::Problem(ProblemCode::OrderState, _)) => {
                    self.effect(Effect::Watch { order: id, version, after: 0 });
                }
                (PayStage::Closing { reason, .. }, _) => {
                    self.effect(Effect::Cancel { order: id, reason, after });
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
        }
    }

    /// The order or its new attempt could not be opened, or nobody knows whether it was.
    fn opening_troubled(&mut self, order: Uuid, asked: Asked, trouble: Trouble) {
        let after = self.settings.retry_every;
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let again = match asked {
            Asked::NewAttempt => {
                next_attempt(pay).map(|(order, request)| Effect::NewAttempt { order, request, after })
            }
            Asked::Put | Asked::Watch | Asked::Cancel | Asked::Extend => {
                request(pay).map(|request| Effect::PutOrder { order, request, after })
            }
        };
        match (pay.stage, again) {
            // The same request again: it has a number of its own, so it cannot open twice.
            (PayStage::Opening { .. }, Some(again)) if trouble.is_unknown() => {
                pay.opening = true;
                self.effect(again);
            }
            // The customer cancelled meanwhile: whatever was opened is to be closed.
            (PayStage::Closing { .. }, _) if trouble.is_unknown() => self.close_held(after),
            (PayStage::Closing { .. }, _) if asked == Asked::NewAttempt => self.close_held(0),
            (PayStage::Closing { .. }, _) => self.code_closed(),
            // The first attempt may have been paid late: ask before anything is said about money.
            (PayStage::Opening { .. }, _)
                if matches!(trouble, Trouble::Problem(ProblemCode::OrderState, _)) =>
            {
                self.effect(Effect::Watch { order, version: 0, after: 0 });
            }
            (PayStage::Opening { .. }, _) => self.order_refused(trouble),
            (
                PayStage::ChooseChannel
                | PayStage::Recording { .. }
                | PayStage::Showing { .. }
                | PayStage::Closed
                | PayStage::Failed,
                _,
            ) => self.ignore(Ignored::TooLate),
        }
    }

    /// Since when nothing was heard: a time-out has waited longer already than “connecting” does.
    pub(super) fn silent_since(&self, trouble: Trouble) -> Millis {
        match trouble {
            Trouble::Timeout => self.now.at.saturating_sub(self.settings.connecting_after),
            Trouble::Offline | Trouble::Malformed | Trouble::Server(_) | Trouble::Problem(..) => self.now.at,
        }
    }

    fn order_refused(&mut self, trouble: Trouble) {
        let Screen::Pay(pay) = &mut self.state.screen else { return };
        let origin = pay.origin.clone();
        let id = pay.order.take();
        pay.stage = PayStage::Failed;
        pay.notice = Some(match Notice::from(trouble) {
            Notice::Busy => Notice::Busy,
            _ => Notice::OrderRefused,
        });
        if let Some(id) = id {
            self.effect(Effect::Record(id, Fact::Ended));
        }
        if let (Trouble::Problem(ProblemCode::QuoteExpired, _), Origin::Chosen(chosen)) = (trouble, origin) {
            self.state.screen = chosen.page;
            self.renew();
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

/// The money is here or with a person: true whatever else is under way.
fn is_final(answer: &Result<Option<Order>, Trouble>) -> bool {
    match answer {
        Ok(Some(order)) => match order.collect {
            Collect::Paid | Collect::ManualReview => true,
            Collect::Created
            | Collect::Preparing
            | Collect::Awaiting
            | Collect::Closing
            | Collect::Closed
            | Collect::Unknown => false,
        },
        Ok(None) | Err(_) => false,
    }
}
