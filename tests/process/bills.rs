//! What was billed: a look aside on the way to paying, after which everything is still chosen as it was; and for itself,
//! also while nothing can be paid.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON, in_seconds};

use crate::kit::{below_header, holds, is, visit};

#[test]
fn reads_a_bill_and_pays_on() {
    visit("reads_a_bill_and_pays_on", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let page = v.visitor.find_account(&account.number)?;
        is("it owes something", page, Page::Confirm)?;
        v.visitor.choose_oldest(1)?;
        let (_, before) = v.visitor.pages()?;
        v.visitor.read_bills(Page::Confirm)?;
        let (_, after) = v.visitor.pages()?;
        holds("the same month is chosen as before", below_header(&before) == below_header(&after))?;
        v.visitor.go_home()
    });
}

#[test]
fn reads_a_bill_though_nothing_is_owed() {
    visit("reads_a_bill_though_nothing_is_owed", 120, |v| {
        let account = v.account(Situation::OwesNothing);
        let page = v.visitor.find_account(&account.number)?;
        is("nothing is owed", page, Page::NothingOwed)?;
        v.visitor.read_bills(Page::NothingOwed)?;
        v.visitor.go_home()
    });
}

#[test]
fn looks_at_bills_while_payments_are_suspended() {
    visit("looks_at_bills_while_payments_are_suspended", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let until = in_seconds(600);
        let made = v.staff(&["suspend", "add", "--until", &until, "--reason", "upgrade", "--payment-only"]);
        holds(&format!("made: {made}"), made.contains("系统升级"))?;
        // Home says so as soon as the kiosk has heard of it.
        std::thread::sleep(std::time::Duration::from_secs(8));
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::PaymentClosed], SOON)?;
        v.visitor.go_home()?;
        v.visitor.look_at_bills(&account.number)
    });
}
