//! Power cuts: the backend or the kiosk dies (SIGKILL) while a code is on the screen. Nothing that the customer was told
//! is lost, no money is lost, no code lives on without being followed.

use std::time::Duration;

use powerhall_api::{Collect, Deliver};
use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON};

use crate::kit::{SETTLES, holds, is, visit};

#[test]
fn the_backend_dies_under_a_code_and_the_customer_pays_after_its_return() {
    visit("the_backend_dies_under_a_code", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;

        v.hall.kill_backend()?;
        // Long enough for the kiosk to notice. It knows nothing new, so it may say nothing new about the money.
        std::thread::sleep(Duration::from_secs(5));
        let (same, screen) = v.visitor.wait_for_code(SOON)?;
        v.visitor.diary.keep("no connection; the code stays", "connecting", &screen)?;
        is("the code", same, link.clone())?;

        v.hall.start_backend()?;
        is("the order is still there", v.orders.order(order.order_id)?.collect, Collect::Awaiting)?;
        v.visitor.pay_with_phone(&link)?;
        let receipt = v.visitor.wait_until_posted()?;
        holds("the receipt names the amount", receipt.contains(&before.total_fen.to_string()))?;
        v.is_posted_once(order.order_id, before.total_fen.get())
    });
}

#[test]
fn the_backend_dies_right_after_the_payment_and_the_money_arrives() {
    visit("the_backend_dies_right_after_the_payment", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.pay_with_phone(&link)?;
        v.hall.kill_backend()?;
        v.hall.start_backend()?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, before.total_fen.get())
    });
}

#[test]
fn the_kiosk_dies_under_a_code_and_takes_it_up_again() {
    visit("the_kiosk_dies_under_a_code", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;

        v.hall.kill_kiosk()?;
        holds("the journal knows the order", v.journal_has(order.order_id, "named")?)?;
        holds("and no end of it", !v.journal_has(order.order_id, "ended")?)?;
        v.hall.start_kiosk()?;
        // Within the code's time the payment goes on, with amount and reference only; the customer may still cancel.
        let (again, screen) = v.visitor.wait_for_code(SOON)?;
        v.visitor.diary.keep("the kiosk is back, with the same code", "resumed", &screen)?;
        is("the code", &again, &link)?;
        v.visitor.touch(Page::Showing, "Cancel")?;
        let (_, screen) = v.visitor.wait_for(&[Page::NothingTaken], SOON)?;
        v.visitor.diary.keep("cancels; nothing was taken", "nothing-taken", &screen)?;
        v.until_closed(order.order_id)?;
        holds("the old code cannot be paid", !v.visitor.phone.pay_old_page(&link)?.can_pay())?;
        v.visitor.go_home()?;

        // The journal learns the end from the backend's answer, a moment later.
        let mut ended = false;
        for _ in 0..5 {
            std::thread::sleep(Duration::from_secs(1));
            v.hall.kill_kiosk()?;
            ended = v.journal_has(order.order_id, "ended")?;
            if ended {
                break;
            }
            v.hall.start_kiosk()?;
        }
        holds("the journal knows the end", ended)?;
        is("owed after", v.books.owed(&account.number)?.bills, before.bills)
    });
}

#[test]
fn the_kiosk_dies_and_the_customer_pays_meanwhile() {
    visit("the_kiosk_dies_and_the_customer_pays", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let before = v.books.owed(&account.number)?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;

        v.hall.kill_kiosk()?;
        v.visitor.pay_with_phone(&link)?;
        v.hall.start_kiosk()?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        // Paid in time, so it is on the account; the kiosk's return must not undo it.
        let order = v.orders.order_until(order.order_id, "at its end", SETTLES, |order| {
            order.collect == Collect::Paid && order.lines.iter().all(|line| line.deliver == Deliver::Posted)
        })?;
        v.is_posted_once(order.order_id, before.total_fen.get())
    });
}

#[test]
fn payment_is_closed_while_the_backend_is_away_and_opens_by_itself() {
    visit("payment_is_closed_while_the_backend_is_away", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.hall.kill_backend()?;
        // The kiosk asks every five seconds; until it knows, the page for the number appears.
        std::thread::sleep(Duration::from_secs(7));
        v.visitor.touch(Page::Home, "Pay a bill")?;
        let (_, screen) = v.visitor.wait_for(&[Page::PaymentClosed], SOON)?;
        v.visitor.diary.keep("payment is closed; says why and where else to pay", "closed", &screen)?;

        v.hall.start_backend()?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;
        let page = v.visitor.find_account(&account.number)?;
        is("the page", page, Page::Confirm)
    });
}
