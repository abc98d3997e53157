//! The ways of whoever has more to pay than one account's bills: several accounts at once, a supply that is cut off, a meter
//! that is paid for in advance.

use std::time::Duration;

use crate::{Page, Picture, Result, SOON, Visitor};

/// How long a supply or a meter takes to answer in the demo.
const FOLLOWS: Duration = Duration::from_secs(60);

impl Visitor {
    /// Pay, step 2: from what one account owes to what it and another owe together.
    pub fn add_account(&mut self, account: &str) -> Result<Picture> {
        self.touch(Page::Confirm, "Add account")?;
        self.wait_for(&[Page::FindAccount], SOON)?;
        self.type_in(Page::FindAccount, account)?;
        self.touch(Page::FindAccount, "Next")?;
        let (_, screen) = self.wait_for(&[Page::Basket], SOON)?;
        self.diary.keep("sees both accounts and what they owe together", "several-accounts", &screen)?;
        Ok(screen)
    }

    /// Pay, from the accounts that a proof has opened to what all of them owe.
    pub fn pay_for_several(&mut self) -> Result<()> {
        let (_, screen) = self.wait_for(&[Page::Accounts], SOON)?;
        self.diary.keep("sees the accounts; touches “Pay for several”", "accounts", &screen)?;
        self.touch(Page::Accounts, "Pay for several")?;
        let (_, screen) = self.wait_for(&[Page::Basket], SOON)?;
        self.diary.keep("sees what all of them owe, and which are paid", "all-accounts", &screen)
    }

    /// Pay, step 2: just what it takes to be reconnected.
    pub fn choose_minimum(&mut self) -> Result<()> {
        self.touch(Page::Confirm, "Pay just this")?;
        let (_, screen) = self.wait_for(&[Page::Confirm], SOON)?;
        self.diary.keep("chooses just what it takes to be reconnected", "minimum", &screen)
    }

    /// Prepaid: an amount as it is written on its button.
    pub fn choose_preset(&mut self, amount: &str) -> Result<()> {
        self.touch(Page::Recharge, amount)?;
        let (_, screen) = self.wait_for(&[Page::Recharge], SOON)?;
        self.diary.keep(&format!("chooses {amount}"), "recharge", &screen)
    }

    /// From any page with what is to be paid to its code.
    pub fn go_to_code_from(&mut self, page: Page) -> Result<String> {
        self.touch(page, "Scan to pay")?;
        let (link, screen) = self.wait_for_code(SOON)?;
        self.diary.keep("sees the payment code; the phone reads it from the picture", "code", &screen)?;
        Ok(link)
    }

    /// Waits until what follows from the payment has come to an end, which is one of these pages.
    pub fn wait_for_what_follows(&mut self, ends: &[Page]) -> Result<Page> {
        let (page, screen) = self.wait_for(ends, FOLLOWS)?;
        self.diary.keep("sees what has followed", "followed", &screen)?;
        Ok(page)
    }
}
