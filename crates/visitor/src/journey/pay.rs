//! What is owed, and paying it by phone.

use std::time::Duration;

use crate::{Page, Picture, Result, SOON, Trouble, Visitor};

/// How long money may take from the press on the phone to “on your account”.
const ARRIVES: Duration = Duration::from_secs(30);
/// The row that opens the months, where they do not fit beside what is owed.
const MONTHS: &str = "{n} months unpaid";

impl Visitor {
    /// Pay, step 2: leaves out all months but the oldest `keep`.
    pub fn choose_oldest(&mut self, keep: usize) -> Result<()> {
        let page = self.go_to_months()?;
        let boxes = self.boxes()?;
        if boxes.len() <= keep {
            return Err(Trouble::Wrong(format!(
                "{} months on the screen, not more than {keep}",
                boxes.len()
            )));
        }
        for month in boxes.into_iter().skip(keep) {
            self.point(month)?;
        }
        let (_, screen) = self.wait_for(&[page], SOON)?;
        self.diary.keep(&format!("leaves out all but the oldest {keep}"), "some-months", &screen)?;
        self.go_back_to_the_sum(page)
    }

    /// Pay, step 2: another amount, in yuan as typed.
    pub fn choose_amount(&mut self, yuan: &str) -> Result<()> {
        let page = self.go_to_months()?;
        self.touch(page, "Other amount")?;
        self.wait_for(&[Page::OtherAmount], SOON)?;
        self.type_in(Page::OtherAmount, yuan)?;
        let (_, screen) = self.wait_for(&[Page::OtherAmount], SOON)?;
        self.diary.keep("types another amount", "other-amount", &screen)?;
        self.touch(Page::OtherAmount, "Use this amount")?;
        let (_, screen) = self.wait_for(&[Page::Confirm], SOON)?;
        self.diary.keep("sees what becomes of it", "other-amount-chosen", &screen)
    }

    /// Pay, step 2: to where the months are, which is a page of its own where not all fits at once.
    pub fn go_to_months(&mut self) -> Result<Page> {
        if !self.sees(Page::Confirm, MONTHS)? {
            return Ok(Page::Confirm);
        }
        self.touch(Page::Confirm, MONTHS)?;
        let (page, screen) = self.wait_for(&[Page::Months], SOON)?;
        self.diary.keep("opens the months", "months", &screen)?;
        Ok(page)
    }

    /// Pay, step 2: from where the months are to what is to be paid.
    pub fn go_back_to_the_sum(&mut self, months: Page) -> Result<()> {
        if months == Page::Confirm {
            return Ok(());
        }
        self.touch(months, "Continue")?;
        let (_, screen) = self.wait_for(&[Page::Confirm], SOON)?;
        self.diary.keep("sees what that makes", "what-to-pay", &screen)
    }

    /// Pay, step 3: asks for the code and reads it from the screen.
    pub fn go_to_code(&mut self) -> Result<String> {
        self.touch(Page::Confirm, "Scan to pay")?;
        let (link, screen) = self.wait_for_code(SOON)?;
        self.diary.keep("sees the payment code; the phone reads it from the picture", "code", &screen)?;
        Ok(link)
    }

    /// The phone pays what the link asks for; the amount that its page showed.
    pub fn pay_with_phone(&mut self, link: &str) -> Result<String> {
        let page = self.phone.open(link)?;
        let amount = page.amount().to_owned();
        let after = self.phone.pay(&page)?;
        if after.can_pay() || after.status != 200 {
            return Err(Trouble::Phone(format!("after paying, the page says “{}”", after.heading())));
        }
        self.diary.note(&format!("the phone opens {link}, shows {amount}, pays: “{}”", after.heading()));
        Ok(amount)
    }

    /// Pay, step 4: waits until the money is on the account, and gives what the receipt's code says.
    pub fn wait_until_posted(&mut self) -> Result<String> {
        let (page, screen) = self.wait_for(&[Page::Posting, Page::Posted], ARRIVES)?;
        let screen = if page == Page::Posting {
            self.diary.keep("paid; on its way to the account", "paid", &screen)?;
            self.wait_for(&[Page::Posted], ARRIVES)?.1
        } else {
            screen
        };
        if self.sees(Page::Posted, "Receipt")? {
            self.diary.keep("paid and on the account; touches “Receipt”", "posted", &screen)?;
            self.touch(Page::Posted, "Receipt")?;
            let (_, screen) = self.wait_for(&[Page::Receipt], SOON)?;
            let receipt = self.read_receipt(&screen)?;
            self.diary.keep("the phone reads the receipt", "receipt", &screen)?;
            self.touch(Page::Receipt, "Result")?;
            self.wait_for(&[Page::Posted], SOON)?;
            return Ok(receipt);
        }
        let receipt = self.read_receipt(&screen)?;
        self.diary.keep("paid and on the account; the phone reads the receipt", "posted", &screen)?;
        Ok(receipt)
    }

    fn read_receipt(&self, screen: &Picture) -> Result<String> {
        let receipt = self.phone.scan(screen)?;
        if receipt.is_empty() {
            return Err(self.not_seen("a receipt's code", Duration::ZERO, "none", screen));
        }
        Ok(receipt)
    }

    /// Cancels on the code's page; ends when the kiosk says that nothing was taken.
    pub fn cancel(&mut self) -> Result<()> {
        self.touch(Page::Showing, "Cancel")?;
        let (_, screen) = self.wait_for(&[Page::Confirm], ARRIVES)?;
        self.diary.keep("cancels; back at the choice, nothing was taken", "cancelled", &screen)
    }
}
