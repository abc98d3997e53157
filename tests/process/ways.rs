//! Paying in every way to use the machine, all of it by touch: large text, strong contrast, buttons low, another
//! language, and all at once. The customer begins where everybody does and chooses the way at home.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Colours, Language, Look, Page, Result, SOON};

use crate::kit::{Visit, holds, is, visit};

const FIRST: Look = Look::FIRST;

fn pays(v: &mut Visit, look: Look) -> Result<()> {
    let account = v.account(Situation::OwesThreeMonths);
    let before = v.books.owed(&account.number)?;
    v.visitor.choose_look(look)?;
    is("what is owed is on the page", v.visitor.find_account(&account.number)?, Page::Confirm)?;
    let link = v.visitor.go_to_code()?;
    is("the look of the code's page", v.visitor.look, look)?;
    let order = v.open_order()?;
    is("the phone shows", v.visitor.pay_with_phone(&link)?, before.total_fen.to_string())?;
    let receipt = v.visitor.wait_until_posted()?;
    is("the look of the result", v.visitor.look, look)?;
    holds("the receipt names the amount", receipt.contains(&before.total_fen.to_string()))?;
    v.is_posted_once(order.order_id, before.total_fen.get())?;
    // Who wants something else too does not choose again.
    v.visitor.touch(Page::Posted, "Finish")?;
    v.visitor.wait_for(&[Page::Home], SOON)?;
    is("the look of home", v.visitor.look, look)
}

#[test]
fn pays_in_large_text_and_asks_about_an_application() {
    visit("pays_in_large_text_and_asks_about_an_application", 120, |v| {
        let large = Look { large: true, ..FIRST };
        pays(v, large)?;
        let account = v.account(Situation::HasApplications);
        let read = v.visitor.find_application_by_account(&account.number, &account.phone_last4)?;
        is("where the steps are read", read, vec![Page::Progress, Page::Steps])?;
        is("the look of the timeline", v.visitor.look, large)
    });
}

#[test]
fn pays_more_than_is_owed_in_large_english() {
    let look = Look { large: true, language: Language::English, ..FIRST };
    visit("pays_more_than_is_owed_in_large_english", 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let more = v.books.owed(&account.number)?.total_fen.get() + 10_000;
        v.visitor.choose_look(look)?;
        v.visitor.find_account(&account.number)?;
        v.visitor.choose_amount(&format!("{}.{:02}", more / 100, more % 100))?;
        // What becomes of the surplus takes the room of the months.
        is("where the months are", v.visitor.go_to_months()?, Page::Months)?;
        is("months on the screen", v.visitor.boxes()?.len(), 3)?;
        v.visitor.go_back_to_the_sum(Page::Months)?;
        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.pay_with_phone(&link)?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, more)
    });
}

#[test]
fn pays_in_large_english() {
    let look = Look { large: true, language: Language::English, ..FIRST };
    visit("pays_in_large_english", 120, |v| pays(v, look));
}

#[test]
fn pays_light_on_dark() {
    visit("pays_light_on_dark", 120, |v| pays(v, Look { colours: Colours::Dark, ..FIRST }));
}

#[test]
fn pays_dark_on_light() {
    visit("pays_dark_on_light", 120, |v| pays(v, Look { colours: Colours::Light, ..FIRST }));
}

#[test]
fn pays_with_the_buttons_low() {
    visit("pays_with_the_buttons_low", 120, |v| pays(v, Look { low: true, ..FIRST }));
}

#[test]
fn pays_in_every_way_at_once() {
    let look = Look { large: true, colours: Colours::Dark, low: true, language: Language::English };
    visit("pays_in_every_way_at_once", 120, |v| pays(v, look));
}
