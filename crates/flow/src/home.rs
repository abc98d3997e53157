//! Home: what the hall's catalogue offers. Nobody is here, or somebody who has not begun.

use powerhall_api::{Personal, Place};

use crate::page::Page;
use crate::{Find, Gate, Ignored, Press, Purpose, Screen, Tile, step::Run};

/// Home holds nothing.
pub(crate) struct AtHome;

impl Page for AtHome {
    fn place(&self) -> Place {
        Place::Home
    }

    fn way_back(&self) -> Option<Press> {
        None
    }

    fn is_at_the_door(&self) -> bool {
        true
    }

    fn press(run: &mut Run<'_>, press: Press) {
        match press {
            // A meter that is paid for in advance is found as any account is; what it is, its line of the quote says.
            Press::PayBill | Press::Recharge => match run.state.gate() {
                Gate::Open => run.state.screen = Find::begin(Purpose::Pay),
                Gate::Unknown => {
                    run.state.screen = Find::begin(Purpose::Pay);
                    run.check_in_now();
                }
                Gate::Closed(reason) => {
                    run.payment_closed(reason);
                    run.check_in_now();
                }
            },
            Press::Shelf(shelf) => run.open_shelf(shelf),
            Press::More => run.open_all_shelves(),
            Press::SeePayments => run.state.screen = Find::begin(Purpose::Payments),
            Press::SeeBills => run.state.screen = Find::begin(Purpose::Bills),
            Press::CheckProgress => run.state.screen = Find::begin(Purpose::Progress),
            _ => run.ignore(Ignored::NotHere),
        }
    }

    /// Whoever holds a bill to the scanner has come to pay it, where and while that is offered.
    fn scanned(run: &mut Run<'_>, text: &Personal) {
        if !run.state.tiles().iter().any(|tile| matches!(tile, Tile::Pay | Tile::Recharge)) {
            return run.ignore(Ignored::NotHere);
        }
        Self::press(run, Press::PayBill);
        if let Screen::Find(_) = run.state.screen {
            Find::scanned(run, text);
        }
    }
}
