//! Finding an account, and proving whose it is.

use std::time::{Duration, Instant};

use crate::{Page, Picture, Result, SOON, Visitor};

impl Visitor {
    /// Pay, step 1: home, the account number, and what is owed. Ends on [`Page::Confirm`] or
    /// [`Page::NothingOwed`], and for a meter that is paid for in advance on [`Page::Recharge`] or [`Page::Blocked`].
    pub fn find_account(&mut self, account: &str) -> Result<Page> {
        let (_, screen) = self.wait_for(&[Page::Home], SOON)?;
        self.diary.keep("home; touches “Pay a bill”", "home", &screen)?;
        self.touch(Page::Home, "Pay a bill")?;
        self.wait_for(&[Page::FindAccount], SOON)?;
        self.type_in(Page::FindAccount, account)?;
        let (_, screen) = self.wait_for(&[Page::FindAccount], SOON)?;
        self.diary.keep("types the account number; touches “Next”", "account-number", &screen)?;
        self.touch(Page::FindAccount, "Next")?;
        let (page, screen) =
            self.wait_for(&[Page::Confirm, Page::NothingOwed, Page::Recharge, Page::Blocked], SOON)?;
        self.diary.keep("sees who it is and what is owed", "what-is-owed", &screen)?;
        Ok(page)
    }

    /// Pay, step 1, by a phone or an identity number: as far as the proof, of which nothing is shown before.
    pub fn find_person(&mut self, number: &str) -> Result<()> {
        self.wait_for(&[Page::Home], SOON)?;
        self.touch(Page::Home, "Pay a bill")?;
        self.wait_for(&[Page::FindAccount], SOON)?;
        self.type_in(Page::FindAccount, number)?;
        let (_, screen) = self.wait_for(&[Page::FindAccount], SOON)?;
        self.diary.keep("types a number of their own; touches “Next”", "own-number", &screen)?;
        self.touch(Page::FindAccount, "Next")?;
        let (_, screen) = self.wait_for(&[Page::Prove], SOON)?;
        self.diary.keep("is asked for a proof", "proof", &screen)
    }

    /// Pay, step 1: proves by what the page asks for. Ends where that leads to; on [`Page::Prove`] again, where it says
    /// that it does not fit.
    pub fn prove(&mut self, proof: &str) -> Result<Page> {
        const STILL: Duration = Duration::from_millis(1_500);
        self.type_in(Page::Prove, proof)?;
        let (_, typed) = self.wait_for(&[Page::Prove], SOON)?;
        self.diary.keep("types the proof; touches “Next”", "proof-typed", &typed)?;
        self.touch(Page::Prove, "Next")?;
        let leads = [
            Page::Confirm,
            Page::NothingOwed,
            Page::Accounts,
            Page::Payments,
            Page::FindAccount,
            Page::FindPayments,
            Page::Prove,
        ];
        let mut last: Option<(Picture, Instant)> = None;
        let end = Instant::now() + SOON;
        loop {
            let (page, screen) = self.wait_for(&leads, SOON)?;
            if Instant::now() > end {
                return Err(self.not_seen(
                    "what a proof leads to",
                    SOON,
                    "it is still being proved",
                    &screen,
                ));
            }
            // While it is being proved, the dots on the button move.
            let still = match &last {
                Some((before, since)) if *before == screen => since.elapsed() > STILL && screen != typed,
                Some(_) | None => {
                    last = Some((screen.clone(), Instant::now()));
                    false
                }
            };
            if page != Page::Prove || still {
                self.diary.keep("sees what the proof leads to", "proved", &screen)?;
                return Ok(page);
            }
        }
    }

    /// Pay, step 1: asks for a code by text message; the page is then ready for it.
    pub fn ask_for_code(&mut self) -> Result<()> {
        self.touch(Page::Prove, "By text")?;
        self.wait_for(&[Page::SendCode], SOON)?;
        self.touch(Page::SendCode, "Send the code")?;
        let (_, screen) = self.wait_for(&[Page::Prove], SOON)?;
        self.diary.keep("has asked for a code", "code-sent", &screen)
    }
}
