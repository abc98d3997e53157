//! Payment is closed, and why.

use powerhall_api::ClosedReason;
use powerhall_flow::Screen;

use super::{Scene, Shown};
use crate::ui::{self, Api};

pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let Screen::PaymentClosed(reason) = &scene.state.screen else { return None };
    api.set_closed(closed(*reason));
    Some(ui::Screen::PaymentClosed.into())
}

const fn closed(reason: ClosedReason) -> ui::Closed {
    match reason {
        ClosedReason::Billing => ui::Closed::Billing,
        ClosedReason::Channel => ui::Closed::Channel,
        ClosedReason::Journal => ui::Closed::Journal,
        ClosedReason::Backend => ui::Closed::Backend,
        ClosedReason::Suspended => ui::Closed::Suspended,
        ClosedReason::Other => ui::Closed::Other,
    }
}
