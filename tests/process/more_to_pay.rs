//! Several accounts with one code.

use powerhall_api::{Collect, Deliver};
use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Page, Result};
use uuid::Uuid;

use crate::kit::{SETTLES, Visit, is, visit};

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
