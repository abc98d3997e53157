//! Where an application stands, what stands beside it, and its fees.

use std::time::Duration;

use crate::{Page, Result, SOON, Visitor};

impl Visitor {
    /// Application status by the application's number. Ends where it stands; gives the pages that this was read on.
    pub fn find_application(&mut self, number: &str) -> Result<Vec<Page>> {
        self.begin_application()?;
        self.type_in(Page::FindApplication, number)?;
        self.show_progress(Page::FindApplication)
    }

    /// Application status by account number and the last four digits of the phone on file. Ends where the first of the
    /// account's applications stands; gives the pages that this was read on.
    pub fn find_application_by_account(&mut self, account: &str, phone: &str) -> Result<Vec<Page>> {
        self.begin_application()?;
        self.type_in(Page::FindApplication, account)?;
        let (_, screen) = self.wait_for(&[Page::FindApplication], SOON)?;
        self.diary.keep("types the account number", "which-application", &screen)?;
        self.touch(Page::FindApplication, "Next")?;
        self.wait_for(&[Page::Prove], SOON)?;
        self.type_in(Page::Prove, phone)?;
        self.show_progress(Page::Prove)
    }

    /// From where an application stands to what stands beside it, which comes after the steps where they do not fit.
    pub fn open_details(&mut self) -> Result<()> {
        const ON: &str = "Contact and details";
        let (page, _) = self.wait_for(&[Page::Progress], SOON)?;
        let page = if self.sees(page, ON)? {
            page
        } else {
            self.touch(page, "All steps")?;
            self.wait_for(&[Page::Steps], SOON)?.0
        };
        self.touch(page, ON)?;
        let (_, screen) = self.wait_for(&[Page::Details], SOON)?;
        self.diary.keep("reads who looks after it", "details", &screen)
    }

    /// From where an application stands: asks to be rung about it. Ends where that is noted.
    pub fn ask_call_back(&mut self) -> Result<()> {
        self.open_details()?;
        self.touch(Page::Details, "Ask us to ring you")?;
        let (_, screen) = self.wait_for(&[Page::CallBack], SOON)?;
        self.diary.keep(
            "sees on which phone, and by when; touches “Please ring me”",
            "call-back",
            &screen,
        )?;
        self.touch(Page::CallBack, "Please ring me")?;
        let (_, screen) = self.wait_for(&[Page::CalledBack], SOON)?;
        self.diary.keep("is told that somebody rings", "called-back", &screen)
    }

    /// From where an application stands: reads the fees that are due on it, and asks for the code.
    pub fn go_to_fees_code(&mut self) -> Result<String> {
        self.touch(Page::Progress, "Pay the fee")?;
        let (_, screen) = self.wait_for(&[Page::Fees], SOON)?;
        self.diary.keep("reads how the fee came about; touches “Scan to pay”", "fees", &screen)?;
        self.touch(Page::Fees, "Scan to pay")?;
        let (link, screen) = self.wait_for_code(SOON)?;
        self.diary.keep("sees the payment code; the phone reads it from the picture", "code", &screen)?;
        Ok(link)
    }

    fn begin_application(&mut self) -> Result<()> {
        self.wait_for(&[Page::Home], SOON)?;
        self.touch(Page::Home, "My application")?;
        self.wait_for(&[Page::FindApplication], SOON).map(drop)
    }

    fn show_progress(&mut self, from: Page) -> Result<Vec<Page>> {
        let (_, screen) = self.wait_for(&[from], SOON)?;
        self.diary.keep("types what finds the application", "finds-application", &screen)?;
        self.touch(from, "Next")?;
        let (page, screen) = self.wait_for(&[Page::Progress, Page::Applications], SOON)?;
        if page == Page::Applications {
            self.diary.keep(
                "sees the applications of this account; opens the first",
                "applications",
                &screen,
            )?;
            let &first = self
                .rows(page)?
                .first()
                .ok_or_else(|| self.not_seen("an application", Duration::ZERO, "an empty list", &screen))?;
            self.point(first)?;
        }
        self.read_progress()
    }

    /// Reads where an application stands, and turns to its steps where they do not fit beside it.
    fn read_progress(&mut self) -> Result<Vec<Page>> {
        let (_, screen) = self.wait_for(&[Page::Progress], SOON)?;
        self.diary.keep("sees where the application stands", "progress", &screen)?;
        if !self.sees(Page::Progress, "All steps")? {
            return Ok(vec![Page::Progress]);
        }
        self.touch(Page::Progress, "All steps")?;
        let (_, screen) = self.wait_for(&[Page::Steps], SOON)?;
        self.diary.keep("reads all its steps", "steps", &screen)?;
        self.touch(Page::Steps, "Back")?;
        self.wait_for(&[Page::Progress], SOON)?;
        Ok(vec![Page::Progress, Page::Steps])
    }
}
