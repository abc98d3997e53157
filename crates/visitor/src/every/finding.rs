//! Finding whom it is about, in every way; and the ways to use the machine.

use std::time::Duration;

use powerhall_billing::demo::Situation;

use super::{Hall, must_be};
use crate::demo::GUIDE;
use crate::sms::last_code;
use crate::{Look, Page, Result, SOON, Trouble};

/// A code that nobody pays is over after this at the latest.
const LAPSES: Duration = Duration::from_secs(180);

impl Hall<'_> {
    /// By a phone number and the end of the identity number; by an identity number and a code; by a bill; and where the
    /// number is on one.
    pub(super) fn finds(&mut self) -> Result<()> {
        self.visitor.diary.note("— 1 find me —");
        let account = self.account(Situation::ThirdOfThree)?;
        let id = account.id_number.clone().unwrap_or_default();
        self.visitor.find_person(&account.phone)?;
        let page = self.visitor.prove(id.get(id.len().saturating_sub(4)..).unwrap_or_default())?;
        must_be(page, Page::Accounts)?;
        self.visitor.pay_for_several()?;
        self.visitor.go_home()?;
        self.visitor.touch(Page::Home, "Pay a bill")?;
        self.visitor.wait_for(&[Page::FindAccount], SOON)?;
        self.visitor.touch(Page::FindAccount, "Find my number")?;
        self.sees(Page::NoNumber, "looks where the number is on a bill", "no-number")?;
        self.visitor.go_home()?;
        self.scans_a_bill()?;
        self.finds_by_code_and_does_not_pay()
    }

    /// Held to the scanner on home.
    fn scans_a_bill(&mut self) -> Result<()> {
        let account = self.account(Situation::OwesNothing)?;
        self.visitor.wait_for(&[Page::Home], SOON)?;
        self.visitor.display.give_keyboard()?;
        let bill = format!("http://bill.example.com/p?u={}&t=20261130", account.number);
        self.visitor.display.scan(&bill)?;
        self.sees(Page::NothingOwed, "holds a bill to the scanner: nothing is owed", "scanned")?;
        self.visitor.go_home()
    }

    /// Whoever has found out what is owed may also leave it at that, with the code on the screen.
    fn finds_by_code_and_does_not_pay(&mut self) -> Result<()> {
        let account = self.account(Situation::OwesOneMonth)?;
        self.visitor.find_person(&account.id_number.unwrap_or_default())?;
        self.visitor.ask_for_code()?;
        let code = last_code(&self.staff.sent())?;
        must_be(self.visitor.prove(&code)?, Page::Confirm)?;
        self.visitor.go_to_code()?;
        let (_, screen) = self.visitor.wait_for(&[Page::NothingTaken], LAPSES)?;
        self.visitor.diary.keep("lets the time run out; nothing was taken", "nothing-taken", &screen)?;
        self.visitor.go_home()
    }

    /// In large text, where some pages come in parts, and in English.
    pub(super) fn uses_it_in_other_ways(&mut self) -> Result<()> {
        self.visitor.diary.note("— large text, another language —");
        self.visitor.choose_look(Look { large: true, ..Look::FIRST })?;
        let account = self.account(Situation::OwesThreeMonths)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Confirm)?;
        let months = self.visitor.go_to_months()?;
        must_be(months, Page::Months)?;
        self.visitor.go_back_to_the_sum(months)?;
        self.visitor.go_home()?;
        let account = self.account(Situation::HasApplications)?;
        let read = self.visitor.find_application_by_account(&account.number, &account.phone_last4)?;
        if !read.contains(&Page::Steps) {
            return Err(Trouble::Wrong(format!("in large text the steps are read on {read:?}")));
        }
        self.visitor.go_home()?;
        self.visitor.choose_look(Look::FIRST)?;
        self.visitor.touch(Page::Home, "Access")?;
        self.sees(Page::Ways, "looks what makes it easier", "ways")?;
        self.visitor.touch(Page::Ways, "Continue")?;
        self.visitor.wait_for(&[Page::Home], SOON)?;
        self.visitor.switch_language(Page::Home)?;
        self.visitor.read(GUIDE)?;
        self.visitor.go_home()?;
        self.visitor.switch_language(Page::Home).map(drop)
    }
}
