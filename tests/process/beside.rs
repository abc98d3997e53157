//! Two kiosks beside each other, one backend: the same bill at both.

use powerhall_api::{Collect, Deliver};
use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Page, SECOND};

use crate::kit::{SETTLES, holds, is, visit};

#[test]
fn the_same_bill_at_two_kiosks_is_paid_once() {
    visit("the_same_bill_at_two_kiosks_is_paid_once", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        let mut second = v.second_visitor()?;
        let second_orders = v.hall.books(SECOND)?;

        // Both see what is owed, both see a code for it.
        v.visitor.find_account(&account.number)?;
        is("the other sees the bill too", second.find_account(&account.number)?, Page::Confirm)?;
        let link = v.visitor.go_to_code()?;
        let other = second.go_to_code()?;
        holds("a code each", link != other)?;
        let order = v.open_order()?;
        let open = second_orders.open_orders()?;
        is("an order each", open.len(), 1)?;
        let late = open[0].order_id;

        // The first pays; the other, who was a moment slower, is asked for the same sum.
        is("the first phone shows", v.visitor.pay_with_phone(&link)?, before.total_fen.to_string())?;
        v.visitor.wait_until_posted()?;
        is("the other phone shows", second.pay_with_phone(&other)?, before.total_fen.to_string())?;
        let (page, screen) = second.wait_for(&[Page::Refunding, Page::Refunded], SETTLES)?;
        second.diary.keep("told calmly: the money goes back", "goes-back", &screen)?;
        if page == Page::Refunding {
            let (_, screen) = second.wait_for(&[Page::Refunded], SETTLES)?;
            second.diary.keep("the money went back", "went-back", &screen)?;
        }

        let settled = second_orders.order_until(late, "refunded", SETTLES, |order| {
            order.collect == Collect::Paid && order.lines.iter().all(|line| line.deliver == Deliver::Refunded)
        })?;
        is("paid at the second kiosk", settled.amount_fen, before.total_fen)?;
        let posted = v.orders.order(order.order_id)?;
        holds("posted at the first", posted.lines.iter().all(|line| line.deliver == Deliver::Posted))?;
        let fen = before.total_fen.get();
        is("postings at billing", v.hall.number("billing.db", "SELECT count(*) FROM postings")?, 1)?;
        is("fen posted", v.hall.number("billing.db", "SELECT sum(amount_fen) FROM postings")?, fen)?;
        is("refunds", v.hall.number("backend.db", "SELECT count(*) FROM refunds")?, 1)?;
        is("fen refunded", v.hall.number("backend.db", "SELECT sum(amount_fen) FROM refunds")?, fen)?;
        let after = v.books.owed(&account.number)?;
        is("owed after", after.total_fen, Fen::ZERO)?;
        is("no credit is made of it", after.credit_fen, before.credit_fen)?;

        second.touch(Page::Refunded, "Finish")?;
        second.wait_for(&[Page::Home], SETTLES).map(drop)
    });
}
