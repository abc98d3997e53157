//! The demonstration: a customer pays a bill, two others ask how far their applications are, a fourth reads up on one. All of it on the real
//! screen; and the account's arrears before and after, from the backend's books.

use powerhall_api::Move;
use powerhall_billing::demo::{Showcase, Situation};
use powerhall_money::Fen;

use crate::{Books, Page, Result, Trouble, Visitor};

/// Accounts that owe something, in the order in which they are tried.
const DEBTORS: [Situation; 4] =
    [Situation::OwesThreeMonths, Situation::PeakValley, Situation::OwesOneMonth, Situation::RareCharacter];

/// How a home gets its supply: tile, group, sheet.
pub(crate) const GUIDE: [&str; 3] = ["How to apply", "New supply", "New low-voltage supply (home)"];

/// Walks the journeys; an error as soon as anything is not as it should be.
pub fn demo(visitor: &mut Visitor, books: &Books, showcase: &Showcase) -> Result<()> {
    visitor.go_home()?;
    pay(visitor, books, showcase)?;
    ask_by_number(visitor, showcase)?;
    ask_by_account(visitor, showcase)?;
    visitor.diary.note("— what to bring for a new supply, in English —");
    visitor.read(GUIDE)?;
    visitor.go_home()
}

fn pay(visitor: &mut Visitor, books: &Books, showcase: &Showcase) -> Result<()> {
    visitor.diary.note("— pay a bill —");
    let mut debtor = None;
    for account in DEBTORS.iter().filter_map(|situation| showcase.account(*situation)) {
        let line = books.owed(&account.number)?;
        if line.total_fen.is_positive() {
            debtor = Some((account, line));
            break;
        }
    }
    let (account, before) = debtor.ok_or_else(|| {
        Trouble::Wrong("every account of the demonstration is paid; start it on new demo data".to_owned())
    })?;

    if visitor.find_account(&account.number)? != Page::Confirm {
        return Err(Trouble::Wrong(
            "the screen says that nothing is owed; the books say otherwise".to_owned(),
        ));
    }
    let link = visitor.go_to_code()?;
    visitor.switch_language(Page::Showing)?;
    visitor.switch_language(Page::Showing)?;
    let (again, _) = visitor.wait_for_code(crate::SOON)?;
    if again != link {
        return Err(Trouble::Wrong("another language, another code".to_owned()));
    }
    let asked = visitor.pay_with_phone(&link)?;
    if asked != before.total_fen.to_string() {
        return Err(Trouble::Wrong(format!("the phone was asked for {asked}, owed is {}", before.total_fen)));
    }
    let receipt = visitor.wait_until_posted()?;
    for line in receipt.lines() {
        visitor.diary.note(&format!("    receipt: {line}"));
    }
    if !receipt.contains(&asked) {
        return Err(Trouble::Wrong(format!("the receipt does not say {asked}")));
    }
    visitor.go_home()?;

    let after = books.owed(&account.number)?;
    visitor.diary.note(&format!("arrears before {}, after {}", before.total_fen, after.total_fen));
    if after.total_fen != Fen::ZERO {
        return Err(Trouble::Wrong("the account should owe nothing now".to_owned()));
    }
    Ok(())
}

fn ask_by_number(visitor: &mut Visitor, showcase: &Showcase) -> Result<()> {
    visitor.diary.note("— my application, by its number —");
    let application = showcase.application(Move::Customer, false);
    let application =
        application.ok_or_else(|| Trouble::Wrong("no application waits for its customer".to_owned()))?;
    visitor.find_application(&application.number)?;
    visitor.go_home()
}

fn ask_by_account(visitor: &mut Visitor, showcase: &Showcase) -> Result<()> {
    visitor.diary.note("— my application, by account and phone, in English —");
    let application = showcase.application(Move::Company, true);
    let application = application.ok_or_else(|| Trouble::Wrong("no application is overdue".to_owned()))?;
    visitor.switch_language(Page::Home)?;
    visitor.find_application_by_account(&application.account, &application.phone_last4)?;
    visitor.go_home()
}
