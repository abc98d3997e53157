//! Orders that were open when the kiosk started. The newest goes back on its screen if its code is still live and
//! nobody has begun anything else; the others are closed. Whoever stands here now may be somebody else, so a resumed
//! page has the amount and the reference, and nothing about whose account it is.

use powerhall_api::{CancelReason, ChannelInfo, Collect, Order, Orders, ProblemCode, Text};
use uuid::Uuid;

use super::background::at_end;
use crate::{Asked, Effect, Followed, Notice, Origin, Pay, PayStage, Screen, Trouble, Wish, step::Run};

impl Run<'_> {
    /// The journal names these orders as open, oldest first.
    pub(crate) fn remembered(&mut self, open: &[Uuid]) {
        let unknown: Vec<Uuid> = open.iter().copied().filter(|order| !self.is_known(*order)).collect();
        let Some((&newest, older)) = unknown.split_last() else { return };
        older.iter().for_each(|order| self.follow(*order, 0, CancelReason::Restart, false));
        if self.is_learning() {
            return self.follow(newest, 0, CancelReason::Restart, false);
        }
        let reason = CancelReason::Restart;
        self.state.followed.push(Followed { order: newest, version: 0, reason, wish: Wish::Learn });
        self.effect(Effect::Watch { order: newest, version: 0, after: 0 });
    }

    /// The backend names these orders as this kiosk's and open, oldest first.
    pub(crate) fn open_orders(&mut self, answer: Result<Orders, Trouble>) {
        let Ok(open) = answer else {
            // Asked again after the next check-in that succeeds.
            self.state.service.open_orders_asked = false;
            return;
        };
        let unknown: Vec<Order> =
            open.orders.into_iter().filter(|order| !self.is_known(order.order_id)).collect();
        let newest = unknown.len().saturating_sub(1);
        for (at, order) in unknown.into_iter().enumerate() {
            if at == newest && !self.is_learning() && self.can_resume(&order) {
                self.resume(order);
            } else if order.collect == Collect::Paid {
                self.follow_quietly(order.order_id, order.version, CancelReason::Restart);
            } else {
                self.follow(order.order_id, order.version, CancelReason::Restart, false);
            }
        }
        if std::mem::take(&mut self.state.service.open_orders_unknown) {
            // Payment waited for this.
            self.check_in_now();
        }
    }

    /// Where the newest open order stands.
    pub(crate) fn learned(&mut self, place: usize, answer: Result<Option<Order>, Trouble>) {
        let retry = self.settings.retry_every;
        let order = match answer {
            Ok(Some(order)) => order,
            // The name was written, but no order arrived: whatever a dead line may still deliver late shows its
            // code to nobody, and the backend closes it at its own deadline.
            Err(Trouble::Problem(ProblemCode::OrderNotFound, _)) => return self.end(place),
            Ok(None) | Err(_) => {
                let Followed { order, version, .. } = self.state.followed[place];
                return self.effect(Effect::Watch { order, version, after: retry });
            }
        };
        if at_end(&order) {
            return self.end(place);
        }
        if self.can_resume(&order) {
            self.state.followed.remove(place);
            return self.resume(order);
        }
        self.state.followed[place].version = order.version;
        match order.collect {
            Collect::Paid => self.watch_on(place, 0),
            Collect::Created
            | Collect::Preparing
            | Collect::Awaiting
            | Collect::Closing
            | Collect::Closed
            | Collect::ManualReview
            | Collect::Unknown => self.want_closed(place, 0),
        }
    }

    fn is_learning(&self) -> bool {
        self.state.followed.iter().any(|followed| followed.wish == Wish::Learn)
    }

    /// A live code, and nobody has begun anything since the start.
    fn can_resume(&self, order: &Order) -> bool {
        let live = order.attempt.as_ref().is_some_and(|attempt| {
            attempt.code.is_some() && attempt.seconds_left.is_some_and(|left| left > 0)
        });
        live && order.collect == Collect::Awaiting
            && self.state.screen.is_at_the_door()
            && self.state.overlay.is_none()
    }

    fn resume(&mut self, order: Order) {
        let channels = &self.state.service.channels;
        let channel = order.attempt.as_ref().map(|attempt| {
            channels.iter().find(|known| known.id == attempt.channel).cloned().unwrap_or_else(|| {
                ChannelInfo { id: attempt.channel.clone(), name: Text::new(), wallets: Vec::new() }
            })
        });
        let pay = Pay {
            origin: Origin::Resumed,
            amount: order.amount_fen,
            order: Some(order.order_id),
            channel,
            stage: PayStage::Opening { since: self.now.at },
            opening: false,
            known: None,
            trouble_since: None,
            notice: None,
        };
        self.state.screen = Screen::Pay(Box::new(pay));
        self.state.last_touch = self.now.at;
        self.order_moved(Asked::Watch, order);
        if let Screen::Pay(pay) = &mut self.state.screen {
            pay.notice = Some(Notice::Resumed);
        }
    }
}
