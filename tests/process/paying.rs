//! Paying: all, some months, another amount, and in another language.

use std::time::Duration;

use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Page, SOON, Trouble};

use crate::kit::{holds, is, visit};

#[test]
fn pays_all() {
    visit("pays_all", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        is("months owed", before.bills.len(), 3)?;
        v.visitor.find_account(&account.number)?;
        is("months on the screen", v.visitor.boxes()?.len(), 3)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        let asked = v.visitor.pay_with_phone(&link)?;
        is("the phone shows", asked, before.total_fen.to_string())?;

        let receipt = v.visitor.wait_until_posted()?;
        holds("the code is gone", !receipt.contains("http"))?;
        holds("the receipt names the amount", receipt.contains(&before.total_fen.to_string()))?;
        let last = account.number.get(10..).unwrap_or_default();
        holds(
            "the receipt names the account, masked",
            receipt.contains(last) && !receipt.contains(&account.number),
        )?;
        v.is_posted_once(order.order_id, before.total_fen.get())?;
        let after = v.books.owed(&account.number)?;
        is("owed after", after.total_fen, Fen::ZERO)?;

        // The next customer finds home, and this account paid.
        v.visitor.touch(Page::Posted, "Finish")?;
        let page = v.visitor.find_account(&account.number)?;
        is("the page", page, Page::NothingOwed)
    });
}

/// The main action of the next page is in the same place, and pays.
#[test]
fn a_double_tap_goes_one_page_on() {
    visit("a_double_tap_goes_one_page_on", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.type_in(Page::FindAccount, &account.number)?;
        v.visitor.strike(Page::FindAccount, "Next", 2)?;
        v.visitor.wait_for(&[Page::Confirm], SOON)?;
        std::thread::sleep(Duration::from_secs(1));
        v.visitor.wait_for(&[Page::Confirm], Duration::ZERO)?;
        is("orders", v.books.open_orders()?.len(), 0)
    });
}

/// An impatient or trembling finger on the two buttons that have to do with money.
#[test]
fn strikes_many_times_and_pays_once() {
    visit("strikes_many_times_and_pays_once", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let owed = v.books.owed(&account.number)?.total_fen;
        v.visitor.find_account(&account.number)?;
        v.visitor.strike(Page::Confirm, "Scan to pay", 5)?;
        let (link, _) = v.visitor.wait_for_code(SOON)?;
        let order = v.open_order()?;
        v.visitor.strike(Page::Showing, "More time", 5)?;
        let (again, _) = v.visitor.wait_for_code(SOON)?;
        is("the code stays", again, link.clone())?;
        is("the one order", v.open_order()?.order_id, order.order_id)?;
        is("the phone shows", v.visitor.pay_with_phone(&link)?, owed.to_string())?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, owed.get())?;
        is("owed after", v.books.owed(&account.number)?.total_fen, Fen::ZERO)
    });
}

#[test]
fn pays_the_oldest_month() {
    visit("pays_the_oldest_month", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        let oldest = &before.bills[0];
        let price =
            Fen::sum([oldest.amount_fen, oldest.late_fee_fen]).map_err(|e| Trouble::Wrong(e.to_string()))?;
        v.visitor.find_account(&account.number)?;
        v.visitor.choose_oldest(1)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        is("the phone shows", v.visitor.pay_with_phone(&link)?, price.to_string())?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, price.get())?;
        let after = v.books.owed(&account.number)?;
        is("the months left", after.bills, before.bills[1..].to_vec())
    });
}

#[test]
fn pays_more_than_is_owed() {
    visit("pays_more_than_is_owed", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let before = v.books.owed(&account.number)?;
        let yuan = before.total_fen.get() / 100 + 50;
        let surplus = yuan * 100 - before.total_fen.get();
        v.visitor.find_account(&account.number)?;
        v.visitor.choose_amount(&yuan.to_string())?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        is("the phone shows", v.visitor.pay_with_phone(&link)?, Fen::new(yuan * 100).to_string())?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, yuan * 100)?;
        let after = v.books.owed(&account.number)?;
        is("owed after", after.total_fen, Fen::ZERO)?;
        is("credit after", after.credit_fen.get(), before.credit_fen.get() + surplus)
    });
}

#[test]
fn pays_in_english_after_a_switch_on_the_code_page() {
    visit("pays_in_english_after_a_switch_on_the_code_page", 120, |v| {
        let account = v.account(Situation::PeakValley);
        let before = v.books.owed(&account.number)?;
        // A number from before the change has ten digits; the kiosk adds the province's three.
        v.visitor.find_account(account.number.get(3..).unwrap_or_default())?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.switch_language(Page::Showing)?;
        let (same, _) = v.visitor.wait_for_code(SOON)?;
        is("the code in English", same, link.clone())?;
        is("still the same order", v.open_order()?.order_id, order.order_id)?;
        v.visitor.pay_with_phone(&link)?;
        let receipt = v.visitor.wait_until_posted()?;
        holds("the receipt speaks English", receipt.contains("Receipt") && receipt.contains("Paid"))?;
        v.is_posted_once(order.order_id, before.total_fen.get())
    });
}
