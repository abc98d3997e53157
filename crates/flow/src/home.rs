//! Home: what the hall's catalogue offers. Nobody is here, or somebody who has not begun.

use powerhall_api::{Personal, Place};

use crate::page::Page;
use crate::{Find, Gate, Ignored, Journey, Press, Purpose, Screen, Tile, step::Run};

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
            Press::Begin(journey) => Self::begin(run, journey),
            Press::Shelf(shelf) => run.open_shelf(shelf),
            Press::More => run.open_all_shelves(),
            _ => run.ignore(Ignored::NotHere),
        }
    }

    /// Whoever holds a bill to the scanner has come to pay it, where and while that is offered.
    fn scanned(run: &mut Run<'_>, text: &Personal) {
        if !run
            .state
            .tiles()
            .iter()
            .any(|tile| matches!(tile, Tile::Journey(Journey::Pay | Journey::Recharge)))
        {
            return run.ignore(Ignored::NotHere);
        }
        Self::begin(run, Journey::Pay);
        if let Screen::Find(_) = run.state.screen {
            Find::scanned(run, text);
        }
    }
}

impl AtHome {
    /// Begins a journey, from home or from the list of those that home has no room for.
    pub(crate) fn begin(run: &mut Run<'_>, journey: Journey) {
        match journey {
            // A meter that is paid for in advance is found as any account is; what it is, its line of the quote says.
            Journey::Pay | Journey::Recharge => match run.state.gate() {
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
            Journey::Payments => run.state.screen = Find::begin(Purpose::Payments),
            Journey::Bills => run.state.screen = Find::begin(Purpose::Bills),
            Journey::Progress => run.state.screen = Find::begin(Purpose::Progress),
        }
    }
}
