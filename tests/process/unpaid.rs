//! Not paying: declined on the phone, cancelled on the screen, left alone until the time is over. Nothing is taken, no
//! live code is left behind.

use std::time::Duration;

use powerhall_api::Collect;
use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON};

use crate::kit::{holds, is, visit};

#[test]
fn declines_on_the_phone_and_walks_away() {
    visit("declines_on_the_phone_and_walks_away", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        let page = v.visitor.phone.open(&link)?;
        let declined = v.visitor.phone.decline(&page)?;
        holds("a declined payment can still be paid", declined.can_pay())?;
        is("the code stays", v.visitor.wait_for_code(SOON)?.0, link.clone())?;
        is("the order waits", v.orders.order(order.order_id)?.collect, Collect::Awaiting)?;

        v.visitor.go_home()?;
        v.until_closed(order.order_id)?;
        holds("the old code cannot be paid", !v.visitor.phone.open(&link)?.can_pay())?;
        is("owed after", v.books.owed(&account.number)?.bills, before.bills)
    });
}

#[test]
fn cancels_and_pays_with_a_new_code() {
    visit("cancels_and_pays_with_a_new_code", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.cancel()?;
        // Back at the choice means: proved closed.
        is("the order", v.orders.order(order.order_id)?.collect, Collect::Closed)?;
        let late = v.visitor.phone.pay_old_page(&link)?;
        holds(
            "a page that was open before cannot pay any more",
            !late.can_pay() && late.heading().contains("关闭"),
        )?;
        v.until_closed(order.order_id)?;

        let again = v.visitor.go_to_code()?;
        holds("a new code", again != link)?;
        let second = v.open_order()?;
        holds("a new order", second.order_id != order.order_id)?;
        v.visitor.pay_with_phone(&again)?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(second.order_id, before.total_fen.get())
    });
}

#[test]
fn lets_the_time_run_out_and_pays_with_a_new_code() {
    visit("lets_the_time_run_out_and_pays_with_a_new_code", 30, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        let (_, screen) = v.visitor.wait_for(&[Page::NothingTaken], Duration::from_secs(60))?;
        v.visitor.diary.keep("the time is over, nothing was taken", "expired", &screen)?;
        is("no code on the screen", v.visitor.phone.scan(&screen)?, String::new())?;
        v.until_closed(order.order_id)?;
        holds("the old code cannot be paid", !v.visitor.phone.pay_old_page(&link)?.can_pay())?;

        v.visitor.touch(Page::NothingTaken, "New code")?;
        let (again, _) = v.visitor.wait_for_code(SOON)?;
        holds("a new code", again != link)?;
        v.visitor.pay_with_phone(&again)?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, before.total_fen.get())
    });
}
