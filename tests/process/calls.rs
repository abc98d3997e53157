//! A customer calls for the guide: staff sees it at its door, the screen says that somebody comes, and without a backend
//! it says where to go instead.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, Result, SOON};

use crate::kit::{SETTLES, Visit, holds, is, visit};

/// From whatever page this is to the call, and what is seen first of it.
fn call(v: &mut Visit, from: Page, told: Page) -> Result<()> {
    v.visitor.touch(from, "Help")?;
    v.visitor.wait_for(&[Page::Help], SOON)?;
    v.visitor.touch(Page::Help, "Call the guide")?;
    let (_, screen) = v.visitor.wait_for(&[told], SETTLES)?;
    v.visitor.diary.keep("calls for the guide", "called", &screen)
}

#[test]
fn calls_the_guide_who_comes_and_goes() {
    visit("calls_the_guide_who_comes_and_goes", 120, |v| {
        is("nobody has called yet", v.staff(&["calls"]).trim(), "nobody calls")?;
        let account = v.account(Situation::OwesThreeMonths);
        v.visitor.find_account(&account.number)?;
        v.visitor.go_to_code()?;
        let order = v.open_order()?;
        call(v, Page::Showing, Page::Called)?;
        let seen = v.staff(&["calls"]);
        let expected = format!("kiosk-1  step pay, reference {}", order.reference);
        holds(&format!("staff sees the step and the reference in “{seen}”"), seen.contains(&expected))?;
        holds("and not whose it is", !seen.contains(&account.number))?;

        v.staff(&["calls", "take", "kiosk-1"]);
        let (_, screen) = v.visitor.wait_for(&[Page::Coming], SOON)?;
        v.visitor.diary.keep("somebody is on the way", "coming", &screen)?;
        // The payment goes on beside it, and help leads back to the call.
        v.visitor.touch(Page::Coming, "Continue")?;
        v.visitor.wait_for(&[Page::Showing], SOON)?;
        v.visitor.touch(Page::Showing, "Help")?;
        v.visitor.wait_for(&[Page::Coming], SOON)?;
        v.staff(&["calls", "done", "kiosk-1"]);
        v.visitor.wait_for(&[Page::Showing], SOON)?;
        is("nobody calls any more", v.staff(&["calls"]).trim(), "nobody calls")?;
        v.visitor.go_home()?;
        v.until_closed(order.order_id)
    });
}

#[test]
fn is_told_where_to_go_while_nobody_can_be_called() {
    visit("is_told_where_to_go_while_nobody_can_be_called", 120, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.hall.kill_backend()?;
        call(v, Page::Home, Page::NotReached)?;
        // The call was not given up: as soon as the backend is there, staff sees it, once.
        v.hall.start_backend()?;
        v.visitor.wait_for(&[Page::Called], SETTLES)?;
        is("one call", v.staff(&["calls"]).lines().count(), 1)?;
        v.visitor.touch(Page::Called, "Not needed")?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let mut seen = String::new();
        for _ in 0..50 {
            seen = v.staff(&["calls"]);
            if seen.trim() == "nobody calls" {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        is("nobody calls any more", seen.trim(), "nobody calls")?;
        // So that the backend's log has a look-up to be searched for.
        let account = v.account(Situation::OwesThreeMonths);
        v.visitor.find_account(&account.number)?;
        v.visitor.go_home()
    });
}
