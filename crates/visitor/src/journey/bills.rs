//! What was billed: aside from paying, and for itself.

use std::time::Instant;

use crate::{Page, Result, SOON, Visitor};

impl Visitor {
    /// Pay, aside from step 2: the newest of the months billed in detail, and the year; back to what is owed, which is
    /// `page`.
    pub fn read_bills(&mut self, page: Page) -> Result<()> {
        self.touch(page, "Bills")?;
        self.read_what_was_billed()?;
        let (_, screen) = self.wait_for(&[page], SOON)?;
        self.diary.keep("is back at what is owed", "back-from-bills", &screen)
    }

    /// From home, by the account number alone, to the same; back home.
    pub fn look_at_bills(&mut self, account: &str) -> Result<()> {
        self.wait_for(&[Page::Home], SOON)?;
        self.touch(Page::Home, "Look at my bills")?;
        self.wait_for(&[Page::FindBills], SOON)?;
        self.type_in(Page::FindBills, account)?;
        let (_, screen) = self.wait_for(&[Page::FindBills], SOON)?;
        self.diary.keep("types the account number; touches “Next”", "whose-bills", &screen)?;
        self.touch(Page::FindBills, "Next")?;
        self.read_what_was_billed()?;
        self.wait_for(&[Page::Home], SOON).map(drop)
    }

    /// The newest month, the whole year, and back to where the list was opened from.
    fn read_what_was_billed(&mut self) -> Result<()> {
        let end = Instant::now() + SOON;
        let newest = loop {
            let (_, screen) = self.wait_for(&[Page::Bills], SOON)?;
            if let Some(&newest) = self.rows(Page::Bills)?.last() {
                self.diary.keep("sees the months billed; opens the newest", "bills", &screen)?;
                break newest;
            }
            if Instant::now() > end {
                return Err(self.not_seen("a month billed", SOON, "an empty list", &screen));
            }
        };
        self.point(newest)?;
        let (_, screen) = self.wait_for(&[Page::Bill], SOON)?;
        self.diary.keep("reads how the bill came about", "bill", &screen)?;
        self.touch(Page::Bill, "Back")?;
        self.wait_for(&[Page::Bills], SOON)?;
        self.touch(Page::Bills, "Whole year")?;
        let (_, screen) = self.wait_for(&[Page::Year], SOON)?;
        self.diary.keep("sees the year's tier and two years beside each other", "year", &screen)?;
        self.touch(Page::Year, "Back")?;
        self.wait_for(&[Page::Bills], SOON)?;
        self.touch(Page::Bills, "Back")
    }
}
