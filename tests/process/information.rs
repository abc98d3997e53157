//! What the hall publishes: three touches from home, and still there while the backend is away.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON};

use crate::kit::{below_header, holds, is, visit};

const GUIDE: [&str; 3] = ["办事指南", "新装用电", "低压新装（居民）"];

#[test]
fn reads_a_guide_also_while_the_backend_is_away() {
    visit("reads_a_guide_also_while_the_backend_is_away", 120, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let before = v.visitor.read(GUIDE)?;
        v.visitor.go_home()?;

        // A kiosk that starts without a backend has only what it kept of an earlier day.
        v.hall.kill_backend()?;
        v.hall.kill_kiosk()?;
        v.hall.start_kiosk()?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let after = v.visitor.read(GUIDE)?;
        holds("the copy says of which day it is", below_header(&before) != below_header(&after))?;
        v.visitor.go_home()?;
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::PaymentClosed], SOON)?;

        v.hall.start_backend()?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;
        let account = v.account(Situation::OwesOneMonth);
        let page = v.visitor.find_account(&account.number)?;
        is("payment is open again", page, Page::Confirm)
    });
}
