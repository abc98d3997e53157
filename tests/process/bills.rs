//! What was billed: a look aside on the way to paying, after which everything is still chosen as it was.

use powerhall_billing::demo::Situation;
use powerhall_visitor::Page;

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
