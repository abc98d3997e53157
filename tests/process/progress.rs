//! How far an application is: by its own number, by account and phone, and with a phone that does not fit.

use powerhall_api::{LookupRequest, Move, Personal};
use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON, Trouble};

use crate::kit::{holds, is, visit};

#[test]
fn asks_by_both_ways() {
    visit("asks_by_both_ways", 120, |v| {
        let one = v.hall.showcase.application(Move::Customer, false).cloned();
        let one = one.ok_or_else(|| Trouble::Wrong("no application waits for its customer".to_owned()))?;
        let read = v.visitor.find_application(&one.number)?;
        is("its steps beside where it stands", read, vec![Page::Progress])?;
        v.visitor.go_home()?;

        let account = v.account(Situation::HasApplications);
        let request = LookupRequest::AccountPhone {
            account: Personal::from(account.number.as_str()),
            phone_last4: Personal::from(account.phone_last4.as_str()),
        };
        let known = v.books.applications(&request)?.applications.len();
        holds("the account has several applications", known > 1)?;
        v.visitor.find_application_by_account(&account.number, &account.phone_last4)?;
        v.visitor.go_home()
    });
}

#[test]
fn tells_nothing_to_another_phone() {
    visit("tells_nothing_to_another_phone", 120, |v| {
        let account = v.account(Situation::HasApplications);
        let other = if account.phone_last4 == "0000" { "1111" } else { "0000" };
        let found = v.visitor.find_application_by_account(&account.number, other);
        holds("no timeline appears", matches!(found, Err(Trouble::NotSeen { .. })))?;
        // Where the title was, the page says what it says of a number that nobody has; the proof is asked for again.
        let (_, screen) = v.visitor.wait_for(&[Page::FindApplication], SOON)?;
        v.visitor.diary.keep("no application fits", "not-found", &screen)?;
        holds("the proof is asked for", !v.visitor.sees(Page::FindApplication, "Find my number")?)?;
        v.visitor.type_in(Page::Prove, &account.phone_last4)?;
        v.visitor.touch(Page::Prove, "Next")?;
        v.visitor.wait_for(&[Page::Applications], SOON)?;
        v.visitor.go_home()
    });
}
