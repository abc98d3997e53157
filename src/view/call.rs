//! The call for the guide: how far it has got, and what whoever comes is shown.

use powerhall_api::Place;
use powerhall_flow::{CallStage, State};

use crate::ui;

pub(super) fn call(state: &State) -> ui::CallView {
    let Some(call) = &state.call else { return ui::CallView::default() };
    ui::CallView {
        stage: match call.stage {
            CallStage::Calling => ui::CallStage::Calling,
            CallStage::Called => ui::CallStage::Called,
            CallStage::Taken => ui::CallStage::Taken,
            CallStage::Unreachable { .. } => ui::CallStage::Unreachable,
        },
        // The page that is open now, not the one that was left for the call.
        place: place(state.screen.place()),
        reference: state.screen.reference().unwrap_or_default().into(),
    }
}

const fn place(place: Place) -> ui::Place {
    match place {
        Place::Home | Place::Other => ui::Place::Home,
        Place::FindAccount => ui::Place::FindAccount,
        Place::Prove => ui::Place::Prove,
        Place::Accounts => ui::Place::Accounts,
        Place::NoNumber => ui::Place::NoNumber,
        Place::Confirm => ui::Place::Confirm,
        Place::Basket => ui::Place::Basket,
        Place::Recharge => ui::Place::Recharge,
        Place::OtherAmount => ui::Place::OtherAmount,
        Place::Bills => ui::Place::Bills,
        Place::Bill => ui::Place::Bill,
        Place::Pay => ui::Place::Pay,
        Place::Finished => ui::Place::Finished,
        Place::FindApplication => ui::Place::FindApplication,
        Place::Progress => ui::Place::Progress,
        Place::Application => ui::Place::Application,
        Place::CallBack => ui::Place::CallBack,
        Place::Fees => ui::Place::Fees,
        Place::FindBills => ui::Place::FindBills,
        Place::FindPayments => ui::Place::FindPayments,
        Place::Payments => ui::Place::Payments,
        Place::Payment => ui::Place::Payment,
        Place::Information => ui::Place::Information,
        Place::Calculator => ui::Place::Calculator,
        Place::Outages => ui::Place::Outages,
        Place::PaymentClosed => ui::Place::PaymentClosed,
    }
}
