//! Finding whom it is about: by a phone and the end of the identity number, by an identity number and a code, by a bill
//! held before the scanner, and after a look at where the number is. Nothing is told to whoever cannot prove it.

use std::time::Instant;

use powerhall_billing::demo::{ShowAccount, Situation};
use powerhall_visitor::{Page, Picture, Result, SOON, Trouble, last_code};

use crate::kit::{Visit, below_header, holds, is, visit};

/// The last four characters of somebody's identity number.
fn id_last4(account: &ShowAccount) -> Result<&str> {
    let id = account.id_number.as_deref();
    let last4 = id.and_then(|id| id.get(id.len().saturating_sub(4)..));
    last4.ok_or_else(|| Trouble::Wrong("a person without an identity number".to_owned()))
}

/// What is paid by somebody who has come as far as what is owed.
fn pay_all(v: &mut Visit, account: &ShowAccount) -> Result<()> {
    let before = v.books.owed(&account.number)?;
    let link = v.visitor.go_to_code()?;
    let order = v.open_order()?;
    let asked = v.visitor.pay_with_phone(&link)?;
    is("the phone shows", asked, before.total_fen.to_string())?;
    v.visitor.wait_until_posted()?;
    v.is_posted_once(order.order_id, before.total_fen.get())
}

#[test]
fn pays_by_phone_and_the_end_of_the_identity_number() {
    visit("pays_by_phone_and_the_end_of_the_identity_number", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let home = v.whole_home()?;
        v.visitor.find_person(&account.phone)?;
        let page = v.visitor.prove(id_last4(&account)?)?;
        let page = if page == Page::Accounts { choose_first(v)? } else { page };
        is("the page", page, Page::Confirm)?;
        pay_all(v, &account)?;
        v.visitor.go_home()?;
        let (_, after) = v.visitor.wait_for(&[Page::Home], SOON)?;
        holds("home as if nobody had been there", below_header(&home) == below_header(&after))
    });
}

fn choose_first(v: &mut Visit) -> Result<Page> {
    let &first = v
        .visitor
        .rows(Page::Accounts)?
        .first()
        .ok_or_else(|| Trouble::Wrong("a list without accounts".to_owned()))?;
    v.visitor.point(first)?;
    Ok(v.visitor.wait_for(&[Page::Confirm, Page::NothingOwed], SOON)?.0)
}

#[test]
fn chooses_one_of_several_accounts() {
    visit("chooses_one_of_several_accounts", 120, |v| {
        let account = v.account(Situation::ThirdOfThree);
        v.visitor.find_person(&account.phone)?;
        is("the page", v.visitor.prove(id_last4(&account)?)?, Page::Accounts)?;
        is("accounts of this person", v.visitor.rows(Page::Accounts)?.len(), 3)?;
        // All of them at once, and back to one.
        v.visitor.pay_for_several()?;
        v.visitor.touch(Page::Basket, "Back")?;
        v.visitor.wait_for(&[Page::Accounts], SOON)?;
        choose_first(v).map(drop)
    });
}

#[test]
fn pays_by_identity_number_and_a_code() {
    visit("pays_by_identity_number_and_a_code", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        let id = account.id_number.clone().unwrap_or_default();
        v.visitor.find_person(&id)?;
        v.visitor.ask_for_code()?;
        let page = v.visitor.prove(&last_code(&v.hall.file("sms.log"))?)?;
        let page = if page == Page::Accounts { choose_first(v)? } else { page };
        is("the page", page, Page::Confirm)?;
        pay_all(v, &account)
    });
}

#[test]
fn scans_a_bill_and_pays_it() {
    visit("scans_a_bill_and_pays_it", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.visitor.display.give_keyboard()?;
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        let (_, empty) = v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.display.scan("https://www.example.com/")?;
        let told = see_change(v, Page::FindAccount, &empty)?;
        v.visitor.diary.keep("holds something else to the scanner, and is told so", "no-bill", &told)?;
        v.visitor.display.scan(&format!("http://bill.example.com/p?u={}&t=20261130", account.number))?;
        let (_, screen) = v.visitor.wait_for(&[Page::Confirm], SOON)?;
        v.visitor.diary.keep("holds a bill to the scanner and sees what is owed", "scanned", &screen)?;
        pay_all(v, &account)?;
        v.visitor.go_home()?;

        // From home too, and nothing of it switches the voice on.
        v.visitor.display.scan(&account.number)?;
        v.visitor.wait_for(&[Page::NothingOwed], SOON)?;
        let heard = std::fs::read_to_string(v.hall.file("heard.log")).unwrap_or_default();
        is("the voice is silent", heard, String::new())
    });
}

/// Waits until a page looks different.
fn see_change(v: &mut Visit, page: Page, before: &Picture) -> Result<Picture> {
    let end = Instant::now() + SOON;
    loop {
        let (_, screen) = v.visitor.wait_for(&[page], SOON)?;
        if below_header(&screen) != below_header(before) {
            return Ok(screen);
        }
        if Instant::now() > end {
            return Err(Trouble::Wrong(format!("{page:?} stays as it was")));
        }
    }
}

#[test]
fn looks_where_the_number_is_and_pays() {
    visit("looks_where_the_number_is_and_pays", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.touch(Page::FindAccount, "Find my number")?;
        let (_, screen) = v.visitor.wait_for(&[Page::NoNumber], SOON)?;
        v.visitor.diary.keep("sees where on a bill the number is", "no-number", &screen)?;
        v.visitor.touch(Page::NoNumber, "Phone or ID number")?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;
        is("the page", v.visitor.find_account(&account.number)?, Page::Confirm)
    });
}

/// A phone that nobody has and a proof that does not fit look the same, to the pixel.
#[test]
fn a_wrong_proof_says_what_an_unknown_number_says() {
    visit("a_wrong_proof_says_what_an_unknown_number_says", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let wrong = if id_last4(&account)? == "0000" { "1111" } else { "0000" };
        let mut seen = Vec::new();
        for phone in [account.phone.as_str(), "15499999999"] {
            v.visitor.find_person(phone)?;
            let page = v.visitor.prove(wrong)?;
            is("still to be proved", page, Page::Prove)?;
            let (_, screen) = v.visitor.wait_for(&[Page::Prove], SOON)?;
            seen.push(below_header(&screen));
            v.visitor.go_home()?;
        }
        holds("both look the same", seen[0] == seen[1])
    });
}
