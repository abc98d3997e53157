//! Business fees, by the number of their application: one that is due is paid like a bill, and one that was abolished goes back
//! at the cashier's.

use powerhall_billing::demo::ShowApplication;
use powerhall_visitor::{Key, Page, Result, SOON, Trouble};

use crate::kit::{holds, is, visit};

fn some(found: Option<&ShowApplication>) -> Result<ShowApplication> {
    found.cloned().ok_or_else(|| Trouble::Wrong("the showcase has no such application".to_owned()))
}

#[test]
fn pays_a_fee_by_application_number() {
    visit("pays_a_fee_by_application_number", 120, |v| {
        let one = some(v.hall.showcase.fee_due())?;
        v.visitor.find_application(&one.number)?;
        let link = v.visitor.go_to_fees_code()?;
        let order = v.open_order()?;
        is("the fee", order.amount_fen.get(), one.fee_fen)?;
        v.visitor.pay_with_phone(&link)?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, one.fee_fen)?;
        v.visitor.go_home()?;
        v.visitor.find_application(&one.number)?;
        holds("nothing is due any more", !v.visitor.sees(Page::Progress, "Pay the fee")?)?;
        v.visitor.go_home()
    });
}

/// Heard by ear, for that is how a test can read what is said.
#[test]
fn hears_that_a_fee_goes_back_and_where() {
    visit("hears_that_a_fee_goes_back_and_where", 120, |v| {
        let one = some(v.hall.showcase.refund())?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let mut ears = v.hall.listener()?;
        ears.press(Key::Down)?;
        ears.choose("查办理进度")?;
        ears.type_in(&one.number)?;
        let told = ears.choose("下一步")?;
        holds(&format!("it says that money goes back: “{told}”"), told.contains("可退"))?;
        let (_, screen) = v.visitor.wait_for(&[Page::Progress], SOON)?;
        v.visitor.diary.keep("hears that a fee goes back", "refund", &screen)?;
        let details = ears.open_details()?;
        holds(&format!("how far that is: “{details}”"), details.contains("可以领取"))?;
        holds(&format!("and where: “{details}”"), details.contains("1 号收费柜台"))?;
        let (_, screen) = v.visitor.wait_for(&[Page::Details], SOON)?;
        v.visitor.diary.keep("hears what to bring where", "details", &screen)?;
        v.visitor.go_home()
    });
}
