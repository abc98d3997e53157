//! The ways through the kiosk, step by step, as a customer walks them. Each step ends with the page that it leads to,
//! seen on the screen; each screen goes into the diary.

use std::time::{Duration, Instant};

use crate::{Colours, Look, Page, Picture, Result, SOON, Trouble, Visitor};

/// How long money may take from the press on the phone to “on your account”.
const ARRIVES: Duration = Duration::from_secs(30);
/// The row that opens the months, where they do not fit beside what is owed.
const MONTHS: &str = "{n} months unpaid";

impl Visitor {
    /// Back to the first page from anywhere, by the header's own button.
    pub fn go_home(&mut self) -> Result<()> {
        let (pages, screen) = self.pages()?;
        match pages.first() {
            Some(Page::Home) => Ok(()),
            Some(&page) => {
                self.touch(page, "Home")?;
                self.wait_for(&[Page::Home], SOON).map(drop)
            }
            None => Err(self.not_seen("a way home", Duration::ZERO, "no page that is known", &screen)),
        }
    }

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
        for (x, y) in boxes.into_iter().skip(keep) {
            self.display.touch(x, y)?;
            std::thread::sleep(Duration::from_millis(150));
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
        self.touch(Page::Confirm, "Pay by phone")?;
        let (link, screen) = self.wait_for_code(SOON)?;
        self.diary.keep("sees the payment code; the phone reads it from the picture", "code", &screen)?;
        Ok(link)
    }

    /// The other language, on whatever page this is; ends when the page is seen in it.
    pub fn switch_language(&mut self, page: Page) -> Result<Picture> {
        let wanted = Look { language: self.look.language.other(), ..self.look };
        self.touch(page, wanted.language.name())?;
        self.wait_for_look(page, wanted)
    }

    /// Home in another way of use, by its buttons there: large text first, because then the others are behind “Assist”.
    pub fn choose_look(&mut self, wanted: Look) -> Result<()> {
        self.wait_for(&[Page::Home], SOON)?;
        if wanted.large != self.look.large {
            self.touch(Page::Home, if wanted.large { "Large text" } else { "Normal text" })?;
            self.wait_for_look(Page::Home, Look { large: wanted.large, ..self.look })?;
        }
        let other = Look { language: self.look.language, ..wanted };
        if other != self.look && self.look.large {
            self.touch(Page::Home, "Assist")?;
            self.wait_for(&[Page::Ways], SOON)?;
            self.choose_colours_and_reach(Page::Ways, other)?;
            self.touch(Page::Ways, "Continue")?;
            self.wait_for_look(Page::Home, other)?;
        } else {
            self.choose_colours_and_reach(Page::Home, other)?;
        }
        if wanted.language != self.look.language {
            self.switch_language(Page::Home)?;
        }
        Ok(())
    }

    fn choose_colours_and_reach(&mut self, page: Page, wanted: Look) -> Result<()> {
        while wanted.colours != self.look.colours {
            let next = match self.look.colours {
                Colours::Hall => Colours::Dark,
                Colours::Dark => Colours::Light,
                Colours::Light => Colours::Hall,
            };
            self.touch(page, "Strong contrast")?;
            self.wait_for_look(page, Look { colours: next, ..self.look })?;
        }
        if wanted.low != self.look.low {
            self.touch(page, "Buttons lower")?;
            self.wait_for_look(page, Look { low: wanted.low, ..self.look })?;
        }
        Ok(())
    }

    fn wait_for_look(&mut self, page: Page, wanted: Look) -> Result<Picture> {
        let end = Instant::now() + SOON;
        loop {
            let (_, screen) = self.wait_for(&[page], SOON)?;
            if self.look == wanted {
                self.diary.keep(&format!("sees {page:?} in {wanted}"), "other-look", &screen)?;
                return Ok(screen);
            }
            if Instant::now() > end {
                let instead = format!("it is in {}", self.look);
                return Err(self.not_seen(&format!("{page:?} in {wanted}"), SOON, &instead, &screen));
            }
        }
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

    /// Pay, aside from step 2: the newest of the months billed in detail, and the year; back to what is owed, which is
    /// `page`.
    pub fn read_bills(&mut self, page: Page) -> Result<()> {
        self.touch(page, "Bills")?;
        let end = Instant::now() + SOON;
        let (x, y) = loop {
            let (_, screen) = self.wait_for(&[Page::Bills], SOON)?;
            if let Some(&newest) = self.rows(Page::Bills)?.last() {
                self.diary.keep("sees the months billed; opens the newest", "bills", &screen)?;
                break newest;
            }
            if Instant::now() > end {
                return Err(self.not_seen("a month billed", SOON, "an empty list", &screen));
            }
        };
        self.display.touch(x, y)?;
        let (_, screen) = self.wait_for(&[Page::Bill], SOON)?;
        self.diary.keep("reads how the bill came about", "bill", &screen)?;
        self.touch(Page::Bill, "Back")?;
        self.wait_for(&[Page::Bills], SOON)?;
        self.touch(Page::Bills, "The year")?;
        let (_, screen) = self.wait_for(&[Page::Year], SOON)?;
        self.diary.keep("sees the year's tier and two years beside each other", "year", &screen)?;
        self.touch(Page::Year, "Back")?;
        self.wait_for(&[Page::Bills], SOON)?;
        self.touch(Page::Bills, "Back")?;
        let (_, screen) = self.wait_for(&[page], SOON)?;
        self.diary.keep("is back at what is owed", "back-from-bills", &screen)
    }

    /// What is published: the way from home to a sheet, by what is written on a tile, a group and an entry.
    pub fn read(&mut self, [tile, group, entry]: [&str; 3]) -> Result<Picture> {
        self.touch(Page::Home, tile)?;
        let (_, screen) = self.wait_for(&[Page::Groups], SOON)?;
        self.diary.keep(&format!("touches {tile}"), "groups", &screen)?;
        self.touch(Page::Groups, group)?;
        let (_, screen) = self.wait_for(&[Page::Sheets], SOON)?;
        self.diary.keep(&format!("touches {group}"), "entries", &screen)?;
        self.touch(Page::Sheets, entry)?;
        let (_, screen) = self.wait_for(&[Page::Sheet], SOON)?;
        self.diary.keep(&format!("reads {entry}"), "sheet", &screen)?;
        Ok(screen)
    }

    /// What a month would cost, from home: by the name of a tariff, with what is typed for each of its questions.
    pub fn reckon(&mut self, tariff: &str, amounts: &[&str]) -> Result<Picture> {
        self.touch(Page::Home, "电价与公告")?;
        self.wait_for(&[Page::Groups], SOON)?;
        self.touch(Page::Groups, "电价")?;
        self.wait_for(&[Page::Sheets], SOON)?;
        self.touch(Page::Sheets, "What would it cost?")?;
        let (_, screen) = self.wait_for(&[Page::Tariffs], SOON)?;
        self.diary.keep("is asked which tariff", "tariffs", &screen)?;
        self.touch(Page::Tariffs, tariff)?;
        for amount in amounts {
            self.wait_for(&[Page::Quantity], SOON)?;
            self.type_in(Page::Quantity, amount)?;
            let (_, screen) = self.wait_for(&[Page::Quantity], SOON)?;
            self.diary.keep(&format!("types {amount}"), "quantity", &screen)?;
            self.touch(Page::Quantity, "Next")?;
        }
        let (_, screen) = self.wait_for(&[Page::Estimate], SOON)?;
        self.diary.keep("sees what it would cost", "estimate", &screen)?;
        Ok(screen)
    }

    /// Planned outages, from home: the areas.
    pub fn open_outages(&mut self) -> Result<()> {
        self.touch(Page::Home, "电价与公告")?;
        self.wait_for(&[Page::Groups], SOON)?;
        self.touch(Page::Groups, "停电公告")?;
        let (_, screen) = self.wait_for(&[Page::Areas], SOON)?;
        self.diary.keep("sees where outages are planned", "areas", &screen)
    }

    /// From the areas: what is planned for an account.
    pub fn find_outages(&mut self, account: &str) -> Result<Picture> {
        self.touch(Page::Areas, "Look up my account number")?;
        self.wait_for(&[Page::OutagesAccount], SOON)?;
        self.type_in(Page::OutagesAccount, account)?;
        self.touch(Page::OutagesAccount, "Next")?;
        let (_, screen) = self.wait_for(&[Page::AccountOutages], SOON)?;
        self.diary.keep("sees what is planned for the account", "account-outages", &screen)?;
        Ok(screen)
    }

    /// From a sheet: what an applicant is to bring, with one thing ticked, as text on the phone.
    pub fn take_list_along(&mut self, applicant: &str, at_hand: &str) -> Result<String> {
        self.touch(Page::Sheet, "What to bring")?;
        let (_, screen) = self.wait_for(&[Page::Applicants], SOON)?;
        self.diary.keep("is asked who applies", "applicants", &screen)?;
        self.touch(Page::Applicants, applicant)?;
        self.wait_for(&[Page::Checklist], SOON)?;
        self.touch(Page::Checklist, at_hand)?;
        let (_, screen) = self.wait_for(&[Page::Checklist], SOON)?;
        self.diary.keep(&format!("ticks {at_hand}"), "checklist", &screen)?;
        self.touch(Page::Checklist, "To my phone")?;
        let (_, screen) = self.wait_for(&[Page::ChecklistCode], SOON)?;
        self.diary.keep("takes the list along", "list-code", &screen)?;
        self.phone.scan(&screen)
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
        self.diary.keep("reads how the fee came about; touches “Pay by phone”", "fees", &screen)?;
        self.touch(Page::Fees, "Pay by phone")?;
        let (link, screen) = self.wait_for_code(SOON)?;
        self.diary.keep("sees the payment code; the phone reads it from the picture", "code", &screen)?;
        Ok(link)
    }

    /// Receipts and invoices: by account number and the last four digits of the phone on file. Ends on [`Page::Payments`],
    /// or on [`Page::Prove`] again.
    pub fn find_payments(&mut self, account: &str, phone: &str) -> Result<Page> {
        self.wait_for(&[Page::Home], SOON)?;
        self.touch(Page::Home, "Receipts, invoices")?;
        self.wait_for(&[Page::FindPayments], SOON)?;
        self.type_in(Page::FindPayments, account)?;
        let (_, screen) = self.wait_for(&[Page::FindPayments], SOON)?;
        self.diary.keep("types the account number; touches “Next”", "whose-payments", &screen)?;
        self.touch(Page::FindPayments, "Next")?;
        self.wait_for(&[Page::Prove], SOON)?;
        self.prove(phone)
    }

    /// From the list of payments to what of one of them can be taken along.
    pub fn open_payment(&mut self, at: usize) -> Result<()> {
        let (_, screen) = self.wait_for(&[Page::Payments], SOON)?;
        let &(x, y) = self
            .rows(Page::Payments)?
            .get(at)
            .ok_or_else(|| self.not_seen("a payment", Duration::ZERO, "a shorter list", &screen))?;
        self.diary.keep("sees what was paid; opens one", "payments", &screen)?;
        self.display.touch(x, y)?;
        let (_, screen) = self.wait_for(&[Page::Payment], SOON)?;
        self.diary.keep("reads one payment", "payment", &screen)?;
        self.touch(Page::Payment, "To my phone")?;
        let (_, screen) = self.wait_for(&[Page::Taking], SOON)?;
        self.diary.keep("is asked what to take along", "taking", &screen)
    }

    /// The receipt again: what its code says to the phone. Ends where it began.
    pub fn take_receipt_again(&mut self) -> Result<String> {
        self.touch(Page::Taking, "Receipt, as a copy")?;
        let (_, screen) = self.wait_for(&[Page::ReceiptAgain], SOON)?;
        self.diary.keep("takes the receipt along once more", "receipt-again", &screen)?;
        let said = self.phone.scan(&screen)?;
        self.touch(Page::ReceiptAgain, "Back")?;
        self.wait_for(&[Page::Taking], SOON)?;
        Ok(said)
    }

    /// The e-invoice: the link that its code holds for the phone.
    pub fn take_invoice(&mut self) -> Result<String> {
        self.touch(Page::Taking, "E-invoice")?;
        let (_, screen) = self.wait_for(&[Page::InvoiceCode], SOON)?;
        self.diary.keep("sees the code of the e-invoice", "invoice-code", &screen)?;
        self.phone.scan(&screen)
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
            let &(x, y) = self
                .rows(page)?
                .first()
                .ok_or_else(|| self.not_seen("an application", Duration::ZERO, "an empty list", &screen))?;
            self.display.touch(x, y)?;
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
