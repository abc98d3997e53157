//! Home: what the hall's catalogue offers. Nobody is here, or somebody who has not begun.

use powerhall_api::Place;

use crate::page::Page;
use crate::{FindAccount, FindApplication, Gate, Ignored, Press, Screen, step::Run};

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
            Press::PayBill => match run.state.gate() {
                Gate::Open => run.state.screen = Screen::FindAccount(FindAccount::default()),
                Gate::Unknown => {
                    run.state.screen = Screen::FindAccount(FindAccount::default());
                    run.check_in_now();
                }
                Gate::Closed(reason) => {
                    run.payment_closed(reason);
                    run.check_in_now();
                }
            },
            Press::Shelf(shelf) => run.open_shelf(shelf),
            Press::More => run.open_all_shelves(),
            Press::CheckProgress => run.state.screen = Screen::FindApplication(FindApplication::default()),
            _ => run.ignore(Ignored::NotHere),
        }
    }
}
