//! Several accounts with one code; a supply that comes back; a meter that gets its money, or does not.

use powerhall_api::{Collect, Deliver};
use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Page, Result};
use uuid::Uuid;

use crate::kit::{SETTLES, Visit, holds, is, visit};

/// Every line of the order is on its account; gives what each came to.
fn posted(v: &Visit, id: Uuid) -> Result<Vec<Fen>> {
    let order = v.orders.order_until(id, "posted", SETTLES, |order| {
        order.collect == Collect::Paid && order.lines.iter().all(|line| line.deliver == Deliver::Posted)
    })?;
    Ok(order.lines.iter().map(|line| line.amount_fen).collect())
}

#[test]
fn pays_two_accounts_at_once() {
    visit("pays_two_accounts_at_once", 120, |v| {
        let (first, second) = (v.account(Situation::OwesThreeMonths), v.account(Situation::OwesOneMonth));
        let owed = [v.books.owed(&first.number)?.total_fen, v.books.owed(&second.number)?.total_fen];
        v.visitor.find_account(&first.number)?;
        v.visitor.add_account(&second.number)?;
        let link = v.visitor.go_to_code_from(Page::Basket)?;
        let order = v.open_order()?;
        let asked = v.visitor.pay_with_phone(&link)?;
        is("the phone shows", asked, Fen::new(owed[0].get() + owed[1].get()).to_string())?;
        v.visitor.wait_until_posted()?;
        is("what each account got", posted(v, order.order_id)?, owed.to_vec())?;
        is("postings at billing", v.hall.number("billing.db", "SELECT count(*) FROM postings")?, 2)?;
        is("refunds", v.hall.number("backend.db", "SELECT count(*) FROM refunds")?, 0)?;
        for account in [&first, &second] {
            is("owed after", v.books.owed(&account.number)?.total_fen, Fen::ZERO)?;
        }
        Ok(())
    });
}

#[test]
fn pays_the_minimum_and_sees_the_supply_come_back() {
    visit("pays_the_minimum_and_sees_the_supply_come_back", 120, |v| {
        let account = v.account(Situation::CutOff);
        let before = v.books.owed(&account.number)?;
        let least = before.cut_off.as_ref().map(|cut_off| cut_off.reconnect_fen).unwrap_or_default();
        holds("a part is enough", least.is_positive() && least < before.total_fen)?;
        v.visitor.find_account(&account.number)?;
        v.visitor.choose_minimum()?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        is("the phone shows", v.visitor.pay_with_phone(&link)?, least.to_string())?;
        v.visitor.wait_for_what_follows(&[Page::Reconnected])?;
        is("what was posted", posted(v, order.order_id)?, vec![least])?;
        holds("the supply is back", v.books.owed(&account.number)?.cut_off.is_none())
    });
}

#[test]
fn recharges_and_sees_it_arrive() {
    visit("recharges_and_sees_it_arrive", 120, |v| {
        let account = v.account(Situation::Prepaid);
        is("the page", v.visitor.find_account(&account.number)?, Page::Recharge)?;
        v.visitor.choose_preset("¥100.00")?;
        let link = v.visitor.go_to_code_from(Page::Recharge)?;
        let order = v.open_order()?;
        is("the phone shows", v.visitor.pay_with_phone(&link)?, "¥100.00".to_owned())?;
        v.visitor.wait_for_what_follows(&[Page::Recharged])?;
        is("what was sent", posted(v, order.order_id)?, vec![Fen::new(10_000)])
    });
}

#[test]
fn a_recharge_that_fails_says_what_now_and_blocks_the_next() {
    visit("a_recharge_that_fails_says_what_now_and_blocks_the_next", 120, |v| {
        let account = v.account(Situation::PrepaidFails);
        is("the page", v.visitor.find_account(&account.number)?, Page::Recharge)?;
        v.visitor.choose_preset("¥100.00")?;
        let link = v.visitor.go_to_code_from(Page::Recharge)?;
        v.visitor.pay_with_phone(&link)?;
        v.visitor.wait_for_what_follows(&[Page::NotRecharged])?;
        v.visitor.go_home()?;
        // The money is in the system and not at the meter: no more of it until a person has looked.
        is("the page", v.visitor.find_account(&account.number)?, Page::Blocked)
    });
}

#[test]
fn a_blocked_meter_takes_no_money() {
    visit("a_blocked_meter_takes_no_money", 120, |v| {
        let account = v.account(Situation::PrepaidBlocked);
        is("the page", v.visitor.find_account(&account.number)?, Page::Blocked)?;
        holds("no way to pay", !v.visitor.sees(Page::Blocked, "Scan to pay")?)?;
        v.visitor.touch(Page::Blocked, "Check again")?;
        v.visitor.wait_for(&[Page::Blocked], powerhall_visitor::SOON)?;
        is("orders", v.hall.number("backend.db", "SELECT count(*) FROM orders")?, 0)
    });
}
